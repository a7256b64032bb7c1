"""Gather the measures and states that metrics need, for every group of a breakdown.

With the roll-ups few statements answer, whatever the length of the period: stocks are taken once,
at T, and led back through time by what entered and left. Without them each bucket of time is
asked on its own, from the facts: slower, and proof that the first way is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from ops_center.metrics import measures as declared
from ops_center.metrics.catalog import Metric, atoms
from ops_center.metrics.number import Values
from ops_center.metrics.scope import Bounds, Scope, bounds, bucket_key, buckets, window
from ops_center.metrics.soon import near_states
from ops_center.metrics.standing import placed
from ops_center.store.calendars import find_calendar
from ops_center.store.measure import Measure, State
from ops_center.store.sums import Key, Place, Sums, durations, flows, stocks
from ops_center.store.system import Revision
from ops_center.store.wards import Ward

RECENT = timedelta(days=3)
"""How far before the last summing a stock is still counted from the few open dossiers."""

_BALANCE = (*declared.OPEN.entering, *declared.OPEN.leaving)

Found = dict[Key, Values]


@dataclass(frozen=True)
class Question:
    """Whom to ask about what, and how: `rollup` False takes everything from the facts."""

    connection: Connection
    ward: Ward
    scope: Scope
    as_of: datetime
    revision: Revision
    rollup: bool = True

    @cached_property
    def place(self) -> Place:
        return placed(self.connection, self.ward, self.scope, self.as_of)

    @property
    def bounds(self) -> Bounds:
        return bounds(self.scope, self.as_of, self.ward.zone)


@dataclass(frozen=True)
class Wanted:
    """The parts that some metrics are made of."""

    measures: tuple[Measure, ...]
    states: tuple[State, ...]
    carried: bool
    near: tuple[str, ...]
    durations: bool
    keys: frozenset[str]


def wanted(metrics: Iterable[Metric]) -> Wanted:
    """What must be gathered for these metrics."""
    chosen = list(metrics)
    names = set().union(*(atoms(one) for one in chosen if one.kind in ("amount", "ratio", "mean")))
    return Wanted(
        tuple(m for m in declared.MEASURES if m.name in names),
        tuple(s for s in declared.STATES if s.name in names),
        "carried" in names,
        tuple(name for name in declared.NEAR if name in names),
        any(one.kind == "percentile" for one in chosen),
        frozenset(one.key for one in chosen if one.kind == "distinct"),
    )


# ---------------------------------------------------------------- one period


def gather(question: Question, want: Wanted, by: Sequence[str] = ()) -> Found:
    """The parts for each combination of the dimensions `by`; combinations with nothing are absent.

    Without dimensions the only key is ().
    """
    found: Found = defaultdict(Values)
    if not by:
        found[()] = Values()
    for key, sums in _flows(question, _with_balance(question, want), by).items():
        found[key].atoms.update(sums)
    at = question.bounds.end
    for key, stock in _stocks(question, _states(question, want), at, by).items():
        found[key].atoms.update(stock)
    _add_durations(question, want, found, by)
    _add_keys(question, want, found, by)
    if want.near:
        for key, stock in _near(question, want, at, by).items():
            found[key].atoms.update(stock)
    if want.carried:
        _add_carried(question, found, by)
    return {key: values for key, values in found.items() if not by or not values.nothing}


def _with_balance(question: Question, want: Wanted) -> list[Measure]:
    """The measures, and with `carried` those that lead from the open dossiers back to it."""
    names = {measure.name for measure in want.measures}
    if want.carried and question.rollup:
        names |= set(_BALANCE)
    return [measure for measure in declared.MEASURES if measure.name in names]


def _states(question: Question, want: Wanted) -> list[State]:
    names = {state.name for state in want.states}
    if want.carried and question.rollup:
        names.add("open")
    return [state for state in declared.STATES if state.name in names]


def _flows(question: Question, measures: Sequence[Measure], by: Sequence[str]) -> Sums:
    place, span = question.place, question.bounds.window
    return flows(question.connection, place, measures, span, by, rollup=question.rollup)


def _stocks(question: Question, states: Sequence[State], at: datetime, by: Sequence[str]) -> Sums:
    """Stocks at an instant: from what is open, or long ago from what had entered and left."""
    summed = question.revision.at
    if not question.rollup or summed is None or at >= summed - RECENT:
        return stocks(question.connection, question.place, states, at, by)
    names = {name for state in states for name in (*state.entering, *state.leaving)}
    moved = flows(
        question.connection, question.place, [declared.BY_NAME[name] for name in sorted(names)],
        window(None, at, question.ward.zone), by,
    )  # fmt: skip
    return {
        key: {state.name: state.balance(sums) for state in states}
        for key, sums in moved.items()
    }


def _near(question: Question, want: Wanted, at: datetime, by: Sequence[str]) -> Sums:
    ward = question.ward
    calendar = find_calendar(question.connection, ward)
    states, params = near_states(question.connection, ward, calendar, at, want.near)
    return stocks(question.connection, question.place, states, at, by, params)


def _add_carried(question: Question, found: Found, by: Sequence[str]) -> None:
    if question.rollup:
        for values in found.values():
            balance = declared.OPEN.balance(values.atoms)
            values.atoms["carried"] = values.atoms["open"] - balance
        return
    start = question.bounds.start
    for key, stock in _stocks(question, [declared.OPEN], start, by).items():
        found[key].atoms["carried"] = stock["open"]


def _add_durations(question: Question, want: Wanted, found: Found, by: Sequence[str]) -> None:
    if not want.durations:
        return
    place, span = question.place, question.bounds.window
    timed = declared.BY_NAME["timed"]
    bins = durations(question.connection, place, timed, span, by, rollup=question.rollup)
    for key, counts in bins.items():
        found[key].durations.update(counts)


def _add_keys(question: Question, want: Wanted, found: Found, by: Sequence[str]) -> None:
    for dimension in sorted(want.keys):
        sums = _flows(question, [declared.BY_NAME["received"]], (*by, dimension))
        for (*key, distinct), one in sums.items():
            if one["received"] > 0:
                found[tuple(key)].keys.setdefault(dimension, set()).add(distinct)


# ---------------------------------------------------------------- bucket by bucket


def gather_over_time(question: Question, want: Wanted, size: str, by: Sequence[str] = ()) -> Found:
    """As `gather` for each day, week or month of the scope: the key begins with its first day.

    Each bucket reads as a scope of its own would: its flows, and the stocks at its end.
    """
    if question.rollup and "official" not in by:
        return _led_back(question, want, size, by)
    found: Found = {}
    for bucket in buckets(question.scope, size):
        scope = replace(question.scope, first=bucket.first, last=bucket.last)
        inner = gather(replace(question, scope=scope), want, by)
        found |= {(bucket.key, *key): values for key, values in inner.items()}
    return found


def _led_back(question: Question, want: Wanted, size: str, by: Sequence[str]) -> Found:
    states = _states(question, want)
    names = {name for state in states for name in (*state.entering, *state.leaving)}
    names |= {measure.name for measure in want.measures}
    measures = [measure for measure in declared.MEASURES if measure.name in names]
    found: Found = defaultdict(Values)
    daily = ("day", *by)
    for (day, *key), sums in _flows(question, measures, daily).items():
        found[(bucket_key(day, size), *key)].atoms.update(sums)
    inner: Found = defaultdict(Values)
    _add_durations(question, want, inner, daily)
    _add_keys(question, want, inner, daily)
    for (day, *key), values in inner.items():
        _merge(found[(bucket_key(day, size), *key)], values)
    _add_stocks_back(question, want, states, size, found, by)
    return {key: values for key, values in found.items() if not by or not values.nothing}


def _merge(into: Values, values: Values) -> None:
    into.durations.update(values.durations)
    for dimension, keys in values.keys.items():
        into.keys.setdefault(dimension, set()).update(keys)


def _add_stocks_back(
    question: Question,
    want: Wanted,
    states: Sequence[State],
    size: str,
    found: Found,
    by: Sequence[str],
) -> None:
    """Stocks at the end of each bucket, from those at T backwards."""
    now = _stocks(question, states, question.bounds.end, by)
    groups = {tuple(key[1:]) for key in found} | set(now) | (set() if by else {()})
    spans = buckets(question.scope, size)
    for group in groups:
        level = {state.name: now.get(group, {}).get(state.name, 0) for state in states}
        for bucket in reversed(spans):
            values = found[(bucket.key, *group)]
            for state in states:
                moved = state.balance(values.atoms)
                values.atoms[state.name] = level[state.name]
                level[state.name] -= moved
            if want.carried:
                values.atoms["carried"] = level["open"]
    if want.near:
        for bucket in spans:
            at = bounds(
                replace(question.scope, first=bucket.first, last=bucket.last),
                question.as_of, question.ward.zone,
            ).end  # fmt: skip
            for key, stock in _near(question, want, at, by).items():
                found[(bucket.key, *key)].atoms.update(stock)
