"""The public door: told twice or once, in any order, in any parts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from ops_center.domain.waiting import Wait
from ops_center.i18n import Problem
from ops_center.intake.record import take_in
from ops_center.intake.row import DossierRow, EventRow
from ops_center.store.dossiers import Recorded
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.sources import list_sources
from ops_center.store.tables import change, dossier, dossier_event, person, waiting
from ops_center.store.wards import UNASSIGNED
from tests.intake.given import NOW, count, planted, rows_of

RECEIVED = datetime(2026, 8, 3, 1, 30, 0, 123_456, tzinfo=UTC)
ONE = DossierRow(
    code="H-1",
    hub_id=UNASSIGNED,
    procedure_id="1.004873",
    channel="online",
    status=4,
    received_at=RECEIVED,
    fee=15000,
    official="Nguyễn Thị Hoa",
    events=(EventRow(RECEIVED, "received", "e1", status=2),),
    waits=(Wait("supplement", RECEIVED + timedelta(hours=1)),),
)


def marks(engine: Engine) -> int:
    """How many marks were left since the last call."""
    with writing(engine) as connection:
        return connection.execute(delete(change)).rowcount


def test_what_is_told_is_kept_to_the_millisecond(engine: Engine) -> None:
    ward = planted(engine)
    assert take_in(engine, ward, "portal", [ONE], now=NOW) == Recorded(new=1)
    [kept] = rows_of(engine, dossier)
    assert kept["received_at"] == datetime(2026, 8, 3, 1, 30, 0, 123_000, tzinfo=UTC)
    assert (kept["code"], kept["status"], kept["fee"]) == ("H-1", 4, 15000)
    assert [row["name"] for row in rows_of(engine, person)] == ["Nguyễn Thị Hoa"]
    assert count(engine, dossier_event) == count(engine, waiting) == 1


def test_the_same_again_changes_nothing_and_makes_no_work(engine: Engine) -> None:
    ward = planted(engine)
    take_in(engine, ward, "portal", [ONE], now=NOW)
    assert marks(engine) > 0
    later = NOW + timedelta(hours=1)
    assert take_in(engine, ward, "portal", [ONE], now=later) == Recorded(unchanged=1)
    assert marks(engine) == 0
    with reading(engine) as connection:
        [source] = list_sources(connection, ward.id)
    assert source.last_heard_at == later


def test_only_the_dossier_that_differs_is_touched(engine: Engine) -> None:
    ward = planted(engine)
    two = replace(ONE, code="H-2", events=(), waits=())
    take_in(engine, ward, "portal", [ONE, two], now=NOW)
    marks(engine)
    corrected = replace(two, fee=8000, due_on=NOW.date())
    told = take_in(engine, ward, "portal", [ONE, corrected], now=NOW)
    assert told == Recorded(changed=1, unchanged=1)
    assert marks(engine) == 1
    assert {row["code"]: row["fee"] for row in rows_of(engine, dossier)} == {
        "H-1": 15000,
        "H-2": 8000,
    }


def test_a_wait_is_closed_once_and_stays_closed(engine: Engine) -> None:
    ward = planted(engine)
    take_in(engine, ward, "portal", [ONE], now=NOW)
    answered = RECEIVED + timedelta(hours=5)
    closed = replace(ONE, waits=(replace(ONE.waits[0], to_at=answered),))
    assert take_in(engine, ward, "portal", [closed], now=NOW) == Recorded(changed=1)
    assert take_in(engine, ward, "portal", [ONE], now=NOW) == Recorded(unchanged=1)
    [wait] = rows_of(engine, waiting)
    assert abs(wait["to_at"] - answered) < timedelta(milliseconds=1)


def test_a_step_told_better_later_is_corrected_not_repeated(engine: Engine) -> None:
    ward = planted(engine)
    take_in(engine, ward, "portal", [ONE], now=NOW)
    better = replace(ONE, events=(replace(ONE.events[0], actor="Trần Văn Nam"),))
    assert take_in(engine, ward, "portal", [better], now=NOW) == Recorded(changed=1)
    [step] = rows_of(engine, dossier_event)
    assert (step["actor"], step["status"]) == ("Trần Văn Nam", 2)


def test_facts_a_source_does_not_tell_stay_as_they_are(engine: Engine) -> None:
    ward = planted(engine)
    take_in(engine, ward, "portal", [ONE], now=NOW)
    thin = DossierRow("H-1", UNASSIGNED, "1.000894", "post", status=9, processed_at=NOW)
    take_in(engine, ward, "portal", [thin], now=NOW, only=frozenset({"status", "processed_at"}))
    [kept] = rows_of(engine, dossier)
    assert (kept["status"], kept["processed_at"]) == (9, NOW)
    assert (kept["fee"], kept["channel"], kept["procedure_id"]) == (15000, "online", "1.004873")


def test_the_same_code_of_another_source_is_another_dossier(engine: Engine) -> None:
    ward = planted(engine)
    take_in(engine, ward, "portal", [ONE], now=NOW)
    assert take_in(engine, ward, "desk", [ONE], now=NOW) == Recorded(new=1)
    assert count(engine, dossier) == 2
    assert count(engine, person) == 1


def test_a_batch_is_written_whole_or_not_at_all(engine: Engine) -> None:
    ward = planted(engine)
    rows = [replace(ONE, code=f"H-{n}") for n in range(5)]
    rows[3] = replace(rows[3], hub_id="no such hub")
    with pytest.raises(Exception, match="(?i)foreign key|no such"):
        take_in(engine, ward, "portal", rows, now=NOW, batch=2)
    assert [row["code"] for row in rows_of(engine, dossier)] == ["H-0", "H-1"]
    rows[3] = replace(rows[3], hub_id=UNASSIGNED)
    told = take_in(engine, ward, "portal", rows, now=NOW, batch=2)
    assert told == Recorded(new=3, unchanged=2)


def test_a_locked_database_is_named(tmp_path: Path, sqlite_url: str) -> None:
    other, engine = open_engine(sqlite_url), open_engine(sqlite_url, timeout=0.1)
    ward = planted(engine)
    with writing(other), pytest.raises(Problem) as caught:
        take_in(engine, ward, "portal", [ONE], now=NOW)
    assert caught.value.key == "store.locked"
    assert count(engine, dossier) == 0
    for one in (other, engine):
        one.dispose()


TABLES = (dossier, dossier_event, waiting)

PARTS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.booleans()), min_size=1, max_size=12
)


@settings(max_examples=15)
@given(parts=PARTS, order=st.randoms(use_true_random=False), size=st.integers(1, 5))
def test_the_order_of_rows_and_the_size_of_batches_do_not_matter(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[tuple[int, int, bool]],
    order: object,
    size: int,
) -> None:
    rows = [_part(*part) for part in parts]
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for told, batch in ((rows, 100), (shuffled, size), (rows + shuffled, size)):
        path = tmp_path_factory.mktemp("order") / "ward.db"
        path.write_bytes(sqlite_template.read_bytes())
        engine = open_engine(f"sqlite:///{path}")
        ward = planted(engine)
        take_in(engine, ward, "portal", told, now=NOW, batch=batch)
        found.append([rows_of(engine, table, "dossier_id") for table in TABLES])
        engine.dispose()
    assert found[0] == found[1] == found[2]


def _part(number: int, step: int, answered: bool) -> DossierRow:
    """A part of the truth about dossier `number`: the same facts, one step, one wait."""
    at = RECEIVED + timedelta(hours=step)
    wait = Wait("supplement", at, at + timedelta(minutes=30) if answered else None)
    return replace(
        ONE,
        code=f"H-{number}",
        official=None,
        events=(EventRow(at, "step", str(step)),),
        waits=(wait,),
    )


def test_two_imports_of_one_source_at_once_both_come_through(database_url: str) -> None:
    engine = open_engine(database_url, timeout=30)
    ward = planted(engine)
    rows = [replace(ONE, code=f"H-{n % 40}", official=None) for n in range(120)]
    with ThreadPoolExecutor(3) as pool:
        jobs = [
            pool.submit(take_in, engine, ward, "portal", rows[shift:], now=NOW, batch=10)
            for shift in (0, 11, 23)
        ]
    told = [job.result() for job in jobs]
    assert sum(one.new for one in told) == 40
    assert (count(engine, dossier), count(engine, dossier_event)) == (40, 40)
    engine.dispose()
