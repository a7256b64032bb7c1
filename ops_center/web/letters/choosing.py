"""The form: whose letter, of which day and time, in which language. The browser sends it itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.store.wards import UNASSIGNED
from ops_center.web.chart import TABLE
from ops_center.web.parts import marked, said
from ops_center.web.shell import KEPT

if TYPE_CHECKING:
    from ops_center.store.subscriptions import Subscription
    from ops_center.web.desk import Query
    from ops_center.web.known import Known
    from ops_center.web.letters.asked import Asked


def form(
    query: Query, known: Known, asked: Asked, readers: Sequence[Subscription]
) -> Component:
    """One line of fields and a button."""
    language = query.language
    hubs = [(hub.code, f"{hub.code} – {hub.name}") for hub in known.lists.hubs
            if hub.id != UNASSIGNED]  # fmt: skip
    people = [(one.id, _called(one, language)) for one in readers]
    fields = [
        _select("to", said("letters.to", language), said("letters.anybody", language), people,
                asked.reader.id if asked.reader else ""),
        _select("hub", said("letters.hub", language), said("letters.ward", language), hubs,
                ",".join(asked.hub_codes)),
        _input("on", "date", said("letters.on", language), asked.day.isoformat()),
        _input("at", "time", said("letters.at", language),
               asked.clock.isoformat(timespec="minutes")),
        _select("in", said("letters.in", language), "",
                [(one, i18n.text("shell.language", one)) for one in i18n.LANGUAGES],
                asked.language),
    ]  # fmt: skip
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(query[name])}">'
                   for name in KEPT if query.get(name))  # fmt: skip
    button = f'<button class="button primary">{escape(said("letters.show", language))}</button>'
    written = f'<form action="/letters" method="get">{"".join(fields)}{kept}{button}</form>'
    return marked(html.Div(className="letter-form"), {TABLE: written})


def _called(one: Subscription, language: str) -> str:
    """Name, time and language; a paused one says so."""
    parts = [one.name, one.local_time, i18n.text("shell.language", one.language)]
    if not one.active:
        parts.append(said("letters.paused", language))
    return " · ".join(parts)


def _select(
    name: str, label: str, nothing: str, choices: Iterable[tuple[str, str]], chosen: str
) -> str:
    options = [("", nothing)] if nothing else []
    options += choices
    known = {value for value, _ in options}
    if chosen not in known:  # several hubs, which a link may name
        options.append((chosen, chosen))
    rows = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(words)}</option>"
        for value, words in options
    )
    return f'<label><span>{escape(label)}</span><select name="{name}">{rows}</select></label>'


def _input(name: str, kind: str, label: str, value: str) -> str:
    return (f'<label><span>{escape(label)}</span>'
            f'<input type="{kind}" name="{name}" value="{escape(value)}"></label>')  # fmt: skip
