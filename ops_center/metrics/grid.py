"""The official grid: what had to be processed, and where all of it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ops_center.metrics.reading import Reading, by, read
from ops_center.metrics.scope import Scope
from ops_center.store.wards import Ward

COLUMNS = (
    "carried", "in_person", "online", "post", "received", "to_process",
    "early", "on_time", "late", "no_due", "done", "stopped", "withdrawn",
    "within_due", "overdue", "open_no_due", "in_process", "suspended",
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """One line of the grid; `late_share` is None where there was nothing to process."""

    key: dict[str, Any] | None
    carried: int
    in_person: int
    online: int
    post: int
    received: int
    to_process: int
    early: int
    on_time: int
    late: int
    no_due: int
    done: int
    stopped: int
    withdrawn: int
    within_due: int
    overdue: int
    open_no_due: int
    in_process: int
    suspended: int
    late_share: float | None

    @property
    def balance(self) -> int:
        """To process, less all that it became: 0 in every scope and at every instant."""
        ended = self.done + self.stopped + self.withdrawn
        return self.to_process - ended - self.in_process - self.suspended


def grid(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, rollup: bool = True
) -> Grid:
    """The grid of that scope in one line."""
    names = (*COLUMNS, "late_share")
    return _line(read(connection, ward, scope, as_of, names, rollup))


def grid_by(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime,
    dimension: str | Sequence[str], rollup: bool = True,
) -> list[Grid]:  # fmt: skip
    """A line for each group, as `reading.by` groups."""
    names = (*COLUMNS, "late_share")
    readings = by(connection, ward, scope, as_of, dimension, names, rollup)
    return [_line(reading) for reading in readings]


def _line(reading: Reading) -> Grid:
    values: dict[str, Any] = {name: one.value for name, one in reading.numbers.items()}
    return Grid(key=reading.key, **values)
