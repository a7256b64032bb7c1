"""Sums of measures and stocks of states: where, when, and grouped by what.

Days come from the roll-ups, and what came after T on the last one is taken off by the facts
(`dossier_clock` and `dossier_span`); with ``rollup=False`` everything comes from the facts, with
the same answer. Which measures there are is not known here. Every question is one statement.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    union_all,
)

from ops_center.store.flow_statement import (
    CHANNELS,
    HUBS,
    PROCEDURES,
    Question,
    flow_statement,
    of_days,
    total,
    whole_days,
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
    base,
    beside,
    grouped,
    joined,
    needed,
    quietly,
    within,
)
from ops_center.store.measure import Measure, State
from ops_center.store.tables import (
    CHANNEL_LEVELS,
    channel_duration,
    day_duration,
    dossier_span,
    duration_cell,
    hub_duration,
    kind_duration,
)

__all__ = [
    "DIMENSIONS", "Key", "Place", "Sums", "Window",
    "durations", "flows", "flows_together", "nearest_rank", "stocks", "stocks_together",
]  # fmt: skip

Sums = dict[Key, dict[str, int]]

_DAY = timedelta(days=1)
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

    Combinations where all are 0 are not there. ValueError for an unknown dimension.
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
    spans = [window for _, window, _ in asked]
    ends = [(window.last, window.until) for window in spans]
    questions = tuple(
        None if not measures or window.empty else Question(
            tuple(measures), window.shape, tuple(by), spans.index(window),
            ends.index((window.last, window.until)),
        )
        for measures, window, by in asked
    )  # fmt: skip
    if not any(questions):
        return [{} for _ in asked]
    summed = rollup and not place.sieves
    statement = flow_statement(place.given, questions, tuple(names), summed)
    params = place.params
    for tag, window in enumerate(spans):
        params |= window.params(tag)
    width = max(len(one.by) for one in questions if one)
    found = [_empty(measures) for measures, _, _ in asked]
    for tag, *row in connection.execute(statement, params):
        totals = found[tag][_key(row, asked[tag][2])]
        for name, amount in zip(names, row[width:], strict=True):
            if amount:
                totals[name] += amount
    return [{key: sums for key, sums in one.items() if any(sums.values())} for one in found]


def _key(row: Sequence[Any], by: Sequence[str]) -> Key:
    """The values of the dimensions at the row's beginning; days come as text."""
    return tuple(
        date.fromisoformat(value) if name == "day" and isinstance(value, str) else value
        for name, value in zip(by, row, strict=False)
    )


def _empty(named: Sequence[Measure] | Sequence[State]) -> defaultdict[Key, dict[str, int]]:
    return defaultdict(lambda: dict.fromkeys((one.name for one in named), 0))


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
    instants = [at for _, at, _ in asked]
    questions = tuple(
        (tuple(states), tuple(by), instants.index(at)) for states, at, by in asked
    )
    if not any(states for states, _, _ in questions):
        return [{} for _ in asked]
    statement = _stock_statement(place.given, questions)
    values = place.params | dict(params)
    for tag, at in enumerate(instants):
        # No local day of a later instant lies before this one.
        values |= {f"until_{tag}": at, f"first_{tag}": at.astimezone(UTC).date() - _DAY}
    found = [_empty(states) for states, _, _ in asked]
    for tag, *row in connection.execute(statement, values):
        *key, name, count = row
        found[tag][_key(key, asked[tag][2])][name] += count or 0  # nothing at all: no sum
    return [dict(one) for one in found]


_Asked = tuple[tuple[State, ...], tuple[str, ...], int]
"""States, by dimensions, and the number of the first question about the same instant."""


@lru_cache(maxsize=128)
def _stock_statement(given: Given, questions: tuple[_Asked, ...]) -> CompoundSelect[Any]:
    """The dossiers in each state at an instant are read once, then counted for each question."""
    width = max(len(by) for _, by, _ in questions)
    groups: dict[int, list[_Asked]] = defaultdict(list)
    for one in questions:
        groups[one[2]].append(one)
    rows = {at: _standing(given, at, some) for at, some in groups.items()}
    parts: list[Select[Any]] = []
    for tag, (states, by, at) in enumerate(questions):
        for state in states:
            standing, marked = rows[at][state], Marked(given, tag, by, width)
            parts.append(
                select(*marked.columns(standing, None), literal(state.name), total(standing.c.n))
                .select_from(joined(standing, by))
                .group_by(*marked.keys(standing, None))
            )
    return union_all(*parts)


def _standing(given: Given, at: int, asked: Sequence[_Asked]) -> dict[State, CTE]:
    """For each state the dossiers in it, by the columns that anybody needs who asks for it."""
    wanted: dict[State, list[str]] = defaultdict(list)
    for states, by, _ in asked:
        for state in states:
            wanted[state] += by
    return {
        state: union_all(*_holding(state, Marked(given, at, (), 0), needed(names))).cte(
            f"{state.name}_{at}"
        )
        for state, names in wanted.items()
    }


def _holding(state: State, marked: Marked, columns: Sequence[str]) -> Iterable[Select[Any]]:
    """Those still in the state and those that left it later, apart: an index serves each."""
    keys = [base(state.table, name) for name in columns]
    begun = state.from_at < marked.until
    found = (
        select(*keys, func.count().label("n"))
        .select_from(joined(state.table, beside(columns)))
        .where(within(marked.given, state.table))
        .where(state.where, begun if state.table is dossier_span else quietly(begun))
        .group_by(*keys)
    )
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
    return {key: counts for key, one in found.items() if (counts := +one)}


@lru_cache(maxsize=128)
def _duration_statement(
    given: Given, timed: Measure, shape: Shape, by: tuple[str, ...], rollup: bool
) -> CompoundSelect[Any]:
    marked = Marked(given, 0, by, len(by))
    summed = rollup and not FACTS_ONLY & set(by)
    parts = [*_of_duration_cells(shape, marked)] if summed else []
    if shape.partial or not summed:
        parts.append(_durations_of_facts(timed, shape, marked, summed))
    return union_all(*parts)


def _of_duration_cells(shape: Shape, marked: Marked) -> Iterable[Select[Any]]:
    """From the smallest roll-up that knows enough; those of hubs and procedures are by week."""
    asked = set(marked.by) | {str(name) for name in marked.given}
    if not asked & (HUBS | PROCEDURES):
        daily = channel_duration if asked & CHANNELS else day_duration
        yield _binned(daily, marked, _each_channel(daily, whole_days(daily, shape, marked)))
    elif "day" in asked or (asked & HUBS and asked & (CHANNELS | PROCEDURES)):
        yield _binned(duration_cell, marked, whole_days(duration_cell, shape, marked))
    else:
        weekly = hub_duration if asked & HUBS else kind_duration
        weeks = and_(weekly.c.week >= marked.week, weekly.c.week < marked.weeks_end)
        yield _binned(weekly, marked, _each_channel(weekly, weeks))
        yield _binned(duration_cell, marked, duration_cell.c.day.in_(marked.edges))


def _each_channel(table: Table, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The channels by name also where all are meant: some keys begin with them."""
    if "channel_level" not in table.c:
        return where
    return and_(where, table.c.channel_level.in_(CHANNEL_LEVELS))


def _binned(table: Table, marked: Marked, where: ColumnElement[bool]) -> Select[Any]:
    found = grouped(table, table.c.get("day"), marked, [table.c.bin, total(table.c.n)])
    return found.where(where).group_by(table.c.bin)


def _durations_of_facts(timed: Measure, shape: Shape, marked: Marked, summed: bool) -> Select[Any]:
    table, day = timed.table, timed.day
    n = -func.count() if summed else func.count()
    found = grouped(table, day, marked, [table.c.duration_bin, n])
    days = of_days(day, timed.at, shape, marked, summed)
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
