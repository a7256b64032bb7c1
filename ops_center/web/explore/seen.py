"""A view with its numbers: what every part of the page is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.explore import Exploration
from ops_center.metrics.number import Number
from ops_center.metrics.scope import buckets
from ops_center.web.address import (
    DAY,
    DEFAULT_PERIOD,
    FILTERS,
    NOBODY,
    Note,
    View,
    spelled,
)
from ops_center.web.export import labels
from ops_center.web.known import Known
from ops_center.web.parts import said

WORKING_DAY = 480  # minutes
NEXT = {
    "hub": "procedure", "field": "procedure", "procedure": "hub", "official": "procedure",
    "channel": "channel_level", "channel_level": "procedure", "month": "day", "week": "day",
    "day": "hub",
}  # fmt: skip
"""What the table is broken down by after one of its lines was clicked."""


@dataclass(frozen=True)
class Seen:
    """A view, what of its address was dropped, and its numbers.

    `named`: whether its address names the language; a link then does too.
    """

    known: Known
    view: View
    notes: tuple[Note, ...]
    found: Exploration
    language: str
    theme: str
    named: bool = False
    loosen: Sequence[tuple[str, int]] = ()

    def to(self, **changes: object) -> str:
        """The address of this view with these changes."""
        told: dict[str, Any] = {"lang": self.view.lang if self.named else ""} | changes
        return spelled(self.view, **told)

    def narrowed(self, dimension: str, key: Any, **more: object) -> str:
        """The address of that part of the view."""
        next_one = {"by": NEXT[dimension], "sort": "", "lines": ""}
        return self.to(**narrowing(self, dimension, key) | next_one | more)

    def why(self, metric: str) -> str:
        """The address of why that metric's number is what it is in this view."""
        lang = self.view.lang if self.named else ""
        return spelled(self.view, f"/why/{metric}", lang=lang, rows="received", where=())

    @property
    def bare(self) -> str:
        """The address of the page without filters, in this language and theme."""
        return spelled(
            View(DEFAULT_PERIOD, self.view.first, self.view.last), theme=self.view.theme,
            lang=self.view.lang if self.named else "",
        )  # fmt: skip

    @property
    def way_out(self) -> str:
        """For a chart with nothing in it: the filter without which there would be most."""
        if not (ways := [one for one in self.loosen if one[1]]):
            return self.say("empty.chart")
        name, count = max(ways, key=lambda one: one[1])
        return self.say("empty.loosen", name=self.say(f"pick.{FILTERS[name]}"), count=count,
                        number=i18n.number(count, self.language))  # fmt: skip

    def label(self, by: str) -> Callable[[Any], str]:
        """What a value of that dimension is called."""
        return labels(self.known, by, self.language)

    def shown(self, number: Number | None) -> str:
        """A number in its unit."""
        return shown(number, self.language)

    def say(self, key: str, **values: object) -> str:
        """The page's own words, in its language."""
        return said(f"explore.{key}", self.language, **values)

    def name(self, metric: str) -> str:
        """What a metric is called."""
        return said(f"metrics.{metric}.name", self.language)

    @property
    def nothing(self) -> bool:
        """Whether nothing at all happened or is open in this view."""
        names = ("received", "done", "in_process", "suspended", "waiting_reception")
        return not any(self.found.strip[name].value for name in names)


def narrowing(seen: Seen, by: str, key: Any) -> dict[str, object]:
    """The changes of a view that leave that line of a breakdown only."""
    if by == "hub":
        hub = seen.known.lists.hub_by_id.get(key)
        return {"hubs": (hub.code if hub else key,)}
    if by == "channel":
        return {"channels": (key,), "levels": seen.view.levels if key == "online" else ()}
    if by == "channel_level":
        online, _, level = key.partition("_")
        return ({"channels": ("online",), "levels": (level,)} if online == "online"
                else {"channels": (key,), "levels": ()})  # fmt: skip
    if by in ("day", "week", "month"):
        return _days(seen, by, key)
    return {f"{by}s": (NOBODY if key is None else key,)}


def _days(seen: Seen, size: str, key: date) -> dict[str, object]:
    scope = seen.found.scope
    part = next((one for one in buckets(scope, size) if one.key == key), None)
    if part is None:
        return {"first": key, "last": key + DAY}
    return {"first": part.first, "last": part.last}


def shown(number: Number | None, language: str) -> str:
    """`1.234`, `95,2%`, `2 ngày 3 giờ` or `4,6`; a dash for what has no value."""
    if number is None or number.value is None:
        return i18n.MISSING
    if number.unit == "ratio":
        return i18n.percent(number.value, language)
    if number.unit == "minutes":
        return i18n.duration(number.value, language, day_minutes=WORKING_DAY)
    return i18n.number(number.value, language, 1 if number.unit == "points" else 0)


def change(now: Number, before: Number, language: str) -> str:
    """`+12%`, `−1,5` percentage points, `+3 giờ`; empty where either is missing."""
    if now.value is None or before.value is None:
        return ""
    gap = now.value - before.value
    sign = "+" if gap > 0 else "\u2212" if gap < 0 else "±"
    if now.unit == "ratio":
        points = i18n.points(gap * 100, language)
        return said("explore.strip.points", language, points=points)
    if now.unit == "minutes":
        return sign + i18n.duration(abs(gap), language, day_minutes=WORKING_DAY)
    if now.unit == "points":
        return i18n.points(gap, language)
    if not before.value:
        return i18n.points(gap, language, 0)
    return sign + i18n.percent(abs(gap) / before.value, language, 0)


def unit_of(metric: str) -> str:
    """The unit of a metric: "dossiers", "ratio", "minutes" …"""
    return METRICS[metric].unit
