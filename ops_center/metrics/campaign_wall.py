"""The campaign as the wall shows it: its board, the hubs that hold back most, the late items."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ops_center.metrics.pace import Board, find_board, league
from ops_center.metrics.plan import PlanStanding, find_plan, standing
from ops_center.store.hubs import Hub
from ops_center.store.wards import Ward

MOST = 8
"""Hubs that are named at most."""


@dataclass(frozen=True)
class Holding:
    """A hub that holds back: its part, 0 to 1, of all that is lacking, over the indicators that
    ask something of hubs, each as it weighs; `behind`: in how many of them it is behind."""

    hub: Hub
    share: float
    behind: int


@dataclass(frozen=True)
class OnTheWall:
    """`split`: whether any indicator asks something of single hubs. `plan`: what of the action plan
    is late or without an owner."""

    board: Board
    holding: tuple[Holding, ...]
    split: bool
    plan: PlanStanding


def take(connection: Connection, ward: Ward, now: datetime) -> OnTheWall | None:
    """The current campaign, read now."""
    board = find_board(connection, ward, now)
    if board is None:
        return None
    holding, split = holding_back(board)
    items = find_plan(connection, ward, str(board.campaign.id), board.today)
    return OnTheWall(board, holding, split, standing(items))


def holding_back(board: Board) -> tuple[tuple[Holding, ...], bool]:
    """The hubs by their part of what is lacking, and whether any indicator asks it of hubs."""
    hubs: dict[str, Hub] = {}
    parts: dict[str, float] = defaultdict(float)
    behind: dict[str, int] = defaultdict(int)
    weights, split = 0.0, False
    for pace in board.paces:
        lines = [one for one in league(board, pace.indicator) if one.hub.id is not None]
        split = split or any(one.gap is not None for one in lines)
        lacking = [one for one in lines if one.share_of_shortfall]
        if not lacking or not pace.indicator.weight:
            continue
        weights += pace.indicator.weight
        for one in lacking:
            assert one.hub.id is not None
            hubs[one.hub.id] = one.hub
            parts[one.hub.id] += pace.indicator.weight * (one.share_of_shortfall or 0.0)
            behind[one.hub.id] += 1
    order = sorted(parts, key=lambda id: (-parts[id], hubs[id].sort_key, id))
    found = [Holding(hubs[id], parts[id] / weights, behind[id]) for id in order[:MOST]]
    return tuple(found), split
