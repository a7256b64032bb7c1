"""Connections: one engine per process, short transactions, failures as sentences.

SQLite: a transaction that may write begins with BEGIN IMMEDIATE. One that began by reading and
then wanted to write would be refused at once, without waiting, whenever another had written in
between. PostgreSQL: a reading sees one instant (REPEATABLE READ, READ ONLY).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError

from ops_center.i18n import Problem
from ops_center.store.failures import driver_errors, explained

_READ_ONLY = "ops_center_read_only"


def open_engine(url: str, *, timeout: float = 2.0) -> Engine:
    """An engine for an SQLite file or a PostgreSQL database; nothing is opened yet.

    `timeout`: seconds until connecting, waiting for a lock or a statement is given up. Keep it
    at 2 or less where a screen waits; workers and imports take more. An SQLite file is not
    created by connecting: only `migrate.upgrade` does that. Problem for a wrong URL.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, timeout)
    return _open_postgresql(parsed, timeout)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one instant and cannot write; Problem when the database fails."""
    options: dict[str, Any] = {_READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _transaction(engine, options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, repeatable: bool = False) -> Iterator[Connection]:
    """A transaction that writes: all of it on leaving, nothing of it after an exception.

    `repeatable`: all statements see the same instant; on PostgreSQL the Problem
    "store.conflict" then asks for another try. On SQLite it is always so, and there is one
    writer at a time.
    """
    options: dict[str, Any] = {}
    if repeatable and engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with _transaction(engine, options) as connection:
        yield connection


@contextmanager
def _transaction(engine: Engine, options: dict[str, Any]) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(**options)
            with connection.begin():
                yield connection
    except (SQLAlchemyError, driver_errors(engine)) as error:
        problem = explained(error, engine)
        if problem is None:
            raise
        raise problem from error


def unhurried(connection: Connection, seconds: float) -> None:
    """Give the statements of this transaction so long: an export takes longer than a screen may.

    SQLite knows no such limit.
    """
    if connection.dialect.name == "postgresql":
        milliseconds = round(seconds * 1000)
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {name} = {milliseconds}")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Problem("store.wrong_url", url=url.split("://")[0]) from error
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise Problem("store.wrong_url", url=parsed.render_as_string(hide_password=True))


# ---------------------------------------------------------------- SQLite


def _open_sqlite(url: URL, timeout: float) -> Engine:
    path = Path(str(url.database)).absolute()
    engine = create_engine(url, creator=_sqlite_opener(path, timeout), pool_timeout=timeout)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        record.info["file"] = _identity(path)
        _prepare_sqlite(connection, timeout)

    @event.listens_for(engine, "checkout")
    def same_file(connection: sqlite3.Connection, record: Any, proxy: object) -> None:
        # A file that was deleted or restored from a backup lives on in open connections.
        if record.info["file"] != _identity(path):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _sqlite_opener(path: Path, timeout: float) -> Callable[[], sqlite3.Connection]:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=timeout,
            isolation_level=None,  # transactions begin where we say so
            check_same_thread=False,
        )

    return connect


def _prepare_sqlite(connection: sqlite3.Connection, timeout: float) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    # 64 MB: marks have random keys, and the dossiers of one day lie all over the file.
    connection.execute("PRAGMA cache_size = -64000")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(connection, time.monotonic() + timeout)


def _switch_to_wal(connection: sqlite3.Connection, deadline: float) -> None:
    """For this one statement SQLite does not wait for a lock by itself."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


# ---------------------------------------------------------------- PostgreSQL


def _open_postgresql(url: URL, timeout: float) -> Engine:
    milliseconds = max(1, round(timeout * 1000))
    session = {
        "search_path": "public",
        "timezone": "UTC",
        "jit": "off",  # many small statements: compiling one costs more than running it,
        "parallel_setup_cost": 20_000,  # and so does starting other processes for it
        # A plan for any values takes a year for a few days: it reads all rows by their day.
        "plan_cache_mode": "force_custom_plan",
        "statement_timeout": milliseconds,
        "lock_timeout": max(1, milliseconds * 9 // 10),  # first, so that a lock is named as one
        "idle_in_transaction_session_timeout": 60_000,
    }
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    engine = create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, round(timeout)),  # libpq takes no less than 2 seconds
            "tcp_user_timeout": milliseconds,
            # A host that lost its power says no goodbye: an unanswered read ends after 10 s.
            "keepalives_idle": 4,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "options": options,
            "application_name": "ops-center",
        },
        pool_pre_ping=True,
        pool_timeout=timeout,
    )

    @event.listens_for(engine, "checkin")
    def as_the_server_prefers(connection: Any, record: Any) -> None:
        # SQLAlchemy leaves "may write" after a reading, which would overrule the server's default.
        if connection is not None and not connection.closed:
            connection.read_only = None

    return engine
