"""The wards: who they are, how they work, and which one is meant."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, insert, select, update

from ops_center.i18n import Problem, text
from ops_center.store.tables import hub, revision, ward

UNASSIGNED = "unassigned"
"""Id and code of each ward's hub for dossiers whose place nobody could tell."""


@dataclass(frozen=True)
class Ward:
    """A ward as configured. `boundary`: GeoJSON text; `same_day_cutoff`: local "HH:MM"."""

    id: str
    name: str
    issuing_body: str = ""
    time_zone: str = "Asia/Ho_Chi_Minh"
    working_hours: str = "Mon-Fri 08:00-12:00 13:30-17:30"
    same_day_cutoff: str = "15:00"
    due_soon_minutes: int = 480
    second_supplement_is_late: bool = True
    illustrative: bool = False
    boundary: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The ward's time zone; Problem when its name is unknown."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Problem("store.unknown_zone", zone=self.time_zone, ward=self.id) from error


def list_wards(connection: Connection) -> list[Ward]:
    """All wards, by id."""
    return [Ward(**row._mapping) for row in connection.execute(select(ward).order_by(ward.c.id))]


def find_ward(connection: Connection, ward_id: str | None = None) -> Ward:
    """The ward of that id, or the only one; Problem when none or several could be meant."""
    query = select(ward) if ward_id is None else select(ward).where(ward.c.id == ward_id)
    found = connection.execute(query.limit(2)).all()
    if len(found) == 1:
        return Ward(**found[0]._mapping)
    raise _unclear(connection, ward_id)


def _unclear(connection: Connection, ward_id: str | None) -> Problem:
    names = ", ".join(connection.execute(select(ward.c.id).order_by(ward.c.id)).scalars())
    if not names:
        return Problem("store.no_ward")
    if ward_id is None:
        return Problem("store.several_wards", wards=names)
    return Problem("store.unknown_ward", ward=ward_id, wards=names)


def add_ward(connection: Connection, new: Ward) -> None:
    """Add a ward with its hub "unassigned" and its revision 0; a zone must be known."""
    assert new.zone
    connection.execute(insert(ward).values(**asdict(new)))
    connection.execute(
        insert(hub).values(
            ward_id=new.id,
            id=UNASSIGNED,
            code=UNASSIGNED,
            name=text("store.unassigned", "vi"),
            sort_key="~",  # after all real names
        )
    )
    connection.execute(insert(revision).values(ward_id=new.id))


def set_boundary(connection: Connection, ward_id: str, boundary: str | None) -> None:
    """Keep the ward's outline: GeoJSON text in WGS 84, checked by whoever read it."""
    connection.execute(update(ward).where(ward.c.id == ward_id).values(boundary=boundary))
