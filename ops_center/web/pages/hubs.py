"""/hubs: every hub of the ward with how it stands, to be found by any part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Dash, dcc, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.lines import ENOUGH
from ops_center.metrics.number import judged
from ops_center.store.wards import UNASSIGNED
from ops_center.web import shell
from ops_center.web.chart import TABLE
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, said, shape
from ops_center.web.scenes.tiles import whole

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import HubLine
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

_COLUMNS = ("code", "name", "received", "overdue", "on_time", "online", "heard")


def register(app: Dash, desk: Desk) -> None:
    """No callback: assets/hub.js puts the rows in place and hides those that do not match."""


def title(query: Query) -> str:
    """The hubs."""
    return said("hub.hubs", query.language)


def opened(query: Query, desk: Desk) -> Component:
    """The list, as fresh as the wall."""
    with desk.asking() as (_, known):
        pass
    lines = desk.live.snapshot().hubs
    body = _page(query, known, lines) if lines else _empty(query.language)
    return shell.framed(query, "hubs", body, known=known)


def _empty(language: str) -> list[Any]:
    return [html.H1(said("hub.hubs", language)),
            html.P(said("wall.hubs.empty", language), className="lead")]  # fmt: skip


def _page(query: Query, known: Known, lines: tuple[HubLine, ...]) -> list[Any]:
    language = query.language
    search = marked(
        dcc.Input(id="hub-search", type="search", value=query.get("q", "")[:60], debounce=False,
                  placeholder=said("hub.search", language), autoComplete="off"),
        {"spellCheck": "false"},
    )  # fmt: skip
    label = html.Label(said("hub.search", language), htmlFor="hub-search", className="spoken")
    found = html.P(id="hub-found", className="quiet", role="status")
    words = {"data-found": said("hub.found", language, n="{n}", of="{of}"),
             "data-none": said("hub.found_none", language)}
    ordered = sorted(lines, key=lambda one: one.sort_key)
    head = html.Tr([marked(html.Th(said(f"hub.hubs_column.{name}", language), className=name),
                           {"scope": "col"}) for name in _COLUMNS])  # fmt: skip
    rows = [_line(query, known, one) for one in ordered]
    table = html.Table([html.Thead(head), html.Tbody(rows)], id="hub-table")
    box = html.Div([label, search, marked(found, words)], className="search", role="search")
    return [
        html.Header([html.H1(said("hub.hubs", language)), box], className="head-line"),
        marked(html.Div(className="scrolls card"), {TABLE: written(table)}),
        *_moved(query, known),
    ]  # fmt: skip


def _line(query: Query, known: Known, hub: HubLine) -> Component:
    language = query.language
    name = said("wall.unassigned", language) if hub.id == UNASSIGNED else hub.name
    enough = hub.on_time_n >= ENOUGH
    state = judged(METRICS["on_time_rate"], hub.on_time_rate) if enough else "none"
    values: dict[str, Any] = {
        "code": apart(hub.code),
        "name": html.A(name, href=shell.hub_way(query, hub.code), dir="auto"),
        "received": apart(i18n.number(hub.received_today, language)),
        "overdue": [*_mark("bad" if hub.overdue else "none", language),
                    apart(i18n.number(hub.overdue, language))],
        "on_time": [*_mark(state, language), *_rate(hub.on_time_rate, hub.on_time_n, language)],
        "online": _rate(hub.online_share, hub.online_n, language),
        "heard": _heard(known, hub, language),
    }  # fmt: skip
    cells = [html.Td(value, className=key) for key, value in values.items()]
    return marked(html.Tr(cells), {"data-search": i18n.fold(f"{hub.code} {name}")})


def _mark(state: str, language: str) -> list[Any]:
    """The state's shape, and its word for who cannot see it."""
    if state == "none":
        return []
    word = html.Span(said(f"metrics.state.{state}", language), className="spoken")
    return [shape(state), word, " "]


def _rate(value: float | None, n: int, language: str) -> list[Any]:
    shown: list[Any] = [apart(whole(value, language))]
    if value is not None and n < ENOUGH:
        shown.append(html.Span(said("hub.few", language, count=n), className="quiet few"))
    return shown


def _heard(known: Known, hub: HubLine, language: str) -> Any:
    if hub.last_at is not None:
        return apart(i18n.clock(hub.last_at, known.ward.zone, language))
    return html.Span(said("hub.silent" if not hub.reported else "hub.nothing_yet", language),
                     className="quiet")  # fmt: skip


def _moved(query: Query, known: Known) -> list[Component]:
    """Hubs that are no more, and where their dossiers count."""
    lists = known.lists
    items = [
        html.Li([apart(code), " → ", html.A([apart(lists.hub_by_id[to].code), " ",
                                            html.Bdi(lists.hub_by_id[to].name)],
                                           href=shell.hub_way(query, lists.hub_by_id[to].code))])
        for code, to in lists.moved if to in lists.hub_by_id
    ]  # fmt: skip
    if not items:
        return []
    return [html.H2(said("hub.moved", query.language)), html.Ul(items, className="ways")]
