"""Four questions to a ward's numbers: read, by, series – and `rows`, next door.

All answers of one connection in one transaction belong together: the database shows it one
instant. `as_of` says until when events count; T = min(as_of, the period's end), and "at T" means
just before T.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection

from ops_center.i18n import Problem
from ops_center.metrics.catalog import METRICS, Metric
from ops_center.metrics.gather import Question, Wanted, gather, gather_over_time, wanted
from ops_center.metrics.number import Number, Values, number
from ops_center.metrics.scope import Scope, buckets
from ops_center.store.sums import DIMENSIONS as PLAIN
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

TIMES = ("day", "week", "month")
DIMENSIONS = (*(name for name in PLAIN if name != "day"), *TIMES)


@dataclass(frozen=True)
class Reading:
    """Numbers of a scope at an instant; `key` holds the group's value for each dimension."""

    as_of: datetime
    revision: int
    scope: Scope
    numbers: dict[str, Number]
    key: dict[str, Any] | None = None


def read(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    as_of: datetime,
    names: Iterable[str] | None = None,
    rollup: bool = True,
) -> Reading:
    """The metrics of these names (None: all); Problem for a name that is none.

    With `rollup` False everything comes from the facts: slower, the same answer.
    """
    question, metrics = _question(connection, ward, scope, as_of, names, rollup)
    values = gather(question, wanted(metrics))[()]
    return _reading(question, metrics, values, None)


def by(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    as_of: datetime,
    dimension: str | Sequence[str],
    names: Iterable[str] | None = None,
    rollup: bool = True,
) -> list[Reading]:
    """One reading per group, in the order of their keys.

    Dimensions: hub, field, procedure, channel, channel_level, official, and at most one of day,
    week (by its Monday), month (by its first day). Groups in which nothing happened and nothing
    is open are absent; days, weeks and months alone are all there. Problem for an unknown one.
    """
    dimensions = _dimensions(dimension)
    question, metrics = _question(connection, ward, scope, as_of, names, rollup)
    found = _grouped(question, wanted(metrics), dimensions)
    return [
        _reading(question, metrics, found[key], dict(zip(dimensions, key, strict=True)))
        for key in sorted(found, key=_sortable)
    ]


def series(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, name: str,
    rollup: bool = True,
) -> list[tuple[date, float | int | None, int | None, int | None]]:  # fmt: skip
    """(day, value, numerator, denominator) for each local day of the scope; stocks at its end."""
    readings = by(connection, ward, scope, as_of, "day", [name], rollup)
    points = ((one.key, one.numbers[name]) for one in readings)
    return [(key["day"], n.value, n.numerator, n.denominator) for key, n in points if key]


def find_metrics(names: Iterable[str] | None) -> list[Metric]:
    """The metrics of these names, all for None; Problem with near names for one that is none."""
    return [_metric(name) for name in (METRICS if names is None else names)]


def _metric(name: str) -> Metric:
    if name not in METRICS:
        raise Problem("metrics.unknown_metric", name=name, near=near(name, METRICS))
    return METRICS[name]


def near(name: str, known: Iterable[str]) -> str:
    """The known names most like it, or all when none is like it."""
    names = sorted(known)
    return ", ".join(get_close_matches(name, names, n=3, cutoff=0.5) or names)


def _dimensions(dimension: str | Sequence[str]) -> tuple[str, ...]:
    chosen = (dimension,) if isinstance(dimension, str) else tuple(dict.fromkeys(dimension))
    for name in chosen:
        if name not in DIMENSIONS:
            raise Problem("metrics.unknown_dimension", name=name, near=near(name, DIMENSIONS))
    if len(set(chosen) & set(TIMES)) > 1:
        raise Problem("metrics.two_times", names=", ".join(chosen))
    return chosen


def _question(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime,
    names: Iterable[str] | None, rollup: bool,
) -> tuple[Question, list[Metric]]:  # fmt: skip
    metrics = find_metrics(names)
    revision = find_revision(connection, ward.id)
    return Question(connection, ward, scope, as_of, revision, rollup), metrics


def _grouped(
    question: Question, want: Wanted, dimensions: tuple[str, ...]
) -> dict[tuple[Any, ...], Values]:
    plain = [name for name in dimensions if name not in TIMES]
    times = [name for name in dimensions if name in TIMES]
    if not times:
        return gather(question, want, plain)
    found = gather_over_time(question, want, times[0], plain)
    if not plain:
        found |= {(one.key,): Values() for one in buckets(question.scope, times[0])
                  if (one.key,) not in found}  # fmt: skip
    order = [[*times, *plain].index(name) for name in dimensions]
    return {tuple(key[place] for place in order): values for key, values in found.items()}


def _reading(
    question: Question, metrics: Sequence[Metric], values: Values, key: dict[str, Any] | None
) -> Reading:
    numbers = {metric.name: number(metric, values) for metric in metrics}
    return Reading(question.as_of, question.revision.number, question.scope, numbers, key)


def _sortable(key: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in key)
