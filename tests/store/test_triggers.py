"""Whoever writes a dossier, in plain SQL too, leaves a mark."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from tests.store.foreign import DOSSIER, PLANTED, Foreign, foreign_writer, plant

MARK = ("w", "d1", "portal")
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)


@pytest.fixture
def writer(shared_url: str) -> Iterator[Foreign]:
    """Another system's connection to a database with one dossier and no marks."""
    with foreign_writer(shared_url) as found:
        plant(found)
        found.run(DOSSIER, "DELETE FROM change")
        yield found
        found.run("DELETE FROM dossier", *(f"DELETE FROM {name}" for name in PLANTED))


def _wait(writer: Foreign) -> None:
    writer.run(
        "INSERT INTO waiting (ward_id, id, dossier_id, kind, from_at) "
        "VALUES ('w', 'a', 'd1', 'supplement', '2026-08-05T02:00:00.000Z')"
    )


def test_an_inserted_dossier_is_marked(writer: Foreign) -> None:
    writer.run(DOSSIER.replace("'d1'", "'d2'").replace("H-1", "H-2"))
    assert writer.marks() == [("w", "d2", "portal")]


def test_a_mark_has_its_own_id_and_the_instant_of_writing(writer: Foreign) -> None:
    before = datetime.now(UTC)
    writer.run("UPDATE dossier SET status = 4", "UPDATE dossier SET status = 5")
    marks = writer.ask("SELECT id, at FROM change")
    assert len({mark[0] for mark in marks}) == 2
    for _, at in marks:
        instant = datetime.fromisoformat(at) if isinstance(at, str) else at
        assert abs((instant - before).total_seconds()) < 60


@pytest.mark.parametrize(
    "change",
    [
        "status = 4",
        "hub_id = 'h2'",
        "received_at = NULL",
        "due_on = '2026-08-06'",
        "complained = true",
        "fee = 0",
        "applicant = 'A'",
    ],
)
def test_an_updated_dossier_is_marked_once(writer: Foreign, change: str) -> None:
    writer.run(f"UPDATE dossier SET {change}")
    assert writer.marks() == [MARK]
    writer.run(f"UPDATE dossier SET {change}")
    assert writer.marks() == [], "the second time nothing changed"


def test_a_deleted_dossier_is_marked(writer: Foreign) -> None:
    writer.run("DELETE FROM dossier")
    assert writer.marks() == [MARK]


def test_a_dossier_with_a_new_id_is_marked_under_both(writer: Foreign) -> None:
    writer.run("UPDATE dossier SET id = 'd9'")
    assert writer.marks() == [MARK, ("w", "d9", "portal")]


def test_a_rolled_back_write_leaves_no_mark(shared_url: str, writer: Foreign) -> None:
    with foreign_writer(shared_url) as other:
        other.execute("UPDATE dossier SET status = 4")
        other.undo()
    assert writer.marks() == []


def test_two_writers_at_once_leave_a_mark_each(postgres_fresh_url: str) -> None:
    with foreign_writer(postgres_fresh_url) as first, foreign_writer(postgres_fresh_url) as second:
        plant(first)
        first.run(DOSSIER, "DELETE FROM change")
        first.execute("UPDATE dossier SET status = 4")
        second.run(DOSSIER.replace("'d1'", "'d2'").replace("H-1", "H-2"))
        assert second.marks() == [("w", "d2", "portal")], "the other's is not committed yet"
        first.commit()
        assert second.marks() == [MARK]


def test_waiting_marks_its_dossier_when_it_begins_ends_and_goes(writer: Foreign) -> None:
    _wait(writer)
    assert writer.marks() == [MARK]
    for _ in range(2):
        writer.run("UPDATE waiting SET to_at = '2026-08-05T03:00:00.000Z'")
    assert writer.marks() == [MARK]
    writer.run("DELETE FROM waiting")
    assert writer.marks() == [MARK]


def test_waiting_moved_to_another_dossier_marks_both(writer: Foreign) -> None:
    writer.run(DOSSIER.replace("'d1'", "'d2'").replace("H-1", "H-2"))
    _wait(writer)
    writer.marks()
    writer.run("UPDATE waiting SET dossier_id = 'd2'")
    assert writer.marks() == [MARK, ("w", "d2", "portal")]


def test_events_do_not_mark_for_they_move_no_clock(writer: Foreign) -> None:
    writer.run(
        "INSERT INTO dossier_event (ward_id, dossier_id, at, kind) "
        "VALUES ('w', 'd1', '2026-08-05T02:00:00.000Z', 'seen')"
    )
    assert writer.marks() == []


def test_a_deleted_dossier_takes_its_waiting_and_events_along(writer: Foreign) -> None:
    _wait(writer)
    writer.run(
        "INSERT INTO dossier_event (ward_id, dossier_id, at, kind) "
        "VALUES ('w', 'd1', '2026-08-05T02:00:00.000Z', 'seen')",
        "DELETE FROM dossier",
    )
    assert {mark[:2] for mark in writer.marks()} == {("w", "d1")}
    assert writer.ask("SELECT * FROM waiting") == writer.ask("SELECT * FROM dossier_event") == []


@pytest.mark.parametrize("column", ["hub_id", "procedure_id", "source_id"])
def test_an_unknown_reference_is_refused_even_by_an_indifferent_writer(
    writer: Foreign, column: str
) -> None:
    with pytest.raises(REFUSED):
        writer.run(f"UPDATE dossier SET {column} = 'nowhere'")
    writer.undo()


def test_a_dossier_of_an_unknown_ward_is_refused(writer: Foreign) -> None:
    with pytest.raises(REFUSED):
        writer.run(DOSSIER.replace("'w'", "'v'"))
    writer.undo()


@pytest.mark.parametrize(
    "value",
    ["2026-08-05 01:30:00", "2026-08-05T01:30:00Z", "2026-08-05T08:30:00.000+07:00", "05/08/2026"],
)
def test_sqlite_refuses_another_spelling_of_an_instant(sqlite_url: str, value: str) -> None:
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        with pytest.raises(sqlite3.IntegrityError):
            writer.run(DOSSIER.replace("2026-08-05T01:30:00.000Z", value))


@pytest.mark.parametrize("change", ["due_on = '5/8/2026'", "fee = 'free'", "rating = 4.5"])
def test_sqlite_refuses_what_postgresqls_types_refuse(sqlite_url: str, change: str) -> None:
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        writer.run(DOSSIER)
        with pytest.raises(sqlite3.IntegrityError):
            writer.run(f"UPDATE dossier SET {change}")


def test_sqlites_replace_marks_the_row_that_vanishes(sqlite_url: str) -> None:
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        writer.run(DOSSIER, "DELETE FROM change")
        writer.run(DOSSIER.replace("INSERT", "INSERT OR REPLACE").replace("'d1'", "'d2'"))
        assert writer.ask("SELECT id FROM dossier") == [("d2",)]
        assert writer.marks() == [MARK, ("w", "d2", "portal")]


def test_an_upsert_that_changes_nothing_marks_nothing_but_its_dossier(writer: Foreign) -> None:
    upsert = DOSSIER.replace("'d1', ", "").replace("(ward_id, id,", "(ward_id,")
    conflict = "ON CONFLICT (ward_id, source_id, code) DO UPDATE SET status = excluded.status"
    writer.run(f"{upsert} {conflict}")
    assert set(writer.marks()) <= {MARK}
    assert writer.ask("SELECT id FROM dossier") == [("d1",)]


def test_sqlites_triggers_need_no_function_of_ours(sqlite_url: str) -> None:
    """The sqlite3 program or any driver can write: all of the schema runs in a bare connection."""
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        writer.run(DOSSIER.replace("id, source_id", "source_id").replace("'d1', ", ""))
        ((dossier_id,),) = writer.ask("SELECT id FROM dossier")
        assert len(dossier_id) == 32
        assert writer.marks() == [("w", dossier_id, "portal")]


def test_postgresqls_trigger_is_not_led_astray_by_a_writers_own_table(
    postgres_fresh_url: str,
) -> None:
    with foreign_writer(postgres_fresh_url) as writer:
        plant(writer)
        writer.run(
            "CREATE SCHEMA lure",
            "CREATE TABLE lure.change (LIKE public.change)",
            "CREATE TEMP TABLE change (LIKE public.change)",
            "SET search_path = pg_temp, lure, public",
            DOSSIER,
        )
        assert writer.ask("SELECT dossier_id FROM public.change") == [("d1",)]
