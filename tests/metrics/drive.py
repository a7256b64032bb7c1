"""A campaign in a small ward: hubs, indicators and reports that a test writes line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from ops_center.metrics.pace import Board, Pace, find_board
from ops_center.store.activities import Activity, add_activity
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.indicators import (
    Indicator,
    Milestone,
    add_indicator,
    add_milestone,
    list_indicators,
    set_hub_target,
)
from ops_center.store.wards import Ward, add_ward

DAY = timedelta(days=1)
START = date(2026, 8, 24)  # a Monday
DRIVE = Ward("drive", "Phường Chiến Dịch")
CLOSING = time(17, 30)
"""All that the plan asks of a day is asked for by then."""


@dataclass
class Drive:
    """A ward with a campaign in an open transaction."""

    connection: Connection
    ward: Ward
    start: date
    days: int

    def hub(self, id: str, **values: Any) -> None:
        add_hub(self.connection, Hub(self.ward.id, f"TDP-{id}", f"Điểm {id}", id, **values))

    def indicator(self, code: str = "I", **values: Any) -> Indicator:
        usual: dict[str, Any] = {"name": code, "kind": "count", "target": 100.0}
        if not values.keys() & {"metric", "topic_id"}:
            usual["topic_id"] = "households"
        new = Indicator(campaign_id="c", code=code, **usual | values)
        add_indicator(self.connection, self.ward.id, new)
        found = list_indicators(self.connection, self.ward.id, "c")
        return next(one for one in found if one.code == code)

    def target(self, indicator: Indicator, hub_id: str, value: float) -> None:
        set_hub_target(self.connection, self.ward.id, indicator.id or "", hub_id, value)

    def milestone(self, indicator: Indicator | None, day: int, value: float | None) -> None:
        of = None if indicator is None else indicator.id
        new = Milestone("c", self.on(day), f"M{day}", None, of, value)
        add_milestone(self.connection, self.ward.id, new)

    def report(
        self, hub_id: str, day: int, amount: int, topic: str = "households", team: str = ""
    ) -> None:
        """On the campaign's day of that number, counted from 1; before it 0, -1, …"""
        new = Activity(hub_id, self.on(day), topic, amount, team)
        add_activity(self.connection, self.ward.id, new)

    def on(self, day: int) -> date:
        return self.start + (day - 1) * DAY

    def at(self, day: int, clock: time = CLOSING) -> datetime:
        return datetime.combine(self.on(day), clock, self.ward.zone).astimezone(UTC)

    def board(self, day: int, *hub_ids: str, clock: time = CLOSING, **asked: Any) -> Board:
        found = find_board(
            self.connection, self.ward, self.at(day, clock), hub_ids=hub_ids, **asked
        )
        assert found is not None
        return found

    def pace(self, day: int, *hub_ids: str, code: str = "I", clock: time = CLOSING) -> Pace:
        board = self.board(day, *hub_ids, clock=clock)
        return next(one for one in board.paces if one.indicator.code == code)


def begin(connection: Connection, hubs: str = "ab", start: date = START, days: int = 10) -> Drive:
    """A ward with these hubs, each heard in the week before, and a campaign without indicators."""
    add_ward(connection, DRIVE)
    drive = Drive(connection, DRIVE, start, days)
    for id in hubs:
        drive.hub(id)
        drive.report(id, -6, 1, "vneid")
    campaign = Campaign("45 ngày đêm", start, days, None, "c")
    add_campaign(connection, DRIVE.id, campaign)
    return drive
