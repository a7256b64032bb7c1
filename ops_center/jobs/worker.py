"""The worker: it sums what comes in, keeps the timetable, and ends cleanly when asked to."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from datetime import UTC, datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import Engine

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.jobs.beat import Heart
from ops_center.jobs.letters import Letters
from ops_center.jobs.outage import Outage
from ops_center.jobs.statistics import Survey
from ops_center.jobs.summing import Summing
from ops_center.jobs.timetable import timetable
from ops_center.metrics.catalog import MEASURES
from ops_center.metrics.scheme import read_rules
from ops_center.settings import Settings
from ops_center.store import migrate
from ops_center.store.session import open_engine

_PATIENT = 30.0  # seconds for one statement of a round
_BRIEF = 1.5  # seconds for a sign of life: less than until the next
_ENDED_WITHIN = 5.0  # seconds that a round has to finish after it was asked to

_MEND_FIRST = {"store.wrong_url", "store.not_migrated", "store.behind", "store.ahead"}
"""What no waiting mends."""


def run(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C. Problem when the database is not migrated, or a rule file
    has an error.

    A database that cannot be reached, at the start or later, is waited for.
    """
    read_rules(settings.rules_folder)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    engine = open_engine(settings.database_url, timeout=_PATIENT)
    try:
        if _await_database(engine, stop):
            _work(settings, engine, stop)
    finally:
        engine.dispose()


def _await_database(engine: Engine, stop: threading.Event) -> bool:
    """Whether the database is there; False when the worker was stopped before it was."""
    outage = Outage("start")
    while not stop.is_set():
        try:
            migrate.require_current(engine)
        except Problem as problem:
            if problem.key in _MEND_FIRST:
                raise
            outage.begins(problem)
            stop.wait(1)
        else:
            outage.ends()
            return True
    return False


def _work(settings: Settings, engine: Engine, stop: threading.Event) -> None:
    quick = open_engine(settings.database_url, timeout=_BRIEF)
    name = _name()
    summing = Summing(engine, name, MEASURES, _now, settings.ward)
    post = Letters(engine, settings, name, _now, stop=stop)
    scheduler = timetable(Heart(quick, summing, _now), Survey(engine, summing), post)
    thread = threading.Thread(target=summing.run, args=(stop,), name="summing", daemon=True)
    closer = threading.Thread(target=_close, args=(stop, thread, scheduler), daemon=True)
    thread.start()
    closer.start()
    try:
        scheduler.start()
    finally:
        stop.set()
        quick.dispose()
    logs.event("worker.ended")


def _close(stop: threading.Event, thread: threading.Thread, scheduler: BlockingScheduler) -> None:
    """Once stopped: let the round finish, then end the timetable, which ends the worker."""
    stop.wait()
    thread.join(_ENDED_WITHIN)
    while not scheduler.running:
        time.sleep(0.01)
    scheduler.shutdown(wait=False)


def _name() -> str:
    """Another one for each start: a worker must not take an earlier one's lease for its own."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def _now() -> datetime:
    return datetime.now(UTC)
