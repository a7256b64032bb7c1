"""The people of a ward: officials, owners of tasks, later subscribers and accounts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select

from ops_center.i18n import Problem, fold, given_name_key
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
    connection: Connection, ward_id: str, email: str, name: str = "", unit: str = ""
) -> Person:
    """Who of that name reads at that address; several may do so.

    Nobody yet: the person of that name who has no address gets it, else somebody new. Without a
    name it is the one person of that address; Problem when there are several.
    """
    at_address = func.lower(person.c.email) == email.lower()
    without = (person.c.name == name) & (func.coalesce(person.c.email, "") == "")
    rows = connection.execute(
        select(person).where(person.c.ward_id == ward_id, at_address | without)
        .order_by(person.c.name, person.c.id)
    )  # fmt: skip
    people = [Person(**row._mapping) for row in rows]
    here = [one for one in people if one.email]
    if not name and (found := _only(here, email)):
        return found
    for one in here:
        if _is_called(one.name, name):
            return one
    for one in people:
        if not one.email or one.name == one.email:  # of that name, or nobody knew the name yet
            changed = replace(one, name=name, email=email, unit=one.unit or unit)
            told = {"name": changed.name, "email": email, "unit": changed.unit}
            keep(connection, person, {"ward_id": ward_id, "id": one.id}, told)
            return changed
    name = name or email
    new = insert(person).values(ward_id=ward_id, name=name, unit=unit, email=email)
    id = connection.execute(new.returning(person.c.id)).scalar_one()
    return Person(ward_id, id, name, unit, email)


def _is_called(known: str, name: str) -> bool:
    """Whether it is the same name; one that is typed without accents is any that reads so."""
    plain = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    if fold(name) == plain:
        return fold(known) == plain
    return " ".join(unicodedata.normalize("NFC", known).casefold().split()) == plain


def _only(here: Sequence[Person], email: str) -> Person | None:
    """The one who reads there; one who left counts only where nobody else does."""
    found = [one for one in here if one.active] or here
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise Problem("post.command.shared", address=email, names=names)
    return next(iter(found), None)
