"""Everything a view of the numbers shows, in as few statements as can be.

The table's lines add up to the strip, the trend's days to its flows, and all of it is the count of
rows that `dossiers.list_dossiers` gives, because all come from the same measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ops_center.i18n import Problem
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.gather import Found, Question, gather_over_time, wanted
from ops_center.metrics.number import Number, Values, number
from ops_center.metrics.reading import find_metrics, near
from ops_center.metrics.scope import Scope
from ops_center.metrics.together import Part, gather_together
from ops_center.store.arrivals import arrivals
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

STRIP = (
    "received", "done", "in_process", "overdue", "due_soon", "suspended", "waiting_reception",
    "on_time_rate", "late_share", "online_share", "median_time", "satisfaction",
)  # fmt: skip
"""The metrics that every strip holds; beside them the table's columns and the trend's metric."""

BY = ("hub", "field", "procedure", "channel", "channel_level", "official", "day", "week", "month")
GRAINS = ("day", "week", "month")


@dataclass(frozen=True)
class Point:
    """The metric in one step of the trend, which begins on that local day."""

    day: date
    value: float | int | None
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True)
class Line:
    """A line of the table: the dimension's value (hub id, field id, day …) and its numbers."""

    key: Any
    numbers: Mapping[str, Number]


@dataclass(frozen=True)
class Exploration:
    """A view's numbers, all of one instant.

    `strip`: the whole scope, for the strip, the table's foot and the trend's metric. `before`: the
    same for the scope compared with. `hubs`: the map's metric by hub id. `durations`: (half-hour
    bin of working time, dossiers). `standing`: where dossiers stand at T and how those that ended
    in the period did: waiting_reception, within_due (more than soon), due_soon, overdue,
    suspended, open_no_due, awaiting_return; early, on_time, late, no_due, stopped, withdrawn.
    """

    as_of: datetime
    revision: int
    scope: Scope
    strip: Mapping[str, Number]
    before: Mapping[str, Number] | None
    trend: tuple[Point, ...]
    trend_before: tuple[Point, ...] | None
    lines: tuple[Line, ...]
    hubs: Mapping[str, Number]
    durations: tuple[tuple[int, int], ...]
    standing: Mapping[str, int]


_STANDING = (
    "waiting_reception", "within_due", "due_soon", "overdue", "suspended", "open_no_due",
    "awaiting_return", "early", "on_time", "late", "no_due", "stopped", "withdrawn",
)  # fmt: skip


def take(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    as_of: datetime,
    *,
    grain: str,
    by: str,
    columns: Sequence[str],
    metric: str,
    compare: Scope | None = None,
    compare_at: datetime | None = None,
) -> Exploration:
    """The numbers of that scope, asked at `as_of`.

    `grain`: the trend's step. `compare`: other days, whose events count until `compare_at`
    (None: `as_of`). Problem for a metric or a dimension that there is not.
    """
    names = list(dict.fromkeys((*STRIP, *columns, metric, *_STANDING)))
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    asked = {
        "strip": _part(question, names),
        "lines": _part(question, columns, by),
        "hubs": _part(question, [metric], "hub"),
        "trend": _part(question, [metric], grain),
    }
    other = None if compare is None else replace(
        question, scope=compare, as_of=compare_at or as_of
    )
    beside = {} if other is None else {
        "before": _part(other, names), "trend_before": _part(other, [metric], grain),
    }
    found = _answers(asked, beside)
    whole = found["strip"][()]
    strip = _numbers(names, whole)
    return Exploration(
        as_of=as_of,
        revision=question.revision.number,
        scope=scope,
        strip=strip,
        before=_numbers(names, found["before"][()]) if beside else None,
        trend=_points(metric, found["trend"]),
        trend_before=_points(metric, found["trend_before"]) if beside else None,
        lines=tuple(
            Line(key[0], _numbers(columns, found["lines"][key]))
            for key in sorted(found["lines"], key=_sortable)
        ),
        hubs={key[0]: _numbers([metric], one)[metric] for key, one in found["hubs"].items()},
        durations=tuple(sorted(whole.durations.items())),
        standing=_standing(strip),
    )  # fmt: skip


def _part(question: Question, names: Sequence[str], by: str | None = None) -> Part:
    want = wanted(find_metrics(names))
    if by in GRAINS:
        return Part(question, want, size=by)
    if by is not None and by not in BY:
        raise Problem("metrics.unknown_dimension", name=by, near=near(by, BY))
    return Part(question, want, (by,) if by else ())


def _answers(asked: Mapping[str, Part], beside: Mapping[str, Part]) -> dict[str, Found]:
    """All in two statements; a scope that the roll-ups do not know apart from its comparison."""
    together = [{**asked, **beside}] if all(
        one.question.scope.summed for one in asked.values()
    ) else [asked, beside]  # fmt: skip
    found: dict[str, Found] = {}
    for parts in together:
        plain = {name: one for name, one in parts.items() if not _stepwise(one)}
        if plain:
            found |= dict(zip(plain, gather_together([*plain.values()]), strict=True))
        found |= {
            name: gather_over_time(one.question, one.want, one.size or "day")
            for name, one in parts.items() if _stepwise(one)
        }  # fmt: skip
    return found


def _stepwise(part: Part) -> bool:
    """Whether each step of time must be asked on its own."""
    return part.size is not None and (bool(part.want.near) or bool(part.want.keys))


def _numbers(names: Sequence[str], values: Values) -> dict[str, Number]:
    return {name: number(METRICS[name], values) for name in names}


def _points(metric: str, found: Found) -> tuple[Point, ...]:
    numbers = [(key[0], number(METRICS[metric], found[key])) for key in sorted(found)]
    return tuple(Point(day, n.value, n.numerator, n.denominator) for day, n in numbers)


def _sortable(key: tuple[Any, ...]) -> str:
    return "" if key[0] is None else str(key[0])


def take_arrivals(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime
) -> list[list[int]]:
    """Dossiers received by weekday (Monday first) and local hour: seven rows of 24.

    Apart from the rest: the roll-ups know no hours, so over a long period it takes longer.
    """
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    found = [[0] * 24 for _ in range(7)]
    span = question.bounds.window
    for weekday, hour, count in arrivals(connection, question.place, span, ward.zone):
        found[weekday - 1][hour] += count
    return found


def _standing(numbers: Mapping[str, Number]) -> dict[str, int]:
    counts = {name: int(numbers[name].value or 0) for name in _STANDING}
    return counts | {"within_due": counts["within_due"] - counts["due_soon"]}

