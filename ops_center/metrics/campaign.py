"""The campaign on the wall: its days, what came in on each, and what the plan asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from ops_center.domain.campaign import plan_curve, plan_now
from ops_center.domain.working_days import WorkingCalendar, local_day
from ops_center.store.calendars import CalendarDay
from ops_center.store.campaigns import Campaign

DAY = timedelta(days=1)
AFTER = 30
"""Days for which the wall still shows a campaign that is over."""


@dataclass(frozen=True)
class CampaignDay:
    """A campaign as it stands: today is its `day` n of `days` (below 1 before, above after).

    `bars`: (day, received) up to today; `cumulative` their running sums; `plan`: what the target
    asks for by now, as the pace of an indicator has it, None without one; `working`: for each
    day whether it is worked.
    """

    name: str
    day: int
    days: int
    starts_on: date
    target: int | None
    bars: tuple[tuple[date, int], ...]
    cumulative: tuple[int, ...]
    plan: float | None
    total: int
    working: tuple[bool, ...]
    holidays: tuple[tuple[date, str], ...]


def current(campaigns: list[Campaign], today: date) -> Campaign | None:
    """The campaign under way or just over, else the next one."""
    begun = [one for one in campaigns if one.starts_on <= today]
    shown = [one for one in begun if today < one.starts_on + (one.days + AFTER) * DAY]
    coming = [one for one in campaigns if one.starts_on > today]
    return shown[-1] if shown else coming[0] if coming else None


def campaign_day(
    campaign: Campaign,
    received: Mapping[date, Mapping[str, int]],
    now: datetime,
    calendar: WorkingCalendar,
    special: Mapping[date, CalendarDay],
) -> CampaignDay:
    """The campaign as it stands now; `received`: the ward's measures by day, up to today."""
    today = local_day(now, calendar.zone)
    days = [campaign.starts_on + n * DAY for n in range(campaign.days)]
    bars = [(day, received[day].get("received", 0)) for day in days if day <= today]
    working = [calendar.is_working(day) for day in days]
    free = [day for day in days if day in special and special[day].kind != "working_extra"]
    return CampaignDay(
        name=campaign.name,
        day=(today - campaign.starts_on).days + 1,
        days=campaign.days,
        starts_on=campaign.starts_on,
        target=campaign.target,
        bars=tuple(bars),
        cumulative=tuple(accumulate(n for _, n in bars)),
        plan=_planned(campaign, calendar, len(bars), now),
        total=sum(n for _, n in bars),
        working=tuple(working),
        holidays=tuple((day, special[day].name) for day in free),
    )


def _planned(
    campaign: Campaign, calendar: WorkingCalendar, begun: int, now: datetime
) -> float | None:
    """The target spread evenly over the working days, as far as these have passed."""
    days = [campaign.starts_on + n * DAY for n in range(campaign.days)]
    if campaign.target is None or not any(map(calendar.is_working, days)):
        return None
    curve = plan_curve(
        days, campaign.target, kind="working_days", is_working=calendar.is_working
    )
    over = local_day(now, calendar.zone) > days[-1]
    return plan_now(0.0, curve, begun, 1.0 if over else calendar.passed(now)) or 0.0
