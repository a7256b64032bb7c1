"""A letter side by side: as HTML, on a phone, with pictures blocked, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from ops_center.web.letters.previews import VIEWS
from ops_center.web.letters.routes import LOOK
from ops_center.web.parts import marked, said

if TYPE_CHECKING:
    from ops_center.web.desk import Query
    from ops_center.web.letters.asked import Asked


def frames(query: Query, asked: Asked, revision: int | None = None) -> Component:
    """Four frames; what stands in them can do nothing: no script, no form, no way out.
    `revision`: of the data that the page's letter was written from."""
    told = question(asked) | ({"revision": str(revision)} if revision else {})
    return html.Div([_frame(query, told, view) for view in VIEWS], className="frames")


def _frame(query: Query, told: dict[str, str], view: str) -> Component:
    title = said(f"letters.view.{view}", query.language)
    told = told | {"as": view} | ({"framed": "1"} if view == "text" else {})
    frame = marked(
        html.Iframe(src=f"{LOOK}?{urlencode(told)}", title=title,
                    sandbox="", className=f"frame {view}"),
        {"loading": "lazy"},
    )  # fmt: skip
    return html.Section([html.H2(title), frame], className=f"frame-box {view}")


def question(asked: Asked) -> dict[str, str]:
    """The letter as a part of an address; an instant is named, so that all frames show the same."""
    if asked.sent:
        return {"letter": asked.sent}
    told = {"on": asked.day.isoformat(), "at": asked.clock.isoformat(timespec="minutes"),
            "in": asked.language}  # fmt: skip
    if asked.reader:
        return told | {"to": asked.reader.id}
    return told | ({"hub": ",".join(asked.hub_codes)} if asked.hub_codes else {})
