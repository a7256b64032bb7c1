"""The score of a ward, a hub or an official by a rule file, as of one instant.

Every indicator keeps its two parts, so that the page can open it to its rows (`evidence`). What
was entered by hand – inputs, petitions, official scores – is read in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ops_center.domain.evaluation import (
    Board,
    Grade,
    Indicator,
    Period,
    Rules,
    Subject,
    graded,
    points,
    tidy,
)
from ops_center.metrics.evaluation_sources import Asked, Parts, read_parts
from ops_center.store.evaluation_inputs import OfficialScore
from ops_center.store.evaluations import find_scores
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

TOTAL = "total"
"""What official scores call the sum of all boards."""

WARD = ""
"""The subject that is the ward itself; the others are `hub:<id>` and `person:<id>`."""


@dataclass(frozen=True)
class Line:
    """One indicator: its parts, its points (None: no data), what the official system gave."""

    indicator: Indicator
    parts: Parts
    points: float | None
    official: OfficialScore | None = None

    @property
    def ratio(self) -> float | None:
        """The ratio as it is, also above what earns all points."""
        top, bottom = self.parts.top, self.parts.bottom
        return None if top is None or not bottom else top / bottom


@dataclass(frozen=True)
class BoardScore:
    """A board: `points` of `maximum`, which counts only what has data; `possible` counts all
    that this subject is scored by."""

    board: Board
    lines: tuple[Line, ...]
    official: OfficialScore | None = None

    @property
    def points(self) -> float:
        """The sum of the points there are."""
        return tidy(line.points for line in self.lines if line.points is not None)

    @property
    def maximum(self) -> float:
        """The most that the lines with data could earn."""
        return tidy(line.indicator.maximum for line in self.lines if line.points is not None)

    @property
    def possible(self) -> float:
        """The most that all lines could earn."""
        return tidy(line.indicator.maximum for line in self.lines)


@dataclass(frozen=True)
class Scored:
    """A subject's score for a period. Boards without a line for this subject are not there."""

    rules: Rules
    period: Period
    subject: str
    as_of: datetime
    revision: int
    boards: tuple[BoardScore, ...]
    official: OfficialScore | None = None

    @property
    def points(self) -> float:
        """The sum of the points there are."""
        return tidy(board.points for board in self.boards)

    @property
    def maximum(self) -> float:
        """The most that the lines with data could earn."""
        return tidy(board.maximum for board in self.boards)

    @property
    def possible(self) -> float:
        """The most that this subject could earn."""
        return tidy(board.possible for board in self.boards)

    @property
    def grade(self) -> Grade | None:
        """By the share of the maximum with data; None without grades or data."""
        return graded(self.rules, self.points, self.maximum)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Those of all boards."""
        return tuple(line for board in self.boards for line in board.lines)


def score(
    connection: Connection,
    ward: Ward,
    rules: Rules,
    period: Period,
    subject: str,
    as_of: datetime,
    *,
    campaign_id: str | None = None,
    rollup: bool = True,
) -> Scored:
    """The subject's score; `campaign_id` where the rules are a campaign's.

    With `rollup` False dossiers are counted from the facts: slower, the same answer.
    """
    asked = Asked(connection, ward, rules, period, (subject,), as_of, campaign_id, rollup)
    return _scored(asked)[0]


def score_each(
    connection: Connection,
    ward: Ward,
    rules: Rules,
    period: Period,
    subjects: Sequence[str],
    as_of: datetime,
    *,
    campaign_id: str | None = None,
    rollup: bool = True,
) -> tuple[Scored, ...]:
    """As `score` for several hubs, or several officials, in about as many statements."""
    if not subjects:
        return ()
    asked = Asked(connection, ward, rules, period, tuple(subjects), as_of, campaign_id, rollup)
    return _scored(asked)


def kind_of(subject: str) -> Subject:
    """What a subject is."""
    return "hub" if subject.startswith("hub:") else "person" if subject else "ward"


def applies(indicator: Indicator, subject: str) -> bool:
    """Whether that subject is scored by it."""
    return kind_of(subject) in indicator.subjects


def _scored(asked: Asked) -> tuple[Scored, ...]:
    parts = read_parts(asked)
    connection, ward, rules = asked.connection, asked.ward, asked.rules
    revision = find_revision(connection, ward.id).number
    given = find_scores(connection, ward.id, rules.code, asked.period.spelled, asked.subjects)
    official = {(one.subject, one.indicator): one for one in given}
    return tuple(
        Scored(
            rules, asked.period, subject, asked.as_of, revision,
            tuple(_boards(rules, subject, parts, official)), official.get((subject, TOTAL)),
        )
        for subject in asked.subjects
    )  # fmt: skip


def _boards(
    rules: Rules,
    subject: str,
    parts: dict[tuple[str, str], Parts],
    official: dict[tuple[str, str], OfficialScore],
) -> list[BoardScore]:
    found = []
    for board in rules.boards:
        lines = []
        for one in board.indicators:
            if applies(one, subject):
                own = parts.get((subject, one.code), Parts())
                earned = points(one, own.top, own.bottom)
                lines.append(Line(one, own, earned, official.get((subject, one.code))))
        if lines:
            found.append(BoardScore(board, tuple(lines), official.get((subject, board.code))))
    return found
