"""What a page of the evaluation reads, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops_center.metrics.choice import subjects_of
from ops_center.metrics.closing import ClosedReading, closed_reading
from ops_center.metrics.evaluation import Scored, score, score_each
from ops_center.store.session import unhurried

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.evaluation.asked import Place


@dataclass(frozen=True)
class Seen:
    """The subject's score and what was closed of it, and everybody's where they are compared."""

    scored: Scored | None
    before: ClosedReading | None
    everybody: tuple[Scored, ...]


PATIENCE = 10.0
"""Seconds for a statement: a year of officials is counted from the dossiers themselves."""


def see(connection: Connection, place: Place) -> Seen:
    """The ward with its hubs, one hub, one official, or everybody."""
    unhurried(connection, PATIENCE)
    known, choice = place.known, place.choice
    scored = before = None
    if place.subject is not None:
        scored = score(connection, known.ward, choice.rules, choice.period, place.subject,
                       known.now, campaign_id=choice.campaign_id)  # fmt: skip
        before = closed_reading(connection, known.ward, choice, place.subject)
    everybody: tuple[Scored, ...] = ()
    if not place.subject:
        subjects = subjects_of(choice.rules, known.lists)
        everybody = score_each(connection, known.ward, choice.rules, choice.period, subjects,
                               known.now, campaign_id=choice.campaign_id)  # fmt: skip
    return Seen(scored, before, everybody)
