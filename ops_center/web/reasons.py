"""Why a number is what it is, as a piece of HTML: /api/why/<metric>?<the question of /explore>"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from flask import Flask, Response

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.web.markup import written
from ops_center.web.why import tell

if TYPE_CHECKING:
    from ops_center.web.desk import Desk


def register(server: Flask, desk: Desk) -> None:
    """Add the route; an unknown metric is 404, no database 503, each with a sentence."""

    @server.get("/api/why/<path:metric>")
    def why(metric: str) -> Response:
        query = desk.query()
        try:
            told = tell(desk, query, metric)
        except Problem as problem:
            logs.failure("why.failed", problem, metric=metric[:40])
            status = 404 if problem.key == "why.unknown" else 503
            said = html.P(problem.text(query.language), role="alert")
            return Response(written(said), status=status, mimetype="text/html")
        notes = [html.P(note, className="dropped") for note in told.notes]
        return Response(written([*notes, told.panel]), mimetype="text/html")
