"""What an evaluation is read from beside dossiers, and the periods that were closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, select

from ops_center.store.evaluation_inputs import EvaluationInput, OfficialScore, Petition
from ops_center.store.evaluation_tables import (
    closed_period,
    evaluation_input,
    official_score,
    petition,
)
from ops_center.store.rows import dialect_insert


@dataclass(frozen=True)
class Closed:
    """A period as it was read when it was closed; `reading` is JSON, `rules_hash` the digest of
    the rule file it was read by."""

    rules: str
    rules_hash: str
    period: str
    reading: str
    subject: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None


# --- what was entered ------------------------------------------------------------------------


def find_inputs(
    connection: Connection, ward_id: str, periods: Collection[str], subjects: Collection[str]
) -> list[EvaluationInput]:
    """What was entered for these periods and subjects."""
    where = and_(evaluation_input.c.period.in_(periods), evaluation_input.c.subject.in_(subjects))
    return [EvaluationInput(**one) for one in _rows(connection, evaluation_input, ward_id, where)]


def find_scores(
    connection: Connection, ward_id: str, rules: str, period: str, subjects: Collection[str]
) -> list[OfficialScore]:
    """The official system's points by those rules, of that period and these subjects."""
    where = and_(
        official_score.c.rules == rules, official_score.c.period == period,
        official_score.c.subject.in_(subjects),
    )  # fmt: skip
    return [OfficialScore(**one) for one in _rows(connection, official_score, ward_id, where)]


def find_petitions(
    connection: Connection, ward_id: str, first: date, last: date
) -> list[Petition]:
    """The petitions that came in on the days [first, last), oldest first."""
    where = and_(petition.c.received_on >= first, petition.c.received_on < last)
    found = [Petition(**one) for one in _rows(connection, petition, ward_id, where)]
    return sorted(found, key=lambda one: (one.received_on, one.code))


def _rows(connection: Connection, table: Table, ward_id: str, where: Any) -> list[dict[str, Any]]:
    """Whole rows, without what only the table needs."""
    left = {"ward_id", "id", "entered_at"}
    columns = [column for column in table.c if column.name not in left]
    wanted = select(*columns).where(table.c.ward_id == ward_id, where).order_by(table.c.id)
    return [dict(row._mapping) for row in connection.execute(wanted)]


# --- closed periods --------------------------------------------------------------------------

_CLOSED = ("rules", "rules_hash", "period", "reading", "subject", "closed_by", "closed_at")


def add_closed(connection: Connection, ward_id: str, new: Closed) -> bool:
    """Keep the reading; False, and nothing is changed, when that period was closed before."""
    values = {name: getattr(new, name) for name in _CLOSED if getattr(new, name) is not None}
    added = connection.execute(
        dialect_insert(connection, closed_period)
        .values(ward_id=ward_id, **values)
        .on_conflict_do_nothing(index_elements=["ward_id", "rules", "period", "subject"])
        .returning(closed_period.c.id)
    )
    return added.first() is not None


def find_closed(
    connection: Connection, ward_id: str, rules: str, period: str, subject: str
) -> Closed | None:
    """The period as it was closed for that subject."""
    where = and_(
        closed_period.c.rules == rules, closed_period.c.period == period,
        closed_period.c.subject == subject,
    )  # fmt: skip
    found = _closed(connection, ward_id, where)
    return found[0] if found else None


def list_closed(connection: Connection, ward_id: str) -> list[Closed]:
    """Every closed period, the latest closing first."""
    return _closed(connection, ward_id, closed_period.c.id.is_not(None))


def _closed(connection: Connection, ward_id: str, where: Any) -> list[Closed]:
    rows = connection.execute(
        select(*(closed_period.c[name] for name in _CLOSED))
        .where(closed_period.c.ward_id == ward_id, where)
        .order_by(closed_period.c.closed_at.desc(), closed_period.c.period, closed_period.c.subject)
    )
    return [Closed(**row._mapping) for row in rows]
