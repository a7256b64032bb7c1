"""The wall: scenes that rotate, drawn with their first reading, then moved by assets/live.js."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center.i18n import LANGUAGES, choose, direction
from ops_center.web import map as ward_map
from ops_center.web import scenes
from ops_center.web.parts import Look, dress, marked, said
from ops_center.web.scenes import header

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

THEMES = ("dark", "light")
EVERY, SHORTEST, LONGEST = 20, 5, 3600  # seconds a scene stays
_LONGEST_QUOTE = 20
_BADGES = ("live", "late", "stale", "quiet", "loading", "server", "worker", "database")
_STAMPS = (
    "server", "worker", "worker_never", "database", "stale", "late", "age", "unknown_age", "help"
)


@dataclass(frozen=True)
class Wish:
    """What the address asks for, and what in it could not be used (in the wall's language)."""

    scenes: tuple[str, ...]
    every: int
    language: str
    theme: str
    metric: str
    notes: tuple[str, ...] = ()


def read(query: Mapping[str, str], default: str = "vi") -> Wish:
    """What `?scenes=a,b&every=20&lang=vi&theme=dark&metric=received` asks for.

    What can't be used falls back and is said in `notes`.
    """
    language = choose(query.get("lang"), default)
    notes: list[str] = []
    wish = Wish(
        _scenes(query.get("scenes", ""), language, notes),
        _every(query.get("every", ""), language, notes),
        language,
        _one_of(query.get("theme", ""), THEMES, "theme", language, notes),
        _one_of(query.get("metric", ""), ward_map.METRICS, "metric", language, notes),
    )
    if query.get("lang", language).lower().split("-")[0] not in LANGUAGES:
        notes.append(said("wall.note.lang", language, value=_quoted(query["lang"])))
    return Wish(**{**vars(wish), "notes": tuple(notes)})


def _scenes(asked: str, language: str, notes: list[str]) -> tuple[str, ...]:
    names = [name.strip() for name in asked.split(",") if name.strip()]
    known = dict.fromkeys(name for name in names if name in scenes.SCENES)
    for name in names:
        if name not in known:
            notes.append(said("wall.note.scene", language, value=_quoted(name)))
    return tuple(known) or scenes.SCENES


def _every(asked: str, language: str, notes: list[str]) -> int:
    seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else EVERY
    used = min(max(seconds, SHORTEST), LONGEST)
    if asked and str(used) != asked:
        notes.append(said("wall.note.every", language, value=_quoted(asked), used=used))
    return used


def _one_of(
    asked: str, known: tuple[str, ...], name: str, language: str, notes: list[str]
) -> str:
    if asked and asked not in known:
        notes.append(said(f"wall.note.{name}", language, value=_quoted(asked)))
    return asked if asked in known else known[0]


def _quoted(value: str) -> str:
    return value if len(value) <= _LONGEST_QUOTE else value[: _LONGEST_QUOTE - 1] + "…"


def layout(query: Mapping[str, str], first: Mapping[str, Mapping[str, Any]]) -> Component:
    """The whole wall with its first reading; `first` is empty while there is none."""
    default = getattr(query, "language", "vi")
    wish = read(query, default)
    wall = html.Div(
        [
            header.skeleton(wish.language),
            html.Main([_scene(name, wish) for name in wish.scenes], className="scenes"),
            _progress(wish),
            html.P(" · ".join(wish.notes), id="notes", className="notes"),
            html.Div([html.P(className="stamp-what"), html.P(className="stamp-age"),
                      html.P(className="stamp-help")], id="stamp", role="alert"),
        ],
        id="wall",
        className="wall loading" if not first else "wall",
        lang=wish.language,
        dir=direction(wish.language),
    )
    return dress(marked(wall, _told(wish)), first)


def register(app: Dash, desk: Desk) -> None:
    """The map's land; the wall has no callback: what moves comes by live.js."""
    ward_map.register(app.server, desk)


def _scene(name: str, wish: Wish) -> Component:
    shown = " shown" if name == wish.scenes[0] else ""
    section = html.Section(
        scenes.skeleton(name, Look(wish.language, wish.metric)),
        id=f"scene-{name}",
        className=f"scene {name}{shown}",
    )
    words = said(f"wall.scene.{name}", wish.language)
    return marked(section, {"data-scene": name, "data-name": words, "aria-label": words})


def _progress(wish: Wish) -> Component:
    return html.Nav(
        [marked(html.Button(html.I(), className="step"),
                {"data-scene": name, "aria-label": said(f"wall.scene.{name}", wish.language)})
         for name in wish.scenes],
        id="progress",
    )


def _told(wish: Wish) -> dict[str, str]:
    """What the scripts in assets/ need to know, among it the words that they write."""
    words = {f"badge.{key}": said(f"wall.badge.{key}", wish.language) for key in _BADGES}
    gaps = {name: f"{{{name}}}" for name in ("since", "time", "age")}
    words |= {f"stamp.{key}": said(f"wall.stamp.{key}", wish.language, **gaps) for key in _STAMPS}
    return {
        "data-live": "/api/snapshot/",
        "data-scene": wish.scenes[0],
        "data-every": str(wish.every),
        "data-language": wish.language,
        "data-theme": wish.theme,
        "data-metric": wish.metric,
        "data-words": json.dumps(words, ensure_ascii=False),
    }
