"""How a hub stands in the campaign: each indicator that is asked of it, against its own plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.pace import Board, Pace, find_board
from ops_center.web.campaign import words
from ops_center.web.campaign.view import View, spelled
from ops_center.web.parts import apart, marked, said, shape

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.metrics.lists import Hub
    from ops_center.metrics.profile import InCampaign
    from ops_center.web.desk import Query
    from ops_center.web.known import Known

_COLUMNS = ("indicator", "state", "now", "target", "plan", "gap", "needed", "lately")


def find(
    connection: Connection, known: Known, hub: Hub, state: InCampaign | None
) -> Board | None:
    """The hub's board in the campaign of its profile; without forecasts, which few dossiers and
    reports could not bear."""
    if state is None or hub.id is None:
        return None
    return find_board(
        connection, known.ward, known.now, campaign_id=state.campaign.id, hub_ids=(hub.id,),
        forecasts=False,
    )  # fmt: skip


def paces(query: Query, hub: Hub, board: Board | None) -> list[Component]:
    """A table of the indicators, and the way to the campaign's page for this hub."""
    language = query.language
    if board is None or not board.paces:
        return []
    head = html.Thead(html.Tr([
        marked(html.Th(_head(name, board, language)), {"scope": "col"}) for name in _COLUMNS
    ]))  # fmt: skip
    rows = html.Tbody([_row(query, hub, board, one) for one in board.paces])
    way = html.A(said("campaign.hub.open", language), href=_way(query, hub, board))
    table = html.Table([head, rows], className="numbers")
    return [html.Div(table, className="scrolls in-campaign"), html.P(way, className="further")]


def _head(name: str, board: Board, language: str) -> str:
    over = "_over" if name == "plan" and board.day.phase == "after" else ""
    return said(f"campaign.hub.{name}{over}", language)


def _row(query: Query, hub: Hub, board: Board, pace: Pace) -> Component:
    language, indicator = query.language, pace.indicator
    state: list[Any] = [shape(pace.state), " ", words.state_words(pace, board.day, language)]
    name = html.A(indicator.words(language), href=_way(query, hub, board, indicator.code),
                  dir="auto")  # fmt: skip
    running = board.day.phase == "running"
    values = [
        words.shown(indicator, pace.now, language), words.shown(indicator, pace.target, language),
        words.shown(indicator, pace.planned, language),
        words.gap_words(indicator, pace.gap, language),
        words.needed_words(pace, language) if running else i18n.MISSING,
        words.shown(indicator, pace.lately, language) if running else i18n.MISSING,
    ]  # fmt: skip
    cells = [html.Td(state, className=pace.state), *(html.Td(apart(one)) for one in values)]
    return html.Tr([marked(html.Th(name), {"scope": "row"}), *cells])


def _way(query: Query, hub: Hub, board: Board, indicator: str = "") -> str:
    """The campaign's page for this hub, in the same language and theme."""
    kept = {name: query.get(name, "") for name in ("lang", "theme")}
    return spelled(View(board.campaign.starts_on.isoformat(), (hub.code,), indicator, **kept))
