"""A copy of the whole database in one file, taken while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine

from ops_center.i18n import Problem


def back_up(engine: Engine, file: Path) -> int:
    """Copy an SQLite database into a new file as it is at one instant; returns its bytes.

    Only its owner may read the copy: it may hold names. Problem for PostgreSQL, which has a tool
    of its own; for a file that is there already; for a copy that cannot be written or does not
    prove whole. Then there is no file.
    """
    if engine.dialect.name != "sqlite":
        raise Problem("store.backup.elsewhere", file=file)
    if file.exists():
        raise Problem("store.backup.exists", file=file)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(Path(str(engine.url.database)), unfinished)
        os.link(unfinished, file)  # unlike a move this never replaces a file
        return file.stat().st_size
    except FileExistsError as error:
        raise Problem("store.backup.exists", file=file) from error
    except (OSError, sqlite3.Error) as error:
        raise Problem("store.backup.failed", file=file, reason=error) from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _copy(source: Path, copy: Path) -> None:
    """All pages in one step: with several, every write of others would begin it anew."""
    there = f"file:{quote(str(source.absolute()))}?mode=rw"  # never makes one that is not there
    with closing(sqlite3.connect(there, uri=True)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
        kept.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
        found = kept.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
