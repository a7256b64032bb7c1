"""The database that is measured: a real one, migrated, planted, loaded and summed.

PostgreSQL runs with the settings that docker-compose.yml gives it, except that nothing need
survive a power cut.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from benchmarks.facts import Facts, load
from benchmarks.many import FEW, many
from ops_center.metrics.catalog import MEASURES
from ops_center.simulator.ward import SOURCE, plant
from ops_center.store import clocks, rollup
from ops_center.store.migrate import upgrade
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward, list_wards
from tests.fixtures.postgres import running_server

PATIENT = 36_000.0  # seconds; nothing here waits for a screen
SERVER = {
    "shared_buffers": "1GB", "effective_cache_size": "3GB", "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
}  # fmt: skip
_AFTERNOON, DEMO_ZONE = time(15, 30), ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Ground:
    """A database with so many dossiers, and how long it took to get there."""

    url: str
    engine: Engine
    ward: Ward
    facts: Facts
    rows: int
    now: datetime
    load_seconds: float
    rebuild_seconds: float

    @property
    def name(self) -> str:
        return "SQLite" if self.engine.dialect.name == "sqlite" else "PostgreSQL"


@contextmanager
def ground(kind: str, rows: int) -> Iterator[Ground]:
    """`kind`: "sqlite" or "postgresql". The database is thrown away on leaving."""
    with _database(kind) as url, _opened(url) as engine:
        yield _prepared(url, engine, rows, datetime.now(UTC))


@contextmanager
def vast_ground(kind: str, rows: int, url: str = "") -> Iterator[Ground]:
    """As `ground`, copied up to so many dossiers, in the afternoon of a day with its dossiers.

    `url`: a database of one's own that is kept; where it has dossiers already, nothing is added.
    """
    with nullcontext(url) if url else _database(kind) as place, _opened(place) as engine:
        upgrade(engine)
        yield _found(place, engine) or _copied(_prepared(
            place, engine, min(rows, FEW), _afternoon(datetime.now(UTC))
        ), rows)  # fmt: skip


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url, timeout=PATIENT)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "postgresql":
        with running_server(in_memory=False, settings=SERVER) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="ops-center-bench-") as home:
        yield f"sqlite:///{Path(home) / 'ward.db'}"


def _prepared(url: str, engine: Engine, rows: int, now: datetime) -> Ground:
    upgrade(engine)
    ward = plant(engine, until=now)
    facts = Facts(engine, ward, SOURCE, now)
    begun = perf_counter()
    load(engine, facts.rows(rows))
    loaded = perf_counter()
    with writing(engine, repeatable=True) as connection:
        rollup.rebuild(connection, ward.id, MEASURES, now=now)
    rebuilt = perf_counter()
    return Ground(url, engine, ward, facts, rows, now, loaded - begun, rebuilt - loaded)


def _copied(few: Ground, rows: int) -> Ground:
    begun = perf_counter()
    if rows > few.rows:
        with writing(few.engine, repeatable=True) as connection:
            many(connection, few.ward.id, rows // few.rows)
        vacuum(few.engine)
    return replace(few, rows=rows, load_seconds=few.load_seconds + perf_counter() - begun)


def _found(url: str, engine: Engine) -> Ground | None:
    """What an earlier run left in a database that is kept."""
    with reading(engine) as connection:
        wards = list_wards(connection)
        rows = clocks.count(connection, wards[0].id) if wards else 0
        now = find_revision(connection, wards[0].id).at if rows else None
    if now is None:
        return None
    facts = Facts(engine, wards[0], SOURCE, now)
    return Ground(url, engine, wards[0], facts, rows, now, 0.0, 0.0)


def _afternoon(now: datetime) -> datetime:
    """The last 15:30 in the ward: at night its "today" would be empty and cheap."""
    local = now.astimezone(DEMO_ZONE)
    today = datetime.combine(local.date(), _AFTERNOON, DEMO_ZONE)
    return (today if today <= local else today - timedelta(days=1)).astimezone(UTC)


def vacuum(engine: Engine) -> None:
    """What PostgreSQL itself does some minutes after a load; on SQLite, statistics."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
            return
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("VACUUM (ANALYZE)")
