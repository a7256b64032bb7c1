"""How the installation runs: heartbeats, leases, revisions, unsummed changes, claimed jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select

from ops_center.store.aside import not_aside
from ops_center.store.rows import dialect_insert
from ops_center.store.tables import change, heartbeat, job_run, lease, revision

_LONGEST_LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Heartbeat:
    """A process was alive at that instant; `detail` is its own word about how it is."""

    process: str
    at: datetime
    detail: str


@dataclass(frozen=True)
class Revision:
    """How often a ward's data was summed, and when last (None: never)."""

    number: int
    at: datetime | None


def beat(connection: Connection, process: str, now: datetime, detail: str = "") -> None:
    """The process is alive now."""
    new = dialect_insert(connection, heartbeat).values(process=process, at=now, detail=detail)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["process"], set_={"at": new.excluded.at, "detail": new.excluded.detail}
        )
    )


def find_heartbeats(connection: Connection) -> dict[str, Heartbeat]:
    """The last sign of life of each process, by its name."""
    return {row.process: Heartbeat(**row._mapping) for row in connection.execute(select(heartbeat))}


def take_lease(
    connection: Connection, ward_id: str, name: str, holder: str, now: datetime, seconds: float
) -> bool:
    """Take or extend the lease until `seconds` from now; False while another holds it.

    `seconds`: at most 120. A lease that ends later was written before the clock was set back,
    perhaps by hours, and counts as run out.
    """
    until = now + timedelta(seconds=seconds)
    new = dialect_insert(connection, lease).values(
        ward_id=ward_id, name=name, holder=holder, until=until
    )
    taken = new.on_conflict_do_update(
        index_elements=["ward_id", "name"],
        set_={"holder": holder, "until": until},
        where=or_(
            lease.c.holder == holder, lease.c.until <= now, lease.c.until > now + _LONGEST_LEASE
        ),
    )
    return connection.execute(taken.returning(lease.c.holder)).first() is not None


def hold_lease(connection: Connection, ward_id: str, name: str, holder: str, now: datetime) -> bool:
    """Whether the lease is still ours; if so nobody can take it before this transaction ends."""
    row = connection.execute(
        select(lease.c.holder, lease.c.until)
        .where(lease.c.ward_id == ward_id, lease.c.name == name)
        .with_for_update()
    ).first()
    return row is not None and row.holder == holder and row.until > now


def find_lease(connection: Connection, ward_id: str, name: str) -> tuple[str, datetime] | None:
    """Who took that lease last and until when."""
    row = connection.execute(
        select(lease.c.holder, lease.c.until).where(
            lease.c.ward_id == ward_id, lease.c.name == name
        )
    ).first()
    return None if row is None else (row.holder, row.until)


def find_revision(connection: Connection, ward_id: str) -> Revision:
    """The ward's revision; 0 for a ward that was never summed."""
    row = connection.execute(
        select(revision.c.number, revision.c.at).where(revision.c.ward_id == ward_id)
    ).first()
    return Revision(0, None) if row is None else Revision(row.number, row.at)


def oldest_change(connection: Connection, ward_id: str) -> datetime | None:
    """Since when a written dossier waits to be summed; None when all are.

    One that is set aside waits for us, not for the worker: `aside.find_aside` tells of it.
    """
    waits = and_(change.c.ward_id == ward_id, not_aside(ward_id, change.c.dossier_id))
    found: datetime | None = connection.execute(
        select(change.c.at).where(waits).order_by(change.c.at).limit(1)
    ).scalar()
    return found


def claim_run(
    connection: Connection, ward_id: str, job: str, period: str, holder: str, now: datetime
) -> bool:
    """True for exactly one caller per ward, job and period, whatever happens at once."""
    new = dialect_insert(connection, job_run).values(
        ward_id=ward_id, job=job, period=period, holder=holder, claimed_at=now
    )
    claimed = new.on_conflict_do_nothing(index_elements=["ward_id", "job", "period"])
    return connection.execute(claimed.returning(job_run.c.job)).first() is not None
