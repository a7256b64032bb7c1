"""What a hub's clerk has to do now: five lists on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ops_center.domain.working_days import local_day
from ops_center.metrics.dossiers import Listed, shown
from ops_center.metrics.gather import Question
from ops_center.metrics.listing import Listing
from ops_center.metrics.reading import find_metrics
from ops_center.metrics.scope import DAY, Scope
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

KINDS = ("waiting_reception", "due_today", "overdue", "supplement", "not_collected")
MOST = 200
"""Rows of one list; its `total` tells of the others."""


@dataclass(frozen=True)
class Todo:
    """One list: the oldest duty first, at most `MOST` rows, and how many there are in all.

    `metric`, `scope`: what to ask `list_dossiers` for the others.
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
    "due_today": ("due_today", "due_at"),
    "overdue": ("overdue", "overdue_at"),
    "supplement": ("suspended", "received_at"),
    "not_collected": ("awaiting_return", "processed_at"),
}


def take(connection: Connection, ward: Ward, hub_id: str, as_of: datetime) -> Worklist:
    """The lists of that hub (its id)."""
    today = local_day(as_of, ward.zone)
    scope = Scope(ward.id, today, today + DAY, hubs=frozenset({hub_id}))
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    return Worklist(hub_id, as_of, scope, **{kind: _todo(question, kind) for kind in KINDS})


def _todo(question: Question, kind: str) -> Todo:
    name, sort = _LISTS[kind]
    (metric,) = find_metrics([name])
    listing = Listing(question, metric, sort, descending=False)
    rows = tuple(shown(question, listing.page(0, MOST)))
    return Todo(rows, len(rows) if len(rows) < MOST else listing.total(), name)
