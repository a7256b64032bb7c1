"""Writing what no dossier holds: the evaluation's inputs, petitions, official scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, select, update

from ops_center.store.evaluation_tables import evaluation_input, official_score, petition
from ops_center.store.rows import Kept, keep


@dataclass(frozen=True)
class EvaluationInput:
    """The two parts of a ratio. `subject`: '' the ward, `hub:<id>` or `person:<id>`."""

    indicator: str
    period: str
    numerator: float
    denominator: float
    subject: str = ""
    evidence: str = ""
    entered_by: str = ""


@dataclass(frozen=True)
class Petition:
    """A citizen's complaint or proposal, without a name. `resolved` None: not known."""

    code: str
    received_on: date
    hub_id: str | None = None
    due_on: date | None = None
    answered_on: date | None = None
    resolved: bool | None = None


@dataclass(frozen=True)
class OfficialScore:
    """Points the official system gave. `indicator`: also a board's code, or `total`."""

    rules: str
    indicator: str
    period: str
    points: float
    subject: str = ""
    evidence: str = ""
    entered_by: str = ""


def add_input(connection: Connection, ward_id: str, new: EvaluationInput, now: datetime) -> Kept:
    """Add the input, or change that indicator's of that period and subject to be like it."""
    key = {
        "ward_id": ward_id, "indicator": new.indicator, "period": new.period,
        "subject": new.subject,
    }  # fmt: skip
    told = {
        "numerator": new.numerator, "denominator": new.denominator, "evidence": new.evidence,
        "entered_by": new.entered_by,
    }  # fmt: skip
    return _entered(connection, evaluation_input, key, told, now)


def add_score(connection: Connection, ward_id: str, new: OfficialScore, now: datetime) -> Kept:
    """Add the score, or change that indicator's of that period and subject to be like it."""
    key = {
        "ward_id": ward_id, "rules": new.rules, "indicator": new.indicator,
        "period": new.period, "subject": new.subject,
    }  # fmt: skip
    told = {"points": new.points, "evidence": new.evidence, "entered_by": new.entered_by}
    return _entered(connection, official_score, key, told, now)


def _entered(
    connection: Connection,
    table: Table,
    key: dict[str, Any],
    told: dict[str, Any],
    now: datetime,
) -> Kept:
    """Keep the row; `entered_at` is when it last said something new."""
    kept = keep(connection, table, key, told)
    if kept != "unchanged":
        this = and_(*(table.c[name] == value for name, value in key.items()))
        connection.execute(update(table).where(this).values(entered_at=now))
    return kept


def add_petition(connection: Connection, ward_id: str, new: Petition) -> Kept:
    """Add the petition, or change the one of that code to be like it."""
    told = {
        "hub_id": new.hub_id, "received_on": new.received_on, "due_on": new.due_on,
        "answered_on": new.answered_on, "resolved": new.resolved,
    }  # fmt: skip
    return keep(connection, petition, {"ward_id": ward_id, "code": new.code}, told)


def known_inputs(
    connection: Connection, ward_id: str
) -> dict[tuple[str, str, str], EvaluationInput]:
    """All inputs of the ward by (indicator, period, subject)."""
    names = ("indicator", "period", "subject", "numerator", "denominator", "evidence", "entered_by")
    rows = _read(connection, evaluation_input, names, ward_id)
    return {
        (one["indicator"], one["period"], one["subject"]): EvaluationInput(**one) for one in rows
    }


def known_petitions(connection: Connection, ward_id: str) -> dict[str, Petition]:
    """All petitions of the ward by code."""
    names = ("code", "received_on", "hub_id", "due_on", "answered_on", "resolved")
    rows = _read(connection, petition, names, ward_id)
    return {one["code"]: Petition(**one) for one in rows}


def known_scores(
    connection: Connection, ward_id: str
) -> dict[tuple[str, str, str, str], OfficialScore]:
    """All official scores of the ward by (rules, indicator, period, subject)."""
    names = ("rules", "indicator", "period", "subject", "points", "evidence", "entered_by")
    rows = _read(connection, official_score, names, ward_id)
    return {
        (one["rules"], one["indicator"], one["period"], one["subject"]): OfficialScore(**one)
        for one in rows
    }


def _read(
    connection: Connection, table: Table, names: tuple[str, ...], ward_id: str
) -> list[dict[str, Any]]:
    wanted = select(*(table.c[name] for name in names)).where(table.c.ward_id == ward_id)
    return [dict(row._mapping) for row in connection.execute(wanted)]
