"""Cells as values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ops_center.intake import values
from ops_center.intake.fault import Fault

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    "written",
    [
        "05/08/2026 14:30",
        "5/8/2026 14:30:00",
        "05-08-2026 14:30",
        "05.08.2026, 14:30",
        "14:30 05/08/2026",
        "2026-08-05 14:30",
        "2026-08-05T14:30:00",
        "2026-08-05T07:30:00Z",
        "2026-08-05T09:30:00.000+02:00",
        "20260805143000",
        "202608051430",
        "46239.604166666664",
        "46239,6041666667",
    ],
)
def test_one_instant_is_understood_in_every_usual_spelling(written: str) -> None:
    assert values.moment(written, HANOI) == datetime(2026, 8, 5, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["05/08/2026", "2026-08-05", "5.8.2026", "20260805", "46239"])
def test_a_date_without_a_time_stays_a_date(written: str) -> None:
    found = values.moment(written, HANOI)
    assert not isinstance(found, datetime)
    assert found == date(2026, 8, 5)


def test_milliseconds_survive() -> None:
    found = values.moment("2011-10-11 13:42:22.688000+02:00", HANOI)
    assert found == datetime(2011, 10, 11, 11, 42, 22, 688_000, tzinfo=UTC)


def test_the_older_calendar_of_excel_counts_from_its_own_day() -> None:
    assert values.moment("44777", HANOI, date(1904, 1, 1)) == date(2026, 8, 5)


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2026", "13/13/2026", "05/08/26", "2026-8-5", "tomorrow", "25:00 05/08/2026",
        "08/05/2026 2:30 PM", "1234", "2026-08-05 14:30 Berlin", "99999999", "-46239", "#N/A",
    ],
)  # fmt: skip
def test_what_is_no_time_is_not_guessed(written: str) -> None:
    with pytest.raises(Fault) as caught:
        values.moment(written, HANOI)
    assert caught.value.key in ("date", "year")


@pytest.mark.parametrize(
    "written", ["05/08/0202", "0202-08-05T10:00:00", "05/08/1989", "05/08/2101", "2206-08-05"]
)
def test_a_year_no_dossier_can_lie_in_is_refused(written: str) -> None:
    with pytest.raises(Fault) as caught:
        values.moment(written, HANOI)
    assert caught.value.key == "year"


def test_of_a_doubled_hour_the_first_is_meant_and_a_skipped_one_moves_forward() -> None:
    assert values.moment("30/10/2011 02:30", AMSTERDAM) == datetime(2011, 10, 30, 0, 30, tzinfo=UTC)
    assert values.moment("27/03/2011 02:30", AMSTERDAM) == datetime(2011, 3, 27, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("8000", 8000), ("8.000", 8000), ("8,000", 8000), ("8 000", 8000), ("8.000 ₫", 8000),
        ("8000đ", 8000), ("15.000 VNĐ", 15000), ("1.234.567", 1234567), ("8000.0", 8000),
        ("8000,00", 8000), ("0", 0), ("-0", 0),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written_in_vietnam(written: str, amount: int) -> None:
    assert values.number(written) == amount


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("-8000", "negative"), ("(8.000)", "negative"), ("−1", "negative"), ("8000.5", "number"),
        ("free", "number"), ("8.00.000", "number"), ("2147483648", "too_large"),
    ],
)  # fmt: skip
def test_amounts_that_cannot_be_are_refused(written: str, why: str) -> None:
    with pytest.raises(Fault) as caught:
        values.number(written)
    assert caught.value.key == why


def test_yes_and_no_are_read_in_words_and_digits() -> None:
    assert all(values.flag(cell) for cell in ("1", "x", "Có", "CÓ", "true", "Đúng", "نعم"))
    assert not any(values.flag(cell) for cell in ("0", "Không", "khong", "FALSE", "chưa"))
    with pytest.raises(Fault):
        values.flag("maybe")


def test_numbers_that_are_none_are_refused() -> None:
    for written in ("nan", "inf", "1e999", "abc"):
        with pytest.raises(Fault):
            values.decimal(written)
    assert values.decimal("105,77") == 105.77
