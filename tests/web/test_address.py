"""Any address is a view: what it says wrongly is dropped and named, and nothing breaks it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ops_center import i18n
from ops_center.domain.working_days import WorkingCalendar, parse_hours
from ops_center.metrics.lists import Field, Hub, Lists, Person, Procedure
from ops_center.web.address import (
    COMPARISONS,
    FILTERS,
    PERIODS,
    View,
    compared,
    grain,
    read,
    scope_of,
    spelled,
)

TODAY = date(2026, 11, 27)  # a Friday
CAMPAIGN = (date(2026, 11, 16), date(2026, 12, 31))
LISTS = Lists(
    hubs=(Hub("w", "TDP-01", "Tổ 1", id="h1"), Hub("w", "TDP-02", "Tổ 2", id="h2")),
    fields=(Field("ho-tich", "Hộ tịch"),),
    procedures=(Procedure("1.001193", "Đăng ký khai sinh", "ho-tich"),),
    people=(Person("w", "an", "Nguyễn Văn An"),),
    moved=(("TDP-00", "h1"),),
)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def viewed(question: str) -> tuple[View, list[str]]:
    view, notes = read(dict(parse_qsl(question)), LISTS, TODAY, CAMPAIGN, "vi")
    for note in notes:
        for language in i18n.LANGUAGES:
            assert i18n.text(note.key, language, **note.values)
    return view, [note.key for note in notes]


def test_an_empty_address_is_the_usual_view_and_spelled_short() -> None:
    view, notes = viewed("")
    assert notes == []
    assert spelled(view, lang="") == "/explore"
    assert (view.first, view.last) == (date(2026, 10, 29), date(2026, 11, 28))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", date(2026, 11, 27), date(2026, 11, 28)),
        ("yesterday", date(2026, 11, 26), date(2026, 11, 27)),
        ("week", date(2026, 11, 23), date(2026, 11, 28)),
        ("month", date(2026, 11, 1), date(2026, 11, 28)),
        ("quarter", date(2026, 10, 1), date(2026, 11, 28)),
        ("year", date(2026, 1, 1), date(2026, 11, 28)),
        ("campaign", *CAMPAIGN),
        ("2026-08-01..2026-08-31", date(2026, 8, 1), date(2026, 9, 1)),
    ],
)
def test_a_period_means_its_days(period: str, first: date, last: date) -> None:
    view, notes = viewed(f"period={period}")
    assert (view.period, view.first, view.last, notes) == (period, first, last, [])


def test_a_view_is_the_same_after_it_was_spelled_and_read_again() -> None:
    some: dict[str, Any] = {
        "hubs": ("TDP-01", "TDP-02"), "fields": ("ho-tich",), "procedures": ("1.001193",),
        "channels": ("online",), "levels": ("partial",), "statuses": ("done", "overdue"),
        "officials": ("an", "none"), "hours": ("1-09", "5-16"), "took": ("4-6.5", "80-"),
    }  # fmt: skip

    @examples(max_examples=25)
    @given(
        st.sampled_from([*PERIODS, "2026-01-05..2026-03-01"]),
        st.sampled_from(["", *COMPARISONS]),
        st.sets(st.sampled_from(sorted(FILTERS))),
    )
    def holds(period: str, compare: str, chosen: set[str]) -> None:
        view, notes = viewed(
            f"period={period}&compare={compare}&by=field&show=late,received&sort=-late"
        )
        assert notes == []
        address = spelled(view, **{name: some[name] for name in chosen})
        again, notes = viewed(urlsplit(address).query)
        assert spelled(again) == address
        assert (again.first, again.last) == (view.first, view.last)
        if not (chosen >= {"levels"} and "channels" not in chosen):
            assert all(getattr(again, name) == some[name] for name in chosen)
        assert notes == []

    holds()


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("hub=TDP-99", "address.unknown"),
        ("period=2026-08-31..2026-08-01", "address.reversed"),
        ("period=9999-01-01..9999-12-31", "address.unknown"),
        ("period=2026-01-01..9999-12-31", "address.cut"),
        ("period=0001-01-01..2026-01-01", "address.cut"),
        ("period=2026-02-30..2026-03-01", "address.unknown"),
        ("period=٢٠٢٦-٠١-٠١..٢٠٢٦-٠٢-٠١", "address.unknown"),
        ("metric=<script>alert(1)</script>", "address.unknown"),
        ("sort=received;DROP TABLE dossier", "address.unknown"),
        ("by=hub') OR 1=1 --", "address.unknown"),
        ("show=" + "x," * 5000, "address.unknown"),
        ("hub=" + "a" * 10_000, "address.unknown"),
        ("level=partial&channel=post", "address.level_without_online"),
        ("hour=9-99", "address.unknown"),
        ("took=8-4,6,x;DROP TABLE dossier", "address.unknown"),
    ],
)
def test_what_is_wrong_is_dropped_and_named(question: str, key: str) -> None:
    view, notes = viewed(question)
    assert notes == [key]
    assert view.first < view.last <= TODAY + timedelta(days=400)
    assert view.hubs == view.hours == view.took == ()
    _, told = read(dict(parse_qsl(question)), LISTS, TODAY, CAMPAIGN, "vi")
    assert all(len(value) < 200 for note in told for value in note.values.values())


def test_no_text_whatever_breaks_an_address() -> None:
    names = st.sampled_from(
        ["period", "hub", "field", "sort", "by", "show", "lang", "theme", "hour", "took"]
    )

    @examples(max_examples=25)
    @given(st.dictionaries(names, st.text(max_size=60)))
    def holds(query: dict[str, str]) -> None:
        view, _ = read(query, LISTS, TODAY, None, "vi")
        again, notes = read(
            dict(parse_qsl(urlsplit(spelled(view)).query)), LISTS, TODAY, None, "vi"
        )
        assert notes == ()
        assert again == view
        assert scope_of(view, "w", LISTS).first == view.first

    holds()


def test_a_merged_hubs_code_still_finds_its_dossiers() -> None:
    view, notes = viewed("hub=TDP-00")
    assert notes == []
    assert scope_of(view, "w", LISTS).hubs == frozenset({"h1"})


def test_channels_and_levels_mean_what_the_roll_ups_know() -> None:
    def levels(question: str) -> set[str] | None:
        found = scope_of(viewed(question)[0], "w", LISTS).channel_levels
        return None if found is None else set(found)

    assert levels("") is None
    assert levels("channel=online,post") == {"online_partial", "online_end_to_end", "post"}
    assert levels("level=partial") == {"online_partial"}
    assert levels("channel=online&level=end_to_end") == {"online_end_to_end"}


def test_a_comparison_has_as_many_working_days_and_ends_at_the_same_clock() -> None:
    calendar = WorkingCalendar(HANOI, parse_hours("Mon-Fri 08:00-12:00 13:30-17:30"), {})
    now = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)  # 10:00 in Hanoi

    def other(question: str) -> tuple[date, date, datetime]:
        view, _ = viewed(question)
        found = compared(view, scope_of(view, "w", LISTS), now, calendar)
        assert found is not None
        return found.scope.first, found.scope.last, found.as_of

    day = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    assert other("period=today&compare=before") == (date(2026, 11, 26), date(2026, 11, 27), day)
    monday = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    first, last, until = other("period=week&compare=before")
    assert (first, last, until) == (date(2026, 11, 16), date(2026, 11, 23), monday)
    assert other("period=2024-02-29..2024-03-01&compare=year")[:2] == (
        date(2023, 2, 28), date(2023, 3, 2),
    )  # fmt: skip
    assert viewed("period=today")[0].compare is None


def test_a_long_period_is_drawn_in_longer_steps() -> None:
    assert [grain(viewed(f"period={p}")[0]) for p in ("week", "quarter", "year")] == [
        "day", "day", "week",
    ]  # fmt: skip
    assert grain(viewed("period=2020-01-01..2026-01-01")[0]) == "month"
