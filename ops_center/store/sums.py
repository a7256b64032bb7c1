"""Sums of measures and stocks of states: where, when, and grouped by what.

Whole days come from the roll-ups, the unfinished last day from the facts (`dossier_clock` and
`dossier_span`); with ``rollup=False`` everything comes from the facts, with the same answer.
Which measures there are is not known here. Every question is one statement.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    union_all,
)

from ops_center.store.grouping import (
    DIMENSIONS,
    FACTS_ONLY,
    Given,
    Key,
    Marked,
    Place,
    Shape,
    Window,
    grouped,
    quietly,
)
from ops_center.store.measure import Measure, State
from ops_center.store.tables import (
    cell,
    day_duration,
    duration_cell,
    hub_cell,
    kind_cell,
    week_cell,
)

__all__ = [
    "DIMENSIONS", "Key", "Place", "Sums", "Window",
    "durations", "flows", "flows_together", "nearest_rank", "stocks", "stocks_together",
]  # fmt: skip

Sums = dict[Key, dict[str, int]]

_HUBS = {"hub", "hubs"}
_KINDS = {
    "field", "procedure", "channel", "channel_level", "fields", "procedures", "channel_levels",
}  # fmt: skip
_DAY = timedelta(days=1)
_NOUGHT, _ONE = literal_column("0", Integer), literal_column("1", Integer)
_NO_PARAMS: Mapping[str, Any] = {}


# ---------------------------------------------------------------- flows


def flows(
    connection: Connection,
    place: Place,
    measures: Sequence[Measure],
    window: Window,
    by: Sequence[str] = (),
    *,
    rollup: bool = True,
) -> Sums:
    """The sum of each measure in the window, by the values of the dimensions `by`.

    Combinations without any row are not there. ValueError for an unknown dimension.
    """
    return flows_together(connection, place, [(measures, window, by)], rollup=rollup)[0]


def flows_together(
    connection: Connection,
    place: Place,
    asked: Sequence[tuple[Sequence[Measure], Window, Sequence[str]]],
    *,
    rollup: bool = True,
) -> list[Sums]:
    """As `flows` for several measures, windows and breakdowns, all in one statement."""
    names = list(dict.fromkeys(m.name for measures, _, _ in asked for m in measures))
    questions = tuple(
        None if not measures or window.empty else (tuple(measures), window.shape, tuple(by))
        for measures, window, by in asked
    )
    if not any(questions):
        return [{} for _ in asked]
    statement = _flow_statement(place.given, questions, tuple(names), rollup and not place.sieves)
    params = place.params
    for tag, (_, window, _) in enumerate(asked):
        params |= window.params(tag)
    width = max(len(one[2]) for one in questions if one)
    found = [_empty(measures) for measures, _, _ in asked]
    for tag, *row in connection.execute(statement, params):
        totals = found[tag][_key(row, asked[tag][2])]
        for name, amount in zip(names, row[width:], strict=True):
            if amount:
                totals[name] += amount
    return [
        {key: sums for key, sums in one.items() if by or any(sums.values())}
        for one, (_, _, by) in zip(found, asked, strict=True)
    ]


def _key(row: Sequence[Any], by: Sequence[str]) -> Key:
    """The values of the dimensions at the row's beginning; days come as text."""
    return tuple(
        date.fromisoformat(value) if name == "day" and isinstance(value, str) else value
        for name, value in zip(by, row, strict=False)
    )


def _empty(named: Sequence[Measure] | Sequence[State]) -> defaultdict[Key, dict[str, int]]:
    return defaultdict(lambda: dict.fromkeys((one.name for one in named), 0))


_Wanted = Sequence[Measure | None]
"""A measure per column; None where this part has nothing to add."""

_Question = tuple[tuple[Measure, ...], Shape, tuple[str, ...]]


@lru_cache(maxsize=128)
def _flow_statement(
    given: Given, questions: tuple[_Question | None, ...], names: tuple[str, ...], rollup: bool
) -> CompoundSelect[Any]:
    """Built once for each shape of a question: building costs as much as answering."""
    width = max(len(one[2]) for one in questions if one)
    parts: list[Select[Any]] = []
    for tag, one in enumerate(questions):
        if one is not None:
            measures, shape, by = one
            columns = {measure.name: measure for measure in measures}
            marked = Marked(given, tag, by, width)
            parts += _flow_parts([columns.get(name) for name in names], shape, marked, rollup)
    return union_all(*parts)


def _flow_parts(
    wanted: _Wanted, shape: Shape, marked: Marked, rollup: bool
) -> Iterable[Select[Any]]:
    summed = rollup and not FACTS_ONLY & set(marked.by)
    if summed:
        yield from _of_rollups(wanted, shape, marked)
    if shape.partial or not summed:
        yield from _of_facts(wanted, shape, marked, summed)


def _of_rollups(wanted: _Wanted, shape: Shape, marked: Marked) -> Iterable[Select[Any]]:
    """From the smallest roll-up that knows enough; hubs and kinds together by whole weeks."""
    asked = set(marked.by) | {str(name) for name in marked.given}
    if not asked & _KINDS:
        yield _of(hub_cell, wanted, marked).where(_whole_day(hub_cell.c.day, shape, marked))
    elif not asked & _HUBS:
        yield _of(kind_cell, wanted, marked).where(_whole_day(kind_cell.c.day, shape, marked))
    elif "day" in asked or shape.one_day:
        yield _of(cell, wanted, marked).where(_whole_day(cell.c.day, shape, marked))
    else:
        week, day = week_cell.c.week, cell.c.day
        yield _of(week_cell, wanted, marked).where(week >= marked.week, week < marked.weeks_end)
        yield _of(cell, wanted, marked).where(day >= marked.weeks_end, day < marked.last)
        if not shape.endless:
            yield _of(cell, wanted, marked).where(day >= marked.first, day < marked.week)


def _of(table: Table, wanted: _Wanted, marked: Marked) -> Select[Any]:
    day = table.c.week if table is week_cell else table.c.day
    sums = [_total(table.c[one.name]) if one else _NOUGHT for one in wanted]
    return grouped(table, day, marked, sums)


def _whole_day(day: Any, shape: Shape, marked: Marked) -> ColumnElement[bool]:
    return and_(day < marked.last, *([] if shape.endless else [day >= marked.first]))


def _of_facts(wanted: _Wanted, shape: Shape, marked: Marked, summed: bool) -> Iterable[Select[Any]]:
    """One SELECT per table and day column, with 0 for the measures of the others."""
    measures = [one for one in wanted if one is not None]
    for source, group in groupby(sorted(measures, key=_source), key=_source):
        first = next(group)
        sums = [_amount(one) if one and _source(one) == source else _NOUGHT for one in wanted]
        days = _days(first.day, first.at, shape, marked, summed)
        yield grouped(first.table, first.day, marked, sums).where(days)


def _source(measure: Measure) -> tuple[str, str]:
    return measure.table.name, measure.day.name


def _days(day: Any, at: Any, shape: Shape, marked: Marked, summed: bool) -> Any:
    """What must come from the facts: the last day, or all where nothing is summed; before T."""
    before = quietly(at < marked.until)
    if summed or shape.one_day:
        return and_(day == marked.last, before)
    return and_(day <= marked.last, before, *([] if shape.endless else [day >= marked.first]))


def _amount(measure: Measure) -> ColumnElement[int]:
    """What the measure adds for a row."""
    if measure.amount is not None:
        return _total(case((measure.where, measure.amount), else_=_NOUGHT))
    return _total(case((measure.where, _ONE), else_=_NOUGHT))


def _total(amount: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.sum(amount), BigInteger)


# ---------------------------------------------------------------- stocks


def stocks(
    connection: Connection,
    place: Place,
    states: Sequence[State],
    at: datetime,
    by: Sequence[str] = (),
    params: Mapping[str, Any] = _NO_PARAMS,
) -> Sums:
    """How many dossiers are in each state just before `at`, from the facts.

    Fast when `at` is recent: it reads what is open, and what ended since. `params` are values
    for parameters that the states themselves name.
    """
    return stocks_together(connection, place, [(states, at, by)], params)[0]


def stocks_together(
    connection: Connection,
    place: Place,
    asked: Sequence[tuple[Sequence[State], datetime, Sequence[str]]],
    params: Mapping[str, Any] = _NO_PARAMS,
) -> list[Sums]:
    """As `stocks` for several states, instants and breakdowns, all in one statement."""
    questions = tuple((tuple(states), tuple(by)) for states, _, by in asked)
    if not any(states for states, _ in questions):
        return [{} for _ in asked]
    statement = _stock_statement(place.given, questions)
    values = place.params | dict(params)
    for tag, (_, at, _) in enumerate(asked):
        # No local day of a later instant lies before this one.
        values |= {f"until_{tag}": at, f"first_{tag}": at.astimezone(UTC).date() - _DAY}
    found = [_empty(states) for states, _, _ in asked]
    for tag, *row in connection.execute(statement, values):
        *key, name, count = row
        found[tag][_key(key, asked[tag][2])][name] += count
    return [dict(one) for one in found]


@lru_cache(maxsize=128)
def _stock_statement(
    given: Given, questions: tuple[tuple[tuple[State, ...], tuple[str, ...]], ...]
) -> CompoundSelect[Any]:
    width = max(len(by) for _, by in questions)
    parts: list[Select[Any]] = []
    for tag, (states, by) in enumerate(questions):
        for state in states:
            parts += _holding(state, Marked(given, tag, by, width))
    return union_all(*parts)


def _holding(state: State, marked: Marked) -> Iterable[Select[Any]]:
    """Those still in the state and those that left it later, apart: an index serves each."""
    counted: list[Any] = [literal(state.name), func.count()]
    found = grouped(state.table, null(), marked, counted)
    found = found.where(state.where, quietly(state.from_at < marked.until))
    later = found.where(state.to_at >= marked.until)
    if state.to_day is not None:
        later = later.where(state.to_day >= marked.first)
    return found.where(state.to_at.is_(None)), later


# ---------------------------------------------------------------- durations


def durations(
    connection: Connection,
    place: Place,
    timed: Measure,
    window: Window,
    by: Sequence[str] = (),
    *,
    rollup: bool = True,
) -> dict[Key, Counter[int]]:
    """How many dossiers took so many half hours (rounded up), those that `timed` counts."""
    if window.empty:
        return {}
    summed = rollup and not place.sieves
    statement = _duration_statement(place.given, timed, window.shape, tuple(by), summed)
    found: dict[Key, Counter[int]] = defaultdict(Counter)
    for row in connection.execute(statement, place.params | window.params(0)):
        _, *key, half_hours, n = row
        found[_key(key, by)][half_hours] += n
    return dict(found)


@lru_cache(maxsize=128)
def _duration_statement(
    given: Given, timed: Measure, shape: Shape, by: tuple[str, ...], rollup: bool
) -> CompoundSelect[Any]:
    marked = Marked(given, 0, by, len(by))
    summed = rollup and not FACTS_ONLY & set(by)
    parts = [_of_duration_cell(shape, marked)] if summed else []
    if shape.partial or not summed:
        parts.append(_durations_of_facts(timed, shape, marked, summed))
    return union_all(*parts)


def _of_duration_cell(shape: Shape, marked: Marked) -> Select[Any]:
    alone = not marked.given and set(marked.by) <= {"day"}
    table = day_duration if alone else duration_cell
    found = grouped(table, table.c.day, marked, [table.c.bin, _total(table.c.n)])
    return found.where(_whole_day(table.c.day, shape, marked)).group_by(table.c.bin)


def _durations_of_facts(timed: Measure, shape: Shape, marked: Marked, summed: bool) -> Select[Any]:
    table, day = timed.table, timed.day
    found = grouped(table, day, marked, [table.c.duration_bin, func.count()])
    days = _days(day, timed.at, shape, marked, summed)
    return found.where(days, timed.where).group_by(table.c.duration_bin)


def nearest_rank(bins: Mapping[int, int], share: float) -> int | None:
    """The bin in which the ⌈share·n⌉-th smallest lies; None when there are none."""
    wanted = -(-sum(bins.values()) * round(share * 1000) // 1000)
    reached = 0
    for half_hours in sorted(bins):
        reached += bins[half_hours]
        if reached >= wanted > 0:
            return half_hours
    return None
