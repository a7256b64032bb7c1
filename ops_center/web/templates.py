"""Files to fill in, for whoever has only a browser: /templates/NAME.csv and /templates/NAME.xlsx,
and the fold in which a page offers those that fill it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response

from ops_center.i18n import Problem
from ops_center.intake.templates import files
from ops_center.web import workbook
from ops_center.web.export import KINDS
from ops_center.web.parts import said
from ops_center.web.workbook import Sheet

if TYPE_CHECKING:
    from ops_center.web.desk import Desk, Query

PATH = "/templates/"
_NAMES = {"csv": "CSV", "xlsx": "Excel"}


def register(server: Flask, desk: Desk) -> None:
    """Add the route; a name that is no template is 404, with those that are."""

    @server.get(f"{PATH}<name>.<kind>")
    def template(name: str, kind: str) -> Response:
        known = files()
        if name not in known or kind not in KINDS:
            problem = Problem("intake.template.unknown", name=f"{name[:40]}.{kind[:8]}",
                              allowed=", ".join(known))  # fmt: skip
            told = problem.text(desk.query().language)
            return Response(told, status=404, mimetype="text/plain")
        response = Response(_written(known[name], kind), content_type=KINDS[kind])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        return response


def _written(path: Path, kind: str) -> bytes:
    """As the command writes it; in a workbook every cell is text, as it is to be typed."""
    content = path.read_text("utf-8")
    if kind == "csv":
        return content.encode("utf-8-sig")
    head, *rows = csv.reader(content.splitlines())
    cells = [[cell or None for cell in row] for row in rows]
    widths = [max(10, min(40, *(len(row[n]) for row in (head, *rows)))) for n in range(len(head))]
    return b"".join(workbook.stream([Sheet(path.stem, head, cells, widths)]))


def fold(query: Query, names: Sequence[str], *, shown: bool = False) -> Component:
    """The files that fill a page, each with what it is for; `shown`: unfolded."""
    language = query.language
    lines = [
        html.Li([html.Span(said(f"intake.template.{name}", language)), " ", *_links(name)])
        for name in names
    ]  # fmt: skip
    how = html.P(said("templates.how", language), className="quiet")
    return html.Details([html.Summary(said("templates.title", language)), html.Ul(lines), how],
                        className="data template-files", open=shown)  # fmt: skip


def _links(name: str) -> list[Component]:
    return [
        html.A(words, href=f"{PATH}{name}.{kind}", download="", className="template-file")
        for kind, words in _NAMES.items()
    ]
