"""A ward that is written to at random, and refreshers whose clocks the tests hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, text, update

from ops_center.jobs.refresh import Refresher
from ops_center.metrics.catalog import MEASURES
from ops_center.store.session import reading, writing
from ops_center.store.tables import calendar_day, dossier, hub, procedure, waiting
from tests.store.ward_of_two import HUBS, NOW, PROCEDURES, after, plant, write

_numbers = count(1)


def refresher(
    engine: Engine, ward_id: str, holder: str, clock: Callable[[], datetime], most: int = 5000
) -> Refresher:
    return Refresher(engine, ward_id, holder, MEASURES, clock, most)


@dataclass
class Hands:
    """A clock that moves when it is told to."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


def new_ward(engine: Engine) -> str:
    with writing(engine) as connection:
        return plant(connection)


class Writer:
    """Writes raw rows, as any other system might; `n` and `m` choose what and how."""

    def __init__(self, engine: Engine, ward_id: str) -> None:
        self._engine = engine
        self._ward_id = ward_id

    def do(self, name: str, n: int, m: int) -> None:
        with writing(self._engine) as connection:
            getattr(self, name)(connection, n, m)

    def insert(self, connection: Connection, n: int, m: int) -> None:
        write(
            connection,
            self._ward_id,
            f"d{next(_numbers)}",
            source_id=("pushing", "strict")[m % 2],
            hub_id=HUBS[n % 3],
            procedure_id=PROCEDURES[m % 4],
            channel=("online", "post", "in_person")[n % 3],
            submitted_at=after(-1) if n % 2 else None,
            received_at=after(n / 4) if n % 5 else None,
            processed_at=after(n / 4 + m / 3) if m % 3 == 0 and n % 5 else None,
            rating=m % 5 + 1,
        )

    def receive(self, connection: Connection, n: int, m: int) -> None:
        self._change(connection, n, received_at=after(m / 3))

    def end(self, connection: Connection, n: int, m: int) -> None:
        name = ("processed_at", "returned_at", "stopped_at", "withdrawn_at")[m % 4]
        self._change(connection, n, **{name: after(m)})

    def unend(self, connection: Connection, n: int, m: int) -> None:
        self._change(
            connection, n, processed_at=None, returned_at=None, stopped_at=None, withdrawn_at=None
        )

    def move(self, connection: Connection, n: int, m: int) -> None:
        self._change(connection, n, hub_id=HUBS[m % 3], channel="online", level="end_to_end")

    def grant(self, connection: Connection, n: int, m: int) -> None:
        self._change(connection, n, due_at=after(m / 2) if m % 2 else None)

    def delete(self, connection: Connection, n: int, m: int) -> None:
        if id := self._some(connection, n):
            connection.execute(delete(dossier).where(*self._this(dossier, id)))

    def ask(self, connection: Connection, n: int, m: int) -> None:
        id = self._some(connection, n)
        if id and self._still_there(connection, id):
            row = {"ward_id": self._ward_id, "dossier_id": id, "kind": "supplement"}
            until = after(m / 3 + 1) if m % 2 else None
            moment = after(m / 3 + next(_numbers) / 10_000)
            connection.execute(insert(waiting).values(**row, from_at=moment, to_at=until))

    def answer(self, connection: Connection, n: int, m: int) -> None:
        mine = (waiting.c.ward_id == self._ward_id, waiting.c.to_at.is_(None))
        connection.execute(update(waiting).where(*mine).values(to_at=after(40 + m)))

    def forgive(self, connection: Connection, n: int, m: int) -> None:
        connection.execute(delete(waiting).where(waiting.c.ward_id == self._ward_id))

    def merge(self, connection: Connection, n: int, m: int) -> None:
        to = HUBS[m % 3] if m % 2 else None
        connection.execute(update(hub).where(*self._this(hub, HUBS[n % 3])).values(replaced_by=to))

    def limit(self, connection: Connection, n: int, m: int) -> None:
        known = update(procedure).where(procedure.c.id == PROCEDURES[1])
        connection.execute(known.values(limit_days=m % 7))

    def holiday(self, connection: Connection, n: int, m: int) -> None:
        day = date(2026, 8, 18) + timedelta(days=n % 9)
        connection.execute(delete(calendar_day).where(calendar_day.c.day == day))
        if m % 2:  # unless another writer has done so meanwhile
            row = "INSERT INTO calendar_day (day, kind) VALUES (:day, 'holiday') "
            connection.execute(text(f"{row} ON CONFLICT DO NOTHING"), {"day": str(day)})

    def _change(self, connection: Connection, n: int, **values: Any) -> None:
        if id := self._some(connection, n):
            connection.execute(update(dossier).where(*self._this(dossier, id)).values(**values))

    def _some(self, connection: Connection, n: int) -> str | None:
        rows = select(dossier.c.id).where(dossier.c.ward_id == self._ward_id)
        ids = list(connection.execute(rows.order_by(dossier.c.id)).scalars())
        return ids[n % len(ids)] if ids else None

    def _still_there(self, connection: Connection, id: str) -> bool:
        """Hold the dossier until the end: another writer may have deleted it since it was read."""
        row = select(dossier.c.id).where(*self._this(dossier, id)).with_for_update(key_share=True)
        return connection.execute(row).scalar() is not None

    def _this(self, table: Table, id: str) -> tuple[Any, Any]:
        return table.c.ward_id == self._ward_id, table.c.id == id


WRITES = (
    "insert", "insert", "receive", "end", "unend", "move", "grant", "delete", "ask", "answer",
    "forgive", "merge", "limit", "holiday",
)  # fmt: skip


def revision(engine: Engine, ward_id: str) -> int:
    from ops_center.store.system import find_revision

    with reading(engine) as connection:
        return find_revision(connection, ward_id).number
