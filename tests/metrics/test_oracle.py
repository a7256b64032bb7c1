"""Every number equals an independent recomputation, from the roll-ups and without them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection

from ops_center.metrics.catalog import METRICS
from ops_center.metrics.reading import Reading, by, read
from ops_center.metrics.scope import Scope
from ops_center.store.tables import CHANNEL_LEVELS
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle, Value
from tests.metrics.world import DAYS, FIRST, PROCEDURES, now

FIELDS = ("ho-tich", "chung-thuc", "dat-dai", "giam-ngheo")
MS = timedelta(milliseconds=1)


def some(values: tuple[str, ...]) -> Any:
    """None for all, or a few of them."""
    return st.none() | st.frozensets(st.sampled_from(values), min_size=1, max_size=2)


def told(reading: Reading) -> dict[str, Value]:
    return {n: (x.value, x.numerator, x.denominator) for n, x in reading.numbers.items()}


def inside(scope: Scope) -> Any:
    """The scope as a filter of the oracle's frame."""
    chosen = {
        "hub": scope.hubs, "field_id": scope.fields, "procedure_id": scope.procedures,
        "channel_level": scope.channel_levels,
    }  # fmt: skip

    def where(frame: Any) -> Any:
        kept = frame.id.notna()
        for column, values in chosen.items():
            if values is not None:
                kept &= frame[column].isin(values)
        return kept

    return where


def instants(oracle: Oracle) -> list[datetime]:
    """When something happens, so that a question may fall on the very instant."""
    columns = ("submitted_at", "received_at", "due_at", "ended_at")
    found = {at for name in columns for at in oracle.frame[name] if at is not None}
    for one in oracle.frame.life:
        found |= {at for wait in one.waits for at in wait if at} if one else set()
    return sorted(found)


@st.composite
def questions(draw: Any, ward: Ward, oracle: Oracle) -> tuple[Scope, datetime]:
    first = FIRST[ward.id] + timedelta(days=draw(st.integers(-2, DAYS)))
    last = first + timedelta(days=draw(st.integers(1, 9)))
    as_of = draw(st.sampled_from(instants(oracle))) + draw(st.sampled_from((-MS, MS, 0 * MS)))
    return Scope(
        ward.id, first, last, draw(some(("a", "b", "c", "unassigned"))), draw(some(FIELDS)),
        draw(some(PROCEDURES)), draw(some(CHANNEL_LEVELS)),
    ), as_of  # fmt: skip


def test_a_number_is_the_same_from_roll_ups_from_facts_and_by_the_oracle(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=12)
    @given(questions(ward, oracle), st.booleans())
    def holds(question: tuple[Scope, datetime], everything: bool) -> None:
        scope, as_of = question
        if everything:
            scope = Scope(scope.ward_id, scope.first, scope.last)
        expected = oracle.read(scope.first, scope.last, as_of, inside(scope))
        assert set(expected) == set(METRICS)
        summed = told(read(connection, ward, scope, as_of))
        counted = told(read(connection, ward, scope, as_of, rollup=False))
        assert _differing(counted, expected) == {}
        assert _differing(summed, expected) == {}

    holds()


def _differing(found: dict[str, Value], expected: dict[str, Value]) -> dict[str, Any]:
    return {
        name: (found[name], expected[name])
        for name in expected
        if found[name] != pytest.approx(expected[name], nan_ok=True)
    }


@pytest.mark.parametrize(
    "dimension", ["hub", "field", "procedure", "channel_level", "channel", "official"]
)
def test_each_group_is_the_same_by_the_oracle(
    connection: Connection, ward: Ward, oracle: Oracle, dimension: str
) -> None:
    column = {"field": "field_id", "procedure": "procedure_id", "official": "official_id"}
    name = column.get(dimension, dimension)
    first, as_of = FIRST[ward.id] + timedelta(days=3), now(ward)
    scope = Scope(ward.id, first, first + timedelta(days=20))
    groups = {
        (reading.key or {})[dimension]: told(reading)
        for reading in by(connection, ward, scope, as_of, dimension)
    }
    everyone = set(oracle.frame[name])
    assert set(groups) <= everyone
    for value in everyone:

        def where(frame: Any, value: Any = value) -> Any:
            return frame[name].isna() if value is None else frame[name] == value

        expected = oracle.read(scope.first, scope.last, as_of, where)
        if value not in groups:
            assert not any(number[0] for number in expected.values()), value
        else:
            assert _differing(groups[value], expected) == {}, value


@pytest.mark.parametrize("size", ["day", "week", "month"])
def test_each_bucket_of_time_is_the_same_by_the_oracle(
    connection: Connection, ward: Ward, oracle: Oracle, size: str
) -> None:
    first, as_of = FIRST[ward.id] + timedelta(days=4), now(ward)
    scope = Scope(ward.id, first, first + timedelta(days=DAYS - 4))
    readings = by(connection, ward, scope, as_of, size)
    keys = [(reading.key or {})[size] for reading in readings]
    borders = [max(key, first) for key in keys] + [scope.last]
    for reading, begin, end in zip(readings, borders, borders[1:], strict=False):
        assert _differing(told(reading), oracle.read(begin, end, as_of)) == {}, begin
