"""The pieces that every screen is built of: panels, charts, chips, shapes.

A skeleton is built once and never remounted; later only the properties named in a `Props` move.
None of them is any callback's Input: what is would be kept by the browser for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from ops_center import i18n

Props = dict[str, dict[str, Any]]
"""Component id → property → value."""

_STILL: Any = {"staticPlot": True, "displayModeBar": False, "responsive": True}
_CLEAR = "rgba(0,0,0,0)"
_BLANK: dict[str, Any] = {
    "data": [],
    "layout": {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR,
               "xaxis": {"visible": False}, "yaxis": {"visible": False}},
}


@dataclass(frozen=True)
class Look:
    """What a page is built for, once: its language and the map's metric."""

    language: str
    metric: str


def said(key: str, language: str, **values: object) -> str:
    """As `i18n.text`; in a right-to-left sentence numbers, dates and names keep their order."""
    if i18n.direction(language) == "rtl":
        values = {name: _isolated(value) if isinstance(value, str) else value
                  for name, value in values.items()}
    return i18n.text(key, language, **values)


def _isolated(value: str) -> str:
    """Names find their own direction; what has no letters is a number, and runs left to right."""
    if any(letter.isalpha() for letter in value):
        return i18n.isolate(value)
    return f"\u2066{value}\u2069"


def panel(name: str, body: list[Any], kind: str = "") -> Component:
    """A raised box with a title that says the finding and a quiet line for unit and period."""
    head = html.Header(
        [html.H2(id=f"{name}-title"), html.P(id=f"{name}-unit", className="quiet")]
    )
    return html.Section([head, *body], id=name, className=f"panel {kind}".strip())


def titled(name: str, title: str, unit: str = "") -> Props:
    """The words at the head of a panel."""
    return {f"{name}-title": {"children": title}, f"{name}-unit": {"children": unit}}


def plot(name: str) -> Component:
    """A still chart; time runs left to right in every language."""
    graph = dcc.Graph(id=f"{name}-figure", config=_STILL, figure=_BLANK, responsive=True)
    return html.Div(html.Div(graph, className="plot-scaled"), className="plot", dir="ltr")


def chart(name: str, kind: str = "") -> Component:
    """A panel with one chart, or with words that say why there is none."""
    note = html.P(id=f"{name}-note", className="note", children="")
    return panel(name, [plot(name), note], kind)


def charted(
    name: str, title: str, unit: str, figure: dict[str, Any] | None, note: str = ""
) -> Props:
    """A chart and its words; without a figure, `note` stands in its place."""
    return titled(name, title, unit) | {
        f"{name}-figure": {"figure": figure or _BLANK},
        f"{name}-note": {"children": note},
    }


def shape(state: str) -> Component:
    """● good, ◆ watch, ▲ bad, ○ none: drawn by the sheet, so that every font shows the same."""
    return marked(html.Span(className=f"shape {state}"), {"aria-hidden": "true"})


def apart(text: str, kind: str = "") -> Component:
    """A number, date or code that keeps its own order: left to right, unless words in it are
    written from the right, as an Arabic month is."""
    from_right = any("\u0590" <= letter <= "\u08ff" for letter in text)
    return html.Bdi(text, className=kind, dir="rtl" if from_right else "ltr")


def short_codes(codes: Iterable[str]) -> dict[str, str]:
    """Codes that differ in their last number only, as that number: TDP-01, TDP-02 → 01, 02.

    As they are when they differ otherwise, or when nothing would be left of one.
    """
    known = list(codes)
    heads = {code.rstrip("0123456789") for code in known}
    shared = heads.pop() if len(heads) == 1 and len(known) > 1 else ""
    cut = {code: code.removeprefix(shared) for code in known}
    return cut if all(cut.values()) else {code: code for code in known}


def code(text: str) -> Component:
    """A hub's short code, as it stands on the map."""
    return apart(text, "code")


def dress(root: Component, props: Mapping[str, Mapping[str, Any]]) -> Component:
    """Give the named components inside `root` their properties, before the page is sent."""
    for name, component in _named(root):
        marked(component, props.get(name, {}))
    return root


def marked(component: Component, values: Mapping[str, Any]) -> Component:
    """The component with these properties, `data-…` and `aria-…` among them."""
    for name, value in values.items():
        setattr(component, name, value)
    return component


def _named(component: Any) -> Iterator[tuple[str, Component]]:
    if isinstance(component, list):
        for child in component:
            yield from _named(child)
    elif isinstance(component, Component):
        name = getattr(component, "id", None)
        if name:
            yield name, component
        yield from _named(getattr(component, "children", None))
