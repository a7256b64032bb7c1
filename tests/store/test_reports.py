"""Many reports at once are as if each was written by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from ops_center.store.activities import Activity, list_activities, list_past
from ops_center.store.reports import record_activities
from ops_center.store.tables import hub

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 8, 10), date(2026, 8, 13)


@pytest.fixture
def hubs(connection: Connection, ward_id: str) -> tuple[str, ...]:
    ids = ("ha", "hb")
    for one in ids:
        connection.execute(insert(hub).values(ward_id=ward_id, id=one, code=one, name=one))
    return ids


def _reports(hubs: tuple[str, ...]) -> list[Activity]:
    days = [FIRST + timedelta(days=n) for n in range(3)]
    return [Activity(one, day, "vneid", 3 + n) for n, day in enumerate(days) for one in hubs]


def test_new_ones_are_added_known_ones_corrected_the_rest_left_alone(
    connection: Connection, ward_id: str, hubs: tuple[str, ...]
) -> None:
    told = _reports(hubs)
    assert record_activities(connection, ward_id, told[:4], now=NOW) == {"added": 4}
    told[0] = Activity("ha", FIRST, "vneid", 9, reported_by="Nam")
    later = NOW + timedelta(hours=1)
    kept = record_activities(connection, ward_id, told, now=later)
    assert kept == {"added": 2, "changed": 1, "unchanged": 3}
    found = list_activities(connection, ward_id, FIRST, LAST)
    assert [(one.hub_id, one.day, one.amount) for one in found] == [
        (one.hub_id, one.day, one.amount) for one in sorted(told, key=lambda r: (r.day, r.hub_id))
    ]
    assert {one.reported_at for one in found} == {NOW, later}
    [past] = list_past(connection, ward_id, FIRST, LAST)
    assert (past.hub_id, past.amount, past.reported_at) == ("ha", 3, NOW)


def test_nothing_told_is_nothing_done(connection: Connection, ward_id: str) -> None:
    assert record_activities(connection, ward_id, [], now=NOW) == {}
