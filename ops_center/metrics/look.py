"""One look at the ward: the statements behind a snapshot, and what they found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.working_days import WorkingCalendar, local_day, start_of
from ops_center.metrics import measures as declared
from ops_center.metrics.campaign import current
from ops_center.metrics.days import OF_FIELD, Day, kept_days
from ops_center.metrics.lines import OF_HUB, HubFacts, added
from ops_center.metrics.number import Values
from ops_center.metrics.scope import window
from ops_center.metrics.soon import soon
from ops_center.metrics.tiles import SPAN, STATES, Past, balance, levels, moment_before
from ops_center.store.activities import last_reports
from ops_center.store.calendars import CalendarDay, calendar_of, list_calendar
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.moments import Moment, find_moments
from ops_center.store.procedures import Field, list_fields
from ops_center.store.sums import Place, Window, durations, flows_together, stocks_together
from ops_center.store.system import Revision, find_revision
from ops_center.store.wards import Ward, find_ward

DAY = timedelta(days=1)
KNOWN = 90
"""Past days that are looked at: two periods of rates with holidays between."""
ARRIVING = timedelta(seconds=20)


@dataclass(frozen=True)
class Frame:
    """The ward, its rules, and the days of the snapshot."""

    ward: Ward
    revision: Revision
    now: datetime
    today: date
    calendar: WorkingCalendar
    special: Mapping[date, CalendarDay]
    campaign: Campaign | None
    fields: list[Field]

    @property
    def first_known(self) -> date:
        start = self.today - KNOWN * DAY
        return start if self.campaign is None else min(start, self.campaign.starts_on)

    @property
    def opening(self) -> datetime | None:
        works = self.calendar.is_working(self.today)
        return self.calendar.opening(self.today) if works else None

    @property
    def holiday(self) -> str | None:
        """The name of today's holiday; an unnamed one is called by its kind."""
        special = self.special.get(self.today)
        if special is None or special.kind == "working_extra":
            return None
        return special.name or special.kind


def frame_of(connection: Connection, ward_id: str, now: datetime) -> Frame:
    ward = find_ward(connection, ward_id)
    special = {one.day: one for one in list_calendar(connection)}
    today = local_day(now, ward.zone)
    return Frame(
        ward=ward,
        revision=find_revision(connection, ward_id),
        now=now,
        today=today,
        calendar=calendar_of(ward, special.values()),
        special=special,
        campaign=current(list_campaigns(connection, ward_id), today),
        fields=list_fields(connection),
    )


# ---------------------------------------------------------------- what was found


@dataclass(frozen=True)
class Found:
    """What the database said, in the shape the lines and tiles want."""

    past: Past
    before: Values
    days: Mapping[date, Day]
    today_hubs: Mapping[str, dict[str, int]]
    today_fields: Mapping[str, dict[str, int]]
    fields: Mapping[str, dict[str, int]]
    overdue_hubs: Mapping[str, int]
    overdue_fields: Mapping[str, int]
    newest: list[Moment]
    arrivals: list[Moment]
    last: Mapping[str, datetime]


_FIELD_MEASURES = declared.chosen(*OF_FIELD, *declared.OPEN.leaving)
_BEFORE_MEASURES = declared.chosen(
    "received", *(name for state in STATES for name in (*state.entering, *state.leaving))
)


def look(connection: Connection, frame: Frame) -> Found:
    today, place = frame.today, Place(frame.ward.id)
    yesterday, then = moment_before(frame.now, frame.calendar, today)
    so_far = window(today, frame.now, frame.ward.zone)
    days = kept_days(connection, frame.ward.id).read(
        connection, min(frame.first_known, yesterday), today - (SPAN - 1) * DAY, today
    )
    before = window(yesterday, then, frame.ward.zone)
    by_hub, by_field, earlier = flows_together(
        connection, place,
        [(declared.MEASURES, so_far, ["hub"]), (_FIELD_MEASURES, so_far, ["field"]),
         (_BEFORE_MEASURES, before, [])],
    )  # fmt: skip
    state, params = soon(connection, frame.ward, frame.calendar, frame.now)
    stocks, overdue_fields = stocks_together(
        connection, place,
        [([*STATES, state], frame.now, ["hub"]), ([declared.OVERDUE], frame.now, ["field"])],
        params,
    )  # fmt: skip
    state, params = soon(connection, frame.ward, frame.calendar, then)
    soon_before = stocks_together(connection, place, [([state], then, [])], params)[0]
    past = _past(connection, frame, so_far, days, by_hub, stocks)
    moments = find_moments(
        connection, frame.ward.id, now=frame.now, today=today, before=yesterday,
        since=start_of(yesterday, frame.ward.zone),
        arrived_since=frame.now - ARRIVING,
    )  # fmt: skip
    told = last_reports(connection, frame.ward.id, start_of(today, frame.ward.zone), frame.now)
    recent = [one.fields or {} for day, one in days.items() if day >= past.first]
    today_fields = {key: sums for (key,), sums in by_field.items()}
    return Found(
        past=past,
        before=_before(past, yesterday, earlier.get((), {}), soon_before),
        days=days,
        today_hubs={key: sums for (key,), sums in by_hub.items()},
        today_fields=today_fields,
        fields=added([*recent, today_fields], OF_FIELD),
        overdue_hubs={key: sums["overdue"] for (key,), sums in stocks.items()},
        overdue_fields={key: sums["overdue"] for (key,), sums in overdue_fields.items()},
        newest=moments.newest,
        arrivals=moments.arrivals,
        last=_latest(moments.last, told),
    )


def _latest(*parts: Mapping[str, datetime]) -> dict[str, datetime]:
    """When each hub was last heard, by a dossier or by a report of its team."""
    return {key: max(one[key] for one in parts if key in one) for part in parts for key in part}


def _past(
    connection: Connection, frame: Frame, so_far: Window, days: Mapping[date, Day],
    by_hub: Mapping[Any, Mapping[str, int]], stocks: Mapping[Any, Mapping[str, int]],
) -> Past:  # fmt: skip
    today, place = frame.today, Place(frame.ward.id)
    totals = {day: one.totals for day, one in days.items()} | {today: _sum(by_hub)}
    present = _sum(stocks)
    (timed,) = declared.chosen("timed")
    bins = Counter(durations(connection, place, timed, so_far).get((), Counter()))
    for day, one in days.items():
        if day > today - SPAN * DAY:
            bins.update(one.durations or {})
    return Past(today, totals, levels(totals, present), present, bins)


def _sum(groups: Mapping[Any, Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for sums in groups.values():
        total.update(sums)
    return total


def _before(
    past: Past, day: date, flowed: Mapping[str, int], soon: Mapping[Any, Mapping[str, int]]
) -> Values:
    """The ward at this clock time on the previous working day."""
    atoms = Counter(flowed)
    for state in STATES:
        atoms[state.name] = past.levels[day][state.name] + balance(state, flowed)
    atoms["due_soon"] = soon.get((), {}).get("due_soon", 0)
    return Values(atoms)


def hub_facts(frame: Frame, found: Found) -> HubFacts:
    first = found.past.first
    recent = [one.hubs for day, one in found.days.items() if day >= first]
    opening = frame.opening
    return HubFacts(
        today=found.today_hubs,
        month=added([*recent, found.today_hubs], OF_HUB),
        overdue=found.overdue_hubs,
        last=found.last,
        expected_since=opening if opening and frame.now >= opening else None,
    )
