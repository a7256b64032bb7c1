"""The page's address: /campaign?campaign=2026-08-15&hubs=TDP-01,TDP-02&indicator=CT-01

A campaign is named by its first day, of which a ward has one. What an address says wrongly is
dropped, and a note says what was dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from ops_center.web.address import Note
from ops_center.web.shell import KEPT

if TYPE_CHECKING:
    from ops_center.metrics.lists import Lists
    from ops_center.metrics.pace import Board, Pace
    from ops_center.store.campaigns import Campaign

PATH = "/campaign"
ORDER = ("campaign", "hubs", "indicator", *KEPT)
_LONGEST = 40
_MOST = 200  # hubs


@dataclass(frozen=True)
class View:
    """What the page shows. Empty: the current campaign, all hubs, the first indicator.

    `lang`, `theme`: as the address names them, "" where it does not.
    """

    campaign: str = ""
    hubs: tuple[str, ...] = ()
    indicator: str = ""
    lang: str = ""
    theme: str = ""


def read(
    query: Mapping[str, str], campaigns: Sequence[Campaign], lists: Lists
) -> tuple[View, tuple[Note, ...]]:
    """The view that an address means, and what of it was dropped. Never raises."""
    notes: list[Note] = []
    wanted = query.get("campaign", "").strip()
    chosen = next((one for one in campaigns if wanted in (one.starts_on.isoformat(), one.id)), None)
    if wanted and chosen is None:
        notes.append(_unknown("campaign", wanted))
    codes = [*dict.fromkeys(one.strip() for one in query.get("hubs", "").split(",") if one.strip())]
    known = [one for one in codes if one in lists.hub_ids]
    if dropped := [one for one in codes if one not in lists.hub_ids]:
        notes.append(_unknown("hubs", ", ".join(dropped[:3])))
    kept = {name: query.get(name, "") for name in KEPT}
    return View(
        campaign=chosen.starts_on.isoformat() if chosen and wanted else "",
        hubs=tuple(sorted(known[:_MOST])),
        indicator=query.get("indicator", "").strip(),
        **{name: value for name, value in kept.items() if value.isalpha() and len(value) < 8},
    ), tuple(notes)


def _unknown(name: str, value: str) -> Note:
    shown = "".join(letter if letter.isprintable() else "·" for letter in value[:_LONGEST])
    return Note("address.unknown", {"name": name, "value": shown})


def chosen_pace(board: Board, view: View) -> tuple[Pace | None, tuple[Note, ...]]:
    """The indicator of that code; the first where none is named, or none is called so."""
    found = next((one for one in board.paces if one.indicator.code == view.indicator), None)
    first = board.paces[0] if board.paces else None
    notes = (_unknown("indicator", view.indicator),) if view.indicator and found is None else ()
    return found or first, notes


def spelled(view: View, **changes: object) -> str:
    """The address of the view with these changes, only what is not as usual."""
    changed = replace(view, **changes)  # type: ignore[arg-type]
    told = ((name, getattr(changed, name)) for name in ORDER)
    parts = [
        f"{name}={quote(','.join(value) if isinstance(value, tuple) else value, safe=',:')}"
        for name, value in told if value
    ]  # fmt: skip
    return f"{PATH}?{'&'.join(parts)}" if parts else PATH
