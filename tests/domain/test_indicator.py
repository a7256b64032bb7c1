"""A target is shared out to the last unit, and a gap means the same whichever way is better."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ops_center.domain.indicator import (
    State,
    gap_of,
    shares_of_shortfall,
    split_target,
    state_of,
    why_they_differ,
)

WEIGHTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.none() | st.integers(0, 5000),
    min_size=1,
    max_size=12,
)


@examples(max_examples=150)
@given(st.integers(0, 100_000) | st.decimals(0, 1000, places=2), WEIGHTS)
def test_parts_add_up_and_none_is_a_step_from_its_due(target: Any, weights: dict[str, Any]) -> None:
    parts = split_target(float(target), weights)
    assert sum(Decimal(str(part)) for part in parts.values()) == Decimal(str(float(target)))
    known = {key: weight for key, weight in weights.items() if weight is not None}
    if not any(known.values()):
        known = dict.fromkeys(weights, 1)
    assert parts.keys() == known.keys()
    decimals = len(str(float(target)).rstrip("0").partition(".")[2])
    step = Fraction(1, 10**decimals)
    for key, weight in known.items():
        due = Fraction(str(float(target))) * weight / sum(known.values())
        assert abs(Fraction(str(parts[key])) - due) < step


@pytest.mark.parametrize(
    ("target", "weights", "parts"),
    [
        (10, {"a": 1, "b": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}),
        (10, {"a": 1, "b": 1, "c": 4}, {"a": 2, "b": 1, "c": 7}),
        (2, {"a": 3, "b": 3, "c": 1}, {"a": 1, "b": 1, "c": 0}),
        (7, {"a": 0, "b": 5}, {"a": 0, "b": 7}),
        (7, {"a": None, "b": 5}, {"b": 7}),
        (3, {"a": None, "b": None}, {"a": 2, "b": 1}),
        (3, {"a": 0, "b": None}, {"a": 2, "b": 1}),
        (0, {"a": 3, "b": 5}, {"a": 0, "b": 0}),
        (-3, {"a": 1, "b": 1}, {"a": -2, "b": -1}),
        (0.5, {"a": 1, "b": 2}, {"a": 0.2, "b": 0.3}),
        (5, {}, {}),
    ],
)
def test_what_is_left_goes_to_the_largest_remainders(
    target: float, weights: dict[str, float | None], parts: dict[str, float]
) -> None:
    assert split_target(target, weights) == parts


@pytest.mark.parametrize(
    ("now", "plan", "yesterday", "lower", "state"),
    [
        (100, 100, 90, False, "good"),
        (99, 100, None, False, "watch"),
        (89, 100, None, False, "bad"),
        (89, 100, 89, False, "watch"),  # today may still bring what is missing
        (88, 100, 89, False, "bad"),
        (10, 10, None, True, "good"),
        (11, 10, None, True, "watch"),
        (12, 10, None, True, "bad"),
        (45, 40, 46, True, "watch"),
        (0, 0, 0, False, "good"),
        (0, 0, 0, True, "good"),
        (1, 0, 0, True, "bad"),  # a target of 0 forgives nothing
        (None, 10, 5, False, "none"),
        (5, None, None, False, "none"),
    ],
)
def test_a_state_is_told_from_the_gap_to_the_plan(
    now: float | None, plan: float | None, yesterday: float | None, lower: bool, state: str
) -> None:
    assert state_of(now, plan, yesterday, lower) == state


def test_a_positive_gap_is_good_whichever_way_is_better() -> None:
    assert gap_of(12, 10, lower_is_better=False) == 2
    assert gap_of(12, 10, lower_is_better=True) == -2


def test_only_those_behind_share_the_shortfall() -> None:
    assert shares_of_shortfall([-30, None, 5, -10, 0]) == [0.75, None, 0.0, 0.25, 0.0]
    assert shares_of_shortfall([1, None]) == [0.0, None]
    assert shares_of_shortfall([]) == []


@pytest.mark.parametrize(
    ("state", "shortfall", "lately", "needed", "lower", "why"),
    [
        ("good", 0.0, 10, 5, False, None),  # both say well
        ("bad", 30.0, 5, 10, False, None),  # both say badly
        ("watch", 30.0, 12, 10, False, None),
        ("good", 30.0, 8, 10, False, "slower"),
        ("good", 30.0, 10, 10, False, "less_ahead"),  # lately would do
        ("watch", 0.0, 12, 10, False, "faster"),
        ("bad", 0.0, 9, 10, False, "more_ahead"),
        ("good", 3.0, 4, 2, True, "slower"),  # more a day than is allowed
        ("bad", 0.0, 1, 2, True, "faster"),
        ("good", 5.0, None, None, True, "less_ahead"),  # a level has no days
        ("bad", 0.0, None, None, False, "more_ahead"),
        ("good", None, 8, 10, False, None),  # nothing is foretold
        ("none", 0.0, 8, 10, False, None),
    ],
)
def test_what_plan_and_forecast_say_differently_has_a_reason(
    state: State, shortfall: float | None, lately: float | None, needed: float | None,
    lower: bool, why: str | None,
) -> None:  # fmt: skip
    assert why_they_differ(state, shortfall, lately, needed, lower) == why
