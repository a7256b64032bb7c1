"""A view with nothing in it: why, and which filter to loosen."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.address import FILTERS
from ops_center.web.explore.seen import Seen
from ops_center.web.parts import Props

PLACES = (("empty", "children"), ("empty", "className"))


def skeleton() -> Component:
    """Where it is said."""
    return html.Section(id="empty", className="empty")


def drawn(seen: Seen) -> Props:
    """The ways out, those first that lead to most; nothing while there is something."""
    return {"empty": {"children": _said(seen) if seen.nothing else [],
                      "className": "empty shown" if seen.nothing else "empty"}}


def _said(seen: Seen) -> list[Component]:
    ways = [
        html.Li(html.A(seen.say("empty.without", name=seen.say(f"pick.{FILTERS[name]}"),
                                count=count, number=i18n.number(count, seen.language)),
                       href=seen.to(**{name: ()})))
        for name, count in sorted(seen.loosen, key=lambda one: -one[1]) if count
    ]  # fmt: skip
    if seen.view.period != "year":
        ways.append(html.Li(html.A(seen.say("empty.year"), href=seen.to(period="year"))))
    if seen.loosen:
        ways.append(html.Li(html.A(seen.say("empty.all"), href=seen.bare)))
    why = seen.say("empty.why" if seen.loosen else "empty.unfiltered")
    return [html.H2(seen.say("empty.title")), html.P(why), html.Ul(ways)]
