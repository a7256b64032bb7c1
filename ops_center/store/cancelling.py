"""Ending a statement that another thread waits for."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, text

from ops_center.store.session import reading


class Cancelled(Exception):
    """The statement was ended because nobody waits for its answer any more."""


class Running:
    """A reading under way that any thread may end."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._driver: Any = None
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        """End its statement, if one runs, and let it begin no other."""
        with self._guard:  # never after the connection went back to the pool, to somebody else
            self._cancelled = True
            if isinstance(self._driver, sqlite3.Connection):
                self._driver.interrupt()
            elif self._driver is not None:
                with suppress(psycopg.Error):  # it ends by its time limit; ours goes on
                    self._driver.cancel_safe(timeout=2.0)

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """As `session.reading`; Cancelled when `cancel` was called meanwhile."""
        try:
            with reading(engine) as connection, self._held(connection):
                self._look()
                yield connection
        except Cancelled:
            raise
        except Exception as error:
            if self._cancelled or _was_overtaken(error):
                raise Cancelled from error
            raise

    @contextmanager
    def _held(self, connection: Connection) -> Iterator[None]:
        driver = connection.connection.driver_connection
        event.listen(connection, "before_cursor_execute", lambda *_: self._look())
        if isinstance(driver, sqlite3.Connection):
            # An interrupt is forgotten between two statements; this is asked within each.
            driver.set_progress_handler(lambda: int(self._cancelled), _STEPS)
        with self._guard:
            self._driver = driver
        try:
            yield
        finally:
            with self._guard:
                self._driver = None
            if isinstance(driver, sqlite3.Connection):
                driver.set_progress_handler(None, 0)

    def _look(self) -> None:
        if self._cancelled:
            raise Cancelled


def overtake(connection: Connection, key: str, turn: int) -> None:
    """End older questions of that key in other processes; Cancelled if one has a newer there.

    For PostgreSQL, where a transaction is known to all by its application_name, at most 63
    letters, and a role may end its own statements. SQLite's processes know nothing of each other.
    """
    if connection.dialect.name != "postgresql":
        return
    name = f"{_ASKING}{key[:20]}"
    values = {"name": name, "own": f"{name} {turn}", "turn": turn}
    connection.execute(_NAMED, values)
    if any(other > turn for other in connection.execute(_OTHERS, values).scalars()):
        raise Cancelled


_ASKING = "ops-center asked "
_NAMED = text("SELECT set_config('application_name', :own, true)")
_OTHERS = text(
    # Whether it is still that question is looked at in the moment in which it is ended.
    "SELECT other.turn, CASE WHEN other.turn < :turn THEN pg_cancel_backend(other.pid) END "
    "FROM (SELECT pid, CAST(split_part(application_name, ' ', 4) AS BIGINT) AS turn "
    "FROM pg_stat_activity WHERE starts_with(application_name, :name || ' ') "
    "AND usename = current_user AND datname = current_database() "
    "AND pid <> pg_backend_pid()) AS other"
)


def _was_overtaken(error: BaseException) -> bool:
    """Whether another process ended the statement: a time-out has the same code, but other words.

    A server that speaks another language than English makes it look like a time-out.
    """
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "sqlstate", None) == "57014":
            return "user request" in str(cause)
        cause = getattr(cause, "orig", None) or cause.__cause__
    return False


_STEPS = 20_000
"""Steps of SQLite's machine between two looks: some tenths of a millisecond."""
