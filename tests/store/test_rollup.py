"""The roll-ups are what follows from the facts, whatever is written and corrected."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select

from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.session import reading, writing
from ops_center.store.sources import list_sources
from ops_center.store.system import find_revision
from ops_center.store.tables import (
    cell,
    change,
    dossier,
    dossier_clock,
    dossier_span,
    duration_cell,
    hub_cell,
)
from tests.store.ward_of_two import (
    MONDAY,
    NOW,
    PROCEDURES,
    after,
    ask,
    assert_right,
    cells,
    change_dossier,
    plant,
    sum_up,
    write,
)

# --- a round


def test_a_round_sums_what_was_written_and_forgets_the_marks_it_took(
    shared: Engine, ward_id: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", processed_at=after(1))
        ask(connection, ward_id, "d", 0.1, 0.2)
    (done,) = sum_up(shared, ward_id)
    assert (done.marks, done.dossiers, done.revision) == (2, 1, 1)
    assert cells(shared, ward_id) == {(date(2026, 8, 17), "a"): 1}
    with reading(shared) as connection:
        assert rollup.pending(connection, ward_id, 9) == 0
        assert find_revision(connection, ward_id).at == NOW
    assert_right(shared, ward_id)


def test_nothing_written_is_no_round_and_no_revision(shared: Engine, ward_id: str) -> None:
    assert sum_up(shared, ward_id) == []
    with reading(shared) as connection:
        assert find_revision(connection, ward_id).number == 0


def test_a_round_takes_no_more_marks_than_it_may(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        for number in range(5):
            write(connection, ward_id, f"d{number}")
    assert [done.marks for done in sum_up(shared, ward_id, most=2)] == [2, 2, 1]
    assert_right(shared, ward_id)


def test_a_round_touches_one_ward_only(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        other = plant(connection)
        write(connection, ward_id, "d")
        write(connection, other, "d")
    sum_up(shared, ward_id)
    assert cells(shared, other) == {}
    with reading(shared) as connection:
        assert rollup.pending(connection, other, 9) == 1


def test_the_source_of_a_mark_was_heard_when_it_was_left(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
        left = connection.execute(
            select(func.max(change.c.at)).where(change.c.ward_id == ward_id)
        ).scalar()
    sum_up(shared, ward_id)
    with reading(shared) as connection:
        heard = {one.id: one.last_heard_at for one in list_sources(connection, ward_id)}
    assert heard == {"pushing": left, "strict": None}


def test_a_day_that_loses_its_last_dossier_tells_by_its_revision(
    shared: Engine, ward_id: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
    sum_up(shared, ward_id)
    change_dossier(shared, ward_id, received_at=after(1))
    sum_up(shared, ward_id)
    with reading(shared) as connection:
        rows = connection.execute(
            select(hub_cell.c.day, hub_cell.c.received, hub_cell.c.revision)
            .where(hub_cell.c.ward_id == ward_id)
            .order_by(hub_cell.c.day)
        )
        assert [tuple(row) for row in rows][:2] == [
            (date(2026, 8, 17), 0, 2), (date(2026, 8, 18), 1, 2),
        ]  # fmt: skip
    assert_right(shared, ward_id)


def test_a_backlog_is_planned_in_the_order_of_reception(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        for id, days in (("late", 9), ("early", 1), ("middle", 5)):
            write(connection, ward_id, id, received_at=after(days))
        write(connection, ward_id, "never", received_at=None, submitted_at=MONDAY)
        ask(connection, ward_id, "early", 2, 3)
    with reading(shared) as connection:
        plan = rollup.plan(connection, ward_id)
    assert [mark.dossier_id for mark in plan] == ["never", "early", "early", "middle", "late"]
    with writing(shared) as connection:
        rollup.refresh(connection, ward_id, MEASURES, now=NOW, marks=plan[:3])
        assert rollup.pending(connection, ward_id, 9) == 2
        rollup.refresh(connection, ward_id, MEASURES, now=NOW, marks=plan[3:])
    assert_right(shared, ward_id)


# --- corrections


@pytest.mark.parametrize(
    ("correction", "left"),
    [
        ({"hub_id": "b"}, {(date(2026, 8, 17), "b"): 1}),
        ({"received_at": after(-3)}, {(date(2026, 8, 14), "a"): 1}),
        ({"received_at": None, "processed_at": None}, {}),
        ({"processed_at": None}, {(date(2026, 8, 17), "a"): 1}),
        ({"channel": "post"}, {(date(2026, 8, 17), "a"): 1}),
        ({"procedure_id": PROCEDURES[3]}, {(date(2026, 8, 17), "a"): 1}),
    ],
)
def test_a_correction_leaves_the_old_cells_and_enters_the_new(
    shared: Engine, ward_id: str, correction: dict[str, Any], left: dict[Any, int]
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", processed_at=after(2), returned_at=after(3))
    sum_up(shared, ward_id)
    change_dossier(shared, ward_id, **correction)
    sum_up(shared, ward_id)
    assert cells(shared, ward_id) == left
    assert_right(shared, ward_id)


def test_a_deleted_dossier_leaves_nothing(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", processed_at=after(2))
        ask(connection, ward_id, "d", 0.5, 1)
    sum_up(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(delete(dossier).where(dossier.c.ward_id == ward_id))
    sum_up(shared, ward_id)
    assert cells(shared, ward_id) == {}
    with reading(shared) as connection:
        for table in (dossier_clock, dossier_span, cell, duration_cell):
            rows = select(func.count()).select_from(table).where(table.c.ward_id == ward_id)
            assert connection.execute(rows).scalar() == 0, table.name
    assert_right(shared, ward_id)


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Europe/Amsterdam", "2026-03-28T22:59:59.999+00:00", date(2026, 3, 28)),
        ("Europe/Amsterdam", "2026-03-28T23:00+00:00", date(2026, 3, 29)),
        ("Europe/Amsterdam", "2026-03-29T21:59:59.999+00:00", date(2026, 3, 29)),
        ("Europe/Amsterdam", "2026-03-29T22:00+00:00", date(2026, 3, 30)),
        ("Europe/Amsterdam", "2026-10-24T22:00+00:00", date(2026, 10, 25)),
        ("Europe/Amsterdam", "2026-10-25T22:59:59.999+00:00", date(2026, 10, 25)),
        ("Europe/Amsterdam", "2026-10-25T23:00+00:00", date(2026, 10, 26)),
        ("Asia/Ho_Chi_Minh", "2026-08-17T16:59:59.999+00:00", date(2026, 8, 17)),
        ("Asia/Ho_Chi_Minh", "2026-08-17T17:00+00:00", date(2026, 8, 18)),
    ],
)
def test_a_day_is_a_day_of_the_ward(shared: Engine, zone: str, instant: str, day: date) -> None:
    at = MONDAY.fromisoformat(instant)
    with writing(shared) as connection:
        ward_id = plant(connection, zone)
        write(connection, ward_id, "d", received_at=at, processed_at=at)
    sum_up(shared, ward_id)
    assert cells(shared, ward_id) == {(day, "a"): 1}
    assert cells(shared, ward_id, "timed") == {(day, "a"): 1}
