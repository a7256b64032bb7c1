"""What the database's planner knows of the tables: how many rows, and how alike they are.

PostgreSQL gathers that by itself, but minutes after a load; SQLite never does. The statements that
run each second do not depend on it (decision 35), others become faster by it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from ops_center.store.coarse import coarser
from ops_center.store.tables import cell, dossier_clock, dossier_span, duration_cell, hub_cell

_SAMPLED = 400
"""Rows of an index that SQLite looks at: milliseconds, however many there are."""


def gather(connection: Connection) -> None:
    """Tell the planner what the derived tables hold now; on SQLite, all tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLED}")
        connection.exec_driver_sql("ANALYZE")
        return
    derived = (dossier_clock, dossier_span, cell, hub_cell, duration_cell)
    tables = (*derived, *(one.table for one in coarser()))
    connection.exec_driver_sql("ANALYZE " + ", ".join(table.name for table in tables))
