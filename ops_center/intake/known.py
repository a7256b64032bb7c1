"""What a cell may name in the lists of a ward: people, hubs, topics, indicators, metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ops_center.i18n import fold
from ops_center.intake.fault import Fault
from ops_center.store.hubs import Hub
from ops_center.store.people import Person
from ops_center.store.wards import UNASSIGNED


@dataclass(frozen=True)
class People:
    """The people of a ward by e-mail and by name. Nobody is ever made up: a slip of the pen
    would become a person who owes something."""

    by_email: Mapping[str, Person]
    by_name: Mapping[str, Sequence[Person]]

    def find(self, text: str) -> str:
        """The id of the one person meant; Fault when it is nobody, or one of several."""
        found = self.by_email.get(text.strip().casefold())
        if found is not None:
            return found.id
        named = self.by_name.get(fold(text), ())
        working = [one for one in named if one.active] or named
        if len(working) == 1:
            return working[0].id
        if working:
            raise Fault("two_people", value=text, values={"count": len(working)})
        near = get_close_matches(fold(text), self.by_name, n=3, cutoff=0.75)
        if not near:
            raise Fault("unknown_person", value=text)
        shown = ", ".join(self.by_name[name][0].name for name in near)
        raise Fault("unknown_person_near", value=text, values={"near": shown})

    def find_several(self, text: str) -> tuple[str, ...]:
        """The ids of the people parted by ; in the order of their ids."""
        parts = (part.strip() for part in text.split(";"))
        return tuple(sorted({self.find(part) for part in parts if part}))


def people_of(people: Iterable[Person]) -> People:
    """The people as they are looked up."""
    by_email: dict[str, Person] = {}
    by_name: dict[str, list[Person]] = defaultdict(list)
    for one in people:
        if one.email:
            by_email[one.email.casefold()] = one
        by_name[fold(one.name)].append(one)
    return People(by_email, by_name)


@dataclass(frozen=True)
class Named:
    """Things by everything they are called (folded) → id. `key` names the words of the Fault;
    `shown`: what the reader may choose from."""

    key: str
    ids: Mapping[str, str]
    shown: Sequence[str]

    def find(self, text: str) -> str:
        """The id of the thing meant; Fault when there is none, which tells the nearest first."""
        found = self.ids.get(fold(text))
        if found is not None:
            return found
        folded = {fold(name): name for name in self.shown}
        near = [folded[one] for one in get_close_matches(fold(text), folded, n=3, cutoff=0.6)]
        ordered = list(dict.fromkeys([*near, *self.shown]))
        allowed = [*ordered[:_MOST_SHOWN], *(["…"] if ordered[_MOST_SHOWN:] else [])]
        raise Fault(self.key, value=text, values={"allowed": ", ".join(allowed) or "–"})


_MOST_SHOWN = 12


def hubs_of(hubs: Sequence[Hub], aliases: Mapping[str, str]) -> Named:
    """Hubs by alias, code and name; a name that two hubs have means neither."""
    real = [hub for hub in hubs if hub.code != UNASSIGNED]
    named: dict[str, set[str]] = defaultdict(set)
    for hub in sorted(real, key=lambda hub: hub.replaced_by is not None):
        if hub.replaced_by is None or not named[fold(hub.name)]:
            named[fold(hub.name)].add(str(hub.id))
    ids = {name: found.pop() for name, found in named.items() if len(found) == 1}
    ids |= {fold(hub.code): str(hub.id) for hub in real}
    ids |= {fold(text): hub_id for text, hub_id in aliases.items()}
    return Named("unknown_place", ids, [hub.code for hub in real])
