"""Working time: the ward's own vectors, the edges of a day, and a slow count to compare with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_center.domain.working_days import (
    WorkingCalendar,
    local_day,
    parse_hours,
    start_of,
)
from tests.domain.hours import (
    AMSTERDAM,
    HANOI,
    HOURS,
    QUARTER,
    ROUND_THE_CLOCK,
    WARD,
    after_quarters,
    amsterdam,
    hanoi,
    quarters,
)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2025-12-31 10:00", 1, "2026-01-05 10:00"),  # over New Year and its compensatory day
        ("2026-08-20 10:00", 2, "2026-08-22 10:00"),  # into a make-up Saturday
        ("2026-08-28 15:00", 1, "2026-09-03 15:00"),  # over the National Day
        ("2026-08-19 18:00", 1, "2026-08-20 17:30"),  # received after closing
        ("2026-08-19 06:00", 1, "2026-08-19 17:30"),  # received before opening
        ("2026-08-19 12:30", 1, "2026-08-20 12:00"),  # received in the lunch gap
        ("2026-08-22 10:00", 0, "2026-08-22 10:00"),
        ("2026-08-23 10:00", 0, "2026-08-24 08:00"),  # nothing to add on a Sunday
    ],
)
def test_a_limit_counts_working_hours(start: str, days: int, end: str) -> None:
    assert WARD.add_working_days(hanoi(start), days) == hanoi(end)


def test_a_limit_that_ends_at_closing_ends_at_closing() -> None:
    assert WARD.add_minutes(hanoi("2026-08-20 13:30"), 240) == hanoi("2026-08-20 17:30")
    assert WARD.add_minutes(hanoi("2026-08-20 08:00"), 240) == hanoi("2026-08-20 12:00")
    assert WARD.add_minutes(hanoi("2026-08-20 08:00"), 241) == hanoi("2026-08-20 13:31")


def test_minutes_are_whole_and_never_negative() -> None:
    start = hanoi("2026-08-20 10:00")
    assert WARD.minutes_between(start, start + timedelta(seconds=119)) == 1
    assert WARD.minutes_between(start, start - timedelta(hours=1)) == 0


def test_an_opening_is_open_and_a_closing_is_not() -> None:
    day = date(2026, 8, 20)
    assert WARD.is_open(WARD.opening(day))
    assert not WARD.is_open(WARD.closing(day))
    assert not WARD.is_open(hanoi("2026-08-20 12:30"))


def test_a_make_up_saturday_is_worked_like_the_friday_before_it() -> None:
    assert WARD.is_working(date(2026, 8, 22))
    assert WARD.opening(date(2026, 8, 22)) == hanoi("2026-08-22 08:00")
    assert WARD.closing(date(2026, 8, 22)) == hanoi("2026-08-22 17:30")


def test_the_next_and_the_previous_working_day_leave_out_what_is_free() -> None:
    assert WARD.next_working_day(date(2026, 8, 28)) == date(2026, 9, 3)
    assert WARD.previous_working_day(date(2026, 9, 3)) == date(2026, 8, 28)
    assert WARD.working_days(date(2026, 8, 17), date(2026, 8, 24)) == 6


def test_the_calendar_knows_how_far_it_is_filled() -> None:
    assert WARD.filled_until() == 2026
    assert WorkingCalendar(HANOI, parse_hours(HOURS)).filled_until() is None


@pytest.mark.parametrize("wrong", ["", "Mon", "Foo 08:00-12:00", "Mon 12:00-08:00",
                                   "Mon 08:00-12:00 11:00-13:00", "Mon 25:00-26:00"])  # fmt: skip
def test_hours_that_cannot_be_meant_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse_hours(wrong)


def test_a_short_saturday_has_its_own_closing_and_does_not_shorten_a_working_day() -> None:
    calendar = WorkingCalendar(HANOI, parse_hours(f"{HOURS}; Sat 08:00-12:00"))
    assert calendar.closing(date(2026, 8, 22)) == hanoi("2026-08-22 12:00")
    assert calendar.add_working_days(hanoi("2026-08-21 17:30"), 1) == hanoi("2026-08-24 12:00")


@pytest.mark.parametrize(
    ("at", "share"),
    [
        ("2026-08-20 00:00", 0.0),
        ("2026-08-20 07:00", 0.0),
        ("2026-08-20 08:00", 0.0),
        ("2026-08-20 10:00", 0.25),
        ("2026-08-20 12:00", 0.5),
        ("2026-08-20 12:45", 0.5),  # nothing passes at lunch
        ("2026-08-20 15:30", 0.75),
        ("2026-08-20 17:30", 1.0),
        ("2026-08-20 23:59", 1.0),
        ("2026-08-22 10:00", 0.25),  # a make-up Saturday
        ("2026-08-23 10:00", 0.25),  # a Sunday, as if it were worked
        ("2026-09-02 15:30", 0.75),  # a holiday
    ],
)
def test_a_days_share_is_that_of_its_working_hours(at: str, share: float) -> None:
    assert WARD.passed(hanoi(at)) == share


def test_a_short_saturday_is_over_at_noon() -> None:
    calendar = WorkingCalendar(HANOI, parse_hours(f"{HOURS}; Sat 08:00-12:00"))
    assert calendar.passed(hanoi("2026-08-29 11:00")) == 0.75
    assert calendar.passed(hanoi("2026-08-30 11:00")) == 0.75, "a Sunday is like the Saturday"


@given(st.integers(0, 4 * 24 * 4))
def test_a_days_share_is_that_of_its_quarters(step: int) -> None:
    at = amsterdam("2026-10-23 00:00") + step * QUARTER  # over the night with 25 hours
    start, end = (start_of(local_day(at, AMSTERDAM) + timedelta(n), AMSTERDAM) for n in (0, 1))
    expected = quarters(ROUND_THE_CLOCK, start, at) / quarters(ROUND_THE_CLOCK, start, end)
    assert ROUND_THE_CLOCK.passed(at) == pytest.approx(expected)


@pytest.mark.parametrize("year", [1, 202, 1969, 2200, 9999])
def test_a_year_that_nobody_can_mean_costs_no_error(year: int) -> None:
    far, here = datetime(year, 12, 31, 23, 59, tzinfo=UTC), hanoi("2026-08-20 10:00")
    assert WARD.minutes_between(min(far, here), max(far, here)) > 0
    assert WARD.add_working_days(far, 3).tzinfo is UTC
    assert local_day(far, HANOI).year in (year, year + 1)


def test_a_night_of_summer_time_is_as_long_as_it_is() -> None:
    assert ROUND_THE_CLOCK.minutes_between(*_night("2026-03-29")) == 22 * 60
    assert ROUND_THE_CLOCK.minutes_between(*_night("2026-10-25")) == 24 * 60


def _night(day: str) -> tuple[datetime, datetime]:
    start = date.fromisoformat(day)
    return start_of(start, AMSTERDAM), start_of(start + timedelta(days=1), AMSTERDAM)


_ANYWHEN = st.integers(0, 4 * 24 * 20).map(lambda n: n * QUARTER)
_PLACES = st.sampled_from(
    [
        (WARD, hanoi("2026-08-17 00:00")),
        (ROUND_THE_CLOCK, amsterdam("2026-03-27 00:00")),
        (ROUND_THE_CLOCK, amsterdam("2026-10-23 00:00")),
    ]
)


@given(_PLACES, _ANYWHEN, _ANYWHEN)
def test_working_time_is_what_one_counts_quarter_by_quarter(
    place: tuple[WorkingCalendar, datetime], a: timedelta, b: timedelta
) -> None:
    calendar, base = place
    start, end = base + min(a, b), base + max(a, b)
    assert calendar.minutes_between(start, end) == 15 * quarters(calendar, start, end)


@given(_PLACES, _ANYWHEN, st.integers(1, 400))
def test_adding_is_what_one_walks_quarter_by_quarter(
    place: tuple[WorkingCalendar, datetime], offset: timedelta, count: int
) -> None:
    calendar, base = place
    start = base + offset
    assert calendar.add_minutes(start, 15 * count) == after_quarters(calendar, start, count)


def test_asking_for_other_years_changes_no_answer() -> None:
    fresh = WorkingCalendar(HANOI, parse_hours(HOURS), WARD.days)
    before = fresh.minutes_between(hanoi("2026-08-01 00:00"), hanoi("2026-09-01 00:00"))
    fresh.add_working_days(hanoi("2019-05-06 10:00"), 3000)
    assert fresh.minutes_between(hanoi("2026-08-01 00:00"), hanoi("2026-09-01 00:00")) == before
