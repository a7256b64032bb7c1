"""/campaign: are we on pace, will we make it, and which hubs hold us back.

Everything follows from the address; a change of it is one question and one answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from ops_center.web import shell, templates
from ops_center.web.asking import Superseded, asked
from ops_center.web.campaign import burnup, cards, empty, head, heat, league, picks
from ops_center.web.campaign.answers import Answers
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.view import ORDER, PATH
from ops_center.web.desk import Query
from ops_center.web.parts import Props, dress, marked, said

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

_PARTS = (picks, head, empty, cards, burnup, league, heat)
_PLACES = (
    *(one for part in _PARTS for one in part.PLACES), ("campaign-notes", "children"),
    ("foot-line", "children"), ("campaign", "className"), ("campaign-answered", "title"),
    ("campaign-revision", "title"),
)  # fmt: skip
_WORDS = ("copied", "copy_failed", "waiting", "server_gone")


def title(query: Query) -> str:
    """What the browser's tab says."""
    return said("campaign.title", query.language)


def opened(query: Query, desk: Desk) -> Component:
    """The whole page with the numbers that the address asks for."""
    seen = _answers(desk).seen(query)
    page = html.Div(_body(seen), id="campaign", className="explore campaign")
    told = {
        "data-words": json.dumps(
            {name: said(f"explore.js.{name}", seen.language) for name in _WORDS},
            ensure_ascii=False,
        ),
        "data-order": ",".join(ORDER),
        "data-path": PATH,
        "data-usual": seen.usual.starts_on.isoformat() if seen.usual else "",
    }  # fmt: skip
    marked(page, told)
    return dress(shell.framed(query, "campaign", [page], known=seen.known), _drawn(seen, 0))


def _body(seen: Seen) -> list[Component]:
    language = seen.language
    unseen = html.Div([dcc.Store(id="campaign-ask"), html.Span(id="campaign-answered"),
                       html.Span(id="campaign-revision")], hidden=True)  # fmt: skip
    notes = marked(html.Ul(id="campaign-notes", className="dropped"), {"role": "status"})
    shown = html.Div([burnup.skeleton(language), league.skeleton(language),
                      heat.skeleton(language)], className="cards")  # fmt: skip
    files = [_report(seen), templates.fold(seen.query, empty.TEMPLATES)] if seen.pace else []
    return [picks.skeleton(seen), head.skeleton(), notes, empty.skeleton(),
            cards.skeleton(language), shown, *files, unseen]  # fmt: skip


def _report(seen: Seen) -> Component:
    """The way to where teams tell what the chart is made of."""
    hub = {"hub": seen.view.hubs[0]} if len(seen.view.hubs) == 1 else {}
    href = shell.way(seen.query, "/report", **hub)
    return html.P(html.A(said("report.enter", seen.language), href=href), className="further")


def _drawn(seen: Seen, number: int) -> Props:
    """Everything that a view moves."""
    props: Props = {}
    for part in _PARTS:
        props |= part.drawn(seen)
    bare = "" if seen.pace is not None else " bare"
    return props | {
        "campaign": {"className": f"explore campaign{bare}"},
        "campaign-notes": {"children": [html.Li(words, dir="auto") for words in seen.said_notes()]},
        "foot-line": {"children": shell.foot_words(seen.language, seen.known)},
        "campaign-answered": {"title": str(number)},
        "campaign-revision": {"title": str(seen.revision)},
    }  # fmt: skip


def register(app: Dash, desk: Desk) -> None:
    """The page's one question."""
    app.server.extensions[PATH] = answers = Answers(desk)

    @desk.callback(
        [Output(*place) for place in _PLACES], Input("campaign-ask", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def answer_campaign(query: Query, ask: Any) -> list[Any]:
        one = asked(ask, PATH, desk.settings.language)
        try:
            seen = answers.seen(one.query, one.tab, one.number)
        except Superseded as superseded:
            raise PreventUpdate from superseded
        props = _drawn(seen, one.number)
        return [props[name][value] for name, value in _PLACES]


def _answers(desk: Desk) -> Answers:
    found: Answers = desk.app.server.extensions[PATH]
    return found
