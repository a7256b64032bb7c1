"""What a round of the refresher costs, however many dossiers lie there."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from benchmarks.cost import Cost, Touched, cost, touched
from benchmarks.database import insert_foreign
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.session import writing
from ops_center.store.tables import dossier, dossier_clock

NEW = 5
ROUNDS = 7
NOTES = (
    "A round over five new dossiers and five that ended, of today; median of five after two. Rows "
    "that PostgreSQL finds in an index alone are not counted among those read; SQLite's steps are "
    "those of its virtual machine. Processor time is the database's process and ours together."
)


def measure_rounds(ground: Ground) -> Iterator[Figure]:
    """Rows read and written, statements and processor time of a round."""
    found = [_round(ground, number) for number in range(ROUNDS)][2:]
    read = statistics.median(rows.read for rows, _ in found)
    written = statistics.median(rows.written for rows, _ in found)
    of, sqlite = f"{ground.rows:,} dossiers", ground.name == "SQLite"
    yield Figure(f"{of}: read", read, "thousand steps" if sqlite else "rows")
    yield Figure(f"{of}: written", written, "rows")
    yield Figure(f"{of}: statements", statistics.median(c.statements for _, c in found), "")
    processor = statistics.median(one.processor for _, one in found)
    yield Figure(f"{of}: processor", processor, "ms")


def _round(ground: Ground, number: int) -> tuple[Touched, Cost]:
    """The same round twice: counted once and rolled back, then timed."""
    _write(ground, number)
    rows: list[Touched] = []
    with ground.engine.connect() as connection, connection.begin() as transaction:
        rows.append(touched(connection, lambda: _refreshed(ground, connection)))
        transaction.rollback()
    return rows[0], cost(ground.engine, lambda one: _refreshed(ground, one), way=writing)


def _refreshed(ground: Ground, connection: Connection) -> None:
    done = rollup.refresh(connection, ground.ward.id, MEASURES, now=datetime.now(UTC))
    assert done is not None
    assert done.dossiers == 2 * NEW


def _write(ground: Ground, number: int) -> None:
    """As another system writes: the triggers leave the marks."""
    received, ended = ground.now - timedelta(hours=3), ground.now - timedelta(minutes=30)
    name = f"r{time.time_ns()}-{number}"
    rows = [ground.facts.row(f"{name}-{n}", received) for n in range(NEW)]
    insert_foreign(ground, iter(rows))
    here = dossier_clock.c.ward_id == ground.ward.id
    open_ones = (
        select(dossier_clock.c.dossier_id)
        .where(here, dossier_clock.c.ended_at.is_(None), dossier_clock.c.received_at < received)
        .order_by(dossier_clock.c.dossier_id)
        .limit(NEW)
    )
    with writing(ground.engine) as connection:
        ids = list(connection.execute(open_ones).scalars())
        these = (dossier.c.ward_id == ground.ward.id) & dossier.c.id.in_(ids)
        connection.execute(update(dossier).where(these).values(processed_at=ended, status=9))
