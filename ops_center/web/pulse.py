"""Looks at the database five times a second, so that no screen has to."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.store import aside, calendars, outbox, sources, system, wards
from ops_center.store.session import open_engine, reading
from ops_center.web.condition import Clock, Condition, Look, Observer

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ops_center.domain.working_days import WorkingCalendar
    from ops_center.settings import Settings

EACH = 0.2  # seconds between two looks
FIRST_LOOK = 2.2  # seconds that the first question after a start may wait for the first look
CALENDAR_EACH = 60.0  # seconds after which the working calendar is read anew
LETTERS_EACH = 15.0  # seconds after which the outbox is counted anew
LETTERS_OF = timedelta(days=7)


class Pulse:
    """One thread per process that keeps the newest look; it never gives up.

    `look` and `condition` answer from memory at once, whatever the database does.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._settings = settings
        self._guard = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._engine: Engine | None = None
        self._thread: threading.Thread | None = None
        self._stop, self._tried = threading.Event(), threading.Event()
        self._observer = Observer()
        self._failure: Exception | None = None
        self._calendar: tuple[float, WorkingCalendar] | None = None
        self._letters: tuple[float, outbox.Numbers] | None = None

    # --- what is known -------------------------------------------------------------------

    @property
    def look(self) -> Look | None:
        """The newest answer of the database; None before the first."""
        return self._observer.look

    def condition(self) -> Condition:
        """How the system is now."""
        problem = self._failure if isinstance(self._failure, Problem) else None
        return self._observer.condition(self.clock.now(), self.clock.monotonic(), problem)

    @property
    def engine(self) -> Engine:
        """This process's own connections."""
        if self._engine is None:
            self._engine = open_engine(
                self._settings.database_url, timeout=self._settings.database_timeout
            )
        return self._engine

    # --- the thread ----------------------------------------------------------------------

    def ready(self, seconds: float) -> None:
        """Start looking if nobody does yet, and wait for the first look, at most so long."""
        if self._process != os.getpid() or self._thread is None or not self._thread.is_alive():
            self._start()
        self._tried.wait(seconds)

    def _start(self) -> None:
        """Once per process: a fork inherits neither thread nor connections."""
        with self._guard:
            if self._process != os.getpid():
                self._forget()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop looking and close the connections."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._engine is not None:
            self._engine.dispose()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.beat()
            self._stop.wait(EACH)

    def beat(self) -> None:
        """One look. Its failing is noted and said; the next is tried all the same."""
        try:
            with reading(self.engine) as connection:
                found = self._ask(connection)
        except Exception as error:
            self._note_failure(error)
        else:
            self._note(found)
        self._tried.set()

    def _ask(self, connection: Connection) -> Look:
        ward = wards.find_ward(connection, self._settings.ward or None)
        worker = system.find_heartbeats(connection).get("worker")
        return Look(
            ward=ward,
            calendar=self._find_calendar(connection, ward),
            revision=system.find_revision(connection, ward.id),
            heartbeat=worker.at if worker else None,
            oldest=system.oldest_change(connection, ward.id),
            sources=tuple(sources.list_sources(connection, ward.id)),
            aside=len(aside.find_aside(connection, ward.id)),
            letters=self._count_letters(connection, ward),
        )

    def _find_calendar(self, connection: Connection, ward: wards.Ward) -> WorkingCalendar:
        tick = self.clock.monotonic()
        if self._calendar is None or tick - self._calendar[0] > CALENDAR_EACH:
            self._calendar = tick, calendars.find_calendar(connection, ward)
        return self._calendar[1]

    def _count_letters(self, connection: Connection, ward: wards.Ward) -> outbox.Numbers:
        tick = self.clock.monotonic()
        if self._letters is None or tick - self._letters[0] > LETTERS_EACH:
            since = self.clock.now() - LETTERS_OF
            self._letters = tick, outbox.numbers(connection, ward.id, since)
        return self._letters[1]

    def _note(self, found: Look) -> None:
        if self._failure is not None:
            logs.event("live.database_back")
        self._failure = None
        self._observer.see(found, self.clock.now(), self.clock.monotonic())

    def _note_failure(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            logs.failure("live.look_failed", error)
        elif self._failure is None:
            logs.warning("live.database_gone", reason=str(error))
        self._failure = error
