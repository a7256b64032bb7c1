"""One indicator opened: its two parts, the rule, what was closed, and the rows it counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.closing import ClosedReading
from ops_center.metrics.evaluation import Line, Scored
from ops_center.metrics.evidence import Fact
from ops_center.web import shell
from ops_center.web.chart import TABLE
from ops_center.web.evaluation import words
from ops_center.web.evaluation.asked import PATH, Place, spelled_subject
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, said

if TYPE_CHECKING:
    from ops_center.web.desk import Query

SHOWN = 200
"""Rows on the page; the workbook has all."""

_COUNTED = {"metric": "dossiers"}


def page(
    query: Query, place: Place, scored: Scored, line: Line, facts: Sequence[Fact],
    before: ClosedReading | None, more: bool,
) -> list[Any]:  # fmt: skip
    """Everything about one indicator; `more`: there are other rows than these."""
    language, one = place.language, line.indicator
    board = next(b.board for b in scored.boards if line in b.lines)
    above = html.A(f"{place.rules.called(language)} · {place.name} · "
                   f"{words.period(place.choice.period, language)}",
                   href=place.way(query, PATH), dir="auto")  # fmt: skip
    title = [html.P([above, " · ", html.Span(board.called(language), dir="auto")],
                    className="quiet"),
             html.H1(one.called(language), dir="auto")]  # fmt: skip
    if one.estimated:
        title.append(html.P(said("evaluation.estimate", language), className="estimate"))
    return [
        html.Header([html.Div(title)], className="head-line"),
        html.Div([_numbers(place, line, before), _rule(place, line)], className="two"),
        _rows(query, place, line, facts, more),
    ]


def _numbers(place: Place, line: Line, before: ClosedReading | None) -> Component:
    language, one = place.language, line.indicator
    told: list[tuple[str, Any]] = [
        (words.top(one, language), apart(words.amount(line.parts.top, language))),
        (words.bottom(one, language), apart(words.amount(line.parts.bottom, language))),
        (said("evaluation.column.ratio", language), apart(words.share(line.ratio, language))),
        (said("evaluation.column.points", language), html.B(
            said("evaluation.points_of", language, points=words.points(line.points, language),
                 maximum=words.short(one.maximum, language)))),
    ]  # fmt: skip
    if line.parts.months is not None:
        have, all_ = line.parts.months
        told.insert(2, ("", said("evaluation.months_said", language, have=str(have),
                                 all=str(all_))))  # fmt: skip
    if line.parts.evidence:
        told.append((said("evaluation.form.evidence", language), line.parts.evidence))
    if line.official is not None:
        shown = words.number(line.official.points, language)
        gap = words.difference(line.points, line.official.points, language)
        told.append((said("evaluation.column.official", language), apart(shown)))
        told.append((said("evaluation.column.difference", language), apart(gap or i18n.MISSING)))
        if line.official.evidence:
            told.append((said("evaluation.form.evidence", language), line.official.evidence))
    told += _then(place, line, before)
    items = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in told]
    label = html.P(said("evaluation.not_official", language), className="not-official")
    return _card("numbers", language, [html.Dl(items, className="facts"), label])


def _then(
    place: Place, line: Line, before: ClosedReading | None
) -> list[tuple[str, Any]]:
    """What the closed reading says, where it says something else."""
    then = before.lines.get(line.indicator.code) if before else None
    now = (line.parts.top, line.parts.bottom, line.points)
    if then is None or (then.top, then.bottom, then.points) == now:
        return []
    language = place.language
    shown = said("evaluation.then_parts", language, points=words.points(then.points, language),
                 top=words.amount(then.top, language),
                 bottom=words.amount(then.bottom, language))  # fmt: skip
    return [(said("evaluation.column.closed", language), shown)]


def _rule(place: Place, line: Line) -> Component:
    language = place.language
    items = [html.Li(one, dir="auto") for one in words.rule(line.indicator, language)]
    rules = place.rules
    told = said("evaluation.rule.from", language, basis=rules.basis or i18n.MISSING,
                code=rules.code, digest=rules.digest[:12])  # fmt: skip
    basis = html.P(told, className="quiet")
    return _card("rule", language, [html.Ul(items, className="rule"), basis])


def _card(name: str, language: str, body: Sequence[Any]) -> Component:
    head = html.H2(said(f"evaluation.card.{name}", language), id=f"card-{name}")
    return marked(html.Section([head, *body], className="card"),
                  {"aria-labelledby": f"card-{name}"})  # fmt: skip


# --- the rows --------------------------------------------------------------------------------


def _rows(
    query: Query, place: Place, line: Line, facts: Sequence[Fact], more: bool
) -> Component:
    language, one = place.language, line.indicator
    kind = _COUNTED.get(one.source.kind, one.source.kind)
    if not facts:
        return _card("rows", language, [html.P(said(f"evaluation.rows.none_{kind}", language))])
    spared = {name for name, told in (("day", any(fact.day for fact in facts)),
                                      ("hub", any(fact.hub_id for fact in facts)))
              if not told}  # fmt: skip
    head = [said(f"evaluation.rows.{kind}.{name}", language) for name in ("code", "words")]
    names = [*head, *(said(f"evaluation.rows.{name}", language)
                      for name in ("day", "hub", "counts", "weighs")
                      if name not in spared)]  # fmt: skip
    cells = [marked(html.Th(name), {"scope": "col"}) for name in names]
    rows = [_row(query, place, kind, fact, spared) for fact in facts]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(rows)], className="evidence-rows")
    box = marked(html.Div(className="scrolls", tabIndex="0"),
                 {"role": "region", "aria-labelledby": "card-rows",
                  TABLE: written(table)})  # fmt: skip
    return _card("rows", language, [*_ways(query, place, line, len(facts), more), box])


def _ways(
    query: Query, place: Place, line: Line, shown: int, more: bool
) -> list[Component]:
    """To the same dossiers in /explore; and to all rows where the page has only the first."""
    language, one = place.language, line.indicator
    told: list[Any] = []
    if one.source.kind == "metric":
        final = place.choice.period.last - timedelta(days=1)
        question = {"period": f"{place.choice.period.first}..{final}"}
        question |= spelled_subject(place.subject, place.known)
        if "person" in question:
            question["official"] = question.pop("person")
        href = shell.way(query, "/explore", **question, rows=one.source.top)
        told.append(html.A(said("evaluation.rows.explore", language,
                                n=words.amount(line.parts.bottom, language)), href=href,
                           className="button"))  # fmt: skip
    if more:
        told.append(html.Span(said("evaluation.rows.first", language, n=str(shown)),
                              className="quiet"))  # fmt: skip
    told.append(html.A(said("evaluation.rows.book", language), className="button",
                       href=place.way(query, "/export/evaluation-rows.xlsx", indicator=one.code)))
    return [html.P(told, className="tools")]


def _row(
    query: Query, place: Place, kind: str, fact: Fact, spared: Collection[str]
) -> Component:
    """A row; `spared`: the columns that no row of the table fills."""
    language, lists = place.language, place.known.lists
    procedure = lists.procedure_by_id.get(fact.words) if kind == "dossiers" else None
    told = procedure.name if procedure else words.fact(fact, language)
    hub = lists.hub_by_id.get(fact.hub_id or "")
    return html.Tr(
        [
            marked(html.Th(apart(fact.code)), {"scope": "row"}),
            html.Td(told, dir="auto", className="words"),
            *([] if "day" in spared else [html.Td(apart(i18n.day(fact.day, language)))]),
            *([] if "hub" in spared else [html.Td(apart(hub.code if hub else i18n.MISSING))]),
            html.Td(_mark(fact.counts, language)),
            html.Td(_mark(fact.weighs, language)),
        ]
    )


def _mark(value: float, language: str) -> Component:
    """1 and 0 as they are: the sum of the column is the part."""
    return apart(words.amount(value, language))


def missing(query: Query, place: Place) -> list[Any]:
    """There is no indicator of that code in these rules, or not for this subject."""
    language = place.language
    return [
        html.H1(said("evaluation.no_line", language)),
        html.P(said("evaluation.no_line_said", language, rules=place.rules.called(language)),
               className="lead"),
        html.P(html.A(said("evaluation.all_lines", language), className="button primary",
                      href=place.way(query, PATH))),
    ]  # fmt: skip
