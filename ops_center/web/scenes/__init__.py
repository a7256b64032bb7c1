"""The wall's scenes: what each is built of, and what stands in it at a snapshot.

All scenes are mounted once and shown or hidden; a scene's first screenful holds at most seven
things. `draw` gives the properties that move; language and theme are applied here, last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops_center.web.parts import Look, Props
from ops_center.web.scenes import campaign, channels, header, hubs, overview, timeliness

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot


@dataclass(frozen=True)
class Scene:
    """How a scene is built (once) and drawn (snapshot, language, theme)."""

    skeleton: Callable[[Look], list[Any]]
    drawn: Callable[[Snapshot, str, str], Props]


_ALL = {
    "overview": Scene(overview.skeleton, overview.drawn),
    "timeliness": Scene(timeliness.skeleton, timeliness.drawn),
    "channels": Scene(channels.skeleton, channels.drawn),
    "hubs": Scene(hubs.skeleton, hubs.drawn),
    "campaign": Scene(campaign.skeleton, campaign.drawn),
}
SCENES = tuple(_ALL)


def skeleton(scene: str, look: Look) -> list[Any]:
    """The empty scene; KeyError for an unknown one."""
    return _ALL[scene].skeleton(look)


def draw(scene: str, snapshot: Snapshot, language: str, theme: str) -> Props:
    """The header and the scene at that snapshot; KeyError for an unknown scene."""
    return header.drawn(snapshot, language) | _ALL[scene].drawn(snapshot, language, theme)
