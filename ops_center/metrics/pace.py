"""The campaign as it stands: what was done, what the plan asks for, and where it will end.

`find_board` reads everything once; `league` and `heat` only look at it from the hubs' side, so
what they say always adds up to what the board says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection

from ops_center.domain.campaign import CampaignDay
from ops_center.store.campaigns import Campaign
from ops_center.store.hubs import Hub
from ops_center.store.indicators import Indicator, Milestone
from ops_center.store.wards import Ward

if TYPE_CHECKING:
    from ops_center.domain.campaign import Forecast

State = Literal["good", "watch", "bad", "none"]
Mark = Literal["reported", "not_reported", "not_yet", "to_come"]


@dataclass(frozen=True)
class Pace:
    """One indicator at one place, day by day, as of one instant.

    `hub_id`: None for the ward or the sum of several hubs. `days`: the campaign's; the tuples
    beside it have one entry for each of them.

    `daily`: count – done on the day; ratio – its numerator; level – its value. None: nobody
    reported, or still to come. `base`: a ratio's denominators, else ().
    `total`: the value by the end of the day – running sum, ratio of sums, or level; None after
    today. `plan`: what the plan asks for by then; () without a target.
    `gap`: `now` against today's plan, positive is good, also where lower is better.
    `needed`: count – per day from now on; ratio – the share required of the rest, above 1 is out
    of reach. `lately`: the same over the last 7 finished days with a report.
    """

    indicator: Indicator
    hub_id: str | None
    days: tuple[date, ...]
    daily: tuple[float | None, ...]
    base: tuple[float | None, ...]
    total: tuple[float | None, ...]
    plan: tuple[float, ...]
    now: float | None
    target: float | None
    gap: float | None
    needed: float | None
    lately: float | None
    forecast: Forecast | None
    state: State


@dataclass(frozen=True)
class HubPace:
    """A hub in the league. `plan`: what it should have by the end of today.

    `share_of_shortfall`: its part, 0 to 1, of what the hubs behind their plans lack together;
    None without a target. `last_reported`: None when nothing was heard in the campaign.
    """

    hub: Hub
    now: float | None
    target: float | None
    plan: float | None
    gap: float | None
    share_of_shortfall: float | None
    state: State
    last_reported: date | None


@dataclass(frozen=True)
class Heat:
    """Hubs × days: `values[hub][day]`, and in `marks` why there is none.

    "reported" – a value, 0 among them (None: a ratio of nothing); "not_reported" – the hub was
    not heard that day; "not_yet" – it was no hub then; "to_come" – the day has not begun.
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


def find_board(
    connection: Connection,
    ward: Ward,
    as_of: datetime,
    *,
    campaign_id: str | None = None,
    hub_ids: Sequence[str] = (),
    forecasts: bool = True,
) -> Board | None:
    """The campaign of that id, or the current one; None where there is none."""
    raise NotImplementedError


def league(board: Board, indicator: Indicator) -> tuple[HubPace, ...]:
    """The hubs by their gap, the furthest behind first; those without a target come last."""
    raise NotImplementedError


def heat(board: Board, indicator: Indicator) -> Heat:
    """What each hub did on each day of the campaign."""
    raise NotImplementedError
