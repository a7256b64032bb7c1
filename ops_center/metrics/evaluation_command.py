"""The command `ops-center evaluation`: a score as a table, JSON or CSV; closing; what is closed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from ops_center import i18n
from ops_center.domain.evaluation import Kind, Rules
from ops_center.domain.working_days import local_day
from ops_center.i18n import Problem, text
from ops_center.metrics.choice import Choice, called, choose, subject_of, subjects_of
from ops_center.metrics.closing import close, closed_reading, plain
from ops_center.metrics.evaluation import Scored, score_each
from ops_center.metrics.lists import Lists, find_lists
from ops_center.store.evaluations import list_closed
from ops_center.store.wards import Ward, find_ward


@dataclass(frozen=True)
class Wish:
    """What was asked for, as typed. `each`: everybody whom the rules compare."""

    ward: str | None = None
    rules: str = ""
    kind: str = "boards"
    period: str = ""
    hub: str = ""
    person: str = ""
    each: bool = False
    by: str = ""
    shape: str = "table"


@dataclass(frozen=True)
class _Meant:
    ward: Ward
    lists: Lists
    choice: Choice
    subjects: tuple[str, ...]


def show(
    connection: Connection, wish: Wish, all_rules: Sequence[Rules], *, now: datetime, language: str
) -> str:
    """The score, or everybody's; Problem for a name or period that is not known."""
    meant = _meant(connection, wish, all_rules, now)
    scores = score_each(
        connection, meant.ward, meant.choice.rules, meant.choice.period, meant.subjects, now,
        campaign_id=meant.choice.campaign_id,
    )  # fmt: skip
    if wish.shape == "json":
        told = [plain(one) for one in scores]
        return json.dumps(told if wish.each else told[0], ensure_ascii=False, indent=2)
    if wish.shape == "csv":
        return _csv(scores)
    if wish.each:
        return "\n".join(_summary(meant, one, language) for one in _best_first(scores))
    return _table(connection, meant, scores[0], language)


def shut(
    connection: Connection, wish: Wish, all_rules: Sequence[Rules], *, now: datetime, language: str
) -> list[str]:
    """Close the period, for everybody with `each`; a sentence for each subject."""
    meant = _meant(connection, wish, all_rules, now)
    closed = [
        close(connection, meant.ward, meant.choice, subject, wish.by, now)
        for subject in meant.subjects
    ]
    return [
        text(
            "evaluation.close.done", language, period=one.period.spelled,
            name=called(one.subject, meant.ward, meant.lists), digest=one.rules.digest[:12],
            points=_points(one.points, language), maximum=_points(one.maximum, language),
        )
        for one in closed
    ]  # fmt: skip


def closed_periods(
    connection: Connection, wish: Wish, all_rules: Sequence[Rules], *, language: str
) -> str:
    """What was closed, the latest first, and whether its rule file is still the same."""
    ward = find_ward(connection, wish.ward)
    lists, digests = find_lists(connection, ward.id), {one.code: one.digest for one in all_rules}
    lines = []
    for one in list_closed(connection, ward.id):
        reading = json.loads(one.reading)
        state = "same" if digests.get(one.rules) == one.rules_hash else "other"
        lines.append(
            f"{i18n.moment(one.closed_at, ward.zone, language)}  {one.rules}  {one.period}  "
            f"{called(one.subject, ward, lists)}  {_points(reading['points'], language)}/"
            f"{_points(reading['maximum'], language)}  {one.closed_by}  "
            f"{text(f'evaluation.close.{state}_rules', language)}"
        )
    return "\n".join(lines) or text("evaluation.close.none", language)


def _meant(
    connection: Connection, wish: Wish, all_rules: Sequence[Rules], now: datetime
) -> _Meant:
    ward = find_ward(connection, wish.ward)
    lists = find_lists(connection, ward.id)
    kind = cast(Kind, "official" if wish.person else wish.kind)
    today = local_day(now, ward.zone)
    choice = choose(
        connection, ward, all_rules, today, code=wish.rules, kind=kind, spelled=wish.period
    )
    if wish.each:
        return _Meant(ward, lists, choice, subjects_of(choice.rules, lists))
    subject = subject_of(lists, wish.hub, wish.person)
    wanted = {"boards": ("ward", "hub"), "campaign": ("hub",), "official": ("person",)}
    if (subject.partition(":")[0] or "ward") not in wanted[choice.rules.kind]:
        raise Problem("evaluation.choice.whom", rules=choice.rules.code)
    return _Meant(ward, lists, choice, (subject,))


# --- how it is told --------------------------------------------------------------------------


def _points(value: float | None, language: str) -> str:
    return i18n.number(value, language, 2)


def _best_first(scores: Sequence[Scored]) -> list[Scored]:
    """By the share of the maximum with data; without data last."""

    def order(one: Scored) -> tuple[bool, float]:
        return not one.maximum, -one.points / one.maximum if one.maximum else 0

    return sorted(scores, key=order)


def _summary(meant: _Meant, one: Scored, language: str) -> str:
    grade = i18n.MISSING if one.grade is None else one.grade.names[language]
    return (
        f"{_points(one.points, language):>8} / {_points(one.maximum, language):>6}  {grade:<12}  "
        f"{called(one.subject, meant.ward, meant.lists)}"
    )


def _table(connection: Connection, meant: _Meant, scored: Scored, language: str) -> str:
    ward, choice = meant.ward, meant.choice
    name = called(scored.subject, ward, meant.lists)
    lines = [
        f"{choice.rules.called(language)} · {name} · {choice.period.spelled}",
        text("evaluation.not_official", language),
    ]
    for board in scored.boards:
        lines.append(f"\n{board.board.called(language)}  {_points(board.points, language)} / "
                     f"{_points(board.maximum, language)}")  # fmt: skip
        for line in board.lines:
            top, bottom = (_amount(part, language) for part in (line.parts.top, line.parts.bottom))
            shown = text("evaluation.no_data", language) if line.points is None else _points(
                line.points, language)  # fmt: skip
            lines.append(f"  {shown:>17} / {line.indicator.maximum:<4g} "
                         f"{top:>9} / {bottom:<9} {line.indicator.called(language)}")  # fmt: skip
    lines.append("\n" + text(
        "evaluation.total_line", language, points=_points(scored.points, language),
        maximum=_points(scored.maximum, language), possible=_points(scored.possible, language),
    ))  # fmt: skip
    before = closed_reading(connection, ward, choice, scored.subject)
    if before is not None:
        lines.append(text(
            "evaluation.close.then", language, by=before.closed.closed_by,
            at=i18n.moment(before.closed.closed_at, ward.zone, language),
            points=_points(before.points, language), maximum=_points(before.maximum, language),
        ))  # fmt: skip
        if not before.same_rules:
            lines.append(text("evaluation.close.other_rules", language))
    return "\n".join(lines)


def _amount(value: float | None, language: str) -> str:
    digits = 0 if value is None or float(value).is_integer() else 2
    return i18n.number(value, language, digits)


_HEAD = ("subject", "period", "board", "indicator", "numerator", "denominator", "points",
         "maximum", "official")  # fmt: skip


def _csv(scores: Sequence[Scored]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    for one in scores:
        for board in one.boards:
            for line in board.lines:
                official = line.official.points if line.official else None
                writer.writerow([
                    one.subject, one.period.spelled, board.board.code, line.indicator.code,
                    line.parts.top, line.parts.bottom, line.points, line.indicator.maximum,
                    official,
                ])  # fmt: skip
    return out.getvalue().rstrip("\n")
