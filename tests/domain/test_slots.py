"""When letters are due, whatever zones and clocks do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_center.domain.slots import Slot, decide, read_days, read_time, slot_on, slots
from ops_center.domain.working_days import calendar

HANOI, NEW_YORK, APIA = "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Apia"
HOURS = "Mon-Fri 08:00-12:00 13:30-17:30"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def names(
    days: str, first: str, last: str, zone: str = HANOI, local_time: str = "07:00",
    holidays: Sequence[date] = (),
) -> list[str]:
    working = calendar(HANOI, HOURS, dict.fromkeys(holidays, "holiday")).is_working
    found = slots(days, local_time, ZoneInfo(zone), utc(first), utc(last), working)
    return [slot.name for slot in found]


@pytest.mark.parametrize("written, read", [
    ("daily", "daily"), (" Working ", "working"), ("month_end", "month_end"),
    ("thu,mon", "mon,thu"), ("SUN", "sun"), ("mon, mon", "mon"),
])  # fmt: skip
def test_days_are_read_in_one_spelling(written: str, read: str) -> None:
    assert read_days(written) == read


@pytest.mark.parametrize("written", ["", "monday", "daily,mon", "mon;thu", "working,month_end"])
def test_days_that_nobody_understands_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="^"):
        read_days(written)


def test_times_are_read_in_one_spelling() -> None:
    assert [read_time(text) for text in ("7:05", "07:05", "7h05", "23:59")] == [
        "07:05", "07:05", "07:05", "23:59"
    ]
    for wrong in ("24:00", "7", "7:5", "07:60", "", "-1:00", "07:00:30"):
        with pytest.raises(ValueError, match="^"):
            read_time(wrong)


def test_a_daily_slot_is_named_by_its_local_time_and_offset() -> None:
    assert names("daily", "2026-08-13T00:00:00", "2026-08-15T00:00:00") == [
        "2026-08-14T07:00+07:00", "2026-08-15T07:00+07:00"
    ]


def test_the_beginning_does_not_count_and_the_end_does() -> None:
    assert names("daily", "2026-08-14T00:00:00", "2026-08-15T00:00:00") == [
        "2026-08-15T07:00+07:00"
    ]


def test_working_days_are_the_ward_s_own() -> None:
    found = names("working", "2026-08-31T10:00:00", "2026-09-07T10:00:00",
                  holidays=[date(2026, 9, 1), date(2026, 9, 2)])
    assert [name[:10] for name in found] == ["2026-09-03", "2026-09-04", "2026-09-07"]


def test_weekdays_are_local_ones() -> None:
    # Monday 07:00 in Hanoi is Monday 00:00 in UTC; Monday 06:00 is still Sunday there.
    found = names("mon", "2026-08-01T00:00:00", "2026-08-31T00:00:00", local_time="06:00")
    assert [name[:10] for name in found] == [
        "2026-08-03", "2026-08-10", "2026-08-17", "2026-08-24", "2026-08-31"
    ]


def test_month_ends_are_the_last_days_of_their_months_in_leap_years_too() -> None:
    found = names("month_end", "2027-12-01T00:00:00", "2028-05-01T00:00:00")
    assert [name[:10] for name in found] == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"
    ]


def test_a_time_that_the_clock_jumps_over_comes_once_right_after() -> None:
    # 8 March 2026, New York: 02:00 becomes 03:00.
    found = list(slots("daily", "02:30", ZoneInfo(NEW_YORK), utc("2026-03-07T12:00:00"),
                       utc("2026-03-09T12:00:00"), lambda day: True))
    assert [slot.at for slot in found] == [utc("2026-03-08T07:30:00"), utc("2026-03-09T06:30:00")]
    assert found[0].at.astimezone(ZoneInfo(NEW_YORK)).time() == time(3, 30)


def test_a_time_that_the_clock_shows_twice_comes_once_the_first_time() -> None:
    # 1 November 2026, New York: 02:00 becomes 01:00.
    found = list(slots("daily", "01:30", ZoneInfo(NEW_YORK), utc("2026-10-31T12:00:00"),
                       utc("2026-11-02T00:00:00"), lambda day: True))
    assert [slot.at for slot in found] == [utc("2026-11-01T05:30:00")]


def test_the_local_hour_stays_when_summer_time_begins_and_ends() -> None:
    for day in (date(2026, 3, 7), date(2026, 3, 9), date(2026, 10, 31), date(2026, 11, 2)):
        at = slot_on(day, "07:00", ZoneInfo(NEW_YORK)).at
        assert at.astimezone(ZoneInfo(NEW_YORK)).strftime("%Y-%m-%d %H:%M") == f"{day} 07:00"


def test_a_day_that_a_zone_leaves_out_makes_no_second_instant_that_is_sent() -> None:
    # Samoa had no 30 December 2011.
    found = list(slots("daily", "07:00", ZoneInfo(APIA), utc("2011-12-29T18:00:00"),
                       utc("2011-12-30T18:00:00"), lambda day: True))
    due = decide(found, utc("2011-12-30T18:00:00"), timedelta(hours=12))
    assert len({slot.at for slot in found}) == 1
    assert [one.skip for one in due].count("") == 1


def test_of_what_was_missed_the_newest_is_sent_once_and_the_rest_is_noted() -> None:
    found = [Slot(str(n), utc(f"2026-08-1{n}T00:00:00")) for n in range(1, 5)]

    def skips(now: str, hours: int) -> list[str]:
        return [one.skip for one in decide(found, utc(now), timedelta(hours=hours))]

    assert skips("2026-08-14T03:00:00", 12) == ["too_old", "too_old", "too_old", ""]
    assert skips("2026-08-14T12:00:00", 12) == ["too_old", "too_old", "too_old", ""]
    assert skips("2026-08-14T12:00:01", 12) == ["too_old"] * 4
    assert skips("2026-08-14T03:00:00", 60) == ["too_old", "newer", "newer", ""]


def test_nothing_missed_is_nothing_due() -> None:
    assert decide([], utc("2026-08-14T03:00:00"), timedelta(hours=12)) == ()


@given(
    start=st.integers(0, 3 * 365 * 86_400),
    steps=st.lists(st.integers(-90_000, 400_000), max_size=8),
    zone=st.sampled_from([HANOI, NEW_YORK, APIA, "Australia/Lord_Howe", "UTC"]),
    local_time=st.sampled_from(["00:00", "01:30", "02:30", "07:00", "23:59"]),
)
def test_however_the_clock_jumps_names_and_instants_agree_and_none_is_lost(
    start: int, steps: list[int], zone: str, local_time: str
) -> None:
    """Plans made at any moments, in any order, name what one plan over all the time names."""
    def plan(first: datetime, last: datetime) -> dict[str, datetime]:
        found = slots("daily", local_time, ZoneInfo(zone), first, last, lambda day: True)
        return {slot.name: slot.at for slot in found}

    now = begin = utc("2025-01-01T00:00:00") + timedelta(seconds=start)
    seen: dict[str, datetime] = {}
    latest = now
    for step in steps:
        now += timedelta(seconds=step)
        if now > begin:
            seen |= plan(begin, now)
        latest = max(latest, now)
    whole = plan(begin, latest)
    assert seen == whole
    assert len(set(whole.values())) == len(whole)
