"""What a keeper typed, understood and written: entries, official points, petitions, a closing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ops_center.i18n import Problem, fold
from ops_center.metrics.closing import close
from ops_center.metrics.evaluation import TOTAL, WARD, applies
from ops_center.store.evaluation_inputs import (
    EvaluationInput,
    OfficialScore,
    Petition,
    add_input,
    add_petition,
    add_score,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.domain.evaluation import Indicator
    from ops_center.web.evaluation.asked import Place

_LONGEST = 200  # characters of a name or code
_LONGEST_EVIDENCE = 1000
_MOST = 1e12
_YES = {"co", "roi", "yes", "y", "x", "1", "نعم"}
_NO = {"khong", "chua", "no", "n", "0", "لا"}
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True)
class Typed:
    """A line of a form as a browser sent it: anything may stand there."""

    code: Any
    first: Any = None
    second: Any = None
    evidence: Any = None


def enter_inputs(
    connection: Connection, place: Place, lines: Sequence[Typed], by: Any, now: datetime
) -> int:
    """Write the entries that were filled in; how many were new or other. Problem names the line."""
    name = _by(by)
    found = [one for line in lines if (one := _input(place, line, name)) is not None]
    if not found:
        raise Problem("evaluation.enter.nothing")
    kept = [add_input(connection, place.known.ward.id, one, now) for one in found]
    return sum(one != "unchanged" for one in kept)


def _input(place: Place, line: Typed, by: str) -> EvaluationInput | None:
    indicator = place.rules.indicator(str(line.code))
    subject = place.subject or WARD
    if indicator is None or indicator.source.kind != "input" or not applies(indicator, subject):
        raise Problem("evaluation.enter.unknown", value=str(line.code)[:40])
    label = indicator.called(place.language)
    top = _number(line.first, label, place.language)
    bottom = _number(line.second, label, place.language)
    if top is None and bottom is None:
        return None
    if top is None or bottom is None:
        raise Problem("evaluation.enter.one_part", name=label)
    if top > bottom:
        raise Problem("evaluation.enter.over", name=label)
    return EvaluationInput(
        indicator.code, place.choice.period.spelled, top, bottom, subject,
        _text(line.evidence, _LONGEST_EVIDENCE), by,
    )  # fmt: skip


def input_indicators(place: Place) -> list[Indicator]:
    """The indicators whose parts are entered for this subject."""
    subject = place.subject or WARD
    return [one for one in place.rules.indicators
            if one.source.kind == "input" and applies(one, subject)]  # fmt: skip


def enter_scores(
    connection: Connection, place: Place, lines: Sequence[Typed], by: Any, now: datetime
) -> int:
    """Write the official points that were filled in; how many were new or other."""
    name, subject = _by(by), place.subject or WARD
    most = {code: maximum for code, _, maximum in scored_codes(place)}
    labels = {code: label for code, label, _ in scored_codes(place)}
    found = []
    for line in lines:
        code = str(line.code)
        if code not in most:
            raise Problem("evaluation.enter.unknown", value=code[:40])
        points = _number(line.first, labels[code], place.language)
        if points is None:
            continue
        if points > most[code]:
            raise Problem("evaluation.enter.over_maximum", name=labels[code],
                          maximum=f"{most[code]:g}")  # fmt: skip
        evidence = _text(line.evidence, _LONGEST_EVIDENCE)
        period = place.choice.period.spelled
        found.append(
            OfficialScore(place.rules.code, code, period, points, subject, evidence, name)
        )
    if not found:
        raise Problem("evaluation.enter.nothing")
    kept = [add_score(connection, place.known.ward.id, one, now) for one in found]
    return sum(one != "unchanged" for one in kept)


def scored_codes(place: Place) -> list[tuple[str, str, float]]:
    """What may have official points: (code, name, maximum) of indicators, boards, the total."""
    return list(_scored(place, place.subject or WARD))


def _scored(place: Place, subject: str) -> Iterator[tuple[str, str, float]]:
    language = place.language
    for board in place.rules.boards:
        own = [one for one in board.indicators if applies(one, subject)]
        if own:
            yield board.code, board.called(language), board.maximum
        for one in own:
            yield one.code, one.called(language), one.maximum
    yield TOTAL, place.rules.called(language), place.rules.maximum


def enter_petition(
    connection: Connection, place: Place, told: dict[str, Any]
) -> str:
    """Write a petition; "added", "changed" or "unchanged". Problem names what is wrong."""
    code = _text(told.get("code"), _LONGEST)
    if not code:
        raise Problem("evaluation.enter.no_code")
    received = _day(told.get("received_on"))
    due, answered = _day(told.get("due_on")), _day(told.get("answered_on"))
    if received is None:
        raise Problem("evaluation.enter.no_day")
    today = place.known.today
    if received > today or (answered is not None and answered > today):
        raise Problem("evaluation.enter.future")
    if any(day is not None and day < received for day in (due, answered)):
        raise Problem("evaluation.enter.order")
    return add_petition(connection, place.known.ward.id, Petition(
        code, received, _hub(place, told.get("hub")), due, answered, _truth(told.get("resolved"))))


def _hub(place: Place, typed: Any) -> str | None:
    code = _text(typed, _LONGEST)
    if not code:
        return None
    from ops_center.metrics.choice import subject_of

    return subject_of(place.known.lists, hub=code).partition(":")[2]


def _truth(typed: Any) -> bool | None:
    """Yes or no in any of the languages; None for nothing typed: not known."""
    word = fold(_text(typed, 20))
    if word in _YES | _NO:
        return word in _YES
    if word:
        raise Problem("evaluation.enter.yes_or_no", value=word)
    return None


def close_period(connection: Connection, place: Place, by: Any, now: datetime) -> None:
    """Close the page's period for its subject."""
    close(connection, place.known.ward, place.choice, place.subject or WARD, _by(by), now)


# --- single values ---------------------------------------------------------------------------


def _by(value: Any) -> str:
    name = _text(value, _LONGEST)
    if not name:
        raise Problem("evaluation.enter.by_nobody")
    return name


def _text(value: Any, longest: int) -> str:
    """What was typed, in one line, cut; without control characters."""
    if not isinstance(value, str | int | float):
        return ""
    shown = " ".join(str(value).split())
    return "".join(letter for letter in shown if letter.isprintable())[:longest]


def _number(value: Any, name: str, language: str) -> float | None:
    """`1.234,5`, `1234.5` or a number; None for nothing typed; Problem for anything else.

    `1.234` is what the page's language says: a thousand and more in Vietnamese.
    """
    typed = _text(value, 40).replace(" ", "")
    if not typed:
        return None
    try:
        found = float(_plain(typed, "." if language == "vi" else ","))
    except ValueError:
        found = -1.0
    if not 0 <= found <= _MOST:
        raise Problem("evaluation.enter.no_number", name=name, value=typed)
    return found


def _plain(typed: str, of_thousands: str) -> str:
    """The number as Python reads it; ValueError where thousands are not in threes."""
    comma, point = typed.rfind(","), typed.rfind(".")
    if comma >= 0 and point >= 0:  # the later one begins the decimals
        thousands, decimals = (".", ",") if comma > point else (",", ".")
        whole, _, part = typed.rpartition(decimals)
        return f"{_joined(whole, thousands)}.{part}"
    sign = "," if comma >= 0 else "."
    parts = typed.split(sign)
    if len(parts) > 2 or (sign == of_thousands and len(parts) == 2 and len(parts[1]) == 3):
        return _joined(typed, sign)
    return typed.replace(",", ".")


def _joined(whole: str, sign: str) -> str:
    head, *threes = whole.split(sign)
    if not 1 <= len(head) <= 3 or any(len(one) != 3 for one in threes):
        raise ValueError(whole)
    return "".join([head, *threes])


def _day(value: Any) -> date | None:
    typed = _text(value, 40)
    if not typed:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            continue
    raise Problem("evaluation.enter.wrong_day", value=typed)
