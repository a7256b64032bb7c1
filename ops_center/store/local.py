"""The local clock of an instant, in SQL: SQLite knows no time zones, so offsets are told to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Integer, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from ops_center.store.instant import Instant

_FROM, _TO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


class hour_at(FunctionElement[int]):
    """The hour 0–23 of an instant, so many minutes ahead of UTC."""

    type = Integer()
    inherit_cache = True


@compiles(hour_at, "sqlite")
def _hour_sqlite(element: hour_at, compiler: Any, **kw: Any) -> str:
    at, minutes = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(strftime('%H', {at}, ({minutes}) || ' minutes') AS INTEGER)"


@compiles(hour_at, "postgresql")
def _hour_postgresql(element: hour_at, compiler: Any, **kw: Any) -> str:
    at, minutes = (compiler.process(one, **kw) for one in element.clauses)
    shifted = f"({at}) AT TIME ZONE 'UTC' + make_interval(mins => ({minutes}))"
    return f"CAST(extract(hour FROM {shifted}) AS integer)"


class slot_of(FunctionElement[datetime]):
    """The beginning of a slot of at most a quarter of an hour, in which an instant lies.

    No clock of the world is ahead of UTC by anything but quarters: a slot has one local hour.
    """

    type = Instant()
    inherit_cache = True


@compiles(slot_of, "sqlite")
def _slot_sqlite(element: slot_of, compiler: Any, **kw: Any) -> str:
    return f"(substr({compiler.process(element.clauses, **kw)}, 1, 16) || ':00.000Z')"


@compiles(slot_of, "postgresql")
def _slot_postgresql(element: slot_of, compiler: Any, **kw: Any) -> str:
    at = compiler.process(element.clauses, **kw)
    return f"date_bin('15 minutes', {at}, TIMESTAMPTZ '2000-01-01 00:00+00')"


class weekday_of(FunctionElement[int]):
    """The ISO weekday 1–7 of a local day."""

    type = Integer()
    inherit_cache = True


@compiles(weekday_of, "sqlite")
def _weekday_sqlite(element: weekday_of, compiler: Any, **kw: Any) -> str:
    from_sunday = f"CAST(strftime('%w', {compiler.process(element.clauses, **kw)}) AS INTEGER)"
    return f"(({from_sunday} + 6) % 7 + 1)"


@compiles(weekday_of, "postgresql")
def _weekday_postgresql(element: weekday_of, compiler: Any, **kw: Any) -> str:
    return f"CAST(extract(isodow FROM {compiler.process(element.clauses, **kw)}) AS integer)"


class monday_of(FunctionElement[date]):
    """The Monday of a local day's week."""

    type = Date()
    inherit_cache = True


@compiles(monday_of, "sqlite")
def _monday_sqlite(element: monday_of, compiler: Any, **kw: Any) -> str:
    # The first Sunday from the day on, less six days.
    return f"date({compiler.process(element.clauses, **kw)}, 'weekday 0', '-6 days')"


@compiles(monday_of, "postgresql")
def _monday_postgresql(element: monday_of, compiler: Any, **kw: Any) -> str:
    return f"CAST(date_trunc('week', {compiler.process(element.clauses, **kw)}) AS date)"


def local_hour(at: Any, zone: tzinfo) -> Any:
    """The hour of the local clock in that zone, right from 2000 to 2039."""
    first, *changes = _offsets(zone)
    ahead: Any = literal(first[1], Integer)
    if changes:
        newest_first = ((at >= literal(since, Instant), n) for since, n in reversed(changes))
        ahead = case(*newest_first, else_=ahead)
    return hour_at(at, ahead)


@lru_cache(maxsize=32)
def _offsets(zone: tzinfo) -> list[tuple[datetime, int]]:
    """(since when, minutes ahead of UTC), oldest first."""
    found = [(_FROM, _ahead(_FROM, zone))]
    day = _FROM
    while day < _TO:
        after = day + timedelta(days=1)
        if _ahead(after, zone) != found[-1][1]:
            found.append((_change(day, after, zone), _ahead(after, zone)))
        day = after
    return found


def _change(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """The first minute of the new offset, which `late` has and `early` has not."""
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle == early:
            break
        if _ahead(middle, zone) == _ahead(late, zone):
            late = middle
        else:
            early = middle
    return late


def _ahead(at: datetime, zone: tzinfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1)
