"""The letters' round, every quarter of a minute: plan, write, deliver, tell the keeper.

Any number of workers may do so at once. Nothing is remembered between rounds that the database
does not hold: a worker that is killed at any step leaves its work to the next one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from sqlalchemy import Engine

from ops_center import logs
from ops_center.jobs.delivery import Courier
from ops_center.jobs.keeper import tell_keeper
from ops_center.jobs.outage import Outage
from ops_center.jobs.planning import Planner
from ops_center.jobs.writing import Pace, Pen, Writer
from ops_center.mail.smtp import missing, server_of
from ops_center.settings import Settings
from ops_center.store import outbox
from ops_center.store.letters import purge_parts
from ops_center.store.session import reading, writing
from ops_center.store.wards import Ward, find_ward, list_wards

EACH = 15.0  # seconds
UNSET = ("no_server", "no_sender")
"""Reasons for which nothing was tried."""


def content() -> Pen:
    """What the letters say. It draws pictures and takes long to load: only when one is written."""
    from ops_center.mail import letter

    return cast(Pen, letter)


class Letters:
    """The letters of all wards of the database, or of the one that the settings name."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        holder: str,
        clock: Callable[[], datetime],
        *,
        stop: threading.Event | None = None,
        pen: Callable[[], Pen] = content,
        pace: Pace | None = None,
    ) -> None:
        stop, pace = stop or threading.Event(), pace or Pace()
        self._engine, self._settings, self._clock, self._stop = engine, settings, clock, stop
        self._oldest = timedelta(hours=settings.letter_catch_up_hours)
        self._outages: dict[str, Outage] = {}
        self._planner = Planner(engine, settings.mail_from, self._oldest)
        self._writer = Writer(
            engine, holder, clock, pen,
            public_url=settings.public_url,
            deadline=timedelta(minutes=settings.letter_deadline_minutes),
            pace=pace, stop=stop,
        )  # fmt: skip
        self._courier = Courier(engine, settings, holder, clock, pace=pace, stop=stop)

    def turn(self) -> None:
        """One round over all wards. What fails is said once, and tried again in the next."""
        wards: list[Ward] = []
        self._attempt("letters", lambda: wards.extend(self._wards()))
        for ward in wards:
            if not self._stop.is_set():
                self._attempt(f"letters of {ward.id}", partial(self.turn_of, ward))

    def turn_of(self, ward: Ward) -> None:
        """One round for one ward. Problem when the database fails."""
        self._planner.plan(ward, self._clock())
        server = server_of(self._settings)
        if server is None:
            self._note_missing(ward)
        else:
            self._writer.write(ward)
            self._courier.deliver(ward, server)
        self._give_up(ward)
        tell_keeper(self._engine, self._settings, ward, self._clock())

    def tidy(self) -> None:
        """Remove the pictures and files of old letters."""
        self._attempt("tidying", self._tidy)

    def _tidy(self) -> None:
        before = self._clock() - timedelta(days=self._settings.letter_keep_days)
        with writing(self._engine) as connection:
            gone = purge_parts(connection, before)
        logs.event("letter.tidied", parts=gone)

    def _attempt(self, task: str, work: Callable[[], None]) -> None:
        outage = self._outages.setdefault(task, Outage(task))
        try:
            work()
        except Exception as error:  # nothing may end the letters for good
            outage.begins(error)
        else:
            outage.ends()

    def _wards(self) -> list[Ward]:
        with reading(self._engine) as connection:
            if self._settings.ward:
                return [find_ward(connection, self._settings.ward)]
            return list_wards(connection)

    def _note_missing(self, ward: Ward) -> None:
        with writing(self._engine) as connection:
            outbox.note(connection, ward.id, self._clock(), missing(self._settings))

    def _give_up(self, ward: Ward) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            ended = outbox.give_up(connection, ward.id, now - self._oldest, now, UNSET)
        for one in ended:
            logs.warning("letter.given_up", ward=ward.id, id=one.id, slot=one.slot,
                         state=one.state, reason=one.reason)  # fmt: skip
