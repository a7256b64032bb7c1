"""The campaigns of a ward, such as its 45 days and nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from ops_center.store.campaign_tables import campaign
from ops_center.store.rows import Kept, keep


@dataclass(frozen=True)
class Campaign:
    """`days` local days from `starts_on` on; `target`: dossiers hoped for, or None."""

    name: str
    starts_on: date
    days: int = 45
    target: int | None = None


def list_campaigns(connection: Connection, ward_id: str) -> list[Campaign]:
    """All campaigns of the ward, oldest first."""
    columns = (campaign.c.name, campaign.c.starts_on, campaign.c.days, campaign.c.target)
    rows = connection.execute(
        select(*columns).where(campaign.c.ward_id == ward_id).order_by(campaign.c.starts_on)
    )
    return [Campaign(**row._mapping) for row in rows]


def add_campaign(connection: Connection, ward_id: str, new: Campaign) -> Kept:
    """Add the campaign, or change the one that starts on that day to be like it."""
    key = {"ward_id": ward_id, "starts_on": new.starts_on}
    return keep(
        connection, campaign, key, {"name": new.name, "days": new.days, "target": new.target}
    )
