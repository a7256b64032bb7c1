"""The second scene: how much is on time, where it is not, and how long things take."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ops_center import i18n
from ops_center.figures import durations, ranks, trend
from ops_center.web.parts import Look, Props, chart, charted, said
from ops_center.web.scenes import tiles
from ops_center.web.scenes.findings import against, empty, field_name, hub_names

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot

TILES = ("on_time_rate", "overdue", "due_soon", "median_time")
MOST = 6
FEW = 10  # below so many dossiers a rate is noise


def skeleton(look: Look) -> list[Any]:
    """Tiles, the trend against the target, fields, hubs, durations."""
    return [
        tiles.column("timeliness", TILES, look.language),
        chart("on-time", "top-wide"),
        chart("fields", "top-end"),
        chart("durations", "foot-wide"),
        chart("overdue-hubs", "foot-end"),
    ]


def drawn(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The scene at that snapshot."""
    return (
        tiles.drawn("timeliness", TILES, snapshot, language)
        | _trend(snapshot, language, theme)
        | _fields(snapshot, language, theme)
        | _durations(snapshot, language, theme)
        | _overdue(snapshot, language, theme)
    )


def _trend(snapshot: Snapshot, language: str, theme: str) -> Props:
    tile = snapshot.tiles["on_time_rate"]
    if tile.value is None:
        return empty("on-time", "figures.on_time", language)
    series = list(tile.series)
    days = [snapshot.today - timedelta(back) for back in range(len(series) - 1, -1, -1)]
    target = "" if tile.target is None else tiles.goal(tile.target, language)
    words = {"target": said("figures.on_time.target", language, target=target)}
    return charted(
        "on-time",
        against("figures.on_time", tile.value, tile.target, language),
        said("figures.on_time.unit", language),
        trend.share(days, series, tile.target, theme, language, words),
    )


def _fields(snapshot: Snapshot, language: str, theme: str) -> Props:
    known = [f for f in snapshot.fields if f.on_time_rate is not None and f.on_time_n >= FEW]
    lines = sorted(known, key=lambda f: (f.on_time_rate, f.id))[:MOST]
    if not lines:
        return empty("fields", "figures.fields", language)
    bars = [
        ranks.Bar(field_name(snapshot, f.id, language), f.on_time_rate,
                  tiles.whole(f.on_time_rate, language))
        for f in lines
    ]
    worst = bars[0]
    title = said("figures.fields.worst", language, field=worst.name, value=worst.shown)
    if worst.value == 1:
        title = said("figures.fields.all_good", language)
    return charted("fields", title, said("figures.fields.unit", language),
                   ranks.bars(bars, theme, language, top=1.0))


def _overdue(snapshot: Snapshot, language: str, theme: str) -> Props:
    late = sorted((h for h in snapshot.hubs if h.overdue), key=lambda h: (-h.overdue, h.sort_key))
    unit = said("figures.overdue.unit", language)
    if not late:
        return charted("overdue-hubs", said("figures.overdue.none", language), unit, None)
    names = hub_names(late[:MOST], snapshot, language, ranks.LONGEST)
    bars = [ranks.Bar(name, hub.overdue, i18n.number(hub.overdue, language), "bad")
            for name, hub in zip(names, late, strict=False)]
    total = i18n.number(sum(h.overdue for h in late), language)
    title = said("figures.overdue.some", language, total=total, count=len(late))
    return charted("overdue-hubs", title, unit, ranks.bars(bars, theme, language))


def _durations(snapshot: Snapshot, language: str, theme: str) -> Props:
    median, longest = snapshot.tiles["median_time"].value, snapshot.tiles["p90_time"].value
    if median is None or longest is None:
        return empty("durations", "figures.durations", language)
    title = said("figures.durations.finding", language,
                 median=" ".join(tiles.time_worked(median, language)),
                 p90=" ".join(tiles.time_worked(longest, language)))
    counts = durations.by_working_day(snapshot.durations)
    word = said("figures.durations.median", language)
    return charted(
        "durations", title, said("figures.durations.unit", language),
        durations.distribution(counts, median / tiles.DAY, theme, language, word),
    )
