"""One item opened: what it is, who answers for it, and how its indicator stands. And one person:
what they owe, and what they help with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.pace import find_board
from ops_center.metrics.plan import Item, Owed
from ops_center.web.campaign import burnup
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.view import View
from ops_center.web.parts import apart, dress, marked, shape
from ops_center.web.plan import table
from ops_center.web.plan.asked import Plan
from ops_center.web.plan.faces import counted, face, named

if TYPE_CHECKING:
    from sqlalchemy import Connection


def item(plan: Plan, one: Item, connection: Connection) -> list[Component]:
    """The item's page."""
    place: list[Any] = [apart(one.code)]
    if one.phase:
        place += [" · ", html.Bdi(one.phase)]
    words = html.Div([html.P(place, className="quiet"), html.H1(one.content, dir="auto"),
                      _standing(plan, one)])  # fmt: skip
    return [
        html.Header([words, _back(plan)], className="head-line"),
        html.Section(html.Dl(_facts(plan, one), className="facts"), className="card"),
        *_indicator(plan, one, connection),
    ]


def _back(plan: Plan) -> Component:
    return html.A(plan.say("back"), href=plan.way(), className="button")


def _standing(plan: Plan, one: Item) -> Component:
    """The finding: late and by how much, kept, under way."""
    if one.late:
        told: list[Any] = [shape("bad"), " ", plan.say("days_late", count=one.days_late)]
    elif one.state == "done" and one.done_on is not None:
        key = "done_late" if one.days_late else "kept"
        told = [shape("watch" if one.days_late else "good"), " ",
                plan.say(key, count=one.days_late)]  # fmt: skip
    else:
        told = [plan.say(f"state.{one.state}")]
    if one.unowned:
        told += [" · ", shape("watch"), " ", plan.say("unowned")]
    return html.P(told, className="lead")


def _facts(plan: Plan, one: Item) -> list[Component]:
    language = plan.language
    days = " – ".join(i18n.day(day, language) for day in (one.starts_on, one.due_on))
    helpers = [html.Li(named(plan, person), className="plan-who") for person in one.coordinators]
    told: list[tuple[str, Any]] = [
        ("owner", html.Div(named(plan, one.owner), className="plan-who")),
        ("coordinators", html.Ul(helpers) if helpers else None),
        ("days", apart(days)),
        ("done_on", apart(i18n.day(one.done_on, language)) if one.done_on else None),
        ("advance", _progress(plan, one)),
        ("deliverable", html.Span(one.deliverable, dir="auto") if one.deliverable else None),
        ("evidence", _evidence(one)),
    ]
    return [
        html.Div([html.Dt(plan.say(f"column.{name}")), html.Dd(value)])
        for name, value in told if value is not None
    ]  # fmt: skip


def _progress(plan: Plan, one: Item) -> list[Component]:
    shown = i18n.percent(one.progress / 100, plan.language, 0)
    done = html.Span(className="progress-done", style={"inlineSize": f"{one.progress}%"})
    return [apart(shown), marked(html.Span(done, className="progress"), {"aria-hidden": "true"})]


def _evidence(one: Item) -> Any:
    """A link only where it is one: what somebody typed must not run in the reader's browser."""
    if one.evidence.startswith(("https://", "http://")):
        return html.A(html.Bdi(one.evidence), href=one.evidence, rel="noopener noreferrer",
                      target="_blank")  # fmt: skip
    return html.Span(one.evidence, dir="auto") if one.evidence else None


def _indicator(plan: Plan, one: Item, connection: Connection) -> list[Component]:
    """The chart of the indicator that the item serves, as /campaign draws it."""
    if one.indicator is None or plan.campaign is None:
        return []
    board = find_board(connection, plan.known.ward, plan.known.now,
                       campaign_id=plan.campaign.id)  # fmt: skip
    pace = next((p for p in board.paces if p.indicator.id == one.indicator.id), None) \
        if board else None  # fmt: skip
    if board is None or pace is None:
        return []
    code = one.indicator.code
    view = View(indicator=code, lang=plan.query.get("lang", ""), theme=plan.query.get("theme", ""))
    seen = Seen(plan.query, plan.known, plan.campaigns, view, (), board, pace, board.revision, None)
    link = html.A(plan.say("to_campaign"), href=plan.way("/campaign", indicator=code))
    card = dress(burnup.skeleton(plan.language), burnup.drawn(seen))
    return [html.P([plan.say("serves"), " ", html.Bdi(one.indicator.words(plan.language)), " · ",
                    link], className="serves"), card]  # fmt: skip


# ---------------------------------------------------------------- a person


def person(plan: Plan, found: Owed) -> list[Component]:
    """What somebody owes, and what they help with."""
    assert found.owner is not None
    about: list[Any] = [html.P(found.owner.unit, className="quiet", dir="auto"),
                        html.H1(html.Bdi(found.owner.name)),
                        html.P(_sum(plan, found), className="lead")]  # fmt: skip
    head = html.Div([face(found.owner), html.Div(about)], className="person")
    body: list[Component] = [html.Header([head, _back(plan)], className="head-line")]
    everything = replace(plan, chosen={})  # no filter reaches here
    if found.items:
        body += [html.H2(plan.say("owes")), table.listed(everything, found.items, "owes")]
    if found.helps:
        body += [html.H2(plan.say("helps")), table.listed(everything, found.helps, "helps")]
    return body


def _sum(plan: Plan, found: Owed) -> list[Any]:
    if not found.items:
        return [plan.say("owes_nothing")]
    told = counted(plan, found)
    if found.late:
        told = [shape("bad"), " ", plan.say("late_count", count=found.late), " · ", *told]
    return told
