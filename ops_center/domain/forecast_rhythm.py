"""The rhythm of the week: what share of a usual working day each kind of day brings.

Weekdays are learned as far as they were seen and drawn towards their class (working or not) as far
as they were not (empirical Bayes); what remains unknown of each is kept as a variance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# A day without work brings anything from nothing to as much as another: mean and variance.
_OFF, _OFF_VARIANCE = 0.45, 0.12
# How weekdays of one class differ from it before anything is seen (variance of the share).
_WEEKDAY_VARIANCE, _WEEKEND_VARIANCE, _OFF_DAY_VARIANCE = 0.06, 0.30, 0.10
_WINDOW = 7  # days before and after that say what was usual at the time


@dataclass(frozen=True)
class DayCount:
    """What one day brought; `n` is None when nobody reported or nobody can know yet."""

    day: date
    n: float | None
    working: bool = True


def kind_of(day: DayCount) -> int:
    """0–6: a weekday at work; 7: a free Saturday, 8: a free Sunday, 9: another free day."""
    weekday = day.day.weekday()
    if day.working:
        return weekday
    return weekday + 2 if weekday >= 5 else 9


@dataclass(frozen=True)
class Rhythm:
    """Of each kind of day: its share of a usual working day, and the variance of that."""

    shares: tuple[float, ...]
    variances: tuple[float, ...]


def _prior() -> tuple[list[float], list[float]]:
    work = [_WEEKDAY_VARIANCE] * 5 + [_WEEKEND_VARIANCE] * 2
    return [1.0] * 7 + [_OFF] * 3, work + [_OFF_DAY_VARIANCE] * 3


def learn_rhythm(stretches: Iterable[Sequence[DayCount]], noise: float) -> Rhythm:
    """The rhythm of some stretches of days, each with a level of its own.

    `noise`: the variance of a day's count over its mean.
    """
    seen = [[day for day in stretch if day.n is not None] for stretch in stretches]
    shares, variances = _prior()
    for _ in range(2):  # what was usual depends on the shares, and they on it
        shares, variances = _learn(seen, shares, noise)
    return Rhythm(tuple(shares), tuple(variances))


def _learn(
    seen: Sequence[Sequence[DayCount]], shares: Sequence[float], noise: float
) -> tuple[list[float], list[float]]:
    brought, usual = [0.0] * 10, [0.0] * 10
    for stretch in seen:
        for day, level in zip(stretch, _levels(stretch, shares), strict=True):
            brought[kind_of(day)] += max(day.n or 0.0, 0.0)
            usual[kind_of(day)] += level
    off, off_variance = _drawn(
        sum(brought[7:]), sum(usual[7:]), _OFF, _OFF_VARIANCE, noise * max(shares[9], 0.1)
    )
    centres, spreads = _prior()
    centres[7:] = [off] * 3
    spreads[7:] = [_OFF_DAY_VARIANCE * min(1.0, off / _OFF)] * 3
    found = [
        _drawn(brought[kind], usual[kind], centres[kind], spreads[kind],
               noise * max(centres[kind], 0.1))
        for kind in range(10)
    ]
    # A free day that was never seen is as unknown as its class on top of itself.
    rest = [noise / (noise + usual[kind]) if kind >= 7 else 0.0 for kind in range(10)]
    return (
        [share for share, _ in found],
        [v + off_variance * r**2 for (_, v), r in zip(found, rest, strict=True)],
    )


def _drawn(
    brought: float, usual: float, centre: float, variance: float, noise: float
) -> tuple[float, float]:
    """The share between what was seen and the centre, and what remains of the variance."""
    if usual <= 0:
        return centre, variance
    trust = variance / (variance + noise / usual)
    return max(centre + trust * (brought / usual - centre), 0.0), variance * (1 - trust)


def _levels(stretch: Sequence[DayCount], shares: Sequence[float]) -> list[float]:
    """What a usual working day would have brought at the time of each day."""
    days = [day.day.toordinal() for day in stretch]
    weights = [shares[kind_of(day)] for day in stretch]
    counts = [max(day.n or 0.0, 0.0) for day in stretch]
    levels: list[float] = []
    first, end, brought, weight = 0, 0, 0.0, 0.0
    for day in days:
        while end < len(days) and days[end] <= day + _WINDOW:
            brought, weight, end = brought + counts[end], weight + weights[end], end + 1
        while days[first] < day - _WINDOW:
            brought, weight, first = brought - counts[first], weight - weights[first], first + 1
        levels.append(max(brought, 0.0) / weight if weight > 1e-9 else 0.0)
    return levels
