"""What the address of /report asks for: whose day, and what was typed when it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ops_center.intake.typed_reports import Typed
from ops_center.web.shell import KEPT

if TYPE_CHECKING:
    from ops_center.web.known import Known

PATH = "/report"
TOPIC = "t."
"""Before a topic's id: the name of its field."""
LONGEST = 300  # characters of a field


@dataclass(frozen=True)
class Asked:
    """`hub_id` "": none is chosen yet. `typed` holds the fields as they stand in the address;
    `refused`: they were sent and not taken."""

    hub_id: str
    hub_code: str
    day: date
    typed: Typed
    refused: bool


def understood(query: Mapping[str, str], known: Known) -> Asked:
    """Never raises: a hub or a day that is none stands for none, and for today."""
    code = query.get("hub", "").strip()
    hub_id = known.lists.hub_ids.get(code, "")
    try:
        day = min(date.fromisoformat(query.get("day", "")), known.today)
    except ValueError:
        day = known.today
    return Asked(hub_id, code if hub_id else "", day, typed_of(query), query.get("typed") == "1")


def typed_of(fields: Mapping[str, str]) -> Typed:
    """The fields of a form or an address."""

    def one(name: str) -> str:
        return fields.get(name, "")[:LONGEST]

    amounts = {name.removeprefix(TOPIC): one(name) for name in fields if name.startswith(TOPIC)}
    return Typed(one("hub"), one("day"), one("team"), one("by"), amounts)


def address(fields: Mapping[str, str], **more: str) -> str:
    """The page's address with whose day it is, and with what is said beside."""
    kept = {name: fields[name][:LONGEST] for name in ("hub", "day", "team", "by", *KEPT)
            if fields.get(name)}  # fmt: skip
    return f"{PATH}?{urlencode(kept | more)}"
