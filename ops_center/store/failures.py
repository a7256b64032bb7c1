"""What a database error means to the person who has to mend it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ops_center.i18n import Problem

_SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "gone",
    sqlite3.SQLITE_IOERR: "gone",
    sqlite3.SQLITE_NOTADB: "not_a_database",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_FULL: "full",
}

_POSTGRESQL = {
    "25006": "read_only",
    "28000": "refused",
    "28P01": "refused",
    "3D000": "no_database",
    "40001": "conflict",
    "40P01": "conflict",
    "42501": "forbidden",
    "42P01": "not_migrated",
    "53100": "full",
    "53300": "crowded",
    "55P03": "locked",
    "57014": "slow",
    "57P01": "gone",
    "57P02": "gone",
    "57P03": "gone",
}


def place(engine: Engine) -> str:
    """Where the database is, without its password."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        return str(Path(str(url.database)).absolute())
    return url.render_as_string(hide_password=True)


def explained(error: Exception, engine: Engine) -> Problem | None:
    """The sentence for a database error; None when it is a mistake in the program.

    `.key` tells which: "store.gone", "store.locked", "store.conflict" … Errors that come straight
    from the driver, as in a COPY, are understood too.
    """
    if isinstance(error, PoolTimeout):
        return Problem("store.crowded", database=place(engine))
    kind = _kind(error.orig if isinstance(error, DBAPIError) else error)
    return Problem(f"store.{kind}", database=place(engine)) if kind else None


def driver_errors(engine: Engine) -> type[Exception]:
    """What the database's driver raises by itself."""
    errors: type[Exception] = engine.dialect.loaded_dbapi.Error
    return errors


def _kind(cause: BaseException | None) -> str | None:
    if isinstance(cause, sqlite3.Error):
        return _sqlite_kind(cause)
    if cause is None or not hasattr(cause, "sqlstate"):
        return None
    state: str | None = cause.sqlstate
    if state is None:
        return _silent_kind(cause)
    return "gone" if state.startswith("08") else _POSTGRESQL.get(state)


def _sqlite_kind(cause: sqlite3.Error) -> str | None:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return None
    if code == sqlite3.SQLITE_ERROR and str(cause).startswith("no such table"):
        return "not_migrated"
    return _SQLITE.get(code & 0xFF)


def _silent_kind(cause: BaseException) -> str | None:
    """libpq gives no code when there was no server to give one; then its words must do."""
    words = str(cause)
    if "password" in words or "authentication" in words or "pg_hba" in words:
        return "refused"
    if 'database "' in words and "does not exist" in words:
        return "no_database"
    lost = any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)
    return "gone" if lost else None
