"""The measures and states of the ward, each declared once: the roll-ups are made from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, true

from ops_center.store.grouping import quietly
from ops_center.store.instant import Instant
from ops_center.store.measure import Measure, State
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.tables import dossier_span as span

Amount = ColumnElement[int] | None

_c = clock.c
_ENDED = ("early", "on_time", "late", "no_due", "stopped", "withdrawn")
_done = _c.end_kind == "done"
_processed = _c.processed_at.is_not(None)


def _by(day: str, at: str) -> Callable[..., Measure]:
    """A maker of measures that belong to that day of the clock."""

    def measure(name: str, where: ColumnElement[bool], amount: Amount = None) -> Measure:
        return Measure(name, clock, _c[day], _c[at], where, amount)

    return measure


_submitted = _by("submitted_day", "submitted_at")
_accepted = _by("accepted_day", "accepted_at")
_refused = _by("refused_day", "accepted_at")
_received = _by("received_day", "received_at")
_ended = _by("ended_day", "ended_at")
_returned = _by("returned_day", "returned_at")


def _outcome(name: str) -> Measure:
    return _ended(name, and_(_done, _c.outcome == name))


def _of_done(name: str, where: ColumnElement[bool], amount: Amount = None) -> Measure:
    return _ended(name, and_(_done, where), amount)


def _span(state: str) -> tuple[Measure, Measure]:
    """Entering and leaving a state."""
    here = span.c.state == state
    return (
        Measure(f"{state}_in", span, span.c.from_day, span.c.from_at, here),
        Measure(f"{state}_out", span, span.c.to_day, span.c.to_at, here),
    )


MEASURES: tuple[Measure, ...] = (
    _submitted("submitted", true()),
    _accepted("accepted", _c.submitted_at.is_not(None)),
    _refused("refused", _c.accepted_at.is_not(None)),
    _received("received", true()),
    _received("online", _c.channel_level.in_(("online_partial", "online_end_to_end"))),
    _received("end_to_end", _c.channel_level == "online_end_to_end"),
    _received("post", _c.channel_level == "post"),
    _outcome("early"),
    _outcome("on_time"),
    _outcome("late"),
    _outcome("no_due"),
    _ended("stopped", _c.end_kind == "stopped"),
    _ended("withdrawn", _c.end_kind == "withdrawn"),
    _of_done("with_fee", _c.fee > 0),
    _of_done("paid_online", and_(_c.fee > 0, _c.paid_online)),
    _of_done("result_qualifying", _c.result_qualifying),
    _of_done("result_electronic", and_(_c.result_qualifying, _c.result_electronic)),
    _of_done("digitisable", _c.digitised.is_not(None)),
    _of_done("digitised", _c.digitised),
    _of_done("reusable", _c.reused.is_not(None)),
    _of_done("reused", _c.reused),
    _of_done("population_qualifying", _c.population_used.is_not(None)),
    _of_done("population_used", _c.population_used),
    _of_done("complained", _c.complained),
    _of_done("complained_or_late", _c.complained | (_c.outcome == "late")),
    _of_done("rated", _c.rating.is_not(None)),
    _of_done("satisfied", _c.rating >= 4),
    _of_done("rating_sum", _c.rating.is_not(None), _c.rating),
    _of_done("timed", _c.worked_minutes.is_not(None)),
    _of_done("worked_minutes", _c.worked_minutes.is_not(None), _c.worked_minutes),
    _ended("processed", _processed),
    _returned("returned", true()),
    *_span("overdue"),
    *_span("suspended"),
    *_span("no_due"),
)

BY_NAME = {measure.name: measure for measure in MEASURES}


def chosen(*names: str) -> tuple[Measure, ...]:
    """The measures of these names, in the order of all."""
    return tuple(measure for measure in MEASURES if measure.name in names)


def _state_of_span(name: str, state: str) -> State:
    return State(
        name, span, span.c.from_at, span.c.to_at, span.c.state == state,
        (f"{state}_in",), (f"{state}_out",),
    )  # fmt: skip


OVERDUE = _state_of_span("overdue", "overdue")
SUSPENDED = _state_of_span("suspended", "suspended")
OPEN_NO_DUE = _state_of_span("open_no_due", "no_due")
OPEN = State(
    "open", clock, _c.received_at, _c.ended_at, _c.received_at.is_not(None),
    ("received",), _ENDED,
)  # fmt: skip
WAITING_RECEPTION = State(
    "waiting_reception", clock, _c.submitted_at, _c.accepted_at, _c.submitted_at.is_not(None),
    ("submitted",), ("accepted",), to_day=_c.accepted_day,
)  # fmt: skip
STATES: tuple[State, ...] = (
    OPEN,
    OVERDUE,
    SUSPENDED,
    OPEN_NO_DUE,
    WAITING_RECEPTION,
    State(
        "awaiting_return", clock, _c.processed_at, _c.returned_at, _processed,
        ("processed",), ("returned",), to_day=_c.returned_day,
    ),
)  # fmt: skip


NEAR = ("due_soon", "due_today")
"""States within due whose due time is near: what they mean hangs on the instant that is asked."""


def near(name: str, at: Any, bound: Any, pushed: Any = None) -> State:
    """Within due at an instant, but due by a bound; values or parameters.

    `pushed`: ids of dossiers that were near too, but whose due time was moved later on.
    """
    same = and_(span.c.ward_id == _c.ward_id, span.c.dossier_id == _c.dossier_id)
    lasting = (span.c.to_at.is_(None)) | (span.c.to_at >= at)
    # Each dossier's own few spans are to be found by its key, not all that are suspended; with the
    # state in it the key tells alone that most dossiers have none.
    suspended = and_(SUSPENDED.where, quietly(and_(span.c.from_at < at, lasting)))
    paused = exists().where(same, suspended).correlate(clock)
    soon = and_(_c.overdue_at <= bound, _c.due_at <= bound)
    if pushed is not None:
        soon = or_(soon, _c.dossier_id.in_(pushed))
    where = and_(OPEN.where, _c.overdue_at >= at, _c.due_at.is_not(None), soon, ~paused)
    return replace(OPEN, name=name, where=where, entering=(), leaving=())


@cache
def near_at(name: str, pushed: bool, slot: int = 0) -> State:
    """The state of that name, with parameters for its instant, its bound and the pushed ones.

    Without these an index finds the few that are near. A statement about several instants gives
    each its own slot.
    """
    at, until, ids = near_params(name, slot)
    return near(
        name, bindparam(at, type_=Instant), bindparam(until, type_=Instant),
        bindparam(ids, expanding=True) if pushed else None,
    )  # fmt: skip


def near_params(name: str, slot: int = 0) -> tuple[str, str, str]:
    """What its parameters are called: instant, bound, ids of the pushed ones."""
    end = f"_{slot}" if slot else ""
    return f"{name}_at{end}", f"{name}_until{end}", f"{name}_ids{end}"


DUE_SOON_PUSHED = near_at("due_soon", pushed=True)
