"""A million dossiers by bulk SQL, past the triggers, as a ward might have after many years."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from ops_center.store.hubs import list_hubs
from ops_center.store.instant import spelled
from ops_center.store.people import list_people
from ops_center.store.procedures import list_procedures
from ops_center.store.session import reading
from ops_center.store.wards import Ward

DAYS = 400
COLUMNS = (
    "ward_id", "id", "source_id", "code", "hub_id", "procedure_id", "channel", "level", "status",
    "submitted_at", "received_at", "due_at", "processed_at", "returned_at", "supplement_count",
    "fee", "payment", "result_electronic", "components_digitised", "data_reused",
    "population_data_used", "complained", "rating", "official_id",
)  # fmt: skip

Row = tuple[Any, ...]


class Facts:
    """Makes dossiers: the same seed gives the same ones."""

    def __init__(self, engine: Engine, ward: Ward, source: str, now: datetime) -> None:
        with reading(engine) as connection:
            hubs = [hub for hub in list_hubs(connection, ward.id) if hub.code != "unassigned"]
            self._hubs = [str(hub.id) for hub in hubs]
            self._procedures = list_procedures(connection)
            people = [one.id for one in list_people(connection, ward.id)]
            self._officials: list[str | None] = [*people] or [None]
        self._ward, self._source, self._now = ward.id, source, now
        self._random = Random(602)

    def rows(self, count: int, days: int = DAYS) -> Iterator[Row]:
        """`count` dossiers received in the last `days` days; instants aware."""
        for number in range(count):
            yield self.row(f"b{number:07d}", self._received(days))

    def row(self, name: str, received: datetime) -> Row:
        """One dossier; it ends some days later unless that lies in the future."""
        draw = self._random.random
        procedure = self._random.choice(self._procedures)
        channel = "online" if draw() < 0.6 else "in_person" if draw() < 0.9 else "post"
        level = ("end_to_end" if draw() < 0.5 else "partial") if channel == "online" else None
        due = received + timedelta(days=1 + (procedure.limit_days or 5) * 1.4)
        ended = received + timedelta(days=self._random.expovariate(1 / 3.0))
        returned = ended + timedelta(days=draw() * 2)
        done = ended < self._now
        fee = procedure.fee or 0
        return (
            self._ward, name, self._source, f"H26.602-{name}", self._random.choice(self._hubs),
            procedure.id, channel, level, 10 if returned < self._now else 9 if done else 4,
            received, received, due if draw() < 0.7 else None, ended if done else None,
            returned if returned < self._now else None, int(draw() < 0.05),
            fee, "online" if fee and draw() < 0.5 else "cash" if fee else None,
            draw() < 0.7, draw() < 0.6, draw() < 0.3, draw() < 0.8, draw() < 0.01,
            self._random.choice((None, None, 3, 4, 5, 5)), self._random.choice(self._officials),
        )  # fmt: skip

    def _received(self, days: int) -> datetime:
        day = (self._now - timedelta(days=self._random.random() * days)).date()
        opening = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        return min(opening + timedelta(seconds=self._random.random() * 34_200), self._now)


def load(engine: Engine, rows: Iterator[Row]) -> None:
    """Write them at the speed of the database, without marks: whoever loads so must rebuild."""
    if engine.dialect.name == "sqlite":
        _load_sqlite(engine, rows)
    else:
        _load_postgresql(engine, rows)


def _load_sqlite(engine: Engine, rows: Iterator[Row]) -> None:
    with sqlite3.connect(str(engine.url.database)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'dossier'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        bulk_insert(connection, rows)
        for _, statement in triggers:
            connection.execute(statement)
    connection.close()


def bulk_insert(connection: sqlite3.Connection, rows: Iterator[Row]) -> None:
    """executemany with plain values: the fastest that SQLite's driver offers."""
    marks = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO dossier ({', '.join(COLUMNS)}) VALUES ({marks})"
    while some := [_plain(row) for row in islice(rows, 20_000)]:
        connection.executemany(statement, some)


def _plain(row: Row) -> Sequence[Any]:
    return [spelled(value) if isinstance(value, datetime) else value for value in row]


def _load_postgresql(engine: Engine, rows: Iterator[Row]) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        driver: Any = connection.connection.driver_connection
        copy_in(driver, rows)


def copy_in(connection: Any, rows: Iterator[Row]) -> None:
    """COPY: the fastest that PostgreSQL offers."""
    with connection.cursor().copy(f"COPY dossier ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
