"""What a question costs, beside its time on the clock: statements, processor time, rows touched.

Processor time hardly depends on who else is at work on the machine; time on the clock does. On
PostgreSQL that of the connection's own process is read from /proc, so its server must run here;
its parallel workers, where it starts any, are not in it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from ops_center.store.session import reading

_TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one question, and how many statements it took."""

    wall: float
    ours: float
    theirs: float
    statements: int

    @property
    def processor(self) -> float:
        """Our process and the database's together."""
        return self.ours + self.theirs


def cost(
    engine: Engine, ask: Callable[[Connection], object], times: int = 1,
    way: Callable[[Engine], AbstractContextManager[Connection]] = reading,
) -> Cost:  # fmt: skip
    """The mean of asking so often, each time in a transaction of its own.

    The system counts a process's time in hundredths of a second: ask often enough.
    """
    counted, wall, ours, theirs = 0, 0.0, 0.0, 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    event.listen(engine, "before_cursor_execute", count)
    try:
        for _ in range(times):
            own, begun = time.process_time(), time.perf_counter()
            with way(engine) as connection:
                backend = _backend(connection)
                used = _ticks(backend)
                ask(connection)
                theirs += _ticks(backend) - used
            wall += time.perf_counter() - begun
            ours += time.process_time() - own
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return Cost(wall * 1000 / times, ours * 1000 / times, theirs * _TICK / times, counted // times)


def median(costs: Iterable[Cost]) -> Cost:
    """Each part's median."""
    parts = list(zip(*((c.wall, c.ours, c.theirs, c.statements) for c in costs), strict=True))
    wall, ours, theirs, statements = (statistics.median(part) for part in parts)
    return Cost(wall, ours, theirs, round(statements))


@dataclass(frozen=True)
class Touched:
    """What of the database something touched, the same on whatever machine.

    `read`: rows on PostgreSQL, without what an index answers alone; on SQLite, thousands of steps
    of its machine. `written`: rows.
    """

    read: float
    written: int


def touched(connection: Connection, act: Callable[[], object]) -> Touched:
    """What the act touches within this transaction."""
    if connection.dialect.name == "postgresql":
        before = connection.execute(text(_ROWS)).one()
        act()
        read, written = connection.execute(text(_ROWS)).one()
        return Touched(float(read - before[0]), int(written - before[1]))
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = connection.connection.driver_connection
    changes = driver.total_changes
    driver.set_progress_handler(step, 100)
    try:
        act()
    finally:
        driver.set_progress_handler(None, 0)
    return Touched(steps / 10, driver.total_changes - changes)


_ROWS = """
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0),
        coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
    FROM pg_stat_xact_user_tables
"""


def _backend(connection: Connection) -> int | None:
    """The database's process that serves this connection."""
    if connection.dialect.name == "sqlite":
        return None
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)


def _ticks(pid: int | None) -> int:
    if pid is None:
        return 0
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(parts[11]) + int(parts[12])
