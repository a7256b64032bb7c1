"""The ward's map: its outline, the hubs' areas and points, coloured by a chosen metric.

The only file that knows dash-leaflet. Land moves rarely and is asked for by the browser at
`/api/ground`; what moves is a hub's class and volume in `hideout`, drawn by assets/map.js. No tile
layer, unless a tile address is set.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import dash_leaflet as leaflet
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request

from ops_center.i18n import Problem
from ops_center.store.wards import UNASSIGNED
from ops_center.web.parts import Look, Props, apart, panel, said, short_codes, titled

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import HubLine, Snapshot
    from ops_center.store.hubs import Hub
    from ops_center.web.desk import Desk

# Where classes 2 to 5 begin. Fixed, so that a colour means the same from one minute to the next.
LIMITS: dict[str, tuple[float, float, float, float]] = {
    "received": (1, 3, 6, 10),
    "overdue": (1, 2, 4, 8),
    "on_time": (0.7, 0.8, 0.9, 0.95),
    "online": (0.3, 0.45, 0.6, 0.75),
}
METRICS = tuple(LIMITS)
NO_CLASS = 0
_ADDRESS = "/api/ground"


# --- what is built once ----------------------------------------------------------------------


def skeleton(look: Look) -> Component:
    """The panel: map, printed legend, and what the map cannot show."""
    side = html.Div(
        [html.H3(said(f"wall.map.{look.metric}", look.language)),
         _legend(look.metric, look.language),
         html.P(id="map-silent", className="silent-count"),
         html.P(id="map-unassigned", className="unassigned-count")],
        className="map-side",
    )
    note = html.P(id="map-note", className="note")
    body = html.Div([html.Div(_leaflet(), className="map", dir="ltr"), side],
                    className="map-body")
    return panel("map", [body, note], "map-panel")


def _leaflet() -> Component:
    ground = leaflet.GeoJSON(
        id="map-ground",
        hideout={"hubs": {}, "arrivals": []},
        style={"variable": "dashOps.style"},
        pointToLayer={"variable": "dashOps.point"},
        interactive=False,
    )
    found: Component = leaflet.MapContainer(
        [ground],
        center=[21.07, 105.77],
        zoom=13,
        zoomSnap=0,
        zoomControl=False,
        attributionControl=False,
        dragging=False,
        scrollWheelZoom=False,
        doubleClickZoom=False,
        boxZoom=False,
        keyboard=False,
        touchZoom=False,
        zoomAnimation=False,
        fadeAnimation=False,
        className="ward-map",
    )
    return found


def of_desk(name: str, tile_url: str) -> Component:
    """The map on a desk: it can be moved, and a click on a hub is told to assets/explore.js."""
    ground = leaflet.GeoJSON(
        id=name,
        hideout={"hubs": {}, "arrivals": []},
        style={"variable": "dashOps.style"},
        pointToLayer={"variable": "dashOps.point"},
        onEachFeature={"variable": "dashOps.clickable"},
    )
    tiles = [leaflet.TileLayer(url=tile_url)] if tile_url else []
    found: Component = leaflet.MapContainer(
        [*tiles, ground], center=[21.07, 105.77], zoom=13, zoomSnap=0, zoomControl=False,
        attributionControl=bool(tile_url), scrollWheelZoom=False, keyboard=False,
        className="ward-map",
    )  # fmt: skip
    return found


def _legend(metric: str, language: str) -> Component:
    rows = [
        html.Li([html.Span(className=f"swatch class-{step}"), apart(words)])
        for step, words in enumerate(_classes(metric, language), 1)
    ]
    rows += [
        html.Li([html.Span(className="swatch silent"), said("wall.map.silent", language)]),
        html.Li([html.Span(className="swatch dot"), said("wall.map.size", language)],
                className="quiet"),
    ]
    return html.Ul(rows, className="legend")


def _classes(metric: str, language: str) -> list[str]:
    """The five classes in words, from the least: `0`, `1–2` … or `< 70%`, `70–80%` …"""
    limits = LIMITS[metric]
    if metric in ("on_time", "online"):
        marks = [f"{limit * 100:.0f}" for limit in limits]
        return [f"< {marks[0]}%", *(f"{a}–{b}%" for a, b in itertools.pairwise(marks)),
                f"≥ {marks[-1]}%"]
    return [_whole(a, b - 1) for a, b in zip((0, *limits), limits, strict=False)] + [
        f"≥ {limits[-1]:.0f}"
    ]


def _whole(first: float, last: float) -> str:
    return f"{first:.0f}" if first == last else f"{first:.0f}–{last:.0f}"


# --- what moves ------------------------------------------------------------------------------


def drawn(snapshot: Snapshot, language: str) -> Props:
    """The hubs' classes, the arrivals of the last seconds, and what stands beside the map."""
    hubs = [hub for hub in snapshot.hubs if hub.longitude is not None]
    codes = {hub.id: hub.code for hub in snapshot.hubs}
    arrivals = [[key, codes[hub_id]] for key, hub_id, _ in snapshot.arrivals if hub_id in codes]
    return titled("map", _finding(snapshot, language)) | {
        "map-ground": {
            "url": address((hub.code, hub.longitude, hub.latitude) for hub in hubs),
            "hideout": {"hubs": {hub.code: _classed(hub) for hub in hubs}, "arrivals": arrivals},
        },
        "map-note": {"children": "" if hubs else said("wall.map.empty", language)},
        "map-silent": {"children": _silent(snapshot, language)},
        "map-unassigned": {"children": _unassigned(snapshot, language)},
    }


def _classed(hub: HubLine) -> list[int]:
    """[today's volume, silent, then the class of each of METRICS; NO_CLASS without a value]."""
    values = (hub.received_today, hub.overdue, hub.on_time_rate, hub.online_share)
    classes = [class_of(value, limits) for value, limits in zip(values, LIMITS.values(),
                                                                strict=True)]
    return [hub.received_today, int(not hub.reported), *classes]


def class_of(value: float | None, limits: Sequence[float]) -> int:
    """1 to 5, NO_CLASS for no value."""
    return NO_CLASS if value is None else 1 + sum(value >= limit for limit in limits)


def address(places: Iterable[tuple[str, float | None, float | None]]) -> str:
    """Where the land of these hubs (code, longitude, latitude) is asked for; another address
    when it must be asked for again."""
    return f"{_ADDRESS}?v={hashlib.sha256(repr([*places]).encode()).hexdigest()[:10]}"


def _finding(snapshot: Snapshot, language: str) -> str:
    known = sum(hub.id != UNASSIGNED for hub in snapshot.hubs)
    if not known:
        return said("wall.map.finding_no_hubs", language)
    key = "finding" if snapshot.is_open else "finding_closed"
    return said(f"wall.map.{key}", language, count=known)


def _silent(snapshot: Snapshot, language: str) -> str:
    silent = snapshot.not_reported
    return said("wall.map.finding_silent", language, count=silent) if silent else ""


def _unassigned(snapshot: Snapshot, language: str) -> str:
    count = snapshot.unassigned_today
    return said("wall.map.unassigned", language, count=count) if count else ""


# --- the land --------------------------------------------------------------------------------


def register(server: Flask, desk: Desk) -> None:
    """Add the route of the land; 503 while the database is gone."""

    @server.get(_ADDRESS)
    def ground() -> Response:
        from ops_center.store.hubs import list_hubs
        from ops_center.store.session import reading

        look = desk.live.pulse.look
        if look is None:
            raise Problem("live.no_picture")
        with reading(desk.live.pulse.engine) as connection:
            hubs = list_hubs(connection, look.ward.id)
        land = features(look.ward.boundary, hubs, desk.settings.tile_url)
        response = Response(json.dumps(land, separators=(",", ":")), mimetype="application/json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response


def features(boundary: str | None, hubs: Sequence[Hub], tile_url: str = "") -> dict[str, Any]:
    """Outline, areas and points as one GeoJSON; the outline is a frame where none is known.

    The outline says where tiles to draw beneath it come from, if they do.
    """
    placed = [hub for hub in hubs if hub.active and hub.replaced_by is None
              and hub.longitude is not None and hub.id != UNASSIGNED]
    labels = short_codes(hub.code for hub in placed)
    areas = [_feature("area", geometry, hub.code)
             for hub in placed if hub.area for geometry in _geometries(hub.area)]
    points = [_feature("point", {"type": "Point", "coordinates": [hub.longitude, hub.latitude]},
                       hub.code, labels[hub.code]) for hub in placed]
    outline = [_feature("outline", geometry) for geometry in _geometries(boundary or "")]
    frame = [] if outline or not placed else [_frame(placed)]
    for border in (*outline, *frame):
        border["properties"]["tiles"] = tile_url
    return {"type": "FeatureCollection", "features": [*frame, *areas, *outline, *points]}


def _feature(
    kind: str, geometry: dict[str, Any], code: str = "", label: str = ""
) -> dict[str, Any]:
    told = {"kind": kind, "code": code, "label": label}
    return {"type": "Feature", "properties": told, "geometry": geometry}


def _geometries(written: str) -> list[dict[str, Any]]:
    """The geometries of a GeoJSON text, be it a geometry, a feature or a collection."""
    if not written:
        return []
    found = json.loads(written)
    if found["type"] == "FeatureCollection":
        return [feature["geometry"] for feature in found["features"]]
    return [found["geometry"] if found["type"] == "Feature" else found]


def _frame(hubs: Sequence[Hub]) -> dict[str, Any]:
    east, north = (max(getattr(h, a) for h in hubs) for a in ("longitude", "latitude"))
    west, south = (min(getattr(h, a) for h in hubs) for a in ("longitude", "latitude"))
    room = 0.002  # degrees, about 200 m
    ring = [[west - room, south - room], [east + room, south - room], [east + room, north + room],
            [west - room, north + room], [west - room, south - room]]
    return _feature("frame", {"type": "Polygon", "coordinates": [ring]})
