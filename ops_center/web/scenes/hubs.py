"""The fourth scene: every hub, always in the same place, up to two hundred of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dash import html

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.number import judged
from ops_center.store.wards import UNASSIGNED
from ops_center.web.parts import Look, Props, panel, said, titled
from ops_center.web.scenes import tiles
from ops_center.web.scenes.findings import hub_codes, hub_name

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import HubLine, Snapshot

MOST = 200
FEW = 10  # a rate over fewer dossiers is noise
ON_TIME = METRICS["on_time_rate"]
# (up to so many hubs, columns, how much stands in a cell)
_GRIDS = ((4, 2, "large"), (12, 4, "large"), (30, 6, "full"), (49, 7, "full"), (64, 8, "full"),
          (112, 14, "bare"), (MOST, 14, "bare"))


def skeleton(look: Look) -> list[Any]:
    """One panel over the whole scene; assets/hubs.js writes the cells."""
    note = html.P(id="hubs-note", className="note")
    return [panel("hubs", [html.Ol(id="hubs-grid", className="hub-grid"), note], "all")]


def drawn(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The scene at that snapshot."""
    shown = snapshot.hubs[:MOST]
    columns, density = next((c, d) for most, c, d in _GRIDS if len(shown) <= most)
    codes = hub_codes(snapshot)
    cells = [_cell(hub, codes[hub.id], density, language) for hub in shown]
    empty = "" if cells else said("wall.hubs.empty", language)
    return titled("hubs", _finding(snapshot, language), _legend(snapshot, density, language)) | {
        "hubs-note": {"children": empty},
        "hubs-grid": {
            "data-cells": json.dumps(cells, ensure_ascii=False, separators=(",", ":")),
            "className": f"hub-grid {density}",
            "style": {"--columns": columns, "--rows": max(1, -(-len(shown) // columns))},
        },
    }


def _legend(snapshot: Snapshot, density: str, language: str) -> str:
    legend = said(f"wall.hubs.legend_{'bare' if density == 'bare' else 'full'}", language)
    hidden = len(snapshot.hubs) - MOST
    return f"{legend} · {said('wall.more', language, count=hidden)}" if hidden > 0 else legend


def _finding(snapshot: Snapshot, language: str) -> str:
    late = sum(hub.overdue > 0 for hub in snapshot.hubs)
    known = sum(hub.id != UNASSIGNED for hub in snapshot.hubs)
    if not known:
        return said("wall.map.finding_no_hubs", language)
    key, count = ("bad", late) if late else ("good", known)
    finding = said(f"wall.hubs.title_{key}", language, count=count)
    if not snapshot.not_reported:
        return finding
    return f"{finding} · {said('wall.hubs.title_silent', language, count=snapshot.not_reported)}"


def _cell(hub: HubLine, short: str, density: str, language: str) -> list[str]:
    """Code, name, today's number, state, its words, rate; the last only where there is room."""
    state = _state(hub)
    number = i18n.number(hub.received_today, language) if hub.reported else i18n.MISSING
    if density == "bare":
        return [short, "", number, state, "", ""]
    rate = tiles.whole(hub.on_time_rate, language) if hub.reported else ""
    return [short, hub_name(hub, language), number, state, _words(hub, state, language), rate]


def _state(hub: HubLine) -> str:
    """Bad with anything overdue, else what its rate is worth, by the catalogue's own borders."""
    if not hub.reported:
        return "none"
    if hub.overdue:
        return "bad"
    return judged(ON_TIME, hub.on_time_rate) if hub.on_time_n >= FEW else "good"


def _words(hub: HubLine, state: str, language: str) -> str:
    if state == "none":
        return said("wall.hubs.silent", language)
    if hub.overdue:
        return said("wall.hubs.overdue", language, n=i18n.number(hub.overdue, language))
    if state == "good":
        return said("wall.hubs.good", language)
    limit = ON_TIME.watch if state == "bad" else ON_TIME.target
    return said("wall.hubs.below", language, limit=tiles.whole(limit, language))
