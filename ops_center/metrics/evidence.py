"""The rows behind an indicator: what it counts, one by one, from the same facts as its parts.

The sum of `counts` is the numerator; the sum of `weighs` is the denominator, unless that is an
amount which the rule file gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from ops_center.domain.evaluation import Indicator
from ops_center.domain.working_days import local_day
from ops_center.metrics.catalog import Metric
from ops_center.metrics.evaluation_sources import (
    Asked,
    entries_of,
    in_force,
    is_all_of,
    is_item,
    is_petition,
    items_of,
    measured,
    metric_of,
    petitions_of,
    reports_of,
    with_measures,
)
from ops_center.metrics.rows import Row, rows_of
from ops_center.store.activities import list_topics


@dataclass(frozen=True)
class Fact:
    """One row. `code` names it, `words` tell what it is; `id`: of a dossier, else "".

    `promised`: until when it was to be done, and when it was, where there is such a promise.
    """

    code: str
    words: str
    day: date | None
    hub_id: str | None
    counts: float
    weighs: float
    id: str = ""
    promised: tuple[date | None, date | None] | None = None


def evidence(asked: Asked, indicator: Indicator, limit: int | None = None) -> list[Fact]:
    """The first `limit` rows (None: all) of an indicator; `asked` is about one subject."""
    (subject,) = asked.subjects
    kind = indicator.source.kind
    found = _READERS[kind](asked, indicator, subject, limit)
    return [fact for fact, _ in zip(found, range(limit), strict=False)] if limit else list(found)


Facts = Iterator[Fact]


def _dossiers(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    """The dossiers of either part, in the order in which they came in.

    The first rows of both together are among the first of each, because both have one order.
    """
    metric, question = metric_of(indicator), replace(asked.question, rollup=False)
    parts = [
        {row.dossier_id: row for row in rows_of(question, Metric("part", "amount", spelled), limit)}
        for spelled in (metric.top, metric.bottom) if spelled
    ]  # fmt: skip
    either: dict[str, Row] = {}
    for part in parts:
        either |= part
    for row in sorted(either.values(), key=lambda row: row.cursor):
        weighs = float(len(parts) > 1 and row.dossier_id in parts[1])
        yield Fact(
            row.code or row.dossier_id, row.procedure_id, _day(asked, row.at), row.hub_id,
            float(row.dossier_id in parts[0]), weighs, row.dossier_id,
        )  # fmt: skip


def _day(asked: Asked, at: datetime) -> date:
    return local_day(at, asked.ward.zone)


def _procedures(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    source = indicator.source
    had = measured(asked, with_measures([indicator]))[subject]
    for one in in_force(asked.connection):
        own = had.get(one.id, {})
        weighs = is_all_of(source.bottom, one, own)
        counts = weighs and is_all_of(source.top, one, own)
        if weighs:
            yield Fact(one.id, one.name, None, None, float(counts), float(not source.full_at))


def _petitions(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    source = indicator.source
    for one in petitions_of(asked).get(subject, []):
        weighs = not source.bottom or is_petition(asked, source.bottom, one)
        if weighs:
            counts = is_petition(asked, source.top, one)
            yield Fact(
                one.code, "", one.received_on, one.hub_id, float(counts),
                float(bool(source.bottom)), promised=(one.due_on, one.answered_on),
            )  # fmt: skip


def _inputs(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    for one in entries_of(asked).get((subject, indicator.code), []):
        words = "; ".join(part for part in (one.evidence, one.entered_by) if part)
        yield Fact(one.period, words, None, None, one.numerator, one.denominator)


def _activities(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    names = {one.id: one.name for one in list_topics(asked.connection)}
    for one in reports_of(asked, indicator.source.top).get(subject, []):
        told = " · ".join(part for part in (names.get(one.topic_id, ""), one.team) if part)
        yield Fact(one.topic_id, told, one.day, one.hub_id, one.amount, 0)


def _plan(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    source = indicator.source
    for one in items_of(asked).get(subject, []):
        weighs = not source.bottom or is_item(asked, source.bottom, one)
        if weighs:
            counts = is_item(asked, source.top, one)
            yield Fact(
                one.code, one.content, one.starts_on, None, float(counts),
                float(bool(source.bottom)), promised=(one.due_on, one.done_on),
            )  # fmt: skip


def _campaign(asked: Asked, indicator: Indicator, subject: str, limit: int | None) -> Facts:
    from ops_center.metrics.criteria import criterion_facts

    yield from criterion_facts(asked, indicator, subject)


_READERS = {
    "metric": _dossiers, "dossiers": _dossiers, "procedures": _procedures,
    "petitions": _petitions, "input": _inputs, "activities": _activities, "plan": _plan,
    "campaign": _campaign,
}  # fmt: skip
