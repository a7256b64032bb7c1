"""Many dossiers from few: copies at other hubs, made by SQL, and every cell computed from them.

Deriving ten million clocks takes hours of Python; copying and summing them takes minutes. A copy
keeps the procedure and the instants of its original, so what was derived for that one follows from
the copy's facts, too: `db check` finds nothing to say (tests/metrics/test_many.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, text

from ops_center.metrics.catalog import MEASURES
from ops_center.store import cells
from ops_center.store.hubs import list_hubs
from ops_center.store.tables import dossier, dossier_clock, dossier_span, waiting

FEW = 100_000
"""Dossiers whose clocks are derived; the rest are copies."""

_TABLES: tuple[tuple[Table, str, str], ...] = (
    (dossier, "id", "received_at"), (waiting, "dossier_id", "from_at"),
    (dossier_clock, "dossier_id", "received_at"), (dossier_span, "dossier_id", "from_at"),
)  # fmt: skip
"""Each table, the column that names the dossier, and when its rows come about."""


def many(connection: Connection, ward_id: str, times: int) -> None:
    """Make `times` dossiers out of each, past the triggers, and compute every cell anew."""
    multiply(connection, ward_id, times)
    cells.recompute_all(connection, ward_id, MEASURES, 1)


def multiply(connection: Connection, ward_id: str, times: int) -> None:
    """Make `times` dossiers out of each, past the triggers; the cells must be computed anew.

    The copies are written in the order of their instants, as they would have come in.
    """
    if connection.dialect.name == "postgresql":
        _without_haste(connection)
    _turns(connection, ward_id, times)
    for table, key, at in _TABLES:
        columns = [column.name for column in table.c]
        shown = ", ".join(_shown(table, name, key) for name in columns)
        with _bare(connection, table):
            connection.execute(
                text(
                    f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {shown} "
                    f"FROM {table.name} t JOIN {_HUB_OF[table.name]} "
                    f"WHERE t.ward_id = :w ORDER BY t.{at}"
                ),
                {"w": ward_id},
            )
    connection.execute(text("DROP TABLE turn"))


_BY_HUB = "turn h ON h.old = t.hub_id"
_HUB_OF = {
    "dossier": _BY_HUB, "dossier_clock": _BY_HUB, "dossier_span": _BY_HUB,
    "waiting": "dossier d ON d.ward_id = t.ward_id AND d.id = t.dossier_id "
               "JOIN turn h ON h.old = d.hub_id",
}  # fmt: skip


def _shown(table: Table, name: str, key: str) -> str:
    own = {
        key: f"t.{key} || '-' || h.k", "code": "t.code || '-' || h.k", "hub_id": "h.new",
    }  # fmt: skip
    if table is waiting:
        own["id"] = "t.id || '-' || h.k"
    return own.get(name, f"t.{name}")


def _turns(connection: Connection, ward_id: str, times: int) -> None:
    """For each copy and each hub, the hub that the copy is at."""
    hubs = [str(hub.id) for hub in list_hubs(connection, ward_id)]
    connection.execute(text("CREATE TABLE turn (k INTEGER, old TEXT, new TEXT)"))
    rows: list[dict[str, Any]] = [
        {"k": k, "old": old, "new": hubs[(place + k) % len(hubs)]}
        for k in range(1, times)
        for place, old in enumerate(hubs)
    ]
    if rows:
        connection.execute(text("INSERT INTO turn VALUES (:k, :old, :new)"), rows)
    connection.execute(text("CREATE INDEX ix_turn ON turn (old, k)"))


def _without_haste(connection: Connection) -> None:
    """No triggers, no limits, and as much memory as sorting ten million rows is better with."""
    for setting in ("session_replication_role = replica", "statement_timeout = 0",
                    "maintenance_work_mem = '1GB'", "work_mem = '1GB'"):  # fmt: skip
        connection.execute(text(f"SET LOCAL {setting}"))


@contextmanager
def _bare(connection: Connection, table: Table) -> Iterator[None]:
    """The table without its indexes and triggers meanwhile: building them once is quicker."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text(
                "SELECT type, name, sql FROM sqlite_master "
                "WHERE type IN ('trigger', 'index') AND tbl_name = :t AND sql IS NOT NULL"
            ),
            {"t": table.name},
        ).all()
    else:
        found = connection.execute(
            text(
                "SELECT 'index', i.relname, pg_get_indexdef(i.oid) FROM pg_index x "
                "JOIN pg_class i ON i.oid = x.indexrelid "
                "WHERE x.indrelid = CAST(:t AS regclass) AND NOT x.indisunique"
            ),
            {"t": table.name},
        ).all()
    for kind, name, _ in found:
        connection.execute(text(f"DROP {kind} {name}"))
    yield
    for _, _, statement in found:
        connection.execute(text(statement))
