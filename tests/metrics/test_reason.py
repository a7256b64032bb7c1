"""Why a number is what it is: its parts come to it, and so do its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection

from ops_center.i18n import LANGUAGES, Problem, catalogue
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.profile import SPAN, take
from ops_center.metrics.reading import read
from ops_center.metrics.reason import find_reason, signed
from ops_center.metrics.scope import Scope
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle
from tests.metrics.test_oracle import questions
from tests.metrics.world import now


def test_the_parts_come_to_the_number_and_the_rows_are_as_many(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=12)
    @given(questions(ward, oracle), st.sampled_from(sorted(METRICS)))
    def holds(question: Any, name: str) -> None:
        scope, as_of = question[0], question[1]
        reason = find_reason(connection, ward, scope, as_of, name)
        assert reason.number == read(connection, ward, scope, as_of, [name]).numbers[name]
        page = list_dossiers(connection, ward, scope, as_of, name=name, limit=1000)
        assert reason.rows == page.total == len(page.rows)
        found = reason.number
        if reason.top and reason.metric.kind != "distinct":
            assert sum(one.sign * one.value for one in reason.top) == found.numerator
        if reason.bottom:
            assert sum(one.sign * one.value for one in reason.bottom) == found.denominator

    holds()


def test_a_plain_count_has_no_formula_and_says_by_which_day_it_counts(
    connection: Connection, ward: Ward
) -> None:
    scope = Scope(ward.id, now(ward).date(), now(ward).date() + timedelta(days=1))
    counted = {
        name: find_reason(connection, ward, scope, now(ward), name) for name in
        ("received", "late", "overdue", "refused", "to_process", "online_share", "median_time")
    }  # fmt: skip
    assert counted["received"].top == ()
    assert {name: one.counted for name, one in counted.items()} == {
        "received": "received_at", "late": "ended_at", "overdue": "state",
        "refused": "accepted_at", "to_process": "mixed", "online_share": "received_at",
        "median_time": "ended_at",
    }  # fmt: skip


def test_an_unknown_metric_is_a_problem(connection: Connection, ward: Ward) -> None:
    scope = Scope(ward.id, now(ward).date(), now(ward).date() + timedelta(days=1))
    with pytest.raises(Problem, match="no metric"):
        find_reason(connection, ward, scope, now(ward), "happiness")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_every_formula_has_words(language: str) -> None:
    words = catalogue(language)
    for metric in METRICS.values():
        for _, part in (*signed(metric.top), *signed(metric.bottom)):
            key = f"metrics.{part}.name" if part in METRICS else f"why.part.{part}"
            assert key in words, (metric.name, part)


def test_a_hub_beside_its_ward_has_the_numbers_of_its_own_scope(
    connection: Connection, ward: Ward
) -> None:
    own = take(connection, ward, "a", now(ward))
    assert (own.scope.last - own.scope.first).days == SPAN == len(own.days)
    assert own.scope.hubs == frozenset({"a"})
    whole = read(connection, ward, replace(own.scope, hubs=None), now(ward), own.ward)
    assert own.ward == whole.numbers
    assert sum(received for _, received, _ in own.days) == own.hub["received"].value
    for parts in (own.procedures, own.officials):
        for name in ("received", "done", "overdue"):
            assert sum(one.numbers[name].value or 0 for one in parts) == own.hub[name].value
    assert own.heard_at is not None and own.heard_at < now(ward)
