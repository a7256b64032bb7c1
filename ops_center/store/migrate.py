"""Bringing the schema up to date, and telling whether it is.

`db/migrations` holds one file per revision, numbered 0001, 0002 …; the number is the revision.
Telling the state reads file names only, so that ordinary commands need not load Alembic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, inspect, text

from ops_center.i18n import Problem
from ops_center.material import folder
from ops_center.store import seeds
from ops_center.store.failures import place
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.tables import metadata

State = Literal["empty", "behind", "current", "ahead"]

_POSTGRESQL = (14,)
"""The oldest server on which the schema is tried out."""

_UPGRADE_LOCK = 7_301_842_650
"""PostgreSQL's advisory lock of the upgrade; any number, as long as it stays."""


def upgrade(engine: Engine, *, patience: float = 60.0) -> tuple[str, ...]:
    """Bring the database to the newest revision and plant what is missing of the seeds.

    Returns the revisions applied. All in one transaction: after a failure the database is as it
    was. Two at once: the second waits up to `patience` seconds, then finds nothing to do. An
    SQLite file is created if there is none. Problem for a database of a newer version, and for
    what `session` names.
    """
    _make_file(engine)
    with _patient(engine, patience) as own, writing(own) as connection:
        _wait_for_others(connection)
        before = _version(connection)
        _refuse_newer(own, before)
        _refuse_unfit(connection, place(own), fresh=before is None)
        applied = tuple(one for one in revisions() if before is None or one > before)
        if applied:
            _run_alembic(connection)
        seeds.plant(connection)
        return applied


def state(engine: Engine) -> State:
    """How the database's schema stands to this program; Problem when it cannot be read."""
    with reading(engine) as connection:
        return _compared(_version(connection))


def require_current(engine: Engine) -> None:
    """Problem, with the remedy, unless the schema is the one this program knows."""
    found = state(engine)
    if found != "current":
        key = "not_migrated" if found == "empty" else found
        raise Problem(f"store.{key}", database=place(engine))


def revisions() -> list[str]:
    """All revisions this program knows, oldest first."""
    return sorted(path.name.split("_")[0] for path in (_migrations() / "versions").glob("*_*.py"))


def _migrations() -> Path:
    return folder("db") / "migrations"


def _compared(version: str | None) -> State:
    known = revisions()
    if version is None:
        return "empty"
    if version not in known:
        return "ahead"
    return "current" if version == known[-1] else "behind"


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _refuse_newer(engine: Engine, version: str | None) -> None:
    if _compared(version) == "ahead":
        raise Problem("store.ahead", database=place(engine))


def _refuse_unfit(connection: Connection, database: str, *, fresh: bool) -> None:
    """Problem for a database that could not hold the tables, or holds another program's."""
    if connection.dialect.name == "postgresql":
        version = connection.dialect.server_version_info or (0,)
        if version < _POSTGRESQL:
            raise Problem("store.old_server", database=database, version=version[0])
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise Problem("store.encoding", database=database, encoding=encoding)
    taken = set(inspect(connection).get_table_names()) & set(metadata.tables) if fresh else set()
    if taken:
        raise Problem("store.occupied", database=database, tables=", ".join(sorted(taken)))


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _make_file(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    path = Path(str(engine.url.database))
    try:
        path.touch(exist_ok=True)
    except FileNotFoundError as error:
        raise Problem("store.no_folder", folder=path.absolute().parent) from error
    except OSError as error:
        raise Problem("store.read_only", database=path) from error


@contextmanager
def _patient(engine: Engine, patience: float) -> Iterator[Engine]:
    own = open_engine(engine.url.render_as_string(hide_password=False), timeout=patience)
    try:
        yield own
    finally:
        own.dispose()


def _wait_for_others(connection: Connection) -> None:
    """No other upgrade meanwhile. On SQLite the transaction itself sees to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        connection.execute(text("SET LOCAL statement_timeout = 0"))
