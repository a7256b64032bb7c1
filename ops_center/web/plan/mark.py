"""Whether a plan that somebody looks at is still as it was drawn.

    GET /api/plan/mark?<the same question as /plan>

The mark changes with the plan and at midnight, when more may be late; not with each dossier.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.web.parts import marked, said
from ops_center.web.plan.asked import Plan, asked

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

PATH = "/api/plan/mark"


def register(server: Flask, desk: Desk) -> None:
    """Answer with the mark that the page would carry now."""

    @server.get(PATH)
    def plan_mark() -> Response:
        query = desk.query()
        try:
            with desk.asking() as (connection, known):
                mark = mark_of(asked(connection, known, query))
        except Problem as problem:
            logs.failure("plan.unmarked", problem)
            return Response(problem.text(query.language), status=503, mimetype="text/plain")
        response = Response(mark, mimetype="text/plain")
        response.headers["Cache-Control"] = "no-store"
        return response


def mark_of(plan: Plan) -> str:
    """The same for the same items, milestones and day."""
    told = repr((plan.campaign, plan.items, plan.milestones, plan.known.today))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:20]


def fresh(plan: Plan) -> Component:
    """Shown by assets/plan.js once the plan is another than on this page."""
    words = said("explore.bar.fresh", plan.language)
    button = html.Button(words, type="button", className="button", hidden=True)
    kept = {"data-mark": mark_of(plan), "data-way": plan.way(PATH)}
    return html.Div(marked(button, kept), className="fresh", role="status")
