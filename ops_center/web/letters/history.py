"""What became of the letters: each row of the outbox with its state, its times and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.mail.reasons import reason_words, state_words
from ops_center.store import outbox
from ops_center.store.outbox import UNSETTLED, Entry
from ops_center.web import shell
from ops_center.web.chart import TABLE
from ops_center.web.evaluation import keeper
from ops_center.web.letters.asked import STATES
from ops_center.web.letters.routes import AGAIN, key_form
from ops_center.web.parts import marked, said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.settings import Settings
    from ops_center.store.subscriptions import Subscription
    from ops_center.web.desk import Query
    from ops_center.web.known import Known
    from ops_center.web.letters.asked import Asked

MOST = 200
SPAN = timedelta(days=30)
_LOOKS = {"sent": "good", "refused": "bad", "skipped": "none"}
_COLUMNS = ("due", "reader", "kind", "state", "sent", "attempts", "reason", "do")


def section(
    connection: Connection, query: Query, known: Known, asked: Asked,
    readers: Sequence[Subscription], settings: Settings,
) -> list[Component]:  # fmt: skip
    """Counts, the list, and what a keeper may do."""
    language, since = query.language, known.now - SPAN
    numbers = outbox.numbers(connection, known.ward.id, since)
    entries = outbox.list_outbox(connection, known.ward.id, states=STATES[asked.state],
                                 since=since, most=MOST)  # fmt: skip
    may = keeper.is_keeper(settings)
    names = {one.id: one.name for one in readers}
    listed = (
        marked(html.Div(className="data-table history", tabIndex="0"),
               {TABLE: _table(query, known, entries, names, may)})
        if entries else html.P(said("letters.nothing", language), className="quiet")
    )  # fmt: skip
    return [
        html.H2(said("letters.history", language)),
        _counts(query, asked, numbers.states),
        listed,
        html.P(said("letters.kept", language, days=i18n.number(SPAN.days, language),
                    most=i18n.number(MOST, language)), className="quiet"),
        *keeping(query, settings, may),
    ]  # fmt: skip


def _counts(query: Query, asked: Asked, states: Mapping[str, int]) -> Component:
    """How many there are of each kind, each the way to them."""
    language = query.language
    ways = []
    for name, which in STATES.items():
        count = sum(n for state, n in states.items() if not which or state in which)
        words = said(f"letters.state.{name or 'all'}", language, n=i18n.number(count, language))
        way = shell.way(query, "/letters", **({"state": name} if name else {}))
        link = html.A(words, href=f"{way}#history", className="button")
        ways.append(marked(link, {"aria-current": "true"} if name == asked.state else {}))
    return marked(html.Nav(ways, className="states-line", id="history"),
                  {"aria-label": said("letters.history", language)})


def _table(
    query: Query, known: Known, entries: Sequence[Entry], names: Mapping[str, str], may: bool
) -> str:
    head = "".join(f'<th scope="col">{escape(said(f"letters.column.{one}", query.language))}</th>'
                   for one in _COLUMNS)  # fmt: skip
    rows = "".join(_row(query, known, one, names, may) for one in entries)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(
    query: Query, known: Known, one: Entry, names: Mapping[str, str], may: bool
) -> str:
    language, zone = query.language, known.ward.zone
    name = names.get(one.subscription_id or "", "")
    look = _LOOKS.get(one.state, "watch")
    state = (f'<span class="state"><span class="shape {look}" aria-hidden="true"></span> '
             f"{escape(state_words(one.state, language))}</span>")  # fmt: skip
    reason = reason_words(one.reason, language)
    why = " – ".join(part for part in (reason, one.reply) if part)
    cells = [
        f"<bdi>{escape(i18n.moment(one.due_at, zone, language))}</bdi>",
        f"<bdi>{escape(name)}</bdi> <bdi class=\"quiet\">{escape(one.recipient)}</bdi>",
        escape(called(one.kind, language)),
        state,
        f"<bdi>{escape(i18n.moment(one.sent_at, zone, language))}</bdi>",
        f"<bdi>{one.attempts}</bdi>",
        f'<bdi>{escape(why)}</bdi>',
        _doing(query, one, may),
    ]
    return f'<tr class="{look}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def called(kind: str, language: str) -> str:
    """What a kind of letter is called; one that this program does not know, as it is."""
    key = f"letters.kind.{kind}"
    return said(key, language) if i18n.has(key) else kind


def _doing(query: Query, one: Entry, may: bool) -> str:
    """Look at the letter; send it once more."""
    language, parts = query.language, []
    if one.letter_id:
        way = shell.way(query, "/letters", letter=one.letter_id)
        parts.append(f'<a href="{escape(way)}">{escape(said("letters.look", language))}</a>')
    if may and one.letter_id and one.state not in UNSETTLED:
        parts.append(
            f'<form action="{AGAIN}" method="post"><input type="hidden" name="id" '
            f'value="{escape(one.id)}"><input type="hidden" name="lang" value="{language}">'
            f'<button class="button">{escape(said("letters.again", language))}</button></form>'
        )
    return " ".join(parts)


def keeping(query: Query, settings: Settings, may: bool) -> list[Component]:
    """Sending again is writing: a key opens it, where one is set."""
    language = query.language
    if may:
        return []
    if not keeper.possible(settings):
        return [html.P(said("letters.no_key", language), className="quiet")]
    return [marked(html.Div(className="letter-form"), {TABLE: key_form(language)})]
