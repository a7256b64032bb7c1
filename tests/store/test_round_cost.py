"""What a round of the refresher costs depends on what was written, not on all that lies there."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from benchmarks.cost import Touched, touched
from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.session import writing
from ops_center.store.statistics import gather
from ops_center.store.tables import dossier
from tests.store.ward_of_two import (
    HUBS,
    MONDAY,
    NOW,
    PROCEDURES,
    after,
    ask,
    assert_right,
    plant,
    sum_up,
)

CHANNELS = (("online", "end_to_end"), ("online", "partial"), ("in_person", None), ("post", None))
_KINDS = [*product(HUBS, PROCEDURES, CHANNELS)]


def lay(engine: Engine, days: int, a_day: int) -> str:
    """A ward with so many dossiers, spread over all cells; its id."""
    with writing(engine) as connection:
        ward_id = plant(connection)
        rows = [_row(ward_id, day, number) for day in range(days) for number in range(a_day)]
        connection.execute(insert(dossier), rows)
        ask(connection, ward_id, "0-0", 0.2, 0.4)
    sum_up(engine, ward_id)
    with writing(engine) as connection:
        gather(connection)
    return ward_id


def _row(ward_id: str, day: int, number: int) -> dict[str, Any]:
    hub, procedure, (channel, level) = _KINDS[number * 7 % len(_KINDS)]
    received = MONDAY - timedelta(days=day, minutes=number)
    ended = received + timedelta(hours=1 + number % 9)
    return {
        "ward_id": ward_id, "id": f"{day}-{number}", "code": f"{day}-{number}", "hub_id": hub,
        "source_id": "pushing", "procedure_id": procedure, "channel": channel, "level": level,
        "status": 10, "submitted_at": received, "received_at": received, "processed_at": ended,
        "returned_at": ended + timedelta(hours=1),
    }  # fmt: skip


def round_of(engine: Engine, ward_id: str) -> Touched:
    """Three dossiers are written; what the round over them touches."""
    with writing(engine) as connection:
        for id, values in (
            ("0-0", {"processed_at": after(0.5), "returned_at": after(0.6)}),
            ("0-1", {"procedure_id": PROCEDURES[2], "complained": True}),
            ("0-2", {"hub_id": "c", "rating": 5}),
        ):
            this = (dossier.c.ward_id == ward_id) & (dossier.c.id == id)
            connection.execute(update(dossier).where(this).values(**values))
    done: list[rollup.Round | None] = []
    with writing(engine, repeatable=True) as connection:
        found = touched(
            connection,
            lambda: done.append(rollup.refresh(connection, ward_id, MEASURES, now=NOW)),
        )
    assert [one.dossiers for one in done if one] == [3]
    return found


# How PostgreSQL reads a table as small as these tells nothing of a large one: what it reads is in
# the benchmarks.
@pytest.mark.parametrize(("days", "a_day", "most"), [(60, 4, 1.3), (4, 48, 4)])
def test_a_round_costs_the_same_after_a_longer_history_and_little_more_in_a_larger_ward(
    shared: Engine, days: int, a_day: int, most: float
) -> None:
    few = round_of(shared, lay(shared, 4, 4))
    ward_id = lay(shared, days, a_day)
    many = round_of(shared, ward_id)
    assert many.written <= 1.6 * few.written
    if shared.dialect.name == "sqlite":
        assert many.read < most * few.read
    assert_right(shared, ward_id)
