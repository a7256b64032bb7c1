"""A period is closed once: its reading is kept as it was, and what changes later stands beside.

The reading is told in plain values with the names of its indicators, so that it can be read long
after the rule file has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.working_days import start_of
from ops_center.i18n import Problem
from ops_center.metrics.choice import Choice
from ops_center.metrics.evaluation import Line, Scored, score
from ops_center.store.evaluations import Closed, add_closed, find_closed
from ops_center.store.wards import Ward


@dataclass(frozen=True)
class Then:
    """An indicator as it was when its period was closed."""

    names: Mapping[str, str]
    maximum: float
    top: float | None
    bottom: float | None
    points: float | None


@dataclass(frozen=True)
class ClosedReading:
    """A closed period: who closed it and when, and what it said; `same_rules`: the rule file is
    byte for byte the one it was read by."""

    closed: Closed
    points: float
    maximum: float
    lines: Mapping[str, Then]
    same_rules: bool

    def changed(self, now: Scored) -> list[tuple[str, Then | None, Line | None]]:
        """The indicators that read otherwise today, one of either missing where it is new or
        gone: (code, then, now)."""
        today = {line.indicator.code: line for line in now.lines}
        codes = dict.fromkeys([*self.lines, *today])
        return [
            (code, self.lines.get(code), today.get(code))
            for code in codes if not _same(self.lines.get(code), today.get(code))
        ]  # fmt: skip


def _same(then: Then | None, now: Line | None) -> bool:
    if then is None or now is None:
        return False
    told = (now.parts.top, now.parts.bottom, now.points, now.indicator.maximum)
    return (then.top, then.bottom, then.points, then.maximum) == told


def close(
    connection: Connection, ward: Ward, choice: Choice, subject: str, by: str, now: datetime
) -> Scored:
    """Keep the reading of a period that is over; the Problem says so when it is not, when it was
    closed before, or when nobody answers for it."""
    rules, period = choice.rules, choice.period
    by = " ".join(by.split())
    if not by:
        raise Problem("evaluation.close.by_nobody")
    if now < start_of(period.last, ward.zone):
        raise Problem("evaluation.close.not_over", period=period.spelled, day=period.last)
    if before := find_closed(connection, ward.id, rules.code, period.spelled, subject):
        raise _closed_before(before, ward)
    scored = score(
        connection, ward, rules, period, subject, now, campaign_id=choice.campaign_id
    )
    new = Closed(rules.code, rules.digest, period.spelled, told(scored), subject, by[:200], now)
    if not add_closed(connection, ward.id, new):  # somebody else was quicker
        found = find_closed(connection, ward.id, rules.code, period.spelled, subject)
        raise _closed_before(found or new, ward)
    return scored


def _closed_before(before: Closed, ward: Ward) -> Problem:
    at = before.closed_at
    shown = "–" if at is None else f"{at.astimezone(ward.zone):%d/%m/%Y %H:%M}"
    return Problem("evaluation.close.before", period=before.period, by=before.closed_by, at=shown)


def told(scored: Scored) -> str:
    """The reading as JSON."""
    return json.dumps(plain(scored), ensure_ascii=False, separators=(",", ":"))


def plain(scored: Scored) -> dict[str, Any]:
    """The reading in plain values."""
    return {
        "rules": scored.rules.code,
        "digest": scored.rules.digest,
        "period": scored.period.spelled,
        "subject": scored.subject,
        "as_of": scored.as_of.astimezone(UTC).isoformat(timespec="milliseconds"),
        "revision": scored.revision,
        "points": scored.points,
        "maximum": scored.maximum,
        "possible": scored.possible,
        "grade": scored.grade.code if scored.grade else None,
        "official": scored.official.points if scored.official else None,
        "boards": [
            {
                "code": board.board.code,
                "name": dict(board.board.names),
                "points": board.points,
                "maximum": board.maximum,
                "possible": board.possible,
                "indicators": [_line(line) for line in board.lines],
            }
            for board in scored.boards
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.indicator.code,
        "name": dict(line.indicator.names),
        "maximum": line.indicator.maximum,
        "numerator": line.parts.top,
        "denominator": line.parts.bottom,
        "points": line.points,
        "months": line.parts.months,
        "evidence": line.parts.evidence,
        "official": line.official.points if line.official else None,
    }


def closed_reading(
    connection: Connection, ward: Ward, choice: Choice, subject: str
) -> ClosedReading | None:
    """The period as it was closed, if it was."""
    rules = choice.rules
    found = find_closed(connection, ward.id, rules.code, choice.period.spelled, subject)
    if found is None:
        return None
    reading = json.loads(found.reading)
    lines = {
        one["code"]: Then(one["name"], one["maximum"], one["numerator"], one["denominator"],
                          one["points"])
        for board in reading["boards"] for one in board["indicators"]
    }  # fmt: skip
    return ClosedReading(
        found, reading["points"], reading["maximum"], lines, found.rules_hash == rules.digest
    )
