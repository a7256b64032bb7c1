"""From any number to the rows behind it: everything follows from the address.

A change of the address is one question and one answer for the whole page; only the arrivals by
hour, which the roll-ups do not know, and the rows come by answers of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from ops_center.i18n import moment
from ops_center.web import shell
from ops_center.web.address import SPELLED
from ops_center.web.asking import Superseded, asked
from ops_center.web.desk import Query
from ops_center.web.explore import breakdown, empty, grid, picks, pictures, place, strip
from ops_center.web.explore.answers import Answers, said_notes
from ops_center.web.explore.seen import Seen
from ops_center.web.parts import Props, dress, marked, said

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

PATH = "/explore"
SCRIPTS = (grid.SCRIPT,)  # beside those of every page
_PARTS = (picks, strip, pictures, breakdown, place, grid, empty)
_PLACES = (
    *(one for part in _PARTS for one in part.PLACES), ("explore-notes", "children"),
    ("explore-as-of", "children"), ("explore-shown", "data"), ("explore-answered", "title"),
    ("explore-revision", "title"),
)  # fmt: skip
_HOURS = (*pictures.HOURS, ("hours-answered", "title"))


def title(query: Query) -> str:
    """What the browser's tab says."""
    return said("explore.title", query.language)


def opened(query: Query, desk: Desk) -> Component:
    """The whole page with the numbers that the address asks for."""
    seen = _answers(desk).seen(query)
    language = query.language
    page = shell.framed(query, "explore", _body(seen, desk.settings.tile_url), known=seen.known)
    told = {
        "data-choices": json.dumps(
            picks.choices(seen.known, language) | {"columns": grid.choices(language)},
            ensure_ascii=False, separators=(",", ":"),
        ),
        "data-words": json.dumps(picks.words(language), ensure_ascii=False),
        "data-usual": json.dumps(picks.USUAL),
        "data-order": ",".join(SPELLED),
        "data-path": PATH,
    }  # fmt: skip
    explore = page.children[-2].children[0]
    marked(explore, told)
    return dress(page, _drawn(seen, 0))


def _body(seen: Seen, tile_url: str) -> list[Component]:
    language = seen.language
    cards = html.Div(
        [
            pictures.trend_skeleton(language), pictures.skeleton("standing", language),
            breakdown.skeleton(language), place.skeleton(language, tile_url),
            pictures.skeleton("durations", language), pictures.skeleton("hours", language),
            grid.skeleton(seen.view),
        ],
        className="cards",
    )  # fmt: skip
    unseen = html.Div(
        [dcc.Store(id="explore-ask"), dcc.Store(id="hours-ask"), dcc.Store(id="explore-shown"),
         *(html.Span(id=name)
           for name in ("explore-revision", "explore-answered", "hours-answered"))], hidden=True,
    )  # fmt: skip
    heading = html.Div([html.H1(said("explore.title", language)),
                        html.P(id="explore-as-of", className="quiet")], className="explore-head")
    notes = marked(html.Ul(id="explore-notes", className="dropped"), {"role": "status"})
    body = [heading, picks.skeleton(language), notes, empty.skeleton(), strip.skeleton(language),
            cards, unseen]
    return [html.Div(body, id="explore", className="explore")]


def _drawn(seen: Seen, number: int) -> Props:
    """Everything that a view moves, but for the arrivals and the rows."""
    props: Props = {}
    for part in _PARTS:
        props |= part.drawn(seen)
    at = moment(seen.found.as_of, seen.known.ward.zone, seen.language)
    notes = [html.Li(words, dir="auto") for words in said_notes(seen)]
    return props | {
        "explore-notes": {"children": notes},
        "explore-as-of": {"children": seen.say("as_of", at=at)},
        "explore-shown": {"data": {"as_of": seen.found.as_of.isoformat()}},
        "explore-answered": {"title": str(number)},
        "explore-revision": {"title": str(seen.found.revision)},
    }


def register(app: Dash, desk: Desk) -> None:
    """The page's three questions: the view, its arrivals, a page of its rows."""
    app.server.extensions[PATH] = answers = Answers(desk)

    @desk.callback(
        [Output(*place) for place in _PLACES], Input("explore-ask", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def answer(query: Query, ask: Any) -> list[Any]:
        one = asked(ask, PATH, desk.settings.language)
        seen = _latest(lambda: answers.seen(one.query, one.tab, one.number))
        return _values(_drawn(seen, one.number), _PLACES)

    @desk.callback(
        [Output(*place) for place in _HOURS], Input("hours-ask", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def answer_hours(query: Query, ask: Any) -> list[Any]:
        one = asked(ask, PATH, desk.settings.language)
        seen, found = _latest(lambda: answers.arrivals(one.query, one.tab, one.number))
        told = {"hours-answered": {"title": str(one.number)}}
        return _values(pictures.hours(seen, found) | told, _HOURS)

    @desk.callback(
        Output("rows-grid", "getRowsResponse"), Output("rows-note", "children"),
        Output("rows-where", "title"), Input("rows-grid", "getRowsRequest"),
        State("explore-shown", "data"), State("hours-ask", "data"), prevent_initial_call=True,
    )  # fmt: skip
    def answer_rows(query: Query, request: Any, shown: Any, ask: Any) -> Any:
        if not isinstance(request, Mapping):
            raise PreventUpdate
        wanted, as_of = grid.asked(request), _instant(shown)
        tab = asked(ask, PATH, desk.settings.language).tab
        page, known, view = _latest(lambda: answers.page(query, as_of, tab, wanted))
        note = grid.note(page, wanted, view.lang)
        return grid.answered(page, known, view.lang), note, ",".join(wanted.where)


def _answers(desk: Desk) -> Answers:
    found: Answers = desk.app.server.extensions[PATH]
    return found


def _values(props: Props, places: Any) -> list[Any]:
    return [props[name][value] for name, value in places]


def _latest(question: Any) -> Any:
    """The answer, unless the tab has asked something newer meanwhile."""
    try:
        return question()
    except Superseded as superseded:
        raise PreventUpdate from superseded


# What a browser sends may be anything.


def _instant(shown: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(shown["as_of"]))
    except (TypeError, KeyError, ValueError):
        return None
    return at if at.tzinfo else None
