"""The days that lead to a due time: none is forgotten, and their hours add up."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ops_center.domain.path import MOST, path
from ops_center.domain.working_days import MINUTE
from tests.domain.hours import ROUND_THE_CLOCK, WARD, amsterdam, hanoi

_days = st.integers(0, 40)
_minutes = st.integers(0, 1439)


def test_the_way_over_new_year_names_the_days_that_were_skipped() -> None:
    stages = path(WARD, hanoi("2025-12-31 10:00"), hanoi("2026-01-05 10:00"))
    assert [(str(one.day), one.kind, one.minutes) for one in stages] == [
        ("2025-12-31", "working", 360),
        ("2026-01-01", "holiday", 0),
        ("2026-01-02", "compensatory", 0),
        ("2026-01-03", "free", 0),
        ("2026-01-04", "free", 0),
        ("2026-01-05", "working", 120),
    ]
    assert stages[0].worked == (
        (hanoi("2025-12-31 10:00"), hanoi("2025-12-31 12:00")),
        (hanoi("2025-12-31 13:30"), hanoi("2025-12-31 17:30")),
    )


def test_a_make_up_saturday_is_worked_and_says_so() -> None:
    stages = path(WARD, hanoi("2026-08-21 16:30"), hanoi("2026-08-22 09:00"))
    assert [(one.kind, one.minutes) for one in stages] == [("working", 60), ("working_extra", 60)]


def test_a_day_whose_hours_are_over_is_there_without_any() -> None:
    first, second = path(WARD, hanoi("2026-08-19 18:00"), hanoi("2026-08-20 17:30"))
    assert (first.kind, first.minutes, second.minutes) == ("working", 0, 480)


@given(_days, _minutes, _days, _minutes)
def test_the_stages_add_up_to_the_working_time(a: int, b: int, c: int, d: int) -> None:
    for calendar, origin in ((WARD, hanoi("2025-12-20 00:00")),
                             (ROUND_THE_CLOCK, amsterdam("2026-10-10 00:00"))):  # fmt: skip
        start, end = (origin + timedelta(days=n, minutes=m) for n, m in ((a, b), (c, d)))
        stages = path(calendar, start, end)
        assert sum(one.minutes for one in stages) == calendar.minutes_between(start, end)
        assert all(one.day < two.day for one, two in pairwise(stages))


def test_a_due_time_in_another_age_costs_no_age() -> None:
    start: datetime = hanoi("2026-08-20 10:00")
    assert path(WARD, start, start - MINUTE) == []
    assert len(path(WARD, start, hanoi("2199-01-01 00:00"))) == MOST
