"""A chart of a desk: its picture, the same data as a table, and a menu to take both away.

Whoever cannot see or point at the picture finds everything in the table, its links included.
Tables are sent as HTML text, escaped here, which assets/desk.js puts in their place: hundreds of
cells as components of Dash would take ten times as long, in the browser and here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from ops_center.figures.frame import Figure
from ops_center.web.parts import Props, marked, said

TABLE = "data-html"
"""The property of an empty box that holds the HTML of its table."""

_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False}
_CLEAR = "rgba(0,0,0,0)"
_BLANK: dict[str, Any] = {
    "data": [],
    "layout": {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR, "margin": {"t": 0, "b": 0},
               "xaxis": {"visible": False}, "yaxis": {"visible": False}},
}


@dataclass(frozen=True)
class Row:
    """A line of a chart's table; the first cell is its name, and leads to `href` if any.

    `hrefs`: where the other cells lead, if they lead anywhere; "" for one that does not.
    """

    cells: Sequence[str]
    href: str = ""
    hrefs: Sequence[str] = ()


@dataclass(frozen=True)
class Data:
    """What a chart shows, as a table."""

    head: Sequence[str]
    rows: Sequence[Row]


def card(
    name: str, language: str, body: Sequence[Any], *, kind: str = "", tools: Sequence[Any] = (),
    takes: Sequence[str] = ("png", "csv"),
) -> Component:  # fmt: skip
    """A section with the finding as its title; `tools` stand beside it, before the menu, which
    offers what `takes` names: "png", "csv"."""
    words = html.Div([html.H2(id=f"{name}-title"), html.P(id=f"{name}-unit", className="quiet")])
    tool_bar = html.Div([*tools, menu(name, language, takes)], className="card-tools")
    head = html.Header([words, tool_bar], className="card-head")
    return marked(
        html.Section([head, *body], id=name, className=f"card {kind}".strip()),
        {"aria-labelledby": f"{name}-title"},
    )


def chart(name: str, language: str, *, kind: str = "", tools: Sequence[Any] = ()) -> Component:
    """The card of a chart, built once; time runs left to right in every language."""
    graph = dcc.Graph(id=f"{name}-figure", config=_CONFIG, figure=_BLANK, responsive=True)
    picture = marked(html.Div(graph, className="desk-plot", dir="ltr"), {"aria-hidden": "true"})
    note = html.P(id=f"{name}-note", className="card-note")
    return card(name, language, [picture, note, table_under(name, language)],
                kind=f"chart {kind}", tools=tools)


def table_under(name: str, language: str) -> Component:
    """The fold that holds a picture's data."""
    box = marked(html.Div(id=f"{name}-data", className="data-table", tabIndex="0"),
                 {"role": "region", "aria-labelledby": f"{name}-title"})
    return html.Details([html.Summary(said("explore.chart.data", language)), box], className="data")


def menu(name: str, language: str, takes: Sequence[str]) -> Component:
    """How to take this card along; assets/desk.js does it."""
    buttons = [
        marked(html.Button(said(f"explore.chart.{kind}", language), type="button"),
               {"data-take": kind, "data-of": name})
        for kind in takes
    ]
    opener = marked(html.Summary("⋯"), {"aria-label": said("explore.chart.menu", language)})
    return html.Details([opener, html.Div(buttons, className="menu-list")], className="menu")


def titled(name: str, title: str, unit: str) -> Props:
    """The words at a card's head."""
    return {f"{name}-title": {"children": title}, f"{name}-unit": {"children": unit}}


def charted(
    name: str, title: str, unit: str, figure: Figure | None, data: Data, note: str = ""
) -> Props:
    """A chart's words, picture and table; without a figure `note` says why."""
    return titled(name, title, unit) | {
        f"{name}-figure": {"figure": figure or _BLANK},
        f"{name}-note": {"children": note},
        f"{name}-data": {TABLE: tabled(data)},
    }


def places(name: str) -> tuple[tuple[str, str], ...]:
    """The properties that `charted` gives."""
    return (
        (f"{name}-title", "children"), (f"{name}-unit", "children"),
        (f"{name}-figure", "figure"), (f"{name}-note", "children"), (f"{name}-data", TABLE),
    )  # fmt: skip


def tabled(data: Data) -> str:
    """The data as the HTML of a table."""
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in data.head)
    body = "".join(_line(row) for row in data.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: Row) -> str:
    name, *cells = row.cells
    told = "".join(
        f"<td>{ltr(cell, href)}</td>" for cell, href in zip_longest(cells, row.hrefs, fillvalue="")
    )
    return f'<tr><th scope="row">{linked(name, row.href)}</th>{told}</tr>'


def linked(words: str, href: str) -> str:
    """Words, escaped, as a link if there is somewhere to lead to."""
    return f'<a href="{escape(href)}">{escape(words)}</a>' if href else escape(words)


def ltr(words: str, href: str = "") -> str:
    """A number or a code, written left to right in every language; words find their own way.
    A link if there is somewhere to lead to."""
    way = "" if any(letter.isalpha() for letter in words) else ' dir="ltr"'
    return f"<bdi{way}>{linked(words, href)}</bdi>"
