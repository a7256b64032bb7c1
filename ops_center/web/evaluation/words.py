"""Points, amounts and rules as a reader's language writes them."""

from __future__ import annotations

from datetime import timedelta

from ops_center import i18n
from ops_center.domain.evaluation import Indicator, Period, worded
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.evaluation import Line
from ops_center.metrics.evidence import Fact
from ops_center.metrics.scheme import WITH
from ops_center.web.parts import said


def points(value: float | None, language: str) -> str:
    """`15,81`; the words for no data."""
    return said("evaluation.no_data", language) if value is None else number(value, language)


def number(value: float | None, language: str) -> str:
    """Points with two decimals."""
    return i18n.number(value, language, 2)


def short(value: float | None, language: str) -> str:
    """A maximum: without decimals where it has none."""
    return amount(value, language)


def amount(value: float | None, language: str) -> str:
    """A count, or an amount with two decimals."""
    digits = 0 if value is None or float(value).is_integer() else 2
    return i18n.number(value, language, digits)


def share(value: float | None, language: str) -> str:
    """A ratio in percent."""
    return i18n.percent(value, language, 2) if value is not None else i18n.MISSING


def difference(line_points: float | None, official: float | None, language: str) -> str:
    """What we computed less what the official system gave; "" without both."""
    if line_points is None or official is None:
        return ""
    return i18n.points(round(line_points - official, 2), language, 2)


def period(one: Period, language: str) -> str:
    """`Tháng 8/2026`, `Quý III/2026`, `Năm 2026`, or the days."""
    year = str(one.first.year)
    if one.kind == "month":
        return said("evaluation.period.month", language, month=str(one.first.month), year=year)
    if one.kind == "quarter":
        quarter = (one.first.month + 2) // 3
        shown = ("I", "II", "III", "IV")[quarter - 1] if language == "vi" else str(quarter)
        return said("evaluation.period.quarter", language, quarter=shown, year=year)
    if one.kind == "year":
        return said("evaluation.period.year", language, year=year)
    final = one.last - timedelta(days=1)
    return f"{i18n.day(one.first, language)} – {i18n.day(final, language)}"


# --- the rule in words -----------------------------------------------------------------------


def rule(one: Indicator, language: str) -> list[str]:
    """How its ratio becomes points, what nothing earns, and what it rests on."""
    most = short(one.maximum, language)
    told = [_form(one, most, language), said(_empty(one), language)]
    if one.estimated:
        told.append(said("evaluation.rule.estimated", language))
    if one.basis:
        told.append(one.basis)
    if one.evidence:
        told.append(said("evaluation.rule.evidence", language,
                         evidence=worded(one.evidence, language)))  # fmt: skip
    return told


def _empty(one: Indicator) -> str:
    """What nothing earns: a denominator of 0, or no dossier where many are expected in a year."""
    amount_of = one.source.kind == "dossiers" and one.source.full_at is not None
    return f"evaluation.rule.{'no_dossiers' if amount_of else 'empty'}.{one.empty}"


def _form(one: Indicator, most: str, language: str) -> str:
    if one.form == "steps":
        steps = "; ".join(
            said("evaluation.rule.step", language, border=_percent(border, language),
                 points=amount(round(one.maximum * part, 2), language))
            for border, part in one.steps
        )  # fmt: skip
        return said("evaluation.rule.steps", language, steps=steps)
    if one.threshold is None:
        return said("evaluation.rule.plain", language, maximum=most)
    border = _percent(one.threshold, language)
    return said(f"evaluation.rule.{one.form}", language, maximum=most, border=border)


def _percent(value: float, language: str) -> str:
    return i18n.percent(value, language, 0 if round(value * 1000) % 10 == 0 else 1)


def top(one: Indicator, language: str) -> str:
    """What its numerator counts."""
    source = one.source
    if source.kind == "metric":
        return spelled(METRICS[source.top].top, language)
    if source.kind == "input":
        return said("evaluation.source.entered", language)
    return _part(one, source.top, language)


def bottom(one: Indicator, language: str) -> str:
    """What its denominator counts."""
    source = one.source
    if source.full_at is not None:
        return said("evaluation.source.full_at", language,
                    amount=amount(source.full_at, language))  # fmt: skip
    if source.kind == "metric":
        return spelled(METRICS[source.top].bottom, language)
    if source.kind in ("input", "campaign"):
        return said(f"evaluation.source.{source.kind}_bottom", language)
    return _part(one, source.bottom, language)


def _part(one: Indicator, words: str, language: str) -> str:
    kind = one.source.kind
    if kind == "dossiers":
        return spelled(words, language)
    if kind == "activities":
        return said("evaluation.source.activities", language, topics=", ".join(words.split()))
    told = [
        said("evaluation.source.with", language,
             measure=_measure(word.removeprefix(WITH), language))
        if word.startswith(WITH) else said(f"evaluation.source.{kind}.{word}", language)
        for word in words.split()
    ]  # fmt: skip
    return said(f"evaluation.source.{kind}_of", language, words=", ".join(told))


def spelled(formula: str, language: str) -> str:
    """A formula of the catalogue, each part by its name."""
    signs = {"+": "+", "-": "−"}
    return " ".join(signs.get(word) or _measure(word, language) for word in formula.split())


def _measure(name: str, language: str) -> str:
    for key in (f"metrics.{name}.short", f"metrics.{name}.name", f"evaluation.measure.{name}"):
        if i18n.has(key):
            return i18n.text(key, language)
    return name


def parts(line: Line, language: str) -> str:
    """`12 / 15`, and of how many months something was entered."""
    if line.parts.top is None:
        return i18n.MISSING
    shown = f"{amount(line.parts.top, language)} / {amount(line.parts.bottom, language)}"
    if line.parts.months is None:
        return shown
    have, all_ = line.parts.months
    return f"{shown} {said('evaluation.months', language, have=str(have), all=str(all_))}"


def fact(one: Fact, language: str) -> str:
    """What a row is, and the day it was due with the day it was done."""
    if one.promised is None:
        return one.words
    due, done = (i18n.day(day, language) for day in one.promised)
    shown = said("evaluation.rows.promised", language, due=due, done=done)
    return f"{one.words} · {shown}" if one.words else shown
