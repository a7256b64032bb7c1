"""Points and periods: the vectors of the scheme, and what holds for any rule."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ops_center.domain.evaluation import (
    Board,
    Grade,
    Indicator,
    Rules,
    Source,
    graded,
    parse_period,
    period_of,
    points,
    tidy,
)


def rule(maximum: float, **values: Any) -> Indicator:
    return Indicator("x", {"vi": "X"}, maximum, Source("input"), **values)


@pytest.mark.parametrize(
    ("indicator", "top", "bottom", "expected"),
    [
        (rule(20), 7903, 10_000, 15.81),
        (rule(6, threshold=0.9), 95, 100, 6.0),
        (rule(2, threshold=0.8), 40, 100, 1.0),
        (rule(6), 5, 10, 3.0),
        (rule(2, threshold=0.8), 4, 10, 1.0),
        (rule(2, threshold=0.8), 8, 10, 2.0),
        (rule(20), 0, 10, 0.0),
        (rule(1), 1, 8, 0.13),  # half a hundredth goes up: 0.125
        (rule(6), 12, 10, 6.0),  # more than all is all
    ],
)
def test_the_examples_of_the_scheme_give_these_points(
    indicator: Indicator, top: float, bottom: float, expected: float
) -> None:
    assert points(indicator, top, bottom) == expected


def test_three_payment_ratios_make_six_points() -> None:
    a, b, c = rule(6), rule(2, threshold=0.8), rule(2, threshold=0.8)
    shares = ((a, 5), (b, 4), (c, 8))
    assert tidy(points(one, top, 10) or 0 for one, top in shares) == 6.0


@pytest.mark.parametrize(("empty", "expected"), [("full", 6.0), ("zero", 0.0), ("null", None)])
def test_a_denominator_of_nothing_is_what_the_rule_says(empty: Any, expected: Any) -> None:
    assert points(rule(6, empty=empty), 0, 0) == expected


@pytest.mark.parametrize("empty", ["full", "zero", "null"])
def test_without_data_there_are_no_points_whatever_the_rule_says(empty: Any) -> None:
    assert points(rule(6, empty=empty), None, None) is None


def test_all_or_nothing_and_steps() -> None:
    assert [points(rule(4, form="reached", threshold=0.9), top, 10) for top in (8, 9)] == [0, 4]
    steps = rule(4, form="steps", steps=((0.9, 1.0), (0.7, 0.5)))
    assert [points(steps, top, 10) for top in (6, 7, 8, 9, 10)] == [0, 2, 2, 4, 4]


@examples(max_examples=60)
@given(
    st.integers(0, 500), st.integers(1, 500), st.integers(1, 400),
    st.none() | st.integers(1, 100),
)  # fmt: skip
def test_points_stay_within_the_maximum_and_never_fall_when_more_is_done(
    top: int, bottom: int, tenths: int, percent: int | None
) -> None:
    indicator = rule(tenths / 10, threshold=None if percent is None else percent / 100)
    found, more = points(indicator, top, bottom), points(indicator, top + 1, bottom)
    assert found is not None and more is not None
    assert 0 <= found <= more <= indicator.maximum + 0.005
    assert points(indicator, bottom, bottom) == pytest.approx(indicator.maximum, abs=0.005)


def test_a_grade_is_the_best_one_reached() -> None:
    grades = (Grade("a", {"vi": "A"}, 0.9), Grade("b", {"vi": "B"}, 0.5))
    board = Board("all", {"vi": "T"}, 10, (rule(10),))
    rules = Rules("r", "boards", {"vi": "R"}, "", (board,), grades=grades)
    found = [graded(rules, n, 10) for n in (10, 9, 8.99, 5, 4.99)]
    assert [one and one.code for one in found] == ["a", "a", "b", "b", None]
    assert graded(rules, 0, 0) is None


@pytest.mark.parametrize(
    ("spelled", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-08-24..2026-10-07", date(2026, 8, 24), date(2026, 10, 8)),
    ],
)
def test_a_period_is_its_days_and_is_spelled_as_it_was_read(
    spelled: str, first: date, last: date
) -> None:
    period = parse_period(spelled)
    assert (period.first, period.last, period.spelled) == (first, last, spelled)
    assert period.before.after == period == period.after.before
    assert (period.before.last, period.after.first) == (first, last)


@pytest.mark.parametrize(
    "spelled",
    ["", "2026-13", "2026-Q5", "2026-Q0", "26", "2026-8", "0000", "9999", "2026-08-05",
     "2026-08-05..2026-08-04", "2026-02-30..2026-03-01", "２０２６", "2026-08 "],
)  # fmt: skip
def test_any_other_spelling_is_no_period(spelled: str) -> None:
    with pytest.raises(ValueError):
        parse_period(spelled)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(("month", "quarter", "year")))
def test_the_period_of_a_day_holds_it_and_its_parts_cover_it(day: date, kind: Any) -> None:
    period = period_of(kind, day)
    assert period.first <= day < period.last
    parts = period.parts()
    assert len(parts) == {"month": 0, "quarter": 3, "year": 4}[kind]
    assert [one.last for one in parts[:-1]] == [one.first for one in parts[1:]]
    if parts:
        assert (parts[0].first, parts[-1].last) == (period.first, period.last)
