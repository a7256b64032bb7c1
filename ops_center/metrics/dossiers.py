"""Lists of dossiers page by page, and the story of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.dossier import Facts, explain_due
from ops_center.domain.due import Step
from ops_center.domain.waiting import Wait
from ops_center.domain.working_days import local_day
from ops_center.metrics.gather import Question
from ops_center.metrics.listing import SORTS, Listing, natural_order
from ops_center.metrics.reading import find_metrics
from ops_center.metrics.scope import Scope
from ops_center.metrics.soon import soon_values
from ops_center.store.calendars import find_calendar, list_calendar
from ops_center.store.clocks import facts_of
from ops_center.store.histories import EventRow
from ops_center.store.listed import Span, find_ids, find_listed, find_whole, stream
from ops_center.store.rules import find_rules
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

__all__ = ["SORTS", "Listed", "Page", "Story", "find_dossier", "list_dossiers", "stream_dossiers"]

MOST = 1000
"""The longest page."""

_PART = 2000


@dataclass(frozen=True)
class Listed:
    """A dossier in a list. `standing`: one of `standing.STANDINGS`, at the list's instant; None
    for one that was turned away without being refused.

    `applicant` is masked to initials. `amount`: what it adds to the list's metric.
    """

    dossier_id: str
    source_id: str
    code: str
    hub_id: str
    procedure_id: str
    channel_level: str
    official_id: str | None
    status: int
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    end_kind: str | None
    outcome: str | None
    worked_minutes: int | None
    applicant: str | None
    standing: str | None
    amount: int


@dataclass(frozen=True)
class Page:
    """Some rows of a list. `total`: all rows, the number on the screen.

    `sort`, `descending`: the order that the rows really have; another than the one asked for where
    so many rows cannot be sorted so fast.
    """

    rows: tuple[Listed, ...]
    total: int
    start: int
    sort: str
    descending: bool
    as_of: datetime
    revision: int


@dataclass(frozen=True)
class Story:
    """One dossier: its facts as its source wrote them, and all that follows.

    `facts`: the columns of ``dossier`` (hub_id as written; applicant masked). `clock`: those of
    ``dossier_clock``; None while it waits to be summed. `spans`: (state, from, to) of its open
    life. `steps`: how its due time would come about by today's rules; `clock` holds the one that
    counts. `touched`: the exceptional days (day → kind and name) from its reception to its due
    time and its end. `twins`: other sources with a dossier of this code.
    """

    facts: dict[str, Any]
    clock: dict[str, Any] | None
    events: tuple[EventRow, ...]
    waits: tuple[Wait, ...]
    spans: tuple[tuple[str, datetime, datetime | None], ...]
    steps: tuple[Step, ...]
    touched: dict[date, tuple[str, str]]
    standing: str | None
    hub_id: str
    twins: tuple[str, ...]


def list_dossiers(
    connection: Connection,
    ward: Ward,
    scope: Scope,
    as_of: datetime,
    *,
    name: str = "received",
    sort: str = "",
    descending: bool = True,
    start: int = 0,
    limit: int = 100,
) -> Page:
    """The rows from number `start` on behind that metric in that scope.

    What is written later than `as_of` does not shift them. An unknown `sort` means the natural
    order; Problem for an unknown metric.
    """
    listing = _listing(connection, ward, scope, as_of, name, sort, descending)
    total = listing.total()
    listing = listing.ordered(total)
    first = max(0, start)
    inside = min(limit, MOST, total - first)
    rows = listing.page(first, inside) if inside > 0 else []
    return Page(
        tuple(shown(listing.question, rows)), total, first, listing.sort, listing.descending,
        as_of, listing.question.revision.number,
    )  # fmt: skip


def stream_dossiers(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, *,
    name: str = "received", sort: str = "", descending: bool = True,
) -> tuple[Page, Iterator[Listed]]:  # fmt: skip
    """All rows of that list in its order, few of them in memory; the Page has none of them."""
    listing = _listing(connection, ward, scope, as_of, name, sort, descending)
    total = listing.total()
    listing = listing.ordered(total)
    revision = listing.question.revision.number
    page = Page((), total, 0, listing.sort, listing.descending, as_of, revision)
    return page, _streamed(listing)


def _streamed(listing: Listing) -> Iterator[Listed]:
    connection = listing.question.connection
    for part in stream(connection, listing.statement(), listing.values, _PART):
        yield from shown(listing.question, [(row[0], int(row[1] or 0)) for row in part])


def _listing(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, name: str, sort: str,
    descending: bool,
) -> Listing:  # fmt: skip
    (metric,) = find_metrics([name])
    question = Question(connection, ward, scope, as_of, find_revision(connection, ward.id))
    known = sort if sort in SORTS else natural_order(metric)
    return Listing(question, metric, known, descending)


# ---------------------------------------------------------------- one row


def shown(question: Question, rows: Sequence[tuple[str, int]]) -> Iterator[Listed]:
    """What a list shows of these dossiers (id, amount), in this order."""
    connection, ward = question.connection, question.ward
    if not rows:
        return
    found = find_listed(connection, ward.id, [dossier_id for dossier_id, _ in rows])
    judge = _Judge.at(question)
    for dossier_id, amount in rows:
        if dossier_id in found:
            row, spans = found[dossier_id]
            yield _listed(row, judge.standing(row, spans), amount)


def _listed(row: Any, standing: str | None, amount: int) -> Listed:
    return Listed(
        row.dossier_id, row.source_id, row.code, row.hub_id, row.procedure_id, row.channel_level,
        row.official_id, row.status, row.submitted_at, row.received_at, row.due_at, row.ended_at,
        row.end_kind, row.outcome, row.worked_minutes, masked(row.applicant), standing, amount,
    )  # fmt: skip


def masked(name: str | None) -> str | None:
    """Initials instead of a name: ``N. V. A.``"""
    if not name:
        return None
    return " ".join(f"{word[0].upper()}." for word in name.split()) or None


_OF_SPAN = {"overdue": "overdue", "suspended": "suspended", "no_due": "open_no_due"}


@dataclass(frozen=True)
class _Judge:
    """Tells where a dossier stands just before `instant`, as `standing.STANDINGS` counts it."""

    instant: datetime
    soon_until: datetime
    soon_ids: frozenset[str]

    @staticmethod
    def at(question: Question) -> _Judge:
        at, ward, connection = question.bounds.end, question.ward, question.connection
        values = soon_values(connection, ward, find_calendar(connection, ward), at)
        return _Judge(at, values["due_soon_until"], frozenset(values["due_soon_ids"]))

    def standing(self, row: Any, spans: Sequence[Span]) -> str | None:
        if not self._before(row.received_at):
            return self._unreceived(row)
        if self._before(row.ended_at):
            return self._ended(row)
        for state, begun, over in spans:
            if begun < self.instant and (over is None or over >= self.instant):
                return _OF_SPAN[state]
        return "due_soon" if self._soon(row) else "within_due"

    def _before(self, at: datetime | None) -> bool:
        return at is not None and at < self.instant

    def _unreceived(self, row: Any) -> str | None:
        if self._before(row.accepted_at):
            return "refused" if row.refused_day else None
        return "waiting_reception" if self._before(row.submitted_at) else None

    def _ended(self, row: Any) -> str:
        if row.end_kind != "done":
            return str(row.end_kind)
        collected = row.returned_at is not None and (
            row.returned_at < self.instant or row.returned_at < row.processed_at
        )
        return "awaiting_return" if self._before(row.processed_at) and not collected else "done"

    def _soon(self, row: Any) -> bool:
        if row.due_at is None:
            return False
        near = max(row.due_at, row.overdue_at) <= self.soon_until
        return near or row.dossier_id in self.soon_ids


# ---------------------------------------------------------------- one dossier


def find_dossier(
    connection: Connection, ward: Ward, code: str, source: str | None, as_of: datetime
) -> Story | None:
    """The dossier of that code as it stands at `as_of`; None when there is none.

    Codes are unique within a source: without `source` the first is taken, and `twins` names the
    sources of the others.
    """
    ids = find_ids(connection, ward.id, code)
    chosen = source if source in ids else next(iter(ids), None)
    if chosen is None or (source is not None and source != chosen):
        return None
    whole = find_whole(connection, ward.id, ids[chosen])
    if whole is None:
        return None
    rules = find_rules(connection, ward.id)
    ((_, _, facts),) = facts_of(connection, rules, [ids[chosen]])
    limit = rules.trait(facts.procedure_id).limit
    listed = find_listed(connection, ward.id, [ids[chosen]]).get(ids[chosen])
    today = local_day(as_of, ward.zone)
    place = Scope(ward.id, today, date.fromordinal(today.toordinal() + 1))
    judge = _Judge.at(Question(connection, ward, place, as_of, find_revision(connection, ward.id)))
    return Story(
        facts=dict(whole.facts) | {"applicant": masked(whole.facts["applicant"])},
        clock=dict(whole.clock) if whole.clock else None,
        events=whole.events,
        waits=whole.waits,
        spans=whole.spans,
        steps=tuple(explain_due(facts, limit, rules.of(chosen))),
        touched=_touched(connection, ward, facts, whole.clock),
        standing=judge.standing(*listed) if listed else None,
        hub_id=facts.hub_id,
        twins=tuple(name for name in ids if name != chosen),
    )


def _touched(
    connection: Connection, ward: Ward, facts: Facts, clock: Any
) -> dict[date, tuple[str, str]]:
    if facts.received_at is None or clock is None:
        return {}
    until = max(at for at in (clock["due_at"], clock["ended_at"], facts.received_at) if at)
    first, last = (local_day(at, ward.zone) for at in (facts.received_at, until))
    days = list_calendar(connection)
    return {one.day: (one.kind, one.name) for one in days if first <= one.day <= last}
