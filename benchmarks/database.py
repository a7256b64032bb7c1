"""What the database work costs: a scene's snapshot, a round of the refresher, an import."""

from __future__ import annotations

import gzip
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from plotly.io.json import to_json_plotly
from sqlalchemy import text

from benchmarks.facts import COLUMNS, Facts, Row, bulk_insert, copy_in
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from ops_center.intake.record import take_in
from ops_center.intake.row import DossierRow
from ops_center.metrics import snapshot
from ops_center.metrics.catalog import MEASURES
from ops_center.simulator.ward import SOURCE
from ops_center.store import rollup
from ops_center.store.session import reading, writing
from ops_center.web import scenes

REPEATS = 21
WRITTEN = 1000
IMPORTED = 20_000


def milliseconds(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of so many runs, after one that is not counted."""
    act()
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def measure_snapshot(ground: Ground) -> Iterator[Figure]:
    """The reading that all scenes share, and the whole way to a scene's packed reply."""

    def take() -> snapshot.Snapshot:
        with reading(ground.engine) as connection:
            return snapshot.take(connection, ground.ward.id, datetime.now(UTC))

    yield Figure(f"{ground.name}: snapshot, median", milliseconds(take), "ms", limit=50)
    found = take()
    slowest = max(milliseconds(partial(_packed, scene, found), 7) for scene in scenes.SCENES)
    yield Figure(f"{ground.name}: drawing and packing the dearest scene", slowest, "ms")


def _packed(scene: str, found: snapshot.Snapshot) -> bytes:
    props: Any = dict(scenes.draw(scene, found, "vi", "dark"))
    return gzip.compress(to_json_plotly(props).encode(), 6)


def measure_refresher(ground: Ground) -> Iterator[Figure]:
    """A round over 1,000 written dossiers: new ones of today, and corrections of any day."""
    now = datetime.now(UTC)
    new = [ground.facts.row(f"n{number:05d}", now) for number in range(WRITTEN)]
    insert_foreign(ground, iter(new))
    yield Figure(f"{ground.name}: refresher per 1,000 new dossiers", _round(ground), "ms")
    numbers = Random(1).sample(range(ground.rows), WRITTEN)
    with writing(ground.engine) as connection:
        connection.execute(
            text("UPDATE dossier SET complained = NOT complained WHERE ward_id = :w AND id = :id"),
            [{"w": ground.ward.id, "id": f"b{number:07d}"} for number in numbers],
        )
    yield Figure(
        f"{ground.name}: refresher per 1,000 corrections over 400 days", _round(ground), "ms"
    )


def _round(ground: Ground) -> float:
    begun = time.perf_counter()
    with writing(ground.engine, repeatable=True) as connection:
        done = rollup.refresh(connection, ground.ward.id, MEASURES, now=datetime.now(UTC))
    assert done is not None
    assert done.dossiers == WRITTEN
    return (time.perf_counter() - begun) * 1000


def insert_foreign(ground: Ground, rows: Iterator[Row]) -> None:
    """With triggers, as another system would write in bulk."""
    if ground.name == "SQLite":
        connection = sqlite3.connect(str(ground.engine.url.database))
        with connection:
            bulk_insert(connection, rows)
        connection.close()
        return
    with ground.engine.begin() as transaction:
        copy_in(transaction.connection.driver_connection, rows)


def measure_import(ground: Ground) -> Iterator[Figure]:
    """Through the public door, beside a plain bulk insert of the same rows by the driver."""
    begun = time.perf_counter()
    insert_foreign(ground, iter([_renamed(row, "p") for row in _some(ground.facts)]))
    plain = IMPORTED / (time.perf_counter() - begun)
    rows = [_dossier(row) for row in _some(ground.facts)]
    begun = time.perf_counter()
    counts = take_in(ground.engine, ground.ward, SOURCE, rows, now=datetime.now(UTC))
    through = IMPORTED / (time.perf_counter() - begun)
    assert counts.new == IMPORTED
    yield Figure(f"{ground.name}: import through intake", through, "rows/s")
    yield Figure(f"{ground.name}: plain bulk insert of the same rows", plain, "rows/s")
    yield Figure(f"{ground.name}: import as a share of the bulk insert", through / plain, "×")


def _some(facts: Facts) -> Iterable[Row]:
    return [_renamed(row, "i") for row in facts.rows(IMPORTED, days=30)]


def _renamed(row: Row, first: str) -> Row:
    name = first + row[1][1:]
    return (row[0], name, row[2], f"H26.602-{name}", *row[4:])


def _dossier(row: Row) -> DossierRow:
    values = dict(zip(COLUMNS, row, strict=True))
    for name in ("ward_id", "id", "source_id", "official_id"):  # a row names its official
        del values[name]
    return DossierRow(**values)
