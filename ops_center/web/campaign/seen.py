"""A view of the campaign with its numbers: what every part of the page is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.metrics import pace as paces
from ops_center.metrics.catalog import METRICS
from ops_center.store.wards import UNASSIGNED
from ops_center.web import shell
from ops_center.web.campaign.view import View, spelled
from ops_center.web.parts import said

if TYPE_CHECKING:
    from ops_center.metrics.lists import Hub
    from ops_center.metrics.pace import Board, Heat, HubPace, Pace
    from ops_center.store.campaigns import Campaign
    from ops_center.store.indicators import Indicator
    from ops_center.web.address import Note
    from ops_center.web.desk import Query
    from ops_center.web.known import Known


@dataclass(frozen=True)
class Seen:
    """The page at one instant. `board` None: there is no campaign; `pace` None: no indicator.

    `usual`: the campaign that an address shows without naming one.
    """

    query: Query
    known: Known
    campaigns: tuple[Campaign, ...]
    view: View
    notes: tuple[Note, ...]
    board: Board | None
    pace: Pace | None
    revision: int
    usual: Campaign | None

    @property
    def language(self) -> str:
        return self.query.language

    @property
    def theme(self) -> str:
        return self.query.theme

    def say(self, key: str, **values: object) -> str:
        """The page's own words, in its language."""
        return said(f"campaign.{key}", self.language, **values)

    def to(self, **changes: object) -> str:
        """The address of this view with these changes."""
        return spelled(self.view, **changes)

    def name(self, hub: Hub) -> str:
        """What the hub is called."""
        return said("wall.unassigned", self.language) if hub.id == UNASSIGNED else hub.name

    def hub_way(self, hub: Hub) -> str:
        """The address of the hub's page."""
        return shell.hub_way(self.query, hub.code)

    def explore(
        self, indicator: Indicator, hubs: tuple[str, ...], first: date | None = None,
        last: date | None = None,
    ) -> str:  # fmt: skip
        """The dossiers behind an indicator at these hubs (codes), on these days, the last one
        included; over the campaign without. "" where it does not come from dossiers."""
        if indicator.metric not in METRICS or self.board is None:
            return ""
        campaign = self.board.campaign
        first, last = first or campaign.starts_on, last or campaign.ends_on
        asked = {"period": f"{first}..{last}", "metric": indicator.metric,
                 "rows": indicator.metric}  # fmt: skip
        if hubs:
            asked["hub"] = ",".join(hubs)
        return shell.way(self.query, "/explore", **asked)

    @cached_property
    def league(self) -> tuple[HubPace, ...]:
        """The hubs of the view by the chosen indicator's gap."""
        if self.board is None or self.pace is None:
            return ()
        found = paces.league(self.board, self.pace.indicator)
        return tuple(one for one in found if self.shows(one.hub))

    @cached_property
    def heat(self) -> Heat | None:
        """What each hub did on each day; every hub, those of another view too."""
        if self.board is None or self.pace is None:
            return None
        return paces.heat(self.board, self.pace.indicator)

    @cached_property
    def hub_ids(self) -> frozenset[str]:
        """The hubs that the view is narrowed to; empty for all."""
        return frozenset(self.known.lists.hub_ids[code] for code in self.view.hubs)

    def shows(self, hub: Hub) -> bool:
        """Whether the view is not narrowed to other hubs."""
        return not self.view.hubs or hub.id in self.hub_ids

    def said_notes(self) -> list[str]:
        """What was dropped from the address."""
        return [i18n.text(note.key, self.language, **note.values) for note in self.notes]
