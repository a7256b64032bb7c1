"""The slim line on top: ward, scene, campaign day, what kind of day it is, freshness, clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.parts import Props, said, shape

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot


def skeleton(language: str) -> Component:
    """Badge and clock stay empty: live.js and wall.js write them each second."""
    badge = html.Div(
        [shape("own"), html.Span(className="badge-word"), html.Bdi(className="badge-age")],
        id="badge",
        className="badge none",
        role="status",
    )
    return html.Header(
        [
            html.Div([html.H1(id="header-ward"), html.P(id="scene-name")], className="who"),
            html.Div(
                [html.Span(id="header-campaign", className="chip"),
                 html.Span(id="header-day", className="chip"),
                 html.Span(id="header-label", className="chip label")],
                className="chips",
            ),
            badge,
            html.Div(id="clock", className="clock", dir="ltr"),
        ],
        className="head",
    )


def drawn(snapshot: Snapshot, language: str) -> Props:
    """What the header says now."""
    label = said("wall.illustrative", language) if snapshot.illustrative else ""
    return {
        "header-ward": {"children": snapshot.ward_name},
        "header-campaign": {"children": _campaign(snapshot, language)},
        "header-day": {"children": _day(snapshot, language), "title": snapshot.holiday or ""},
        "header-label": {"children": label},
        "clock": {"data-zone": str(snapshot.zone)},
    }


def _campaign(snapshot: Snapshot, language: str) -> str:
    campaign = snapshot.campaign
    if campaign is None:
        return ""
    if campaign.day < 1:
        return said("wall.campaign_before", language,
                    day=i18n.short_day(campaign.starts_on, language))
    if campaign.day > campaign.days:
        last = campaign.starts_on + timedelta(campaign.days - 1)
        return said("wall.campaign_over", language, day=i18n.short_day(last, language))
    return said("wall.campaign_day", language, n=campaign.day, days=campaign.days)


def _day(snapshot: Snapshot, language: str) -> str:
    if snapshot.holiday in ("holiday", "compensatory"):  # it has no name
        return said("wall.day_off", language)
    if snapshot.holiday:
        return said("wall.holiday", language, name=snapshot.holiday)
    if snapshot.is_open:
        return ""
    if snapshot.opening is not None and snapshot.now < snapshot.opening:
        time = i18n.clock(snapshot.opening, snapshot.zone, language)
        return said("wall.opens_at", language, time=time)
    return said("wall.closed", language)
