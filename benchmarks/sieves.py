"""What filters cost that the roll-ups do not know: the grid's columns, and working time.

A page of rows and the count above it are one question here, as the grid asks it. Each has a limit
of two seconds, and can be ended by the next: how long that takes is measured, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection

from benchmarks.cost import cost, median
from benchmarks.explore import COLUMNS
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from ops_center.metrics import explore
from ops_center.metrics.columns import Columns
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.scope import Scope, listed
from ops_center.store.cancelling import Cancelled, Running
from ops_center.store.people import list_people
from ops_center.store.session import reading

TIMES = 3
SPANS = (("30 days", 30), ("year", 365))
NOTES = (
    "Each filter of a column is a page of 100 rows in the list's own order with the count of all "
    "rows; `took` is a whole redraw of the view. Nothing is kept from one to the next; median of "
    "three after one that brings the rows into memory."
)


def measure_all(ground: Ground) -> Iterator[Figure]:
    """The time taken, each column, and how soon a question ends."""
    yield from measure_took(ground)
    yield from measure_columns(ground)
    yield from measure_ending(ground)


def filters(ground: Ground, today: date) -> list[tuple[str, Columns]]:
    """One filter of each column, those that keep much and those that keep little."""
    with reading(ground.engine) as connection:
        one = list_people(connection, ground.ward.id)[0].id
    week = (today - timedelta(days=6), today)
    return [
        ("a code", Columns(code="b0000123")),
        ("a part of many codes", Columns(code="12")),
        ("overdue", Columns(standings=frozenset({"overdue"}))),
        ("within due", Columns(standings=frozenset({"within_due"}))),
        ("ended late", Columns(ends=frozenset({"late"}))),
        ("one official", Columns(officials=frozenset({one}))),
        ("due this week", Columns(days=(("due_at", *week),))),
        ("ended this week", Columns(days=(("ended_at", *week),))),
        ("4 to 16 hours of work", Columns(worked=(240, 960))),
    ]


def measure_columns(ground: Ground) -> Iterator[Figure]:
    """Each filter over 30 days and over a year."""
    today = ground.now.astimezone(ground.ward.zone).date()
    for name, columns in filters(ground, today):
        for span, days in SPANS:
            scope = listed(_scope(ground, today, days), columns)
            what = f"{ground.name}: {span}, column filter, {name}"
            yield from _measured(ground, what, partial(_page, ground, scope))


def measure_took(ground: Ground) -> Iterator[Figure]:
    """The view of dossiers that took so many hours of work."""
    today = ground.now.astimezone(ground.ward.zone).date()
    for span, days in SPANS:
        scope = _scope(ground, today, days, frozenset({(17, 32)}))
        what = f"{ground.name}: {span}, took 8 to 16 hours"
        yield from _measured(ground, what, partial(_view, ground, scope))


def _measured(
    ground: Ground, what: str, ask: Callable[[Connection], object]
) -> Iterator[Figure]:
    """On the clock and in processor time, after a first try that does not count."""
    cost(ground.engine, ask)
    found = median([cost(ground.engine, ask) for _ in range(TIMES)])
    yield Figure(what, found.wall, "ms", limit=2000)
    yield Figure(f"{what}, processor", found.processor, "ms")


def measure_ending(ground: Ground) -> Iterator[Figure]:
    """How long a page goes on after it was called off: the year's dearest, amid its work."""
    today = ground.now.astimezone(ground.ward.zone).date()
    scope = listed(_scope(ground, today, 365), Columns(code="12"))
    waits = []
    for _ in range(TIMES):
        running, ended = Running(), threading.Event()
        thread = threading.Thread(target=_until_ended, args=(ground, scope, running, ended))
        thread.start()
        time.sleep(0.1)
        begun = time.perf_counter()
        running.cancel()
        ended.wait()
        waits.append((time.perf_counter() - begun) * 1000)
        thread.join()
    yield Figure(f"{ground.name}: year, a page called off ends after", max(waits), "ms", limit=500)


def _until_ended(
    ground: Ground, scope: Scope, running: Running, ended: threading.Event
) -> None:
    try:
        while not running.cancelled:
            with running.reading(ground.engine) as connection:
                _page(ground, scope, connection)
    except Cancelled:
        pass
    finally:
        ended.set()


def _scope(
    ground: Ground, today: date, days: int,
    took: frozenset[tuple[int, int | None]] | None = None,
) -> Scope:  # fmt: skip
    after = today + timedelta(days=1)
    return Scope(ground.ward.id, after - timedelta(days=days), after, took=took)


def _page(ground: Ground, scope: Scope, connection: Connection) -> object:
    return list_dossiers(connection, ground.ward, scope, ground.now)


def _view(ground: Ground, scope: Scope, connection: Connection) -> object:
    return explore.take(
        connection, ground.ward, scope, ground.now,
        grain="week", by="hub", columns=COLUMNS, metric="received",
    )  # fmt: skip
