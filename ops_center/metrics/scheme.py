"""Rule files: how places, campaigns and officials are scored, read and checked.

Every file of the folder is read whole, and the first thing wrong in it is said with the file, the
key and the remedy. docs/evaluation.md tells what the keys mean.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ops_center.domain.evaluation import (
    EMPTIES,
    FORMS,
    KINDS,
    PERIODS,
    Board,
    Grade,
    Indicator,
    Kind,
    Rules,
    Source,
    SourceKind,
    tidy,
)
from ops_center.i18n import LANGUAGES, Problem
from ops_center.material import folder
from ops_center.metrics.catalog import ATOMS, METRICS, formula
from ops_center.metrics.measures import BY_NAME

PROCEDURE_WORDS = (
    "all", "online", "end_to_end", "fee", "online_payment", "result_document", "reusable",
    "population_data",
)  # fmt: skip
"""What a procedure of the catalogue may be; beside them `with:<measure>`: it had some of those."""
WITH = "with:"
PETITION_WORDS = ("received", "decided", "on_time", "answered", "handled")
PLAN_WORDS = ("owned", "owed", "kept")
CAMPAIGN_WORDS = ("targets", "pace", "reported", "team_reports")

_SUBJECTS: Mapping[Kind, tuple[str, ...]] = {
    "boards": ("ward", "hub"), "campaign": ("hub",), "official": ("person",),
}  # fmt: skip
_SOURCES: Mapping[Kind, tuple[SourceKind, ...]] = {
    "boards": ("metric", "dossiers", "procedures", "petitions", "input"),
    "campaign": ("metric", "dossiers", "campaign", "input"),
    "official": ("metric", "dossiers", "activities", "plan", "input"),
}
_RULES_KEYS = ("code", "kind", "name", "basis", "valid_from", "periods", "board", "grade")
_BOARD_KEYS = ("code", "name", "maximum", "indicator")
_GRADE_KEYS = ("code", "name", "share")
_POINTS_KEYS = ("code", "name", "maximum", "form", "threshold", "steps", "empty", "subjects",
                "estimated", "evidence", "basis")  # fmt: skip


# --- the folder ------------------------------------------------------------------------------


def read_rules(place: str = "") -> tuple[Rules, ...]:
    """The rule files of that folder ("": those that come with the program), by code; Problem for
    the first that is wrong, for two of one code, and for a folder without any."""
    home = Path(place) if place else folder("db") / "rules"
    try:
        paths = sorted(home.glob("*.toml")) if home.is_dir() else []
        found = [_read(path) for path in paths]
    except OSError as error:
        raise Problem("evaluation.rules.unreadable", file=home, reason=error.strerror) from error
    if not found:
        raise Problem("evaluation.rules.none", folder=home)
    by_code: dict[str, Rules] = {}
    for rules in found:
        if rules.code in by_code:
            raise Problem("evaluation.rules.twice", file=rules.file, key="code",
                          value=rules.code, other=by_code[rules.code].file)  # fmt: skip
        by_code[rules.code] = rules
    return tuple(by_code[code] for code in sorted(by_code))


def rules_for(all_rules: Iterable[Rules], kind: Kind, day: date) -> Rules | None:
    """The rules of that kind which hold on that day: the latest that is valid from then on."""
    fitting = [one for one in all_rules
               if one.kind == kind and (one.valid_from or date.min) <= day]  # fmt: skip
    return max(fitting, key=lambda one: (one.valid_from or date.min, one.code), default=None)


def find_rules(all_rules: Sequence[Rules], code: str) -> Rules:
    """The rules of that code; Problem that names those there are."""
    for rules in all_rules:
        if rules.code == code:
            return rules
    known = ", ".join(rules.code for rules in all_rules)
    raise Problem("evaluation.rules.unknown", value=code, known=known)


def _read(path: Path) -> Rules:
    raw = path.read_bytes()
    try:
        told = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("evaluation.rules.no_toml", file=path, reason=error) from error
    digest = hashlib.sha256(raw).hexdigest()
    return replace(parse(told, str(path)), digest=digest)


# --- one file --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """A table of a file, and how its place in it is spelled."""

    told: Mapping[str, Any]
    file: str
    at: str = ""

    def wrong(self, what: str, key: str, **values: object) -> Problem:
        return Problem(f"evaluation.rules.{what}", file=self.file, key=self.at + key, **values)

    def only(self, keys: Iterable[str]) -> None:
        """Problem for a key that is none, with the one that was probably meant."""
        known = tuple(keys)
        for key in self.told:
            if key not in known:
                near = get_close_matches(key, known, 3, 0.5) or known
                raise self.wrong("unknown_key", key, known=", ".join(near))

    def text(self, key: str, default: str | None = None) -> str:
        return str(self._value(key, str, "text", default)).strip()

    def amount(self, key: str, default: float | None = None) -> float:
        value = self._value(key, (int, float), "amount", default)
        if isinstance(value, bool) or not 0 <= value < 1e9:
            raise self.wrong("bad_value", key, value=value, wanted="0, 1.5, 20 …")
        return float(value)

    def share(self, key: str) -> float | None:
        if key not in self.told:
            return None
        value = self.amount(key)
        if not 0 < value <= 1:
            raise self.wrong("bad_value", key, value=value, wanted="0.05 … 1")
        return value

    def flag(self, key: str) -> bool:
        return bool(self._value(key, bool, "true, false", False))

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> Any:
        value = self.text(key, default)
        if value not in known:
            raise self.wrong("bad_value", key, value=value, wanted=" | ".join(known))
        return value

    def several(self, key: str, known: Sequence[str]) -> tuple[Any, ...]:
        values = self._value(key, list, " | ".join(known), list(known))
        for value in values:
            if value not in known:
                raise self.wrong("bad_value", key, value=value, wanted=" | ".join(known))
        if not values:
            raise self.wrong("bad_value", key, value="[]", wanted=" | ".join(known))
        return tuple(dict.fromkeys(values))

    def words(self, key: str, needed: bool = True) -> dict[str, str]:
        """The same words in each language; all three where they are needed."""
        if not needed and key not in self.told:
            return {}
        inner = self.inner(key)
        inner.only(LANGUAGES)
        return {language: inner.text(language) for language in LANGUAGES}

    def inner(self, key: str) -> _Table:
        return _Table(self._value(key, dict, "{ … }"), self.file, f"{self.at}{key}.")

    def tables(self, key: str, needed: bool = True) -> list[_Table]:
        """The tables of that name, each called by its code."""
        found = self._value(key, list, f"[[{key}]]", None if needed else [])
        if needed and not found:
            raise self.wrong("missing", key)
        made = []
        for place, told in enumerate(found, 1):
            if not isinstance(told, dict):
                raise self.wrong("bad_value", key, value=told, wanted=f"[[{key}]]")
            name = told.get("code")
            made.append(_Table(told, self.file, f"{self.at}{key}.{name or place}."))
        return made

    def _value(self, key: str, kind: Any, wanted: str, default: Any = None) -> Any:
        if key not in self.told:
            if default is None:
                raise self.wrong("missing", key)
            return default
        value = self.told[key]
        blank = isinstance(value, str) and not value.strip()
        if not isinstance(value, kind) or blank:
            raise self.wrong("bad_value", key, value=value, wanted=wanted)
        return value


def parse(told: Mapping[str, Any], file: str) -> Rules:
    """The rules of a file's tables; Problem with the file and the key for what is wrong."""
    table = _Table(told, file)
    table.only(_RULES_KEYS)
    kind: Kind = table.one_of("kind", KINDS)
    boards = tuple(_board(one, kind) for one in table.tables("board"))
    _distinct(table, "board", [one.code for one in boards])
    _distinct(table, "indicator", [one.code for board in boards for one in board.indicators])
    return Rules(
        code=table.text("code"),
        kind=kind,
        names=table.words("name"),
        basis=table.text("basis", ""),
        boards=boards,
        periods=table.several("periods", PERIODS),
        grades=_grades(table),
        valid_from=_day(table, "valid_from"),
        file=file,
    )


def _day(table: _Table, key: str) -> date | None:
    value = table.told.get(key)
    if value is not None and type(value) is not date:
        raise table.wrong("bad_value", key, value=value, wanted="2022-06-23")
    return value


def _grades(table: _Table) -> tuple[Grade, ...]:
    found: list[Grade] = []
    for one in table.tables("grade", needed=False):
        one.only(_GRADE_KEYS)
        share = one.amount("share")
        if share > 1 or (found and share >= found[-1].share):
            raise one.wrong("not_falling", "share", value=share)
        found.append(Grade(one.text("code"), one.words("name"), share))
    return tuple(found)


def _board(table: _Table, kind: Kind) -> Board:
    table.only(_BOARD_KEYS)
    indicators = tuple(_indicator(one, kind) for one in table.tables("indicator"))
    maximum, sum_ = table.amount("maximum"), tidy(one.maximum for one in indicators)
    if sum_ != maximum:
        raise table.wrong("no_sum", "maximum", value=f"{maximum:g}", sum=f"{sum_:g}")
    return Board(table.text("code"), table.words("name"), maximum, indicators)


def _distinct(table: _Table, what: str, codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise table.wrong("same_code", f"{what}.{code}", value=code)


def _indicator(table: _Table, kind: Kind) -> Indicator:
    table.only((*_POINTS_KEYS, *_READERS))
    form = table.one_of("form", FORMS, "proportional")
    threshold, steps = table.share("threshold"), _steps(table)
    if form == "reached" and threshold is None:
        raise table.wrong("missing", "threshold")
    if (form == "steps") != bool(steps):
        raise table.wrong("missing" if form == "steps" else "steps_only", "steps")
    return Indicator(
        code=table.text("code"),
        names=table.words("name"),
        maximum=table.amount("maximum"),
        source=_source(table, kind),
        form=form,
        threshold=threshold,
        steps=steps,
        empty=table.one_of("empty", EMPTIES, "null"),
        subjects=table.several("subjects", _SUBJECTS[kind]),
        estimated=table.flag("estimated"),
        evidence=table.words("evidence", needed=False),
        basis=table.text("basis", ""),
    )


def _steps(table: _Table) -> tuple[tuple[float, float], ...]:
    """Borders with the share of the maximum that each earns, falling."""
    wanted = "[[0.9, 1], [0.7, 0.5]]"
    told = table.told.get("steps", [])
    steps: list[tuple[float, float]] = []
    for one in told if isinstance(told, list) else [None]:
        pair = [part for part in one if _is_share(part)] if isinstance(one, list) else []
        if len(pair) != 2 or one != pair or (steps and pair[0] >= steps[-1][0]):
            raise table.wrong("bad_value", "steps", value=told, wanted=wanted)
        steps.append((float(pair[0]), float(pair[1])))
    return tuple(steps)


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1


# --- where its numbers come from ---------------------------------------------------------------


def _source(table: _Table, kind: Kind) -> Source:
    given = [name for name in _READERS if name in table.told]
    allowed = ", ".join(_SOURCES[kind])
    if len(given) != 1:
        raise table.wrong("one_source", "|".join(given) or "?", known=allowed)
    (name,) = given
    if name not in _SOURCES[kind]:
        raise table.wrong("wrong_source", name, kind=kind, known=allowed)
    return _READERS[name](table)


def _metric(table: _Table) -> Source:
    name = table.text("metric")
    ratios = [one for one, metric in METRICS.items() if metric.kind == "ratio"]
    if name not in ratios:
        near = get_close_matches(name, ratios, 3, 0.5) or ratios
        raise table.wrong("bad_value", "metric", value=name, wanted=" | ".join(near))
    return Source("metric", name)


def _input(table: _Table) -> Source:
    if table.told["input"] is not True:
        raise table.wrong("bad_value", "input", value=table.told["input"], wanted="true")
    return Source("input")


def _campaign(table: _Table) -> Source:
    return Source("campaign", table.one_of("campaign", CAMPAIGN_WORDS))


def _parted(name: SourceKind, check: Callable[[_Table, str], str]) -> Callable[[_Table], Source]:
    """A reader of `{ numerator = …, denominator = … }`, or of full_at in place of the second."""

    def read(table: _Table) -> Source:
        inner = table.inner(name)
        inner.only(("numerator", "denominator", "full_at"))
        if ("denominator" in inner.told) == ("full_at" in inner.told):
            raise inner.wrong("one_denominator", "denominator|full_at")
        top = check(inner, "numerator")
        if "full_at" in inner.told:
            return Source(name, top, full_at=_full_at(inner))
        return Source(name, top, check(inner, "denominator"))

    return read


def _full_at(table: _Table) -> float:
    value = table.amount("full_at")
    if not value:
        raise table.wrong("bad_value", "full_at", value=value, wanted="1, 300 …")
    return value


def _activities(table: _Table) -> Source:
    """Topics are the ward's own data: whether there are any of that id, the page shows."""
    inner = table.inner("activities")
    inner.only(("topics", "full_at"))
    topics = " ".join(inner.text("topics").split())
    return Source("activities", topics, full_at=_full_at(inner))


def _formula(table: _Table, key: str) -> str:
    spelled = table.text(key)
    try:
        if not formula(spelled):
            raise ValueError(spelled)
    except ValueError:
        words = [word for word in spelled.split() if word not in "+-"]
        known = {*ATOMS, *(n for n, metric in METRICS.items() if metric.kind == "amount")}
        strange = next((word for word in words if word not in known), spelled)
        near = get_close_matches(strange, sorted(known), 3, 0.5) or sorted(known)
        raise table.wrong("unknown_word", key, value=strange, known=", ".join(near)) from None
    return spelled


def _procedure_words(table: _Table, key: str) -> str:
    spelled = table.text(key)
    known = (*PROCEDURE_WORDS, *(f"{WITH}{name}" for name in BY_NAME))
    for word in spelled.split():
        if word not in known:
            near = get_close_matches(word, known, 3, 0.5) or PROCEDURE_WORDS
            raise table.wrong("unknown_word", key, value=word, known=", ".join(near))
    return " ".join(spelled.split())


def _word_of(known: Sequence[str]) -> Callable[[_Table, str], str]:
    return lambda table, key: str(table.one_of(key, known))


_READERS: Mapping[SourceKind, Callable[[_Table], Source]] = {
    "metric": _metric,
    "dossiers": _parted("dossiers", _formula),
    "procedures": _parted("procedures", _procedure_words),
    "petitions": _parted("petitions", _word_of(PETITION_WORDS)),
    "input": _input,
    "activities": _activities,
    "plan": _parted("plan", _word_of(PLAN_WORDS)),
    "campaign": _campaign,
}
