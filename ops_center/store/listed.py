"""The rows of a list by their ids, and everything about one dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select

from ops_center.domain.waiting import Wait
from ops_center.store.histories import EventRow
from ops_center.store.tables import (
    dossier,
    dossier_clock,
    dossier_event,
    dossier_span,
    source,
    waiting,
)

Span = tuple[str, datetime, datetime | None]

_OF_DOSSIER = ("source_id", "code", "status", "applicant")
_OF_CLOCK = (
    "dossier_id", "hub_id", "procedure_id", "channel_level", "official_id", "submitted_at",
    "accepted_at", "refused_day", "received_at", "due_at", "overdue_at", "ended_at", "end_kind",
    "outcome", "processed_at", "returned_at", "worked_minutes",
)  # fmt: skip
_AT_ONCE = 1000

_same = and_(
    dossier.c.ward_id == dossier_clock.c.ward_id, dossier.c.id == dossier_clock.c.dossier_id
)
_listed = (
    select(*(dossier.c[name] for name in _OF_DOSSIER), *(dossier_clock.c[n] for n in _OF_CLOCK))
    .select_from(dossier_clock.join(dossier, _same))
    .where(
        dossier_clock.c.ward_id == bindparam("ward_id"),
        dossier_clock.c.dossier_id.in_(bindparam("ids", expanding=True)),
    )
)
_spans = select(
    dossier_span.c.dossier_id, dossier_span.c.state, dossier_span.c.from_at, dossier_span.c.to_at
).where(
    dossier_span.c.ward_id == bindparam("ward_id"),
    dossier_span.c.dossier_id.in_(bindparam("ids", expanding=True)),
)


def find_listed(
    connection: Connection, ward_id: str, ids: Sequence[str]
) -> dict[str, tuple[Row[Any], list[Span]]]:
    """What a list shows of each of these dossiers, and its spans."""
    found: dict[str, tuple[Row[Any], list[Span]]] = {}
    for part in (ids[n : n + _AT_ONCE] for n in range(0, len(ids), _AT_ONCE)):
        values = {"ward_id": ward_id, "ids": list(part)}
        found |= {row.dossier_id: (row, []) for row in connection.execute(_listed, values)}
        for dossier_id, *span in connection.execute(_spans, values):
            if dossier_id in found:
                found[dossier_id][1].append((span[0], span[1], span[2]))
    return found


def find_coded(
    connection: Connection, ward_id: str, pattern: str, most: int
) -> list[str] | None:
    """The dossiers whose code in small letters is like that; None where there are more than that.

    LIKE's own letters are escaped by a backslash.
    """
    sources = select(source.c.id).where(source.c.ward_id == ward_id)
    rows = (
        select(dossier.c.id)
        .where(dossier.c.ward_id == ward_id)
        # Through the list of sources: SQLite then reads the unique key instead of the dossiers.
        .where(dossier.c.source_id.in_(list(connection.execute(sources).scalars())))
        .where(func.lower(dossier.c.code).like(pattern, escape="\\"))
        .limit(most + 1)
    )
    found = list(connection.execute(rows).scalars())
    return found if len(found) <= most else None


@dataclass(frozen=True)
class Whole:
    """All rows of one dossier."""

    facts: Mapping[str, Any]
    clock: Mapping[str, Any] | None
    events: tuple[EventRow, ...]
    waits: tuple[Wait, ...]
    spans: tuple[Span, ...]


def find_ids(connection: Connection, ward_id: str, code: str) -> dict[str, str]:
    """Source id → dossier id of each dossier of that code."""
    # Through the list of sources, so that the unique key finds it.
    sources = select(source.c.id).where(source.c.ward_id == ward_id)
    rows = connection.execute(
        select(dossier.c.source_id, dossier.c.id)
        .where(dossier.c.ward_id == ward_id, dossier.c.code == code)
        .where(dossier.c.source_id.in_(list(connection.execute(sources).scalars())))
        .order_by(dossier.c.source_id)
    )
    return {row.source_id: row.id for row in rows}


def find_whole(connection: Connection, ward_id: str, dossier_id: str) -> Whole | None:
    """Everything about the dossier of that id."""
    facts = _one(connection, dossier, "id", ward_id, dossier_id)
    if facts is None:
        return None
    event = dossier_event.c
    columns = (event.at, event.kind, event.key, event.status, event.actor, event.note)
    events = connection.execute(
        select(*columns)
        .where(event.ward_id == ward_id, event.dossier_id == dossier_id)
        .order_by(event.at, event.status, event.kind, event.key)
    )
    waits = connection.execute(
        select(waiting.c.kind, waiting.c.from_at, waiting.c.to_at)
        .where(waiting.c.ward_id == ward_id, waiting.c.dossier_id == dossier_id)
        .order_by(waiting.c.from_at)
    )
    spans = connection.execute(_spans, {"ward_id": ward_id, "ids": [dossier_id]})
    return Whole(
        facts,
        _one(connection, dossier_clock, "dossier_id", ward_id, dossier_id),
        tuple(EventRow(*row) for row in events),
        tuple(Wait(*row) for row in waits),
        tuple(sorted(((s, a, b) for _, s, a, b in spans), key=lambda one: one[1])),
    )


def _one(
    connection: Connection, table: Any, key: str, ward_id: str, dossier_id: str
) -> Mapping[str, Any] | None:
    query = select(table).where(table.c.ward_id == ward_id, table.c[key] == dossier_id)
    row = connection.execute(query).first()
    return None if row is None else dict(row._mapping)


def stream(
    connection: Connection, statement: Any, values: Mapping[str, Any], size: int
) -> Iterator[Sequence[Any]]:
    """The rows of a long answer in parts, of which one at a time is in memory."""
    options = {"stream_results": True, "yield_per": size}
    result = connection.execute(statement, values, execution_options=options)
    yield from result.partitions(size)
