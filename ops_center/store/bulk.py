"""Many new rows at once, by the fastest way that each database has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

Spell = Callable[[Any], Any]


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows given as values in the order of the columns `names`; none may be there yet.

    SQLite: one prepared statement. PostgreSQL: COPY.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, names, rows)
    else:
        _execute_many(connection, table, names, rows)


def _execute_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    spells = _spells(connection, table, names)
    values = [list(row) for row in rows]
    for row in values:
        for place, spell in spells.items():
            row[place] = spell(row[place])
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
    connection.exec_driver_sql(statement, [tuple(row) for row in values])


def _spells(connection: Connection, table: Table, names: Sequence[str]) -> dict[int, Spell]:
    """How a column's values are written, where that is not as they are; by its place."""
    dialect = connection.dialect
    spells = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    return {place: spell for place, spell in enumerate(spells) if spell}


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
