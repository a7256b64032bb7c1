"""The present of the simulator's tests, and what several of them look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select

from ops_center.domain.dossier import Clock, Facts, derive
from ops_center.intake.row import DossierRow
from ops_center.simulator.world import World, find_world
from ops_center.store.session import reading
from ops_center.store.tables import dossier, dossier_event, person, waiting
from ops_center.store.wards import Ward

NOW = datetime(2026, 11, 27, 3, 20, tzinfo=UTC)  # a Friday, 10:20 at the ward

_SHARED = {field.name for field in fields(Facts)} & {field.name for field in fields(DossierRow)}


def world_of(engine: Engine, ward: Ward, seed: int = 602) -> World:
    """The world of that ward in that database."""
    with reading(engine) as connection:
        return find_world(connection, ward, seed=seed)


def facts(world: World, row: DossierRow) -> Facts:
    """The row as the rules see it."""
    procedure = world.procedure_of[row.procedure_id]
    return Facts(
        **{name: getattr(row, name) for name in _SHARED},
        result_document=procedure.result_document,
        reusable=procedure.reusable,
        population_data=procedure.population_data,
    )


def clocks(world: World, rows: Iterable[DossierRow]) -> list[Clock]:
    """What the rules make of these rows."""
    return [derive(facts(world, row), world.limits[row.procedure_id], world.rules) for row in rows]


def stored(engine: Engine) -> list[tuple[object, ...]]:
    """All dossiers with steps and waits, in words that are the same in every database."""
    with reading(engine) as connection:
        return [*_dossiers(connection), *_parts(connection)]


def _dossiers(connection: Connection) -> list[tuple[object, ...]]:
    unlike = ("id", "official_id", "written_at")
    columns = [column for column in dossier.c if column.name not in unlike]
    named = dossier.outerjoin(
        person, (person.c.ward_id == dossier.c.ward_id) & (person.c.id == dossier.c.official_id)
    )
    query = select(*columns, person.c.name).select_from(named)
    return sorted((tuple(row) for row in connection.execute(query)), key=str)


def _parts(connection: Connection) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for table in (dossier_event, waiting):
        columns = [c for c in table.c if c.name not in ("id", "dossier_id", "ward_id")]
        same = (dossier.c.ward_id == table.c.ward_id) & (dossier.c.id == table.c.dossier_id)
        query = select(dossier.c.code, *columns).select_from(table.join(dossier, same))
        found += sorted((tuple(row) for row in connection.execute(query)), key=str)
    return found
