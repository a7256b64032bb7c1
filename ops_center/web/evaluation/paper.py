"""The score on paper, in the form of NĐ 30/2020: heads, place and day, title, A4, serif.

    GET /paper/evaluation?<the question of /evaluation>

The number is left blank and a line says that it was made automatically; whoever signs fills it in.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response

from ops_center import i18n, logs
from ops_center.i18n import Problem, text
from ops_center.metrics.choice import called
from ops_center.web.evaluation import words
from ops_center.web.evaluation.asked import PAPER, Place, place_of
from ops_center.web.evaluation.reading import Seen, see
from ops_center.web.evaluation.tables import best_first
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, said

if TYPE_CHECKING:
    from ops_center.metrics.evaluation import Scored
    from ops_center.web.desk import Desk

_PAGE = (
    '<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    '<link rel="stylesheet" href="/assets/fonts.css">'
    '<link rel="stylesheet" href="/assets/paper.css">'
    '</head><body class="paper">{body}</body></html>'
)  # fmt: skip


def register(server: Flask, desk: Desk) -> None:
    """The route; an error is a sentence."""

    @server.get(PAPER)
    def evaluation_paper() -> Response:
        query = desk.query()
        language = query.language
        try:
            with desk.asking() as (connection, known):
                place = place_of(connection, known, query, desk.settings, language)
                body = _body(place, see(connection, place))
        except Problem as problem:
            logs.failure("evaluation.no_paper", problem)
            return Response(problem.text(language), status=503, mimetype="text/plain")
        page = _PAGE.format(
            language=language, direction=i18n.direction(language),
            title=text("evaluation.paper_title", language), body=written(body),
        )  # fmt: skip
        response = Response(page, mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
        return response


def _body(place: Place, seen: Seen) -> list[Component]:
    language = place.language
    subtitle = said("evaluation.paper_subtitle", language, name=place.name,
                    period=words.period(place.choice.period, language))  # fmt: skip
    head = html.Header([_heads(place), html.H1(said("evaluation.paper_title", language)),
                        html.P(subtitle, className="subtitle"),
                        html.P(place.rules.called(language), className="subtitle")])  # fmt: skip
    body: list[Any] = [html.P(said("evaluation.not_official", language), className="label")]
    if place.known.ward.illustrative:
        body.append(html.P(said("wall.illustrative", language), className="label"))
    if seen.scored is not None:
        body += _told(place, seen, seen.scored)
    if seen.everybody:
        body += _compared(place, seen)
    return [head, html.Main(body), _foot(place)]


def _heads(place: Place) -> Component:
    """Issuing body, country and motto, each with its rule; Vietnamese in every language, as the
    form demands."""
    ward, today = place.known.ward, place.known.today
    body = ward.issuing_body or f"Ủy ban nhân dân\n{ward.name}"
    left = html.Div([html.P(_issuing(body), className="body"), html.Div(className="rule short"),
                     html.P("Số:            ", className="number")])  # fmt: skip
    right = html.Div([
        html.P("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", className="country"),
        html.P(html.Span("Độc lập - Tự do - Hạnh phúc"), className="motto"),
        html.P(_place_and_day(_short(ward.name), today), className="day"),
    ])  # fmt: skip
    return marked(html.Div([left, right], className="heads", dir="ltr"), {"lang": "vi"})


def _issuing(body: str) -> list[Any]:
    """`Ủy ban nhân dân phường …` in capitals, the place on its own line."""
    shown = body.upper()
    for kind in ("PHƯỜNG", "XÃ", "ĐẶC KHU"):
        shown = shown.replace(f" {kind} ", f"\n{kind} ", 1)
    lines = [line.strip() for line in shown.split("\n") if line.strip()]
    return [part for line in lines for part in (line, html.Br())][:-1]


def _place_and_day(place: str, day: date) -> str:
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _short(name: str) -> str:
    """Đông Ngạc of Phường Đông Ngạc."""
    for kind in ("Phường ", "Xã ", "Đặc khu "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name


def _told(place: Place, seen: Seen, scored: Scored) -> list[Component]:
    language = place.language
    total = said("evaluation.total_line", language, points=words.number(scored.points, language),
                 maximum=words.amount(scored.maximum, language),
                 possible=words.amount(scored.possible, language))  # fmt: skip
    told: list[Component] = [html.P(html.B(total))]
    if scored.grade:
        told.append(html.P(f"{said('evaluation.column.grade', language)}: "
                           f"{scored.grade.names[language]}"))  # fmt: skip
    if scored.official is not None:
        given = scored.official.points
        told.append(html.P(said(
            "evaluation.official_total", language, points=words.number(given, language),
            difference=words.difference(scored.points, given, language))))  # fmt: skip
    if seen.before is not None:
        told.append(html.P(said(
            "evaluation.close.then", language, by=seen.before.closed.closed_by,
            at=i18n.moment(seen.before.closed.closed_at, place.known.ward.zone, language),
            points=words.number(seen.before.points, language),
            maximum=words.amount(seen.before.maximum, language))))  # fmt: skip
    names = ("indicator", "parts", "ratio", "points", "maximum", "official")
    head = [html.Th(said(f"evaluation.column.{name}", language)) for name in names]
    bodies = [_board(place, board) for board in scored.boards]
    return [*told, html.Table([html.Thead(html.Tr(head)), *bodies])]


def _board(place: Place, board: Any) -> Component:
    language = place.language
    first = html.Tr([
        marked(html.Th(board.board.called(language), colSpan=3), {"scope": "rowgroup"}),
        html.Td(apart(words.number(board.points, language))),
        html.Td(apart(words.amount(board.maximum, language))),
        html.Td(apart(words.number(board.official.points if board.official else None, language))),
    ], className="board")  # fmt: skip
    rows = [
        html.Tr([
            html.Td(line.indicator.called(language)),
            html.Td(apart(words.parts(line, language)), className="parts"),
            html.Td(apart(words.share(line.ratio, language))),
            html.Td(apart(words.points(line.points, language))),
            html.Td(apart(words.short(line.indicator.maximum, language))),
            html.Td(apart(words.number(line.official.points if line.official else None,
                                       language))),
        ])
        for line in board.lines
    ]  # fmt: skip
    return html.Tbody([first, *rows])


def _compared(place: Place, seen: Seen) -> list[Component]:
    language, known = place.language, place.known
    what = "official" if place.kind == "official" else "hub"
    names = ["points", "of", "ratio", *(["grade"] if place.rules.grades else [])]
    head = [html.Th(said(f"evaluation.who.{what}", language)),
            *(html.Th(said(f"evaluation.column.{name}", language)) for name in names)]  # fmt: skip
    rows = []
    for one in best_first(seen.everybody):
        ratio = one.points / one.maximum if one.maximum else None
        cells = [
            html.Td(called(one.subject, known.ward, known.lists)),
            html.Td(apart(words.number(one.points if one.maximum else None, language))),
            html.Td(apart(words.amount(one.maximum, language))),
            html.Td(apart(i18n.percent(ratio, language))),
        ]
        if place.rules.grades:
            cells.append(html.Td(one.grade.names[language] if one.grade else i18n.MISSING))
        rows.append(html.Tr(cells))
    return [html.H2(said(f"evaluation.{what}s", language)),
            html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])]  # fmt: skip


def _foot(place: Place) -> Component:
    known, language = place.known, place.language
    told = said("evaluation.paper_foot", language, ward=known.ward.name, code=place.rules.code,
                at=i18n.moment(known.now, known.ward.zone, language),
                digest=place.rules.digest[:12])  # fmt: skip
    return html.Footer(html.P(told))
