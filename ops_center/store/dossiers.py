"""What the sources know about dossiers, written so that saying it twice changes nothing."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, func, select, update

from ops_center.domain.waiting import Wait
from ops_center.store.histories import (
    EVENTS,
    WAITS,
    EventRow,
    Values,
    in_parts,
    insert_values,
    keep_history,
)
from ops_center.store.instant import to_millisecond
from ops_center.store.tables import dossier, person


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One dossier as its source knows it. Instants are aware; names as in the table `dossier`.

    `official` is the official's name. `due_on` is a due time that is only a date.
    """

    code: str
    hub_id: str
    procedure_id: str
    channel: str
    status: int
    level: str | None = None
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    processed_at: datetime | None = None
    returned_at: datetime | None = None
    stopped_at: datetime | None = None
    withdrawn_at: datetime | None = None
    supplement_count: int = 0
    fee: int | None = None
    payment: str | None = None
    result_electronic: bool | None = None
    components_digitised: bool | None = None
    data_reused: bool | None = None
    population_data_used: bool | None = None
    complained: bool = False
    rating: int | None = None
    official: str | None = None
    applicant: str | None = None
    waits: tuple[Wait, ...] = ()
    events: tuple[EventRow, ...] = ()


FACTS = frozenset(field.name for field in fields(DossierRow)) - {"code", "waits", "events"}
"""The columns of a dossier that its source may state or leave unsaid."""

TIMES = tuple(name for name in sorted(FACTS) if name.endswith("_at"))


@dataclass(frozen=True)
class Recorded:
    """How many dossiers a call made, changed (steps and waits included) and left alone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(
            self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged
        )


Outcome = Literal["new", "changed", "unchanged"]


def record(
    connection: Connection,
    ward_id: str,
    source_id: str,
    rows: Sequence[DossierRow],
    *,
    now: datetime,
    only: frozenset[str] = FACTS,
) -> Recorded:
    """Write these dossiers of one source, as `record_each`, and count what came of them."""
    found = record_each(connection, ward_id, source_id, rows, now=now, only=only)
    return tally(found.values())


def tally(outcomes: Iterable[Outcome]) -> Recorded:
    """How many there were of each."""
    counts = Counter(outcomes)
    return Recorded(counts["new"], counts["changed"], counts["unchanged"])


def record_each(
    connection: Connection,
    ward_id: str,
    source_id: str,
    rows: Sequence[DossierRow],
    *,
    now: datetime,
    only: frozenset[str] = FACTS,
) -> dict[str, Outcome]:
    """Write these dossiers of one source inside the caller's transaction: what came of each code.

    Only what differs is touched, and stamped with `now`. Facts not in `only` are left as they are
    where the dossier is known already. Of several rows with one code the last counts, with the
    steps of all. Steps and waits are added or corrected, never removed; a wait that was closed
    stays closed.
    """
    _one_writer(connection, ward_id, source_id)
    told = _told_once(rows)
    officials = _officials(connection, ward_id, {row.official for row in told.values()})
    known = _known(connection, ward_id, source_id, list(told))
    ids = {code: known[code].id if code in known else uuid.uuid4().hex for code in told}
    said = {code: _facts(row, officials) for code, row in told.items()}
    touched = _correct(connection, ward_id, _compared(said, known, only), now)
    made = [
        {**facts, "id": ids[code], "code": code}
        for code, facts in said.items()
        if code not in known
    ]
    insert_values(connection, dossier, made, ward_id=ward_id, source_id=source_id, written_at=now)
    old_ids = {row.id for row in known.values()}
    steps = {ids[code]: row.events for code, row in told.items() if row.events}
    touched |= keep_history(connection, ward_id, EVENTS, steps, old_ids)
    waits = {ids[code]: row.waits for code, row in told.items() if row.waits}
    touched |= keep_history(connection, ward_id, WAITS, waits, old_ids)
    return {
        code: "new" if code not in known else "changed" if ids[code] in touched else "unchanged"
        for code in told
    }


# ---------------------------------------------------------------- the dossiers themselves


def _one_writer(connection: Connection, ward_id: str, source_id: str) -> None:
    """Two imports of one source take turns; SQLite's write transactions do so anyway."""
    if connection.dialect.name == "postgresql":
        name = f"dossiers of {ward_id} from {source_id}"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _told_once(rows: Sequence[DossierRow]) -> dict[str, DossierRow]:
    told: dict[str, DossierRow] = {}
    for row in rows:
        earlier = told.get(row.code)
        if earlier:
            row = replace(row, events=earlier.events + row.events, waits=earlier.waits + row.waits)
        told[row.code] = row
    return told


def _facts(row: DossierRow, officials: Mapping[str, str]) -> Values:
    facts = {name: getattr(row, name) for name in _PLAIN}
    for name in TIMES:
        moment = getattr(row, name)
        facts[name] = to_millisecond(moment) if moment else None
    facts["official_id"] = officials[row.official] if row.official else None
    return facts


_PLAIN = tuple(sorted(FACTS - set(TIMES) - {"official"}))


def _known(
    connection: Connection, ward_id: str, source_id: str, codes: list[str]
) -> dict[str, Row[Any]]:
    query = select(dossier).where(dossier.c.ward_id == ward_id, dossier.c.source_id == source_id)
    return {
        row.code: row
        for part in in_parts(codes)
        for row in connection.execute(query.where(dossier.c.code.in_(part)))
    }


def _compared(
    said: Mapping[str, Values], known: Mapping[str, Row[Any]], only: frozenset[str]
) -> list[tuple[str, Values]]:
    """The ids of known dossiers and what their source now says otherwise."""
    names = ["official_id" if name == "official" else name for name in sorted(only)]
    found = []
    for code, old in known.items():
        before, after = old._mapping, said[code]
        differing = {name: after[name] for name in names if after[name] != before[name]}
        if differing:
            found.append((old.id, differing))
    return found


def _correct(
    connection: Connection, ward_id: str, corrections: list[tuple[str, Values]], now: datetime
) -> set[str]:
    """One statement for all corrections of the same columns; the ids that were changed."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for dossier_id, values in corrections:
        alike[tuple(values)].append({**values, "_id": dossier_id, "written_at": now})
    for group in alike.values():
        statement = update(dossier).where(
            dossier.c.ward_id == ward_id, dossier.c.id == bindparam("_id")
        )
        connection.execute(statement, group)
    return {dossier_id for dossier_id, _ in corrections}


# ---------------------------------------------------------------- officials


def _officials(connection: Connection, ward_id: str, names: Iterable[str | None]) -> dict[str, str]:
    """The ids of the people of these names; who is new is added."""
    wanted = sorted({name for name in names if name})
    if not wanted:
        return {}
    query = select(person.c.name, person.c.id).where(person.c.ward_id == ward_id)
    found: dict[str, str] = {}
    for part in in_parts(wanted):
        for name, person_id in connection.execute(query.where(person.c.name.in_(part))):
            found[name] = min(person_id, found.get(name, person_id))
    added = {name: uuid.uuid4().hex for name in wanted if name not in found}
    insert_values(
        connection, person, [{"name": n, "id": i} for n, i in added.items()], ward_id=ward_id
    )
    return found | added
