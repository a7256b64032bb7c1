"""How a campaign will end, foretold from its days so far.

Counts: the rhythm of the week and of holidays (forecast_rhythm.py) times a pace that ramps up and
drifts (forecast_pace.py). The total of the rest is known by its mean and variance – the scatter of
days, the level of the pace and its steps to come, the rhythm, days that nobody reports – and gets
its quantiles from a gamma distribution (forecast_spread.py), which stands for the negative binomial
distribution of a sum of over-dispersed counts. A ratio forecasts both parts (forecast_share.py), a
level is a random walk (forecast_walk.py). Everything is in closed form: the same days give the same
answer, at once.

It is foretold what will have been *reported*: days without a report bring nothing, and if some were
missing so far, some of those to come are expected to be missing too. How well the bands hold is
measured in benchmarks/FORECAST.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from typing import Protocol

from ops_center.domain.forecast_pace import rest_of
from ops_center.domain.forecast_rhythm import DayCount
from ops_center.domain.forecast_share import Pair, ratios
from ops_center.domain.forecast_spread import Z_HIGH, Z_LOW, Z_MIDDLE, Amount
from ops_center.domain.forecast_walk import learn_walk

__all__ = ["DayCount", "Forecast", "forecast", "forecast_level", "forecast_ratio"]


@dataclass(frozen=True)
class Forecast:
    """The value by the end of each day to come: 10, 50 and 90 % quantiles.

    For a count these are running totals, for a ratio the ratio of sums, for a level that day's.
    """

    days: tuple[date, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    probability: float | None  # of keeping the target on the last day; None without a target
    reached_on: date | None  # the middle's day, also in the past; None: not within the campaign
    shortfall: float | None  # what the middle lacks on the last day, 0 when it lacks nothing
    basis: int  # finished days with a report that it rests on


class _Spread(Protocol):
    def quantile(self, z: float) -> float: ...

    def at_most(self, value: float) -> float: ...


@dataclass(frozen=True)
class _Aim:
    target: float | None
    lower: bool

    def kept_by(self, value: float) -> bool:
        if self.target is None:
            return False
        return value <= self.target if self.lower else value >= self.target

    def lacks(self, value: float) -> float | None:
        if self.target is None:
            return None
        return max(0.0, value - self.target if self.lower else self.target - value)


def forecast(
    past: Sequence[DayCount],
    coming: Sequence[DayCount],
    *,
    target: float | None = None,
    lower_is_better: bool = False,
    before: Sequence[DayCount] = (),
) -> Forecast | None:
    """The running total by the end of each coming day; None when no day was reported.

    `past` are the finished days, from the campaign's first or the first of this place in it;
    `before` are days ahead of them, which teach the rhythm of the week. What `coming` says of a day
    is a floor: so much has been done already.
    A total is reached on the first day it stands at the target; where lower is better, that shows
    on the last day only.
    """
    counts = [day.n for day in past if day.n is not None]
    if not counts:
        return None
    aim, done = _Aim(target, lower_is_better), sum(counts)
    rest = rest_of(before, past, coming)
    floors = list(accumulate(day.n or 0.0 for day in coming))
    surplus = _surplus(coming, [amount.mean for amount in rest])
    low, middle, high = (
        _rising(max(done + floor, done + amount.quantile(z) + extra)
                for amount, floor, extra in zip(rest, floors, surplus, strict=True))
        for z in (Z_LOW, Z_MIDDLE, Z_HIGH)
    )
    totals = list(accumulate(day.n or 0.0 for day in past))
    line = [*zip(past, totals, strict=True), *zip(coming, middle, strict=True)]
    return Forecast(
        tuple(day.day for day in coming), low, middle, high,
        probability=_chance(aim, counts, floors, surplus, rest),
        reached_on=_first(aim, line[-1:] if lower_is_better else line),
        shortfall=aim.lacks(line[-1][1]),
        basis=len(counts),
    )


def _surplus(coming: Sequence[DayCount], means: Sequence[float]) -> list[float]:
    """By how much what is done already exceeds what was expected of its day, added up."""
    expected = [end - start for start, end in pairwise([0.0, *means])]
    return list(accumulate(
        max(0.0, (day.n or 0.0) - mean) for day, mean in zip(coming, expected, strict=True)
    ))


def _chance(
    aim: _Aim,
    counts: Sequence[float],
    floors: Sequence[float],
    surplus: Sequence[float],
    rest: Sequence[Amount],
) -> float | None:
    """The probability that the last day's total keeps the target."""
    if aim.target is None:
        return None
    floor = sum(counts) + sum(floors[-1:])
    if not rest or aim.kept_by(floor) != aim.lower:  # decided: over, reached or exceeded already
        return float(aim.kept_by(floor))
    room = aim.target - sum(counts) - surplus[-1]
    if all(n == int(n) for n in counts):  # whole numbers lie half way between their neighbours
        room = math.floor(room) + 0.5 if aim.lower else math.ceil(room) - 0.5
    below = rest[-1].at_most(room)
    return below if aim.lower else 1 - below


def forecast_ratio(
    past: Sequence[tuple[DayCount, DayCount]],
    coming: Sequence[DayCount],
    *,
    target: float | None,
    lower_is_better: bool = False,
    before: Sequence[tuple[DayCount, DayCount]] = (),
) -> Forecast | None:
    """The ratio of sums by the end of each coming day, from (numerator, denominator) of each day.

    None when no day with both was reported, or when every denominator was 0. A ratio counts as
    reached on the day from which it stays at the target; floors are not known of `coming`.
    """
    pairs, aim = [_pair(*parts) for parts in past], _Aim(target, lower_is_better)
    if not sum(pair[1] for pair in pairs if pair):
        return None
    days = [DayCount(day.day, None, day.working) for day in coming]
    rest = rest_of(_denominators(before), _denominators(past), days)
    spreads = ratios([_pair(*parts) for parts in before], pairs, rest)
    so_far = [_running(pairs[: place + 1]) for place in range(len(pairs))]
    done = [(parts[0], ratio) for parts, ratio in zip(past, so_far, strict=True)]
    return _kept(aim, done, coming, spreads, len([pair for pair in pairs if pair]))


def forecast_level(
    past: Sequence[DayCount],
    coming: Sequence[DayCount],
    *,
    target: float | None,
    lower_is_better: bool = False,
) -> Forecast | None:
    """The level on each coming day; None when no day was reported.

    A level counts as reached on the day from which it stays at the target.
    """
    seen = [day for day in past if day.n is not None]
    if not seen:
        return None
    walk = learn_walk([(day.day.toordinal(), day.n) for day in seen if day.n is not None])
    spreads = [walk.after((day.day - seen[-1].day).days) for day in coming]
    floor = 0.0 if all((day.n or 0.0) >= 0 for day in seen) else -math.inf
    aim = _Aim(target, lower_is_better)
    return _kept(aim, [(day, day.n) for day in past], coming, spreads, len(seen), floor)


def _kept(
    aim: _Aim,
    done: Sequence[tuple[DayCount, float | None]],
    coming: Sequence[DayCount],
    spreads: Sequence[_Spread],
    basis: int,
    floor: float = 0.0,
) -> Forecast:
    """A forecast of a value that may rise and fall."""
    low, middle, high = (
        tuple(max(floor, spread.quantile(z)) for spread in spreads)
        for z in (Z_LOW, Z_MIDDLE, Z_HIGH)
    )
    line = [(day, value) for day, value in done if value is not None]
    line += zip(coming, middle, strict=True)
    kept_from = len(line)
    while kept_from and aim.kept_by(line[kept_from - 1][1]):
        kept_from -= 1
    return Forecast(
        tuple(day.day for day in coming), low, middle, high,
        probability=_odds(aim, spreads, line[-1][1]),
        reached_on=line[kept_from][0].day if kept_from < len(line) else None,
        shortfall=aim.lacks(line[-1][1]),
        basis=basis,
    )


def _odds(aim: _Aim, spreads: Sequence[_Spread], last: float) -> float | None:
    if aim.target is None:
        return None
    if not spreads:
        return float(aim.kept_by(last))
    if aim.lower:
        return spreads[-1].at_most(aim.target)
    return 1 - spreads[-1].at_most(math.nextafter(aim.target, -math.inf))


def _first(aim: _Aim, line: Sequence[tuple[DayCount, float]]) -> date | None:
    return next((day.day for day, value in line if aim.kept_by(value)), None)


def _rising(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(accumulate(values, max))


def _pair(n: DayCount, of: DayCount) -> Pair | None:
    return None if n.n is None or of.n is None else (n.n, of.n)


def _denominators(parts: Sequence[tuple[DayCount, DayCount]]) -> list[DayCount]:
    return [DayCount(of.day, None if n.n is None else of.n, of.working) for n, of in parts]


def _running(pairs: Sequence[Pair | None]) -> float | None:
    told = [pair for pair in pairs if pair]
    of = sum(of for _, of in told)
    return sum(n for n, _ in told) / of if of else None
