"""/letters: how a letter looks, on any day and for any reader, and what became of those sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.store.letters import find_letter
from ops_center.store.subscriptions import list_subscriptions
from ops_center.web import shell, templates
from ops_center.web.letters import choosing, frames, history, routes
from ops_center.web.letters.asked import Asked, understood
from ops_center.web.letters.previews import Previews
from ops_center.web.parts import apart, marked, said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.mail.letter import Findings
    from ops_center.store.letters import Letter
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

TEMPLATES = ("subscriptions",)
_DONE = ("again", "again_paused", "unlocked")


def register(app: Dash, desk: Desk) -> None:
    """No callback: the address says all; the frames ask for the letter by themselves."""
    previews = app.server.extensions.setdefault("previews", Previews())
    routes.register(app.server, desk, previews)


def title(query: Query) -> str:
    """What the browser's tab says."""
    return said("letters.title", query.language)


def opened(query: Query, desk: Desk) -> Component:
    """The form, the letter in four frames, and the history."""
    with desk.asking() as (connection, known):
        readers = list_subscriptions(connection, known.ward.id)
        asked = understood(query, known, readers, query.language)
        shown = _shown(connection, query, desk, known, asked)
        past = history.section(connection, query, known, asked, readers, desk.settings)
    body = [
        html.H1(said("letters.title", query.language)),
        *_said_done(query),
        *([] if readers else nobody(query.language)),
        choosing.form(query, known, asked, readers),
        *shown,
        *past,
        templates.fold(query, TEMPLATES),
    ]
    notes = [said("letters.dropped", query.language, value=one) for one in asked.dropped]
    chosen = datetime.combine(asked.day, asked.clock, known.ward.zone)
    if chosen > known.now and not asked.sent:
        notes.append(said("letters.future", query.language))
    page = html.Div(body, className="letters")
    return shell.framed(query, "letters", [page], known=known, notes=notes)


def nobody(language: str) -> list[Component]:
    """Nobody has a letter yet: how somebody gets one."""
    command = apart("ops-center letter subscribe an@phuong.example --name \"Trần An\" --time 07:00")
    return [html.P([said("letters.no_readers", language), " ", html.Code(command)],
                   className="lead nobody-yet")]  # fmt: skip


def _said_done(query: Query) -> list[Component]:
    done = query.get("done", "")
    if done not in _DONE:
        return []
    return [marked(html.P(said(f"letters.done.{done}", query.language), className="lead"),
                   {"role": "status"})]  # fmt: skip


def _shown(
    connection: Connection, query: Query, desk: Desk, known: Known, asked: Asked
) -> list[Any]:
    """The letter's own words about itself, and the frames."""
    language = query.language
    if asked.sent:
        kept = find_letter(connection, known.ward.id, asked.sent)
        if kept is None:
            return [html.P(said("letters.unknown", language), className="lead")]
        return [_subject(query, known, kept), frames.frames(query, asked)]
    previews: Previews = desk.app.server.extensions["previews"]
    found = previews.find(connection, known.ward, asked.wish(desk.settings.public_url))
    return [
        _subject(query, known, found.letter),
        *_held(found.findings, language),
        frames.frames(query, asked, found.letter.revision),
    ]


def _subject(query: Query, known: Known, letter: Letter) -> Component:
    told = said("letters.about", query.language,
                at=i18n.moment(letter.as_of, known.ward.zone, query.language),
                revision=str(letter.revision),
                size=i18n.number(len(letter.html.encode()) / 1000, query.language),
                pictures=i18n.number(sum(one.inline for one in letter.parts), query.language))
    return html.Div([html.P(letter.subject, className="subject",
                            dir=i18n.direction(letter.language),
                            lang=letter.language),
                     html.P(told, className="quiet")])  # fmt: skip


def _held(findings: Findings, language: str) -> list[Component]:
    """What would hold it back, if it were to be sent now."""
    if not findings.holds:
        return []
    names = [said(f"letter.section.{one}", language) for one in findings.missing_sections]
    names += [said(f"letter.picture_of.{one}", language) for one in findings.blank_pictures]
    if findings.revision_behind:
        names.append(said("letters.behind", language))
    words = said("letters.held", language, names=i18n.text("letter.comma", language).join(names))
    return [marked(html.P(words, className="lead held"), {"role": "status"})]
