"""Refresh the roll-ups: one refresher for each ward, in the whole installation.

Whoever holds the ward's lease sums it. The lease is held by its row inside each round, so that a
refresher that was paused past its lease finds out before it can write anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from ops_center import logs
from ops_center.store import aside, rollup, rules, statistics
from ops_center.store.measure import Measure
from ops_center.store.rollup import LEASE, Mark, Round
from ops_center.store.session import reading, writing
from ops_center.store.system import find_lease, hold_lease, take_lease

LEASE_SECONDS = 10.0
_RENEW_AFTER = timedelta(seconds=3)
_RULES_EACH = timedelta(seconds=2)

LEAST, MOST = 1000, 5000
"""Marks of one round. More than the most are a backlog, taken in parts of neighbouring days."""

_BRIEF = 1.0
"""Seconds that a round should take at most: on SQLite nobody else can write meanwhile."""


class Refresher:
    """Sums one ward, step by step. `clock` tells the time (aware UTC); not for several threads."""

    def __init__(
        self,
        engine: Engine,
        ward_id: str,
        holder: str,
        measures: Sequence[Measure],
        clock: Callable[[], datetime],
        most: int = MOST,
    ) -> None:
        self.ward_id = ward_id
        self.holding = False
        self._engine = engine
        self._holder = holder
        self._measures = tuple(measures)
        self._clock = clock
        self._renewed: datetime | None = None
        self._rules_seen: datetime | None = None
        self._plan: Sequence[Mark] = ()
        self._most = self._size = most
        self._waits_for: str | None = None

    @property
    def behind(self) -> bool:
        """Whether parts of a backlog are still to be summed."""
        return bool(self._plan)

    def step(self) -> Round | None:
        """Look, and sum what there is; None when there was nothing or another holds the lease.

        Problem when the database fails: nothing is half done, another step will do it.
        """
        if self._keep_lease() and self._has_work():
            return self._round()
        return None

    def give_up(self) -> None:
        """Let another take over at once."""
        if not self.holding:
            return
        now = self._clock()
        with writing(self._engine) as connection:
            if hold_lease(connection, self.ward_id, LEASE, self._holder, now):
                take_lease(connection, self.ward_id, LEASE, self._holder, now, 0)
        self.holding = False

    # --- the lease

    def _keep_lease(self) -> bool:
        now = self._clock()
        if self.holding and self._renewed and now - _RENEW_AFTER < self._renewed <= now:
            return True
        if not self.holding and self._other_holds(now):
            return False
        with writing(self._engine) as connection:
            taken = take_lease(connection, self.ward_id, LEASE, self._holder, now, LEASE_SECONDS)
        self._renewed = now
        return self._held(taken)

    def _other_holds(self, now: datetime) -> bool:
        """A look that writes nothing, for as long as it is another's turn."""
        with reading(self._engine) as connection:
            found = find_lease(connection, self.ward_id, LEASE)
        if found is None or found[1] <= now or found[0] == self._holder:
            return False
        if self._waits_for != found[0]:
            logs.event("worker.waits", ward=self.ward_id, holder=found[0], until=found[1])
        self._waits_for = found[0]
        return True

    def _held(self, taken: bool) -> bool:
        if taken and not self.holding:
            logs.event("worker.leads", ward=self.ward_id, holder=self._holder)
            self._plan, self._waits_for = (), None
        if self.holding and not taken:
            logs.warning("worker.lease_lost", ward=self.ward_id, holder=self._holder)
        self.holding = taken
        return taken

    # --- the work

    def _has_work(self) -> bool:
        if self._plan:
            return True
        now = self._clock()
        look_at_rules = self._rules_seen is None or abs(now - self._rules_seen) > _RULES_EACH
        with reading(self._engine) as connection:
            resting = aside.resting(connection, self.ward_id, now)
            pending = rollup.pending(connection, self.ward_id, self._most + 1, resting)
            if pending > self._most:
                self._plan = rollup.plan(connection, self.ward_id, without=resting)
            changed = look_at_rules and rules.changed(connection, self.ward_id)
        if look_at_rules and not changed:
            self._rules_seen = now
        return pending > 0 or changed

    def _round(self) -> Round | None:
        began = time.monotonic()
        part = self._plan[: self._size]
        with writing(self._engine, repeatable=True) as connection:
            if not hold_lease(connection, self.ward_id, LEASE, self._holder, self._clock()):
                self._held(False)
                return None
            done = self._refresh(connection, part)
            if part and len(part) == len(self._plan):
                statistics.gather(connection)  # the tables may have grown by far
            # The last thing, and by the time it is then; it also tells a round that waits for
            # this one that it has seen older facts.
            now = self._clock()
            take_lease(connection, self.ward_id, LEASE, self._holder, now, LEASE_SECONDS)
        self._renewed = now
        if part:
            self._plan = self._plan[len(part) :]
            self._pace(time.monotonic() - began)
        return done

    def _refresh(self, connection: Connection, part: Sequence[Mark]) -> Round | None:
        return rollup.refresh(
            connection,
            self.ward_id,
            self._measures,
            now=self._clock(),
            most=self._most,
            marks=part or None,
        )

    def _pace(self, seconds: float) -> None:
        """Take more or fewer marks next time, so that a part of a backlog is brief."""
        fitting = int(self._size * _BRIEF / max(seconds, 0.01))
        self._size = min(self._most, max(LEAST, fitting))
