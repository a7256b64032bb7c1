"""Another system's program: writes by its database's own driver, knowing nothing of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

REFERENCES = """
INSERT INTO ward (id, name) VALUES ('w', 'Phường thử');
INSERT INTO hub (ward_id, id, code, name) VALUES ('w', 'h1', 'TDP-01', 'Tổ 1');
INSERT INTO hub (ward_id, id, code, name) VALUES ('w', 'h2', 'TDP-02', 'Tổ 2');
INSERT INTO source (ward_id, id, name) VALUES ('w', 'portal', 'Cổng dịch vụ công');
"""

PLANTED = ("change", "source", "hub", "ward")
"""The tables that `plant` and the marks fill, in an order in which they can be emptied."""

DOSSIER = """
INSERT INTO dossier
  (ward_id, id, source_id, code, hub_id, procedure_id, channel, status, received_at)
VALUES ('w', 'd1', 'portal', 'H-1', 'h1', '1.001193', 'online', 2, '2026-08-05T01:30:00.000Z')
"""


class Foreign:
    """A connection with its driver's defaults: on SQLite foreign keys are not minded."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str) -> int:
        """How many rows it wrote; not committed yet."""
        return int(self._connection.execute(statement).rowcount)

    def commit(self) -> None:
        self._connection.commit()

    def undo(self) -> None:
        self._connection.rollback()

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.execute(statement)
        self.commit()

    def alone(self, statement: str) -> None:
        """Outside any transaction, as CREATE DATABASE wants it (PostgreSQL)."""
        self.commit()
        self._connection.autocommit = True
        self._connection.execute(statement)
        self._connection.autocommit = False

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        rows = [tuple(row) for row in self._connection.execute(query).fetchall()]
        self.commit()
        return rows

    def marks(self) -> list[tuple[Any, ...]]:
        """(ward, dossier, source) of all marks, sorted; then they are forgotten."""
        rows = self.ask("SELECT ward_id, dossier_id, source_id FROM change")
        self.run("DELETE FROM change")
        return sorted(rows, key=str)


@contextmanager
def foreign_writer(url: str) -> Iterator[Foreign]:
    """A writer on that database; an open transaction is rolled back on leaving."""
    connection: Any
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""))
    try:
        yield Foreign(connection)
    finally:
        connection.close()


def plant(writer: Foreign) -> None:
    """A ward with two hubs and a source."""
    writer.run(*(one for one in REFERENCES.split(";") if one.strip()))
