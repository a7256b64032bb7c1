"""A changed rule concerns the dossiers it can touch, and no others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, update

from ops_center.i18n import Problem
from ops_center.store.calendars import CalendarDay, add_calendar_day
from ops_center.store.session import writing
from ops_center.store.tables import calendar_day, hub, procedure, revision, source, ward
from tests.fixtures.databases import opened
from tests.store.ward_of_two import (
    PROCEDURES,
    after,
    ask,
    assert_right,
    cells,
    differences,
    one_due,
    plant,
    rebuild,
    sum_up,
    write,
)

# --- rules that change


def test_merged_hubs_count_where_they_went_on_all_their_days(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", processed_at=after(3))
    sum_up(shared, ward_id)
    merged = update(hub).where(hub.c.ward_id == ward_id, hub.c.id == "a")
    with writing(shared) as connection:
        connection.execute(merged.values(replaced_by="b"))
    sum_up(shared, ward_id)
    assert cells(shared, ward_id) == {(date(2026, 8, 17), "b"): 1}
    assert_right(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(merged.values(replaced_by=None))
    sum_up(shared, ward_id)
    assert cells(shared, ward_id) == {(date(2026, 8, 17), "a"): 1}


def test_a_changed_limit_moves_open_dossiers_and_leaves_ended_ones(
    shared: Engine, ward_id: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "open", procedure_id=PROCEDURES[1])
        write(connection, ward_id, "ended", procedure_id=PROCEDURES[1], processed_at=after(8))
    sum_up(shared, ward_id)
    before = one_due(shared, ward_id, "open"), one_due(shared, ward_id, "ended")
    limit = update(procedure).where(procedure.c.id == PROCEDURES[1])
    try:
        with writing(shared) as connection:
            connection.execute(limit.values(limit_days=9))
        sum_up(shared, ward_id)
        assert one_due(shared, ward_id, "open") > before[0]
        assert one_due(shared, ward_id, "ended") == before[1]
        assert_right(shared, ward_id)
        rebuild(shared, ward_id, dues=True)
        assert one_due(shared, ward_id, "ended") == one_due(shared, ward_id, "open")
        assert_right(shared, ward_id, keep=False)
    finally:
        with writing(shared) as connection:
            connection.execute(limit.values(limit_days=5))


def test_a_new_holiday_moves_open_dossiers_and_concerns_no_day_before_it(
    shared: Engine, ward_id: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "open", procedure_id=PROCEDURES[1])
        write(connection, ward_id, "over", procedure_id=PROCEDURES[1], processed_at=after(1))
        write(connection, ward_id, "ended", procedure_id=PROCEDURES[1], processed_at=after(8))
        write(connection, ward_id, "that day", procedure_id=PROCEDURES[1], processed_at=after(3))
    sum_up(shared, ward_id)
    before = one_due(shared, ward_id, "open"), one_due(shared, ward_id, "ended")
    holiday = date(2026, 8, 20)
    try:
        with writing(shared) as connection:
            add_calendar_day(connection, CalendarDay(holiday, "holiday"))
        (done,) = sum_up(shared, ward_id)
        assert done.dossiers == 3  # "over" was over before; the others worked less time
        assert one_due(shared, ward_id, "open") > before[0]
        assert one_due(shared, ward_id, "ended") == before[1]
        assert_right(shared, ward_id)
    finally:
        with writing(shared) as connection:
            connection.execute(delete(calendar_day).where(calendar_day.c.day == holiday))
    sum_up(shared, ward_id)
    assert one_due(shared, ward_id, "open") == before[0]
    assert_right(shared, ward_id)


@pytest.mark.parametrize(
    "values",
    [
        {"time_zone": "Europe/Amsterdam"},
        {"working_hours": "Mon-Fri 09:00-17:00"},
        {"same_day_cutoff": "09:00"},
        {"second_supplement_is_late": False},
    ],
)
def test_a_wards_other_rules_concern_all_its_dossiers(
    shared: Engine, ward_id: str, values: dict[str, Any]
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "a", received_at=after(0.5))
        write(connection, ward_id, "b", processed_at=after(4), supplement_count=2)
    sum_up(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(update(ward).where(ward.c.id == ward_id).values(**values))
    (done,) = sum_up(shared, ward_id)
    assert done.dossiers == 2
    assert_right(shared, ward_id)


def test_a_source_whose_dues_are_not_pushed_any_more(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", procedure_id=PROCEDURES[1])
        ask(connection, ward_id, "d", 1, 3)
    sum_up(shared, ward_id)
    pushed = one_due(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(
            update(source).where(source.c.ward_id == ward_id).values(waiting_pushes_due=False)
        )
    sum_up(shared, ward_id)
    assert one_due(shared, ward_id) < pushed
    assert_right(shared, ward_id)


def test_a_hub_that_a_foreign_program_deleted_leaves_its_dossiers_unassigned(
    sqlite_url: str,
) -> None:
    with opened(sqlite_url) as shared:
        with writing(shared) as connection:
            ward_id = plant(connection)
            write(connection, ward_id, "d", hub_id="b")
        sum_up(shared, ward_id)
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as foreign, foreign:
            foreign.execute("DELETE FROM hub WHERE ward_id = ? AND id = 'b'", (ward_id,))
        sum_up(shared, ward_id)
        assert cells(shared, ward_id) == {(date(2026, 8, 17), "unassigned"): 1}
        assert differences(shared, ward_id) == []
        with writing(shared) as connection:
            row = {"ward_id": ward_id, "id": "b", "code": "b", "name": "b"}
            connection.execute(insert(hub).values(**row))
        sum_up(shared, ward_id)
        assert cells(shared, ward_id) == {(date(2026, 8, 17), "b"): 1}


def test_rules_told_by_another_version_concern_all_dossiers(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
    sum_up(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(
            update(revision).where(revision.c.ward_id == ward_id).values(rules='{"ward": []}')
        )
    (done,) = sum_up(shared, ward_id)
    assert done.dossiers == 1
    assert sum_up(shared, ward_id) == []


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"time_zone": "Asia/Hanoi"}, "store.unknown_zone"),
        ({"working_hours": "all day"}, "store.unknown_hours"),
        ({"same_day_cutoff": "noon"}, "store.unknown_cutoff"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_named(
    shared: Engine, ward_id: str, values: dict[str, Any], key: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
        connection.execute(update(ward).where(ward.c.id == ward_id).values(**values))
    with pytest.raises(Problem) as found:
        sum_up(shared, ward_id)
    assert found.value.key == key
    assert next(iter(values.values())) in found.value.text("vi")
