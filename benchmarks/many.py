"""Many dossiers from few: copies with other ids, hubs and procedures, made by SQL.

Deriving ten million clocks takes hours of Python; what a question costs depends only on how many
rows there are and how they are spread. The copies' due times are those of the original.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, text

from ops_center.metrics.catalog import MEASURES
from ops_center.store import cells
from ops_center.store.hubs import list_hubs
from ops_center.store.procedures import list_procedures
from ops_center.store.tables import dossier, dossier_clock, dossier_span

FEW = 100_000
"""Dossiers whose clocks are derived; the rest are copies."""

_TABLES: tuple[tuple[Table, str], ...] = (
    (dossier, "id"), (dossier_clock, "dossier_id"), (dossier_span, "dossier_id"),
)  # fmt: skip


def multiply(connection: Connection, ward_id: str, times: int) -> None:
    """Make `times` dossiers out of each, past the triggers; the cells must be computed anew."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    _turns(connection, ward_id, times)
    for table, key in _TABLES:
        triggers = [] if postgres else _without_triggers(connection, table)
        columns = [column.name for column in table.c]
        shown = ", ".join(_shown(name, key) for name in columns)
        connection.execute(
            text(
                f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {shown} "
                f"FROM {table.name} t JOIN turn_hub h ON h.old = t.hub_id "
                "JOIN turn_procedure p ON p.old = t.procedure_id AND p.k = h.k "
                "WHERE t.ward_id = :w"
            ),
            {"w": ward_id},
        )
        for statement in triggers:
            connection.execute(text(statement))
    connection.execute(text("DROP TABLE turn_hub"))
    connection.execute(text("DROP TABLE turn_procedure"))


def _shown(name: str, key: str) -> str:
    own = {
        key: f"t.{key} || '-' || h.k", "code": "t.code || '-' || h.k", "hub_id": "h.new",
        "procedure_id": "p.new",
    }  # fmt: skip
    return own.get(name, f"t.{name}")


def many(connection: Connection, ward_id: str, times: int) -> None:
    """As `multiply`, and every cell computed anew."""
    multiply(connection, ward_id, times)
    cells.recompute_all(connection, ward_id, MEASURES, 1)


def _turns(connection: Connection, ward_id: str, times: int) -> None:
    hubs = [str(hub.id) for hub in list_hubs(connection, ward_id)]
    procedures = [one.id for one in list_procedures(connection)]
    for table, names, step in (("turn_hub", hubs, 1), ("turn_procedure", procedures, 5)):
        connection.execute(text(f"CREATE TABLE {table} (k INTEGER, old TEXT, new TEXT)"))
        rows: list[dict[str, Any]] = [
            {"k": k, "old": old, "new": names[(place + k * step) % len(names)]}
            for k in range(1, times)
            for place, old in enumerate(names)
        ]
        connection.execute(text(f"INSERT INTO {table} VALUES (:k, :old, :new)"), rows)


def _without_triggers(connection: Connection, table: Table) -> list[str]:
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"),
        {"t": table.name},
    ).all()
    for name, _ in found:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return [statement for _, statement in found]
