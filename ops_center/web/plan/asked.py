"""What an address under /plan asks for, and the plan that answers it.

    /plan?owner=<id|none>&phase=<name>&state=<late|unowned|under_way|planned|done|cancelled>
    /plan/item/<code>    /plan/owner/<id>

`campaign=2026-08-15` names another campaign by its first day. What an address says wrongly is
dropped, and a note says what was dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ops_center import i18n
from ops_center.metrics.campaign import current
from ops_center.metrics.plan import STANDINGS, Item, find_plan, phases
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.indicators import Milestone, list_milestones
from ops_center.web import shell
from ops_center.web.parts import said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Query
    from ops_center.web.known import Known

PATH = "/plan"
ITEM, OWNER = f"{PATH}/item/", f"{PATH}/owner/"
FILTERS = ("owner", "phase", "state")
NOBODY = "none"
STATES = ("late", "unowned", *STANDINGS[1:])
_LONGEST = 40


@dataclass(frozen=True)
class Plan:
    """A campaign's plan as an address asks for it. `campaign` None: there is none.

    `chosen`: the filters that are set, each with one value.
    """

    query: Query
    known: Known
    campaigns: tuple[Campaign, ...]
    campaign: Campaign | None
    named: bool
    items: tuple[Item, ...]
    milestones: tuple[Milestone, ...]
    chosen: dict[str, str]
    notes: tuple[str, ...]

    @property
    def language(self) -> str:
        return self.query.language

    def say(self, key: str, **values: object) -> str:
        """The page's own words, in its language."""
        return said(f"plan.{key}", self.language, **values)

    def way(self, path: str = PATH, **question: str) -> str:
        """The address of another page about the same campaign."""
        kept = {"campaign": self.campaign.starts_on.isoformat()} if self.named and self.campaign \
            else {}  # fmt: skip
        return shell.way(self.query, path, **question, **kept)

    def filtered(self, **changes: str) -> str:
        """The road map with these filters changed; an empty value takes one away."""
        asked = {**self.chosen, **changes}
        return self.way(**{name: asked[name] for name in FILTERS if asked.get(name)})

    def shows(self, item: Item) -> bool:
        """Whether the filters let the item through."""
        return all(value in facets(item)[name] for name, value in self.chosen.items())

    def item_way(self, item: Item) -> str:
        """The address of the item's page."""
        return self.way(ITEM + shell.quoted(item.code))

    def owner_way(self, person_id: str) -> str:
        """The address of what that person owes."""
        return self.way(OWNER + shell.quoted(person_id))

    def find(self, code: str) -> Item | None:
        """The item of that code; capitals do not matter."""
        return next((one for one in self.items if one.code.casefold() == code.casefold()), None)


def facets(item: Item) -> dict[str, tuple[str, ...]]:
    """What an item is found by: its owner, its phase, its states."""
    states = [item.standing, *(["unowned"] if item.unowned else [])]
    if item.late and item.state != "late":
        states.append(item.state)
    owner = item.owner.id if item.owner else NOBODY
    return {"owner": (owner,), "phase": (item.phase,), "state": tuple(states)}


def asked(connection: Connection, known: Known, query: Query) -> Plan:
    """The plan that the address asks for; a handful of statements. Never fails for an address."""
    campaigns = list_campaigns(connection, known.ward.id)
    notes: list[str] = []
    wanted = query.get("campaign", "").strip()
    named = next((one for one in campaigns if one.starts_on.isoformat() == wanted), None)
    if wanted and named is None:
        notes.append(_dropped("campaign", wanted, query.language))
    campaign = named or current(campaigns, known.today) or (campaigns[-1] if campaigns else None)
    items: tuple[Item, ...] = ()
    marks: list[Milestone] = []
    if campaign is not None:
        items = find_plan(connection, known.ward, str(campaign.id), known.today)
        marks = list_milestones(connection, known.ward.id, str(campaign.id))
    chosen = _chosen(query, items, notes)
    own = tuple(one for one in marks if one.indicator_id is None)
    return Plan(query, known, tuple(campaigns), campaign, named is not None, items, own, chosen,
                tuple(notes))  # fmt: skip


def _chosen(query: Query, items: tuple[Item, ...], notes: list[str]) -> dict[str, str]:
    known = {
        "owner": {NOBODY, *(one.owner.id for one in items if one.owner)},
        "phase": set(phases(items)),
        "state": set(STATES),
    }
    found: dict[str, str] = {}
    for name in FILTERS:
        value = query.get(name, "").strip()
        if value in known[name]:
            found[name] = value
        elif value:
            notes.append(_dropped(name, value, query.language))
    return found


def _dropped(name: str, value: str, language: str) -> str:
    shown = "".join(letter if letter.isprintable() else "·" for letter in value[:_LONGEST])
    return i18n.text("address.unknown", language, name=name, value=shown)


def below(query: Query, path: str) -> str:
    """What the address names below that path, "" for nothing."""
    return unquote(query.path.removeprefix(path)) if query.path.startswith(path) else ""
