"""Rows put aside on disk until the whole file is read, then given back dossier by dossier.

A file is read to its end before anything is written to the shared database: what is wrong with
its last line is known in time, and the rows of one dossier come together wherever they stand.
The memory used does not grow with the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby, islice
from operator import itemgetter
from tempfile import gettempdir

from ops_center.i18n import Problem

SEPARATOR = "\x1f"
"""Between the cells of a row put aside; a row that contains it is faulty anyway."""

_AT_ONCE = 1000

_LARGEST_GROUP = 5000

Group = tuple[str, list[tuple[int, list[str], str]]]
"""A key and its rows: the line each began in, its cells, and what was wrong on reading it."""

Reject = tuple[int, str, str, str, str]
"""Line, column, value, reason, remedy."""


class Spill:
    """A private file of the operating system's temporary folder, gone when closed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE row (key TEXT, line INTEGER, cells TEXT, fault TEXT);"
            "CREATE TABLE reject (line INTEGER, part TEXT, value TEXT, reason TEXT, remedy TEXT);"
        )

    def put(self, rows: Iterable[tuple[str, int, str, str]]) -> int:
        """Put rows aside: key, line, joined cells, fault; how many there were."""
        count = 0
        remaining = iter(rows)
        while some := list(islice(remaining, _AT_ONCE)):
            self._connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?)", some)
            count += len(some)
        return count

    def largest(self) -> tuple[str, int] | None:
        """A key with too many rows to be one dossier, if there is one, and how many."""
        found = self._connection.execute(
            "SELECT key, COUNT(*) AS n FROM row GROUP BY key HAVING n > ? ORDER BY n DESC LIMIT 1",
            (_LARGEST_GROUP,),
        ).fetchone()
        return (found[0], found[1]) if found else None

    def groups(self) -> Iterator[Group]:
        """All rows by key, those of a key by line."""
        found = self._connection.execute("SELECT * FROM row ORDER BY key, line")
        for key, rows in groupby(found, itemgetter(0)):
            yield key, [(line, cells.split(SEPARATOR), fault) for _, line, cells, fault in rows]

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Remember rejected rows."""
        self._connection.executemany("INSERT INTO reject VALUES (?, ?, ?, ?, ?)", rejects)

    def rejects(self) -> Iterator[Reject]:
        """All rejected rows by line."""
        yield from self._connection.execute("SELECT * FROM reject ORDER BY line")


@contextmanager
def open_spill() -> Iterator[Spill]:
    """A spill for one import."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        try:
            yield Spill(connection)
        except sqlite3.Error as error:  # the shared database's errors are wrapped and pass by
            raise Problem("intake.no_room", folder=gettempdir(), reason=error) from error
