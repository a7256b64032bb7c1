"""Many reports of the community teams at once: a day's file, or weeks of history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from ops_center.store.activities import Activity, add_activity, list_activities
from ops_center.store.campaign_tables import support_activity
from ops_center.store.rows import Kept

_Key = tuple[str, date, str, str]


def record_activities(
    connection: Connection, ward_id: str, reports: Sequence[Activity], *, now: datetime
) -> Counter[Kept]:
    """Add what is new and correct what is known; reports without a time were made `now`.

    One that says the same already stays untouched. The keys of the reports must differ.
    """
    if not reports:
        return Counter()
    known = _known(connection, ward_id, reports)
    kept: Counter[Kept] = Counter()
    added: list[dict[str, Any]] = []
    for one in reports:
        said, old = replace(one, reported_at=one.reported_at or now), known.get(_key(one))
        if old is None:
            added.append(_row(ward_id, said))
            kept["added"] += 1
        elif (old.amount, old.reported_by) == (said.amount, said.reported_by):
            kept["unchanged"] += 1
        else:
            kept[add_activity(connection, ward_id, said)] += 1
    if added:
        connection.execute(insert(support_activity), added)
    return kept


def _known(
    connection: Connection, ward_id: str, reports: Sequence[Activity]
) -> dict[_Key, Activity]:
    days = [one.day for one in reports]
    found = list_activities(
        connection, ward_id, min(days), max(days) + timedelta(days=1),
        topics={one.topic_id for one in reports},
    )  # fmt: skip
    return {_key(one): one for one in found}


def _key(one: Activity) -> _Key:
    return one.hub_id, one.day, one.topic_id, one.team


def _row(ward_id: str, one: Activity) -> dict[str, Any]:
    told = {
        "hub_id": one.hub_id, "day": one.day, "topic_id": one.topic_id, "team": one.team,
        "amount": one.amount, "reported_by": one.reported_by, "reported_at": one.reported_at,
        "source_id": one.source_id,
    }  # fmt: skip
    return {"ward_id": ward_id, **told}
