"""The dossiers of one source that are not over yet: whoever moves them on asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ops_center.store.tables import dossier, dossier_clock, waiting

_OVER = (3, 7, 8, 10)  # refused, withdrawn, stopped, returned


@dataclass(frozen=True)
class OpenDossier:
    """What matters for a dossier's next step. `since`: its last known instant.

    `asked_at`: when the request that is still unanswered was made; `overdue_at`: as the
    refresher last derived it.
    """

    code: str
    hub_id: str
    procedure_id: str
    channel: str
    level: str | None
    status: int
    fee: int | None
    payment: str | None
    supplement_count: int
    submitted_at: datetime | None
    received_at: datetime | None
    processed_at: datetime | None
    asked_at: datetime | None
    answered_at: datetime | None
    overdue_at: datetime | None

    @property
    def since(self) -> datetime | None:
        """The last instant at which something happened to it, as far as its facts tell."""
        known = (
            self.submitted_at, self.received_at, self.processed_at, self.asked_at,
            self.answered_at,
        )  # fmt: skip
        return max((at for at in known if at), default=None)


def find_open(
    connection: Connection, ward_id: str, source_id: str, codes: Sequence[str] | None = None
) -> list[OpenDossier]:
    """That source's dossiers that are not over, by code; of these `codes` only, if given."""
    query = _open_dossiers().where(dossier.c.ward_id == ward_id, dossier.c.source_id == source_id)
    if codes is not None:
        query = query.where(dossier.c.code.in_(codes))
    return [OpenDossier(**row._mapping) for row in connection.execute(query)]


@cache
def _open_dossiers() -> Select[Any]:
    names = ("code", "hub_id", "procedure_id", "channel", "level", "status", "fee", "payment",
             "supplement_count", "submitted_at", "received_at", "processed_at")  # fmt: skip
    asked = _latest_wait("asked_at", func.max(waiting.c.from_at), waiting.c.to_at.is_(None))
    answered = _latest_wait("answered_at", func.max(waiting.c.to_at))
    same = (dossier_clock.c.ward_id == dossier.c.ward_id) & (
        dossier_clock.c.dossier_id == dossier.c.id
    )
    return (
        select(*(dossier.c[name] for name in names), asked, answered, dossier_clock.c.overdue_at)
        .select_from(dossier.outerjoin(dossier_clock, same))
        .where(dossier.c.status.not_in(_OVER))
        .order_by(dossier.c.code)
    )


def _latest_wait(name: str, latest: Any, *conditions: Any) -> Any:
    """One instant out of the waiting intervals of the dossier beside it."""
    mine = (waiting.c.ward_id == dossier.c.ward_id, waiting.c.dossier_id == dossier.c.id)
    return select(latest).where(*mine, *conditions).scalar_subquery().label(name)


def has_dossiers(connection: Connection, ward_id: str, source_id: str) -> bool:
    """Whether that source has written any dossier."""
    query = select(dossier.c.id).where(
        dossier.c.ward_id == ward_id, dossier.c.source_id == source_id
    )
    return connection.execute(query.limit(1)).first() is not None


def find_last_code(
    connection: Connection, ward_id: str, source_id: str, beginning: str
) -> str | None:
    """That source's longest and then greatest code with this beginning: the last number given."""
    query = (
        select(dossier.c.code)
        .where(dossier.c.ward_id == ward_id, dossier.c.source_id == source_id)
        .where(dossier.c.code.startswith(beginning, autoescape=True))
        .order_by(func.length(dossier.c.code).desc(), dossier.c.code.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()
