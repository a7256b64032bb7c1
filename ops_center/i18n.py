"""Words, numbers, dates and names in three languages.

Each room keeps its words in `locale/<language>/<room>.toml`; all files of a language are merged.
Vietnamese comes first. Digits are Western in Arabic too. A missing value is shown as "–".
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("vi", "en", "ar")
MISSING = "–"

_LOCALE = Path(__file__).resolve().parent / "locale"
_PLURALS = {"zero", "one", "two", "few", "many", "other"}
_DAY_PATTERNS = {"vi": "dd/MM/yyyy", "en": "d MMM y", "ar": "d MMM y"}
_SHORT_DAY_PATTERNS = {"vi": "dd/MM", "en": "d MMM", "ar": "d MMM"}

Entry = str | dict[str, str]


# --- words -----------------------------------------------------------------------------------


def text(key: str, language: str, **values: object) -> str:
    """The words of `key` with `{placeholders}` filled in; LookupError for an unknown key.

    An entry with plural forms is chosen by the value `count`.
    """
    return _render(key, language, values, values.get("count"))


def has(key: str) -> bool:
    """Whether there are words for `key` (in Vietnamese, hence in every language)."""
    return key in catalogue("vi")


class Problem(Exception):
    """Something the reader can mend: a sentence that names the place and the remedy.

    `str()` gives English; `.text(language)` the reader's language. A command that it ends has
    the exit code `exit_code`, which a subclass may change.
    """

    exit_code = 2

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        shown = {name: _shown(value, language) for name, value in self.values.items()}
        return _render(self.key, language, shown, self.values.get("count"))


def direction(language: str) -> str:
    """"rtl" or "ltr"."""
    return "rtl" if language == "ar" else "ltr"


def choose(wanted: str | None, default: str = "vi") -> str:
    """The language meant by a tag such as "en-GB"; the default when it is none of ours."""
    tag = (wanted or "").lower().replace("_", "-").split("-")[0]
    return tag if tag in LANGUAGES else default


def isolate(shown: str) -> str:
    """Keep a code, date or signed number together inside a right-to-left sentence."""
    return f"\u2068{shown}\u2069"


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """All words of a language by dotted key; ValueError when two files give the same key."""
    merged: dict[str, Entry] = {}
    for path in sorted((_LOCALE / language).glob("*.toml")):
        for key, entry in _flatten(tomllib.loads(path.read_text("utf-8"))):
            if key in merged:
                raise ValueError(f"{path}: the key {key} is given by another file too")
            merged[key] = entry
    return merged


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Entry]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and not _is_plural(value):
            yield from _flatten(value, f"{key}.")
        elif isinstance(value, (str, dict)):
            yield key, value
        else:
            raise ValueError(f"{key} must be words, not {value!r}")


def _is_plural(table: Mapping[str, Any]) -> bool:
    return "other" in table and table.keys() <= _PLURALS


def _render(key: str, language: str, shown: Mapping[str, object], count: object) -> str:
    entry = catalogue(language).get(key)
    if entry is None:
        raise LookupError(f"no words for {key} in {language}")
    if isinstance(entry, dict):
        if not isinstance(count, (int, float)):
            raise TypeError(f"{key} wants a number as count, not {count!r}")
        entry = entry.get(_babel(language).plural_form(count), entry["other"])
    return entry.format_map(shown)


def _shown(value: object, language: str) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        shown = day(value, language)
    else:
        shown = str(value)
    return isolate(shown) if direction(language) == "rtl" else shown


# --- numbers ---------------------------------------------------------------------------------


def number(value: float | None, language: str, digits: int = 0) -> str:
    """`1.234.567,8` as the language writes it, with exactly `digits` decimals."""
    if value is None:
        return MISSING
    return _decimal(value, language, "#,##0" + _decimals(digits))


def percent(ratio: float | None, language: str, digits: int = 1) -> str:
    """0.952 → `95,2%`."""
    if ratio is None:
        return MISSING
    return _decimal(ratio, language, "#,##0" + _decimals(digits) + "%")


def points(value: float | None, language: str, digits: int = 1) -> str:
    """A signed difference: `+1,5`, `−0,3`, `0,0`."""
    if value is None:
        return MISSING
    size = number(abs(value), language, digits)
    if not any("1" <= mark <= "9" for mark in size):
        return size
    return ("+" if value > 0 else "\u2212") + size


def money(amount: float | None, language: str) -> str:
    """Whole đồng: `8.000 ₫`."""
    return MISSING if amount is None else f"{number(amount, language)}\u00a0₫"


def _decimals(digits: int) -> str:
    return "." + "0" * digits if digits else ""


def _decimal(value: float, language: str, pattern: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, format=pattern, locale=_babel(language), numbering_system="latn")


@cache
def _babel(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language)


# --- days and times --------------------------------------------------------------------------


def day(value: date | None, language: str) -> str:
    """A calendar day: `05/09/2025`, `5 Sep 2025`."""
    return MISSING if value is None else _date(value, _DAY_PATTERNS[language], language)


def short_day(value: date | None, language: str) -> str:
    """A calendar day without its year: `05/09`, `5 Sep`."""
    return MISSING if value is None else _date(value, _SHORT_DAY_PATTERNS[language], language)


def weekday(value: date, language: str) -> str:
    """`Thứ Hai`, `Monday`."""
    name = _date(value, "EEEE", language)
    return name[:1].upper() + name[1:]


def moment(value: datetime | None, zone: tzinfo, language: str) -> str:
    """An instant as day and 24-hour time in `zone`; ValueError unless it is aware."""
    if value is None:
        return MISSING
    return f"{day(_local(value, zone).date(), language)} {clock(value, zone, language)}"


def clock(value: datetime | None, zone: tzinfo, language: str) -> str:
    """The 24-hour time `HH:mm` of an instant in `zone`, the same in every language."""
    del language
    return MISSING if value is None else f"{_local(value, zone):%H:%M}"


def duration(minutes: float | None, language: str, *, day_minutes: int = 1440) -> str:
    """Minutes in words, the two largest units: `2 ngày 3 giờ`, `45 phút`.

    `day_minutes` is what counts as a day: 480 for working time.
    """
    if minutes is None:
        return MISSING
    return " ".join(_unit(unit, count, language) for unit, count in _units(minutes, day_minutes))


def _units(minutes: float, day_minutes: int) -> list[tuple[str, int]]:
    whole = round(minutes) if minutes < day_minutes else round(minutes / 60) * 60
    days, rest = divmod(whole, day_minutes)
    hours, left = divmod(rest, 60)
    parts = [("day", days), ("hour", hours), ("minute", 0 if days else left)]
    return [part for part in parts if part[1]] or [("minute", 0)]


def _unit(unit: str, count: int, language: str) -> str:
    return text(f"hall.duration.{unit}", language, count=count)


def _local(value: datetime, zone: tzinfo) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(zone)


def _date(value: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    return format_date(value, pattern, locale=_babel(language))


# --- names -----------------------------------------------------------------------------------

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_VARIANTS = {"\u0306": "1", "\u0302": "1", "\u031b": "1"}  # ă; â ê ô; ơ ư
_AFTER = {"â": "2", "ơ": "2"}  # a ă â, o ô ơ
_WORDS = re.compile(r"\d+|[^\W\d_]+")


def fold(name: str) -> str:
    """Lower case without accents, đ → d, single spaces: for searching."""
    bare = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    kept = "".join(mark for mark in bare if not unicodedata.combining(mark))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def sort_key(name: str) -> str:
    """ASCII text that sorts names in Vietnamese order, under any collation.

    Syllable by syllable: first the letters (a ă â b c d đ e ê …), then the tone (none, huyền,
    hỏi, ngã, sắc, nặng). Numbers sort by size: Tổ 2 before Tổ 10.
    """
    words = _WORDS.findall(unicodedata.normalize("NFC", name).casefold())
    return "".join(_word_key(word) for word in words)


def given_name_key(name: str) -> str:
    """As `sort_key`, for people: by given name, which is the last word."""
    *family, given = name.split() or [""]
    return sort_key(" ".join([given, *family]))


@lru_cache(maxsize=10_000)
def _word_key(word: str) -> str:
    if word.isdecimal():
        return f"{int(word):09d}"
    tone = next((_TONES[m] for m in unicodedata.normalize("NFD", word) if m in _TONES), "0")
    return "".join(_letter_key(letter) for letter in word) + tone


def _letter_key(letter: str) -> str:
    if letter == "đ":
        return "d1"
    marks = [m for m in unicodedata.normalize("NFD", letter) if m not in _TONES]
    toneless = unicodedata.normalize("NFC", "".join(marks))
    variant = _AFTER.get(toneless) or next((_VARIANTS[m] for m in marks if m in _VARIANTS), "0")
    return marks[0] + variant if marks else ""
