"""Writing one row by its key: insert it, change it, or leave it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

Kept = Literal["added", "changed", "unchanged"]


def keep(
    connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> Kept:
    """See to it that the row of that key holds these values; a row that does is not touched."""
    this = and_(*(table.c[name] == value for name, value in key.items()))
    found = connection.execute(select(*(table.c[name] for name in values)).where(this)).first()
    if found is None:
        connection.execute(insert(table).values(**key, **values))
        return "added"
    if tuple(found) == tuple(values.values()):
        return "unchanged"
    connection.execute(update(table).where(this).values(**values))
    return "changed"


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        statement = dialect_insert(connection, table).on_conflict_do_nothing(index_elements=key)
        connection.execute(statement, rows)


def dialect_insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """The database's own INSERT, which knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def given(**values: Any) -> dict[str, Any]:
    """Only what is not None: where the database has a default, it may choose."""
    return {name: value for name, value in values.items() if value is not None}
