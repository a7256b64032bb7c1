"""The reference data that every installation starts with."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from ops_center.i18n import Problem, sort_key
from ops_center.material import folder
from ops_center.store import seeds
from ops_center.store.calendars import CalendarDay, add_calendar_day, find_calendar, list_calendar
from ops_center.store.procedures import add_procedure, list_fields, list_procedures
from ops_center.store.wards import Ward, add_ward

HANOI = timedelta(hours=7)


def _hanoi(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - HANOI


def test_an_upgraded_database_knows_the_procedures_and_their_fields(connection: Connection) -> None:
    procedures = {one.id: one for one in list_procedures(connection)}
    fields = {one.id for one in list_fields(connection)}
    assert len(procedures) == 32
    assert {one.field_id for one in procedures.values()} == fields
    assert all(re.fullmatch(r"\d\.\d{6}", code) for code in procedures)
    birth, adoption = procedures["1.001193"], procedures["2.001263"]
    assert (birth.limit_kind, birth.limit_days, birth.fee) == ("same_day", None, 0)
    assert (adoption.limit_kind, adoption.limit_days, adoption.fee) == (
        "calendar_days", 30, 400_000,
    )  # fmt: skip


def test_an_unknown_limit_or_fee_stays_unknown(connection: Connection) -> None:
    land = {one.id: one for one in list_procedures(connection)}["1.012753"]
    assert (land.limit_kind, land.limit_days, land.fee) == (None, None, None)


def test_a_limit_has_days_unless_it_is_the_same_day(connection: Connection) -> None:
    for one in list_procedures(connection):
        counted = one.limit_kind in ("working_days", "calendar_days")
        assert (one.limit_days is not None) is counted, one


def test_free_procedures_take_no_online_payment(connection: Connection) -> None:
    assert not [
        one.id for one in list_procedures(connection) if one.fee == 0 and one.online_payment
    ]


def test_fields_of_people_in_need_are_sensitive(connection: Connection) -> None:
    fields = list_fields(connection)
    sensitive = {one.name for one in fields if one.sensitive}
    assert {"Giảm nghèo", "Bảo trợ xã hội", "Người có công"} <= sensitive
    assert not sensitive & {"Hộ tịch", "Chứng thực", "Hộ kinh doanh", "Xây dựng", "Đất đai"}


def test_a_field_is_called_by_its_name_in_each_language(connection: Connection) -> None:
    field = {one.id: one for one in list_fields(connection)}["ho-tich"]
    assert [field.called(language) for language in ("vi", "en", "ar")] == [
        "Hộ tịch", "Civil status", "الأحوال المدنية",
    ]  # fmt: skip


def test_names_come_in_vietnamese_order(connection: Connection) -> None:
    names = [one.name for one in list_fields(connection)]
    assert names == sorted(names, key=sort_key)
    assert names.index("Chứng thực") < names.index("Đất đai") < names.index("Giảm nghèo")


def test_what_a_ward_has_changed_survives_the_next_upgrade(connection: Connection) -> None:
    old = {one.id: one for one in list_procedures(connection)}["1.001193"]
    connection.execute(text("UPDATE procedure SET fee = 7000 WHERE id = '1.001193'"))
    connection.execute(text("DELETE FROM procedure WHERE id = '1.000656'"))
    seeds.plant(connection)
    again = {one.id: one for one in list_procedures(connection)}
    assert again["1.001193"].fee == 7000
    assert "1.000656" in again
    assert add_procedure(connection, old) == "changed"
    assert add_procedure(connection, old) == "unchanged"


def test_the_official_vectors_of_working_days_come_out_right(connection: Connection) -> None:
    ward = Ward(id="w", name="w")
    add_ward(connection, ward)
    calendar = find_calendar(connection, ward)
    assert calendar.add_working_days(_hanoi(2025, 12, 31, 10), 1) == _hanoi(2026, 1, 5, 10)
    assert calendar.add_working_days(_hanoi(2026, 8, 20, 10), 2) == _hanoi(2026, 8, 22, 10)


@pytest.mark.parametrize("hours", ["", "Mon-Fri 8-12", "Mon-Fri 12:00-08:00"])
def test_working_hours_that_make_no_sense_are_named(connection: Connection, hours: str) -> None:
    with pytest.raises(Problem, match="Mon-Fri 08:00") as raised:
        find_calendar(connection, Ward(id="w", name="w", working_hours=hours))
    assert raised.value.key == "store.unknown_hours"


OFF = {
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
EXTRA = {2025: "26/4", 2026: "10/1 22/8", 2027: ""}


def _days(year: int, shown: str) -> set[date]:
    pairs = (one.split("/") for one in shown.split())
    return {date(year, int(month), int(day)) for day, month in pairs}


@pytest.mark.parametrize("year", sorted(OFF))
def test_the_calendar_has_exactly_the_years_days_off_and_make_up_days(
    connection: Connection, year: int
) -> None:
    days = [one for one in list_calendar(connection) if one.day.year == year]
    off = {one.day for one in days if one.kind != "working_extra" and one.day.weekday() < 5}
    assert off == _days(year, OFF[year])
    assert {one.day for one in days if one.kind == "working_extra"} == _days(year, EXTRA[year])
    assert all(one.name and one.source for one in days)


def test_a_predicted_year_says_that_it_needs_confirming() -> None:
    with (folder("db") / "seeds" / "calendar.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["day"].startswith("2027")]
    assert rows
    assert all("xác nhận" in row["source"] for row in rows)


def test_a_calendar_day_can_be_corrected(connection: Connection) -> None:
    day = CalendarDay(date(2027, 5, 8), "working_extra", "Làm bù", "Công văn")
    assert add_calendar_day(connection, day) == "added"
    assert add_calendar_day(connection, day) == "unchanged"
    corrected = CalendarDay(date(2027, 5, 8), "compensatory", "Nghỉ bù", "Công văn")
    assert add_calendar_day(connection, corrected) == "changed"
    assert corrected in list_calendar(connection)
