"""The working time that the tests of the rules share, and a slow, plain way to count it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ops_center.domain.working_days import WorkingCalendar, parse_hours

HOURS = "Mon-Fri 08:00-12:00 13:30-17:30"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAYS = {
    date(2026, 1, 1): "holiday",
    date(2026, 1, 2): "compensatory",
    date(2026, 1, 10): "working_extra",
    date(2026, 8, 22): "working_extra",
    date(2026, 8, 31): "compensatory",
    date(2026, 9, 1): "holiday",
    date(2026, 9, 2): "holiday",
}
WARD = WorkingCalendar(HANOI, parse_hours(HOURS), DAYS)
# Open through the night in which a clock changes: work at every hour, Sundays too.
ROUND_THE_CLOCK = WorkingCalendar(AMSTERDAM, parse_hours("Mon-Sun 00:00-12:00 12:30-23:30"))

QUARTER = timedelta(minutes=15)


def hanoi(text: str) -> datetime:
    """``2026-08-20 10:00`` in Hanoi, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


def amsterdam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def works_at(calendar: WorkingCalendar, instant: datetime) -> bool:
    """Read off the wall: is this local day worked, and is it between opening and closing?"""
    local = instant.astimezone(calendar.zone)
    kind = calendar.days.get(local.date())
    shifts = calendar.hours.shifts[local.weekday()]
    if kind in ("holiday", "compensatory"):
        return False
    if kind == "working_extra":
        shifts = calendar.hours.shifts[4]  # as on a Friday
    clock = time(local.hour, local.minute, local.second)
    return any(start <= clock < end for start, end in shifts)


def quarters(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Working quarters of an hour from start to end, one after the other."""
    count = 0
    while start < end:
        count += works_at(calendar, start)
        start += QUARTER
    return count


def after_quarters(calendar: WorkingCalendar, start: datetime, count: int) -> datetime:
    """The instant at which so many working quarters are over."""
    while count:
        count -= works_at(calendar, start)
        start += QUARTER
    return start
