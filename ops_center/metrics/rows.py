"""The dossiers behind a number, so that a drill-down cannot disagree with its tile.

The rows of a metric are

- of an amount: the dossiers it counts; each adds 1, the value is their count;
- of a ratio: the dossiers of its denominator, `amount` 1 where they are in the numerator too:
  the value is Σ amount / count;
- of a mean: the same with the summed quantity as `amount` (minutes, rating);
- of a percentile: the timed dossiers with their half-hour bin as `amount`;
- of a distinct count: the dossiers received; the value is how many hubs or procedures they have.

They come from the facts, by the same measures and states as the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from ops_center.domain.working_days import local_day
from ops_center.metrics import measures as declared
from ops_center.metrics.catalog import Metric, formula
from ops_center.metrics.gather import Question
from ops_center.metrics.reading import find_metrics
from ops_center.metrics.scope import Scope
from ops_center.metrics.soon import near_values
from ops_center.store.calendars import find_calendar
from ops_center.store.grouping import within
from ops_center.store.instant import Instant
from ops_center.store.measure import Measure, State, holds
from ops_center.store.system import find_revision
from ops_center.store.tables import dossier
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.wards import Ward

Cursor = tuple[datetime, str]

_STATES = {state.name: state for state in declared.STATES}
_COLUMNS = (
    "dossier_id", "hub_id", "procedure_id", "channel_level", "official_id", "submitted_at",
    "received_at", "due_at", "ended_at", "end_kind", "outcome", "duration_bin",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A dossier behind a number. `at`: received, else submitted; rows come in that order."""

    at: datetime
    code: str | None
    dossier_id: str
    hub_id: str
    procedure_id: str
    channel_level: str
    official_id: str | None
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    end_kind: str | None
    outcome: str | None
    duration_bin: int | None
    amount: int

    @property
    def cursor(self) -> Cursor:
        """Pass the last row's as `after` to go on behind it."""
        return self.at, self.dossier_id


def rows(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    as_of: datetime,
    name: str,
    limit: int = 100,
    after: Cursor | None = None,
) -> list[Row]:
    """At most `limit` dossiers behind that metric, oldest first, those behind `after`."""
    (metric,) = find_metrics([name])
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id), False)
    return rows_of(question, metric, limit, after)


def rows_of(
    question: Question, metric: Metric, limit: int | None = None, after: Cursor | None = None
) -> list[Row]:
    """As `rows` for a metric that need not be of the catalogue; `limit` None: all."""
    statement = _statement(question, metric)
    at, identity = _order()
    if after is not None:
        behind = or_(at > after[0], and_(at == after[0], identity > after[1]))
        statement = statement.where(behind)
    params = question.place.params
    ordered = statement.order_by(at, identity).limit(limit)
    found = question.connection.execute(ordered, params)
    return [Row(**row._mapping) for row in found]


def _order() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    at = func.coalesce(clock.c.received_at, clock.c.submitted_at, clock.c.ended_at)
    return type_coerce(at, Instant), clock.c.dossier_id


def _statement(question: Question, metric: Metric) -> Select[Any]:
    member, amount = counted(question, metric)
    at, _ = _order()
    columns = [clock.c[name] for name in _COLUMNS]
    of_dossier = and_(dossier.c.ward_id == clock.c.ward_id, dossier.c.id == clock.c.dossier_id)
    return (
        select(at.label("at"), dossier.c.code, *columns, amount.label("amount"))
        .select_from(clock.outerjoin(dossier, of_dossier))
        .where(within(question.place.given, clock), member)
    )


def counted(question: Question, metric: Metric) -> tuple[ColumnElement[bool], Any]:
    """Which dossiers are rows of the metric, and what each adds."""
    if metric.kind in ("amount", "distinct"):
        return _member(question, metric.top), literal(1)
    if metric.kind == "percentile":
        return _member(question, metric.bottom), clock.c.duration_bin
    return _member(question, metric.bottom), _weight(question, metric.top)


def _member(question: Question, spelled: str) -> ColumnElement[bool]:
    """Whether a formula counts the dossier: the first part lets an index find it."""
    positive = [atom for atom, sign in formula(spelled).items() if sign > 0]
    any_of = or_(false(), *(_condition(question, atom) for atom in positive))
    return and_(any_of, _weight(question, spelled) > 0)


def _weight(question: Question, spelled: str) -> Any:
    """What the dossier adds to a formula."""
    total: Any = literal(0)
    for atom, sign in formula(spelled).items():
        measure = declared.BY_NAME.get(atom)
        amount: Any = 1 if measure is None or measure.amount is None else measure.amount
        total = total + sign * case((_condition(question, atom), amount), else_=0)
    return total


def _condition(question: Question, atom: str) -> ColumnElement[bool]:
    """Whether a measure counts the dossier in the period, or a state holds it at T."""
    if atom in declared.BY_NAME:
        return _happened(question, declared.BY_NAME[atom])
    if atom == "carried":
        return holds(declared.OPEN, question.bounds.start)
    at = question.bounds.end
    if atom in declared.NEAR:
        calendar = find_calendar(question.connection, question.ward)
        values = near_values(question.connection, question.ward, calendar, at, [atom])
        _, until, ids = (values[name] for name in declared.near_params(atom))
        return holds(declared.near(atom, at, until, ids or None), at)
    return _is_in(_STATES[atom], at)


def _happened(question: Question, measure: Measure) -> ColumnElement[bool]:
    end = question.bounds.end
    last: date = local_day(end, question.ward.zone)
    days = and_(measure.day >= question.scope.first, measure.day <= last)
    # The start says nothing new, but where rows come in the instant's order it finds the index.
    return and_(days, measure.at >= question.bounds.start, measure.at < end, measure.where)


def _is_in(state: State, at: datetime) -> ColumnElement[bool]:
    if state.table is clock:
        return holds(state, at)
    same = and_(
        state.table.c.ward_id == clock.c.ward_id, state.table.c.dossier_id == clock.c.dossier_id
    )
    return exists().where(same, holds(state, at))
