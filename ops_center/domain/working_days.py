"""Working time: which days and hours count, and how to add and subtract them.

Instants are aware and come back in UTC; days are local days of the calendar's zone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)

# No working time exists outside these years: a mistyped year must not cost a thousand of them.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199

Shift = tuple[time, time]

_WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_RULE = re.compile(r"\s*([A-Za-z]{3})(?:-([A-Za-z]{3}))?((?:\s+\d{1,2}:\d{2}-\d{1,2}:\d{2})+)\s*")


def local_day(at: datetime, zone: tzinfo) -> date:
    """The day of an instant in that zone."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:  # the first and the last hours of the calendar, where no day is local
        return at.date()


def start_of(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True)
class WeeklyHours:
    """The shifts of each weekday, from Monday, in local time; an empty one is free."""

    shifts: tuple[tuple[Shift, ...], ...]

    def usual(self, day: date) -> tuple[Shift, ...]:
        """The weekday's shifts, or of the last weekday before it that has any."""
        for back in range(7):
            found = self.shifts[(day.weekday() - back) % 7]
            if found:
                return found
        raise AssertionError("a week without hours was refused when it was read")

    @cached_property
    def day_length(self) -> timedelta:
        """What a limit calls one working day: the longest day of the week."""
        return max(sum(map(_length, day), _NOTHING) for day in self.shifts)


def parse_hours(text: str) -> WeeklyHours:
    """Read ``Mon-Fri 08:00-12:00 13:30-17:30; Sat 08:00-12:00``; ValueError says what is wrong."""
    shifts: list[tuple[Shift, ...]] = [()] * 7
    for rule in filter(str.strip, text.split(";")):
        match = _RULE.fullmatch(rule)
        if match is None:
            raise ValueError(f"not working hours: {rule.strip()!r}")
        for weekday in _weekdays(match[1], match[2] or match[1]):
            shifts[weekday] = _shifts(match[3])
    if not any(shifts):
        raise ValueError("working hours need at least one day")
    return WeeklyHours(tuple(shifts))


def _weekdays(first: str, last: str) -> list[int]:
    for name in (first, last):
        if name.lower() not in _WEEKDAYS:
            raise ValueError(f"not a weekday: {name!r}")
    start, end = _WEEKDAYS[first.lower()], _WEEKDAYS[last.lower()]
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _shifts(text: str) -> tuple[Shift, ...]:
    shifts = tuple(_shift(part) for part in text.split())
    bounds = [bound for shift in shifts for bound in shift]
    if any(a >= b for a, b in pairwise(bounds)):
        raise ValueError(f"working hours must follow one another: {text.strip()!r}")
    return shifts


def _shift(text: str) -> Shift:
    start, end = text.split("-")
    return _time(start), _time(end)


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _length(shift: Shift) -> timedelta:
    return datetime.combine(date.min, shift[1]) - datetime.combine(date.min, shift[0])


@dataclass(frozen=True)
class _Table:
    """Every stretch of working time of some whole years, with the working time before each."""

    first_year: int
    last_year: int
    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]
    after: list[timedelta]

    def position(self, at: datetime) -> timedelta:
        """The working time from the table's beginning to that instant."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return _NOTHING
        return min(self.before[index] + (at - self.opens[index]), self.after[index])

    def instant(self, position: timedelta) -> datetime | None:
        """The first instant with so much working time before it; None beyond the table."""
        index = bisect_left(self.after, position)
        if index == len(self.after):
            return None
        return self.opens[index] + (position - self.before[index])


@dataclass
class _Memo:
    table: _Table | None = None


@dataclass(frozen=True)
class WorkingCalendar:
    """A ward's working time. Build it once: it remembers the years it was asked about.

    `days` overrides single days: ``holiday`` and ``compensatory`` are free, ``working_extra`` is
    worked by the hours of its weekday or, where that is free, of the working weekday before it.
    """

    zone: tzinfo
    hours: WeeklyHours
    days: Mapping[date, str] = field(default_factory=dict)
    _memo: _Memo = field(default_factory=_Memo, init=False, compare=False, repr=False)

    # --- days

    def is_working(self, day: date) -> bool:
        """Whether anyone works on that day."""
        kind = self.days.get(day)
        return kind == "working_extra" if kind else bool(self.hours.shifts[day.weekday()])

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self._working_day(day, DAY)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        return self._working_day(day, -DAY)

    def working_days(self, first: date, last: date) -> int:
        """How many days of [first, last) are working days."""
        return sum(self.is_working(first + DAY * step) for step in range((last - first).days))

    def filled_until(self) -> int | None:
        """The last year that has entries: later ones know weekends only. None without any."""
        return max((day.year for day in self.days), default=None)

    def _working_day(self, day: date, step: timedelta) -> date:
        for _ in range(366):
            day += step
            if self.is_working(day):
                return day
        raise ValueError(f"no working day within a year of {day.isoformat()}")

    # --- hours

    def opening(self, day: date) -> datetime:
        """When work begins on that day, or would if it were a working day."""
        return self._utc(day, self.hours.usual(day)[0][0])

    def closing(self, day: date) -> datetime:
        """When work ends on that day, or would if it were a working day."""
        return self._utc(day, self.hours.usual(day)[-1][1])

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies within working hours (an opening does, a closing does not)."""
        table = self._covering(at)
        index = bisect_right(table.opens, at) - 1
        return index >= 0 and at < table.closes[index]

    def passed(self, at: datetime) -> float:
        """The part of its day's working time that is over at `at`, from 0 to 1.

        A day off passes by the hours that it would have if it were a working day.
        """
        day = local_day(at, self.zone)
        whole = over = _NOTHING
        for start, end in self.hours.usual(day):
            opens, closes = self._utc(day, start), self._utc(day, end)
            whole += closes - opens
            over += min(max(at, opens), closes) - opens
        return over / whole if whole else float(at >= self.closing(day))

    def _utc(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    # --- working time

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The instant after so many working minutes.

        A start outside working hours counts from the next opening. Landing exactly on a closing
        stays there.
        """
        return self.add(start, minutes * MINUTE)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The instant after so many times the length of a working day."""
        return self.add(start, days * self.hours.day_length)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The instant after so much working time, as `add_minutes`; ValueError if negative."""
        if amount < _NOTHING:
            raise ValueError("working time can be added only")
        if amount == _NOTHING and self.is_open(start):
            return start.astimezone(UTC)
        table = self._covering(start)
        reached = self._reached(table, start, amount)
        while reached is None and table.last_year < _LAST_YEAR:
            years = table.last_year - table.first_year + 1
            table = self._grown(table.first_year, min(table.last_year + years, _LAST_YEAR))
            reached = self._reached(table, start, amount)
        return reached or table.closes[-1]

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end`; 0 when `end` is not later."""
        table = self._covering(start, end)
        return max(0, (table.position(end) - table.position(start)) // MINUTE)

    @staticmethod
    def _reached(table: _Table, start: datetime, amount: timedelta) -> datetime | None:
        if amount:
            return table.instant(table.position(start) + amount)
        index = bisect_left(table.opens, start)
        return table.opens[index] if index < len(table.opens) else None

    # --- the table

    def _covering(self, *instants: datetime) -> _Table:
        table = self._memo.table
        years = [at.year for at in instants]
        first, last = _bounded(min(years) - 1), _bounded(max(years) + 1)
        if table and table.first_year <= first and last <= table.last_year:
            return table
        return self._grown(first, last)

    def _grown(self, first: int, last: int) -> _Table:
        known = self._memo.table
        if known:
            first, last = min(first, known.first_year), max(last, known.last_year)
        self._memo.table = table = self._tabulate(first, last)
        return table

    def _tabulate(self, first: int, last: int) -> _Table:
        table = _Table(first, last, [], [], [], [])
        total = _NOTHING
        for opens, closes in self._stretches(first, last):
            table.opens.append(opens)
            table.closes.append(closes)
            table.before.append(total)
            total += closes - opens
            table.after.append(total)
        return table

    def _stretches(self, first: int, last: int) -> Iterator[tuple[datetime, datetime]]:
        day = date(first, 1, 1)
        while day.year <= last:
            if self.is_working(day):
                for start, end in self.hours.usual(day):
                    yield self._utc(day, start), self._utc(day, end)
            day += DAY


def _bounded(year: int) -> int:
    return min(max(year, _FIRST_YEAR), _LAST_YEAR)


def calendar(zone: str, hours: str, days: Mapping[date, str]) -> WorkingCalendar:
    """A calendar from its written form: zone name, hours as in `parse_hours`, single days."""
    return WorkingCalendar(ZoneInfo(zone), parse_hours(hours), days)
