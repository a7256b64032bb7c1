"""The campaign: which day it is, and where the plan stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from ops_center.domain.campaign import (
    CampaignDay,
    PlanKind,
    day_of,
    days_of,
    needed_per_day,
    plan_curve,
    plan_now,
    share_required,
)
from tests.domain.hours import WARD


@dataclass(frozen=True)
class Run:
    starts_on: date = date(2026, 8, 17)
    days: int = 45


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 8, 15), CampaignDay(-1, 45, "before")),
        (date(2026, 8, 16), CampaignDay(0, 45, "before")),
        (date(2026, 8, 17), CampaignDay(1, 45, "running")),
        (date(2026, 9, 30), CampaignDay(45, 45, "running")),
        (date(2026, 10, 1), CampaignDay(45, 45, "after")),
    ],
)
def test_days_are_counted_from_one(today: date, told: CampaignDay) -> None:
    assert day_of(Run(), today) == told
    assert len(days_of(Run())) == 45 and days_of(Run())[-1] == date(2026, 9, 30)


def _curve(kind: PlanKind, run: Run, target: float = 900.0) -> dict[date, float]:
    days = days_of(run)
    line = plan_curve(days, target, kind=kind, is_working=WARD.is_working)
    return dict(zip(days, line, strict=True))


def test_a_straight_plan_reaches_the_target_on_the_last_day() -> None:
    line = _curve("straight", Run())
    assert line[date(2026, 8, 17)] == 20.0
    assert line[date(2026, 9, 30)] == 900.0


def test_a_plan_by_working_days_stands_still_when_nobody_works() -> None:
    line = _curve("working_days", Run())
    assert line[date(2026, 8, 22)] > line[date(2026, 8, 21)]  # a make-up Saturday
    assert line[date(2026, 8, 23)] == line[date(2026, 8, 22)]
    assert line[date(2026, 9, 2)] == line[date(2026, 8, 30)]
    assert line[date(2026, 9, 30)] == 900.0


def test_a_plan_over_free_days_only_is_straight() -> None:
    weekend = Run(date(2026, 8, 29), 2)
    assert list(_curve("working_days", weekend, 10.0).values()) == [5.0, 10.0]


def test_a_plan_by_milestones_goes_straight_from_one_to_the_next() -> None:
    days = days_of(Run(days=10))
    stops = [(days[3], 20.0), (days[1], 10.0), (date(2027, 1, 1), 5.0)]
    line = plan_curve(days, 80.0, kind="milestones", is_working=WARD.is_working, milestones=stops)
    assert line == pytest.approx((5, 10, 15, 20, 30, 40, 50, 60, 70, 80))


def test_a_milestone_of_the_last_day_goes_before_the_target() -> None:
    days = days_of(Run(days=2))
    stops = [(days[1], 8.0)]
    line = plan_curve(days, 80.0, kind="milestones", is_working=WARD.is_working, milestones=stops)
    assert line == (4.0, 8.0)
    assert plan_curve([], 80.0, kind="milestones", is_working=WARD.is_working) == ()
    assert plan_curve([], 80.0, kind="straight", is_working=WARD.is_working) == ()


def test_each_day_left_must_bring_its_part_of_what_is_missing() -> None:
    assert needed_per_day(900, 300, 30) == 20.0
    assert needed_per_day(900, 950, 30) == 0.0
    assert needed_per_day(900, 300, 0) is None
    assert needed_per_day(0, 0, 0) == 0.0


def test_the_share_required_of_the_rest_makes_the_whole_reach_the_target() -> None:
    share = share_required(0.8, 60, 100, 50)
    assert share is not None
    assert (60 + share * 50) / 150 == pytest.approx(0.8)
    assert share_required(0.9, 10, 100, 20) == pytest.approx(4.9)  # out of reach
    assert share_required(0.5, 99, 100, 10) == 0.0
    assert share_required(0.5, 99, 100, 0) is None


# ---------------------------------------------------------------- by now

CURVE = (10.0, 20.0, 30.0, 100.0)


@pytest.mark.parametrize(
    ("begun", "passed", "asked"),
    [
        (0, 0.0, None),  # before the start nothing is asked for
        (1, 0.0, 4.0),  # day 1, before opening: where it started from
        (1, 0.5, 7.0),
        (1, 1.0, 10.0),
        (3, 0.0, 20.0),  # in the morning the end of yesterday
        (3, 0.25, 22.5),
        (4, 1.0, 100.0),
    ],
)
def test_the_plan_grows_from_yesterdays_end_to_todays(
    begun: int, passed: float, asked: float | None
) -> None:
    assert plan_now(4.0, CURVE, begun, passed) == asked
    assert plan_now(4.0, (), begun, passed) is None, "no target, no plan"


def test_a_plan_that_falls_falls_through_the_day() -> None:
    assert plan_now(90.0, (80.0, 70.0), 2, 0.5) == 75.0
    assert plan_now(90.0, (80.0, 70.0), 1, 0.1) == 89.0


def test_what_is_left_of_today_counts_as_far_as_it_goes() -> None:
    assert needed_per_day(900, 300, 2, 0.5) == 240.0
    assert needed_per_day(900, 300, 2, 0.0) == 300.0
    assert needed_per_day(900, 300, 2) == 300.0, "today is none of the plan's days"


def test_less_than_a_day_left_is_asked_for_what_is_missing() -> None:
    """Half an hour before the end a tenth of the target is not ten times the target a day."""
    assert needed_per_day(900, 810, 0, 0.0625) == 90.0
    assert needed_per_day(900, 810, 0, 0.0) == 90.0, "the teams' evening reports are to come"
