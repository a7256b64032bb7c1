"""A road map's geometry: everything stands where its days are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ops_center.figures.roadmap import Span, roadmap

FIRST = date(2026, 8, 10)  # a Monday
LAST = date(2026, 8, 19)  # ten days
DAY = timedelta(days=1)


def test_a_bar_covers_its_days_both_included() -> None:
    spans = {
        "whole": Span(FIRST, LAST, 0.5),
        "day": Span(FIRST + 2 * DAY, FIRST + 2 * DAY, 0.0),
    }
    found = roadmap(spans, FIRST, LAST, FIRST + 4 * DAY)
    assert (found.bars["whole"].start, found.bars["whole"].length) == (0, 1)
    assert (found.bars["day"].start, found.bars["day"].length) == (0.2, 0.1)
    assert found.bars["whole"].done == 0.5
    assert found.today == 0.5


def test_what_is_late_reaches_up_to_today() -> None:
    today = FIRST + 6 * DAY
    late = Span(FIRST, FIRST + 1 * DAY, 0.3, late_until=today)
    found = roadmap({"late": late}, FIRST, LAST, today)
    bar = found.bars["late"]
    assert bar.start + bar.length + bar.over == pytest.approx(found.today)
    assert bar.over == pytest.approx(0.5)


def test_the_way_grows_with_what_lies_outside_the_campaign() -> None:
    found = roadmap({"a": Span(FIRST - 10 * DAY, LAST, 0)}, FIRST, LAST, FIRST - 20 * DAY)
    assert (found.first, found.last) == (FIRST - 10 * DAY, LAST)
    assert found.bars["a"].length == 1
    assert found.today is None
    later = roadmap({"a": Span(FIRST, LAST, 0, late_until=LAST + 10 * DAY)}, FIRST, LAST, LAST)
    assert later.last == LAST + 10 * DAY


def test_weeks_begin_on_mondays_and_are_few() -> None:
    found = roadmap({}, FIRST, FIRST + 44 * DAY, FIRST, [FIRST + 6 * DAY, FIRST - DAY])
    assert all(day.weekday() == 0 for day, _ in found.ticks)
    assert len(found.ticks) <= 7
    ((day, place),) = found.milestones
    assert day == FIRST + 6 * DAY
    assert place == pytest.approx(7 / 45)
    year = roadmap({}, FIRST, FIRST + 400 * DAY, FIRST)
    assert len(year.ticks) <= 9


@pytest.mark.parametrize("done", [-1.0, 0.0, 1.0, 7.0])
def test_no_bar_is_more_than_done(done: float) -> None:
    bar = roadmap({"a": Span(FIRST, LAST, done)}, FIRST, LAST, FIRST).bars["a"]
    assert 0 <= bar.done <= 1
