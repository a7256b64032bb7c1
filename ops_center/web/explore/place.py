"""The ward on a desk: its hubs coloured by the view's metric; a click on one narrows the view."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.frame import ceiling
from ops_center.metrics.number import Number
from ops_center.store.hubs import Hub
from ops_center.web import map as ward_map
from ops_center.web.chart import TABLE, Data, Row, card, table_under, tabled
from ops_center.web.explore.seen import Seen, unit_of
from ops_center.web.parts import Props, apart, said

PLACES = (
    ("place-title", "children"), ("place-unit", "children"), ("place-ground", "url"),
    ("place-ground", "hideout"), ("place-legend", "children"), ("place-data", TABLE),
    ("place-note", "children"),
)  # fmt: skip


def skeleton(language: str, tile_url: str) -> Component:
    """The card, built once."""
    ground = ward_map.of_desk("place-ground", tile_url)
    side = html.Div([html.P(id="place-hover", className="place-hover", dir="auto"),
                     html.Ul(id="place-legend", className="desk-legend")], className="place-side")
    body = html.Div([html.Div(ground, className="desk-map", dir="ltr"), side],
                    className="place-body")
    note = html.P(id="place-note", className="card-note")
    return card("place", language, [body, note, table_under("place", language)])


def drawn(seen: Seen) -> Props:
    """Each hub's class by the metric, its limits printed, and the same as a table."""
    hubs = [hub for hub in seen.known.lists.hubs if str(hub.id) in seen.found.hubs]
    values = {hub.code: seen.found.hubs[str(hub.id)] for hub in hubs}
    limits = _limits(unit_of(seen.view.metric), values.values())
    placed = [hub for hub in seen.known.lists.hubs if hub.longitude is not None]
    return {
        "place-title": {"children": _finding(seen, hubs)},
        "place-unit": {"children": seen.say("place.unit", name=seen.name(seen.view.metric))},
        "place-ground": {
            "url": ward_map.address((hub.code, hub.longitude, hub.latitude) for hub in placed),
            "hideout": {"hubs": {hub.code: _classed(values.get(hub.code), limits)
                                 for hub in placed},
                        "arrivals": [], "at": 0, "chosen": list(seen.view.hubs),
                        "words": {hub.code: _words(seen, hub, values) for hub in placed}},
        },
        "place-legend": {"children": [] if seen.nothing else _legend(seen, limits)},
        "place-data": {TABLE: tabled(_data(seen, hubs))},
        "place-note": {"children": _note(seen, placed)},
    }  # fmt: skip


def _note(seen: Seen, placed: Sequence[Hub]) -> str:
    if not placed:
        return seen.say("place.empty")
    return seen.way_out if seen.nothing else ""


def _finding(seen: Seen, hubs: Sequence[Hub]) -> str:
    known = [(number.value, hub) for hub in hubs
             if (number := seen.found.hubs[str(hub.id)]).value is not None]
    if not known:
        return seen.say("place.none")
    most, hub = max(known, key=lambda one: one[0] or 0)
    number = seen.found.hubs[str(hub.id)]
    return seen.say("place.title", hub=hub.name, value=seen.shown(number)) if most else seen.say(
        "place.none"
    )


def _words(seen: Seen, hub: Hub, values: Mapping[str, Number]) -> str:
    """What is told while the pointer is on the hub."""
    return f"{hub.name}: {seen.shown(values.get(hub.code))}"


def _classed(number: Number | None, limits: Sequence[float]) -> list[int]:
    """[volume of the dot, 0 for not silent, class]."""
    value = None if number is None else number.value
    return [6, 0, ward_map.class_of(value, limits)]


def _limits(unit: str, numbers: Any) -> tuple[float, ...]:
    """Where classes 2 to 5 begin: fifths of a round top; of shares, fifths of their span."""
    values = [float(one.value) for one in numbers if one.value is not None]
    if unit == "ratio":
        low = min(values, default=0.0)
        floor = next(at for at in (0.9, 0.75, 0.5, 0.0) if low >= at or at == 0)
        return tuple(floor + (1 - floor) * fifth / 5 for fifth in range(1, 5))
    top = ceiling(values)
    if unit not in ("minutes", "points") and top <= 5:
        return (1, 2, 3, 4)
    return tuple(top * fifth / 5 for fifth in range(1, 5))


def _legend(seen: Seen, limits: Sequence[float]) -> list[Component]:
    marks = [_limit(seen, limit) for limit in limits]
    words = [f"< {marks[0]}", *(f"{a} – {b}" for a, b in itertools.pairwise(marks)),
             f"≥ {marks[-1]}"]
    return [html.Li([html.Span(className=f"swatch class-{step}"), apart(one)])
            for step, one in enumerate(words, 1)]


def _limit(seen: Seen, limit: float) -> str:
    unit = unit_of(seen.view.metric)
    if unit == "ratio":
        return i18n.percent(limit, seen.language, 0)
    return seen.shown(Number(limit, None, None, unit))


def _data(seen: Seen, hubs: Sequence[Hub]) -> Data:
    head = [said("export.by.hub", seen.language), seen.name(seen.view.metric)]
    rows = [Row([hub.name, seen.shown(seen.found.hubs[str(hub.id)])],
                seen.narrowed("hub", str(hub.id))) for hub in hubs]
    return Data(head, rows)
