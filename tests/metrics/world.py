"""A small ward full of awkward dossiers, the same at every run, written as raw rows."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert

from ops_center.metrics.catalog import MEASURES
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.rollup import rebuild
from ops_center.store.session import writing
from ops_center.store.tables import dossier, person, source, waiting
from ops_center.store.wards import Ward, add_ward

HANOI = Ward("hanoi", "Phường Thử", second_supplement_is_late=True)
# Summer time ends on 25 October 2026: that Sunday has 25 hours.
AUTUMN = replace(HANOI, id="autumn", time_zone="Europe/Amsterdam", second_supplement_is_late=False)
# It begins on 29 March 2026: that Sunday has 23.
SPRING = replace(HANOI, id="spring", time_zone="Europe/Amsterdam")
FIRST = {"hanoi": date(2026, 8, 24), "autumn": date(2026, 10, 19), "spring": date(2026, 3, 23)}
DAYS = 14

HUBS = ("a", "b", "c", "merged")  # "merged" became "b"
PROCEDURES = (
    "1.001193", "1.004884", "2.001263", "2.000815", "1.011606", "1.012753", "1.004873",
)  # fmt: skip
_INSTANTS = (
    "submitted_at", "received_at", "due_at", "processed_at", "returned_at", "stopped_at",
    "withdrawn_at",
)  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """Rows as a source writes them."""

    dossiers: list[dict[str, Any]]
    waits: list[dict[str, Any]]


def make(ward: Ward, count: int = 160, seed: int = 1) -> Raw:
    """`count` dossiers over two weeks; many instants are midnights, closings, or equal."""
    chance = random.Random(f"{ward.id} {seed}")
    made = [_dossier(chance, ward, number) for number in range(count)]
    return Raw([row for row, _ in made], [wait for _, waits in made for wait in waits])


def plant(connection: Connection, ward: Ward) -> None:
    """The ward without dossiers."""
    add_ward(connection, ward)
    for code in HUBS:
        to = "b" if code == "merged" else None
        add_hub(connection, Hub(ward.id, f"TDP-{code}", f"Điểm {code}", id=code, replaced_by=to))
    for name in ("An", "Bình"):
        connection.execute(insert(person).values(ward_id=ward.id, id=name, name=f"Lê {name}"))
    for name, pushes in (("pushing", True), ("strict", False)):
        values = {"ward_id": ward.id, "id": name, "name": name, "waiting_pushes_due": pushes}
        connection.execute(insert(source).values(**values))


def write(connection: Connection, raw: Raw) -> None:
    """The rows into the shared database, by plain INSERTs."""
    connection.execute(insert(dossier), raw.dossiers)
    if raw.waits:
        connection.execute(insert(waiting), raw.waits)


def summed(connection: Connection, ward: Ward) -> None:
    """Bring clocks and roll-ups up to date."""
    rebuild(connection, ward.id, MEASURES, now=now(ward))


def now(ward: Ward) -> datetime:
    """An instant in the last third of the two weeks, within working hours."""
    return _at(ward, FIRST[ward.id] + timedelta(days=10), time(14, 20))


def fill(engine: Engine, ward: Ward, raw: Raw) -> None:
    """A whole ward, summed."""
    with writing(engine, repeatable=True) as connection:
        plant(connection, ward)
        write(connection, raw)
        summed(connection, ward)


def _at(ward: Ward, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ward.zone).astimezone(UTC)


_CLOCKS = (
    time(0), time(23, 59, 59, 999000), time(8), time(12), time(13, 30), time(17, 30),
    time(15), time(2, 30), time(9, 17, 3), time(10, 41, 59), time(16, 2), time(11), time(14, 20),
)  # fmt: skip


def _instant(chance: random.Random, ward: Ward) -> datetime:
    day = FIRST[ward.id] + timedelta(days=chance.randrange(DAYS))
    return _at(ward, day, chance.choice(_CLOCKS))


def _later(chance: random.Random, ward: Ward, than: datetime, days: int = 5) -> datetime:
    """After `than`, now and then at the very same instant."""
    if chance.random() < 0.05:
        return than
    day = than.astimezone(ward.zone).date() + timedelta(days=chance.randrange(days))
    return max(than, _at(ward, day, chance.choice(_CLOCKS)))


def _dossier(
    chance: random.Random, ward: Ward, number: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    row = _features(chance, ward, number)
    submitted = _instant(chance, ward)
    if chance.random() < 0.8:
        row["submitted_at"] = submitted
    fate = chance.random()
    if fate < 0.08:
        return row | {"status": 1, "submitted_at": submitted}, []
    if fate < 0.14:
        refused = {"status": 3, "submitted_at": submitted}
        return row | refused | {"stopped_at": _later(chance, ward, submitted)}, []
    received = row["received_at"] = _later(chance, ward, submitted, 2)
    waits = _waits(chance, ward, row["id"], received)
    _add_due(chance, ward, row, received)
    _add_end(chance, ward, row, received, fate)
    return row, waits


def _features(chance: random.Random, ward: Ward, number: int) -> dict[str, Any]:
    maybe = (True, False, None)
    row: dict[str, Any] = dict.fromkeys(_INSTANTS) | {
        "ward_id": ward.id,
        "id": f"{number:04d}",
        "code": f"H-{number:04d}",
        "source_id": chance.choice(("pushing", "pushing", "strict")),
        "hub_id": chance.choice((*HUBS, "a", "b", "unassigned")),
        "procedure_id": chance.choice(PROCEDURES),
        "channel": chance.choice(("in_person", "online", "online", "post")),
        "level": None,
        "status": 4,
        "due_on": None,
        "supplement_count": chance.choice((0,) * 12 + (1, 2)),
        "fee": chance.choice((None, 0, 8000)),
        "payment": chance.choice((None, "online", "online", "cash")),
        "result_electronic": chance.choice(maybe),
        "components_digitised": chance.choice(maybe),
        "data_reused": chance.choice(maybe),
        "population_data_used": chance.choice(maybe),
        "complained": chance.random() < 0.1,
        "rating": chance.choice((None, None, 1, 3, 4, 5)),
        "official_id": chance.choice((None, "An", "Bình")),
    }
    if row["channel"] == "online":
        row["level"] = chance.choice((None, "partial", "end_to_end"))
    return row


def _waits(
    chance: random.Random, ward: Ward, dossier_id: str, received: datetime
) -> list[dict[str, Any]]:
    found: dict[tuple[str, datetime], dict[str, Any]] = {}
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        kind = chance.choice(("supplement", "payment"))
        begun = _later(chance, ward, received)
        answered = None if chance.random() < 0.2 else _later(chance, ward, begun)
        found[kind, begun] = {
            "ward_id": ward.id, "dossier_id": dossier_id, "kind": kind,
            "from_at": begun, "to_at": answered,
        }  # fmt: skip
    return list(found.values())


def _add_due(chance: random.Random, ward: Ward, row: dict[str, Any], received: datetime) -> None:
    kind = chance.random()
    if kind < 0.2:
        row["due_at"] = _later(chance, ward, received)
    elif kind < 0.3:
        row["due_on"] = _later(chance, ward, received).astimezone(ward.zone).date()


def _add_end(
    chance: random.Random, ward: Ward, row: dict[str, Any], received: datetime, fate: float
) -> None:
    if fate < 0.35:
        return
    at = row["due_at"] if row["due_at"] and chance.random() < 0.3 else None
    at = at or _later(chance, ward, received, 7)
    if fate < 0.42:
        row |= {"status": 8, "stopped_at": at}
    elif fate < 0.48:
        row |= {"status": 7, "withdrawn_at": at}
    elif fate < 0.6:
        row |= {"status": 10, "returned_at": at}
    else:
        row |= {"status": 9, "processed_at": at}
        if chance.random() < 0.6:
            row |= {"status": 10, "returned_at": _later(chance, ward, at)}
