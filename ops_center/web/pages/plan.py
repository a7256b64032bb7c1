"""/plan: the road map, what is late first – /plan/item/<code> opens one item with its indicator's
chart, /plan/owner/<id> says what a person owes. Everything follows from the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.plan import owed
from ops_center.web import shell, templates
from ops_center.web.parts import apart, said
from ops_center.web.plan import export, faces, head, mark, one, table
from ops_center.web.plan.asked import ITEM, OWNER, PATH, Plan, asked, below

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk, Query

TEMPLATES = ("people", "plan", "milestones")


def register(app: Dash, desk: Desk) -> None:
    """The export; assets/plan.js shows and hides items. The page stands at two paths."""
    if PATH not in app.server.extensions:
        app.server.extensions[PATH] = True
        export.register(app.server, desk)
        mark.register(app.server, desk)


def title(query: Query) -> str:
    """What the browser's tab says."""
    return below(query, ITEM) or said("plan.title", query.language)


def exists(query: Query, desk: Desk) -> bool:
    """Whether there is such an item, or a person who has to do with the plan."""
    if query.path == PATH:
        return True
    with desk.asking() as (connection, known):
        return _below(asked(connection, known, query), connection) is not None


def opened(query: Query, desk: Desk) -> Component:
    """The page that the address names."""
    with desk.asking() as (connection, known):
        plan = asked(connection, known, query)
        at_top = query.path == PATH
        body = _page(plan) if at_top else _below(plan, connection) or _missing(plan)
    page = html.Div([mark.fresh(plan), *body], className="plan")
    return shell.framed(query, "plan", [page], known=known, notes=plan.notes)


def _page(plan: Plan) -> list[Component]:
    if plan.campaign is None or not plan.items:
        return _empty(plan)
    return [head.head(plan), head.counts(plan), head.filters(plan), table.whole(plan),
            *_milestones(plan), faces.team(plan), *head.others(plan),
            templates.fold(plan.query, TEMPLATES)]  # fmt: skip


def _empty(plan: Plan) -> list[Component]:
    """Why there is nothing, and what to do."""
    missing = "campaign" if plan.campaign is None else "items"
    return [html.H1(plan.say("title")),
            html.P(plan.say(f"empty.{missing}"), className="lead"),
            html.P(html.Code(f"ops-center import {'campaign' if missing == 'campaign' else 'plan'}"
                             f" FILE")),
            templates.fold(plan.query, ("campaign", *TEMPLATES), shown=True),
            *head.others(plan)]  # fmt: skip


def _milestones(plan: Plan) -> list[Component]:
    if not plan.milestones:
        return []
    lines = [
        html.Li([html.Span(className="milestone-mark"),
                 apart(i18n.short_day(one.day, plan.language), "milestone-day"),
                 html.Span(one.name, dir="auto")],
                className="" if one.day < plan.known.today else "coming")
        for one in plan.milestones
    ]  # fmt: skip
    return [html.Section([html.H2(plan.say("milestones")), html.Ol(lines, className="plan-marks")],
                         className="card")]  # fmt: skip


def _below(plan: Plan, connection: Connection) -> list[Component] | None:
    """An item's page or a person's; None when there is none of that name."""
    if code := below(plan.query, ITEM):
        item = plan.find(code)
        return one.item(plan, item, connection) if item else None
    found = owed(plan.items, below(plan.query, OWNER))
    return one.person(plan, found) if found else None


def _missing(plan: Plan) -> list[Component]:
    return [html.H1(plan.say("missing")),
            html.P(html.A(plan.say("back"), href=plan.way(), className="button primary"))]
