"""From an address to its numbers: read once per view, revision and minute, and held."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from ops_center.metrics import pace as paces
from ops_center.metrics.campaign import current
from ops_center.store.campaigns import list_campaigns
from ops_center.store.system import find_revision
from ops_center.web.asking import Asking
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.view import chosen_pace, read
from ops_center.web.known import find_known

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.metrics.pace import Board
    from ops_center.store.campaigns import Campaign
    from ops_center.web.campaign.view import View
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

KEPT = 32  # boards in memory


class Answers:
    """The questions of one web process. Safe to ask from many threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._asking = desk, Asking()
        self._held: OrderedDict[object, Board | None] = OrderedDict()
        self._guard = threading.Lock()

    def seen(self, query: Query, tab: str = "", number: int | None = None) -> Seen:
        """A view with its numbers. A newer question of the same tab ends this one: Superseded."""
        engine, settings = self._desk.live.pulse.engine, self._desk.settings
        with self._asking.asked(engine, tab, "campaign", number) as connection:
            now = self._desk.live.pulse.clock.now()
            known = find_known(connection, settings.ward or None, now)
            campaigns = list_campaigns(connection, known.ward.id)
            view, notes = read(query, campaigns, known.lists)
            revision = find_revision(connection, known.ward.id).number
            usual = _usual(campaigns, known)
            board = self._board(connection, known, view, _named(view, campaigns) or usual, revision)
        pace, more = (None, ()) if board is None else chosen_pace(board, view)
        return Seen(query, known, tuple(campaigns), view, (*notes, *more), board, pace,
                    revision, usual)  # fmt: skip

    def _board(
        self, connection: Connection, known: Known, view: View, campaign: Campaign | None,
        revision: int,
    ) -> Board | None:  # fmt: skip
        if campaign is None:
            return None
        hubs = tuple(sorted({known.lists.hub_ids[code] for code in view.hubs}))
        key = (revision, int(known.now.timestamp() // 60), campaign, hubs)
        with self._guard:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        board = paces.find_board(
            connection, known.ward, known.now, campaign_id=campaign.id, hub_ids=hubs
        )
        with self._guard:
            self._held[key] = board
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return board


def _named(view: View, campaigns: list[Campaign]) -> Campaign | None:
    return next((one for one in campaigns if one.starts_on.isoformat() == view.campaign), None)


def _usual(campaigns: list[Campaign], known: Known) -> Campaign | None:
    """The current campaign, else the last that was."""
    return current(campaigns, known.today) or (campaigns[-1] if campaigns else None)
