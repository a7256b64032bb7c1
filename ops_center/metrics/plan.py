"""The action plan as it stands on a day: what is late, what nobody answers for, who owes what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ops_center.i18n import given_name_key
from ops_center.store.indicators import Indicator, list_indicators
from ops_center.store.people import Person, list_people
from ops_center.store.plans import PlanItem, list_items
from ops_center.store.wards import Ward

STANDINGS = ("late", "under_way", "planned", "done", "cancelled")
"""How an item stands. An open one past its day is late, whatever else was said of it."""

NAMED = 2
"""How many items the wall names."""

SOON = timedelta(days=3)


@dataclass(frozen=True)
class Item:
    """An item of the plan on the day `today`. `owner` None: nobody answers for it.

    `progress` in percent. `evidence`: a link to what shows the work.
    """

    id: str
    code: str
    phase: str
    content: str
    deliverable: str
    owner: Person | None
    coordinators: tuple[Person, ...]
    starts_on: date
    due_on: date
    done_on: date | None
    indicator: Indicator | None
    progress: int
    state: str
    evidence: str
    weight: float
    today: date

    @property
    def open(self) -> bool:
        """Whether there is still something to be done."""
        return self.state not in ("done", "cancelled")

    @property
    def late(self) -> bool:
        """Open although the day by whose end it was due is over."""
        return self.open and self.due_on < self.today

    @property
    def unowned(self) -> bool:
        """Open, and nobody who works here answers for it."""
        return self.open and (self.owner is None or not self.owner.active)

    @property
    def soon(self) -> bool:
        """Open and due within three days, today among them."""
        return self.open and self.today <= self.due_on < self.today + SOON

    @property
    def days_late(self) -> int:
        """For how many days it has been late, or was when it was done."""
        until = self.done_on if self.state == "done" and self.done_on else self.today
        missed = self.late or self.state == "done"
        return max(0, (until - self.due_on).days) if missed else 0

    @property
    def kept(self) -> bool:
        """Done by its day."""
        return self.state == "done" and (self.done_on is None or self.done_on <= self.due_on)

    @property
    def standing(self) -> str:
        """One of STANDINGS."""
        return "late" if self.late else self.state


@dataclass(frozen=True)
class Owed:
    """What one person has to do with the plan; `owner` None: what nobody answers for.

    `helps`: items of others in which the person is a coordinator.
    """

    owner: Person | None
    items: tuple[Item, ...]
    helps: tuple[Item, ...] = ()

    @property
    def open(self) -> int:
        return sum(one.open for one in self.items)

    @property
    def late(self) -> int:
        return sum(one.late for one in self.items)

    @property
    def done(self) -> int:
        return sum(one.state == "done" for one in self.items)

    @property
    def kept(self) -> int:
        return sum(one.kept for one in self.items)


@dataclass(frozen=True)
class PlanStanding:
    """The plan in a few numbers; cancelled items count in none. `first`: what to name first."""

    items: int
    done: int
    late: int
    unowned: int
    first: tuple[Item, ...]

    @property
    def well(self) -> bool:
        return not self.late and not self.unowned


def find_plan(
    connection: Connection, ward: Ward, campaign_id: str, today: date
) -> tuple[Item, ...]:
    """The campaign's items on that day: late ones first, then what nobody answers for."""
    people = {one.id: one for one in list_people(connection, ward.id)}
    indicators = {one.id: one for one in list_indicators(connection, ward.id, campaign_id)}
    stored = list_items(connection, ward.id, campaign_id)
    return in_order(_item(one, people, indicators, today) for one in stored)


def _item(
    one: PlanItem, people: dict[str, Person], indicators: dict[str | None, Indicator], today: date
) -> Item:
    helpers = [people[id] for id in one.coordinator_ids if id in people]
    return Item(
        id=str(one.id),
        code=one.code,
        phase=one.phase,
        content=one.content,
        deliverable=one.deliverable,
        owner=people.get(one.owner_id or ""),
        coordinators=tuple(sorted(helpers, key=lambda p: given_name_key(p.name))),
        starts_on=one.starts_on,
        due_on=one.due_on,
        done_on=one.done_on,
        indicator=indicators.get(one.indicator_id) if one.indicator_id else None,
        progress=one.progress,
        state=one.state,
        evidence=one.evidence,
        weight=one.weight,
        today=today,
    )


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """What needs somebody's eye first; then as it is due; what is over comes last."""
    return tuple(sorted(items, key=_urgency))


def _urgency(one: Item) -> tuple[int, date, date, str]:
    rank = 0 if one.late else 1 if one.unowned else 2 if one.open else 3
    return rank, one.due_on, one.starts_on, one.code


def owed(items: Sequence[Item], person_id: str) -> Owed | None:
    """What that person owes and helps with; None when it is neither."""
    own = tuple(one for one in items if one.owner and one.owner.id == person_id)
    helps = tuple(
        one for one in items if any(helper.id == person_id for helper in one.coordinators)
    )
    if not own and not helps:
        return None
    known = own[0].owner if own else None
    person = known or next(p for one in helps for p in one.coordinators if p.id == person_id)
    return Owed(person, own, helps)


def owners(items: Sequence[Item]) -> tuple[Owed, ...]:
    """Everybody who owns an item, by given name; what nobody owns comes first."""
    held: dict[str, list[Item]] = defaultdict(list)
    for one in items:
        held[one.owner.id if one.owner else ""].append(one)
    found = [Owed(some[0].owner, tuple(some)) for some in held.values()]
    return tuple(sorted(found, key=lambda one: _by_name(one.owner)))


def _by_name(person: Person | None) -> tuple[bool, object, str]:
    if person is None:
        return False, (), ""
    return True, given_name_key(person.name), person.id


def phases(items: Iterable[Item]) -> tuple[str, ...]:
    """The plan's phases in the order in which they begin; items without one have none."""
    first: dict[str, date] = {}
    for one in items:
        first[one.phase] = min(one.starts_on, first.get(one.phase, one.starts_on))
    return tuple(sorted(filter(None, first), key=lambda phase: (first[phase], phase)))


def standing(items: Sequence[Item]) -> PlanStanding:
    """The plan in a few numbers."""
    counted = [one for one in items if one.state != "cancelled"]
    pressing = [one for one in in_order(counted) if one.late or one.unowned]
    return PlanStanding(
        items=len(counted),
        done=sum(one.state == "done" for one in counted),
        late=sum(one.late for one in counted),
        unowned=sum(one.unowned for one in counted),
        first=tuple(pressing[:NAMED]),
    )
