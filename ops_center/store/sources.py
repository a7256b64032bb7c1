"""The sources: the systems and files that write dossiers, and when each was last heard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from ops_center.store.rows import insert_missing
from ops_center.store.tables import source


@dataclass(frozen=True)
class Source:
    """Who writes. `silent_after_minutes`: working minutes of silence that are still normal.

    `waiting_pushes_due`: whether waiting intervals move the due times it gives.
    """

    ward_id: str
    id: str
    name: str
    last_heard_at: datetime | None = None
    waiting_pushes_due: bool = True
    silent_after_minutes: int = 60
    illustrative: bool = False


def list_sources(connection: Connection, ward_id: str) -> list[Source]:
    """All sources of the ward, by id."""
    rows = connection.execute(
        select(source).where(source.c.ward_id == ward_id).order_by(source.c.id)
    )
    return [Source(**row._mapping) for row in rows]


def add_source(connection: Connection, new: Source) -> Source:
    """The source of that id as it stands; added as given if unknown."""
    insert_missing(connection, source, [asdict(new)], ("ward_id", "id"))
    row = connection.execute(
        select(source).where(source.c.ward_id == new.ward_id, source.c.id == new.id)
    ).one()
    return Source(**row._mapping)


def heard(connection: Connection, ward_id: str, source_id: str, at: datetime) -> None:
    """The source was heard at that instant; an older one than known changes nothing."""
    connection.execute(
        update(source)
        .where(source.c.ward_id == ward_id, source.c.id == source_id)
        .where(or_(source.c.last_heard_at.is_(None), source.c.last_heard_at < at))
        .values(last_heard_at=at)
    )
