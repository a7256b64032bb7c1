"""A score as cards of boards, and everybody beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.domain.evaluation import KINDS, Period, period_of, worded
from ops_center.metrics.choice import DAY, called
from ops_center.metrics.closing import ClosedReading, Then
from ops_center.metrics.evaluation import WARD, BoardScore, Line, Scored
from ops_center.web import shell
from ops_center.web.chart import TABLE
from ops_center.web.evaluation import words
from ops_center.web.evaluation.asked import BOOK, PAPER, PATH, Place
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, said

if TYPE_CHECKING:
    from ops_center.store.campaigns import Campaign
    from ops_center.web.desk import Query


def head_row(keys: Sequence[str], language: str) -> Component:
    """The head of a table: words under evaluation.column."""
    cells = [
        marked(html.Th(said(f"evaluation.column.{key}", language), className=key),
               {"scope": "col"})
        for key in keys
    ]  # fmt: skip
    return html.Thead(html.Tr(cells))


# --- the head of the page --------------------------------------------------------------------


def chooser(query: Query, place: Place, campaigns: Sequence[Campaign] = ()) -> Component:
    """Which rules, which period; `campaigns`: all that there are, where their rules are shown."""
    language = place.language
    kinds = [
        _tab(shell.way(query, PATH, **({} if kind == "boards" else {"kind": kind})),
             said(f"evaluation.kind.{kind}", language), place.kind == kind)
        for kind in KINDS
    ]  # fmt: skip
    row = [marked(html.Nav(kinds, className="tabs"),
                  {"aria-label": said("evaluation.kinds", language)})]  # fmt: skip
    if place.kind != "campaign":
        row.append(_periods(query, place))
    elif len(campaigns) > 1:
        row.append(_campaigns(query, place, campaigns))
    return html.Div(row, className="evaluation-bar")


def _tab(href: str, label: Any, here: bool) -> Component:
    return marked(html.A(label, href=href), {"aria-current": "page"} if here else {})


def _campaigns(query: Query, place: Place, campaigns: Sequence[Campaign]) -> Component:
    """Each campaign, the newest first: those that are over can still be read."""
    language, shown = place.language, place.choice.campaign
    tabs = [
        _tab(place.way(query, period=Period("days", one.starts_on, one.ends_on + DAY).spelled),
             [html.Bdi(one.name), " ", apart(i18n.day(one.starts_on, language))],
             shown is not None and one.id == shown.id)
        for one in sorted(campaigns, key=lambda one: one.starts_on, reverse=True)
    ]  # fmt: skip
    return marked(html.Nav(tabs, className="tabs small"),
                  {"aria-label": said("evaluation.kind.campaign", language)})  # fmt: skip


def _periods(query: Query, place: Place) -> Component:
    language, period = place.language, place.choice.period
    today = place.known.today
    day = min(max(today, period.first), date.fromordinal(period.last.toordinal() - 1))
    kinds = []
    if len(place.rules.periods) > 1:
        kinds = [
            _tab(place.way(query, period=period_of(kind, day).spelled),
                 said(f"evaluation.period.{kind}_word", language), period.kind == kind)
            for kind in place.rules.periods
        ]  # fmt: skip
    before = _step(query, place, period.before, "before", "‹")
    after = _step(query, place, period.after, "after", "›") if period.after.first <= today else None
    shown = html.B(words.period(period, language), className="period")
    inner: list[Any] = [html.Span(kinds, className="tabs small"), before, shown]
    return marked(html.Nav([*inner, *([after] if after else [])], className="periods"),
                  {"aria-label": said("evaluation.periods", language)})  # fmt: skip


def _step(query: Query, place: Place, period: Period, name: str, mark: str) -> Component:
    label = f"{said(f'evaluation.period.{name}', place.language)}: " + words.period(
        period, place.language
    )
    link = html.A(html.Span(mark, className="arrow"), className="button step",
                  href=place.way(query, period=period.spelled))  # fmt: skip
    return marked(link, {"aria-label": label})


def summary(query: Query, place: Place, scored: Scored, before: ClosedReading | None) -> Component:
    """The total, of the maximum with data; the official total beside it; what was closed."""
    language = place.language
    total = html.P(
        [
            html.B(apart(words.number(scored.points, language)), className="total"),
            html.Span(said("evaluation.of_data", language,
                           maximum=words.amount(scored.maximum, language),
                           possible=words.amount(scored.possible, language)),
                      className="of"),
            *([html.Span(scored.grade.names[language], className="grade")] if scored.grade else []),
        ],
        className="score",
    )  # fmt: skip
    official = scored.official.points if scored.official else None
    beside = [] if official is None else [html.P(said(
        "evaluation.official_total", language, points=words.number(official, language),
        difference=words.difference(scored.points, official, language)))]  # fmt: skip
    label = html.P(said("evaluation.not_official", language), className="not-official")
    return html.Section([label, total, bar(scored.points, scored.maximum), *beside,
                         *_closed(place, scored, before)], className="card")  # fmt: skip


def tools(query: Query, place: Place) -> Component:
    """To take it along: a workbook, a paper."""
    language = place.language
    return html.P(
        [
            html.A(said("evaluation.book", language), className="button",
                   href=place.way(query, BOOK)),
            html.A(said("evaluation.paper", language), className="button", target="_blank",
                   href=place.way(query, PAPER)),
        ],
        className="tools",
    )  # fmt: skip


def _closed(
    place: Place, scored: Scored, before: ClosedReading | None
) -> list[Component]:
    if before is None:
        return []
    language, zone = place.language, place.known.ward.zone
    told: list[Component] = [html.P(said(
        "evaluation.close.then", language, by=before.closed.closed_by,
        at=i18n.moment(before.closed.closed_at, zone, language),
        points=words.number(before.points, language),
        maximum=words.amount(before.maximum, language),
    ), className="closed")]  # fmt: skip
    if not before.same_rules:
        told.append(html.P(said("evaluation.close.other_rules", language), className="warning"))
    gone = [then for _, then, now in before.changed(scored) if then is not None and now is None]
    if gone:
        shown = "; ".join(
            f"{worded(one.names, language)}: {words.points(one.points, language)}" for one in gone
        )
        told.append(html.P(said("evaluation.close.gone", language, lines=shown), dir="auto"))
    return told


# --- boards ----------------------------------------------------------------------------------

_COLUMNS = ("indicator", "parts", "ratio", "points", "maximum")
_BESIDE = ("official", "difference")
"""Columns that stand there once anything official was entered."""


def boards(
    query: Query, place: Place, scored: Scored, before: ClosedReading | None
) -> list[Component]:
    """One card per board."""
    then = before.lines if before else {}
    return [_board(query, place, scored, one, then) for one in scored.boards]


def _board(
    query: Query, place: Place, scored: Scored, board: BoardScore, then: Any
) -> Component:
    language = place.language
    shown = [said("evaluation.board_points", language,
                  points=words.number(board.points, language),
                  maximum=words.amount(board.maximum, language))]  # fmt: skip
    if board.maximum != board.possible:
        shown.append(said("evaluation.board_possible", language,
                          possible=words.amount(board.possible, language)))  # fmt: skip
    if board.official is not None:
        shown.append(said("evaluation.official_total", language,
                          points=words.number(board.official.points, language),
                          difference=words.difference(board.points, board.official.points,
                                                      language)))  # fmt: skip
    name = f"board-{board.board.code}"
    head = html.Header([html.H2(board.board.called(language), id=name),
                        html.P(" · ".join(shown), className="quiet"),
                        bar(board.points, board.maximum)])  # fmt: skip
    beside = _BESIDE if any(line.official for line in scored.lines) else ()
    rows = [_line(query, place, scored, line, then.get(line.indicator.code), beside)
            for line in board.lines]  # fmt: skip
    head_cells = head_row((*_COLUMNS, *beside), language)
    table = html.Table([head_cells, html.Tbody(rows)], className="board")
    box = marked(html.Div(table, className="scrolls", tabIndex="0"),
                 {"role": "region", "aria-labelledby": name})  # fmt: skip
    return marked(html.Section([head, box], className="card"), {"aria-labelledby": name})


def bar(points: float, maximum: float) -> Component:
    """How much of the maximum with data was earned; the words beside it say the same."""
    share = points / maximum if maximum else 0
    inner = html.Span(style={"inlineSize": f"{share:.2%}"})
    return marked(html.Div(inner, className="points-bar"), {"aria-hidden": "true"})


def line_way(query: Query, place: Place, code: str, subject: str | None = None) -> str:
    """The address of an indicator's own page."""
    return place.way(query, f"{PATH}/{shell.quoted(code)}", subject)


def _line(
    query: Query, place: Place, scored: Scored, line: Line, then: Then | None,
    beside: Sequence[str],
) -> Component:  # fmt: skip
    language, one = place.language, line.indicator
    label: list[Any] = [html.A(one.called(language), dir="auto",
                               href=line_way(query, place, one.code, scored.subject))]  # fmt: skip
    if one.estimated:
        label += [" ", html.Span(said("evaluation.estimate", language), className="estimate")]
    official = line.official.points if line.official else None
    values: dict[str, Any] = {
        "parts": apart(words.parts(line, language)),
        "ratio": apart(words.share(line.ratio, language)),
        "points": _points(line, then, language),
        "maximum": apart(words.short(one.maximum, language)),
        "official": apart(words.number(official, language)),
        "difference": apart(words.difference(line.points, official, language) or i18n.MISSING),
    }
    cells = [
        marked(html.Td(value, className=name),
               {"data-label": said(f"evaluation.column.{name}", language)})
        for name, value in values.items() if name in _COLUMNS or name in beside
    ]  # fmt: skip
    return html.Tr([marked(html.Th(label), {"scope": "row"}), *cells])


def _points(line: Line, then: Then | None, language: str) -> list[Any]:
    """The points, and what they were when the period was closed, if they were others."""
    if line.points is None:
        shown: list[Any] = [html.Span(words.points(None, language), className="no-data")]
    else:
        shown = [html.B(apart(words.number(line.points, language)))]
    if then is not None and then.points != line.points:
        shown.append(html.Span(said("evaluation.then", language,
                                    points=words.points(then.points, language)),
                               className="then"))  # fmt: skip
    return shown


# --- everybody -------------------------------------------------------------------------------


def everybody(query: Query, place: Place, scores: Sequence[Scored]) -> Component:
    """All hubs, or all officials, the best first; those without data last."""
    language = place.language
    what = "official" if place.kind == "official" else "hub"
    lines = [line.indicator for line in scores[0].lines]
    columns = [one for one in lines if any(
        line.points is not None for score in scores for line in score.lines
        if line.indicator.code == one.code)]  # fmt: skip
    head = [said(f"evaluation.who.{what}", language), said("evaluation.column.points", language),
            said("evaluation.column.of", language), said("evaluation.column.ratio", language)]
    if place.rules.grades:
        head.append(said("evaluation.column.grade", language))
    head += [f"{one.called(language)} ({words.short(one.maximum, language)})" for one in columns]
    cells = [marked(html.Th(word), {"scope": "col"}) for word in head]
    rows = [_one(query, place, one, [column.code for column in columns])
            for one in best_first(scores)]  # fmt: skip
    title = html.H2(said(f"evaluation.{what}s", language), id="everybody")
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(rows)], className="everybody")
    box = marked(html.Div(className="scrolls", tabIndex="0"),
                 {"role": "region", "aria-labelledby": "everybody",
                  TABLE: written(table)})  # fmt: skip
    note = html.P(said(f"evaluation.{what}s_note", language), className="quiet")
    return marked(html.Section([html.Header([title, note]), box], className="card"),
                  {"aria-labelledby": "everybody"})  # fmt: skip


def best_first(scores: Sequence[Scored]) -> list[Scored]:
    """By the share of the maximum with data; without data last."""

    def order(one: Scored) -> tuple[bool, float]:
        return not one.maximum, -one.points / one.maximum if one.maximum else 0

    return sorted(scores, key=order)


def _one(query: Query, place: Place, one: Scored, columns: Sequence[str]) -> Component:
    language = place.language
    name = html.A(called(one.subject, place.known.ward, place.known.lists), dir="auto",
                  href=place.way(query, PATH, one.subject))  # fmt: skip
    ratio = one.points / one.maximum if one.maximum else None
    by_code = {line.indicator.code: line for line in one.lines}
    shown = [
        html.Td(html.B(apart(words.number(one.points if one.maximum else None, language)))),
        html.Td(apart(words.amount(one.maximum, language))),
        html.Td(apart(i18n.percent(ratio, language))),
    ]
    if place.rules.grades:
        shown.append(html.Td(one.grade.names[language] if one.grade else i18n.MISSING))
    shown += [html.Td(apart(words.number(by_code[code].points, language))) for code in columns]
    return html.Tr([marked(html.Th(name), {"scope": "row"}), *shown])


def back(query: Query, place: Place) -> Component:
    """From one hub or official to all."""
    what = "official" if place.kind == "official" else "hub"
    return html.P(html.A(said(f"evaluation.back_{what}", place.language),
                         href=place.way(query, PATH, WARD)), className="back")  # fmt: skip
