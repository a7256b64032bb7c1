"""What a hub's clerk has to do now: five lists on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal, select

from ops_center.domain.working_days import local_day, start_of
from ops_center.metrics.dossiers import Listed, shown
from ops_center.metrics.gather import Question
from ops_center.metrics.listing import Listing
from ops_center.metrics.reading import find_metrics
from ops_center.metrics.scope import DAY, Scope
from ops_center.store.instant import Instant
from ops_center.store.system import find_revision
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.wards import Ward

KINDS = ("waiting_reception", "due_today", "overdue", "supplement", "not_collected")
MOST = 200
"""Rows of one list; its `total` tells of the others."""


@dataclass(frozen=True)
class Todo:
    """One list: the oldest duty first, at most `MOST` rows, and how many there are in all.

    `metric`, `scope`: what to ask `list_dossiers` for the others; for due_today, `metric` is
    "within_due", which has more.
    """

    rows: tuple[Listed, ...]
    total: int
    metric: str


@dataclass(frozen=True)
class Worklist:
    """A hub's lists at an instant. `due_today`: within due, but due before midnight; `supplement`:
    waits for the citizen's papers or payment; `not_collected`: the result waits for its citizen."""

    hub_id: str
    as_of: datetime
    scope: Scope
    waiting_reception: Todo
    due_today: Todo
    overdue: Todo
    supplement: Todo
    not_collected: Todo


_LISTS = {
    "waiting_reception": ("waiting_reception", "submitted_at"),
    "due_today": ("within_due", "due_at"),
    "overdue": ("overdue", "overdue_at"),
    "supplement": ("suspended", "received_at"),
    "not_collected": ("awaiting_return", "processed_at"),
}


def take(connection: Connection, ward: Ward, hub_id: str, as_of: datetime) -> Worklist:
    """The lists of that hub (its id)."""
    today = local_day(as_of, ward.zone)
    scope = Scope(ward.id, today, today + DAY, hubs=frozenset({hub_id}))
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    midnight = literal(start_of(today + DAY, ward.zone), Instant)
    extra = {"due_today": clock.c.due_at < midnight}
    lists = {kind: _todo(question, kind, extra.get(kind)) for kind in KINDS}
    return Worklist(hub_id, as_of, scope, **lists)


def _todo(question: Question, kind: str, extra: ColumnElement[bool] | None) -> Todo:
    name, sort = _LISTS[kind]
    (metric,) = find_metrics([name])
    listing = Listing(question, metric, sort, descending=False, extra=extra)
    rows = tuple(shown(question, listing.page(0, MOST)))
    total = len(rows) if len(rows) < MOST else _count(listing)
    return Todo(rows, total, name)


def _count(listing: Listing) -> int:
    if listing.extra is None:
        return listing.total()
    rows = select(func.count()).select_from(listing.statement().order_by(None).subquery())
    return int(listing.question.connection.execute(rows, listing.values).scalar_one())
