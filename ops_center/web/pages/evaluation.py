"""/evaluation: the boards of QĐ 766, the campaign's criteria, an official's yearly sheet – and
/evaluation/<indicator>, which opens one number to its parts, its rule and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.metrics.closing import closed_reading
from ops_center.metrics.evaluation import score
from ops_center.metrics.evidence import evidence
from ops_center.store.campaigns import list_campaigns
from ops_center.store.session import unhurried
from ops_center.web import shell, templates
from ops_center.web.evaluation import book, forms, keeper, line, paper, tables, words
from ops_center.web.evaluation.asked import PATH, Place, place_of
from ops_center.web.evaluation.reading import PATIENCE, Seen, see
from ops_center.web.parts import apart, said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.store.campaigns import Campaign
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

TEMPLATES = ("evaluation-inputs", "petitions", "official-scores")


def register(app: Dash, desk: Desk) -> None:
    """The forms' callbacks, the workbook and the paper; reading follows from the address. The
    page stands at two paths and is set up once."""
    if app.server.extensions.setdefault(PATH, False):
        return
    app.server.extensions[PATH] = True
    keeper.prepare(app.server, desk.settings)
    forms.register(desk)
    book.register(app.server, desk)
    paper.register(app.server, desk)


def title(query: Query) -> str:
    """What the browser's tab says."""
    return said("evaluation.title", query.language)


def exists(query: Query, desk: Desk) -> bool:
    """Whether there is an indicator of that code for whom the address means."""
    code = _code(query)
    if not code:
        return True
    with desk.asking() as (connection, known):
        place = place_of(connection, known, query, desk.settings, query.language)
        return place.subject is not None and place.rules.indicator(code) is not None


def opened(query: Query, desk: Desk) -> Component:
    """The page, or one indicator of it."""
    with desk.asking() as (connection, known):
        try:
            place = place_of(connection, known, query, desk.settings, query.language)
        except Problem as problem:
            return _nothing(query, known, problem)
        if code := _code(query):
            body = _opened_line(connection, query, place, code)
        else:
            campaigns = list_campaigns(connection, known.ward.id)
            body = _page(query, desk, place, see(connection, place), campaigns)
    page = html.Div(body, className="evaluation")
    return shell.framed(query, "evaluation", [page], known=known, notes=place.notes)


def _code(query: Query) -> str:
    return query.path.removeprefix(PATH).strip("/")


def _nothing(query: Query, known: Known, problem: Problem) -> Component:
    """No campaign, no rules: what is missing, and the way to the boards."""
    body = [html.H1(said("evaluation.title", query.language)),
            html.P(problem.text(query.language), className="lead", role="status"),
            html.P(html.A(said("evaluation.kind.boards", query.language), className="button",
                          href=shell.way(query, PATH)))]  # fmt: skip
    return shell.framed(query, "evaluation", body, known=known)


def _page(
    query: Query, desk: Desk, place: Place, seen: Seen, campaigns: Sequence[Campaign]
) -> list[Any]:
    language, campaign = place.language, place.choice.campaign
    named: list[Any] = [" · ", html.Bdi(campaign.name)] if campaign else []
    about = html.Div([html.H1(_heading(place), dir="auto"),
                      html.P([html.Bdi(place.rules.called(language)), *named],
                             className="quiet")])  # fmt: skip
    head = html.Header([about, tables.tools(query, place)], className="head-line")
    body: list[Any] = [tables.chooser(query, place, campaigns), head]
    if place.choice.period.first > place.known.today:
        first = i18n.day(place.choice.period.first, language)
        body.append(html.P(said("evaluation.not_begun", language, day=first), className="lead",
                           role="status"))  # fmt: skip
    if place.subject:
        body.insert(1, tables.back(query, place))
    if seen.scored is None:
        body.append(html.P(said("evaluation.not_official", language), className="not-official"))
    else:
        body.append(tables.summary(query, place, seen.scored, seen.before))
        body += tables.boards(query, place, seen.scored, seen.before)
    if seen.everybody:
        body.append(tables.everybody(query, place, seen.everybody))
    elif not place.subject:
        command = "import people" if place.kind == "official" else "import hubs"
        body.append(html.P([said("evaluation.nobody", language), " ",
                            html.Code(apart(f"ops-center {command}"))],
                           className="lead", role="status"))  # fmt: skip
    body.append(forms.section(query, desk, place, seen.scored))
    body.append(templates.fold(query, TEMPLATES))
    return body


def _heading(place: Place) -> str:
    return said("evaluation.heading", place.language, name=place.name,
                period=words.period(place.choice.period, place.language))  # fmt: skip


def _opened_line(connection: Connection, query: Query, place: Place, code: str) -> list[Any]:
    indicator = place.rules.indicator(code)
    if indicator is None or place.subject is None:
        return line.missing(query, place)
    unhurried(connection, PATIENCE)
    choice, known = place.choice, place.known
    scored = score(connection, known.ward, choice.rules, choice.period, place.subject, known.now,
                   campaign_id=choice.campaign_id)  # fmt: skip
    own = next((one for one in scored.lines if one.indicator.code == code), None)
    if own is None:
        return line.missing(query, place)
    facts = evidence(place.asked(connection, place.subject), indicator, line.SHOWN + 1)
    before = closed_reading(connection, known.ward, choice, place.subject)
    shown, more = facts[: line.SHOWN], len(facts) > line.SHOWN
    return line.page(query, place, scored, own, shown, before, more)
