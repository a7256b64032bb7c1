"""A tile: one number, its unit, its change, its state by shape, colour and word, its past."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures import spark
from ops_center.web.parts import Props, said, shape
from ops_center.web.why import linked

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot, Tile

DAY = 480  # minutes of work
BESIDE = {"received": "waiting_reception", "done": "in_process", "due_soon": "suspended",
          "median_time": "p90_time"}
"""The second number at the foot of a tile that has no target."""
JUDGE = {"overdue": "late_share"}
"""A number without a threshold of its own, and the one that judges it."""
RATES = ("on_time_rate", "online_share", "end_to_end_share", "cashless_share", "digitised_share",
         "median_time")
"""Tiles over the last 30 days, compared with the 30 before."""


def column(scene: str, names: tuple[str, ...], language: str) -> Component:
    """The tiles at the reading start of a scene, one under the other."""
    slots = [_slot(f"{scene}-{name}", name, language) for name in names]
    return html.Div(slots, className="tiles")


def drawn(scene: str, names: tuple[str, ...], snapshot: Snapshot, language: str) -> Props:
    """What stands in those tiles now."""
    props: Props = {}
    for name in names:
        beside = snapshot.tiles.get(BESIDE.get(name, ""))
        judge = snapshot.tiles[JUDGE.get(name, name)]
        props |= _filled(f"{scene}-{name}", snapshot.tiles[name], judge, beside, language)
    return props


def _slot(key: str, name: str, language: str) -> Component:
    return html.Section(
        [
            html.H2([_why(name, language),
                     html.Span(id=f"{key}-n", className="quiet n")]),
            html.Div(
                [html.Bdi(id=f"{key}-number", className="number rolls", dir="ltr"),
                 html.Span(id=f"{key}-unit", className="unit")],
                className="figure",
            ),
            html.Div(
                [html.Bdi(id=f"{key}-change", className="change rolls", dir="ltr"),
                 html.Span(id=f"{key}-against", className="quiet"),
                 html.Div(id=f"{key}-spark", className="spark", dir="ltr")],
                className="past",
            ),
            html.P([shape("own"), html.Span(id=f"{key}-state")], className="state"),
        ],
        id=key,
        className="panel tile none",
        title=_meaning(name, language),
    )


def _why(name: str, language: str) -> Component:
    """The tile's name as the way to its reason; rates are over 30 days, all else is today's."""
    question = f"lang={language}" if name in RATES else f"period=today&lang={language}"
    return linked(name, said(f"wall.tile.{name}", language), language, question)


def _meaning(name: str, language: str) -> str:
    """What the number means, and what its small signs mean, for whoever points at it."""
    keys = f"wall.meaning.{name}", f"wall.meaning.change{'_rate' if name in RATES else ''}"
    return ". ".join(said(key, language) for key in keys if i18n.has(key))


def _filled(
    key: str, tile: Tile, judge: Tile, beside: Tile | None, language: str
) -> Props:
    number, unit = _number(tile, language)
    return {
        key: {"className": f"panel tile {judge.state}{' plain' if judge.target is None else ''}"},
        f"{key}-number": {"children": number},
        f"{key}-unit": {"children": unit},
        f"{key}-change": {"children": _change(tile, language)},
        f"{key}-against": {"children": _against(tile, language)},
        f"{key}-spark": {"style": {"--spark": line} if (line := spark.line(tile.series)) else {}},
        f"{key}-state": {"children": _said_state(tile, judge, beside, language)},
        f"{key}-n": {"children": _basis(tile, language)},
    }


def _number(tile: Tile, language: str) -> tuple[str, str]:
    if tile.value is None:
        return i18n.MISSING, ""
    if tile.unit == "ratio":
        return share(tile.value, language), ""
    if tile.unit == "minutes":
        return time_worked(tile.value, language)
    return i18n.number(tile.value, language), said("wall.unit.dossiers", language)


def share(ratio: float, language: str) -> str:
    """A percentage with one decimal, none at 100 %."""
    return i18n.percent(ratio, language, 0 if ratio in (0, 1) else 1)


def whole(ratio: float | None, language: str) -> str:
    """A percentage cut to whole percents: what is not quite 100 % is not called so."""
    return i18n.percent(None if ratio is None else math.floor(ratio * 100 + 1e-9) / 100,
                        language, 0)


def goal(ratio: float, language: str) -> str:
    """A target percentage: decimals only where it has some."""
    return i18n.percent(ratio, language, 0 if round(ratio * 1000) % 10 == 0 else 1)


def time_worked(minutes: float, language: str) -> tuple[str, str]:
    """Working minutes as a number and its unit: hours below a working day, else days."""
    shown = i18n.number(minutes / _scale(minutes), language, 1)
    return shown, said(f"wall.unit.{_unit(minutes)}", language)


def _unit(minutes: float) -> str:
    return "hours" if _scale(minutes) == 60 else "days"


def _scale(minutes: float) -> int:
    return 60 if minutes < DAY else DAY


def _change(tile: Tile, language: str) -> list[Any]:
    """The signed change, and its unit where that is not plain."""
    if tile.change is None:
        return []
    if tile.unit == "dossiers":
        return [i18n.points(tile.change, language, 0)]
    size, unit = 0.01, "points"
    if tile.unit == "minutes":
        size, unit = _scale(tile.value or 0), _unit(tile.value or 0)
    shown = i18n.points(tile.change / size, language)
    return [shown, html.Small(said(f"wall.against.{unit}", language))]


def _against(tile: Tile, language: str) -> str:
    if tile.change is None:
        return ""
    return said("wall.against." + ("yesterday" if tile.unit == "dossiers" else "period"), language)


def _said_state(tile: Tile, judge: Tile, beside: Tile | None, language: str) -> str:
    """What the foot says: how the number is judged, or else a second number."""
    if judge is not tile and tile.value:
        return _second(judge, language)
    return _state(judge, language) or _second(beside, language)


def _state(tile: Tile, language: str) -> str:
    if tile.value is None or (tile.state == "none" and tile.target is not None):
        return said("wall.state.none", language)
    if tile.target is None:
        return "" if tile.state == "none" else said(f"wall.state.{tile.state}", language)
    if tile.target == 0 and tile.value == 0:
        return said("wall.state.good_zero", language)
    side = "below" if is_ceiling(tile) else "above"
    return said(f"wall.state.{tile.state}_{side}", language, target=_target(tile, language))


def _second(tile: Tile | None, language: str) -> str:
    if tile is None or tile.value is None:
        return ""
    number, unit = _number(tile, language)
    if tile.unit == "minutes":
        number = f"{number} {unit.split()[0]}"
    return said("wall.beside", language, name=said(f"wall.tile.{tile.name}", language),
                number=number)


def is_ceiling(tile: Tile) -> bool:
    """Whether less is better: then a good value lies at or below the target."""
    assert tile.value is not None and tile.target is not None
    return (tile.value <= tile.target) == (tile.state == "good") and tile.value != tile.target


def _target(tile: Tile, language: str) -> str:
    assert tile.target is not None
    if tile.unit == "ratio":
        return goal(tile.target, language)
    return i18n.number(tile.target, language)


def _basis(tile: Tile, language: str) -> Any:
    """Over which days and dossiers: two parts, which may stand under one another."""
    if tile.n is None or tile.unit == "dossiers":
        return ""
    if tile.unit != "ratio":
        return said("wall.thirty_days", language)
    count = said("wall.n", language, n=i18n.number(tile.n, language))
    return [html.Span(said("wall.n_days", language)), html.Span(count)]
