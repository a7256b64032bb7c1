"""Every damage of the roll-ups is found, and a rebuild mends it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ops_center.store import rollup
from ops_center.store.rollup import Difference
from ops_center.store.session import reading, writing
from ops_center.store.tables import (
    cell,
    change,
    dossier,
    dossier_clock,
    dossier_span,
    duration_cell,
    hub,
    hub_cell,
    revision,
)
from tests.store.tally import written
from tests.store.ward_of_two import (
    MONDAY,
    PROCEDURES,
    after,
    assert_right,
    change_dossier,
    differences,
    rebuild,
    sum_up,
    write,
)

# --- check and rebuild


_DAMAGES = {
    "cell": update(cell).values(received=cell.c.received + 1),
    "hub_cell": update(hub_cell).values(late=hub_cell.c.late + 1),
    "duration_cell": update(duration_cell).values(n=duration_cell.c.n + 1),
    "dossier_clock": update(dossier_clock).values(worked_minutes=1),
    "dossier_span": update(dossier_span).values(from_at=MONDAY + timedelta(days=99)),
}


@pytest.mark.parametrize("name", [*_DAMAGES, "lost", "orphan"])
def test_a_damage_is_found_and_mended(shared: Engine, ward_id: str, name: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d", processed_at=after(2), rating=3)
    sum_up(shared, ward_id)
    table = cell if name == "lost" else dossier_clock
    with writing(shared) as connection:
        if name == "lost":
            connection.execute(delete(cell).where(cell.c.ward_id == ward_id))
        elif name == "orphan":
            row = {"ward_id": ward_id, "dossier_id": "x", "hub_id": "a", "procedure_id": "p"}
            connection.execute(insert(dossier_clock).values(**row, channel_level="post"))
        else:
            damage = _DAMAGES[name]
            table = damage.table  # type: ignore[assignment]
            connection.execute(damage.where(damage.table.c.ward_id == ward_id))
    found = differences(shared, ward_id)
    assert table.name in {one.table for one in found}
    rebuild(shared, ward_id)
    assert_right(shared, ward_id)


def test_a_difference_names_place_and_both_values(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
    sum_up(shared, ward_id)
    with writing(shared) as connection:
        connection.execute(
            update(hub_cell)
            .where(hub_cell.c.ward_id == ward_id, hub_cell.c.day == date(2026, 8, 17))
            .values(received=5)
        )
    key = (date(2026, 8, 17), "a")
    assert differences(shared, ward_id) == [Difference("hub_cell", key, "received", 5, 1)]


def test_a_change_that_waits_is_late_and_no_difference(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
    assert differences(shared, ward_id) == []
    sum_up(shared, ward_id)
    change_dossier(shared, ward_id, hub_id="b")
    assert differences(shared, ward_id) == []


def test_a_rebuild_from_nothing_equals_the_rounds(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        for number in range(30):
            end = after(number % 9) if number % 4 else None
            hub_id, kind = "abc"[number % 3], PROCEDURES[number % 4]
            write(connection, ward_id, f"d{number:02}", hub_id=hub_id, processed_at=end,
                  procedure_id=kind, rating=number % 5 + 1)  # fmt: skip
    told = rebuild(shared, ward_id)
    assert told[-1] == (30, 30)
    with reading(shared) as connection:
        assert rollup.pending(connection, ward_id, 99) == 0
        rebuilt = written(connection, ward_id)
    assert_right(shared, ward_id)
    with writing(shared) as connection:
        for table in (dossier_clock, dossier_span, cell, hub_cell, duration_cell):
            connection.execute(delete(table).where(table.c.ward_id == ward_id))
        connection.execute(
            insert(change).from_select(
                ["ward_id", "dossier_id"],
                select(dossier.c.ward_id, dossier.c.id).where(dossier.c.ward_id == ward_id),
            )
        )
    sum_up(shared, ward_id, most=7)
    with reading(shared) as connection:
        assert written(connection, ward_id) == rebuilt


def test_a_rebuild_works_where_the_revision_was_never_planted(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        connection.execute(delete(revision).where(revision.c.ward_id == ward_id))
        write(connection, ward_id, "d")
    rebuild(shared, ward_id)
    assert_right(shared, ward_id)


def test_many_touched_hubs_of_few_days_are_summed_by_the_day(shared: Engine, ward_id: str) -> None:
    with writing(shared) as connection:
        for number in range(12):
            row = {"ward_id": ward_id, "id": f"h{number}", "code": f"h{number}", "name": "h"}
            connection.execute(insert(hub).values(**row))
            write(connection, ward_id, f"d{number}", hub_id=f"h{number}", processed_at=after(0.1))
    (done,) = sum_up(shared, ward_id)
    assert done.cells == 12
    assert_right(shared, ward_id)


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0000-01-01T00:00:00.000Z"])
@pytest.mark.parametrize("column", ["received_at", "due_on"])
def test_what_nobody_could_read_back_cannot_be_written(
    shared: Engine, ward_id: str, moment: str, column: str
) -> None:
    with writing(shared) as connection:
        write(connection, ward_id, "d")
    wrong = text(f"UPDATE dossier SET {column} = :moment WHERE ward_id = :ward")
    told = moment if column == "received_at" else moment[:10]
    with pytest.raises(DBAPIError), writing(shared) as connection:
        connection.execute(wrong, {"moment": told, "ward": ward_id})
