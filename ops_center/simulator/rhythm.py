"""When people come: the rhythm of the week, of the office's day and of the evenings at home."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import exp
from random import Random
from typing import Generic, TypeVar

from ops_center.domain.working_days import WorkingCalendar, start_of

T = TypeVar("T")

# Monday to Sunday, in ordinary working days. A make-up Saturday is a quiet Friday.
_OFFICE_WEEK = (1.26, 1.08, 1.0, 0.94, 0.72, 0.72, 0.72)
_HOME_WEEK = (1.13, 0.98, 0.92, 0.88, 0.72, 0.22, 0.15)

_SLOT = timedelta(minutes=30)
_SLOT_SECONDS = 1800

# By the half hour from midnight; what lies outside working hours is left out for the office.
_OFFICE_DAY = (
    *[1] * 15, 2, 4, 7, 11, 11, 7, 5, 4, 3, 1, 1, 2, 5, 9, 10, 8, 6, 4, 3, 2, *[1] * 13,
)  # fmt: skip
_HOME_DAY = (
    2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 8, 12, 15, 19, 20, 19, 17, 14, 12,
    10, 9, 9, 12, 16, 18, 17, 15, 13, 11, 9, 8, 8, 9, 11, 14, 16, 17, 16, 13, 10, 7, 5, 3,
)  # fmt: skip


class Choice(Generic[T]):
    """Picks among things by weight; the same random number gives the same thing."""

    def __init__(self, things: Sequence[T], weights: Sequence[float]) -> None:
        self._things = things
        self._sums = list(accumulate(weights))

    def pick(self, rng: Random) -> T:
        """One of the things; IndexError when there are none."""
        place = bisect(self._sums, rng.random() * self._sums[-1])
        return self._things[min(place, len(self._things) - 1)]


def office_weight(calendar: WorkingCalendar, day: date) -> float:
    """How busy the counters are that day, in ordinary working days; 0 when closed."""
    return _OFFICE_WEEK[day.weekday()] if calendar.is_working(day) else 0.0


def home_weight(calendar: WorkingCalendar, day: date) -> float:
    """How much is filed from home that day, in ordinary working days; a holiday is a Sunday."""
    if calendar.is_working(day):
        return _HOME_WEEK[day.weekday()]
    return min(_HOME_WEEK[day.weekday()], _HOME_WEEK[5])


class Moments:
    """Random instants of one day: at the office's counters, or at home."""

    def __init__(self, calendar: WorkingCalendar, day: date) -> None:
        midnight = start_of(day, calendar.zone)
        slots = [midnight + _SLOT * n for n in range(48)]
        open_slots = [n for n, at in enumerate(slots) if calendar.is_open(at)]
        weights = [_OFFICE_DAY[n] for n in open_slots]
        self._office = Choice([slots[n] for n in open_slots], weights)
        self._home = Choice(slots, _HOME_DAY)

    def at_office(self, rng: Random) -> datetime:
        """An instant within working hours; IndexError on a day when the office is closed."""
        return _within(self._office.pick(rng), rng)

    def at_home(self, rng: Random) -> datetime:
        """An instant of the day or the night."""
        return _within(self._home.pick(rng), rng)


def _within(slot: datetime, rng: Random) -> datetime:
    return slot + timedelta(seconds=int(rng.random() * _SLOT_SECONDS))


def busyness(calendar: WorkingCalendar, at: datetime) -> tuple[float, float]:
    """How busy (the office, homes) are at that instant; 1: the mean of an ordinary day."""
    local = at.astimezone(calendar.zone)
    slot = local.hour * 2 + local.minute // 30
    office = _OFFICE_DAY[slot] / 6 if calendar.is_open(at) else 0.0
    return office * _OFFICE_WEEK[local.weekday()], (
        _HOME_DAY[slot] / (sum(_HOME_DAY) / 48) * home_weight(calendar, local.date())
    )


def daytime(at: datetime, calendar: WorkingCalendar, rng: Random) -> datetime:
    """The instant, moved to the next morning when it falls into the small hours."""
    hour = at.astimezone(calendar.zone).hour
    return at + timedelta(hours=8, minutes=int(rng.random() * 60)) if hour < 6 else at


def poisson(rng: Random, mean: float) -> int:
    """A random count with that mean."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
