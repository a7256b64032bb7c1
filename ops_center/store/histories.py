"""What belongs to a dossier in rows of its own: the steps of its life, and its waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select, update

from ops_center.domain.waiting import Wait
from ops_center.store.bulk import insert_rows
from ops_center.store.instant import to_millisecond
from ops_center.store.tables import dossier_event, waiting

_AT_ONCE = 1000  # values of one IN list; SQLite allows 32,766 in all

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step in the life of a dossier; `key` is the source's own id of the step, or empty."""

    at: datetime
    kind: str
    key: str = ""
    status: int | None = None
    actor: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Part:
    """A table of what belongs to a dossier: what makes a row the same, and what it says."""

    table: Table
    same: tuple[str, ...]
    says: tuple[str, ...]
    values: Callable[[Any], Values]


def _event_values(event: EventRow) -> Values:
    return {
        "at": to_millisecond(event.at), "kind": event.kind, "key": event.key,
        "status": event.status, "actor": event.actor, "note": event.note,
    }  # fmt: skip


def _wait_values(wait: Wait) -> Values:
    return {
        "kind": wait.kind,
        "from_at": to_millisecond(wait.from_at),
        "to_at": to_millisecond(wait.to_at) if wait.to_at else None,
    }


EVENTS = Part(dossier_event, ("at", "kind", "key"), ("status", "actor", "note"), _event_values)
WAITS = Part(waiting, ("kind", "from_at"), ("to_at",), _wait_values)


def keep_history(
    connection: Connection,
    ward_id: str,
    part: Part,
    told: Mapping[str, Sequence[Any]],
    old_ids: set[str],
) -> set[str]:
    """Add what is missing, correct what is said otherwise; the dossier ids that were touched."""
    held = _held(connection, ward_id, part, [key for key in told if key in old_ids])
    missing: dict[tuple[Any, ...], Values] = {}
    corrected: dict[str, Values] = {}
    for dossier_id, items in told.items():
        for item in items:
            values = part.values(item) | {"dossier_id": dossier_id}
            key = (dossier_id, *(values[name] for name in part.same))
            old = held.get(key)
            if old is None:
                missing[key] = missing.get(key, {}) | _spoken(values, missing.get(key))
            elif any(values[n] is not None and values[n] != getattr(old, n) for n in part.says):
                corrected[old.id] = values
    insert_values(connection, part.table, list(missing.values()), ward_id=ward_id)
    _rewrite(connection, ward_id, part, corrected)
    return {v["dossier_id"] for v in (*missing.values(), *corrected.values())}


def _spoken(values: Values, before: Values | None) -> Values:
    """Of a row told twice, silence does not erase what was said."""
    return values if before is None else {n: v for n, v in values.items() if v is not None}


def _held(
    connection: Connection, ward_id: str, part: Part, ids: list[str]
) -> dict[tuple[Any, ...], Row[Any]]:
    query = select(part.table).where(part.table.c.ward_id == ward_id)
    return {
        (row.dossier_id, *(getattr(row, name) for name in part.same)): row
        for some in in_parts(ids)
        for row in connection.execute(query.where(part.table.c.dossier_id.in_(some)))
    }


def _rewrite(
    connection: Connection, ward_id: str, part: Part, corrected: Mapping[str, Values]
) -> None:
    if not corrected:
        return
    column = part.table.c
    said = {
        n: func.coalesce(bindparam(f"_{n}", type_=column[n].type), column[n]) for n in part.says
    }
    statement = (
        update(part.table)
        .where(column.ward_id == ward_id, column.id == bindparam("_id"))
        .values(said)
    )
    rows = [
        {"_id": key, **{f"_{n}": values[n] for n in part.says}} for key, values in corrected.items()
    ]
    connection.execute(statement, rows)


# ---------------------------------------------------------------- many rows


def insert_values(connection: Connection, table: Table, rows: list[Values], **fixed: Any) -> None:
    """Insert rows that all have the same columns in the same order; `fixed` is in each."""
    if rows:
        told = [(*fixed.values(), *row.values()) for row in rows]
        insert_rows(connection, table, (*fixed, *rows[0]), told)


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for an IN."""
    listed = list(values)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
