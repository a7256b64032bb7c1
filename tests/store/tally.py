"""The roll-ups counted by hand: every dossier read from the raw tables and put into dictionaries.

Written from the definitions of the columns, without a line of the SQL that fills them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ops_center.domain.dossier import Clock, Facts, Kept, Wait, derive
from ops_center.domain.working_days import local_day
from ops_center.store.rules import WardRules, find_rules
from ops_center.store.tables import FLOWS, cell, dossier, dossier_clock, duration_cell, hub_cell
from ops_center.store.tables import waiting as waiting_table

Place = tuple[Any, ...]


@dataclass
class Tally:
    """Sums that are not 0, by their place."""

    cells: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    hubs: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    durations: Counter[Place] = field(default_factory=Counter)

    def add(self, day: date | None, place: Place, flow: str, amount: int = 1) -> None:
        if day is not None and amount:
            self.cells[day, *place][flow] += amount
            self.hubs[day, place[0]][flow] += amount


def counted(connection: Connection, ward_id: str, *, keep: bool = True) -> Tally:
    """What the roll-ups should hold. `keep`: ended dossiers keep the due times they have."""
    rules = find_rules(connection, ward_id)
    tally = Tally()
    for facts, clock in _clocks(connection, rules, keep):
        place = (clock.hub_id, clock.procedure_id, clock.channel_level)
        _count_reception(tally, facts, clock, place)
        _count_end(tally, clock, place)
        for span in clock.spans:
            tally.add(local_day(span.from_at, rules.ward.zone), place, f"{span.state}_in")
            left = span.to_at and local_day(span.to_at, rules.ward.zone)
            tally.add(left, place, f"{span.state}_out")
    return tally


def written(connection: Connection, ward_id: str) -> Tally:
    """What the roll-ups hold."""
    tally = Tally()
    for table, found, size in ((cell, tally.cells, 4), (hub_cell, tally.hubs, 2)):
        for row in connection.execute(select(table).where(table.c.ward_id == ward_id)):
            flows = Counter({f: getattr(row, f) for f in FLOWS if getattr(row, f)})
            if flows:
                found[tuple(row[1 : size + 1])] = flows
    rows = connection.execute(select(duration_cell).where(duration_cell.c.ward_id == ward_id))
    for row in rows:
        tally.durations[tuple(row[1:-1])] = row.n
    return tally


def _count_reception(tally: Tally, facts: Facts, clock: Clock, place: Place) -> None:
    tally.add(clock.submitted_day, place, "submitted")
    if facts.submitted_at:
        tally.add(clock.accepted_day, place, "accepted")
    tally.add(clock.refused_day, place, "refused")
    tally.add(clock.received_day, place, "received")
    tally.add(clock.received_day, place, "online", facts.channel == "online")
    end_to_end = facts.channel == "online" and facts.level == "end_to_end"
    tally.add(clock.received_day, place, "end_to_end", end_to_end)
    tally.add(clock.received_day, place, "post", facts.channel == "post")


def _count_end(tally: Tally, clock: Clock, place: Place) -> None:
    day = clock.ended_day
    if clock.end_kind in ("stopped", "withdrawn"):
        tally.add(day, place, clock.end_kind)
    if clock.end_kind != "done" or clock.worked_minutes is None or clock.outcome is None:
        return
    late = clock.outcome == "late"
    rated = clock.rating is not None
    flows = {
        clock.outcome: 1,
        "with_fee": bool(clock.fee),
        "paid_online": clock.paid_online,
        "result_qualifying": clock.result_qualifying,
        "result_electronic": clock.result_electronic,
        "digitisable": clock.digitised is not None,
        "digitised": bool(clock.digitised),
        "reusable": clock.reused is not None,
        "reused": bool(clock.reused),
        "population_qualifying": clock.population_used is not None,
        "population_used": bool(clock.population_used),
        "complained": clock.complained,
        "complained_or_late": clock.complained or late,
        "rated": rated,
        "satisfied": rated and (clock.rating or 0) >= 4,
        "rating_sum": clock.rating or 0,
        "timed": 1,
        "worked_minutes": clock.worked_minutes,
        "processed": clock.processed_at is not None,
    }
    for name, amount in flows.items():
        tally.add(day, place, name, int(amount))
    tally.add(clock.returned_day, place, "returned")
    assert clock.duration_bin is not None
    tally.durations[day, *place, clock.duration_bin] += 1


def _clocks(connection: Connection, rules: WardRules, keep: bool) -> Iterator[tuple[Facts, Clock]]:
    ward_id = rules.ward.id
    waits: dict[str, list[Wait]] = defaultdict(list)
    for row in connection.execute(select(waiting_table).where(waiting_table.c.ward_id == ward_id)):
        waits[row.dossier_id].append(Wait(row.kind, row.from_at, row.to_at))
    kept = _kept(connection, ward_id) if keep else {}
    names = [one.name for one in fields(Facts) if one.name in dossier.c]
    for row in connection.execute(select(dossier).where(dossier.c.ward_id == ward_id)):
        known = {name: getattr(row, name) for name in names}
        trait = rules.traits[row.procedure_id]
        known["hub_id"] = rules.moves[row.hub_id]
        facts = Facts(
            **known, waits=tuple(waits[row.id]), result_document=trait.result_document,
            reusable=trait.reusable, population_data=trait.population_data,
        )  # fmt: skip
        yield facts, derive(facts, trait.limit, rules.by_source[row.source_id], kept.get(row.id))


def _kept(connection: Connection, ward_id: str) -> dict[str, Kept]:
    rows = connection.execute(
        select(dossier_clock).where(
            dossier_clock.c.ward_id == ward_id, dossier_clock.c.ended_at.is_not(None)
        )
    )
    return {row.dossier_id: Kept(row.due_basis, row.due_at, row.overdue_at) for row in rows}


def instant(text: str) -> datetime:
    """``2026-08-05T01:30Z``."""
    return datetime.fromisoformat(text)
