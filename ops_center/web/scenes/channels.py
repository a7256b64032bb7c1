"""The third scene: how dossiers come in, and how digital the work is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops_center import i18n
from ops_center.figures import ranks, trend
from ops_center.web.parts import Look, Props, chart, charted, said
from ops_center.web.scenes import tiles
from ops_center.web.scenes.findings import against, empty

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot, Tile

TILES = ("online_share", "end_to_end_share", "cashless_share", "digitised_share")
FEW = 5  # a day with fewer dossiers says nothing
DIGITAL = ("online_share", "end_to_end_share", "cashless_share", "e_result_share",
           "digitised_share", "reused_share", "satisfaction")


def skeleton(look: Look) -> list[Any]:
    """Tiles, the online trend, the channels, the digital targets."""
    return [
        tiles.column("channels", TILES, look.language),
        chart("online", "top-all"),
        chart("digital", "foot-wide"),
        chart("by-channel", "foot-end"),
    ]


def drawn(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The scene at that snapshot."""
    return (
        tiles.drawn("channels", TILES, snapshot, language)
        | _online(snapshot, language, theme)
        | _digital(snapshot, language, theme)
        | _channels(snapshot, language, theme)
    )


def _online(snapshot: Snapshot, language: str, theme: str) -> Props:
    tile = snapshot.tiles["online_share"]
    if tile.value is None:
        return empty("online", "figures.online", language)
    days = [day for day, _, _ in snapshot.online_series]
    values = [online / received if received >= FEW else None
              for _, online, received in snapshot.online_series]
    target = "" if tile.target is None else tiles.goal(tile.target, language)
    words = {"target": said("figures.on_time.target", language, target=target)}
    return charted(
        "online",
        against("figures.online", tile.value, tile.target, language),
        said("figures.online.unit", language),
        trend.share(days, values, tile.target, theme, language, words),
    )


def _digital(snapshot: Snapshot, language: str, theme: str) -> Props:
    known = [snapshot.tiles[name] for name in DIGITAL if snapshot.tiles[name].value is not None]
    if not known:
        return empty("digital", "figures.digital", language)
    bars = [
        ranks.Bar(said(f"wall.tile.{tile.name}", language), tile.value,
                  _of(tile, language), tile.state, tile.target)
        for tile in known
    ]
    good = sum(tile.state == "good" for tile in known)
    key = "some" if good else "none"
    title = said(f"figures.digital.{key}", language, count=good, total=len(known))
    return charted("digital", title, said("figures.digital.unit", language),
                   ranks.bars(bars, theme, language, top=1.0, at_end=True))


def _of(tile: Tile, language: str) -> str:
    """What is and what should be, as one pair that no direction of writing turns round."""
    value = i18n.percent(tile.value, language, 0)
    if tile.target is None:
        return value
    return f"\u2066{value} / {tiles.goal(tile.target, language)}\u2069"


def _channels(snapshot: Snapshot, language: str, theme: str) -> Props:
    total = sum(count for _, _, count in snapshot.channels)
    if not total:
        return empty("by-channel", "figures.channels", language)
    bars = [
        ranks.Bar(said(f"figures.channels.{level}", language), count / total,
                  i18n.percent(count / total, language, 0))
        for level, _, count in snapshot.channels
    ]
    most = max(bars, key=lambda bar: bar.value or 0)
    title = said("figures.channels.most", language, channel=most.name, value=most.shown)
    return charted("by-channel", title, said("figures.channels.unit", language),
                   ranks.bars(bars, theme, language, top=most.value))
