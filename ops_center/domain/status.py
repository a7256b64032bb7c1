"""How fresh what is shown is: live, late, stale, or quiet because nobody works now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ops_center.domain.working_days import WorkingCalendar

HEARTBEAT_LATE = 6.0  # seconds; the worker gives a sign of life every 2
CHANGE_LATE = 15.0  # seconds that a written dossier may wait to be summed
WORKER_GONE = 60.0  # seconds without a sign of life: what is shown is not merely late
STALE_FACTOR = 3  # so many times the normal silence of a source
RETIRED_DAYS = 10  # working days after which a silent source is taken to have ended

State = Literal["live", "late", "stale", "quiet"]
Source = tuple[datetime | None, int]


@dataclass(frozen=True)
class Status:
    """`reason`: ``database_gone``, ``worker_late``, ``source_silent``, ``closed``, or empty."""

    state: State
    reason: str = ""


def freshness(
    now: datetime,
    worker_age: float | None,
    database_ok: bool,
    oldest_change_age: float | None,
    sources: Iterable[Source],
    calendar: WorkingCalendar,
) -> Status:
    """The status at `now`. Ages in seconds (None: never seen, or nothing waits).

    `sources`: when each was last heard, and its normal silence in working minutes. Silence is
    counted in working time, so that a night does not age anything.
    """
    if not database_ok:
        return Status("stale", "database_gone")
    if worker_age is None or worker_age > WORKER_GONE:
        return Status("stale", "worker_late")
    if worker_age > HEARTBEAT_LATE or (oldest_change_age or 0) > CHANGE_LATE:
        return Status("late", "worker_late")
    heard = [(last, normal) for last, normal in sources if last is not None]
    return _silence(now, heard, calendar) if heard else Status("live")


def _silence(
    now: datetime, heard: Sequence[tuple[datetime, int]], calendar: WorkingCalendar
) -> Status:
    if not calendar.is_open(now):
        silent = all(now - last > timedelta(minutes=normal) for last, normal in heard)
        return Status("quiet", "closed") if silent else Status("live")
    silences = [(calendar.minutes_between(last, now), normal) for last, normal in heard]
    retired = RETIRED_DAYS * calendar.hours.day_length / timedelta(minutes=1)
    serving = [one for one in silences if one[0] <= retired] or [min(silences)]
    if any(silent > STALE_FACTOR * normal for silent, normal in serving):
        return Status("stale", "source_silent")
    if any(silent > normal for silent, normal in serving):
        return Status("late", "source_silent")
    return Status("live")
