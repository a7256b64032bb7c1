"""The first scene: is the ward well, where not, is the campaign on pace."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures import campaign as pictures
from ops_center.figures import trend
from ops_center.web import map as ward_map
from ops_center.web.parts import (
    Look,
    Props,
    apart,
    charted,
    code,
    marked,
    panel,
    plot,
    said,
    shape,
    titled,
)
from ops_center.web.scenes import tiles
from ops_center.web.scenes.findings import field_name, hub_codes, hub_names

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import CampaignDay, Event, Snapshot

TILES = ("received", "done", "overdue", "on_time_rate")
RANKED, EVENTS = 3, 4
_PLACE = 24  # letters of a hub's name that the ticker has room for
_GOOD, _BAD = ("early", "on_time"), ("late",)


def skeleton(look: Look) -> list[Any]:
    """Tiles at the reading start, the map in the middle, hubs and ticker at the reading end."""
    running = marked(html.Div(plot("pace-running"), className="side"),
                     {"aria-label": said("figures.campaign.running", look.language)})
    note = html.P(id="pace-note", className="note")
    return [
        tiles.column("overview", TILES, look.language),
        ward_map.skeleton(look),
        panel("ranks", [html.Ol(id="ranks-worst", className="rows"),
                        html.H2(said("wall.rank.best", look.language)),
                        html.Ol(id="ranks-best", className="rows")], "ranks"),
        panel("ticker", [html.Ol(id="ticker-rows", className="rows events"),
                         html.P(id="ticker-sensitive", className="quiet foot")], "ticker"),
        panel("pace", [html.Div([plot("pace"), running], className="pair", id="pace-pair"), note],
              "pace"),
    ]


def drawn(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The scene at that snapshot."""
    return (
        tiles.drawn("overview", TILES, snapshot, language)
        | ward_map.drawn(snapshot, language)
        | _ranks(snapshot, language)
        | _ticker(snapshot, language)
        | _pace(snapshot, language, theme)
    )


# --- hubs and ticker -------------------------------------------------------------------------


def _ranks(snapshot: Snapshot, language: str) -> Props:
    empty = html.Li(said("wall.rank.empty", language), className="note")
    worst = list(snapshot.worst)[:RANKED]
    best = [hub_id for hub_id in snapshot.best if hub_id not in worst]
    return titled("ranks", said("wall.rank.worst", language), said("wall.rank.note", language)) | {
        "ranks-worst": {"children": _rows(snapshot, worst, language) or [empty]},
        "ranks-best": {"children": _rows(snapshot, best, language) or [empty]},
    }


def _rows(snapshot: Snapshot, ids: Any, language: str) -> list[Component]:
    known, codes = {hub.id: hub for hub in snapshot.hubs}, hub_codes(snapshot)
    lines = [known[id] for id in list(ids)[:RANKED] if id in known]
    return [
        html.Li([code(codes[hub.id]),
                 html.Span(hub.name, className="name", title=hub.name, dir="auto"),
                 apart(tiles.whole(hub.on_time_rate, language), "value")])
        for hub in lines
    ]


def _ticker(snapshot: Snapshot, language: str) -> Props:
    rows = [_event(snapshot, event, language) for event in list(snapshot.ticker)[:EVENTS]]
    empty = [html.Li(said("wall.ticker.empty", language), className="note")]
    hidden = snapshot.sensitive_today
    more = said("wall.ticker.sensitive", language, count=hidden) if hidden else ""
    return titled("ticker", said("wall.ticker.title", language)) | {
        "ticker-rows": {"children": rows or empty},
        "ticker-sensitive": {"children": more},
    }


def _event(snapshot: Snapshot, event: Event, language: str) -> Component:
    """Field and hub only: no name, no code of a dossier, no procedure."""
    hub = [one for one in snapshot.hubs if one.id == event.hub_id]
    place = hub_names(hub, snapshot, language, _PLACE) or [said("wall.unassigned", language)]
    state = "good" if event.kind in _GOOD else "bad" if event.kind in _BAD else "none"
    time = i18n.clock(event.at, snapshot.zone, language)
    return html.Li(
        [shape(state),
         html.Span(field_name(snapshot, event.field_id, language), className="name", dir="auto"),
         html.Span(said(f"wall.ticker.{event.kind}", language), className="kind"),
         html.Span(place[0], className="quiet place", dir="auto"),
         apart(time, "quiet time")],
        key=event.key,
    )


# --- the campaign's chart --------------------------------------------------------------------


def _pace(snapshot: Snapshot, language: str, theme: str) -> Props:
    campaign = snapshot.campaign
    if campaign is None:
        return _without_campaign(snapshot, language, theme)
    pace = _as_pace(campaign, snapshot)
    words = {key: said(f"figures.campaign.{key}", language) for key in ("actual", "plan")}
    return charted(
        "pace",
        _finding(campaign, language),
        said("figures.campaign.unit", language),
        pictures.daily(pace, theme, language),
    ) | {
        "pace-unit": {"children": _beside(snapshot, language)},
        "pace-running-figure": {"figure": pictures.running(pace, theme, language, words)},
        "pace-pair": {"className": "pair"},
    }  # fmt: skip


def _beside(snapshot: Snapshot, language: str) -> Any:
    """What of the action plan is late or has no owner, before what the marks of the chart mean."""
    found = snapshot.on_the_wall
    counts = [] if found is None else [
        ("late", found.plan.late, "bad"), ("unowned", found.plan.unowned, "watch")
    ]  # fmt: skip
    told = [
        html.Span([shape(state), said(f"plan.wall.{name}", language, count=count)],
                  className=f"promise-count {state}")
        for name, count, state in counts if count
    ]  # fmt: skip
    if not told:
        return said("figures.campaign.unit", language)
    return [*told, html.Span(said("plan.wall.unit", language), className="marks")]


def _without_campaign(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The last 30 days stand where the campaign would."""
    series = list(snapshot.tiles["received"].series)
    days = [snapshot.today - timedelta(back) for back in range(len(series) - 1, -1, -1)]
    total = sum(value or 0 for value in series)
    title = said("figures.campaign.none", language, total=i18n.number(total, language))
    unit = said("figures.campaign.none_unit", language)
    empty = "" if total else said("figures.empty.no_data", language)
    picture = trend.counts(days, series, theme, language) if total else None
    return charted("pace", title, unit, picture, empty) | {
        "pace-pair": {"className": "pair alone"}
    }


def _finding(campaign: CampaignDay, language: str) -> str:
    """By how much it is ahead of what the plan asks for by now, or behind it."""
    if campaign.day < 1:
        return said("figures.campaign.before", language, day=i18n.day(campaign.starts_on, language))
    total = i18n.number(campaign.total, language)
    if campaign.plan is None or not campaign.target:
        return said("figures.campaign.no_plan", language, total=total)
    gap = round(campaign.total - campaign.plan)
    key = "ahead" if gap > 0 else "behind" if gap < 0 else "on_plan"
    return said(f"figures.campaign.{key}", language, total=total,
                gap=i18n.number(abs(gap), language))  # fmt: skip


def _as_pace(campaign: CampaignDay, snapshot: Snapshot) -> pictures.Pace:
    days = tuple(campaign.starts_on + timedelta(at) for at in range(campaign.days))
    known = dict(campaign.bars)
    counts = tuple(known.get(day, 0) for day in days if day <= snapshot.today)
    works = dict(zip(days, campaign.working, strict=False))
    quiet = frozenset(day for day in days if not works.get(day, True))
    return pictures.Pace(days, counts, _plan(campaign, days, works), snapshot.today, quiet)


def _plan(campaign: CampaignDay, days: Any, works: dict[Any, bool]) -> tuple[float, ...]:
    """The target spread evenly over the campaign's working days."""
    total = sum(works.get(day, True) for day in days)
    if not campaign.target or not total:
        return ()
    share, sums, reached = campaign.target / total, [], 0.0
    for day in days:
        reached += share if works.get(day, True) else 0
        sums.append(round(reached, 1))
    return tuple(sums)
