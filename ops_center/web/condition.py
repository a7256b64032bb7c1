"""How the system is – live, worker late, database gone – and how old what it shows is.

Ages are counted on this process's own monotonic clock from the moment a value was seen to change:
a clock that is set back, or another machine's clock that is wrong, makes nothing look fresh or
stale.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ops_center.domain.status import CHANGE_LATE, HEARTBEAT_LATE, freshness

if TYPE_CHECKING:
    from ops_center.domain.working_days import WorkingCalendar
    from ops_center.i18n import Problem
    from ops_center.store.outbox import Numbers
    from ops_center.store.sources import Source
    from ops_center.store.system import Revision
    from ops_center.store.wards import Ward

LIVE, WORKER_LATE, DATABASE_GONE = "live", "worker_late", "database_gone"

UNANSWERED = 3.0  # seconds without an answer after which the database counts as gone


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """What time it is: `now` (aware UTC) for dates, `monotonic` (seconds) for ages."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic


class Age:
    """How long ago an instant that someone else wrote was written, in seconds of our own clock.

    A change is as old as its writer's clock says, but not older than our previous look at it
    (then it had not happened yet) and never in the future.
    """

    def __init__(self) -> None:
        self._value: datetime | None = None
        self._born = 0.0
        self._looked: float | None = None

    def see(self, value: datetime | None, now: datetime, tick: float) -> None:
        """Note the value found at `tick` (monotonic seconds), when our wall clock said `now`."""
        if value is not None and value != self._value:
            told = max(0.0, (now - value).total_seconds())
            gap = told if self._looked is None else tick - self._looked
            self._born = tick - min(told, gap)
        self._value, self._looked = value, tick

    def at(self, tick: float) -> float | None:
        """Seconds; None while there is no value."""
        return None if self._value is None else max(0.0, tick - self._born)


@dataclass(frozen=True)
class Look:
    """What the database said at one look."""

    ward: Ward
    calendar: WorkingCalendar
    revision: Revision
    heartbeat: datetime | None  # the worker's last
    oldest: datetime | None  # the oldest change that is not yet summed
    sources: tuple[Source, ...]
    aside: int = 0  # dossiers that could not be summed and are tried again each minute
    letters: Numbers | None = None  # how the outbox was, some seconds ago


@dataclass(frozen=True)
class Condition:
    """How the system is at one instant. Ages in seconds, None where nothing is known."""

    state: str
    state_age: float | None = None  # of a state that is not live
    data_age: float | None = None  # since data was last summed
    worker_age: float | None = None
    waiting_age: float | None = None  # of the oldest change that is not yet summed
    source_ages: Mapping[str, float | None] = field(default_factory=dict)
    freshness: str = "stale"  # live | late | stale | quiet: what the ages mean at this hour
    reason: str = ""
    revision: int | None = None
    problem: Problem | None = None
    aside: int | None = None  # dossiers left out of the sums for now

    def ages(self) -> dict[str, Any]:
        """As the screens count on from, in tenths of a second; and how many are left out."""
        return {
            "data": _tenths(self.data_age),
            "worker": _tenths(self.worker_age),
            "state": _tenths(self.state_age),
            "sources": {name: _tenths(age) for name, age in self.source_ages.items()},
            "freshness": self.freshness,
            "reason": self.reason,
            "aside": self.aside,
        }


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


class Observer:
    """Turns looks, and their failing to come, into a condition."""

    def __init__(self) -> None:
        self._data, self._worker, self._oldest = Age(), Age(), Age()
        self._sources: defaultdict[str, Age] = defaultdict(Age)
        self._answered: float | None = None
        self.look: Look | None = None

    def see(self, look: Look, now: datetime, tick: float) -> None:
        """Note an answered look."""
        self._data.see(look.revision.at, now, tick)
        self._worker.see(look.heartbeat, now, tick)
        self._oldest.see(look.oldest, now, tick)
        for source in look.sources:
            self._sources[source.id].see(source.last_heard_at, now, tick)
        self.look, self._answered = look, tick

    def condition(self, now: datetime, tick: float, problem: Problem | None = None) -> Condition:
        """The condition at `tick`; `problem` is what the last look failed with, if it did."""
        if self.look is None or self._answered is None:
            return Condition(DATABASE_GONE, problem=problem)
        silent = tick - self._answered
        worker, waiting = self._worker.at(tick), self._waiting(now, tick)
        state, state_age = _state(silent, worker, waiting)
        meaning = freshness(
            now, worker, state != DATABASE_GONE, waiting,
            [(source.last_heard_at, source.silent_after_minutes) for source in self.look.sources],
            self.look.calendar,
        )
        return Condition(
            state, state_age, self._data.at(tick), worker, waiting,
            {name: age.at(tick) for name, age in self._sources.items()},
            meaning.state, meaning.reason, self.look.revision.number, problem, self.look.aside,
        )

    def _waiting(self, now: datetime, tick: float) -> float | None:
        """Of the oldest waiting change: one that was hidden behind others is as old as it says."""
        held = self._oldest.at(tick)
        if held is None or self.look is None or self.look.oldest is None:
            return None
        return max(held, (now - self.look.oldest).total_seconds())


def _state(silent: float, worker: float | None, waiting: float | None) -> tuple[str, float | None]:
    if silent > UNANSWERED:
        return DATABASE_GONE, silent
    if worker is None or worker > HEARTBEAT_LATE:
        return WORKER_LATE, worker
    if waiting is not None and waiting > CHANGE_LATE:
        return WORKER_LATE, waiting
    return LIVE, None
