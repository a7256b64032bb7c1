"""/report: a digital team tells what it did on a day, by topic; telling again corrects it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.intake.typed_reports import read_report
from ops_center.store.activities import list_activities, list_past, list_topics
from ops_center.web import shell, templates
from ops_center.web.evaluation import keeper
from ops_center.web.parts import marked, said
from ops_center.web.report import form, routes
from ops_center.web.report.asked import Asked, understood

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

TEMPLATES = ("activities",)


def register(app: Dash, desk: Desk) -> None:
    """No callback: the address says all, and the browser sends the forms itself."""
    keeper.prepare(app.server, desk.settings)
    routes.register(app.server, desk)


def title(query: Query) -> str:
    """What the browser's tab says."""
    return said("report.title", query.language)


def opened(query: Query, desk: Desk) -> Component:
    """Whose day; then the key, or the day's amounts with what was corrected of them."""
    language = query.language
    with desk.asking() as (connection, known):
        asked = understood(query, known)
        body: list[Any] = [
            html.H1(said("report.title", language)),
            html.P(said("report.about", language), className="quiet"),
            *_said(connection, query, desk, known, asked),
            form.whose(query, known, asked),
        ]
        if not keeper.possible(desk.settings):
            body.append(html.P(said("evaluation.keeper.off", language), className="lead"))
        elif not keeper.is_keeper(desk.settings):
            body += [html.P(said("report.locked", language)), form.key(query)]
        elif asked.hub_id:
            body += _day(connection, query, known, asked)
        else:
            body.append(html.P(said("report.no_hub", language), className="quiet"))
        body.append(templates.fold(query, TEMPLATES))
    page = html.Div(body, className="report")
    return shell.framed(query, "campaign", [page], known=known)


def _said(
    connection: Connection, query: Query, desk: Desk, known: Known, asked: Asked
) -> list[Component]:
    """What came of the form that was sent: saved, or why not."""
    language = query.language
    if counts := re.fullmatch(r"(\d{1,3})-(\d{1,3})-(\d{1,3})", query.get("saved", "")):
        added, changed, unchanged = (i18n.number(int(one), language) for one in counts.groups())
        told = said("report.saved", language, added=added, changed=changed, unchanged=unchanged)
        return [marked(html.P(told, className="saved"), {"role": "status"})]
    wrong = ""
    if query.get("key") == "wrong" and not keeper.is_keeper(desk.settings):
        wrong = said("evaluation.keeper.wrong_key", language)
    elif asked.refused and keeper.is_keeper(desk.settings):
        wrong = _wrong(connection, known, asked, language)
    return [marked(html.P(wrong, className="wrong"), {"role": "alert"})] if wrong else []


def _wrong(connection: Connection, known: Known, asked: Asked, language: str) -> str:
    """What is wrong with what was typed; "" for what could be taken now."""
    try:
        read_report(connection, known.ward, asked.typed, now=known.now, language=language)
    except Problem as problem:
        return problem.text(language)
    return ""


def _day(connection: Connection, query: Query, known: Known, asked: Asked) -> list[Component]:
    language, ward, after = query.language, known.ward, asked.day + timedelta(days=1)
    topics, team = list_topics(connection), query.get("team", "").strip()
    told = [one for one in list_activities(connection, ward.id, asked.day, after)
            if (one.hub_id, one.team) == (asked.hub_id, team)]  # fmt: skip
    gone = [one for one in list_past(connection, ward.id, asked.day, after)
            if (one.hub_id, one.team) == (asked.hub_id, team)]  # fmt: skip
    hub = known.lists.hub_by_id[asked.hub_id]
    day = i18n.day(asked.day, language)
    return [
        html.H2(said("report.of", language, hub=f"{hub.code} – {hub.name}", day=day)),
        html.P(_known(known, told, language), className="quiet"),
        form.amounts(query, asked, topics, told),
        *form.past(asked, {one.id: one for one in topics}, gone, known, language),
    ]


def _known(known: Known, told: list[Any], language: str) -> str:
    """Whether something is known of the day, who said it last and when."""
    if not told:
        return said("report.silent", language)
    last = max(told, key=lambda one: one.reported_at)
    return said("report.known", language, by=last.reported_by or i18n.MISSING,
                at=i18n.moment(last.reported_at, known.ward.zone, language))  # fmt: skip
