"""The past of the demo ward: believable, repeatable, and without contradictions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from ops_center.domain.dossier import Clock, contradiction
from ops_center.i18n import Problem
from ops_center.intake.record import take_in
from ops_center.intake.row import DossierRow
from ops_center.simulator.history import arrivals, fill, rows, scaled
from ops_center.simulator.knowledge import seen
from ops_center.simulator.life import tell
from ops_center.simulator.ward import SOURCE, plant
from ops_center.simulator.world import World
from ops_center.store.session import writing
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened
from tests.simulator.demo import NOW, facts, stored

TIMES = [field.name for field in fields(DossierRow) if field.name.endswith("_at")]


def instants(row: DossierRow) -> list[datetime]:
    """Every instant that the row knows."""
    known = [getattr(row, name) for name in TIMES]
    waits = [at for wait in row.waits for at in (wait.from_at, wait.to_at)]
    return [at for at in [*known, *waits, *(event.at for event in row.events)] if at]


def share(rows: Iterable[DossierRow], holds: Callable[[DossierRow], bool]) -> float:
    answers = [holds(row) for row in rows]
    return sum(answers) / len(answers)


def on_time(found: Iterable[Clock]) -> float:
    outcomes = Counter(clock.outcome for clock in found)
    kept = outcomes["early"] + outcomes["on_time"]
    return kept / (kept + outcomes["late"])


def local(world: World, at: datetime) -> datetime:
    return at.astimezone(world.calendar.zone)


def filed_on(world: World, row: DossierRow) -> date:
    assert row.submitted_at
    return local(world, row.submitted_at).date()


# ---------------------------------------------------------------- repeatable


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(
    world: World, history: list[DossierRow]
) -> None:
    again = replace(world, _moods={})
    assert list(rows(again, NOW, 20)) == list(rows(world, NOW, 20))
    other = replace(world, seed=7, _moods={})
    assert list(rows(other, NOW, 5)) != list(rows(world, NOW, 5))


def test_a_longer_history_ends_with_the_same_days(world: World, history: list[DossierRow]) -> None:
    short = list(rows(replace(world, _moods={}), NOW, 5))
    assert history[-len(short) :] == short


def test_both_databases_hold_the_same_history(sqlite_url: str, postgres_fresh_url: str) -> None:
    assert filled(sqlite_url) == filled(postgres_fresh_url)


def filled(url: str) -> list[tuple[object, ...]]:
    with opened(url) as engine:
        ward = plant(engine, until=NOW)
        made = fill(engine, ward.id, until=NOW, days=10, dossiers=300)
        held = stored(engine)
    assert len(held) > 4 * made.new > 1000
    return held


def test_filling_again_changes_nothing(planted: Engine, ward: Ward) -> None:
    first = fill(planted, ward.id, until=NOW, days=5, dossiers=100)
    again = fill(planted, ward.id, until=NOW, days=5, dossiers=100)
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.new)


def test_a_past_told_in_two_parts_is_the_past_told_at_once(
    planted: Engine, ward: Ward, bare: Engine, world: World
) -> None:
    small = replace(world, monthly=700)
    earlier = NOW - timedelta(days=3, hours=5)
    take_in(planted, ward, SOURCE, rows(small, earlier, 9), now=NOW)
    take_in(planted, ward, SOURCE, rows(small, NOW, 12), now=NOW)
    take_in(bare, plant(bare, until=NOW), SOURCE, rows(small, NOW, 12), now=NOW)
    assert stored(planted) == stored(bare)


# ---------------------------------------------------------------- without contradictions


def test_no_dossier_contradicts_itself(world: World, history: list[DossierRow]) -> None:
    found = [(row.code, contradiction(facts(world, row))) for row in history]
    assert [pair for pair in found if pair[1]] == []


def test_every_code_is_given_once(history: list[DossierRow]) -> None:
    assert len({row.code for row in history}) == len(history)


def test_nothing_is_known_from_the_future(history: list[DossierRow]) -> None:
    assert max(at for row in history for at in instants(row)) <= NOW


def test_every_step_comes_after_the_one_before(history: list[DossierRow]) -> None:
    for row in history:
        order = [event.at for event in row.events]
        assert order == sorted(order), row.code
        assert row.events[-1].status == row.status


@pytest.mark.parametrize("hours", [1, 8, 30, 100])
def test_what_was_known_earlier_is_part_of_what_is_known_later(world: World, hours: int) -> None:
    day = date(2026, 11, 16)
    rng = world.random("day", day)
    for arrival in arrivals(world, day, rng):
        whole = tell(world, rng, arrival)
        row = seen(whole, arrival.at + timedelta(hours=hours))
        if row is None:
            continue
        assert row.events == whole.events[: len(row.events)]
        assert max(instants(row)) <= arrival.at + timedelta(hours=hours)
        assert contradiction(facts(world, row)) is None
        assert row.supplement_count == sum(wait.kind == "supplement" for wait in row.waits)
        if row.processed_at is None:
            assert (row.result_electronic, row.rating, row.complained) == (None, None, False)


def test_work_is_done_in_working_hours_only(world: World, history: list[DossierRow]) -> None:
    for row in history:
        for at in filter(None, (row.received_at, row.processed_at, row.returned_at)):
            assert world.calendar.is_open(at - timedelta(minutes=1)) or world.calendar.is_open(at)


def test_flags_are_given_only_where_the_procedure_qualifies(
    world: World, history: list[DossierRow]
) -> None:
    for row in history:
        procedure = world.procedure_of[row.procedure_id]
        assert row.data_reused is None or procedure.reusable
        assert row.population_data_used is None or procedure.population_data
        assert row.result_electronic is None or procedure.result_document
        assert row.payment is None or row.fee
        assert row.channel != "online" or procedure.level is not None
        assert row.level != "end_to_end" or procedure.level == "end_to_end"


# ---------------------------------------------------------------- believable


def test_a_ward_has_two_to_three_thousand_dossiers_a_month(history: list[DossierRow]) -> None:
    assert 2_000 <= len(history) / 4 <= 3_000


@pytest.mark.parametrize("dossiers", [50, 500, 5_000])
def test_about_as_many_dossiers_come_as_were_asked_for(world: World, dossiers: int) -> None:
    made = sum(1 for _ in rows(scaled(world, NOW, 30, dossiers), NOW, 30))
    assert abs(made - dossiers) <= max(0.06 * dossiers, 3 * dossiers**0.5)


def test_certified_copies_are_asked_for_most(history: list[DossierRow]) -> None:
    ((most, _),) = Counter(row.procedure_id for row in history).most_common(1)
    assert most == "2.000815"


def test_nine_of_ten_dossiers_are_on_time(told: list[Clock]) -> None:
    assert 0.88 <= on_time(told) <= 0.93


def test_a_few_hubs_are_in_trouble_and_late(world: World, told: list[Clock]) -> None:
    by_hub = defaultdict(list)
    for clock in told:
        by_hub[clock.hub_id].append(clock)
    rates = {hub: on_time(found) for hub, found in by_hub.items()}
    troubled = {station.hub_id for station in world.stations if station.troubled}
    assert 3 <= len(troubled) <= 4
    assert max(rates[hub] for hub in troubled) < 0.85
    fine = sorted(rate for hub, rate in rates.items() if hub not in troubled)
    assert fine[len(fine) // 4] > 0.87 and min(rates.values()) > 0.6


def test_where_the_law_gives_days_a_dossier_takes_some(world: World, told: list[Clock]) -> None:
    by_procedure = defaultdict(list)
    for clock in told:
        if clock.worked_minutes is not None and clock.end_kind == "done":
            by_procedure[clock.procedure_id].append(clock.worked_minutes / world.day_minutes)
    for procedure, took in by_procedure.items():
        limit = world.limits[procedure]
        if limit.kind == "working_days" and len(took) > 100:
            assert 0.3 * (limit.days or 0) < sum(took) / len(took) < 1.3 * (limit.days or 0)


def test_the_campaign_teaches_people_to_file_online(
    world: World, history: list[DossierRow]
) -> None:
    assert world.campaign
    start = world.campaign.starts_on
    before = [row for row in history if filed_on(world, row) < start]
    lately = [row for row in history if filed_on(world, row) >= start + timedelta(days=7)]

    def online(row: DossierRow) -> bool:
        return row.channel == "online"

    def whole(row: DossierRow) -> bool:
        return row.level == "end_to_end"

    assert 0.40 < share(before, online) < 0.50
    assert share(lately, online) > share(before, online) + 0.05
    assert share(filter(online, lately), whole) > share(filter(online, before), whole)


def test_at_the_end_of_the_campaign_seven_of_ten_come_online(world: World) -> None:
    assert world.campaign
    end = datetime.combine(world.campaign.starts_on, datetime.min.time(), UTC) + timedelta(days=44)
    last = list(rows(world, end, 8))
    assert 0.63 < share(last, lambda row: row.channel == "online") < 0.77


def test_mondays_are_busy_and_fridays_are_quiet(world: World, history: list[DossierRow]) -> None:
    days = Counter(filed_on(world, row).weekday() for row in history)
    assert days[0] > days[2] > days[4] > days[6] > 0


def test_the_counters_are_fullest_at_nine_and_at_two(
    world: World, history: list[DossierRow]
) -> None:
    hours = Counter(
        local(world, row.submitted_at).hour
        for row in history
        if row.channel == "in_person" and row.submitted_at
    )
    assert hours.most_common(1)[0][0] == 9
    assert hours[14] == max(hours[hour] for hour in (13, 14, 15, 16, 17))
    assert set(hours) <= {8, 9, 10, 11, 13, 14, 15, 16, 17}


def test_on_a_holiday_people_file_from_home_and_nobody_receives(
    world: World, history: list[DossierRow]
) -> None:
    holiday = date(2026, 9, 2)
    filed = [row for row in history if filed_on(world, row) == holiday]
    assert filed and all(row.channel == "online" for row in filed)
    received = {local(world, row.received_at).date() for row in history if row.received_at}
    assert holiday not in received


def test_what_comes_at_night_is_received_after_the_next_opening(
    world: World, history: list[DossierRow]
) -> None:
    night = [
        row
        for row in history
        if row.received_at and row.submitted_at and local(world, row.submitted_at).hour >= 21
    ]
    assert night
    for row in night:
        assert row.received_at
        assert local(world, row.received_at).date() > filed_on(world, row)


def test_at_the_present_some_are_due_soon_some_overdue_some_wait(told: list[Clock]) -> None:
    soon = NOW + timedelta(days=1)
    states: Counter[str] = Counter()
    for clock in told:
        if clock.received_at is None or clock.ended_at:
            continue
        states["suspended"] += any(s.state == "suspended" and not s.to_at for s in clock.spans)
        states["overdue"] += bool(clock.overdue_at and clock.overdue_at < NOW)
        states["soon"] += bool(clock.overdue_at and NOW <= clock.overdue_at < soon)
    assert min(states[name] for name in ("suspended", "overdue", "soon")) >= 5


def test_everything_that_happens_to_dossiers_happens(history: list[DossierRow]) -> None:
    kinds = Counter(event.kind for row in history for event in row.events)
    assert set(kinds) == {
        "submitted", "received", "refused", "processing", "supplement_requested",
        "supplement_answered", "payment_requested", "paid", "processed", "returned", "stopped",
        "withdrawn",
    }  # fmt: skip
    assert any(row.supplement_count == 2 for row in history)
    assert any(row.complained for row in history)
    assert {row.rating for row in history} == {None, 1, 2, 3, 4, 5}
    assert {row.payment for row in history} == {None, "online", "cash", "transfer"}


def test_a_silent_hub_receives_nothing(world: World, history: list[DossierRow]) -> None:
    silent = [
        (station.hub_id, day)
        for day in (NOW.date() - timedelta(days=n) for n in range(1, 120))
        for station in world.stations
        if station.code in world.mood(day).silent
    ]
    assert silent
    received = {
        (row.hub_id, local(world, row.received_at).date()) for row in history if row.received_at
    }
    assert not received & set(silent)


@pytest.mark.parametrize(
    "until",
    [
        datetime(2026, 9, 2, 5, tzinfo=UTC),  # a holiday at noon
        datetime(2026, 11, 22, 20, tzinfo=UTC),  # Monday, three in the morning
        datetime(2026, 2, 17, 17, tzinfo=UTC),  # midnight within the new year's break
    ],
)
def test_a_history_may_end_at_any_hour(world: World, until: datetime) -> None:
    found = list(rows(world, until, 15))
    assert found
    assert max(at for row in found for at in instants(row)) <= until
    assert [row.code for row in found if contradiction(facts(world, row))] == []


# ---------------------------------------------------------------- refusals


def test_a_real_ward_gets_no_invented_dossiers(bare: Engine) -> None:
    with writing(bare) as connection:
        add_ward(connection, Ward("real", "Phường thật"))
    with pytest.raises(Problem, match="real data"):
        fill(bare, "real", until=NOW)


def test_a_ward_without_hubs_is_named(bare: Engine) -> None:
    with writing(bare) as connection:
        add_ward(connection, Ward("bare", "Phường trống", illustrative=True))
    with pytest.raises(Problem, match="Phường trống has no hub"):
        fill(bare, "bare", until=NOW)
    assert stored(bare) == []
