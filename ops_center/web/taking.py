"""Takes the wall's snapshots, with the campaign's board beside.

A wall looks each second, and a board with its forecasts is dearer than all the rest of a look
together. So no picture waits for it: once there is one, a thread of its own reads the next, at
most every `APART`. A board says of when it is (`Board.as_of`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ops_center import logs
from ops_center.metrics import campaign_wall, snapshot
from ops_center.store.session import reading
from ops_center.store.wards import find_ward

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ops_center.metrics.campaign_wall import OnTheWall
    from ops_center.metrics.snapshot import Snapshot

APART = timedelta(seconds=15)


@dataclass(frozen=True)
class _Read:
    """What was read, when, and on which local day."""

    found: OnTheWall | None
    at: datetime
    day: date


class Taking:
    """The snapshots of one ward for one process. Safe to ask from many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: _Read | None = None
        self._reader: threading.Thread | None = None

    def take(self, connection: Connection, ward_id: str, now: datetime) -> Snapshot:
        """As `snapshot.take`; its board is of the same day, and some seconds old at most."""
        taken = snapshot.take(connection, ward_id, now)
        return replace(taken, on_the_wall=self._board(connection, ward_id, now, taken.today))

    def _board(
        self, connection: Connection, ward_id: str, now: datetime, today: date
    ) -> OnTheWall | None:
        kept = self._kept
        if kept is None or kept.day != today or now < kept.at:
            kept = self._kept = _Read(_read(connection, ward_id, now), now, today)
        elif now - kept.at >= APART:
            self._renew(connection.engine, ward_id, now, today)
        return kept.found

    def _renew(self, engine: Engine, ward_id: str, now: datetime, today: date) -> None:
        """Have it read anew, unless that is under way."""
        with self._guard:
            if self._reader is None or not self._reader.is_alive():
                asked = engine, ward_id, now, today
                self._reader = threading.Thread(target=self._reread, args=asked, daemon=True)
                self._reader.start()

    def _reread(self, engine: Engine, ward_id: str, now: datetime, today: date) -> None:
        """What fails here is noted; the board stays, and its time tells how old it is."""
        try:
            with reading(engine) as connection:
                found = _read(connection, ward_id, now)
        except Exception as error:
            logs.failure("live.no_new_board", error)
        else:
            self._kept = _Read(found, now, today)


def _read(connection: Connection, ward_id: str, now: datetime) -> OnTheWall | None:
    return campaign_wall.take(connection, find_ward(connection, ward_id), now)
