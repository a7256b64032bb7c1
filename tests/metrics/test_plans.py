"""What a wall asks each second reads few rows, whatever the planner knows of a long history."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from benchmarks.cost import touched
from ops_center.metrics.measures import DUE_SOON_PUSHED, STATES
from ops_center.metrics.scope import Scope
from ops_center.metrics.snapshot import take
from ops_center.metrics.standing import placed
from ops_center.store.session import reading, writing
from ops_center.store.statistics import gather
from ops_center.store.sums import Place, stocks
from ops_center.store.tables import dossier_clock, dossier_span
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened, postgres_database

NOW = datetime(2026, 9, 16, 3, tzinfo=UTC)  # a Wednesday, ten o'clock in Hanoi
MANY, OPEN = 12_000, 100  # dossiers, and how many of them are not over
ROWS, PAGES = 1000, 30  # that one part of a statement may read; an index of the ward has 50


@dataclass(frozen=True)
class Said:
    """A statement as it was sent to the database."""

    statement: str
    parameters: Any


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "ward.db")
        with opened(f"sqlite:///{tmp_path / 'ward.db'}") as found:
            yield found
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("postgres_template")
    with postgres_database(server, template) as url, opened(url) as found:
        yield found


def plant(connection: Connection) -> None:
    """A ward whose dossiers were derived long ago: only what a snapshot reads."""
    add_ward(connection, Ward("w", "Ward"))
    clocks = [_clock(number) for number in range(MANY)]
    connection.execute(insert(dossier_clock), clocks)
    connection.execute(insert(dossier_span), [_span(one) for one in clocks[::4]])


def _clock(number: int) -> dict[str, Any]:
    received = NOW - timedelta(days=400 * (1 - number / MANY), minutes=1)
    over = number < MANY - OPEN
    ended = received + timedelta(hours=20) if over else None
    day = ended.date() if ended else None
    return {
        "ward_id": "w", "dossier_id": f"d{number}", "hub_id": f"h{number % 8}",
        "procedure_id": "1.001193", "channel_level": "post",
        "submitted_at": received, "submitted_day": received.date(),
        "accepted_at": received, "accepted_day": received.date(),
        "received_at": received, "received_day": received.date(),
        "due_at": received + timedelta(days=3), "overdue_at": received + timedelta(days=3),
        "ended_at": ended, "ended_day": day, "processed_at": ended, "processed_day": day,
        "returned_at": ended, "returned_day": day,
        "end_kind": "done" if over else None, "outcome": "early" if over else None,
    }  # fmt: skip


def _span(clock: dict[str, Any]) -> dict[str, Any]:
    kept = ("ward_id", "dossier_id", "hub_id", "procedure_id", "channel_level")
    return {name: clock[name] for name in kept} | {
        "state": "suspended", "from_at": clock["received_at"], "from_day": clock["received_day"],
        "to_at": clock["ended_at"], "to_day": clock["ended_day"],
    }  # fmt: skip


def said(engine: Engine) -> list[Said]:
    """Everything that a snapshot and the other stocks ask the database."""
    found: list[Said] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            found.append(Said(statement, parameters))

    with reading(engine) as connection:
        event.listen(engine, "before_cursor_execute", note)
        take(connection, "w", NOW)
        soon = {"due_soon_at": NOW, "due_soon_until": NOW + timedelta(1), "due_soon_ids": ["d1"]}
        for by in ((), ("hub",)):
            stocks(connection, Place("w"), [*STATES, DUE_SOON_PUSHED], NOW, by, soon)
        event.remove(engine, "before_cursor_execute", note)
    return found


def wide(engine: Engine) -> list[str]:
    """The parts of plans that read more than a few of the ward's dossiers."""
    asked = said(engine)
    assert len(asked) > 10
    sees = _wide_of_sqlite if engine.dialect.name == "sqlite" else _wide_of_postgresql
    with reading(engine) as connection:
        return [part for one in asked for part in sees(connection, one)]


def _wide_of_sqlite(connection: Connection, one: Said) -> Iterator[str]:
    """A scan, or a search that knows nothing but the ward."""
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.statement}", one.parameters)
    for *_, part in plan:
        if re.search(r"SCAN dossier|SEARCH dossier\w* .*\(ward_id=\?\)$", part):
            yield part


def _wide_of_postgresql(connection: Connection, one: Said) -> Iterator[str]:
    """What was really read, thrown away or not."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {one.statement}"
    plan = connection.exec_driver_sql(explain, one.parameters).scalar_one()
    for node in _nodes(plan[0]["Plan"]):
        times, table = node["Actual Loops"], node.get("Relation Name", "")
        lost = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        rows = (node["Actual Rows"] + lost) * times
        pages = (node["Shared Hit Blocks"] + node["Shared Read Blocks"]) / max(times, 1)
        if table.startswith("dossier") and (rows > ROWS or pages > PAGES):
            yield f"{node['Node Type']} of {table}: {rows} rows, {pages} pages at a time"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def test_no_question_of_a_snapshot_reads_the_whole_ward(engine: Engine) -> None:
    with writing(engine) as connection:
        plant(connection)
    assert wide(engine) == [], "the planner knows nothing"
    with writing(engine) as connection:
        gather(connection)
    assert wide(engine) == [], "the planner knows all"


def test_what_took_so_long_is_looked_for_among_what_is_open_only(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        return  # how it reads so small a table tells nothing
    scope = Scope("w", NOW.date() - timedelta(29), NOW.date() + timedelta(1),
                  took=frozenset({(17, 32)}))  # fmt: skip
    with writing(engine) as connection:
        plant(connection)
        gather(connection)
    with reading(engine) as connection:
        place = placed(connection, Ward("w", "Ward"), scope, NOW)
        found = touched(connection, lambda: stocks(connection, place, STATES, NOW, ("hub",)))
    assert found.read < 3 * MANY / 1000, "thousands of steps: less than three for each dossier"


def test_the_check_sees_a_plan_that_does(engine: Engine) -> None:
    with writing(engine) as connection:
        plant(connection)
        for name in ("open", "due", "ended_at", "received_at", "unreturned"):
            connection.exec_driver_sql(f"DROP INDEX ix_clock_{name}")
    assert wide(engine)
