"""When a dossier is due: a given due time is final, a missing one follows from the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Literal

from ops_center.domain.waiting import Stretch
from ops_center.domain.working_days import DAY, WorkingCalendar, local_day

LimitKind = Literal["working_days", "calendar_days", "same_day"]


@dataclass(frozen=True)
class Limit:
    """How long a procedure may take; without a kind no limit is known."""

    kind: LimitKind | None = None
    days: int | None = None


@dataclass(frozen=True)
class Rules:
    """What a ward decided: its working time and the switches of its clock.

    `waiting_pushes_due` belongs to the source that wrote the dossier.
    """

    calendar: WorkingCalendar
    same_day_cutoff: time = time(15)
    second_supplement_is_late: bool = True
    waiting_pushes_due: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """The computed due time of a dossier that had ended, and what it was computed from."""

    basis: str | None
    due_at: datetime | None
    overdue_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A due time, and the instant after which an open dossier is overdue.

    The two differ where a request came after the due time had passed. `basis` tells what a due
    time was computed from, limit and calendar apart; it is None when the due time was given.
    """

    at: datetime | None
    overdue_at: datetime | None
    computed: bool
    basis: str | None


@dataclass(frozen=True)
class Step:
    """One step towards a due time: what happened, when, and how much working time it added.

    kind: ``given``, ``received``, ``limit``, ``waited``, ``second_supplement`` or ``no_limit``.
    """

    kind: str
    at: datetime | None
    minutes: int | None = None


def given(due_at: datetime | None, due_on: date | None, rules: Rules) -> datetime | None:
    """The due time the source gave; a mere day is due at its closing time."""
    return due_at or (rules.calendar.closing(due_on) if due_on else None)


def limited(received: datetime, limit: Limit, rules: Rules) -> datetime | None:
    """The due time by the limit alone; None when no limit is known."""
    if limit.kind == "same_day":
        return _same_day(received, rules)
    if limit.kind is None or limit.days is None:
        return None
    if limit.kind == "working_days":
        return rules.calendar.add_working_days(received, limit.days)
    return _calendar_days(received, limit.days, rules.calendar)


def computed(
    received: datetime,
    stretches: Sequence[Stretch],
    limit: Limit,
    rules: Rules,
    basis: str,
) -> Due:
    """The due time by the limit, pushed by the working time of each answered wait.

    A dossier that is overdue when a wait begins stays so: nothing that comes later may change
    what was true before.
    """
    base = due = limited(received, limit, rules)
    if base is None or due is None:
        return Due(None, None, False, basis)
    overdue: datetime | None = None
    minutes = 0
    for stretch in stretches:
        if overdue is None and due < stretch.from_at:
            overdue = due
        minutes += waited(stretch, rules)
        due = rules.calendar.add_minutes(base, minutes) if minutes else base
    return Due(due, overdue or due, True, basis)


def waited(stretch: Stretch, rules: Rules) -> int:
    """The working minutes by which a wait pushes the due time."""
    if stretch.to_at is None or not rules.waiting_pushes_due:
        return 0
    return rules.calendar.minutes_between(stretch.from_at, stretch.to_at)


def basis_of(
    received: datetime,
    procedure_id: str,
    stretches: Sequence[Stretch],
    second: datetime | None,
    rules: Rules,
) -> str:
    """A digest of all that moves a computed due time, limit and calendar apart."""
    told = (
        received.timestamp(),
        procedure_id,
        rules.waiting_pushes_due,
        second and second.timestamp(),
        [(s.from_at.timestamp(), s.to_at and s.to_at.timestamp()) for s in stretches],
    )
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


def _same_day(received: datetime, rules: Rules) -> datetime:
    calendar = rules.calendar
    day = local_day(received, calendar.zone)
    cutoff = datetime.combine(day, rules.same_day_cutoff, calendar.zone)
    if calendar.is_working(day) and received <= min(cutoff, calendar.closing(day)):
        return calendar.closing(day)
    return calendar.closing(calendar.next_working_day(day))


def _calendar_days(received: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    try:
        day = local_day(received, calendar.zone) + days * DAY
        return calendar.closing(day if calendar.is_working(day) else calendar.next_working_day(day))
    except OverflowError:  # a limit of thousands of years
        return datetime.max.replace(tzinfo=received.tzinfo) - 2 * DAY
