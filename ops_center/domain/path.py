"""The days that lead from one instant to another: which were worked, which skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from ops_center.domain.working_days import DAY, MINUTE, WorkingCalendar, local_day

DayKind = Literal["working", "working_extra", "free", "holiday", "compensatory"]
MOST = 120
"""Days after which a path is cut: nobody reads on."""


@dataclass(frozen=True)
class Stage:
    """A local day of a path. `worked`: the stretches of working time in it (UTC), `minutes` their
    length. A day of kind "working" may have none: before the path began or after it ended."""

    day: date
    kind: DayKind
    worked: tuple[tuple[datetime, datetime], ...]
    minutes: int


def path(calendar: WorkingCalendar, start: datetime, end: datetime) -> list[Stage]:
    """Each local day from `start` to `end`, at most `MOST`; empty when `end` is earlier."""
    if end < start:
        return []
    first, last = local_day(start, calendar.zone), local_day(end, calendar.zone)
    days = min((last - first).days + 1, MOST)
    return [_stage(calendar, first + n * DAY, start, end) for n in range(days)]


def _stage(calendar: WorkingCalendar, day: date, start: datetime, end: datetime) -> Stage:
    worked = tuple(
        (max(opens, start), min(closes, end))
        for opens, closes in _shifts(calendar, day)
        if opens < end and closes > start
    )
    minutes = sum((closes - opens) // MINUTE for opens, closes in worked)
    return Stage(day, _kind(calendar, day), worked, minutes)


def _shifts(calendar: WorkingCalendar, day: date) -> list[tuple[datetime, datetime]]:
    if not calendar.is_working(day):
        return []
    return [
        (datetime.combine(day, opens, calendar.zone).astimezone(UTC),
         datetime.combine(day, closes, calendar.zone).astimezone(UTC))
        for opens, closes in calendar.hours.usual(day)
    ]  # fmt: skip


def _kind(calendar: WorkingCalendar, day: date) -> DayKind:
    kind = calendar.days.get(day)
    if kind in ("holiday", "compensatory", "working_extra"):
        return kind  # type: ignore[return-value]  # narrowed by the line above
    return "working" if calendar.is_working(day) else "free"
