"""Which rows a list has, in which order, and how many: the SQL behind `dossiers`.

A list's natural order is that of the day its metric counts by, newest first. How many rows each
day has is known from the roll-ups; so page 50,000 is as near as page 1: the database is asked for
the page's own days only. Another order is given while the list is short enough to sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from ops_center.metrics import measures as declared
from ops_center.metrics.catalog import Metric, formula
from ops_center.metrics.gather import Question, gather, wanted
from ops_center.metrics.rows import counted
from ops_center.metrics.scope import bounds
from ops_center.store.grouping import within
from ops_center.store.sums import flows
from ops_center.store.tables import dossier, hub, person, procedure
from ops_center.store.tables import dossier_clock as clock

SORTABLE = 50_000
"""Longer lists keep their natural order: sorting them takes longer than a click may."""

_SUBMITTED = {"waiting_reception", "submitted", "refused", "accepted"}

_SORTED: dict[str, tuple[ColumnElement[Any], ...]] = {
    "received_at": (clock.c.received_day, clock.c.received_at),
    "submitted_at": (clock.c.submitted_day, clock.c.submitted_at),
    "ended_at": (clock.c.ended_at,),
    "returned_at": (clock.c.returned_day, clock.c.returned_at),
    "processed_at": (clock.c.processed_at,),
    "due_at": (clock.c.due_at,),
    "overdue_at": (clock.c.overdue_at,),
    "worked_minutes": (clock.c.worked_minutes,),
    "channel_level": (clock.c.channel_level,),
    "code": (dossier.c.code,),
    "hub": (hub.c.sort_key, clock.c.hub_id),
    "procedure": (procedure.c.sort_key, clock.c.procedure_id),
    "official": (person.c.name,),
}


def _of_ward(table: Any, key: Any) -> tuple[Any, ColumnElement[bool]]:
    return table, and_(table.c.ward_id == clock.c.ward_id, table.c.id == key)


_JOINED: dict[str, tuple[Any, ColumnElement[bool]]] = {
    "code": _of_ward(dossier, clock.c.dossier_id),
    "hub": _of_ward(hub, clock.c.hub_id),
    "procedure": (procedure, procedure.c.id == clock.c.procedure_id),
    "official": _of_ward(person, clock.c.official_id),
}
SORTS = tuple(_SORTED)
_DAYS = {
    "submitted_day": "submitted_at", "received_day": "received_at", "ended_day": "ended_at",
    "returned_day": "returned_at",
}  # fmt: skip


def spelled_rows(metric: Metric) -> str:
    """The formula whose value is how many rows the metric has."""
    if metric.kind == "distinct":
        return "received"
    return metric.top if metric.kind == "amount" else metric.bottom


@dataclass(frozen=True)
class Listing:
    """A metric's rows in a scope."""

    question: Question
    metric: Metric
    sort: str
    descending: bool

    @property
    def _whole(self) -> Metric:
        return Metric("rows", "amount", spelled_rows(self.metric))

    def total(self) -> int:
        """How many rows there are: the number on the screen.

        Where the facts must be read for it, they are read day by day, as a page needs it anyway.
        """
        if self.question.place.sieves and counted_by(self.metric) is not None:
            return sum(self._counts.values())
        values = gather(self.question, wanted([self._whole]))[()]
        return values.total(self._whole.top)

    def ordered(self, total: int) -> Listing:
        """The same list in an order that so many rows can be had in."""
        natural = natural_order(self.metric)
        if self.sort in _SORTED and (total <= SORTABLE or self.sort == natural):
            return self
        return replace(self, sort=natural, descending=self.descending or self.sort != natural)

    def statement(self, columns: Sequence[Any] = ()) -> Select[Any]:
        """All rows in order: dossier id, what it adds, and these columns (of the clock)."""
        member, amount = counted(self.question, self.metric)
        source: Any = clock
        if self.sort in _JOINED:
            source = clock.outerjoin(*_JOINED[self.sort])
        found = select(clock.c.dossier_id, amount.label("amount"), *columns).select_from(source)
        found = found.where(within(self.question.place.given, clock), member)
        return found.order_by(*self._order())

    def _order(self) -> list[Any]:
        """The id last, so that equal rows always come in the same order; what is missing last."""
        columns = (*_SORTED[self.sort], clock.c.dossier_id)
        turned = [one.desc() if self.descending else one.asc() for one in columns]
        if self.sort == natural_order(self.metric):
            return turned  # nothing is missing, and this way an index gives the order
        return [one.nulls_last() for one in turned]

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statement."""
        return self.question.place.params

    def page(self, start: int, limit: int) -> list[tuple[str, int]]:
        """(dossier id, what it adds) of the rows from number `start` on."""
        statement, offset = self.statement(), start
        if (found := self._days(start, limit)) is not None:
            first, last, offset = found
            day = _SORTED[self.sort][0] if len(_SORTED[self.sort]) > 1 else clock.c.ended_day
            statement = statement.where(day >= first, day <= last)
        rows = self.question.connection.execute(
            statement.limit(limit).offset(offset), self.values
        )
        return [(row[0], int(row[1] or 0)) for row in rows]

    def _days(self, start: int, limit: int) -> tuple[date, date, int] | None:
        """The days in which the page lies, and how many of their rows come before it."""
        if self.sort != counted_by(self.metric):
            return None
        day_counts = self._counts
        if not day_counts:
            return None
        days = sorted(day_counts, reverse=self.descending)
        passed, index = 0, 0
        while index < len(days) - 1 and passed + day_counts[days[index]] <= start:
            passed += day_counts[days[index]]
            index += 1
        begun, offset, reached = index, start - passed, passed
        while index < len(days) - 1 and reached + day_counts[days[index]] < start + limit:
            reached += day_counts[days[index]]
            index += 1
        return min(days[begun], days[index]), max(days[begun], days[index]), offset

    @cached_property
    def _counts(self) -> dict[date, int]:
        names = formula(self._whole.top)
        question = self.question
        span = bounds(question.scope, question.as_of, question.ward.zone).window
        measures = [declared.BY_NAME[name] for name in names]
        sums = flows(question.connection, question.place, measures, span, ["day"])
        totals = {
            key[0]: sum(sign * one[name] for name, sign in names.items())
            for key, one in sums.items()
        }
        return {day: total for day, total in totals.items() if total > 0}


def counted_by(metric: Metric) -> str | None:
    """The instant by whose day all rows of the metric are counted; None where there is no one."""
    names = formula(spelled_rows(metric))
    if not names or not all(name in declared.BY_NAME for name in names):
        return None
    days = {(declared.BY_NAME[name].table, declared.BY_NAME[name].day.name) for name in names}
    (table, day), *others = days
    return _DAYS.get(day) if table is clock and not others else None


def natural_order(metric: Metric) -> str:
    """What the metric's rows are sorted by when nothing else is asked for."""
    if (counted := counted_by(metric)) is not None:
        return counted
    names = set(formula(spelled_rows(metric)))
    if "awaiting_return" in names:
        return "processed_at"
    return "submitted_at" if names & _SUBMITTED else "received_at"
