"""The worker's sign of life, written beside the work so that a long round does not stop it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.jobs.outage import Outage
from ops_center.jobs.summing import Summing
from ops_center.store.instant import spelled
from ops_center.store.session import writing
from ops_center.store.system import beat

PROCESS = "worker"
"""The process whose heartbeat screens look at."""

EACH = 2.0  # seconds


class Heart:
    """Beats for as long as this worker is the one that sums a ward.

    The heartbeat's detail is the instant of the last finished look at the marks: a worker that
    lives but hangs in a round is seen by it.
    """

    def __init__(self, engine: Engine, summing: Summing, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._summing = summing
        self._clock = clock
        self._outage = Outage("beat")

    def beat(self) -> None:
        """One sign of life; a database that is gone is said once, and tried again next time."""
        if not self._summing.holding:
            return
        looked = self._summing.looked
        try:
            with writing(self._engine) as connection:
                beat(connection, PROCESS, self._clock(), spelled(looked) if looked else "")
        except Problem as problem:
            self._outage.begins(problem)
        else:
            self._outage.ends()
