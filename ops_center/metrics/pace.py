"""The campaign as it stands: what was done, what the plan asks for, and where it will end.

`find_board` reads everything once; `league` and `heat` only look at it from the hubs' side, so
what they say always adds up to what the board says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from ops_center.domain.campaign import CampaignDay
from ops_center.domain.indicator import State, shares_of_shortfall
from ops_center.domain.working_days import local_day
from ops_center.metrics.campaign import current
from ops_center.metrics.course import Pace, pace_of
from ops_center.metrics.ground import Ground, find_ground
from ops_center.metrics.indicator import Amount
from ops_center.store.campaigns import Campaign, find_campaign, list_campaigns
from ops_center.store.hubs import Hub
from ops_center.store.indicators import Indicator, Milestone
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

__all__ = ["Board", "Heat", "HubPace", "Mark", "Pace", "State", "find_board", "heat", "league"]

Mark = Literal["reported", "not_reported", "not_yet", "to_come"]


@dataclass(frozen=True)
class HubPace:
    """A hub in the league. `planned`: what it should have by now.

    `share_of_shortfall`: its part, 0 to 1, of what the hubs behind their plans lack together;
    None without a target. `last_reported`: None when nothing was heard in the campaign.
    """

    hub: Hub
    now: float | None
    target: float | None
    planned: float | None
    gap: float | None
    share_of_shortfall: float | None
    state: State
    last_reported: date | None


@dataclass(frozen=True)
class Heat:
    """Hubs × days: `values[hub][day]`, and in `marks` why there is none.

    "reported" – a value, 0 among them (None: a ratio of nothing); "not_reported" – of a topic: no
    report; of a metric: nothing happened there that day; "not_yet" – it was no hub then;
    "to_come" – the day has not begun.
    """

    indicator: Indicator
    hubs: tuple[Hub, ...]
    days: tuple[date, ...]
    values: tuple[tuple[float | None, ...], ...]
    marks: tuple[tuple[Mark, ...], ...]


@dataclass(frozen=True)
class Board:
    """A campaign as it stands at `as_of`. `hub_ids`: the hubs asked for, () for the whole ward.

    `working`: for each day of the campaign whether it is a working day; `holidays`: (day, name).
    `passed`: how much of today's working time is over, 0 to 1; 1 once the campaign is.
    `ground`: all that it was made from; `find_board` always gives it.
    """

    campaign: Campaign
    day: CampaignDay
    as_of: datetime
    today: date
    revision: int
    hub_ids: tuple[str, ...]
    paces: tuple[Pace, ...]
    milestones: tuple[Milestone, ...]
    working: tuple[bool, ...]
    holidays: tuple[tuple[date, str], ...]
    passed: float = 1.0
    ground: Ground | None = field(default=None, repr=False, compare=False)


def find_board(
    connection: Connection,
    ward: Ward,
    as_of: datetime,
    *,
    campaign_id: str | None = None,
    hub_ids: Sequence[str] = (),
    forecasts: bool = True,
    ground: Ground | None = None,
) -> Board | None:
    """The campaign of that id, or the current one; None where there is none.

    `ground`: an earlier board's, of the same moment, for other hubs; another one is not used.
    """
    campaign = _campaign(connection, ward, as_of, campaign_id)
    if campaign is None:
        return None
    if ground is None or not _is_of(ground, connection, ward, as_of, campaign):
        ground = find_ground(connection, ward, as_of, campaign)
    hubs = ground.narrowed(hub_ids)
    return Board(
        campaign=campaign,
        day=ground.day,
        as_of=as_of,
        today=ground.today,
        revision=ground.revision.number,
        hub_ids=hubs,
        paces=tuple(
            pace_of(ground, one, hubs or None, foretell=forecasts) for one in ground.indicators
        ),
        milestones=ground.milestones,
        working=ground.working,
        holidays=ground.holidays,
        passed=ground.passed,
        ground=ground,
    )


def _is_of(
    ground: Ground, connection: Connection, ward: Ward, as_of: datetime, campaign: Campaign
) -> bool:
    """Whether it was read for that campaign and instant from data as they are now."""
    same = (ground.ward, ground.campaign, ground.as_of) == (ward, campaign, as_of)
    return same and ground.revision == find_revision(connection, ward.id)


def _campaign(
    connection: Connection, ward: Ward, as_of: datetime, campaign_id: str | None
) -> Campaign | None:
    if campaign_id is not None:
        return find_campaign(connection, ward.id, campaign_id)
    return current(list_campaigns(connection, ward.id), local_day(as_of, ward.zone))


def _ground(board: Board) -> Ground:
    assert board.ground is not None, "a board is read by find_board"
    return board.ground


def _members(board: Board, indicator: Indicator) -> list[tuple[Hub, str]]:
    """The board's hubs that count, and others of which the indicator counted something."""
    ground = _ground(board)
    counted = ground.parts.hubs(indicator)
    counting = {hub.id for hub in ground.counting}
    return [
        (hub, hub.id) for hub in ground.hubs
        if hub.id is not None and (hub.id in counting or hub.id in counted)
        and (not board.hub_ids or hub.id in board.hub_ids)
    ]  # fmt: skip


def league(board: Board, indicator: Indicator) -> tuple[HubPace, ...]:
    """The board's hubs by their gap, the furthest behind first; those without one come last."""
    ground, members = _ground(board), _members(board, indicator)
    paces = [pace_of(ground, indicator, (hub_id,), foretell=False) for _, hub_id in members]
    shares = shares_of_shortfall([_lacking(one) for one in paces])
    lines = [
        _line(ground, hub, hub_id, pace, share)
        for (hub, hub_id), pace, share in zip(members, paces, shares, strict=True)
    ]
    return tuple(sorted(lines, key=lambda one: (one.gap is None, one.gap or 0.0)))


def _lacking(pace: Pace) -> float | None:
    """The gap; that of a ratio in what its numerator lacks, since hubs are not alike in size."""
    if pace.gap is None or pace.indicator.kind != "ratio":
        return pace.gap
    return pace.gap * sum(one for one in pace.base if one is not None)


def _line(ground: Ground, hub: Hub, hub_id: str, pace: Pace, share: float | None) -> HubPace:
    return HubPace(
        hub=hub,
        now=pace.now,
        target=pace.target,
        planned=pace.planned,
        gap=pace.gap,
        share_of_shortfall=share,
        state=pace.state,
        last_reported=_last_reported(ground, hub_id, pace),
    )


def _last_reported(ground: Ground, hub_id: str, pace: Pace) -> date | None:
    heard = ground.heard.get(hub_id, ())
    told = [
        day for day, n in zip(pace.days, pace.daily, strict=True)
        if n is not None and (pace.indicator.metric is None or day in heard)
    ]  # fmt: skip
    return max(told, default=None)


def heat(board: Board, indicator: Indicator) -> Heat:
    """What each of the board's hubs did on each day of the campaign."""
    ground, members = _ground(board), _members(board, indicator)
    rows = [_row(ground, indicator, hub_id) for _, hub_id in members]
    return Heat(
        indicator=indicator,
        hubs=tuple(hub for hub, _ in members),
        days=ground.days,
        values=tuple(tuple(value for _, value in row) for row in rows),
        marks=tuple(tuple(mark for mark, _ in row) for row in rows),
    )


def _row(ground: Ground, indicator: Indicator, hub_id: str) -> list[tuple[Mark, float | None]]:
    amounts = ground.parts.daily(indicator, ground.days, (hub_id,))
    return [
        _cell(ground, indicator, hub_id, day, amount)
        for day, amount in zip(ground.days, amounts, strict=True)
    ]


def _cell(
    ground: Ground, indicator: Indicator, hub_id: str, day: date, amount: Amount | None
) -> tuple[Mark, float | None]:
    if day > ground.today:
        return "to_come", None
    if day < ground.begins(hub_id):
        return "not_yet", None
    if indicator.metric is None:
        heard = amount is not None
    else:  # what stands needs no news; what happens does
        heard = indicator.kind == "level" or day in ground.heard.get(hub_id, ())
    return ("reported", _value(indicator, amount)) if heard else ("not_reported", None)


def _value(indicator: Indicator, amount: Amount | None) -> float | None:
    if amount is None or indicator.kind != "ratio":
        return amount and amount.top
    return amount.top / amount.base if amount.base else None
