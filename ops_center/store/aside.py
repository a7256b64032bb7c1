"""Dossiers set aside: a defect of ours keeps them from being summed, and all others go on.

Their marks stay. They are kept as a lease that nobody can take before it is over: its name tells
the dossier, its holder what went wrong. Then the dossier is tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select

from ops_center import logs
from ops_center.store.rows import dialect_insert
from ops_center.store.tables import dossier, lease

MOST = 20
"""Dossiers of a ward that may be set aside; more are no accident of one dossier."""

_NAME = "dossier:"
_RETRY = timedelta(minutes=1)
_SHOWN = 200  # letters of what went wrong


@dataclass(frozen=True)
class Aside:
    """A dossier that could not be summed: its code (None: it is gone), why, when tried again."""

    dossier_id: str
    code: str | None
    reason: str
    until: datetime


def find_aside(connection: Connection, ward_id: str) -> list[Aside]:
    """Every dossier of the ward that is set aside."""
    rows = connection.execute(
        select(lease.c.name, lease.c.holder, lease.c.until).where(_here(ward_id))
    ).all()
    known = {name.removeprefix(_NAME): (reason, until) for name, reason, until in rows}
    if not known:
        return []
    codes = dict(
        connection.execute(
            select(dossier.c.id, dossier.c.code).where(
                dossier.c.ward_id == ward_id, dossier.c.id.in_(known)
            )
        ).all()
    )
    return [Aside(id, codes.get(id), *known[id]) for id in sorted(known)]


def resting(connection: Connection, ward_id: str, now: datetime) -> frozenset[str]:
    """The dossiers whose time to be tried again has not come."""
    rows = connection.execute(
        select(lease.c.name).where(
            _here(ward_id), lease.c.until > now, lease.c.until <= now + _RETRY
        )  # one that ends later was written before the clock was set back
    )
    return frozenset(name.removeprefix(_NAME) for name in rows.scalars())


def not_aside(ward_id: str, dossier_id: ColumnElement[str]) -> ColumnElement[bool]:
    """A condition: that dossier is not set aside."""
    ids = select(func.substr(lease.c.name, len(_NAME) + 1)).where(_here(ward_id))
    return dossier_id.not_in(ids)


def settle(
    connection: Connection,
    ward_id: str,
    tried: Iterable[str],
    failed: Mapping[str, Exception],
    now: datetime,
) -> None:
    """Set aside those that failed, and no longer those that were tried and did not.

    Too many at once are no accident of one dossier: then the first failure is raised.
    """
    known = {one.dossier_id: one.reason for one in find_aside(connection, ward_id)}
    mended = (known.keys() & set(tried)) - failed.keys()
    if failed and len((known.keys() - mended) | failed.keys()) > MOST:
        raise next(iter(failed.values()))
    _forget(connection, ward_id, mended)
    for id, error in failed.items():
        reason = f"{type(error).__name__}: {error}"[:_SHOWN]
        _put(connection, ward_id, id, reason, now + _RETRY)
        if known.get(id) != reason:
            logs.failure("sum.set_aside", error, ward=ward_id, dossier=id)


def _put(connection: Connection, ward_id: str, id: str, reason: str, until: datetime) -> None:
    new = dialect_insert(connection, lease).values(
        ward_id=ward_id, name=_NAME + id, holder=reason, until=until
    )
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["ward_id", "name"], set_={"holder": reason, "until": until}
        )
    )


def _forget(connection: Connection, ward_id: str, ids: Collection[str]) -> None:
    if ids:
        names = [_NAME + id for id in ids]
        connection.execute(
            delete(lease).where(lease.c.ward_id == ward_id, lease.c.name.in_(names))
        )


def _here(ward_id: str) -> ColumnElement[bool]:
    return (lease.c.ward_id == ward_id) & lease.c.name.startswith(_NAME)
