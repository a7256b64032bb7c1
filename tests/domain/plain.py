"""The state of a dossier found by walking its life minute by minute, as the definitions read.

Slow and plain on purpose, and shares nothing with the rules: at each step it knows only what had
happened before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ops_center.domain.dossier import Facts, Limit, Rules, Wait
from tests.domain.hours import QUARTER, after_quarters, quarters


def known_before(facts: Facts, at: datetime) -> Facts:
    """The facts with everything forgotten that happened at or after `at`."""

    def seen(moment: datetime | None) -> datetime | None:
        return moment if moment and moment < at else None

    waits = [Wait(w.kind, w.from_at, seen(w.to_at)) for w in facts.waits if w.from_at < at]
    return replace(
        facts,
        submitted_at=seen(facts.submitted_at),
        received_at=seen(facts.received_at),
        processed_at=seen(facts.processed_at),
        returned_at=seen(facts.returned_at),
        stopped_at=seen(facts.stopped_at),
        withdrawn_at=seen(facts.withdrawn_at),
        waits=tuple(waits),
    )


def state_at(facts: Facts, limit: Limit, rules: Rules, at: datetime) -> str | None:
    """The state just before `at`; None when the dossier is not open."""
    known = known_before(facts, at)
    ends = (known.processed_at, known.returned_at, known.stopped_at, known.withdrawn_at)
    if known.received_at is None or any(ends):
        return None
    if any(wait.to_at is None for wait in known.waits):
        return "suspended"
    if _asked_twice(known, rules) or _was_overdue(facts, limit, rules, at):
        return "overdue"
    return "within_due" if _due(known, limit, rules) else "no_due"


def _was_overdue(facts: Facts, limit: Limit, rules: Rules, at: datetime) -> bool:
    """Once overdue while nothing was asked of the citizen, it stays overdue."""
    assert facts.received_at
    moment = facts.received_at
    while moment <= at:
        known = known_before(facts, moment)
        due = _due(known, limit, rules)
        asked = any(wait.to_at is None for wait in known.waits)
        if due and not asked and due < moment:
            return True
        moment += QUARTER
    known = known_before(facts, at)
    due = _due(known, limit, rules)
    return bool(due and due < at)


def _asked_twice(known: Facts, rules: Rules) -> bool:
    asked = [wait for wait in known.waits if wait.kind == "supplement"]
    return rules.second_supplement_is_late and len(asked) > 1


def _due(known: Facts, limit: Limit, rules: Rules) -> datetime | None:
    """Given, or the limit and the answered waits walked through in working quarters."""
    if known.due_at:
        return known.due_at
    if known.received_at is None or limit.days is None:
        return None
    count = limit.days * 32
    if rules.waiting_pushes_due:
        answered = [w for w in known.waits if w.to_at]
        count += sum(quarters(rules.calendar, w.from_at, w.to_at) for w in answered if w.to_at)
    return after_quarters(rules.calendar, known.received_at, count)
