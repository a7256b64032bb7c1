"""The clock of a dossier: what follows from the facts its source knows.

Nothing here knows the present time. A state is an interval between facts, so that a question
about any instant T can be answered later; at T means *just before T*. Instants are aware UTC,
days are local days of the ward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal

from ops_center.domain import due as dues
from ops_center.domain.due import Due, Kept, Limit, Rules, Step
from ops_center.domain.facts import Facts, channel_level, contradiction
from ops_center.domain.waiting import Stretch, Wait, merged, minus, second_supplement, within_life
from ops_center.domain.working_days import local_day

__all__ = [
    "Clock", "Facts", "Kept", "Limit", "Rules", "Span", "Step", "Wait",
    "channel_level", "contradiction", "derive", "explain_due",
]  # fmt: skip

EndKind = Literal["done", "stopped", "withdrawn"]
SpanState = Literal["overdue", "suspended", "no_due"]
_REFUSED = 3
_HALF_HOUR = 30


@dataclass(frozen=True, slots=True)
class Span:
    """A state that an open dossier is in from just after `from_at` up to `to_at` inclusive."""

    state: SpanState
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What follows from the facts; the columns of ``dossier_clock`` and the spans beside it."""

    hub_id: str
    procedure_id: str
    channel_level: str
    official_id: str | None = None
    submitted_at: datetime | None = None
    submitted_day: date | None = None
    accepted_at: datetime | None = None
    accepted_day: date | None = None
    refused_day: date | None = None
    received_at: datetime | None = None
    received_day: date | None = None
    due_at: datetime | None = None
    due_computed: bool = False
    due_basis: str | None = None
    overdue_at: datetime | None = None
    ended_at: datetime | None = None
    ended_day: date | None = None
    end_kind: EndKind | None = None
    outcome: str | None = None
    processed_at: datetime | None = None
    processed_day: date | None = None
    returned_at: datetime | None = None
    returned_day: date | None = None
    worked_minutes: int | None = None
    duration_bin: int | None = None
    fee: int | None = None
    paid_online: bool = False
    result_qualifying: bool = False
    result_electronic: bool = False
    digitised: bool | None = None
    reused: bool | None = None
    population_used: bool | None = None
    complained: bool = False
    rating: int | None = None
    spans: tuple[Span, ...] = ()


def derive(facts: Facts, limit: Limit, rules: Rules, kept: Kept | None = None) -> Clock:
    """The clock of a dossier.

    `kept` is the computed due time of a dossier that had ended before: while it still is ended
    and what the due time was computed from is unchanged, a new calendar or limit leaves it alone.
    """
    accepted, refused = _reception(facts)
    life = _life(facts, limit, rules, kept) if facts.received_at else _NO_LIFE
    zone = rules.calendar.zone
    return Clock(
        hub_id=facts.hub_id,
        procedure_id=facts.procedure_id,
        channel_level=channel_level(facts.channel, facts.level),
        official_id=facts.official_id,
        submitted_at=facts.submitted_at,
        submitted_day=_day(facts.submitted_at, zone),
        accepted_at=accepted,
        accepted_day=_day(accepted, zone),
        refused_day=_day(refused, zone),
        received_at=facts.received_at,
        received_day=_day(facts.received_at, zone),
        due_at=life.due.at,
        due_computed=life.due.computed,
        due_basis=life.due.basis,
        overdue_at=life.due.overdue_at,
        ended_at=life.ended,
        ended_day=_day(life.ended, zone),
        end_kind=life.end_kind,
        outcome=life.outcome,
        processed_at=life.processed,
        processed_day=_day(life.processed, zone),
        returned_at=life.returned,
        returned_day=_day(life.returned, zone),
        worked_minutes=life.worked,
        duration_bin=None if life.worked is None else -(-life.worked // _HALF_HOUR),
        fee=facts.fee,
        paid_online=facts.payment == "online" and bool(facts.fee),
        result_qualifying=life.outcome is not None and facts.result_document,
        result_electronic=life.outcome is not None
        and facts.result_document
        and bool(facts.result_electronic),
        digitised=facts.components_digitised,
        reused=facts.data_reused if facts.reusable else None,
        population_used=facts.population_data_used if facts.population_data else None,
        complained=facts.complained,
        rating=facts.rating,
        spans=life.spans,
    )


def explain_due(facts: Facts, limit: Limit, rules: Rules) -> list[Step]:
    """How the due time came about, step by step; the last step with a time holds it.

    `at` of a step is the due time so far (of ``received`` and ``second_supplement`` their own
    instant). Empty for a dossier that was never received.
    """
    if facts.received_at is None:
        return []
    received = facts.received_at
    ended, _ = _end(facts, received)
    waits = within_life(facts.waits, received, ended)
    steps = [Step("received", received), *_due_steps(facts, limit, rules, merged(waits))]
    second = _second(facts, waits, received, rules)
    return [*steps, Step("second_supplement", second)] if second else steps


# --- the parts of a clock


@dataclass(frozen=True, slots=True)
class _Life:
    """What happened from reception on."""

    due: Due
    ended: datetime | None = None
    end_kind: EndKind | None = None
    outcome: str | None = None
    processed: datetime | None = None
    returned: datetime | None = None
    worked: int | None = None
    spans: tuple[Span, ...] = ()


_NO_LIFE = _Life(Due(None, None, False, None))


def _day(at: datetime | None, zone: tzinfo) -> date | None:
    return local_day(at, zone) if at else None


def _life(facts: Facts, limit: Limit, rules: Rules, kept: Kept | None) -> _Life:
    received = facts.received_at
    assert received
    ended, end_kind = _end(facts, received)
    waits = within_life(facts.waits, received, ended) if facts.waits else []
    stretches = merged(waits)
    second = _second(facts, waits, received, rules)
    due = _due(facts, limit, rules, stretches, second, kept if ended else None)
    spans = tuple(_spans(received, ended, due, stretches))
    if ended is None or end_kind != "done":
        return _Life(due, ended, end_kind, spans=spans)
    processed = ended if facts.processed_at else None
    return _Life(
        due=due,
        ended=ended,
        end_kind=end_kind,
        outcome=_outcome(ended, due, second, rules),
        processed=processed,
        returned=max(facts.returned_at, ended) if facts.returned_at and processed else None,
        worked=_worked(received, ended, stretches, rules),
        spans=spans,
    )


def _reception(facts: Facts) -> tuple[datetime | None, datetime | None]:
    """When it left the queue for reception, and when it was refused.

    A dossier whose submission nobody knows never stood in the queue, unless it was refused; and
    none leaves before it came.
    """
    submitted = facts.submitted_at
    refused = facts.received_at is None and facts.status == _REFUSED
    left = facts.received_at or _turned_away(facts)
    if left is None or (submitted is None and not refused):
        return None, None
    left = max(left, submitted) if submitted else left
    return left, left if refused else None


def _turned_away(facts: Facts) -> datetime | None:
    """When a dossier that was never received was refused, stopped or withdrawn."""
    ends = [at for at in (facts.stopped_at, facts.withdrawn_at) if at]
    first = min(ends, default=None) or facts.processed_at or facts.returned_at
    return first or (facts.submitted_at if facts.status == _REFUSED else None)


def _end(facts: Facts, received: datetime) -> tuple[datetime | None, EndKind | None]:
    """The first end by the best status: processed, else returned, else stopped or withdrawn."""
    done = facts.processed_at or facts.returned_at
    if done:
        return max(done, received), "done"
    stopped, withdrawn = facts.stopped_at, facts.withdrawn_at
    if stopped and (withdrawn is None or stopped <= withdrawn):
        return max(stopped, received), "stopped"
    return (max(withdrawn, received), "withdrawn") if withdrawn else (None, None)


def _second(
    facts: Facts, waits: Sequence[Wait], received: datetime, rules: Rules
) -> datetime | None:
    if not rules.second_supplement_is_late:
        return None
    return second_supplement(waits, facts.supplement_count, received)


def _due(
    facts: Facts,
    limit: Limit,
    rules: Rules,
    stretches: Sequence[Stretch],
    second: datetime | None,
    kept: Kept | None,
) -> Due:
    assert facts.received_at
    given = dues.given(facts.due_at, facts.due_on, rules)
    if given:
        return _hastened(Due(given, given, False, None), second)
    basis = dues.basis_of(facts.received_at, facts.procedure_id, stretches, second, rules)
    if kept and kept.basis == basis:
        return Due(kept.due_at, kept.overdue_at, kept.due_at is not None, basis)
    return _hastened(dues.computed(facts.received_at, stretches, limit, rules, basis), second)


def _hastened(due: Due, second: datetime | None) -> Due:
    """More than one supplement request makes a dossier overdue at once."""
    if second is None or (due.overdue_at and due.overdue_at <= second):
        return due
    return Due(due.at, second, due.computed, due.basis)


def _due_steps(
    facts: Facts, limit: Limit, rules: Rules, stretches: Sequence[Stretch]
) -> Iterator[Step]:
    assert facts.received_at
    given = dues.given(facts.due_at, facts.due_on, rules)
    base = given or dues.limited(facts.received_at, limit, rules)
    if given or base is None:
        yield Step("given" if given else "no_limit", given)
        return
    yield Step("limit", base)
    minutes = 0
    for stretch in stretches:
        added = dues.waited(stretch, rules)
        minutes += added
        yield Step("waited", rules.calendar.add_minutes(base, minutes) if minutes else base, added)


def _outcome(ended: datetime, due: Due, second: datetime | None, rules: Rules) -> str:
    if second:
        return "late"
    if due.at is None:
        return "no_due"
    if ended > due.at:
        return "late"
    zone = rules.calendar.zone
    return "early" if local_day(ended, zone) < local_day(due.at, zone) else "on_time"


def _worked(received: datetime, ended: datetime, stretches: Sequence[Stretch], rules: Rules) -> int:
    between = rules.calendar.minutes_between
    waiting = sum(between(part.from_at, part.to_at or ended) for part in stretches)
    return between(received, ended) - waiting


def _spans(
    received: datetime, ended: datetime | None, due: Due, stretches: Sequence[Stretch]
) -> Iterator[Span]:
    for part in stretches:
        yield Span("suspended", part.from_at, part.to_at)
    overdue = due.overdue_at
    if overdue:
        for part in minus(max(received, overdue), ended, stretches):
            yield Span("overdue", part.from_at, part.to_at)
    if due.at is None:
        until = min(overdue, ended) if overdue and ended else overdue or ended
        for part in minus(received, until, stretches):
            yield Span("no_due", part.from_at, part.to_at)
