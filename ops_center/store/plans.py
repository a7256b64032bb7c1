"""The action plan of a campaign: what is to be done, by when, and the one person who answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ops_center.store.campaign_tables import ITEM_STATES, plan_coordinator, plan_item
from ops_center.store.rows import Kept, keep

__all__ = ["ITEM_STATES", "PlanItem", "add_item", "list_items"]


@dataclass(frozen=True)
class PlanItem:
    """One item. `owner_id` None: nobody answers for it yet. `progress` in percent.

    `coordinator_ids`: who helps the owner. `evidence`: a link to what shows the work.
    """

    campaign_id: str
    code: str
    content: str
    starts_on: date
    due_on: date
    id: str | None = None
    phase: str = ""
    deliverable: str = ""
    owner_id: str | None = None
    coordinator_ids: tuple[str, ...] = ()
    done_on: date | None = None
    indicator_id: str | None = None
    progress: int = 0
    state: str = "planned"
    evidence: str = ""
    weight: float = 1.0


_TOLD = (
    "phase", "content", "deliverable", "owner_id", "starts_on", "due_on", "done_on",
    "indicator_id", "progress", "state", "evidence", "weight",
)  # fmt: skip
_READ = ("id", "campaign_id", "code", *_TOLD)


def list_items(
    connection: Connection, ward_id: str, campaign_id: str | None = None
) -> list[PlanItem]:
    """The items of that campaign, or of all, as they begin; two statements."""
    wanted = plan_item.c.ward_id == ward_id
    if campaign_id is not None:
        wanted &= plan_item.c.campaign_id == campaign_id
    order = (plan_item.c.starts_on, plan_item.c.due_on, plan_item.c.code, plan_item.c.id)
    rows = connection.execute(
        select(*(plan_item.c[name] for name in _READ)).where(wanted).order_by(*order)
    ).all()
    helpers = _coordinators(connection, ward_id)
    return [
        PlanItem(**row._mapping, coordinator_ids=tuple(sorted(helpers[row.id]))) for row in rows
    ]


def _coordinators(connection: Connection, ward_id: str) -> dict[str, list[str]]:
    rows = connection.execute(
        select(plan_coordinator.c.item_id, plan_coordinator.c.person_id).where(
            plan_coordinator.c.ward_id == ward_id
        )
    )
    found: dict[str, list[str]] = defaultdict(list)
    for item_id, person_id in rows:
        found[item_id].append(person_id)
    return found


def add_item(connection: Connection, ward_id: str, new: PlanItem, now: datetime) -> Kept:
    """Add the item, or change the one of that code to be like it; its id never changes."""
    key = {"ward_id": ward_id, "campaign_id": new.campaign_id, "code": new.code}
    values: dict[str, Any] = {name: getattr(new, name) for name in _TOLD}
    kept = keep(connection, plan_item, key, values)
    this = [plan_item.c[name] == value for name, value in key.items()]
    item_id = str(connection.execute(select(plan_item.c.id).where(*this)).scalar_one())
    moved = _set_coordinators(connection, ward_id, item_id, new.coordinator_ids)
    if kept == "unchanged" and not moved:
        return kept
    # Also when only the helpers changed: writing the item tells the screens.
    connection.execute(update(plan_item).where(*this).values(written_at=now))
    return "changed" if kept == "unchanged" else kept


def _set_coordinators(
    connection: Connection, ward_id: str, item_id: str, wanted: tuple[str, ...]
) -> bool:
    """See to it that exactly these help; whether that changed anything."""
    of_item = (plan_coordinator.c.ward_id == ward_id) & (plan_coordinator.c.item_id == item_id)
    known = set(connection.execute(select(plan_coordinator.c.person_id).where(of_item)).scalars())
    gone, come = known - set(wanted), set(wanted) - known
    if gone:
        connection.execute(
            delete(plan_coordinator).where(of_item, plan_coordinator.c.person_id.in_(gone))
        )
    if come:
        rows = [{"ward_id": ward_id, "item_id": item_id, "person_id": one} for one in sorted(come)]
        connection.execute(insert(plan_coordinator), rows)
    return bool(gone or come)
