"""Which hub and which procedure a file means; what is unknown is refused, made, or unassigned."""

from __future__ import annotations

import re
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection

from ops_center.i18n import fold
from ops_center.intake.columns import CODE_LENGTH
from ops_center.intake.fault import Fault
from ops_center.intake.mapping import FileMapping, Unknown
from ops_center.store.hubs import Hub, add_hub, find_aliases, list_hubs
from ops_center.store.procedures import (
    Field,
    Procedure,
    add_field,
    add_procedure,
    list_fields,
    list_procedures,
)
from ops_center.store.wards import UNASSIGNED, list_wards

OTHER_FIELD = Field("khac", "Khác", "Other", "أخرى")
"""The field of procedures that a file brought and nobody has described yet."""

_MOST_NEW = 1000  # more new hubs or procedures than this: it is the wrong column
_CODE = re.compile(r"(\d\.\d{6})(?:\D.*)?")


def short_code(code: str) -> str:
    """The first two parts of an official procedure code, which name it; other codes whole."""
    match = _CODE.fullmatch(code)
    return match[1] if match else code


@dataclass
class Places:
    """The hubs of a ward by everything a source may call them."""

    ward_id: str
    unknown: Unknown
    known: dict[str, str]
    foreign: dict[str, str]
    ambiguous: frozenset[str]
    made: list[Hub] = field(default_factory=list)
    count: int = 0  # made so far, in all batches
    unmapped: Counter[str] = field(default_factory=Counter)

    def find(self, text: str) -> str:
        """The id of the hub that is meant; Fault when it must not be taken in."""
        if text in self.unmapped:
            self.unmapped[text] += 1
            return UNASSIGNED
        return self.known.get(text) or self._look_up(text)

    def _look_up(self, text: str) -> str:
        key = fold(text)
        hub_id = self.known.get(key) or self._unknown(text, key)
        if hub_id != UNASSIGNED:
            self.known[text] = hub_id  # folding takes longer than all the rest of this
        return hub_id

    def _unknown(self, text: str, key: str) -> str:
        if key in self.foreign:
            raise Fault("foreign_hub", "hub", text, {"ward": self.foreign[key]})
        if self.unknown == "refuse":
            raise Fault("unknown_hub", "hub", text)
        if self.unknown == "create" and key not in self.ambiguous:
            return self._make(text, key)
        if len(self.unmapped) < _MOST_NEW:
            self.unmapped[text] = 1
        return UNASSIGNED

    def _make(self, text: str, key: str) -> str:
        if self.count == _MOST_NEW:
            raise Fault("too_many_new", "hub", text, {"most": _MOST_NEW})
        hub_id = self.known[key] = uuid.uuid4().hex
        code = text if len(text) <= CODE_LENGTH else f"{text[: CODE_LENGTH - 9]} {hub_id[:8]}"
        self.made.append(Hub(self.ward_id, code=code, name=text, id=hub_id))
        self.count += 1
        return hub_id


def find_places(connection: Connection, ward_id: str, source_id: str, unknown: Unknown) -> Places:
    """Aliases of the source win over codes, codes over names; a name of two hubs means none."""
    hubs = list_hubs(connection, ward_id)
    named = _by_name(hubs)
    known = {name: ids[0] for name, ids in named.items() if len(ids) == 1}
    known |= {fold(hub.code): str(hub.id) for hub in hubs}
    aliases = find_aliases(connection, ward_id, source_id)
    known |= {fold(text): hub_id for text, hub_id in aliases.items()}
    foreign = {
        fold(hub.code): other.name
        for other in list_wards(connection)
        if other.id != ward_id
        for hub in list_hubs(connection, other.id)
        if hub.code != UNASSIGNED
    }
    return Places(ward_id, unknown, known, foreign, frozenset(named))


def _by_name(hubs: list[Hub]) -> dict[str, list[str]]:
    """The ids of hubs by name; of a merged hub and its heir of the same name, the heir's."""
    found: dict[str, list[str]] = defaultdict(list)
    for hub in sorted(hubs, key=lambda hub: hub.replaced_by is not None):
        alike = found[fold(hub.name)]
        if hub.replaced_by is None or not alike:
            alike.append(str(hub.id))
    return found


@dataclass
class Catalogue:
    """The procedures by code and by name."""

    unknown: str
    known: dict[str, str]
    made: list[Procedure] = field(default_factory=list)
    count: int = 0

    def find(self, text: str) -> str:
        """The id of the procedure that is meant; Fault when it is unknown and must be known."""
        found = self.known.get(text)
        if found is None:
            code = short_code(text)
            found = self.known.get(fold(code)) or self._unknown(text, code)
            self.known[text] = found
        return found

    def _unknown(self, text: str, code: str) -> str:
        if self.unknown == "refuse":
            raise Fault("unknown_procedure", "procedure", text)
        if len(code) > CODE_LENGTH:
            raise Fault("too_long", "procedure", text[:60] + "…", {"most": CODE_LENGTH})
        if self.count == _MOST_NEW:
            raise Fault("too_many_new", "procedure", text, {"most": _MOST_NEW})
        self.count += 1
        self.made.append(Procedure(id=code, name=text, field_id=OTHER_FIELD.id))
        self.known[fold(code)] = code
        return code


def find_catalogue(connection: Connection, unknown: str) -> Catalogue:
    """All procedures; codes win over names."""
    procedures = list_procedures(connection)
    known = {fold(one.name): one.id for one in procedures}
    known |= {fold(one.id): one.id for one in procedures}
    return Catalogue(unknown, known)


def add_made(connection: Connection, places: Places, catalogue: Catalogue) -> None:
    """Write the hubs and procedures that the rows read so far needed."""
    for hub in places.made:
        add_hub(connection, hub)
    if catalogue.made and OTHER_FIELD.id not in {one.id for one in list_fields(connection)}:
        add_field(connection, OTHER_FIELD)
    for procedure in catalogue.made:
        add_procedure(connection, procedure)


def open_places(
    connection: Connection, ward_id: str, source_id: str, mapping: FileMapping
) -> tuple[Places, Catalogue]:
    """Hubs and procedures as they are, with what the mapping says about unknown ones."""
    places = find_places(connection, ward_id, source_id, mapping.unknown_hubs)
    return places, find_catalogue(connection, mapping.unknown_procedures)
