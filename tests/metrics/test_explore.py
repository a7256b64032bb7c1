"""An exploration's parts agree with one another, with the rows, and with the facts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection

from ops_center.figures.durations import bins_of, by_working_day
from ops_center.i18n import Problem
from ops_center.metrics import explore
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.reading import by as read_by
from ops_center.metrics.reading import read
from ops_center.metrics.scope import Scope, cut_took, joined_took, parse_took, spelled_took
from ops_center.metrics.standing import STANDINGS
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle
from tests.metrics.test_oracle import inside, questions, told
from tests.metrics.world import DAYS, FIRST, now

ADDING = (
    "received", "done", "late", "overdue", "open", "due_soon", "due_today", "carried",
    "awaiting_return",
)  # fmt: skip
"""Counts that add up over any dimension but time."""


def took() -> Any:
    """Some spans of half-hour bins."""
    spans = st.tuples(st.integers(0, 40), st.none() | st.integers(0, 30)).map(
        lambda span: (span[0], None if span[1] is None else span[0] + span[1])
    )
    return st.frozensets(spans, min_size=1, max_size=3)


def limits() -> Any:
    """What the roll-ups do not know: status, official, hour, time taken; often nothing."""
    statuses = st.frozensets(st.sampled_from(sorted(STANDINGS)), min_size=1, max_size=3)
    officials = st.frozensets(st.sampled_from(("An", "Bình", None)), min_size=1, max_size=2)
    hours = st.just(frozenset((day, hour) for day in range(1, 6) for hour in range(9, 15)))
    return st.fixed_dictionaries(
        {},
        optional={
            "statuses": st.none() | statuses, "officials": st.none() | officials,
            "hours": st.none() | hours, "took": st.none() | took(),
        },
    )  # fmt: skip


def test_strip_table_and_trend_are_the_numbers_of_the_facts(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=4)
    @given(
        questions(ward, oracle), limits(), st.sampled_from(explore.BY),
        st.sampled_from(explore.GRAINS), st.sampled_from(sorted(METRICS)),
    )  # fmt: skip
    def holds(question: Any, limit: Any, by: str, grain: str, metric: str) -> None:
        scope, as_of = replace(question[0], **limit), question[1]
        earlier = replace(scope, first=scope.first - timedelta(days=3), last=scope.first)
        found = explore.take(
            connection, ward, scope, as_of, grain=grain, by=by, columns=list(METRICS),
            metric=metric, compare=earlier,
        )  # fmt: skip
        assert found.strip == read(connection, ward, scope, as_of, rollup=False).numbers
        before = read(connection, ward, earlier, as_of, list(found.before or {}), rollup=False)
        assert found.before == before.numbers
        lines = {line.key: line.numbers for line in found.lines}
        if by not in explore.GRAINS:
            for name in ADDING:
                summed = sum(numbers[name].value or 0 for numbers in lines.values())
                assert summed == found.strip[name].value, name
            alone = read_by(connection, ward, scope, as_of, by, rollup=False)
            assert lines == {(one.key or {})[by]: one.numbers for one in alone}
        flowed = sum(numbers["received"].value or 0 for numbers in lines.values())
        assert flowed == found.strip["received"].value
        if scope.summed:
            assert _trend(found) == [
                ((one.key or {})[grain], one.numbers[metric].value)
                for one in read_by(connection, ward, scope, as_of, grain, [metric], rollup=False)
            ]

    holds()


def test_what_is_near_its_due_time_is_compared_as_it_was_then(
    connection: Connection, ward: Ward
) -> None:
    scope = Scope(ward.id, FIRST[ward.id] + timedelta(days=7), FIRST[ward.id] + timedelta(days=11))
    earlier = replace(scope, first=scope.first - timedelta(days=3), last=scope.first)
    found = explore.take(
        connection, ward, scope, now(ward), grain="day", by="hub", columns=["due_today"],
        metric="received", compare=earlier, compare_at=now(ward) - timedelta(days=4),
    )  # fmt: skip
    names = ["due_soon", "due_today"]
    for asked, numbers in ((earlier, found.before or {}), (scope, found.strip)):
        at = now(ward) - timedelta(days=4 * (asked is earlier))
        alone = read(connection, ward, asked, at, names, rollup=False).numbers
        assert {name: numbers[name] for name in names} == alone


def _trend(found: explore.Exploration) -> list[tuple[Any, Any]]:
    return [(point.day, point.value) for point in found.trend]


def test_the_strip_is_what_the_oracle_counts(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=6)
    @given(questions(ward, oracle))
    def holds(question: Any) -> None:
        scope, as_of = question
        expected = oracle.read(scope.first, scope.last, as_of, inside(scope))
        found = explore.take(
            connection, ward, scope, as_of, grain="day", by="hub", columns=list(METRICS),
            metric="received",
        )  # fmt: skip
        strip = {n: (x.value, x.numerator, x.denominator) for n, x in found.strip.items()}
        assert strip == {
            name: pytest.approx(value, nan_ok=True) for name, value in expected.items()
        }

    holds()


def test_an_officials_dossiers_are_those_the_oracle_names(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    first, as_of = FIRST[ward.id], now(ward)
    scope = Scope(ward.id, first, first + timedelta(days=DAYS), officials=frozenset({"An"}))
    found = read(connection, ward, scope, as_of)
    expected = oracle.read(scope.first, scope.last, as_of, lambda frame: frame.official_id == "An")
    assert told(found) == {name: pytest.approx(one, nan_ok=True) for name, one in expected.items()}


@pytest.mark.parametrize("status", ["within_due", "overdue", "suspended", "open_no_due"])
def test_a_status_keeps_the_dossiers_that_stand_there(
    connection: Connection, ward: Ward, oracle: Oracle, status: str
) -> None:
    first, as_of = FIRST[ward.id], now(ward)
    scope = Scope(ward.id, first, first + timedelta(days=DAYS), statuses=frozenset({status}))
    there = [
        row.received_at for row in oracle.frame.itertuples()
        if row.life is not None and row.life.state(as_of) == status
    ]  # fmt: skip
    zone = ward.zone
    begun = sum(scope.first <= at.astimezone(zone).date() < scope.last for at in there)
    numbers = read(connection, ward, scope, as_of, ["open", "received", status]).numbers
    assert numbers["open"].value == numbers[status].value == len(there) > 0
    assert numbers["received"].value == begun


def test_a_time_taken_keeps_what_was_done_in_it_by_the_oracle(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    first = FIRST[ward.id]

    @examples(max_examples=6)
    @given(took(), st.sampled_from((now(ward), now(ward) - timedelta(days=4))))
    def holds(spans: Any, as_of: Any) -> None:
        scope = Scope(ward.id, first, first + timedelta(days=DAYS), took=spans)

        def inside(frame: Any) -> Any:
            kept = [
                one is not None and one.worked is not None and one.ended_at < as_of
                and any(a <= -(-one.worked // 30) <= (10**6 if b is None else b) for a, b in spans)
                for one in frame.life
            ]  # fmt: skip
            return frame.index.isin(frame.index[kept])

        expected = oracle.read(scope.first, scope.last, as_of, inside)
        found = told(read(connection, ward, scope, as_of))
        assert found == {name: pytest.approx(one, nan_ok=True) for name, one in expected.items()}

    holds()


def test_a_bar_of_the_durations_is_the_count_of_its_time_taken(
    connection: Connection, ward: Ward
) -> None:
    first = FIRST[ward.id]
    scope = Scope(ward.id, first, first + timedelta(days=DAYS))
    asked: Any = {"grain": "day", "by": "hub", "columns": ["done"], "metric": "done"}
    counts = by_working_day(explore.take(connection, ward, scope, now(ward), **asked).durations)
    assert sum(map(bool, counts)) > 2
    for day, count in enumerate(counts, 1):
        there = replace(scope, took=frozenset({bins_of(day)}))
        found = explore.take(connection, ward, there, now(ward), **asked)
        assert found.strip["done"].value == sum(n for _, n in found.durations) == count


def test_spans_of_time_are_spelled_in_working_hours() -> None:
    for spelled, bins in (
        ("0-8", (0, 16)), ("8-16", (17, 32)), ("80-", (161, None)), ("4-6.5", (9, 13)),
        ("0.5-1", (2, 2)),
    ):  # fmt: skip
        assert parse_took(spelled) == bins
        assert spelled_took(bins) == spelled
    for bad in (" ", "8", "-8", "8-8", "9-8", "08-16", "1.2-3", "1e3-", "٤-٦", "4-6\n", "9999999-"):
        with pytest.raises(ValueError, match=re.escape(bad)):
            parse_took(bad)


def test_spans_of_time_are_joined_and_cut() -> None:
    @examples(max_examples=30)
    @given(took(), took())
    def holds(some: Any, other: Any) -> None:
        def bins(spans: Any) -> set[int]:
            return {n for n in range(100) for a, b in spans if a <= n <= (99 if b is None else b)}

        joined = joined_took(some)
        assert bins(joined) == bins(some)
        assert all(a[1] is not None and a[1] + 1 < b[0] for a, b in pairwise(joined))
        for one in other:
            assert bins(cut_took(some, one)) == bins(some) & bins([one])

    holds()


def test_arrivals_fall_into_their_local_hours(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    first, as_of = FIRST[ward.id], now(ward)
    scope = Scope(ward.id, first, first + timedelta(days=DAYS))
    expected = [[0] * 24 for _ in range(7)]
    for at in oracle.frame.received_at:
        local = at and at.astimezone(ward.zone)
        if local and local.date() >= first and at < as_of:
            expected[local.weekday()][local.hour] += 1
    assert explore.take_arrivals(connection, ward, scope, as_of) == expected
    busiest = max((n, day, hour) for day, row in enumerate(expected) for hour, n in enumerate(row))
    there = replace(scope, hours=frozenset({(busiest[1] + 1, busiest[2])}))
    assert (
        read(connection, ward, there, as_of, ["received"]).numbers["received"].value == busiest[0]
    )


def test_where_dossiers_stand_adds_up_to_the_open_ones(connection: Connection, ward: Ward) -> None:
    first = FIRST[ward.id]
    scope = Scope(ward.id, first, first + timedelta(days=DAYS))
    found = explore.take(
        connection, ward, scope, now(ward), grain="day", by="hub", columns=["open"], metric="open"
    )
    standing = found.standing
    parts = ("within_due", "due_soon", "overdue", "suspended", "open_no_due")
    assert sum(standing[name] for name in parts) == found.strip["open"].value
    page = list_dossiers(connection, ward, scope, now(ward), name="open", limit=1000)
    assert {name: sum(row.standing == name for row in page.rows) for name in parts} == {
        name: standing[name] for name in parts
    }


def test_an_unknown_dimension_or_metric_is_a_problem_with_near_names(
    connection: Connection, ward: Ward
) -> None:
    scope = Scope(ward.id, FIRST[ward.id], FIRST[ward.id] + timedelta(days=1))
    for by, metric in (("hubs", "received"), ("hub", "recieved")):
        with pytest.raises(Problem, match=r"hub|received"):
            explore.take(
                connection,
                ward,
                scope,
                now(ward),
                grain="day",
                by=by,
                columns=["received"],
                metric=metric,
            )
