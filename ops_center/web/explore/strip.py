"""The numbers of the whole view, one tile each; a tile tells why its number is what it is."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ops_center.metrics.catalog import METRICS
from ops_center.metrics.explore import STRIP
from ops_center.metrics.number import judged
from ops_center.web.explore.seen import Seen, change
from ops_center.web.parts import Props, marked, said, shape

PLACES = (("strip", "children"),)


def skeleton(language: str) -> Component:
    """The strip, built once."""
    strip = html.Section(id="strip", className="strip")
    return marked(strip, {"aria-label": said("explore.strip.title", language)})


def drawn(seen: Seen) -> Props:
    """A tile for each metric that every view shows."""
    return {"strip": {"children": [_tile(seen, name) for name in STRIP]}}


def _tile(seen: Seen, name: str) -> Component:
    number = seen.found.strip[name]
    state = judged(METRICS[name], number.value)
    judgement = "" if state == "none" else said(f"metrics.state.{state}", seen.language)
    mark = [shape(state), html.Span(judgement, className="spoken")] if judgement else []
    parts = [
        html.Span([*mark, seen.name(name)], className="tile-name"),
        html.Span(html.Bdi(seen.shown(number)), className="tile-value"),
        html.Span(_change(seen, name), className="tile-change quiet"),
    ]
    link = html.A(parts, href=seen.why(name), className=f"measure {state}",
                  title=said(f"metrics.{name}.description", seen.language))
    return marked(link, {"data-why": name})


def _change(seen: Seen, name: str) -> list[Component | str]:
    before = (seen.found.before or {}).get(name)
    if before is None:
        return []
    told = change(seen.found.strip[name], before, seen.language)
    then = seen.say("strip.before", value=seen.shown(before))
    return [html.Bdi(told), " · ", then] if told else [then]
