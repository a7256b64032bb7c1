"""The working calendar: the ward's weekly hours and the days that break them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from sqlalchemy import Connection, select

from ops_center.domain.working_days import WeeklyHours, WorkingCalendar, parse_hours
from ops_center.i18n import Problem
from ops_center.store.rows import Kept, keep
from ops_center.store.tables import calendar_day
from ops_center.store.wards import Ward


@dataclass(frozen=True)
class CalendarDay:
    """A day unlike its weekday. `kind`: holiday, compensatory (off) or working_extra."""

    day: date
    kind: str
    name: str = ""
    source: str = ""


def find_calendar(connection: Connection, ward: Ward) -> WorkingCalendar:
    """When that ward works; Problem when its hours or its zone cannot be understood."""
    return calendar_of(ward, list_calendar(connection))


def calendar_of(ward: Ward, special: Iterable[CalendarDay]) -> WorkingCalendar:
    """The calendar of that ward's hours and these days; the same again for the same ones.

    A calendar remembers the years it was asked about: working them out takes longer than a query.
    """
    days = tuple((one.day, one.kind) for one in special)
    return _kept(ward.zone, _hours(ward), days)


@lru_cache(maxsize=16)
def _kept(
    zone: tzinfo, hours: WeeklyHours, days: tuple[tuple[date, str], ...]
) -> WorkingCalendar:
    return WorkingCalendar(zone=zone, hours=hours, days=dict(days))


def _hours(ward: Ward) -> WeeklyHours:
    try:
        return parse_hours(ward.working_hours)
    except ValueError as error:
        raise Problem("store.unknown_hours", hours=ward.working_hours, ward=ward.id) from error


def list_calendar(connection: Connection) -> list[CalendarDay]:
    """All exceptional days, oldest first."""
    rows = connection.execute(select(calendar_day).order_by(calendar_day.c.day))
    return [CalendarDay(**row._mapping) for row in rows]


def add_calendar_day(connection: Connection, new: CalendarDay) -> Kept:
    """Add the day, or change the entry of that day to be like it."""
    values = {"kind": new.kind, "name": new.name, "source": new.source}
    return keep(connection, calendar_day, {"day": new.day}, values)
