"""When a letter is due: its days, its local time, and what becomes of what was missed.

A slot is named by its local time with the offset of the zone, `2026-08-14T07:00+07:00`: the same
name whoever plans it, however often, and another one in every zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from ops_center.domain.working_days import DAY, local_day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULES = ("daily", "working", "month_end")


_TIME = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)")


@dataclass(frozen=True)
class Slot:
    """One time at which a letter is due."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Due:
    """A slot whose time has come, and why it is skipped; "" for one to be sent."""

    slot: Slot
    skip: Literal["", "too_old", "newer"] = ""


def read_days(text: str) -> str:
    """`daily`, `working`, `month_end`, or weekdays such as `mon,thu`, in one spelling; ValueError
    for anything else."""
    words = {word.strip().lower() for word in text.split(",")}
    if len(words) == 1 and words <= set(RULES):
        return words.pop()
    if not words <= set(WEEKDAYS):
        raise ValueError(text)
    return ",".join(name for name in WEEKDAYS if name in words)


def read_time(text: str) -> str:
    """A local time, `07:00`, `7:00` or `7h00`, as `07:00`; ValueError for anything else."""
    match = _TIME.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(text)
    return f"{int(match[1]):02}:{match[2]}"


def is_day(days: str, day: date, is_working: Callable[[date], bool]) -> bool:
    """Whether a letter of those days is due on that day."""
    if days == "daily":
        return True
    if days == "working":
        return is_working(day)
    if days == "month_end":
        return (day + DAY).day == 1
    return WEEKDAYS[day.weekday()] in days.split(",")


def slot_on(day: date, local_time: str, zone: tzinfo) -> Slot:
    """The slot of a day. A time that the clock jumps over is taken by the offset before the jump
    (02:30 is then 03:30); one that it shows twice is the first."""
    local = datetime.combine(day, time.fromisoformat(local_time), zone)
    return Slot(local.isoformat(timespec="minutes"), local.astimezone(UTC))


def slots(
    days: str,
    local_time: str,
    zone: tzinfo,
    after: datetime,
    until: datetime,
    is_working: Callable[[date], bool],
) -> Iterator[Slot]:
    """The slots later than `after` and not later than `until`, oldest first."""
    # A zone that crosses the date line may have a day whose slot lies on a neighbouring one.
    day, last = local_day(after, zone) - DAY, local_day(until, zone) + DAY
    while day <= last:
        if is_day(days, day, is_working):
            slot = slot_on(day, local_time, zone)
            if after < slot.at <= until:
                yield slot
        day += DAY


def decide(found: Sequence[Slot], now: datetime, oldest: timedelta) -> tuple[Due, ...]:
    """What becomes of slots whose time has come: the newest is sent unless it is older than
    `oldest`; those before it are skipped, with the reason."""
    return tuple(Due(slot, _skip(slot, found[-1], now, oldest)) for slot in found)


def _skip(
    slot: Slot, newest: Slot, now: datetime, oldest: timedelta
) -> Literal["", "too_old", "newer"]:
    if now - slot.at > oldest:
        return "too_old"
    return "" if slot is newest else "newer"
