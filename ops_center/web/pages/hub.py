"""/hub/<CODE>: what the clerk has to do now, to print; then the hub beside its ward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics import profile, worklist
from ops_center.store.system import find_revision
from ops_center.store.wards import UNASSIGNED
from ops_center.web import hub_campaign, hub_profile, hub_worklist, shell
from ops_center.web.parts import apart, marked, said

if TYPE_CHECKING:
    from ops_center.metrics.lists import Hub
    from ops_center.metrics.pace import Board
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known


def register(app: Dash, desk: Desk) -> None:
    """No callback: the address says all."""


def title(query: Query) -> str:
    """The hub's code."""
    return _code(query)


def exists(query: Query, desk: Desk) -> bool:
    """Whether there is a hub of that code, now or before a merger."""
    with desk.asking() as (_, known):
        return _find(known, _code(query)) is not None


def opened(query: Query, desk: Desk) -> Component:
    """The hub's page; for a merged one the way to the hub it became."""
    code = _code(query)
    with desk.asking() as (connection, known):
        hub = _find(known, code)
        if hub is None:
            return shell.framed(query, "hubs", _missing(query, known, code), known=known)
        if hub.code != code:
            return shell.framed(query, "hubs", _merged(query, code, hub), known=known)
        assert hub.id
        todo = worklist.take(connection, known.ward, hub.id, known.now)
        own = profile.take(connection, known.ward, hub.id, known.now)
        board = hub_campaign.find(connection, known, hub, own.campaign)
        fresh = _fresh(find_revision(connection, known.ward.id).number, query.language)
    page = [fresh, *_page(query, known, hub, todo, own, board)]
    return shell.framed(query, "hubs", page, known=known)


def _code(query: Query) -> str:
    return query.path.removeprefix("/hub/")


def _find(known: Known, code: str) -> Hub | None:
    """The hub of that code, after mergers; capitals do not matter."""
    ids = known.lists.hub_ids
    if code not in ids:
        code = next((one for one in ids if one.casefold() == code.casefold()), code)
    return known.lists.hub_by_id.get(ids.get(code, ""))


def _fresh(revision: int, language: str) -> Component:
    """Shown by assets/desk.js once there is newer data than this page's."""
    words = said("explore.bar.fresh", language)
    button = html.Button(words, type="button", className="button", hidden=True)
    return html.Div(marked(button, {"data-fresh": str(revision)}), className="fresh", role="status")


def _page(
    query: Query, known: Known, hub: Hub, todo: worklist.Worklist, own: profile.Profile,
    board: Board | None,
) -> list[Any]:  # fmt: skip
    language = query.language
    name = said("wall.unassigned", language) if hub.id == UNASSIGNED else hub.name
    head = html.Header(
        [
            html.Div([html.P(apart(hub.code), className="quiet"), html.H1(name, dir="auto"),
                      html.P(hub_profile.heard(known, own, language), className="quiet heard")]),
            marked(html.Button(said("hub.print", language), type="button", className="button"),
                   {"data-print": "true"}),
        ],
        className="head-line",
    )
    return [
        head,
        *hub_worklist.section(query, known, hub, todo),
        *hub_profile.sections(query, known, hub, own, board),
    ]


def _merged(query: Query, code: str, hub: Hub) -> list[Any]:
    language = query.language
    link = html.A([html.Bdi(hub.name), " ", apart(hub.code)], href=shell.hub_way(query, hub.code),
                  className="button primary")  # fmt: skip
    if code.casefold() == hub.code.casefold():
        return [html.H1(apart(code)), html.P(said("hub.spelled", language)), html.P(link)]
    return [
        html.H1(said("hub.merged", language, code=code)),
        html.P(said("hub.merged_into", language, name=hub.name), className="lead"),
        html.P(link),
    ]


def _missing(query: Query, known: Known, code: str) -> list[Any]:
    language = query.language
    wanted = i18n.fold(code)
    near = [hub for hub in known.lists.hubs
            if wanted and wanted in i18n.fold(f"{hub.code} {hub.name}")]  # fmt: skip
    shown = [html.Li(html.A([apart(one.code), " ", html.Bdi(one.name)],
                            href=shell.hub_way(query, one.code))) for one in near[:8]]  # fmt: skip
    return [
        html.H1(said("hub.missing", language)),
        html.P([said("hub.missing_said", language), " ", apart(code[:60], "code-text")],
               className="lead"),
        *([html.P(said("hub.near", language)), html.Ul(shown, className="ways")] if shown else []),
        html.P(html.A(said("hub.all", language), href=shell.way(query, "/hubs"),
                      className="button primary")),
    ]  # fmt: skip
