"""The people of a ward: officials, owners of tasks, later subscribers and accounts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from ops_center.i18n import given_name_key
from ops_center.store.rows import Kept, given, keep
from ops_center.store.tables import person


@dataclass(frozen=True)
class Person:
    """Somebody who works for the ward."""

    ward_id: str
    id: str
    name: str
    unit: str = ""
    email: str | None = None
    active: bool = True


def list_people(connection: Connection, ward_id: str) -> list[Person]:
    """All people of the ward by given name, the last word."""
    rows = connection.execute(select(person).where(person.c.ward_id == ward_id))
    return sorted(
        (Person(**row._mapping) for row in rows), key=lambda p: (given_name_key(p.name), p.id)
    )


def add_person(
    connection: Connection, ward_id: str, name: str, unit: str = "", email: str | None = None
) -> str:
    """The id of the person of that name, who is added if unknown."""
    this = (person.c.ward_id == ward_id) & (person.c.name == name)
    found = connection.execute(select(person.c.id).where(this).order_by(person.c.id)).scalar()
    if found is not None:
        return str(found)
    new = insert(person).values(ward_id=ward_id, name=name, unit=unit, email=email)
    return str(connection.execute(new.returning(person.c.id)).scalar_one())


def keep_person(
    connection: Connection,
    ward_id: str,
    name: str,
    *,
    id: str | None = None,
    unit: str = "",
    email: str | None = None,
    active: bool = True,
) -> Kept:
    """Change the person of that id to be so; without an id, add somebody new."""
    told = {"name": name, "unit": unit, "email": email, "active": active}
    if id is not None:
        return keep(connection, person, {"ward_id": ward_id, "id": id}, told)
    connection.execute(insert(person).values(ward_id=ward_id, **given(**told)))
    return "added"


def reader_of(
    connection: Connection, ward_id: str, email: str, name: str, unit: str = ""
) -> Person:
    """The person of that address; else the one of that name who has none, and gets it; else
    somebody new."""
    people = list_people(connection, ward_id)
    for one in people:
        if (one.email or "").lower() == email.lower():
            return one
    for one in people:
        if one.name == name and not one.email:
            told = {"email": email}
            keep(connection, person, {"ward_id": ward_id, "id": one.id}, told)
            return Person(ward_id, one.id, name, one.unit, email, one.active)
    new = insert(person).values(ward_id=ward_id, name=name, unit=unit, email=email)
    id = connection.execute(new.returning(person.c.id)).scalar_one()
    return Person(ward_id, id, name, unit, email)
