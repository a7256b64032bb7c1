"""Each letter to each recipient, once: planned, written, claimed by one worker, settled.

A row is claimed by a lease and settled only by who holds it. Any number of workers may do so at
the same time; one that dies leaves its row to the others when the lease runs out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, true, update

from ops_center.store import letter_tables
from ops_center.store.letter_tables import outbox
from ops_center.store.rows import dialect_insert

LONGEST_LEASE = timedelta(seconds=120)
LONGEST_WAIT = timedelta(hours=1)
"""Between two attempts. What is to be looked at later still was written before the clock was set
back, and is looked at now."""

NOTICE = "notice"
"""The kind of what the keeper is told: nobody is told when that is refused."""

UNSETTLED = ("waiting", "held", "sending", "retry")
_UNSETTLED: Any = text(letter_tables.UNSETTLED)  # as the partial index says it, or it is not used


@dataclass(frozen=True)
class Planned:
    """A letter to be sent, or one that is `skipped` for a `reason`.

    It is one and the same for each subscription, kind and slot; without a subscription, for each
    recipient: an address may be read by several.
    """

    kind: str
    slot: str
    recipient: str
    subscription_id: str | None
    due_at: datetime
    next_at: datetime
    message_id: str
    state: str = "waiting"
    reason: str = ""
    letter_id: str | None = None


@dataclass(frozen=True)
class Entry:
    """A row of the outbox. What each field means: db/README.md."""

    ward_id: str
    id: str
    kind: str
    slot: str
    recipient: str
    subscription_id: str | None
    letter_id: str | None
    due_at: datetime
    next_at: datetime
    until: datetime | None
    sent_at: datetime | None
    told_at: datetime | None
    state: str
    attempts: int
    holder: str | None
    message_id: str
    reply: str
    reason: str


@dataclass(frozen=True)
class Numbers:
    """How the outbox is. `states`: how many rows are in each; `oldest`: since when the longest
    waiting one is due; `untold`: refused ones that the keeper was not told of."""

    states: Mapping[str, int]
    oldest: datetime | None
    untold: int
    last_sent: datetime | None


# --- planning --------------------------------------------------------------------------------


def plan(connection: Connection, ward_id: str, rows: Sequence[Planned]) -> int:
    """Add those that are not there yet; how many were added."""
    if not rows:
        return 0
    added = (
        dialect_insert(connection, outbox)
        .on_conflict_do_nothing()
        .returning(outbox.c.id)
    )
    told = [{"ward_id": ward_id, **asdict(row)} for row in rows]
    return len(connection.execute(added, told).all())


# --- writing ---------------------------------------------------------------------------------


def list_unwritten(connection: Connection, ward_id: str, now: datetime) -> list[Entry]:
    """Those whose letter is to be written now, in the order they are due."""
    due = and_(_UNSETTLED, outbox.c.state.in_(("waiting", "held")), _ripe(now))
    rows = connection.execute(
        select(outbox).where(outbox.c.ward_id == ward_id, outbox.c.letter_id.is_(None), due)
    )
    # Sorted here: asked for in that order, SQLite would walk through all that was ever due.
    return sorted((_entry(row._mapping) for row in rows), key=lambda one: (one.due_at, one.id))


def attach(connection: Connection, ward_id: str, ids: Collection[str], letter_id: str) -> None:
    """Their letter is written."""
    _change(connection, ward_id, ids, letter_id=letter_id, state="waiting", until=None, reason="")


def hold(
    connection: Connection, ward_id: str, ids: Collection[str], again: datetime, until: datetime,
    reason: str,
) -> None:  # fmt: skip
    """Their letter cannot be written yet: look again then, and until then at most."""
    _change(connection, ward_id, ids, state="held", next_at=again, until=until, reason=reason)


def skip(
    connection: Connection, ward_id: str, ids: Collection[str], now: datetime, reason: str
) -> None:
    """They are not to be sent after all."""
    _change(connection, ward_id, ids, state="skipped", next_at=now, until=None, reason=reason)


def _change(connection: Connection, ward_id: str, ids: Collection[str], **values: Any) -> None:
    """Only what still waits for its letter: another worker may have been faster."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.ward_id == ward_id, outbox.c.id.in_(ids), outbox.c.letter_id.is_(None),
            outbox.c.state.in_(("waiting", "held")),
        )
        .values(**values)
    )  # fmt: skip


# --- delivering ------------------------------------------------------------------------------


def is_ready(connection: Connection, ward_id: str, now: datetime) -> bool:
    """Whether there is anything to claim."""
    found = select(outbox.c.id).where(outbox.c.ward_id == ward_id, _claimable(now)).limit(1)
    return connection.execute(found).first() is not None


def claim(
    connection: Connection, ward_id: str, holder: str, now: datetime, seconds: float
) -> Entry | None:
    """One letter that is ours to send for so many seconds (at most 120), the first that is due."""
    next_one = (
        select(outbox.c.id)
        .where(outbox.c.ward_id == ward_id, _claimable(now))
        .order_by(outbox.c.next_at, outbox.c.letter_id, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = connection.execute(
        update(outbox)
        .where(outbox.c.ward_id == ward_id, outbox.c.id == next_one, _claimable(now))
        .values(
            state="sending", holder=holder, until=now + timedelta(seconds=seconds),
            attempts=outbox.c.attempts + 1,
        )
        .returning(outbox)
    ).first()  # fmt: skip
    return None if row is None else _entry(row._mapping)


def settle_sent(connection: Connection, mine: Entry, now: datetime, reply: str) -> bool:
    """The server took it. As for all that settle: False when another worker holds it by now."""
    return _settle(connection, mine, state="sent", sent_at=now, reply=reply, reason="")


def settle_later(
    connection: Connection, mine: Entry, again: datetime, reply: str, reason: str
) -> bool:
    """It is tried again then."""
    return _settle(connection, mine, state="retry", next_at=again, reply=reply, reason=reason)


def settle_refused(
    connection: Connection, mine: Entry, now: datetime, reply: str, reason: str
) -> bool:
    """It is refused for good."""
    return _settle(connection, mine, state="refused", next_at=now, reply=reply, reason=reason)


def settle_skipped(connection: Connection, mine: Entry, now: datetime, reason: str) -> bool:
    """It is not to be sent after all."""
    return _settle(connection, mine, state="skipped", next_at=now, reason=reason)


def _settle(connection: Connection, mine: Entry, **values: Any) -> bool:
    """The attempt counts too: a worker must not settle what it holds anew."""
    found = connection.execute(
        update(outbox)
        .where(
            outbox.c.ward_id == mine.ward_id, outbox.c.id == mine.id,
            outbox.c.state == "sending", outbox.c.holder == mine.holder,
            outbox.c.attempts == mine.attempts,
        )
        .values(until=None, **values)
        .returning(outbox.c.id)
    )  # fmt: skip
    return found.first() is not None


def note(connection: Connection, ward_id: str, now: datetime, reason: str) -> None:
    """Why what is due is not on its way: there is no server, or it does not answer."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.ward_id == ward_id, _UNSETTLED, outbox.c.state.in_(("waiting", "retry")),
            _ripe(now), outbox.c.reason != reason,
        )
        .values(reason=reason)
    )  # fmt: skip


def give_up(
    connection: Connection, ward_id: str, before: datetime, now: datetime, unset: Collection[str]
) -> list[Entry]:
    """End what was due before that instant and still waits.

    What nobody could try – nothing ran, or it waits for one of the reasons `unset` – is skipped;
    what was tried is refused, with the last reason.
    """
    waiting = select(outbox.c.id, outbox.c.due_at).where(outbox.c.ward_id == ward_id, _UNSETTLED)
    ids = [id for id, due_at in connection.execute(waiting) if due_at < before]
    if not ids:
        return []
    stale = and_(
        outbox.c.ward_id == ward_id,
        outbox.c.id.in_(ids),
        or_(outbox.c.state.in_(("waiting", "held", "retry")), _abandoned(now)),
    )
    untried = and_(outbox.c.attempts == 0, outbox.c.reason == "")
    ends: list[tuple[ColumnElement[bool], dict[str, Any]]] = [
        (untried, {"state": "skipped", "reason": "too_old"}),
        (outbox.c.reason.in_(unset), {"state": "skipped"}),
        (true(), {"state": "refused", "reason": "gave_up " + outbox.c.reason}),
    ]
    found: list[Entry] = []
    for which, values in ends:
        ended = update(outbox).where(stale, which).values(next_at=now, until=None, **values)
        rows = connection.execute(ended.returning(outbox))
        found += [_entry(row._mapping) for row in rows]
    return found


def _ripe(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.next_at <= now, outbox.c.next_at > now + LONGEST_WAIT)


def _abandoned(now: datetime) -> ColumnElement[bool]:
    over = or_(outbox.c.until <= now, outbox.c.until > now + LONGEST_LEASE)
    return and_(outbox.c.state == "sending", over)


def _claimable(now: datetime) -> ColumnElement[bool]:
    waits = and_(outbox.c.state.in_(("waiting", "retry")), _ripe(now))
    return and_(_UNSETTLED, outbox.c.letter_id.is_not(None), or_(waits, _abandoned(now)))


# --- the keeper ------------------------------------------------------------------------------


def list_untold(connection: Connection, ward_id: str, since: datetime) -> list[Entry]:
    """What was due since then and refused and the keeper does not know of, locked until this
    transaction ends."""
    rows = connection.execute(
        select(outbox).where(_untold(ward_id, since)).order_by(outbox.c.next_at, outbox.c.id)
        .with_for_update()
    )  # fmt: skip
    return [_entry(row._mapping) for row in rows]


def count_untold(connection: Connection, ward_id: str, since: datetime) -> int:
    """How many `list_untold` would find."""
    count = select(func.count()).select_from(outbox).where(_untold(ward_id, since))
    return connection.execute(count).scalar_one()


def mark_told(connection: Connection, ward_id: str, ids: Collection[str], now: datetime) -> None:
    """The keeper's notice of these is written."""
    connection.execute(
        update(outbox).where(outbox.c.ward_id == ward_id, outbox.c.id.in_(ids)).values(told_at=now)
    )


def _untold(ward_id: str, since: datetime) -> ColumnElement[bool]:
    return and_(
        outbox.c.ward_id == ward_id, outbox.c.due_at >= since, outbox.c.state == "refused",
        outbox.c.told_at.is_(None), outbox.c.kind != NOTICE,
    )  # fmt: skip


# --- looking ---------------------------------------------------------------------------------


def numbers(connection: Connection, ward_id: str, since: datetime) -> Numbers:
    """How the ward's outbox is: what was due since then."""
    here = (outbox.c.ward_id == ward_id) & (outbox.c.due_at >= since)
    counted = select(outbox.c.state, func.count(), func.max(outbox.c.sent_at))
    rows = connection.execute(counted.where(here).group_by(outbox.c.state)).all()
    # Counted too, so that SQLite does not walk through all that was ever due for a minimum alone.
    waiting = select(func.min(outbox.c.due_at), func.count()).where(
        outbox.c.ward_id == ward_id, _UNSETTLED
    )
    return Numbers(
        states={state: count for state, count, _ in rows},
        oldest=connection.execute(waiting).one()[0],
        untold=count_untold(connection, ward_id, since),
        last_sent=max((last for *_, last in rows if last is not None), default=None),
    )


def list_outbox(
    connection: Connection,
    ward_id: str,
    *,
    states: Collection[str] = (),
    subscription_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 200,
) -> list[Entry]:
    """The newest first, by when they were due."""
    query = select(outbox).where(outbox.c.ward_id == ward_id)
    if states:
        query = query.where(outbox.c.state.in_(states))
    if subscription_id is not None:
        query = query.where(outbox.c.subscription_id == subscription_id)
    if since is not None:
        query = query.where(outbox.c.due_at >= since)
    if until is not None:
        query = query.where(outbox.c.due_at < until)
    newest = query.order_by(outbox.c.due_at.desc(), outbox.c.recipient, outbox.c.id).limit(most)
    return [_entry(row._mapping) for row in connection.execute(newest)]


def find_entry(connection: Connection, ward_id: str, id: str) -> Entry | None:
    """The row of that id."""
    row = connection.execute(
        select(outbox).where(outbox.c.ward_id == ward_id, outbox.c.id == id)
    ).first()
    return None if row is None else _entry(row._mapping)


def send_again(
    connection: Connection, old: Entry, now: datetime, message_id: str, recipient: str = ""
) -> str | None:
    """Send what was sent, refused or skipped once more, as a row of its own; its id.

    To that address, where the reader has another one by now.

    None where it has no letter, or it is asked for twice within a second.
    """
    if old.letter_id is None or old.state in UNSETTLED:
        return None
    return connection.execute(
        dialect_insert(connection, outbox)
        .values(
            ward_id=old.ward_id, kind="again",
            slot=f"{old.kind} {old.slot} {now.isoformat(timespec='seconds')}",
            recipient=recipient or old.recipient, subscription_id=old.subscription_id,
            letter_id=old.letter_id, due_at=now, next_at=now, message_id=message_id,
        )
        .on_conflict_do_nothing()
        .returning(outbox.c.id)
    ).scalar()  # fmt: skip


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**row)
