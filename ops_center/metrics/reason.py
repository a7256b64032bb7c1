"""Why a number is what it is: its formula's parts as they are in a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from ops_center.metrics import measures as declared
from ops_center.metrics.catalog import Metric, atoms, formula
from ops_center.metrics.gather import Question, gather, wanted
from ops_center.metrics.listing import spelled_rows
from ops_center.metrics.number import Number, Values, judged, number
from ops_center.metrics.reading import find_metrics
from ops_center.metrics.scope import Scope
from ops_center.store.system import Revision, find_revision
from ops_center.store.wards import Ward

Counted = Literal[
    "submitted_at", "accepted_at", "received_at", "ended_at", "returned_at", "state", "mixed"
]
_FLOWS = {measure.name: measure for measure in declared.MEASURES}


@dataclass(frozen=True)
class Term:
    """A part of a formula: a metric or a measure, added (1) or taken away (-1)."""

    name: str
    sign: int
    value: int


@dataclass(frozen=True)
class Reason:
    """A metric's number and how it comes about.

    `top`, `bottom`: the formula's terms; empty where the number is a plain count. `rows`: how many
    dossiers are behind it, as `dossiers.list_dossiers` counts them. `counted`: by which instant
    its dossiers belong to the period; "state" where they are counted as they stand at `at`.
    `state`: good, watch, bad or none.
    """

    metric: Metric
    number: Number
    state: str
    top: tuple[Term, ...]
    bottom: tuple[Term, ...]
    rows: int
    counted: Counted
    at: datetime
    revision: Revision


def find_reason(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, name: str
) -> Reason:
    """The reason for that metric in that scope; Problem for an unknown one."""
    (metric,) = find_metrics([name])
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    rows = Metric("rows", "amount", spelled_rows(metric))
    words = [word for _, word in (*signed(metric.top), *signed(metric.bottom))]
    parts = [Metric(word, "amount", word) for word in words]
    values = gather(question, wanted([metric, rows, *parts]))[()]
    found = number(metric, values)
    plain = metric.kind == "amount" and [*formula(metric.top)] == [metric.top]
    return Reason(
        metric=metric,
        number=found,
        state=judged(metric, found.value),
        top=() if plain else _terms(metric.top, values),
        bottom=_terms(metric.bottom, values),
        rows=values.total(rows.top),
        counted=_counted(metric),
        at=question.bounds.end,
        revision=question.revision,
    )


def signed(spelled: str) -> list[tuple[int, str]]:
    """``early + on_time - late`` as (sign, word), as it is written."""
    found, sign = [], 1
    for word in spelled.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
        else:
            found.append((sign, word))
    return found


def _terms(spelled: str, values: Values) -> tuple[Term, ...]:
    return tuple(Term(word, sign, values.total(word)) for sign, word in signed(spelled))


def _counted(metric: Metric) -> Counted:
    flows = atoms(metric) & set(_FLOWS)
    if not flows:
        return "state"
    instants = {_FLOWS[name].at.name for name in flows}
    if flows != atoms(metric) or len(instants) > 1:
        return "mixed"
    return instants.pop()  # type: ignore[return-value]  # the measures of metrics have only these
