"""The campaign: which day it is, and where the plan stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from ops_center.domain.campaign import CampaignDay, day_of, days_of, plan
from tests.domain.hours import WARD


@dataclass(frozen=True)
class Run:
    starts_on: date = date(2026, 8, 17)
    days: int = 45
    target: int | None = 900


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


def test_a_straight_plan_reaches_the_target_on_the_last_day() -> None:
    line = plan(Run())
    assert line[0] == (date(2026, 8, 17), 20.0)
    assert line[-1] == (date(2026, 9, 30), 900.0)


def test_a_plan_by_working_days_stands_still_when_nobody_works() -> None:
    line = dict(plan(Run(), WARD))
    assert line[date(2026, 8, 22)] > line[date(2026, 8, 21)]  # a make-up Saturday
    assert line[date(2026, 8, 23)] == line[date(2026, 8, 22)]
    assert line[date(2026, 9, 2)] == line[date(2026, 8, 30)]
    assert line[date(2026, 9, 30)] == 900.0


def test_a_plan_over_free_days_only_is_straight_and_one_without_target_is_none() -> None:
    weekend = Run(date(2026, 8, 29), 2, 10)
    assert plan(weekend, WARD) == [(date(2026, 8, 29), 5.0), (date(2026, 8, 30), 10.0)]
    assert plan(Run(target=None)) == []
