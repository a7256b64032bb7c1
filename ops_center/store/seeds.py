"""The reference data every installation starts with: fields, procedures, calendar, topics."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Integer, Table

from ops_center.i18n import sort_key
from ops_center.material import folder
from ops_center.store.campaign_tables import topic
from ops_center.store.rows import insert_missing
from ops_center.store.tables import calendar_day, field, procedure


def plant(connection: Connection) -> None:
    """Insert what is missing; what a ward has changed since is left as it is."""
    insert_missing(connection, field, _sorted(_rows("fields", field)), ("id",))
    insert_missing(connection, procedure, _sorted(_rows("procedures", procedure)), ("id",))
    insert_missing(connection, topic, _rows("topics", topic), ("id",))
    insert_missing(connection, calendar_day, _rows("calendar", calendar_day), ("day",))


def _rows(name: str, table: Table) -> list[dict[str, Any]]:
    path = folder("db") / "seeds" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {column: _value(table, column, shown) for column, shown in row.items()}
            for row in csv.DictReader(file)
        ]


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"sort_key": sort_key(row["name"])} for row in rows]


def _value(table: Table, column: str, shown: str) -> Any:
    """A cell of a seed file; empty means unknown."""
    if shown == "":
        return None
    for kind, read in _READERS.items():
        if isinstance(table.c[column].type, kind):
            return read(shown)
    return shown


_READERS: dict[type, Callable[[str], Any]] = {
    Boolean: lambda shown: {"yes": True, "no": False}[shown],
    Integer: int,
    Date: date.fromisoformat,
}
