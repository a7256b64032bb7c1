"""The ground of the benchmarks: dossiers copied by SQL are such as derivation would have left."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, func, inspect, select

from benchmarks.facts import Facts, load
from benchmarks.many import many
from ops_center.metrics.catalog import MEASURES
from ops_center.simulator.ward import SOURCE, plant
from ops_center.store import rollup
from ops_center.store.session import reading, writing
from ops_center.store.tables import change, dossier, dossier_clock

NOW = datetime(2026, 3, 12, 8, 30, tzinfo=UTC)
FEW, TIMES = 120, 5


def test_copies_follow_from_their_facts_and_the_cells_from_them(engine: Engine) -> None:
    ward = plant(engine, until=NOW)
    load(engine, Facts(engine, ward, SOURCE, NOW).rows(FEW))
    with writing(engine, repeatable=True) as connection:
        rollup.rebuild(connection, ward.id, MEASURES, now=NOW)
    before = _indexes(engine)
    with writing(engine, repeatable=True) as connection:
        many(connection, ward.id, TIMES)
    with reading(engine) as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (dossier, dossier_clock, change)
        ]
        assert counts == [FEW * TIMES, FEW * TIMES, 0]
        assert list(rollup.check(connection, ward.id, MEASURES)) == []
    assert _indexes(engine) == before != set()


def _indexes(engine: Engine) -> set[str | None]:
    found = inspect(engine).get_indexes("dossier_clock")
    return {one["name"] for one in found}
