"""Cells as values: times, days, numbers, yes and no, as Vietnamese offices write them.

Every cell is text here. What cannot be understood raises Fault, without its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from ops_center.i18n import fold
from ops_center.intake.fault import Fault

YEARS = range(1990, 2101)
"""Years a dossier can lie in. Outside them a typing error is far more likely than a fact."""

LARGEST = 2**31 - 1

_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
)
_TIME_FIRST = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?[ ,]+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*")

EXCEL_ORIGIN = date(1899, 12, 30)
"""Day 0 of Excel's day numbers, as they count after February 1900."""


@lru_cache(maxsize=8192)
def moment(text: str, zone: tzinfo, origin: date = EXCEL_ORIGIN) -> datetime | date:
    """An instant in UTC, or a plain date when the cell tells no time of day.

    Understands ISO 8601, day/month/year with or without a time on either side, yyyyMMdd[HHmm[ss]]
    and Excel's day numbers counted from `origin`. A time without offset is local in `zone`: of a
    doubled hour the first is meant, a skipped hour is moved forward. Fault otherwise.
    """
    found = _written(text, origin)
    if found is None:
        raise Fault("date", value=text)
    if found.year not in YEARS:
        raise Fault("year", value=text, values={"first": YEARS[0], "last": YEARS[-1]})
    if not isinstance(found, datetime):
        return found
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _written(text: str, origin: date) -> datetime | date | None:
    try:
        if text[4:5] == "-":
            return _iso(text)
        return _local(text) or _counted(text, origin)
    except ValueError:
        return None


def _iso(text: str) -> datetime | date | None:
    if _ISO.fullmatch(text):
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None


def _local(text: str) -> datetime | date | None:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year, *clock = match.groups()
    elif match := _TIME_FIRST.fullmatch(text):
        *clock, day, month, year = match.groups()
    elif match := _COMPACT.fullmatch(text):
        year, month, day, *clock = match.groups()
    else:
        return None
    hour, minute, second = (int(part or 0) for part in clock)
    if clock[0] is None:
        return date(int(year), int(month), int(day))
    return datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001


def _counted(text: str, origin: date) -> datetime | date | None:
    """Excel's number of days; what stands after the point is the time of day."""
    if not _SERIAL.fullmatch(text):
        return None
    days = float(text.replace(",", "."))
    if days.is_integer():
        return origin + timedelta(days=int(days))
    midnight = datetime(origin.year, origin.month, origin.day)  # noqa: DTZ001
    # Excel keeps about a tenth of a millisecond; whole seconds are what people typed.
    return midnight + timedelta(seconds=round(days * 86400))


def number(text: str, most: int = LARGEST) -> int:
    """A whole number ≥ 0; thousands may be parted and đồng may be named (`8.000 ₫`)."""
    bare = _CURRENCY.sub("", text).replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"[-−(]?\d{1,3}([.,]\d{3})+\)?", bare):
        bare = bare.replace(".", "").replace(",", "")
    match = re.fullmatch(r"([-−(]?)(\d+)(?:[.,]0+)?\)?", bare)
    if match is None:
        raise Fault("number", value=text)
    if match[1] and int(match[2]):
        raise Fault("negative", value=text)
    if int(match[2]) > most:
        raise Fault("too_large", value=text, values={"most": most})
    return int(match[2])


_CURRENCY = re.compile(r"\s*(₫|đ|vnđ|vnd|đồng)\.?\s*$", re.IGNORECASE)


def decimal(text: str) -> float:
    """A number with decimals, by point or by comma."""
    try:
        found = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise Fault("number", value=text)
    return found


_YES = frozenset(("1", "true", "yes", "y", "x", "co", "dung", "da", "t", "نعم"))
_NO = frozenset(("0", "false", "no", "n", "khong", "sai", "chua", "f", "لا"))


@lru_cache(maxsize=1024)
def flag(text: str) -> bool:
    """Yes or no: 1/0, true/false, có/không, x."""
    folded = fold(text)
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise Fault("flag", value=text)


def words(most: int) -> Callable[[str], str]:
    """A reader of one line of text of at most so many characters; line breaks become spaces."""

    def read(text: str) -> str:
        if not text.isprintable():
            text = " ".join("".join(m if m.isprintable() else " " for m in text).split())
        if len(text) > most:
            raise Fault("too_long", value=text[:60] + "…", values={"most": most})
        return text

    return read


def choice(names: dict[str, str], allowed: str) -> Callable[[str], str]:
    """A reader of one of these names (folded → meaning); `allowed` is shown when it is none."""

    @lru_cache(maxsize=1024)
    def read(text: str) -> str:
        found = names.get(fold(text))
        if found is None:
            raise Fault("choice", value=text, values={"allowed": allowed})
        return found

    return read
