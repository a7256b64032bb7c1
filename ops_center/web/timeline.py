"""What happened to a dossier, in order: its source's events, and the instants of its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.due_steps import Telling
from ops_center.web.parts import apart

_FACTS = {"submitted_at": 1, "received_at": 2, "withdrawn_at": 7, "stopped_at": 8,
          "processed_at": 9, "returned_at": 10}
"""Instants of the facts, and the status that each brings."""
_REFUSED, _STOPPED = 3, 8
_ASKED = {"supplement": 5, "payment": 6}


@dataclass(frozen=True)
class Item:
    """Something that happened. `status`: the official one it brought, if any."""

    at: datetime
    words: str
    status: int | None = None
    actor: str = ""
    kind: str = ""


def timeline(telling: Telling) -> Component:
    """A list from the first to the last; the due time stands among them."""
    items = [_item(telling, item) for item in items_of(telling)]
    return html.Ol(items, className="timeline")


def items_of(telling: Telling) -> list[Item]:
    """Events and facts in order; what both tell is told once."""
    events = list(_events(telling))
    told = {(one.at, one.status) for one in events}
    facts = [one for one in _facts(telling) if (one.at, one.status) not in told]
    return sorted([*events, *facts], key=lambda one: (one.at, one.status or 99))


def _events(telling: Telling) -> Iterator[Item]:
    for event in telling.story.events:
        status = event.status
        words = telling.say(f"status.{status}") if status else event.kind
        yield Item(event.at, words, status, event.actor or "")


def _facts(telling: Telling) -> Iterator[Item]:
    facts, clock = telling.story.facts, telling.clock_row
    for name, status in _FACTS.items():
        if facts[name] is not None:
            brought = _REFUSED if status == _STOPPED and facts["status"] == _REFUSED else status
            yield Item(facts[name], telling.say(f"status.{brought}"), brought)
    for wait in telling.story.waits:
        asked = _ASKED[wait.kind]
        yield Item(wait.from_at, telling.say(f"status.{asked}"), asked, kind="wait")
        if wait.to_at:
            yield Item(wait.to_at, telling.say(f"answered.{wait.kind}"), kind="wait")
    if clock.get("due_at"):
        yield Item(clock["due_at"], telling.say("due_mark"), kind="due")


def _item(telling: Telling, item: Item) -> Component:
    zone, language = telling.known.ward.zone, telling.language
    coming = item.at > telling.known.now
    at = html.Time(apart(i18n.moment(item.at, zone, language)), dateTime=item.at.isoformat())
    who = [html.Span(item.actor, className="quiet", dir="auto")] if item.actor else []
    kind = f"{item.kind} {'coming' if coming else ''}".strip()
    return html.Li([at, html.Span(item.words, dir="auto", className="what"), *who], className=kind)
