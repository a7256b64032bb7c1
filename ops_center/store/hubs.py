"""The hubs of a ward, how they merged, and what sources call them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ops_center.i18n import sort_key
from ops_center.store.rows import Kept, given, keep
from ops_center.store.tables import hub, hub_alias


@dataclass(frozen=True)
class Hub:
    """A place that receives dossiers. Degrees in WGS 84; `area`: GeoJSON text of its area.

    `id` None lets the database choose one; `sort_key` empty is made from the name.
    `replaced_by`: the id of the hub it was merged into.
    """

    ward_id: str
    code: str
    name: str
    id: str | None = None
    sort_key: str = ""
    longitude: float | None = None
    latitude: float | None = None
    area: str | None = None
    population: int | None = None
    households: int | None = None
    active: bool = True
    replaced_by: str | None = None


def list_hubs(connection: Connection, ward_id: str) -> list[Hub]:
    """All hubs of the ward in Vietnamese order, merged, inactive and "unassigned" ones too."""
    rows = connection.execute(
        select(hub).where(hub.c.ward_id == ward_id).order_by(hub.c.sort_key, hub.c.code)
    )
    return [Hub(**row._mapping) for row in rows]


def find_hub(connection: Connection, ward_id: str, code: str) -> Hub | None:
    """The hub of that code."""
    row = connection.execute(
        select(hub).where(hub.c.ward_id == ward_id, hub.c.code == code)
    ).first()
    return None if row is None else Hub(**row._mapping)


def add_hub(connection: Connection, new: Hub) -> Kept:
    """Add the hub, or change the one of that code to be like it; its id never changes."""
    known = find_hub(connection, new.ward_id, new.code)
    values = {
        "name": new.name,
        "sort_key": new.sort_key or sort_key(new.name),
        "longitude": new.longitude,
        "latitude": new.latitude,
        "area": new.area,
        "population": new.population,
        "households": new.households,
        "active": new.active,
        "replaced_by": new.replaced_by,
    }
    if known is None:
        values |= given(id=new.id)
    return keep(connection, hub, {"ward_id": new.ward_id, "code": new.code}, values)


def hub_moves(connection: Connection, ward_id: str) -> dict[str, str]:
    """Every hub id → the id where its dossiers count now, after all mergers.

    Hubs that were merged in a circle stay where they are.
    """
    rows = connection.execute(
        select(hub.c.id, hub.c.replaced_by).where(hub.c.ward_id == ward_id).order_by(hub.c.id)
    )
    steps = {row.id: row.replaced_by for row in rows}
    return {start: _final(start, steps) for start in steps}


def _final(start: str, steps: dict[str, str | None]) -> str:
    here, seen = start, {start}
    while (following := steps.get(here)) is not None:
        if following in seen:
            return start
        seen.add(following)
        here = following
    return here


def find_aliases(connection: Connection, ward_id: str, source_id: str) -> dict[str, str]:
    """What that source writes as a place → hub id."""
    rows = connection.execute(
        select(hub_alias.c.text, hub_alias.c.hub_id).where(
            hub_alias.c.ward_id == ward_id, hub_alias.c.source_id == source_id
        )
    )
    return {row.text: row.hub_id for row in rows}


def add_alias(connection: Connection, ward_id: str, source_id: str, text: str, hub_id: str) -> Kept:
    """From now on that source's text means this hub."""
    key = {"ward_id": ward_id, "source_id": source_id, "text": text}
    return keep(connection, hub_alias, key, {"hub_id": hub_id})
