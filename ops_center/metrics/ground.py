"""What a campaign stands on: its days, indicators, hubs, and all that was counted – read once.

A dozen statements, whatever the length of the history: only the campaign and a few weeks ahead of
it are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from ops_center.domain.campaign import CampaignDay, day_of, days_of
from ops_center.domain.working_days import WorkingCalendar, calendar, local_day
from ops_center.metrics.indicator import Parts, find_parts
from ops_center.store.activities import heard_days
from ops_center.store.calendars import CalendarDay, list_calendar
from ops_center.store.campaigns import Campaign
from ops_center.store.hubs import Hub, hub_moves, list_hubs
from ops_center.store.indicators import (
    Indicator,
    Milestone,
    hub_targets,
    list_indicators,
    list_milestones,
)
from ops_center.store.system import Revision, find_revision
from ops_center.store.wards import UNASSIGNED, Ward

DAY = timedelta(days=1)
BEFORE = 56
"""Days ahead of the campaign: they teach a forecast the week, and tell which hubs there were."""


@dataclass(frozen=True)
class Ground:
    """`given`: indicator → hub → target; `moves`: hub → where its dossiers count after mergers;
    `heard`: hub → days on which anything happened there. `goals` are kept once worked out."""

    ward: Ward
    campaign: Campaign
    as_of: datetime
    today: date
    revision: Revision
    calendar: WorkingCalendar
    special: Mapping[date, CalendarDay]
    indicators: tuple[Indicator, ...]
    given: Mapping[str, Mapping[str, float]]
    milestones: tuple[Milestone, ...]
    hubs: tuple[Hub, ...]
    moves: Mapping[str, str]
    parts: Parts
    heard: Mapping[str, Collection[date]]
    goals: dict[str, Mapping[str, float]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def days(self) -> tuple[date, ...]:
        return tuple(days_of(self.campaign))

    @cached_property
    def day(self) -> CampaignDay:
        return day_of(self.campaign, self.today)

    @cached_property
    def begun(self) -> int:
        """How many of its days have begun."""
        return sum(day <= self.today for day in self.days)

    @cached_property
    def finished(self) -> int:
        """How many of its days are over."""
        return sum(day < self.today for day in self.days)

    @cached_property
    def passed(self) -> float:
        """How much of today's working time is over, 0 to 1; 1 when the campaign is."""
        return 1.0 if self.day.phase == "after" else self.calendar.passed(self.as_of)

    @cached_property
    def working(self) -> tuple[bool, ...]:
        return tuple(self.calendar.is_working(day) for day in self.days)

    @property
    def holidays(self) -> tuple[tuple[date, str], ...]:
        """Its days off that are no usual ones."""
        free = [day for day in self.days if day in self.special and
                self.special[day].kind != "working_extra"]  # fmt: skip
        return tuple((day, self.special[day].name) for day in free)

    @cached_property
    def counting(self) -> tuple[Hub, ...]:
        """The hubs that are expected to do something."""
        return tuple(
            hub for hub in self.hubs
            if hub.active and hub.replaced_by is None and hub.id != UNASSIGNED
        )  # fmt: skip

    def narrowed(self, hub_ids: Sequence[str]) -> tuple[str, ...]:
        """The hubs asked for, where they count now."""
        return tuple(dict.fromkeys(self.moves.get(one, one) for one in hub_ids))

    def begins(self, hub_id: str) -> date:
        """The day of the campaign from which there was that hub.

        Nobody writes down when a hub was opened. One of which nothing was heard in the weeks ahead
        of the campaign is new from the first day on which something is; until then it is only
        silent. Where nothing at all was heard ahead, nobody is new.
        """
        start = self.campaign.starts_on
        if hub_id not in self.heard or not self._heard_ahead:
            return start
        return max(start, min(self.heard[hub_id]))

    @cached_property
    def _heard_ahead(self) -> bool:
        start = self.campaign.starts_on
        return any(day < start for days in self.heard.values() for day in days)

    def milestones_of(self, indicator: Indicator) -> list[tuple[date, float]]:
        """(day, value) of those on its way that have one."""
        return [
            (one.day, one.value) for one in self.milestones
            if one.indicator_id == indicator.id and one.value is not None
        ]  # fmt: skip


def find_ground(connection: Connection, ward: Ward, as_of: datetime, campaign: Campaign) -> Ground:
    """All of it, as of one instant. `campaign` must be one that was read, with its id."""
    assert campaign.id is not None
    today = local_day(as_of, ward.zone)
    first = campaign.starts_on - BEFORE * DAY
    last = max(first, min(campaign.ends_on, today) + DAY)
    special = {one.day: one for one in list_calendar(connection)}
    indicators = list_indicators(connection, ward.id, campaign.id)
    revision = find_revision(connection, ward.id)
    return Ground(
        ward=ward,
        campaign=campaign,
        as_of=as_of,
        today=today,
        revision=revision,
        calendar=calendar(
            ward.time_zone, ward.working_hours, {day: one.kind for day, one in special.items()}
        ),
        special=special,
        indicators=tuple(indicators),
        given=hub_targets(connection, ward.id, campaign.id),
        milestones=tuple(list_milestones(connection, ward.id, campaign.id)),
        hubs=tuple(list_hubs(connection, ward.id)),
        moves=hub_moves(connection, ward.id),
        parts=find_parts(connection, ward, indicators, first, last, as_of, revision),
        heard=heard_days(connection, ward.id, first, last),
    )
