"""Several questions about one ward answered by as few statements as can be.

As `gather`, but the flows of all questions come in one statement and the stocks in another. Where
a scope has no sieves everything but the last day comes from the roll-ups; else from the facts, and
the days of a trend are still led back from its end instead of asked one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from ops_center.metrics import measures as declared
from ops_center.metrics.gather import RECENT, Found, Question, Wanted
from ops_center.metrics.number import Values
from ops_center.metrics.scope import bucket_key, buckets, window
from ops_center.metrics.soon import near_values
from ops_center.store.calendars import find_calendar
from ops_center.store.measure import Measure, State
from ops_center.store.sums import Key, Sums, Window, durations, flows_together, stocks_together

_LASTING = ("awaiting_return",)
"""States that many dossiers never leave: what entered and left is quicker summed than they are
counted."""

FlowAsked = tuple[Sequence[Measure], Window, Sequence[str]]
StockAsked = tuple[Sequence[State], datetime, Sequence[str]]


@dataclass(frozen=True)
class Part:
    """What is wanted of a question, by which dimensions; `size`: in steps of time.

    With a `size` the keys begin with the first day of each step; what is near its due time and
    distinct counts are not given then. `slot`: the number of its instant among those of all.
    """

    question: Question
    want: Wanted
    by: tuple[str, ...] = ()
    size: str | None = None
    slot: int = 0

    @cached_property
    def states(self) -> tuple[State, ...]:
        names = {state.name for state in self.want.states} | (
            {"open"} if self.want.carried else set()
        )
        return tuple(state for state in declared.STATES if state.name in names)

    @cached_property
    def summed(self) -> tuple[State, ...]:
        """The states whose stock is what entered less what left, ever."""
        question = self.question
        at = question.revision.at
        old = at is None or question.bounds.end < at - RECENT
        if not question.scope.summed:
            return ()
        return tuple(one for one in self.states if old or one.name in _LASTING)

    @property
    def near(self) -> tuple[str, ...]:
        return () if self.size else self.want.near

    @property
    def counted(self) -> tuple[State, ...]:
        """The states that are counted in the facts."""
        near = (declared.near_at(name, True, self.slot) for name in self.near)
        return (*(one for one in self.states if one not in self.summed), *near)

    @property
    def measures(self) -> tuple[Measure, ...]:
        names = {measure.name for measure in self.want.measures}
        if self.want.carried:
            names |= {*declared.OPEN.entering, *declared.OPEN.leaving}
        if self.size:
            names |= moving(self.states)
        return declared.chosen(*names)

    @property
    def keys(self) -> tuple[str, ...]:
        return () if self.size else tuple(sorted(self.want.keys))

    def flows(self) -> list[FlowAsked]:
        """The flows to ask for: its own, those its stocks are summed from, its distinct keys."""
        span = self.question.bounds.window
        ever = window(None, self.question.bounds.end, self.question.ward.zone)
        steps = ("day", *self.by) if self.size else self.by
        received = declared.chosen("received")
        return [
            (self.measures, span, steps),
            (declared.chosen(*moving(self.summed)), ever, self.by),
            *((received, span, (*self.by, key)) for key in self.keys),
        ]

    def stocks(self) -> StockAsked:
        return self.counted, self.question.bounds.end, self.by


def moving(states: Sequence[State]) -> set[str]:
    """The measures by which dossiers enter and leave these states."""
    return {name for state in states for name in (*state.entering, *state.leaving)}


def gather_together(parts: Sequence[Part]) -> list[Found]:
    """What each part wants, as `gather.gather` would tell; all parts of one place and ward."""
    instants = list(dict.fromkeys(part.question.bounds.end for part in parts))
    parts = [replace(one, slot=instants.index(one.question.bounds.end)) for one in parts]
    first = parts[0].question
    asked = [part.flows() for part in parts]
    flat = [one for some in asked for one in some]
    flowed = iter(flows_together(first.connection, first.place, flat, rollup=first.rollup))
    sums = [[next(flowed) for _ in some] for some in asked]
    stocked = stocks_together(
        first.connection, first.place, [part.stocks() for part in parts], _near(parts)
    )
    return [
        _assembled(part, some, stocks)
        for part, some, stocks in zip(parts, sums, stocked, strict=True)
    ]


def _near(parts: Sequence[Part]) -> Mapping[str, Any]:
    """The parameters of what is near its due time, at each instant that is asked about."""
    asked: dict[tuple[int, datetime], set[str]] = defaultdict(set)
    for part in parts:
        asked[part.slot, part.question.bounds.end] |= set(part.near)
    one = parts[0].question
    calendar = find_calendar(one.connection, one.ward) if any(asked.values()) else None
    values: dict[str, Any] = {}
    for (slot, at), names in asked.items():
        if calendar and names:
            values |= near_values(one.connection, one.ward, calendar, at, sorted(names), slot)
    return values


def _assembled(part: Part, flowed: Sequence[Sums], stocked: Sums) -> Found:
    flows, ever, *keyed = flowed
    stocks: dict[Key, dict[str, int]] = {key: dict(sums) for key, sums in stocked.items()}
    for key, sums in ever.items():
        summed = {state.name: state.balance(sums) for state in part.summed}
        stocks.setdefault(key, {}).update(summed)
    if part.size:
        return _steps(part, flows, stocks)
    found: Found = defaultdict(Values)
    for groups in (flows, stocks):
        for key, sums in groups.items():
            found[key].atoms.update(sums)
    for dimension, groups in zip(part.keys, keyed, strict=True):
        for (*place, distinct), one in groups.items():
            if one["received"] > 0:
                found[tuple(place)].keys.setdefault(dimension, set()).add(distinct)
    if part.want.carried:
        for values in found.values():
            balance = declared.OPEN.balance(values.atoms)
            values.atoms["carried"] = values.atoms["open"] - balance
    _add_durations(part, found)
    if not part.by:
        found.setdefault((), Values())
        return found
    return {key: values for key, values in found.items() if not values.nothing}


def _add_durations(part: Part, found: Found) -> None:
    if not part.want.durations:
        return
    question = part.question
    (timed,) = declared.chosen("timed")
    steps = ("day", *part.by) if part.size else part.by
    bins = durations(
        question.connection, question.place, timed, question.bounds.window, steps,
        rollup=question.rollup,
    )  # fmt: skip
    for key, counts in bins.items():
        at = (bucket_key(key[0], part.size), *key[1:]) if part.size else key
        found[at].durations.update(counts)


def _steps(part: Part, flows: Sums, stocks: Mapping[Key, Mapping[str, int]]) -> Found:
    """Each step's flows, and the stocks at its end, led back from the end of the scope."""
    assert part.size
    found: Found = {(one.key,): Values() for one in buckets(part.question.scope, part.size)}
    for (day, *_), sums in flows.items():
        step = (bucket_key(_date(day), part.size),)
        if step in found:  # the day after the scope comes with nothing but noughts
            found[step].atoms.update(sums)
    _add_durations(part, found)
    level = dict(stocks.get((), {}))
    for key in sorted(found, reverse=True):
        atoms = found[key].atoms
        for state in part.states:
            moved = state.balance(atoms)
            atoms[state.name] = level.get(state.name, 0)
            level[state.name] = level.get(state.name, 0) - moved
        if part.want.carried:
            atoms["carried"] = level["open"]
    return found


def _date(day: Any) -> date:
    assert isinstance(day, date)
    return day

