"""Sums by hub and channel, durations by channel; wider indexes of what is open."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    connection = op.get_bind().execution_options(no_parameters=True)
    dialect = connection.dialect.name
    sql = Path(__file__).with_name(f"0005_channels.{dialect}.sql").read_text("utf-8")
    for statement in _split(sql) if dialect == "sqlite" else [sql]:
        connection.exec_driver_sql(statement)


def _split(sql: str) -> Iterator[str]:
    """One statement at a time: executescript() would end the transaction we are in."""
    gathered = ""
    for line in sql.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
