"""Points: what a rule makes of two parts of a ratio, and the periods that are scored.

A rule file decides everything (`metrics/scheme.py` reads it); nothing here knows a board, a
threshold or a maximum. Without data there are no points, which is not the same as 0 points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

Empty = Literal["full", "zero", "null"]
Form = Literal["proportional", "reached", "steps"]
Subject = Literal["ward", "hub", "person"]
Kind = Literal["boards", "campaign", "official"]
SourceKind = Literal[
    "metric", "dossiers", "procedures", "petitions", "input", "activities", "plan", "campaign"
]
PeriodKind = Literal["month", "quarter", "year", "days"]

EMPTIES: tuple[Empty, ...] = ("full", "zero", "null")
FORMS: tuple[Form, ...] = ("proportional", "reached", "steps")
SUBJECTS: tuple[Subject, ...] = ("ward", "hub", "person")
KINDS: tuple[Kind, ...] = ("boards", "campaign", "official")
PERIODS: tuple[PeriodKind, ...] = ("month", "quarter", "year")

Words = Mapping[str, str]
"""The same words in each language; Vietnamese is always there."""


# --- the rules -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """Where the two parts of an indicator come from.

    `top`, `bottom`: formulas of that kind of source; a metric has its name in `top`. `full_at`
    stands in for a denominator: the amount of a whole year that earns all points.
    """

    kind: SourceKind
    top: str = ""
    bottom: str = ""
    full_at: float | None = None


@dataclass(frozen=True)
class Indicator:
    """One line of a board.

    proportional: `maximum` × ratio, all of it from `threshold` on (then × ratio / threshold).
    reached: all or nothing at `threshold`. steps: the share of the first border that is reached.
    `empty`: what a denominator of 0 earns. `subjects`: who is scored by it.
    """

    code: str
    names: Words
    maximum: float
    source: Source
    form: Form = "proportional"
    threshold: float | None = None
    steps: tuple[tuple[float, float], ...] = ()
    empty: Empty = "null"
    subjects: tuple[Subject, ...] = SUBJECTS
    estimated: bool = False
    evidence: Words = field(default_factory=dict)
    basis: str = ""

    def called(self, language: str) -> str:
        """Its name in that language, else in Vietnamese."""
        return worded(self.names, language)


@dataclass(frozen=True)
class Board:
    """A group of indicators."""

    code: str
    names: Words
    maximum: float
    indicators: tuple[Indicator, ...]

    def called(self, language: str) -> str:
        """Its name in that language, else in Vietnamese."""
        return worded(self.names, language)


@dataclass(frozen=True)
class Grade:
    """What from that share of the maximum on is called."""

    code: str
    names: Words
    share: float


@dataclass(frozen=True)
class Rules:
    """A rule file, read. `digest` is that of its bytes: another digest, another rule."""

    code: str
    kind: Kind
    names: Words
    basis: str
    boards: tuple[Board, ...]
    periods: tuple[PeriodKind, ...] = PERIODS
    grades: tuple[Grade, ...] = ()
    valid_from: date | None = None
    file: str = ""
    digest: str = ""

    def called(self, language: str) -> str:
        """Its name in that language, else in Vietnamese."""
        return worded(self.names, language)

    @property
    def maximum(self) -> float:
        """The points that can be earned at most."""
        return tidy(board.maximum for board in self.boards)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Those of all boards."""
        return tuple(one for board in self.boards for one in board.indicators)

    def indicator(self, code: str) -> Indicator | None:
        """The one of that code."""
        return next((one for one in self.indicators if one.code == code), None)


def worded(words: Words, language: str) -> str:
    """The words in that language, else in Vietnamese."""
    return words.get(language) or words.get("vi", "")


# --- the points ------------------------------------------------------------------------------


def points(rule: Indicator, top: float | None, bottom: float | None) -> float | None:
    """What the rule gives for that ratio, to two decimals; None without data.

    """
    if top is None or bottom is None:
        return None
    if bottom == 0:
        return {"full": rule.maximum, "zero": 0.0, "null": None}[rule.empty]
    share = earned(rule, _exact(top) / _exact(bottom))
    return _rounded(_exact(rule.maximum) * share)


def earned(rule: Indicator, ratio: Fraction) -> Fraction:
    """The share of the maximum, from 0 to 1."""
    ratio = min(max(ratio, Fraction(0)), Fraction(1))
    if rule.form == "steps":
        reached = (share for border, share in rule.steps if ratio >= _exact(border))
        return _exact(next(reached, 0))
    if rule.threshold is None:
        return ratio
    border = _exact(rule.threshold)
    if ratio >= border:
        return Fraction(1)
    return ratio / border if rule.form == "proportional" else Fraction(0)


def tidy(amounts: Iterable[float]) -> float:
    """The sum of points that are rounded already."""
    return _rounded(sum((_exact(one) for one in amounts), Fraction(0)))


def graded(rules: Rules, points_: float, maximum: float) -> Grade | None:
    """The best grade whose share of the maximum is reached; None without data or grades."""
    if not maximum:
        return None
    share = _exact(points_) / _exact(maximum)
    return next((grade for grade in rules.grades if share >= _exact(grade.share)), None)


def _exact(value: float | Fraction) -> Fraction:
    """A decimal as it is written: 0.8 is 4/5, not the nearest binary fraction."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


def _rounded(value: Fraction) -> float:
    whole = Decimal(value.numerator) / Decimal(value.denominator)
    return float(whole.quantize(Decimal("0.01"), ROUND_HALF_UP))


# --- the periods -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """The local days [first, last) of a month `2026-08`, a quarter `2026-Q3`, a year `2026`, or
    of any days `2026-08-24..2026-10-07`, whose last one is included in the spelling."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def spelled(self) -> str:
        """As the tables and addresses write it."""
        if self.kind == "year":
            return f"{self.first.year:04d}"
        if self.kind == "quarter":
            return f"{self.first.year:04d}-Q{(self.first.month + 2) // 3}"
        if self.kind == "month":
            return f"{self.first.year:04d}-{self.first.month:02d}"
        return f"{self.first}..{date.fromordinal(self.last.toordinal() - 1)}"

    @property
    def before(self) -> Period:
        """The period of its kind before it."""
        day = date.fromordinal(self.first.toordinal() - 1)
        if self.kind != "days":
            return period_of(self.kind, day)
        return Period("days", date.fromordinal(day.toordinal() - self.days + 1), self.first)

    @property
    def after(self) -> Period:
        """The period of its kind after it."""
        if self.kind != "days":
            return period_of(self.kind, self.last)
        return Period("days", self.last, date.fromordinal(self.last.toordinal() + self.days))

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days

    @property
    def months(self) -> int:
        """How many months it has; 0 for any days."""
        return {"month": 1, "quarter": 3, "year": 12}.get(self.kind, 0)

    def parts(self) -> tuple[Period, ...]:
        """What it can be added up from: the quarters of a year, the months of a quarter."""
        if self.kind not in ("year", "quarter"):
            return ()
        smaller: PeriodKind = "quarter" if self.kind == "year" else "month"
        found = [period_of(smaller, self.first)]
        while found[-1].last < self.last:
            found.append(found[-1].after)
        return tuple(found)


_SPELLED = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)


def parse_period(spelled: str) -> Period:
    """The period of that spelling; ValueError for any other."""
    if match := _DAYS.fullmatch(spelled):
        first, final = (date.fromisoformat(part) for part in match.groups())
        if final < first:
            raise ValueError(spelled)
        return Period("days", first, date.fromordinal(final.toordinal() + 1))
    match = _SPELLED.fullmatch(spelled)
    if match is None or not 1 < int(match[1]) < 9998:
        raise ValueError(spelled)
    year, quarter, month = match.groups()
    kind: PeriodKind = "quarter" if quarter else "month" if month else "year"
    begins = 3 * int(quarter) - 2 if quarter else int(month or 1)
    return period_of(kind, date(int(year), begins, 1))


def period_of(kind: PeriodKind, day: date) -> Period:
    """The month, quarter or year that the day is in."""
    if kind == "days":
        raise ValueError(kind)
    length = {"month": 1, "quarter": 3, "year": 12}[kind]
    begins = day.month - (day.month - 1) % length
    ends = begins + length
    last = date(day.year + 1, 1, 1) if ends > 12 else date(day.year, ends, 1)
    return Period(kind, date(day.year, begins, 1), last)
