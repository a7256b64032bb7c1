"""What the page says where there is nothing to show yet, and how that is mended."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ops_center.web import templates
from ops_center.web.campaign.seen import Seen
from ops_center.web.parts import Props, apart

TEMPLATES = ("campaign", "indicators", "milestones", "activities")
PLACES = (("campaign-empty", "children"), ("campaign-empty", "className"))


def skeleton() -> Component:
    """Where it is said."""
    return html.Section(id="campaign-empty", className="empty")


def drawn(seen: Seen) -> Props:
    """No campaign, or one without indicators; else nothing."""
    key = "no_campaign" if seen.board is None else "no_indicators" if seen.pace is None else ""
    return {"campaign-empty": {"children": _said(seen, key) if key else [],
                               "className": "empty shown" if key else "empty"}}  # fmt: skip


def _said(seen: Seen, key: str) -> list[Component]:
    what = "campaign" if key == "no_campaign" else "indicators"
    return [html.H2(seen.say(f"empty.{key}")), html.P(seen.say(f"empty.{key}_why")),
            html.P(apart(f"ops-center import {what}", "code-text")),
            templates.fold(seen.query, TEMPLATES, shown=True)]  # fmt: skip
