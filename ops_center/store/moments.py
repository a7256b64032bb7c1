"""What just happened: the newest receptions and ends, and when each hub was last heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Date,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from ops_center.store.grouping import quietly
from ops_center.store.instant import Instant
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.tables import field, procedure

_EVENTS = 12
_ARRIVALS = 200


@dataclass(frozen=True)
class Moment:
    """A dossier was received (`kind` "received") or ended (its outcome, or how it ended)."""

    at: datetime
    kind: str
    hub_id: str
    field_id: str
    dossier_id: str


@dataclass(frozen=True)
class Moments:
    """`newest`: of fields that are not sensitive, newest first. `arrivals`: all receptions of late.

    `last`: hub id → its last event of the day asked about.
    """

    newest: list[Moment]
    arrivals: list[Moment]
    last: dict[str, datetime]


def find_moments(
    connection: Connection, ward_id: str, *, now: datetime, today: date, before: date,
    since: datetime, arrived_since: datetime,
) -> Moments:  # fmt: skip
    """Events before `now`: the newest of `today` and the day `before`, and today's others.

    `since` is the start of the day `before`.
    """
    values = {
        "ward_id": ward_id, "now": now, "today": today, "before": before,
        "since": since, "arrived_since": arrived_since,
    }  # fmt: skip
    found = Moments([], [], {})
    for part, at, kind, hub_id, field_id, dossier_id in connection.execute(_statement(), values):
        if part == "last":
            found.last[hub_id] = max(at, found.last.get(hub_id, at))
        else:
            moment = Moment(at, kind, hub_id, field_id, dossier_id)
            (found.newest if part == "newest" else found.arrivals).append(moment)
    found.newest.sort(key=lambda one: (one.at, one.dossier_id, one.kind), reverse=True)
    found.arrivals.sort(key=lambda one: (one.at, one.dossier_id))
    del found.newest[_EVENTS:]
    return found


_ward_id = bindparam("ward_id", type_=Text)
_now = bindparam("now", type_=Instant)
_today, _before = bindparam("today", type_=Date), bindparam("before", type_=Date)


_received = clock.c.received_day


@cache
def _statement() -> CompoundSelect[Any]:
    end = func.coalesce(clock.c.outcome, clock.c.end_kind)
    return union_all(
        *(_newest("received", literal("received"), _received == day) for day in (_today, _before)),
        _newest("ended", end, clock.c.ended_at >= bindparam("since", type_=Instant)),
        _arrivals(),
        *(_last(name) for name in ("submitted", "received", "ended", "returned")),
    )


def _events(part: str, name: str, kind: Any, when: Any) -> Select[Any]:
    """The columns of a `Moment`, newest first; an index gives them in that order."""
    at, columns = clock.c[f"{name}_at"], (clock.c.hub_id, procedure.c.field_id, clock.c.dossier_id)
    return (
        select(literal(part).label("part"), at.label("at"), kind.label("kind"), *columns)
        .join_from(clock, procedure, procedure.c.id == clock.c.procedure_id)
        .where(clock.c.ward_id == _ward_id, when, at < _now)
        .order_by(at.desc(), clock.c.dossier_id.desc())
    )


def _newest(name: str, kind: Any, when: Any) -> Select[Any]:
    events = _events("newest", name, kind, when)
    shown = events.join(field, field.c.id == procedure.c.field_id).where(~field.c.sensitive)
    return select(shown.limit(_EVENTS).subquery())


def _arrivals() -> Select[Any]:
    recent = clock.c.received_at >= bindparam("arrived_since", type_=Instant)
    events = _events("arrival", "received", literal("received"), _received == _today).where(recent)
    return select(events.limit(_ARRIVALS).subquery())


def _last(name: str) -> Select[Any]:
    at, nothing = clock.c[f"{name}_at"], cast(null(), Text)
    return (
        select(literal("last"), func.max(at), nothing, clock.c.hub_id, nothing, nothing)
        .where(clock.c.ward_id == _ward_id, clock.c[f"{name}_day"] == _today, quietly(at < _now))
        .group_by(clock.c.hub_id)
    )
