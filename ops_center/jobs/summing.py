"""The loop that sums: it looks five times a second and never gives up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.jobs.outage import Outage
from ops_center.jobs.refresh import Refresher
from ops_center.store.measure import Measure
from ops_center.store.session import reading
from ops_center.store.wards import find_ward, list_wards

EACH = 0.2  # seconds between two looks
_WARDS_EACH = 5.0  # seconds after which new wards are noticed
_AFTER_FAILURE = 1.0  # seconds


class Summing:
    """All wards of the database, or one of them, summed in turn by one thread."""

    def __init__(
        self,
        engine: Engine,
        holder: str,
        measures: Sequence[Measure],
        clock: Callable[[], datetime],
        ward_id: str = "",
    ) -> None:
        self.looked: datetime | None = None
        self._engine = engine
        self._holder = holder
        self._measures = measures
        self._clock = clock
        self._only = ward_id
        self._refreshers: dict[str, Refresher] = {}
        self._listed: float | None = None
        self._outage = Outage("summing")
        self._outages: dict[str, Outage] = {}

    @property
    def holding(self) -> bool:
        """Whether this worker sums any ward, as far as it knows."""
        return any(one.holding for one in list(self._refreshers.values()))

    def run(self, stop: threading.Event) -> None:
        """Sum until `stop` is set, then let another take over."""
        while not stop.is_set():
            stop.wait(self.turn())
        self._give_up()

    def turn(self) -> float:
        """Look at each ward once and sum what there is; returns how many seconds to rest.

        After work the rest is as long as the work, so that others get their share of the
        database; parts of a backlog follow one another faster.
        """
        began = time.monotonic()
        try:
            self._find_wards()
        except Exception as error:  # nothing may end the summing for good
            return self._failed(self._outage, error)
        self._outage.ends()
        rests = [self._step(one) for one in self._refreshers.values()]
        if any(rest is None for rest in rests):
            behind = any(one.behind for one in self._refreshers.values())
            rests.append(0.0 if behind else time.monotonic() - began)
        return max([EACH, *(rest for rest in rests if rest is not None)])

    def _step(self, one: Refresher) -> float | None:
        """Seconds to rest after this ward's step; None after work."""
        outage = self._outages[one.ward_id]
        try:
            done = one.step()
        except Exception as error:  # a defect, or one ward's wrong rules, must not stop the others
            return self._failed(outage, error)
        outage.ends()
        self.looked = self._clock()
        return None if done else EACH

    def _find_wards(self) -> None:
        now = time.monotonic()
        if self._listed is not None and now - self._listed < _WARDS_EACH:
            return
        with reading(self._engine) as connection:
            wards = [find_ward(connection, self._only)] if self._only else list_wards(connection)
        self._listed = now
        for ward_id in (one.id for one in wards):
            if ward_id not in self._refreshers:
                self._outages[ward_id] = Outage(f"summing {ward_id}")
                self._refreshers[ward_id] = Refresher(
                    self._engine, ward_id, self._holder, self._measures, self._clock
                )

    def _failed(self, outage: Outage, error: Exception) -> float:
        if isinstance(error, Problem) and error.key == "store.conflict":
            return EACH  # another transaction was faster; that is how it should be
        outage.begins(error)
        return _AFTER_FAILURE

    def _give_up(self) -> None:
        for one in self._refreshers.values():
            try:
                one.give_up()
            except Problem as problem:
                self._outage.begins(problem)
