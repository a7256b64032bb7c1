"""Wards for the roll-up's tests: three hubs, two sources, a few procedures of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.rollup import Difference, Round
from ops_center.store.session import reading, writing
from ops_center.store.sources import Source, add_source
from ops_center.store.tables import dossier, dossier_clock, hub_cell, waiting
from ops_center.store.wards import Ward, add_ward
from tests.store.tally import counted, written

HUBS = ("a", "b", "c")
PROCEDURES = ("1.001193", "1.004884", "2.001263", "1.012753")  # same day, 5, 30 days, unknown
MONDAY = datetime(2026, 8, 17, 3, tzinfo=UTC)  # 10:00 in Hanoi
NOW = datetime(2026, 9, 30, 3, tzinfo=UTC)
_numbers = count(1)


def plant(connection: Connection, time_zone: str = "Asia/Ho_Chi_Minh") -> str:
    """A ward of its own, without dossiers; its id."""
    ward_id = f"ward-{next(_numbers)}"
    add_ward(connection, Ward(ward_id, "Phường Thử", time_zone=time_zone))
    for code in HUBS:
        add_hub(connection, Hub(ward_id, code, f"Điểm {code}", id=code))
    add_source(connection, Source(ward_id, "pushing", "P"))
    add_source(connection, Source(ward_id, "strict", "S", waiting_pushes_due=False))
    return ward_id


def write(connection: Connection, ward_id: str, id: str, **known: Any) -> None:
    """A dossier as a source would insert it: received on Monday if nothing else is said."""
    row = {
        "source_id": "pushing", "code": id, "hub_id": "a", "procedure_id": PROCEDURES[0],
        "channel": "online", "status": 2, "received_at": MONDAY, **known,
    }  # fmt: skip
    connection.execute(insert(dossier).values(ward_id=ward_id, id=id, **row))


def ask(connection: Connection, ward_id: str, id: str, days: float, until: float | None) -> None:
    """A supplement is asked for so many days after Monday."""
    row: dict[str, Any] = {"from_at": after(days), "to_at": until and after(until)}
    connection.execute(
        insert(waiting).values(ward_id=ward_id, dossier_id=id, kind="supplement", **row)
    )


def after(days: float) -> datetime:
    """So many days after Monday morning."""
    return MONDAY + timedelta(days=days)


def sum_up(engine: Engine, ward_id: str, most: int = 5000) -> list[Round]:
    """Rounds until nothing waits."""
    rounds: list[Round] = []
    while True:
        with writing(engine, repeatable=True) as connection:
            done = rollup.refresh(connection, ward_id, MEASURES, now=NOW, most=most)
        if done is None:
            return rounds
        rounds.append(done)


def differences(engine: Engine, ward_id: str) -> list[Difference]:
    with reading(engine) as connection:
        return list(rollup.check(connection, ward_id, MEASURES))


def cells(engine: Engine, ward_id: str, name: str = "received") -> dict[tuple[Any, ...], int]:
    """The sums of that flow that are not 0, by day and hub."""
    with reading(engine) as connection:
        flow = hub_cell.c[name]
        rows = connection.execute(
            select(hub_cell.c.day, hub_cell.c.hub_id, flow).where(
                hub_cell.c.ward_id == ward_id, flow != 0
            )
        )
        return {(day, hub_id): n for day, hub_id, n in rows}


def assert_right(engine: Engine, ward_id: str, keep: bool = True) -> None:
    assert differences(engine, ward_id) == []
    with reading(engine) as connection:
        assert written(connection, ward_id) == counted(connection, ward_id, keep=keep)


def one_due(engine: Engine, ward_id: str, id: str = "d") -> Any:
    with reading(engine) as connection:
        return connection.execute(
            select(dossier_clock.c.due_at).where(
                dossier_clock.c.ward_id == ward_id, dossier_clock.c.dossier_id == id
            )
        ).scalar()


def change_dossier(engine: Engine, ward_id: str, **values: Any) -> None:
    with writing(engine) as connection:
        connection.execute(update(dossier).where(dossier.c.ward_id == ward_id).values(**values))


def rebuild(engine: Engine, ward_id: str, dues: bool = False) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    with writing(engine, repeatable=True) as connection:
        rollup.alone(connection, ward_id)
        rollup.rebuild(
            connection, ward_id, MEASURES, now=NOW, dues=dues,
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
    return told
