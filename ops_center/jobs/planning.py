"""Which letters are due: a row of the outbox for each, once, whoever plans and however often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine

from ops_center import logs
from ops_center.domain.slots import decide, read_days, read_time, slots
from ops_center.domain.working_days import WorkingCalendar
from ops_center.mail.message import message_id
from ops_center.store.calendars import find_calendar
from ops_center.store.outbox import Planned, plan
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import Subscription, list_subscriptions
from ops_center.store.wards import Ward

KIND = "daily"
"""The kind of letters that come by subscription."""

LOOK_BACK = timedelta(days=7)
"""Slots missed for longer are not noted one by one."""

_DAY = timedelta(days=1)


class Planner:
    """Plans the letters of wards. `oldest`: what was missed for longer is skipped, and noted."""

    def __init__(self, engine: Engine, mail_from: str, oldest: timedelta) -> None:
        self._engine, self._from, self._oldest = engine, mail_from, oldest
        self._planned: dict[str, datetime] = {}
        self._complained: set[tuple[str, str]] = set()

    def plan(self, ward: Ward, now: datetime) -> int:
        """Put what is due by now into the outbox; how many are new there."""
        with reading(self._engine) as connection:
            subscriptions = list_subscriptions(connection, ward.id)
            calendar = find_calendar(connection, ward)
        rows = [
            row
            for one in subscriptions
            if one.active and one.reachable
            for row in self._due(one, calendar, now)
            if row.message_id not in self._planned
        ]
        if not rows:
            return 0
        with writing(self._engine) as connection:
            added = plan(connection, ward.id, rows)
        self._remember(rows, now)
        if added:
            logs.event("letter.planned", ward=ward.id, count=added)
        return added

    def _due(
        self, one: Subscription, calendar: WorkingCalendar, now: datetime
    ) -> Iterator[Planned]:
        try:
            days, clock, zone = read_days(one.days), read_time(one.local_time), _zone(one)
        except ValueError as error:
            self._complain(one, error)
            return
        found = tuple(slots(days, clock, zone, self._after(one, now), now, calendar.is_working))
        for due in decide(found, now, self._oldest):
            yield Planned(
                kind=KIND,
                slot=due.slot.name,
                recipient=one.email.lower(),
                subscription_id=one.id,
                due_at=due.slot.at,
                next_at=now if due.skip else due.slot.at,
                message_id=message_id(self._from, one.ward_id, KIND, due.slot.name, one.id),
                state="skipped" if due.skip else "waiting",
                reason=due.skip,
            )

    @staticmethod
    def _after(one: Subscription, now: datetime) -> datetime:
        """Where to begin. What begins more than a day from now was written by a clock that was
        wrong, and must not stop the letters until then."""
        earliest = now - LOOK_BACK
        if one.since is None or one.since > now + _DAY:
            return earliest
        return max(earliest, one.since)

    def _remember(self, rows: list[Planned], now: datetime) -> None:
        """What is in the outbox need not be tried again by this process."""
        self._planned |= {row.message_id: row.due_at for row in rows}
        old = now - 2 * LOOK_BACK
        self._planned = {id: at for id, at in self._planned.items() if at > old}

    def _complain(self, one: Subscription, error: ValueError) -> None:
        if (one.ward_id, one.id) not in self._complained:
            logs.failure("letter.not_understood", error, ward=one.ward_id, subscription=one.id)
        self._complained.add((one.ward_id, one.id))


def _zone(one: Subscription) -> ZoneInfo:
    try:
        return ZoneInfo(one.time_zone)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no time zone: {one.time_zone!r}") from error
