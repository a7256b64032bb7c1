"""The campaign: which day of it is today, what its plan asks for, and what is still needed.

How it will end is foretold by `forecast`, `forecast_ratio` and `forecast_level` (forecast.py),
which can be had from here too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Literal, Protocol

from ops_center.domain.forecast import (
    DayCount,
    Forecast,
    forecast,
    forecast_level,
    forecast_ratio,
)
from ops_center.domain.working_days import DAY

__all__ = [
    "Campaign", "CampaignDay", "DayCount", "Forecast", "PlanKind", "day_of", "days_of", "forecast",
    "forecast_level", "forecast_ratio", "needed_per_day", "plan_curve", "plan_now",
    "share_required",
]

PlanKind = Literal["straight", "working_days", "milestones"]


class Campaign(Protocol):
    """A campaign of so many calendar days."""

    @property
    def starts_on(self) -> date: ...

    @property
    def days(self) -> int: ...


@dataclass(frozen=True)
class CampaignDay:
    """Day `n` of `days`, counted from 1.

    Before the start `n` counts down to 0 (0: it starts tomorrow); after the end it is `days`.
    """

    n: int
    days: int
    phase: Literal["before", "running", "after"]


def day_of(campaign: Campaign, today: date) -> CampaignDay:
    """Which day of the campaign `today` is."""
    n = (today - campaign.starts_on).days + 1
    if n < 1:
        return CampaignDay(n, campaign.days, "before")
    if n > campaign.days:
        return CampaignDay(campaign.days, campaign.days, "after")
    return CampaignDay(n, campaign.days, "running")


def days_of(campaign: Campaign) -> list[date]:
    """The campaign's days in order."""
    return [campaign.starts_on + DAY * step for step in range(campaign.days)]


def plan_curve(
    days: Sequence[date],
    target: float,
    *,
    kind: PlanKind,
    is_working: Callable[[date], bool],
    milestones: Sequence[tuple[date, float]] = (),
) -> tuple[float, ...]:
    """How much there should be by the end of each day, to reach the target on the last.

    Straight, in equal steps on working days (straight if there are none), or straight from one
    milestone to the next. Milestones outside the days are left out; the last day asks for the
    target, unless a milestone of that day asks for something else.
    """
    if kind == "milestones":
        return _between(days, target, milestones)
    weights = [kind == "straight" or is_working(day) for day in days]
    if not any(weights):
        weights = [True] * len(days)
    total = sum(weights)
    return tuple(target * passed / total for passed in accumulate(weights))


def _between(
    days: Sequence[date], target: float, milestones: Sequence[tuple[date, float]]
) -> tuple[float, ...]:
    if not days:
        return ()
    asked = {days[0] - DAY: 0.0, days[-1]: target}
    asked |= {day: value for day, value in milestones if days[0] <= day <= days[-1]}
    stops = sorted(asked)

    def on(day: date) -> float:
        place = min(bisect_right(stops, day), len(stops) - 1)
        start, end = stops[place - 1], stops[place]
        share = (day - start) / (end - start)
        return asked[start] + (asked[end] - asked[start]) * share

    return tuple(on(day) for day in days)


def plan_now(start: float, curve: Sequence[float], begun: int, passed: float) -> float | None:
    """What the plan asks for by now: what it asked for by the end of yesterday, and of what it
    asks of today the part that has passed.

    `curve`: as `plan_curve` gives it, from `start` on; `begun`: how many of its days have begun;
    `passed`: how much of the working time of the last of these is over, 0 to 1. None before the
    first day, and without a plan.
    """
    if not curve or begun < 1:
        return None
    before = curve[begun - 2] if begun > 1 else start
    return before + (curve[begun - 1] - before) * passed


def needed_per_day(
    target: float, now: float, coming: int, today: float | None = None
) -> float | None:
    """What a day must bring from now on to reach the target.

    `coming`: the days after today; `today`: the part of it that is still to be worked, None where
    it is none of the plan's days. 0 once the target is reached, None when no day is left; of less
    than a day all that is missing is asked.
    """
    if now >= target:
        return 0.0
    if today is None and coming < 1:
        return None
    return (target - now) / max(1.0, coming + (today or 0.0))


def share_required(target: float, n: float, of: float, rest: float) -> float | None:
    """The share that the `rest` must reach, so that `n` of `of` and the rest reach the target.

    Above 1 it is out of reach; 0 when nothing more is needed; None when nothing is to come.
    """
    if rest <= 0:
        return None
    return max(0.0, (target * (of + rest) - n) / rest)
