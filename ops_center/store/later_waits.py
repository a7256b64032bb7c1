"""Waits that began after an instant and pushed a due time which then lay elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Text, and_, bindparam, select

from ops_center.store.grouping import quietly
from ops_center.store.instant import Instant
from ops_center.store.tables import dossier, dossier_clock, dossier_span, source


@dataclass(frozen=True)
class Pushed:
    """A dossier with a computed due time, and the answered waits that pushed it later on."""

    dossier_id: str
    due_at: datetime
    waits: tuple[tuple[datetime, datetime], ...]


def pushed_later(connection: Connection, ward_id: str, at: datetime) -> list[Pushed]:
    """Dossiers open and not overdue at `at` whose due time was pushed by waits begun after it."""
    waits: dict[tuple[str, datetime], list[tuple[datetime, datetime]]] = defaultdict(list)
    values = {"ward_id": ward_id, "at": at}
    for dossier_id, due_at, from_at, to_at in connection.execute(_statement(), values):
        waits[dossier_id, due_at].append((from_at, to_at))
    return [Pushed(id, due_at, tuple(parts)) for (id, due_at), parts in waits.items()]


@cache
def _statement() -> Select[Any]:
    """Made once: it is asked twice each second."""
    clock, span = dossier_clock, dossier_span
    ward_id, at = bindparam("ward_id", type_=Text), bindparam("at", type_=Instant)
    pushing = select(source.c.id).where(source.c.ward_id == ward_id, source.c.waiting_pushes_due)
    return (
        select(clock.c.dossier_id, clock.c.due_at, span.c.from_at, span.c.to_at)
        .join_from(span, clock, and_(clock.c.ward_id == span.c.ward_id,
                                     clock.c.dossier_id == span.c.dossier_id))
        .join(dossier, and_(dossier.c.ward_id == clock.c.ward_id,
                            dossier.c.id == clock.c.dossier_id))
        .where(
            span.c.ward_id == ward_id,
            span.c.state == "suspended",
            span.c.to_at >= at,  # by an index; those that began after it are among them
            quietly(span.c.from_at >= at),
            clock.c.received_at < at,
            clock.c.overdue_at >= at,
            clock.c.due_computed,
            dossier.c.source_id.in_(pushing),
        )
    )  # fmt: skip
