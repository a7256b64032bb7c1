"""The database that is measured: a real one, migrated, planted, loaded and summed."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.facts import Facts, load
from ops_center.metrics.catalog import MEASURES
from ops_center.simulator.ward import SOURCE, plant
from ops_center.store import rollup
from ops_center.store.migrate import upgrade
from ops_center.store.session import open_engine, writing
from ops_center.store.wards import Ward
from tests.fixtures.postgres import running_server

PATIENT = 3600.0  # seconds; nothing here waits for a screen


@dataclass(frozen=True)
class Ground:
    """A database with so many dossiers, and how long it took to get there."""

    url: str
    engine: Engine
    ward: Ward
    facts: Facts
    rows: int
    load_seconds: float
    rebuild_seconds: float

    @property
    def name(self) -> str:
        return "SQLite" if self.engine.dialect.name == "sqlite" else "PostgreSQL"


@contextmanager
def ground(kind: str, rows: int) -> Iterator[Ground]:
    """`kind`: "sqlite" or "postgresql". The database is thrown away on leaving."""
    with _database(kind) as url:
        engine = open_engine(url, timeout=PATIENT)
        try:
            yield _prepared(url, engine, rows)
        finally:
            engine.dispose()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "postgresql":
        with running_server(in_memory=False) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="ops-center-bench-") as home:
        yield f"sqlite:///{Path(home) / 'ward.db'}"


def _prepared(url: str, engine: Engine, rows: int) -> Ground:
    upgrade(engine)
    now = datetime.now(UTC)
    ward = plant(engine, until=now)
    facts = Facts(engine, ward, SOURCE, now)
    begun = time.perf_counter()
    load(engine, facts.rows(rows))
    loaded = time.perf_counter()
    with writing(engine, repeatable=True) as connection:
        rollup.rebuild(connection, ward.id, MEASURES, now=now)
    rebuilt = time.perf_counter()
    return Ground(url, engine, ward, facts, rows, loaded - begun, rebuilt - loaded)
