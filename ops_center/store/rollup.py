"""The roll-ups: kept equal to the facts, proved equal, rebuilt.

A round takes the marks that the database left for every written dossier, derives those dossiers'
clocks, computes the cells they left or entered anew, and deletes exactly the marks it took. Every
function here works within the caller's transaction, which must see one instant (`writing` with
``repeatable=True``) and must have made sure that it is the only one: `alone`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from ops_center.store import aside, cells, clocks, statistics
from ops_center.store.cells import Wrong
from ops_center.store.clocks import Stored
from ops_center.store.measure import Measure
from ops_center.store.rows import insert_missing
from ops_center.store.rules import find_rules, follow
from ops_center.store.sources import heard
from ops_center.store.system import find_revision
from ops_center.store.tables import (
    change,
    dossier,
    lease,
    revision,
)

LEASE = "refresher"
"""The name of the lease that whoever sums a ward must hold."""

Progress = Callable[[int, int], None]
"""Told how many dossiers are done and how many there are."""


class Mark(NamedTuple):
    """A dossier was written: one row of ``change``.

    A mark without a dossier ('') says that screens have news where nothing is to be summed.
    """

    id: str
    dossier_id: str
    source_id: str | None
    at: datetime


@dataclass(frozen=True)
class Round:
    """What one round did, and the ward's revision after it."""

    marks: int
    dossiers: int
    cells: int
    revision: int


@dataclass(frozen=True)
class Difference:
    """What is written is not what follows from the facts."""

    table: str
    key: tuple[Any, ...]
    column: str
    written: Any
    expected: Any


def refresh(
    connection: Connection,
    ward_id: str,
    measures: Sequence[Measure],
    *,
    now: datetime,
    most: int = 5000,
    marks: Sequence[Mark] | None = None,
) -> Round | None:
    """One round over the oldest `most` marks, or over `marks`; None when nothing was to do.

    Of a dossier that a defect keeps from being derived the marks stay, and it is set aside.
    """
    rules = find_rules(connection, ward_id)
    follow(connection, rules)
    taken = marks
    if taken is None:
        resting = aside.resting(connection, ward_id, now)
        taken = find_marks(connection, ward_id, most, without=resting)
    if not taken:
        return None
    ids = sorted({mark.dossier_id for mark in taken} - {""})
    number = _advance(connection, ward_id, now)
    touched = clocks.renew(connection, rules, ids)
    cells.recompute(connection, ward_id, measures, touched, number)
    aside.settle(connection, ward_id, ids, touched.failed, now)
    _settle(connection, ward_id, [mark for mark in taken if mark.dossier_id not in touched.failed])
    return Round(len(taken), len(ids), len(touched.days), number)


def rebuild(
    connection: Connection,
    ward_id: str,
    measures: Sequence[Measure],
    *,
    now: datetime,
    dues: bool = False,
    progress: Progress | None = None,
) -> int:
    """Derive every clock and compute every cell anew; returns the new revision.

    `dues`: ended dossiers get due times by today's calendar and limits too.
    """
    rules = find_rules(connection, ward_id)
    follow(connection, rules)
    total, done = clocks.count(connection, ward_id), 0
    failed: clocks.Failed = {}
    for ids in clocks.all_ids(connection, ward_id):
        renewed = clocks.renew(connection, rules, ids, dues=dues)
        failed |= renewed.failed
        aside.settle(connection, ward_id, ids, renewed.failed, now)
        done += len(ids)
        if progress:
            progress(min(done, total), total)
    number = _advance(connection, ward_id, now)
    cells.recompute_all(connection, ward_id, measures, number)
    connection.execute(delete(change).where(change.c.ward_id == ward_id))
    if failed:
        rows = [{"ward_id": ward_id, "dossier_id": id} for id in failed]
        connection.execute(insert(change), rows)
    statistics.gather(connection)
    return number


def check(
    connection: Connection, ward_id: str, measures: Sequence[Measure]
) -> Iterator[Difference]:
    """Every place where clocks are not what follows from the facts, or cells not from the clocks.

    Dossiers whose change waits to be summed are left out: they are late, not wrong.
    """
    rules = find_rules(connection, ward_id)
    for ids in clocks.all_ids(connection, ward_id):
        waiting = _waiting(connection, ward_id, ids)
        settled = [id for id in ids if id not in waiting]
        pairs, failed = clocks.compare(connection, rules, settled)
        for id, error in failed.items():
            yield Difference("dossier_clock", (id,), "*", "?", f"{type(error).__name__}: {error}")
        for id, written, expected in pairs:
            if written != expected:
                yield from _clock_differences(id, written, expected)
    for wrong in cells.differing(connection, ward_id, measures):
        yield from _cell_differences(wrong)


def alone(connection: Connection, ward_id: str) -> None:
    """Make this transaction the only one that sums the ward, whoever holds the lease.

    Any other waits; on PostgreSQL it then starts over, since it may have seen older facts.
    """
    row = {
        "ward_id": ward_id,
        "name": LEASE,
        "holder": "",
        "until": datetime(1970, 1, 1, tzinfo=UTC),
    }
    insert_missing(connection, lease, [row], ("ward_id", "name"))
    ours = (lease.c.ward_id == ward_id) & (lease.c.name == LEASE)
    connection.execute(update(lease).where(ours).values(until=lease.c.until))


# --- marks


def pending(
    connection: Connection, ward_id: str, most: int, without: Collection[str] = ()
) -> int:
    """How many marks wait to be summed; counting stops at `most`."""
    some = select(change.c.id).where(_marks(ward_id, without)).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def find_marks(
    connection: Connection, ward_id: str, most: int, without: Collection[str] = ()
) -> list[Mark]:
    """The oldest marks of the ward, those of some dossiers left out."""
    rows = select(*_MARK).where(_marks(ward_id, without)).order_by(change.c.at).limit(most)
    return [Mark(*row) for row in connection.execute(rows)]


def plan(
    connection: Connection, ward_id: str, most: int = 200_000, without: Collection[str] = ()
) -> list[Mark]:
    """The oldest `most` marks in the order in which their dossiers were received.

    Taken part by part in this order each part touches few days, and a day is not computed again
    in every part.
    """
    same = (dossier.c.ward_id == change.c.ward_id) & (dossier.c.id == change.c.dossier_id)
    rows = (
        select(*_MARK, dossier.c.received_at)
        .select_from(change.outerjoin(dossier, same))
        .where(_marks(ward_id, without))
        .order_by(change.c.at)
        .limit(most)
    )
    early = datetime(1, 1, 1, tzinfo=UTC)
    found = [(received or early, Mark(*mark)) for *mark, received in connection.execute(rows)]
    found.sort(key=lambda one: (one[0], one[1].dossier_id))
    return [mark for _, mark in found]


def _marks(ward_id: str, without: Collection[str]) -> ColumnElement[bool]:
    here = change.c.ward_id == ward_id
    return and_(here, change.c.dossier_id.not_in(without)) if without else here


_MARK = (change.c.id, change.c.dossier_id, change.c.source_id, change.c.at)


def _settle(connection: Connection, ward_id: str, taken: Sequence[Mark]) -> None:
    """Forget exactly these marks; their sources were heard when they were left."""
    ids = [mark.id for mark in taken]
    connection.execute(delete(change).where(change.c.ward_id == ward_id, change.c.id.in_(ids)))
    last: dict[str, datetime] = {}
    for mark in taken:
        if mark.source_id is not None:
            last[mark.source_id] = max(mark.at, last.get(mark.source_id, mark.at))
    for source_id, at in sorted(last.items()):
        heard(connection, ward_id, source_id, at)


def _waiting(connection: Connection, ward_id: str, ids: Sequence[str]) -> set[str]:
    rows = select(change.c.dossier_id).where(
        change.c.ward_id == ward_id, change.c.dossier_id.in_(ids)
    )
    return set(connection.execute(rows).scalars())


def _advance(connection: Connection, ward_id: str, now: datetime) -> int:
    """The next revision. It is kept even where the ward's row is missing."""
    insert_missing(connection, revision, [{"ward_id": ward_id}], ("ward_id",))
    number = revision.c.number + 1
    connection.execute(
        update(revision).where(revision.c.ward_id == ward_id).values(number=number, at=now)
    )
    return find_revision(connection, ward_id).number


# --- differences


def _clock_differences(
    id: str, written: Stored | None, expected: Stored | None
) -> Iterator[Difference]:
    if written is None or expected is None:
        yield Difference("dossier_clock", (id,), "*", bool(written), bool(expected))
        return
    for name, one, other in zip(clocks.COLUMNS, written.clock, expected.clock, strict=True):
        if one != other:
            yield Difference("dossier_clock", (id,), name, one, other)
    if written.spans != expected.spans:
        spans = (sorted(written.spans - expected.spans), sorted(expected.spans - written.spans))
        yield Difference("dossier_span", (id,), "*", *spans)


def _cell_differences(wrong: Wrong) -> Iterator[Difference]:
    written, expected = wrong.written, wrong.expected
    if written is None or expected is None:
        place = (written or expected or ())[1 : wrong.key]
        yield Difference(wrong.table, place, "*", bool(written), bool(expected))
        return
    for name, one, other in zip(wrong.columns, written, expected, strict=True):
        if one != other:
            yield Difference(wrong.table, written[1 : wrong.key], name, one, other)
