"""What must hold whatever the data: the identity, sums of parts, ratios, time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from ops_center.metrics.catalog import MEASURES, METRICS
from ops_center.metrics.gather import RECENT
from ops_center.metrics.grid import grid, grid_by
from ops_center.metrics.reading import Reading, by, read, series
from ops_center.metrics.rows import Row, rows
from ops_center.metrics.scope import Scope, narrow
from ops_center.store.rollup import refresh
from ops_center.store.session import reading, writing
from ops_center.store.sums import nearest_rank
from ops_center.store.tables import dossier, waiting
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle
from tests.metrics.test_oracle import instants, questions, told
from tests.metrics.world import DAYS, FIRST, HANOI, Raw, fill, make, now, plant, write

DAY = timedelta(days=1)
ADDITIVE = [name for name, one in METRICS.items() if one.kind == "amount"]
STOCKS = ("open", "within_due", "overdue", "suspended", "open_no_due", "waiting_reception",
          "awaiting_return", "in_process")  # fmt: skip
FLOWS = ("received", "online", "early", "on_time", "late", "no_due", "stopped", "withdrawn",
         "done", "submitted", "refused")  # fmt: skip


def fortnight(ward: Ward) -> Scope:
    return Scope(ward.id, FIRST[ward.id], FIRST[ward.id] + DAYS * DAY)


def values(found: Reading) -> dict[str, Any]:
    return {name: one.value for name, one in found.numbers.items()}


def test_the_grid_balances_at_every_instant_also_inside_waiting(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=12)
    @given(questions(ward, oracle), st.booleans())
    def holds(question: tuple[Scope, datetime], rollup: bool) -> None:
        found = grid(connection, ward, *question, rollup=rollup)
        assert found.balance == 0
        assert found.received == found.in_person + found.online + found.post

    holds()
    for dimension in ("hub", "channel_level", "day"):
        lines = grid_by(connection, ward, fortnight(ward), now(ward), dimension)
        assert [line.balance for line in lines] == [0] * len(lines)


def test_parts_sum_to_the_whole(connection: Connection, ward: Ward) -> None:
    whole = values(read(connection, ward, fortnight(ward), now(ward), ADDITIVE))
    for dimension in ("hub", "field", "procedure", "channel", "channel_level", "official"):
        parts = by(connection, ward, fortnight(ward), now(ward), dimension, ADDITIVE)
        assert len(parts) > 1
        total = {name: sum(values(part)[name] for part in parts) for name in ADDITIVE}
        assert total == whole, dimension


def test_parts_of_two_dimensions_sum_to_the_parts_of_one(
    connection: Connection, ward: Ward
) -> None:
    scope = fortnight(ward)
    ones = by(connection, ward, scope, now(ward), "hub", STOCKS)
    pairs = by(connection, ward, scope, now(ward), ["channel", "hub"], STOCKS)
    for one in ones:
        same = [pair for pair in pairs if (pair.key or {})["hub"] == (one.key or {})["hub"]]
        assert values(one) == {name: sum(values(p)[name] for p in same) for name in STOCKS}


def test_a_ratio_lies_between_nought_and_one_or_is_missing(
    connection: Connection, ward: Ward
) -> None:
    ratios = [name for name, one in METRICS.items() if one.kind == "ratio"]
    seen: Counter[bool] = Counter()
    for found in by(connection, ward, fortnight(ward), now(ward), ["day", "hub"], ratios):
        for name, one in found.numbers.items():
            missing = one.denominator == 0
            assert one.value is None if missing else 0 <= (one.value or 0) <= 1, name
            seen[missing] += 1
    assert len(seen) == 2


def test_a_split_period_adds_up(connection: Connection, ward: Ward) -> None:
    scope, as_of = fortnight(ward), now(ward)
    for days in (1, 6, 9):
        middle = scope.first + days * DAY
        first = read(connection, ward, Scope(ward.id, scope.first, middle), as_of)
        second = read(connection, ward, Scope(ward.id, middle, scope.last), as_of)
        whole = read(connection, ward, scope, as_of)
        for name in FLOWS:
            assert values(first)[name] + values(second)[name] == values(whole)[name]
        for name in STOCKS:
            assert values(second)[name] == values(whole)[name]
        assert values(first)["open"] == values(second)["carried"]


@pytest.mark.parametrize("name", STOCKS)
def test_the_daily_stock_is_what_the_grid_of_that_day_says(
    connection: Connection, ward: Ward, name: str
) -> None:
    scope, as_of = fortnight(ward), now(ward)
    for day, value, _, _ in series(connection, ward, scope, as_of, name):
        alone = Scope(ward.id, day, day + DAY)
        there = read(connection, ward, alone, as_of, [name], rollup=False)
        assert value == there.numbers[name].value, day


def test_an_instant_long_ago_reads_from_the_roll_ups_as_from_the_facts(
    connection: Connection, ward: Ward
) -> None:
    as_of = now(ward) - RECENT - 2 * DAY
    scope = fortnight(ward)
    summed = by(connection, ward, scope, as_of, "procedure")
    counted = by(connection, ward, scope, as_of, "procedure", rollup=False)
    assert [told(one) for one in summed] == [told(one) for one in counted]


def test_a_reading_at_the_end_of_a_period_is_that_of_any_later_instant(
    connection: Connection, ward: Ward
) -> None:
    scope = Scope(ward.id, FIRST[ward.id], FIRST[ward.id] + 5 * DAY)
    late = read(connection, ward, scope, now(ward) + 100 * DAY)
    assert told(late) == told(read(connection, ward, scope, now(ward)))


def test_a_viewer_sees_only_allowed_hubs(connection: Connection, ward: Ward) -> None:
    scope = narrow(fortnight(ward), frozenset({"a", "b"}))
    assert scope == narrow(scope, None)
    assert narrow(scope, frozenset({"b", "c"})).hubs == frozenset({"b"})
    groups = by(connection, ward, scope, now(ward), "hub")
    assert [(group.key or {})["hub"] for group in groups] == ["a", "b"]
    nobody = read(connection, ward, narrow(scope, frozenset()), now(ward), ADDITIVE)
    assert set(values(nobody).values()) == {0}


# ---------------------------------------------------------------- rows


def all_rows(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, name: str
) -> list[Row]:
    """Page by page, seven at a time."""
    found: list[Row] = []
    while page := rows(
        connection, ward, scope, as_of, name, 7, found[-1].cursor if found else None
    ):
        found += page
    return found


def worth(name: str, found: list[Row]) -> float | None:
    """The metric's value from its rows, as `rows` says."""
    metric, amounts = METRICS[name], [row.amount for row in found]
    if metric.kind == "amount":
        return len(found)
    if metric.kind == "distinct":
        return len({row.hub_id if metric.key == "hub" else row.procedure_id for row in found})
    if metric.kind == "percentile":
        rank = nearest_rank(Counter(amounts), metric.share or 0)
        return None if rank is None else rank * 30
    return sum(amounts) / len(found) if found else None


@pytest.mark.parametrize("name", METRICS)
def test_a_number_is_what_its_rows_say(connection: Connection, ward: Ward, name: str) -> None:
    first = FIRST[ward.id] + 5 * DAY
    whole, part = Scope(ward.id, first, first + 20 * DAY), frozenset({"b"})
    for scope in (whole, Scope(ward.id, first, first + 3 * DAY, hubs=part)):
        found = all_rows(connection, ward, scope, now(ward), name)
        number = read(connection, ward, scope, now(ward), [name]).numbers[name]
        assert number.value == worth(name, found)
        if number.denominator is not None:
            assert number.denominator == len(found)
        cursors = [row.cursor for row in found]
        assert cursors == sorted(set(cursors))
        assert scope.hubs is None or {row.hub_id for row in found} <= scope.hubs


# ---------------------------------------------------------------- other data, the same answers


def everything(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        readings = by(connection, HANOI, fortnight(HANOI), now(HANOI), ["day", "hub"])
        return [(one.key, told(one)) for one in readings]


def test_the_order_of_writing_does_not_matter(engine: Engine) -> None:
    """In one go and summed anew, or backwards, bit by bit, summed by rounds."""
    raw = make(HANOI, 60)
    with writing(engine, repeatable=True) as connection:
        plant(connection, HANOI)
    for begin in range(0, 60, 20):
        some = raw.dossiers[::-1][begin : begin + 20]
        ids = {row["id"] for row in some}
        with writing(engine, repeatable=True) as connection:
            write(connection, Raw(some, [w for w in raw.waits[::-1] if w["dossier_id"] in ids]))
            refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
    by_rounds = everything(engine)
    with writing(engine, repeatable=True) as connection:
        for table in (waiting, dossier):
            connection.execute(table.delete())
        refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
        assert connection.execute(select(dossier.c.id)).first() is None
        write(connection, raw)
        refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
    assert everything(engine) == by_rounds


def test_later_facts_change_no_earlier_number(engine: Engine) -> None:
    raw, as_of = make(HANOI, 120), now(HANOI) - 4 * DAY
    fill(engine, HANOI, known_at(raw, as_of))
    with reading(engine) as connection:
        before = told(read(connection, HANOI, fortnight(HANOI), as_of))
    with writing(engine, repeatable=True) as connection:
        for table in (waiting, dossier):
            connection.execute(table.delete())
        connection.execute(insert(dossier), raw.dossiers)
        connection.execute(insert(waiting), raw.waits)
        refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
    with reading(engine) as connection:
        assert told(read(connection, HANOI, fortnight(HANOI), as_of)) == before


def known_at(raw: Raw, at: datetime) -> Raw:
    """The rows as a source would have had them just before that instant."""
    events = ("submitted_at", "received_at", "processed_at", "returned_at", "stopped_at",
              "withdrawn_at")  # fmt: skip
    dossiers = []
    for row in raw.dossiers:
        known = {name: row[name] if row[name] and row[name] < at else None for name in events}
        refused_later = row["status"] == 3 and known["stopped_at"] is None
        dossiers.append(row | known | ({"status": 1} if refused_later else {}))
    waits = [
        wait | {"to_at": wait["to_at"] if wait["to_at"] and wait["to_at"] < at else None}
        for wait in raw.waits if wait["from_at"] < at
    ]  # fmt: skip
    return Raw([row for row in dossiers if row["submitted_at"] or row["received_at"]],
               [w for w in waits if any(w["dossier_id"] == r["id"] for r in dossiers
                                        if r["submitted_at"] or r["received_at"])])  # fmt: skip


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.integers(0, 40))
def test_median_and_ninetieth_percentile_are_the_same_for_any_split(
    bins: list[int], cut: int
) -> None:
    whole = Counter(bins)
    merged = Counter(bins[:cut]) + Counter(bins[cut:])
    for share in (0.5, 0.9):
        assert nearest_rank(whole, share) == nearest_rank(merged, share)
        wanted = sorted(bins)[-(-len(bins) * round(share * 10) // 10) - 1]
        assert nearest_rank(whole, share) == wanted


def test_nothing_has_no_median() -> None:
    assert nearest_rank({}, 0.5) is None


def test_instants_of_the_data_include_both_ends_of_a_day(oracle: Oracle, ward: Ward) -> None:
    """Else the tests above would not ask the awkward questions."""
    clocks = {at.astimezone(ward.zone).time() for at in instants(oracle)}
    assert {"00:00:00", "23:59:59.999000", "17:30:00"} <= {clock.isoformat() for clock in clocks}
