"""The demo's campaign: teams report with the week's rhythm, some forget, some correct themselves;
the plan comes along; the evaluation has its inputs."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from ops_center.domain.working_days import local_day
from ops_center.metrics.plan import find_plan, standing
from ops_center.simulator import campaign, teams
from ops_center.simulator.campaign import Reporting
from ops_center.simulator.ward import SOURCE, WARD, plant
from ops_center.simulator.world import World
from ops_center.store.activities import Activity, list_activities, list_past
from ops_center.store.campaign_tables import activity_past, support_activity
from ops_center.store.evaluation_inputs import known_inputs, known_petitions, known_scores
from ops_center.store.plans import list_items
from ops_center.store.session import reading
from ops_center.store.wards import Ward, find_ward
from tests.fixtures.databases import opened
from tests.simulator.demo import NOW, world_of

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def begun_file(planted_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo ward with what its campaign has come to by NOW."""
    path = tmp_path_factory.mktemp("begun") / "begun.db"
    shutil.copyfile(planted_file, path)
    with opened(f"sqlite:///{path}") as engine:
        campaign.fill(engine, WARD, until=NOW)
    return path


@pytest.fixture
def begun(begun_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh copy of it."""
    path = tmp_path / "begun.db"
    shutil.copyfile(begun_file, path)
    with opened(f"sqlite:///{path}") as engine:
        yield engine


@pytest.fixture
def ward(begun: Engine) -> Ward:
    """The demo ward in `begun`."""
    with reading(begun) as connection:
        return find_ward(connection)


@pytest.fixture(scope="module")
def told(world: World) -> list[Activity]:
    """All reports by NOW."""
    return list(teams.history(world, NOW, SOURCE))


@pytest.fixture
def first(world: World) -> date:
    assert world.campaign is not None
    return world.campaign.starts_on


def test_the_whole_campaign_keeps_the_rhythm_of_the_week(world: World) -> None:
    end = NOW + timedelta(days=33)
    visits: dict[int, list[int]] = defaultdict(list)
    by_day: Counter[date] = Counter()
    for day in teams.days(world, end):
        for station in world.stations[::2]:
            by_day[day] += teams.whole_day(world, station, day).get("households", 0)
    for day, amount in by_day.items():
        visits[day.weekday()].append(amount)
    mean = {weekday: sum(some) / len(some) for weekday, some in visits.items()}
    assert mean[5] > 1.2 * mean[0]
    assert 9_000 < by_day.total() < 16_000
    assert len(by_day) == 45


def test_some_hubs_do_not_report_some_days(
    world: World, told: list[Activity], first: date
) -> None:
    heard = {(one.hub_id, one.day) for one in told}
    hubs = {station.hub_id for station in world.stations}
    past = [first + n * DAY for n in range(12)]
    silent = [(hub, day) for hub in hubs for day in past if (hub, day) not in heard]
    assert 0.02 < len(silent) / (len(hubs) * len(past)) < 0.25
    assert {hub for hub, _ in heard} == hubs


def test_nothing_is_reported_from_the_future(world: World, told: list[Activity]) -> None:
    today = local_day(NOW, world.calendar.zone)
    assert all(one.reported_at and one.reported_at <= NOW for one in told)
    assert max(one.day for one in told) == today
    assert len({(one.hub_id, one.day, one.topic_id) for one in told}) == len(told)


def test_no_team_solves_more_problems_than_were_raised(told: list[Activity]) -> None:
    found = {(one.hub_id, one.day, one.topic_id): one.amount for one in told}
    for (hub, day, topic), solved in found.items():
        if topic == "problems_solved":
            assert solved <= found[hub, day, "problems_raised"]


def test_what_is_reported_in_the_day_grows_to_what_is_reported_in_the_evening(
    world: World,
) -> None:
    day = local_day(NOW, world.calendar.zone)
    station = next(one for one in world.stations if teams.whole_day(world, one, day))
    parts = [teams.report(world, station, day, NOW, SOURCE, part) for part in (0.2, 0.7, 1.0)]
    for early, later, whole in zip(*parts, strict=True):
        assert early.amount <= later.amount <= whole.amount


def test_a_history_holds_the_last_word_and_what_was_said_before(
    begun: Engine, ward: Ward, told: list[Activity], first: date
) -> None:
    with reading(begun) as connection:
        found = list_activities(connection, ward.id, first, first + 45 * DAY)
        past = list_past(connection, ward.id, first, first + 45 * DAY)
    last_word = {(one.hub_id, one.day, one.topic_id): one.amount for one in told}
    assert {(one.hub_id, one.day, one.topic_id): one.amount for one in found} == last_word
    assert 10 < len(past) < 400
    assert all(last_word[one.hub_id, one.day, one.topic_id] != one.amount for one in past)


def test_filling_again_changes_nothing(begun: Engine, ward: Ward) -> None:
    def state() -> tuple[object, ...]:
        with reading(begun) as connection:
            counts = [
                connection.execute(select(func.count()).select_from(table)).scalar()
                for table in (support_activity, activity_past)
            ]
            return (
                *counts, list_items(connection, ward.id), known_inputs(connection, ward.id),
                known_petitions(connection, ward.id), known_scores(connection, ward.id),
            )  # fmt: skip

    before = state()
    campaign.fill(begun, ward.id, until=NOW)
    assert state() == before


def test_on_its_thirteenth_day_some_of_the_plan_is_done_and_some_late(
    begun: Engine, ward: Ward, world: World
) -> None:
    assert world.campaign is not None
    with reading(begun) as connection:
        items = find_plan(connection, ward, str(world.campaign.id), local_day(NOW, ward.zone))
    found = standing(items)
    assert found.done >= 4
    assert 1 <= found.late <= 5
    assert found.unowned >= 1
    for one in items:
        assert one.done_on is None or one.starts_on <= one.done_on <= one.today
        assert (one.state == "done") == (one.done_on is not None) == (one.progress == 100)
        assert one.starts_on <= one.today or one.state == "planned"


def test_the_evaluation_has_inputs_petitions_and_official_points(
    begun: Engine, ward: Ward
) -> None:
    with reading(begun) as connection:
        inputs = known_inputs(connection, ward.id)
        petitions = known_petitions(connection, ward.id)
        scores = known_scores(connection, ward.id)
    assert {period for _, period, _ in inputs} >= {"2026-10", "2026-11", "2026-Q4", "2026"}
    assert all(one.numerator <= one.denominator for one in inputs.values())
    for (code, period, _), one in inputs.items():
        if period == "2026-Q4":
            months = [inputs[code, f"2026-{month}", ""] for month in (10, 11)]
            assert one.numerator == sum(month.numerator for month in months)
    assert len(petitions) > 20
    assert any(one.answered_on is None for one in petitions.values())
    assert all(one.received_on <= NOW.date() for one in petitions.values())
    assert {rules for rules, *_ in scores} == {"qd766-2022"}


# ---------------------------------------------------------------- live


@pytest.fixture
def reporting(begun: Engine, world: World) -> Iterator[Reporting]:
    yield Reporting(begun, world.random("test"), NOW)


def _sum(engine: Engine, ward: Ward, day: date) -> int:
    with reading(engine) as connection:
        return sum(one.amount for one in list_activities(connection, ward.id, day, day + DAY))


def test_reports_go_on_live_and_only_grow_today(
    reporting: Reporting, ward: Ward, world: World
) -> None:
    today = local_day(NOW, ward.zone)
    before, at = _sum(reporting.engine, ward, today), NOW
    for _ in range(20):
        at += timedelta(seconds=60)
        reporting.go(world, at, speed=1.0, realistic=False)
        after = _sum(reporting.engine, ward, today)
        assert after >= before
        before = after
    with reading(reporting.engine) as connection:
        found = list_activities(connection, ward.id, today, today + DAY)
    assert max(one.reported_at or NOW for one in found) > NOW


def test_a_realistic_evening_brings_each_teams_day_once(
    reporting: Reporting, ward: Ward, world: World
) -> None:
    today = local_day(NOW, ward.zone)
    before = _sum(reporting.engine, ward, today)
    reporting.go(world, NOW + timedelta(hours=1), speed=1.0, realistic=True)
    assert _sum(reporting.engine, ward, today) == before
    reporting.go(world, NOW + timedelta(hours=12), speed=1.0, realistic=True)
    whole = sum(sum(teams.whole_day(world, one, today).values()) for one in world.stations)
    assert _sum(reporting.engine, ward, today) == whole


def test_a_new_day_moves_the_plan_on(reporting: Reporting, ward: Ward, world: World) -> None:
    def done() -> int:
        with reading(reporting.engine) as connection:
            return sum(one.state == "done" for one in list_items(connection, ward.id))

    before = done()
    reporting.go(world, NOW + 10 * DAY, speed=1.0, realistic=True)
    assert done() > before


def test_after_its_end_nobody_reports(reporting: Reporting, ward: Ward, world: World) -> None:
    after = NOW + 60 * DAY
    reporting.go(world, after, speed=50.0, realistic=False)
    assert _sum(reporting.engine, ward, local_day(after, ward.zone)) == 0


def test_both_databases_hold_the_same_campaign(engine: Engine) -> None:
    until = NOW - 8 * DAY
    ward = plant(engine, until=NOW)
    assert campaign.fill(engine, ward.id, until=until) > 1500
    again = world_of(engine, ward)
    with reading(engine) as connection:
        found = list_activities(connection, ward.id, NOW.date() - 20 * DAY, NOW.date() + DAY)
    told = {(o.hub_id, o.day, o.topic_id): o.amount for o in teams.history(again, until, SOURCE)}
    assert {(o.hub_id, o.day, o.topic_id): o.amount for o in found} == told
