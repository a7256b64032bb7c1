"""Words, numbers, dates and names in three languages."""

import re
import string
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_center import i18n
from ops_center.i18n import LANGUAGES, Problem

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def placeholders(entry: i18n.Entry) -> set[str]:
    """Those of the general form: "two days" in Arabic needs no number."""
    words = entry if isinstance(entry, str) else entry["other"]
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert i18n.catalogue(language).keys() == i18n.catalogue("vi").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_same_placeholders(language: str) -> None:
    ours = {key: placeholders(entry) for key, entry in i18n.catalogue(language).items()}
    assert ours == {key: placeholders(entry) for key, entry in i18n.catalogue("vi").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_empty(language: str) -> None:
    assert [key for key, entry in i18n.catalogue(language).items() if not entry] == []


def test_a_percentage_written_after_arabic_letters_keeps_its_sign_behind() -> None:
    for key, entry in i18n.catalogue("ar").items():
        for words in entry.values() if isinstance(entry, dict) else [entry]:
            assert not re.search(r"[\u0600-\u06ff][^\u2066-\u2069]*\d%", words), key


def test_an_unknown_key_is_an_error_and_no_text() -> None:
    with pytest.raises(LookupError, match=r"hall\.nothing"):
        i18n.text("hall.nothing", "vi")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("vi", ["1.234.567,8", "95,2%", "8.000\u00a0₫", "05/09/2025", "05/09/2025 14:32"]),
        ("en", ["1,234,567.8", "95.2%", "8,000\u00a0₫", "5 Sep 2025", "5 Sep 2025 14:32"]),
        ("ar", ["1,234,567.8", "95.2%", "8,000\u00a0₫", "5 سبتمبر 2025", "5 سبتمبر 2025 14:32"]),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_writes_them(
    language: str, expected: list[str]
) -> None:
    instant = datetime(2025, 9, 5, 7, 32, tzinfo=UTC)
    assert expected == [
        i18n.number(1234567.8, language, 1),
        i18n.percent(0.952, language),
        i18n.money(8000, language),
        i18n.day(date(2025, 9, 5), language),
        i18n.moment(instant, HANOI, language),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e9, 1e9), digits=st.integers(0, 3))
def test_digits_are_western_in_every_language(language: str, value: float, digits: int) -> None:
    shown = i18n.number(value, language, digits)
    assert set(shown) <= set("0123456789.,-")


def test_a_missing_value_is_a_dash_and_never_zero() -> None:
    assert i18n.number(None, "vi") == i18n.percent(None, "vi") == i18n.money(None, "vi") == "–"
    assert i18n.duration(None, "vi") == i18n.day(None, "vi") == "–"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        i18n.clock(datetime(2025, 9, 5, 7, 32), HANOI, "vi")  # noqa: DTZ001


def test_a_difference_has_its_sign_unless_it_rounds_to_nothing() -> None:
    shown = [i18n.points(value, "vi") for value in (1.5, -0.3, 0.04, -0.04)]
    assert shown == ["+1,5", "−0,3", "0,0", "0,0"]


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (0, "0 phút", "0 minutes"),
        (1, "1 phút", "1 minute"),
        (125, "2 giờ 5 phút", "2 hours 5 minutes"),
        (541, "1 ngày 1 giờ", "1 day 1 hour"),
        (960, "2 ngày", "2 days"),
    ],
)
def test_working_time_is_told_in_its_two_largest_units(minutes: int, vi: str, en: str) -> None:
    assert i18n.duration(minutes, "vi", day_minutes=480) == vi
    assert i18n.duration(minutes, "en", day_minutes=480) == en


def test_arabic_has_its_dual() -> None:
    assert i18n.duration(120, "ar") == "ساعتان"


ALPHABET = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")


def test_letters_sort_in_vietnamese_order() -> None:
    assert sorted(ALPHABET[::-1], key=i18n.sort_key) == ALPHABET


def test_tones_sort_after_the_letters_of_their_syllable() -> None:
    ordered = ["ba", "ba na", "bà", "bả", "bã", "bá", "bạ", "bác", "ban", "bắc"]
    assert sorted(ordered[::-1], key=i18n.sort_key) == ordered


def test_numbers_in_names_sort_by_size() -> None:
    ordered = ["Tổ 2", "Tổ 10", "Tổ dân phố"]
    assert sorted(ordered[::-1], key=i18n.sort_key) == ordered


@given(st.text("aăâbdđeêoơuưáàảãạ 12", max_size=12))
def test_a_sort_key_means_the_same_under_any_collation(name: str) -> None:
    key = i18n.sort_key(name)
    assert key.isascii()
    assert key == "" or key.isalnum()


def test_people_sort_by_given_name() -> None:
    people = ["Lê Văn An", "Trần An", "Nguyễn Văn Bình", ""]
    assert sorted(people, key=i18n.given_name_key) == ["", *people[:3]]


@pytest.mark.parametrize(
    ("name", "folded"), [("Đông  Ngạc", "dong ngac"), (" ƯỜNG ", "uong"), ("Đo\u0302ng", "dong")]
)
def test_search_finds_unaccented_text(name: str, folded: str) -> None:
    assert i18n.fold(name) == folded


def test_a_problem_speaks_the_readers_language() -> None:
    problem = Problem("hall.settings.unknown", name="OPS_CENTER_PROT")
    assert "OPS_CENTER_PROT" in str(problem)
    assert str(problem) == problem.text("en") != problem.text("vi")
    assert problem.exit_code == 2


def test_a_problem_keeps_codes_together_in_arabic() -> None:
    shown = Problem("hall.settings.unknown", name="OPS_CENTER_PROT").text("ar")
    assert "\u2068OPS_CENTER_PROT\u2069" in shown


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("vi-VN", "vi"), ("en_GB", "en"), ("AR", "ar"), ("fr", "vi"), (None, "vi"), ("", "vi")],
)
def test_a_language_tag_finds_one_of_ours(wanted: str | None, chosen: str) -> None:
    assert i18n.choose(wanted) == chosen


def test_importing_the_words_loads_no_heavy_library() -> None:
    code = "import sys, ops_center.i18n; print({'babel', 'pandas'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
