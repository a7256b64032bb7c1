"""The campaigns of a ward, such as its 45 days and nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from ops_center.store.campaign_tables import campaign
from ops_center.store.rows import Kept, given, keep


@dataclass(frozen=True)
class Campaign:
    """`days` local days from `starts_on` on; `target`: dossiers hoped for, or None.

    `id` None lets the database choose one; what is read from it always has one.
    """

    name: str
    starts_on: date
    days: int = 45
    target: int | None = None
    id: str | None = None

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.starts_on + timedelta(days=self.days - 1)


def list_campaigns(connection: Connection, ward_id: str) -> list[Campaign]:
    """All campaigns of the ward, oldest first; those that are over stay."""
    columns = [one for one in campaign.c if one.name != "ward_id"]
    rows = connection.execute(
        select(*columns).where(campaign.c.ward_id == ward_id).order_by(campaign.c.starts_on)
    )
    return [Campaign(**row._mapping) for row in rows]


def find_campaign(connection: Connection, ward_id: str, campaign_id: str) -> Campaign | None:
    """The campaign of that id."""
    columns = [one for one in campaign.c if one.name != "ward_id"]
    row = connection.execute(
        select(*columns).where(campaign.c.ward_id == ward_id, campaign.c.id == campaign_id)
    ).first()
    return None if row is None else Campaign(**row._mapping)


def add_campaign(connection: Connection, ward_id: str, new: Campaign) -> Kept:
    """Add the campaign, or change the one that starts on that day to be like it."""
    key = {"ward_id": ward_id, "starts_on": new.starts_on}
    values: dict[str, object] = {"name": new.name, "days": new.days, "target": new.target}
    if connection.execute(select(campaign.c.id).filter_by(**key)).first() is None:
        values |= given(id=new.id)
    return keep(connection, campaign, key, values)
