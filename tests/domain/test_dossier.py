"""The clock of a dossier: one sentence of the definitions after the other, and all at random."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_center import i18n
from ops_center.domain.dossier import (
    Clock,
    Facts,
    Kept,
    Limit,
    Rules,
    Span,
    Wait,
    channel_level,
    contradiction,
    derive,
    explain_due,
)
from ops_center.domain.working_days import WorkingCalendar, parse_hours
from ops_center.store.tables import dossier_clock
from tests.domain.hours import HANOI, HOURS, QUARTER, WARD, hanoi
from tests.domain.plain import known_before, state_at

RULES = Rules(WARD)
THREE_DAYS = Limit("working_days", 3)
SAME_DAY = Limit("same_day")
UNKNOWN = Limit()
MS = timedelta(milliseconds=1)

MON, TUE, WED, THU, FRI, MON2 = (
    f"2026-08-{day} 10:00" for day in ("17", "18", "19", "20", "21", "24")
)


def facts(**known: Any) -> Facts:
    """Facts with every text of an instant read as Hanoi time."""
    read: dict[str, Any] = {
        name: hanoi(one) if name.endswith("_at") else one for name, one in known.items()
    }
    return Facts(**{"hub_id": "a", "procedure_id": "p", "channel": "in_person", **read})


def waits(*pairs: tuple[str, str | None], kind: str = "supplement") -> tuple[Wait, ...]:
    return tuple(Wait(kind, hanoi(start), hanoi(end) if end else None) for start, end in pairs)


def spans(clock: Clock, state: str) -> list[tuple[datetime, datetime | None]]:
    return [(span.from_at, span.to_at) for span in clock.spans if span.state == state]


def covers(span: Span, at: datetime) -> bool:
    return span.from_at < at and (span.to_at is None or span.to_at >= at)


def state_by_spans(clock: Clock, at: datetime) -> str | None:
    if clock.received_at is None or not clock.received_at < at:
        return None
    if clock.ended_at is not None and clock.ended_at < at:
        return None
    states = [span.state for span in clock.spans if covers(span, at)]
    assert len(states) <= 1, f"{at} is in {states}"
    return states[0] if states else "within_due"


def test_a_clock_has_the_columns_of_its_table() -> None:
    columns = [column.name for column in dossier_clock.c][2:]
    assert [one.name for one in fields(Clock)] == [*columns, "spans"]


# --- reception


def test_a_submitted_dossier_waits_for_reception() -> None:
    clock = derive(facts(submitted_at=MON), SAME_DAY, RULES)
    assert (clock.submitted_day, clock.accepted_at, clock.received_at) == (
        date(2026, 8, 17), None, None,
    )  # fmt: skip
    assert clock.spans == ()


def test_a_received_dossier_left_the_queue_when_it_was_received() -> None:
    clock = derive(facts(submitted_at=MON, received_at=TUE), SAME_DAY, RULES)
    assert clock.accepted_at == clock.received_at == hanoi(TUE)
    assert derive(facts(received_at=TUE), SAME_DAY, RULES).accepted_at is None


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({"status": 3, "stopped_at": TUE}, TUE),
        ({"status": 3, "processed_at": WED}, WED),
        ({"status": 3}, MON),
        ({"status": 7, "withdrawn_at": THU}, THU),
    ],
)
def test_a_dossier_turned_away_leaves_the_queue(known: dict[str, Any], left: str) -> None:
    clock = derive(facts(submitted_at=MON, **known), SAME_DAY, RULES)
    assert clock.accepted_at == hanoi(left)
    assert clock.refused_day == (clock.accepted_day if known["status"] == 3 else None)
    assert clock.received_at is clock.ended_at is clock.due_at is None


def test_one_that_was_refused_is_counted_even_if_nobody_knows_when_it_was_submitted() -> None:
    clock = derive(facts(status=3, stopped_at=TUE), SAME_DAY, RULES)
    assert clock.refused_day == clock.accepted_day == date.fromisoformat(TUE[:10])
    assert clock.submitted_day is clock.received_at is None


def test_nobody_leaves_the_queue_before_coming() -> None:
    clock = derive(facts(submitted_at=TUE, received_at=MON), SAME_DAY, RULES)
    assert clock.accepted_at == hanoi(TUE)


# --- the end


@pytest.mark.parametrize(
    ("known", "end", "kind"),
    [
        ({"processed_at": WED, "returned_at": TUE}, WED, "done"),
        ({"returned_at": THU, "stopped_at": TUE}, THU, "done"),
        ({"stopped_at": THU, "withdrawn_at": WED}, WED, "withdrawn"),
        ({"stopped_at": WED, "withdrawn_at": THU}, WED, "stopped"),
        ({"withdrawn_at": WED}, WED, "withdrawn"),
    ],
)
def test_the_best_end_decides(known: dict[str, str], end: str, kind: str) -> None:
    clock = derive(facts(received_at=MON, **known), THREE_DAYS, RULES)
    assert (clock.ended_at, clock.end_kind) == (hanoi(end), kind)
    assert (clock.outcome is None) == (kind != "done")
    assert (clock.worked_minutes is None) == (kind != "done")


def test_an_end_without_a_time_is_no_end() -> None:
    assert derive(facts(received_at=MON, status=10), SAME_DAY, RULES).ended_at is None


def test_an_end_before_reception_counts_at_reception() -> None:
    clock = derive(facts(received_at=TUE, processed_at=MON), SAME_DAY, RULES)
    assert clock.ended_at == clock.received_at
    assert clock.spans == ()
    assert clock.worked_minutes == 0


def test_a_result_waits_for_its_citizen_only_from_processing_on() -> None:
    processed = derive(facts(received_at=MON, processed_at=TUE, returned_at=WED), SAME_DAY, RULES)
    assert (processed.processed_at, processed.returned_at) == (hanoi(TUE), hanoi(WED))
    returned = derive(facts(received_at=MON, returned_at=WED), SAME_DAY, RULES)
    assert returned.processed_at is returned.returned_at is None


# --- due


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        ("2026-08-21 15:30", SAME_DAY, "2026-08-22 17:30"),  # a Friday before a make-up Saturday
        ("2026-08-28 15:30", SAME_DAY, "2026-09-03 17:30"),
        ("2026-11-27 15:30", SAME_DAY, "2026-11-30 17:30"),  # Friday, so Monday
        ("2026-08-20 15:00", SAME_DAY, "2026-08-20 17:30"),
        ("2026-08-20 06:00", SAME_DAY, "2026-08-20 17:30"),
        ("2026-08-23 09:00", SAME_DAY, "2026-08-24 17:30"),
        ("2026-08-20 10:00", Limit("calendar_days", 2), "2026-08-22 17:30"),
        ("2026-08-20 10:00", Limit("calendar_days", 12), "2026-09-03 17:30"),
        ("2026-08-20 10:00", Limit("working_days", 2), "2026-08-22 10:00"),
    ],
)
def test_a_due_time_follows_from_the_limit(received: str, limit: Limit, due: str) -> None:
    clock = derive(facts(received_at=received), limit, RULES)
    assert clock.due_at == clock.overdue_at == hanoi(due)
    assert clock.due_computed and clock.due_basis


@pytest.mark.parametrize("kind", ["working_days", "calendar_days"])
def test_a_limit_that_nobody_can_mean_stops_nothing(kind: Any) -> None:
    due = derive(facts(received_at=MON), Limit(kind, 2_000_000_000), RULES).due_at
    assert due and due.year > 2190


def test_no_limit_known_is_no_due() -> None:
    clock = derive(facts(received_at=MON, processed_at=TUE), UNKNOWN, RULES)
    assert (clock.due_at, clock.due_computed, clock.outcome) == (None, False, "no_due")
    assert spans(clock, "no_due") == [(hanoi(MON), hanoi(TUE))]


def test_a_given_due_is_final() -> None:
    known = facts(received_at=MON, due_at=WED, waits=waits((TUE, WED)))
    clock = derive(known, THREE_DAYS, RULES)
    assert (clock.due_at, clock.due_computed, clock.due_basis) == (hanoi(WED), False, None)


def test_a_mere_due_day_ends_at_closing_even_when_nobody_works() -> None:
    day = date(2026, 8, 23)
    assert derive(facts(received_at=MON, due_on=day), SAME_DAY, RULES).due_at == hanoi(
        "2026-08-23 17:30"
    )


def test_an_answered_wait_pushes_a_computed_due_by_its_working_time() -> None:
    known = facts(received_at=MON, waits=waits(("2026-08-18 16:30", "2026-08-19 09:00")))
    assert derive(known, THREE_DAYS, RULES).due_at == hanoi("2026-08-20 12:00")
    still = replace(RULES, waiting_pushes_due=False)
    assert derive(known, THREE_DAYS, still).due_at == hanoi("2026-08-20 10:00")


def test_overlapping_waits_count_once() -> None:
    twice = facts(
        received_at=MON,
        waits=waits((TUE, WED)) + waits((TUE, "2026-08-19 11:00"), kind="payment"),
    )
    once = facts(received_at=MON, waits=waits((TUE, "2026-08-19 11:00"), kind="payment"))
    assert derive(twice, THREE_DAYS, RULES) == derive(once, THREE_DAYS, RULES)


def test_who_was_overdue_before_being_asked_stays_overdue() -> None:
    known = facts(received_at=MON, waits=waits((MON2, "2026-08-26 10:00")))
    clock = derive(known, Limit("working_days", 1), RULES)
    assert clock.overdue_at == hanoi(TUE)
    assert clock.due_at is not None and clock.due_at > hanoi(TUE)
    assert spans(clock, "overdue") == [(hanoi(TUE), hanoi(MON2)), (hanoi("2026-08-26 10:00"), None)]


def test_who_is_asked_at_the_very_due_time_was_not_overdue() -> None:
    known = facts(received_at=MON, waits=waits((TUE, WED)))
    clock = derive(known, Limit("working_days", 1), RULES)
    assert clock.overdue_at == clock.due_at == hanoi(WED)


def test_a_wait_that_follows_another_at_once_is_one_stretch_with_it() -> None:
    known = facts(received_at=MON, waits=waits((TUE, WED)) + waits((WED, THU), kind="payment"))
    assert spans(derive(known, THREE_DAYS, RULES), "suspended") == [(hanoi(TUE), hanoi(THU))]


# --- outcome


@pytest.mark.parametrize(
    ("processed", "outcome"),
    [
        ("2026-08-19 23:59:59.999", "early"),
        ("2026-08-20 00:00", "on_time"),
        ("2026-08-20 10:00", "on_time"),  # ended = due
        ("2026-08-20 10:00:00.001", "late"),
    ],
)
def test_an_outcome_compares_with_the_due_time(processed: str, outcome: str) -> None:
    clock = derive(facts(received_at=MON, processed_at=processed), THREE_DAYS, RULES)
    assert clock.outcome == outcome


def test_a_second_supplement_request_is_late_at_once() -> None:
    known = facts(received_at=MON, due_at=FRI, waits=waits((TUE, WED), (THU, FRI)))
    clock = derive(known, UNKNOWN, RULES)
    assert clock.overdue_at == hanoi(THU)
    assert spans(clock, "overdue") == [(hanoi(FRI), None)]
    done = replace(known, processed_at=hanoi("2026-08-21 11:00"), due_at=hanoi(MON2))
    assert derive(done, UNKNOWN, RULES).outcome == "late"
    mild = replace(RULES, second_supplement_is_late=False)
    assert derive(done, UNKNOWN, mild).outcome == "early"


def test_supplement_requests_known_only_by_number_count_from_reception() -> None:
    clock = derive(facts(received_at=MON, supplement_count=2), UNKNOWN, RULES)
    assert spans(clock, "overdue") == [(hanoi(MON), None)]
    assert spans(clock, "no_due") == []


def test_payment_requests_are_no_supplement_requests() -> None:
    known = facts(received_at=MON, due_at=MON2, waits=waits((TUE, WED), (THU, FRI), kind="payment"))
    assert derive(known, UNKNOWN, RULES).overdue_at == hanoi(MON2)


def test_worked_time_leaves_out_waiting_and_is_rounded_up_to_half_hours() -> None:
    known = facts(received_at=MON, processed_at="2026-08-18 10:01", waits=waits(
        ("2026-08-17 16:30", "2026-08-18 09:00")))  # fmt: skip
    clock = derive(known, THREE_DAYS, RULES)
    assert clock.worked_minutes == 8 * 60 + 1 - 120
    assert clock.duration_bin == 13
    none = derive(facts(received_at=MON, processed_at=MON), THREE_DAYS, RULES)
    assert (none.worked_minutes, none.duration_bin) == (0, 0)


# --- what a dossier qualifies for


def test_a_dossier_qualifies_only_where_its_procedure_does() -> None:
    known = facts(
        received_at=MON, processed_at=TUE, result_electronic=True, data_reused=True,
        population_data_used=False, fee=0, payment="online",
    )  # fmt: skip
    bare = derive(replace(known, result_document=False), SAME_DAY, RULES)
    assert not bare.result_qualifying and not bare.result_electronic
    assert bare.reused is bare.population_used is bare.digitised is None
    assert not bare.paid_online  # nothing was to be paid
    full = derive(
        replace(known, reusable=True, population_data=True, components_digitised=False, fee=8000),
        SAME_DAY,
        RULES,
    )
    assert full.result_qualifying and full.result_electronic and full.paid_online
    assert (full.reused, full.population_used, full.digitised) == (True, False, False)


def test_an_online_dossier_without_a_level_is_partial() -> None:
    assert channel_level("online", None) == "online_partial"
    assert channel_level("online", "end_to_end") == "online_end_to_end"
    assert channel_level("post", "end_to_end") == "post"


# --- kept due times

OTHER = Rules(WorkingCalendar(HANOI, parse_hours(HOURS)))  # the same hours without any holiday


def _kept(clock: Clock) -> Kept:
    return Kept(clock.due_basis, clock.due_at, clock.overdue_at)


def test_a_changed_calendar_leaves_the_due_time_of_an_ended_dossier_alone() -> None:
    known = facts(received_at="2026-08-28 10:00", processed_at="2026-09-04 09:00")
    before = derive(known, THREE_DAYS, RULES)
    assert derive(known, THREE_DAYS, OTHER).due_at != before.due_at
    assert derive(known, THREE_DAYS, OTHER, _kept(before)).due_at == before.due_at
    assert derive(known, UNKNOWN, RULES, _kept(before)).outcome == before.outcome


def test_a_changed_calendar_moves_the_due_time_of_an_open_dossier() -> None:
    known = facts(received_at="2026-08-28 10:00")
    before = derive(known, THREE_DAYS, RULES)
    after = derive(known, THREE_DAYS, OTHER, _kept(before))
    assert after == derive(known, THREE_DAYS, OTHER) != before


def test_a_corrected_fact_moves_a_kept_due_time() -> None:
    known = facts(received_at="2026-08-27 10:00", processed_at="2026-09-04 09:00")
    kept = _kept(derive(known, THREE_DAYS, RULES))
    corrected = replace(known, received_at=hanoi("2026-08-28 10:00"))
    assert derive(corrected, THREE_DAYS, OTHER, kept) == derive(corrected, THREE_DAYS, OTHER)


# --- explanations and contradictions


def test_a_due_time_can_be_explained_step_by_step() -> None:
    known = facts(received_at=MON, waits=waits((TUE, WED), (THU, None)))
    steps = explain_due(known, THREE_DAYS, RULES)
    assert [step.kind for step in steps] == [
        "received", "limit", "waited", "waited", "second_supplement",
    ]  # fmt: skip
    assert [step.minutes for step in steps] == [None, None, 480, 0, None]
    assert steps[3].at == derive(known, THREE_DAYS, RULES).due_at
    assert [s.kind for s in explain_due(facts(received_at=MON), UNKNOWN, RULES)] == [
        "received", "no_limit",
    ]  # fmt: skip
    assert explain_due(facts(submitted_at=MON), SAME_DAY, RULES) == []


def test_times_that_agree_are_no_contradiction() -> None:
    assert contradiction(facts(submitted_at=MON, received_at=MON, processed_at=MON)) is None


@pytest.mark.parametrize(
    "known",
    [
        {"submitted_at": TUE, "received_at": MON},
        {"received_at": TUE, "processed_at": MON},
        {"received_at": TUE, "returned_at": MON},
        {"processed_at": TUE, "returned_at": MON},
        {"received_at": TUE, "stopped_at": MON},
        {"received_at": TUE, "withdrawn_at": MON},
        {"waits": waits((TUE, MON))},
    ],
)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_contradiction_is_named_with_both_times(known: dict[str, Any], language: str) -> None:
    found = contradiction(facts(**known))
    assert found
    key, values = found
    assert {"first": hanoi(TUE), "then": hanoi(MON)} == values
    sentence = i18n.text(key, language, first="FIRST", then="THEN")
    assert "FIRST" in sentence and "THEN" in sentence


# --- all at random, against the definitions

_BASE = hanoi("2026-08-27 06:00")  # before a make-up day off and a holiday of two days
_moments = st.integers(0, 4 * 24 * 9).map(lambda n: _BASE + n * QUARTER)


@st.composite
def _lives(draw: st.DrawFn) -> tuple[Facts, Limit, Rules]:
    received = draw(_moments)
    moments = sorted(draw(st.lists(_moments, max_size=6, unique=True)))
    pairs = [m for m in moments if m >= received]
    open_end = draw(st.booleans())
    made = [
        Wait(draw(st.sampled_from(["supplement", "payment"])), a, b)
        for a, b in pairwise([*pairs, None] if open_end else pairs)
        if a is not None and draw(st.booleans())
    ]
    end = draw(st.one_of(st.none(), _moments.map(lambda m: max(m, received))))
    name = draw(st.sampled_from(["processed_at", "returned_at", "stopped_at", "withdrawn_at"]))
    due = draw(st.one_of(st.none(), st.none(), _moments))
    life = Facts(hub_id="a", procedure_id="p", channel="post", received_at=received, due_at=due,
                 waits=tuple(made), **{name: end})  # type: ignore[arg-type]  # fmt: skip
    limit = draw(st.sampled_from([UNKNOWN, Limit("working_days", 1), Limit("working_days", 3)]))
    return life, limit, Rules(WARD, second_supplement_is_late=draw(st.booleans()),
                              waiting_pushes_due=draw(st.booleans()))  # fmt: skip


@settings(max_examples=60)
@given(_lives(), st.lists(_moments, min_size=3, max_size=3))
def test_the_state_at_any_instant_is_what_the_definitions_say(
    life: tuple[Facts, Limit, Rules], instants: list[datetime]
) -> None:
    known, limit, rules = life
    clock = derive(known, limit, rules)
    for at in [*instants, instants[0] + MS]:
        assert state_by_spans(clock, at) == state_at(known, limit, rules, at), at


@settings(max_examples=60)
@given(_lives(), _moments)
def test_nothing_that_comes_later_changes_a_state(
    life: tuple[Facts, Limit, Rules], at: datetime
) -> None:
    known, limit, rules = life
    then = derive(known_before(known, at), limit, rules)
    assert state_by_spans(derive(known, limit, rules), at) == state_by_spans(then, at)


@given(_lives())
def test_the_order_in_which_waits_are_told_does_not_matter(
    life: tuple[Facts, Limit, Rules],
) -> None:
    known, limit, rules = life
    clocks = {
        derive(replace(known, waits=order), limit, rules) for order in permutations(known.waits)
    }
    assert len(clocks) == 1


@settings(max_examples=60)
@given(_lives())
def test_spans_lie_within_the_life_and_never_overlap(life: tuple[Facts, Limit, Rules]) -> None:
    clock = derive(*life)
    ordered = sorted(clock.spans, key=lambda span: span.from_at)
    for span in ordered:
        assert clock.received_at is not None and span.from_at >= clock.received_at
        assert span.to_at is None or span.from_at < span.to_at
        if clock.ended_at:
            assert span.to_at is not None and span.to_at <= clock.ended_at
    for one, following in pairwise(ordered):
        assert one.to_at is not None and one.to_at <= following.from_at
