"""Where a dossier stands at an instant, and the scopes that ask for it.

Status, official, hour and time taken are unknown to the roll-ups: they become sieves over the
clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, exists, false, or_
from sqlalchemy.sql.util import ClauseAdapter

from ops_center.metrics import columns
from ops_center.metrics import measures as declared
from ops_center.metrics.scope import Scope, bounds, joined_took
from ops_center.metrics.soon import soon_values
from ops_center.store.calendars import find_calendar
from ops_center.store.grouping import Place, Sieve, quietly
from ops_center.store.instant import Instant
from ops_center.store.local import local_hour, weekday_of
from ops_center.store.measure import State
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.tables import dossier_span as span
from ops_center.store.wards import Ward

_at: Any = bindparam("standing_at", type_=Instant)
_c = clock.c


def _holds(state: State) -> ColumnElement[bool]:
    lasting = or_(state.to_at.is_(None), state.to_at >= _at)
    return and_(state.from_at < _at, lasting, state.where)


def _in_span(state: State) -> ColumnElement[bool]:
    """Beside being open, so that an index finds the few that are."""
    same = and_(span.c.ward_id == _c.ward_id, span.c.dossier_id == _c.dossier_id)
    return and_(_holds(declared.OPEN), exists().where(same, _holds(state)).correlate(clock))


def _ended(kind: str) -> ColumnElement[bool]:
    return and_(_c.ended_at < _at, _c.end_kind == kind)


_OVERDUE, _SUSPENDED, _NO_DUE = (
    _in_span(one) for one in (declared.OVERDUE, declared.SUSPENDED, declared.OPEN_NO_DUE)
)
_AWAITING = next(one for one in declared.STATES if one.name == "awaiting_return")

_ALL: dict[str, ColumnElement[bool]] = {
    "waiting_reception": _holds(declared.WAITING_RECEPTION),
    "refused": and_(_c.accepted_at < _at, _c.refused_day.is_not(None)),
    "within_due": and_(_holds(declared.OPEN), ~_OVERDUE, ~_SUSPENDED, ~_NO_DUE),
    "due_soon": declared.DUE_SOON_PUSHED.where & _holds(declared.OPEN),
    "overdue": _OVERDUE,
    "suspended": _SUSPENDED,
    "open_no_due": _NO_DUE,
    "awaiting_return": _holds(_AWAITING),
    "done": and_(_ended("done"), ~_holds(_AWAITING)),
    "stopped": _ended("stopped"),
    "withdrawn": _ended("withdrawn"),
}
_apart = ClauseAdapter(span.alias("standing_span"))

# The spans under another name: these conditions are asked of rows of spans, too.
STANDINGS = {name: _apart.traverse(condition) for name, condition in _ALL.items()}
"""Where a dossier can stand just before an instant. "due_soon" is a part of "within_due"; beside
that no two hold at once. "done": ended, and no result waits for its citizen."""


def placed(connection: Connection, ward: Ward, scope: Scope, as_of: datetime) -> Place:
    """Which dossiers the scope means; where they stand is judged at its T."""
    place = scope.place
    if scope.summed:
        return place
    # The end of the scope decides, as for stocks: what ends later has not taken any time yet.
    at = bounds(scope, as_of, ward.zone).end
    found = [*_sieves(connection, ward, scope, at)]
    values: dict[str, Any] = {}
    for _, named in found:
        values |= named
    if _hangs_on_soon(scope):
        values |= soon_values(connection, ward, find_calendar(connection, ward), at)
    return Place(
        place.ward_id, place.hubs, place.fields, place.procedures, place.channel_levels,
        tuple(sieve for sieve, _ in found), values,
    )  # fmt: skip


def _sieves(
    connection: Connection, ward: Ward, scope: Scope, at: datetime
) -> Iterator[tuple[Sieve, Mapping[str, Any]]]:
    """The conditions of the scope that the roll-ups do not know, and the values they name."""
    if scope.statuses is not None:
        yield _standing(scope.statuses), {"standing_at": at}
    if scope.officials is not None:
        named = sorted(one for one in scope.officials if one is not None)
        yield _officials(None in scope.officials), {"officials": named}
    if scope.hours is not None:
        hours = sorted(weekday * 24 + hour for weekday, hour in scope.hours)
        yield _hours(ward.time_zone), {"hours": hours}
    if scope.took is not None:
        spans = joined_took(scope.took)
        values: dict[str, Any] = {"standing_at": at}
        for number, (first, last) in enumerate(spans):
            end = _ENDLESS if last is None else last
            values |= {f"took_from_{number}": first, f"took_to_{number}": end}
        yield _took(len(spans)), values
    if scope.columns is not None:
        yield from columns.sieves(connection, scope.columns, ward)
        if scope.columns.standings is not None:
            yield _shown(scope.columns.standings), {"standing_at": at}


def _hangs_on_soon(scope: Scope) -> bool:
    """Whether a sieve asks for what is due soon, be it to leave it out."""
    shown = scope.columns.standings if scope.columns else None
    return "due_soon" in (scope.statuses or ()) or not {"within_due", "due_soon"}.isdisjoint(
        shown or ()
    )


@lru_cache(maxsize=64)
def _shown(names: frozenset[str]) -> Sieve:
    """As a row tells it: what is due soon is not called within due."""
    within = and_(STANDINGS["within_due"], ~quietly(STANDINGS["due_soon"]))
    told = STANDINGS | {"within_due": within}
    return Sieve("shown", or_(false(), *(told[name] for name in sorted(names))))


@lru_cache(maxsize=64)
def _standing(names: frozenset[str]) -> Sieve:
    return Sieve("standing", or_(*(STANDINGS[name] for name in sorted(names))))


@lru_cache(maxsize=2)
def _officials(nobody: bool) -> Sieve:
    named = _c.official_id.in_(bindparam("officials", expanding=True))
    return Sieve("officials", or_(named, _c.official_id.is_(None)) if nobody else named)


@lru_cache(maxsize=16)
def _hours(zone: str) -> Sieve:
    slot = weekday_of(_c.received_day) * 24 + local_hour(_c.received_at, ZoneInfo(zone))
    wanted = slot.in_(bindparam("hours", expanding=True, type_=Integer))
    return Sieve("hours", and_(_c.received_at.is_not(None), wanted))


_ENDLESS = 2**31 - 1


@lru_cache(maxsize=16)
def _took(spans: int) -> Sieve:
    """Done, within one of so many spans of half-hour bins."""
    within = (
        _c.duration_bin.between(
            bindparam(f"took_from_{number}", type_=Integer),
            bindparam(f"took_to_{number}", type_=Integer),
        )
        for number in range(spans)
    )
    # SQLite would take the instant for a range, and read all that ever ended for what is open.
    return Sieve("took", quietly(and_(_c.ended_at < _at, or_(false(), *within))))
