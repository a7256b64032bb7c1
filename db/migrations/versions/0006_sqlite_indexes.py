"""A year of one official, or of so many hours of work, on SQLite: the indexes by day know both.

PostgreSQL has an index by official since 0002, and reads the hours from the table fast enough.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    connection = op.get_bind().execution_options(no_parameters=True)
    if connection.dialect.name != "sqlite":
        return
    for name, columns in _INDEXES.items():
        connection.exec_driver_sql(f"DROP INDEX {name}")
        connection.exec_driver_sql(f"CREATE INDEX {name} ON dossier_clock ({columns})")
    connection.exec_driver_sql("PRAGMA analysis_limit = 400")
    connection.exec_driver_sql("ANALYZE dossier_clock")  # else the planner takes them for useless


_INDEXES = {
    "ix_clock_received": "ward_id, received_day, hub_id, received_at, channel_level, "
    "procedure_id, official_id, duration_bin",
    "ix_clock_ended": "ward_id, ended_day, hub_id, ended_at, procedure_id, end_kind, outcome, "
    "worked_minutes, official_id, duration_bin",
}
