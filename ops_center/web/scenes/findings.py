"""What several scenes say in the same words: findings, empty panels, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.store.wards import UNASSIGNED
from ops_center.web.parts import Props, charted, said, short_codes
from ops_center.web.scenes import tiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops_center.metrics.snapshot import HubLine, Snapshot


def against(key: str, value: float, target: float | None, language: str) -> str:
    """The finding of a rate against its target; the gap in points."""
    shown = {"value": tiles.share(value, language)}
    if target is None:
        return said(f"{key}.plain", language, **shown)
    if value >= target:
        return said(f"{key}.reached", language, **shown)
    gap = i18n.number((target - value) * 100, language, 1)
    return said(f"{key}.below", language, gap=gap, **shown)


def empty(name: str, key: str, language: str) -> Props:
    """A panel that has nothing to draw yet, and says what to wait for."""
    title = said("figures.empty.no_data", language)
    note = said("figures.empty.no_data_remedy", language)
    return charted(name, title, said(f"{key}.unit", language), None, note)


def hub_name(hub: HubLine, language: str) -> str:
    """The hub's name; the one for dossiers without a known hub is named in the language."""
    return said("wall.unassigned", language) if hub.id == UNASSIGNED else hub.name


def hub_names(
    hubs: Iterable[HubLine], snapshot: Snapshot, language: str, longest: int
) -> list[str]:
    """The hubs' names; with their codes when one will be cut, for long ones begin alike."""
    known = list(hubs)
    names, codes = [hub_name(hub, language) for hub in known], hub_codes(snapshot)
    if all(len(name) <= longest for name in names):
        return names
    return [f"{codes[hub.id]} {name}" for hub, name in zip(known, names, strict=True)]


def hub_codes(snapshot: Snapshot) -> dict[str, str]:
    """Hub id → short code; "?" for the hub of dossiers without a known one."""
    known = [hub for hub in snapshot.hubs if hub.id != UNASSIGNED]
    short = short_codes(hub.code for hub in known)
    return {hub.id: short[hub.code] for hub in known} | {UNASSIGNED: "?"}


def field_name(snapshot: Snapshot, field_id: str, language: str) -> str:
    """The field's name in the language, else in Vietnamese; "–" for an unknown field."""
    for field in snapshot.fields:
        if field.id == field_id:
            return getattr(field, f"name_{language}", None) or field.name
    return i18n.MISSING
