"""What can be chosen: a ward's hubs, the fields and procedures, and its people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from ops_center.store.hubs import Hub, hub_moves, list_hubs
from ops_center.store.people import Person, list_people
from ops_center.store.procedures import Field, Procedure, list_fields, list_procedures

__all__ = ["Field", "Hub", "Lists", "Person", "Procedure", "find_lists"]


@dataclass(frozen=True)
class Lists:
    """The names of a ward, each list in Vietnamese order.

    `hubs` are those that dossiers count at: merged ones are not there, but `hub_ids` finds the
    hub they became by their code too.
    """

    hubs: tuple[Hub, ...] = ()
    fields: tuple[Field, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    people: tuple[Person, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()

    @cached_property
    def hub_ids(self) -> dict[str, str]:
        """Hub code → the id where its dossiers count."""
        return {**{hub.code: str(hub.id) for hub in self.hubs}, **dict(self.moved)}

    @cached_property
    def hub_by_id(self) -> dict[str, Hub]:
        return {str(hub.id): hub for hub in self.hubs}

    @cached_property
    def field_by_id(self) -> dict[str, Field]:
        return {one.id: one for one in self.fields}

    @cached_property
    def procedure_by_id(self) -> dict[str, Procedure]:
        return {one.id: one for one in self.procedures}

    @cached_property
    def person_by_id(self) -> dict[str, Person]:
        return {one.id: one for one in self.people}


def find_lists(connection: Connection, ward_id: str) -> Lists:
    """The ward's lists as they stand."""
    hubs, moves = list_hubs(connection, ward_id), hub_moves(connection, ward_id)
    return Lists(
        tuple(hub for hub in hubs if moves[str(hub.id)] == hub.id),
        tuple(list_fields(connection)),
        tuple(list_procedures(connection)),
        tuple(list_people(connection, ward_id)),
        tuple((hub.code, moves[str(hub.id)]) for hub in hubs if moves[str(hub.id)] != hub.id),
    )
