"""The clocks of dossiers: facts read, derived, and written beside them.

Only what differs is written. Whoever asks for it learns which days of which hubs a dossier left
and entered, since there the roll-ups have to be computed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select

from ops_center.domain.dossier import Clock, Facts, Kept, Wait, derive
from ops_center.domain.working_days import local_day
from ops_center.store.bulk import insert_rows
from ops_center.store.rules import WardRules
from ops_center.store.tables import dossier, dossier_clock, dossier_span, waiting

Spot = tuple[date, str, str, str]
"""A local day, a hub, a procedure and a channel level: a cell of the roll-ups."""

Timed = tuple[date, str, str, str, int]
"""A spot and a duration's bin."""

CHUNK = 5000
"""Dossiers that are in memory at once."""

Row = tuple[Any, ...]

_FACTS = tuple(one.name for one in fields(Facts) if one.name in dossier.c)
COLUMNS = tuple(one.name for one in fields(Clock) if one.name != "spans")
"""The columns of a clock, in the order of `Stored.clock`."""

_SPAN = tuple(c.name for c in dossier_span.c if c.name not in ("ward_id", "dossier_id"))
_clock_row = attrgetter(*COLUMNS)
_DAYS = [COLUMNS.index(name) for name in COLUMNS if name.endswith("_day")]
_PLACE = [COLUMNS.index(name) for name in ("hub_id", "procedure_id", "channel_level")]
_ENDED_DAY, _BIN = COLUMNS.index("ended_day"), COLUMNS.index("duration_bin")
_KEPT = [COLUMNS.index(name) for name in ("due_basis", "due_at", "overdue_at")]
_ENDED = COLUMNS.index("ended_at")
_SPAN_DAYS = [_SPAN.index("from_day"), _SPAN.index("to_day")]
_SPAN_PLACE = [_SPAN.index(name) for name in ("hub_id", "procedure_id", "channel_level")]


@dataclass(frozen=True)
class Stored:
    """What is written beside a dossier: its clock's columns and its spans' columns, in order."""

    clock: Row
    spans: frozenset[Row]

    def spots(self) -> Iterator[Spot]:
        """Where it counts in the roll-ups."""
        for row, days, place in (
            (self.clock, _DAYS, _PLACE), *((span, _SPAN_DAYS, _SPAN_PLACE) for span in self.spans)
        ):  # fmt: skip
            hub, procedure, level = (row[index] for index in place)
            for index in days:
                if row[index] is not None:
                    yield row[index], hub, procedure, level

    def timed(self) -> Iterator[Timed]:
        """Where it counts in the roll-ups of durations."""
        day, half_hours = self.clock[_ENDED_DAY], self.clock[_BIN]
        if day is not None and half_hours is not None:
            hub, procedure, level = (self.clock[index] for index in _PLACE)
            yield day, hub, procedure, level, half_hours

    def kept(self) -> Kept | None:
        """The due time that outlives a change of calendar or limit: that of an ended dossier."""
        return Kept(*(self.clock[i] for i in _KEPT)) if self.clock[_ENDED] else None


Pair = tuple[str, Stored | None, Stored | None]
"""A dossier's id, what is written beside it, and what follows from its facts; None: nothing."""

Failed = dict[str, Exception]
"""Dossiers from whose facts nothing could be derived, for a defect that nobody foresaw."""


@dataclass(frozen=True)
class Touched:
    """The cells that dossiers left and those they entered, or stayed in with other values.

    `timed`: the cells of durations, of both kinds.
    """

    left: set[Spot]
    entered: set[Spot]
    timed: set[Timed]
    failed: Failed

    @property
    def all(self) -> set[Spot]:
        return self.left | self.entered

    @property
    def days(self) -> set[tuple[date, str]]:
        """The days of hubs that the cells lie in."""
        return {spot[:2] for spot in self.all}


def renew(
    connection: Connection, rules: WardRules, ids: Sequence[str], *, dues: bool = False
) -> Touched:
    """Derive these dossiers' clocks and write those that differ.

    An id without a dossier loses its clock; one that failed keeps what is written. `dues`: ended
    dossiers get new computed due times.
    """
    touched = Touched(set(), set(), set(), {})
    for part in _chunks(ids):
        compared, failed = compare(connection, rules, part, dues=dues)
        touched.failed.update(failed)
        pairs = [pair for pair in compared if pair[1] != pair[2]]
        _write(connection, rules.ward.id, pairs)
        for _, old, new in pairs:
            touched.left.update(old.spots() if old else ())
            touched.entered.update(new.spots() if new else ())
            for one in (old, new):
                touched.timed.update(one.timed() if one else ())
    return touched


def compare(
    connection: Connection, rules: WardRules, ids: Sequence[str], *, dues: bool = False
) -> tuple[list[Pair], Failed]:
    """What is written beside each of these dossiers and what should be, and those that failed."""
    stored = _stored(connection, rules.ward.id, ids)
    failed: Failed = {}
    derived = dict(_derived(connection, rules, ids, {} if dues else stored, failed))
    return [(id, stored.get(id), derived.get(id)) for id in ids if id not in failed], failed


def all_ids(connection: Connection, ward_id: str, size: int = CHUNK) -> Iterator[list[str]]:
    """The ids of all dossiers of the ward and of all clocks without one, in chunks."""
    for table, column in ((dossier, dossier.c.id), (dossier_clock, dossier_clock.c.dossier_id)):
        last = ""
        while found := _ids_after(connection, table, column, ward_id, last, size):
            last = found[-1]
            yield found if table is dossier else _without_dossier(connection, ward_id, found)


def count(connection: Connection, ward_id: str) -> int:
    """How many dossiers the ward has."""
    rows = select(func.count()).select_from(dossier).where(dossier.c.ward_id == ward_id)
    return int(connection.execute(rows).scalar_one())


# --- reading


def _stored(connection: Connection, ward_id: str, ids: Sequence[str]) -> dict[str, Stored]:
    spans: dict[str, list[Row]] = {}
    for id, *span in _rows(connection, dossier_span, "dossier_id", _SPAN, ward_id, ids):
        spans.setdefault(id, []).append(tuple(span))
    return {
        id: Stored(tuple(clock), frozenset(spans.get(id, ())))
        for id, *clock in _rows(connection, dossier_clock, "dossier_id", COLUMNS, ward_id, ids)
    }


def facts_of(
    connection: Connection, rules: WardRules, ids: Sequence[str]
) -> Iterator[tuple[str, str, Facts]]:
    """(dossier id, source id, facts) of each of these dossiers."""
    for id, source_id, values, waits in _told(connection, rules, ids):
        yield id, source_id, _facts(rules, values, waits)


def _derived(
    connection: Connection,
    rules: WardRules,
    ids: Sequence[str],
    stored: Mapping[str, Stored],
    failed: Failed,
) -> Iterator[tuple[str, Stored]]:
    for id, source_id, values, waits in _told(connection, rules, ids):
        kept = stored[id].kept() if id in stored else None
        try:
            yield id, _follows(rules, source_id, _facts(rules, values, waits), kept)
        except Exception as error:  # one dossier must not stop the ward; the caller tells
            failed[id] = error


def _told(
    connection: Connection, rules: WardRules, ids: Sequence[str]
) -> Iterator[tuple[str, str, Sequence[Any], tuple[Wait, ...]]]:
    """(dossier id, source id, columns, waits) as the sources wrote them."""
    ward_id = rules.ward.id
    waits: dict[str, list[Wait]] = {}
    columns = ("kind", "from_at", "to_at")
    for id, *wait in _rows(connection, waiting, "dossier_id", columns, ward_id, ids):
        waits.setdefault(id, []).append(Wait(*wait))
    names = ("source_id", *_FACTS)
    for id, source_id, *values in _rows(connection, dossier, "id", names, ward_id, ids):
        yield id, source_id, values, tuple(waits.get(id, ()))


def _facts(rules: WardRules, values: Sequence[Any], waits: tuple[Wait, ...]) -> Facts:
    known = dict(zip(_FACTS, values, strict=True))
    trait = rules.trait(known["procedure_id"])
    known["hub_id"] = rules.hub(known["hub_id"])
    return Facts(
        **known,
        waits=waits,
        result_document=trait.result_document,
        reusable=trait.reusable,
        population_data=trait.population_data,
    )


def _follows(rules: WardRules, source_id: str, facts: Facts, kept: Kept | None) -> Stored:
    limit = rules.trait(facts.procedure_id).limit
    clock = derive(facts, limit, rules.of(source_id), kept)
    return Stored(_clock_row(clock), _spans(clock, rules.calendar.zone))


def _spans(clock: Clock, zone: Any) -> frozenset[Row]:
    if not clock.spans:
        return frozenset()
    place = (clock.hub_id, clock.procedure_id, clock.channel_level)
    return frozenset(
        (
            span.state,
            span.from_at,
            local_day(span.from_at, zone),
            span.to_at,
            span.to_at and local_day(span.to_at, zone),
            *place,
        )
        for span in clock.spans
    )


def _rows(
    connection: Connection,
    table: Table,
    key: str,
    names: Sequence[str],
    ward_id: str,
    ids: Sequence[str],
) -> Iterable[Any]:
    wanted = and_(table.c.ward_id == ward_id, _among(table.c[key], ids))
    columns = [table.c[name] for name in names]
    return connection.execute(select(table.c[key], *columns).where(wanted))


def _among(column: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = column.in_(ids)
    return wanted


def _ids_after(
    connection: Connection, table: Table, column: Any, ward_id: str, last: str, size: int
) -> list[str]:
    rows = select(column).where(table.c.ward_id == ward_id, column > last)
    return list(connection.execute(rows.order_by(column).limit(size)).scalars())


def _without_dossier(connection: Connection, ward_id: str, ids: Sequence[str]) -> list[str]:
    there = {id for (id,) in _rows(connection, dossier, "id", (), ward_id, ids)}
    return [id for id in ids if id not in there]


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while part := list(islice(rest, CHUNK)):
        yield part


# --- writing


def _write(connection: Connection, ward_id: str, pairs: Sequence[Pair]) -> None:
    old = [id for id, stored, _ in pairs if stored]
    for table in (dossier_clock, dossier_span) if old else ():
        here = and_(table.c.ward_id == ward_id, _among(table.c.dossier_id, old))
        connection.execute(delete(table).where(here))
    clocks = [(ward_id, id, *new.clock) for id, _, new in pairs if new]
    spans = [(ward_id, id, *span) for id, _, new in pairs if new for span in new.spans]
    insert_rows(connection, dossier_clock, ("ward_id", "dossier_id", *COLUMNS), clocks)
    insert_rows(connection, dossier_span, ("ward_id", "dossier_id", *_SPAN), spans)
