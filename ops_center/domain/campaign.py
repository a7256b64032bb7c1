"""The campaign: which day of it is today, and where its plan says it should be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from ops_center.domain.working_days import DAY, WorkingCalendar


class Campaign(Protocol):
    """A campaign of so many calendar days, with a target of dossiers if it has one."""

    @property
    def starts_on(self) -> date: ...

    @property
    def days(self) -> int: ...

    @property
    def target(self) -> int | None: ...


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


def plan(campaign: Campaign, calendar: WorkingCalendar | None = None) -> list[tuple[date, float]]:
    """How many dossiers there should be by the end of each day, to reach the target on the last.

    Straight, or with a calendar: in equal steps on working days. Empty without a target.
    """
    if campaign.target is None:
        return []
    days = days_of(campaign)
    weights = [calendar is None or calendar.is_working(day) for day in days]
    if not any(weights):
        weights = [True] * len(days)
    total = sum(weights)
    return [
        (day, campaign.target * sum(weights[: place + 1]) / total) for place, day in enumerate(days)
    ]
