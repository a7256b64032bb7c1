"""Why this number? Its words, formula and parts in this scope, its thresholds, source and rows.

A link made by `linked` leads to the page /why/<metric>?<the question of /explore>; where scripts
run, assets/why.js shows the same panel in a dialog instead. Neither is any callback's Input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.metrics.catalog import METRICS, Metric
from ops_center.metrics.dossiers import Listed, Page, list_dossiers
from ops_center.metrics.reason import Reason, Term, find_reason
from ops_center.web import amounts
from ops_center.web.address import FILTERS, View, spelled
from ops_center.web.export import filter_words
from ops_center.web.parts import apart, marked, said, shape
from ops_center.web.shell import dossier_way

if TYPE_CHECKING:
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

FIRST_ROWS = 5
_LOOKED_AT = 20  # rows among which those are, since sensitive ones are passed over
_PLAIN: dict[str, Any] = {
    "by": "hub", "columns": View.columns, "sort": "", "metric": "received", "compare": None,
}  # fmt: skip
"""What of a view has nothing to do with a number's scope."""


@dataclass(frozen=True)
class Told:
    """The panel, and what of the address was dropped."""

    panel: Component
    known: Known
    notes: tuple[str, ...]


def linked(
    name: str, shown: Any, language: str, question: str = "", kind: str = ""
) -> Component:
    """`shown` as a link to why that metric's number is what it is.

    `question`: the scope as an address of /explore spells it ("period=today&hub=TDP-01").
    """
    address = f"/why/{name}?{question}" if question else f"/why/{name}"
    words = said("why.ask", language, name=said(f"metrics.{name}.name", language))
    link = html.A(shown, href=address, className=f"why-link {kind}".strip(), title=words)
    return marked(link, {"data-why": name})


def tell(desk: Desk, query: Query, name: str) -> Told:
    """The panel of that metric for the address; Problem for an unknown metric."""
    if name not in METRICS:
        raise Problem("why.unknown", name=name[:40])
    with desk.asking() as (connection, known):
        view, notes = known.view(query, query.language)
        view = replace(view, lang=query.get("lang", "") and view.lang)
        scope = known.scope(view)
        reason = find_reason(connection, known.ward, scope, known.now, name)
        page = list_dossiers(
            connection, known.ward, scope, known.now, name=name, limit=_LOOKED_AT
        )
    dropped = tuple(i18n.text(one.key, query.language, **one.values) for one in notes)
    return Told(panel(query, known, view, reason, page), known, dropped)


def panel(query: Query, known: Known, view: View, reason: Reason, page: Page) -> Component:
    """All of the reason in words."""
    language, name = query.language, reason.metric.name
    article = html.Article(
        [
            html.H2(said(f"metrics.{name}.name", language), id="why-title"),
            html.P(said(f"metrics.{name}.description", language), className="lead"),
            _number(reason, language),
            *_formula(reason, view, language),
            html.Dl(list(_facts(known, view, reason, language)), className="facts"),
            *_rows(query, known, view, reason, page),
        ],
        className="why",
    )
    return marked(article, {"data-close": said("why.close", language)})


# ---------------------------------------------------------------- the number and its parts


def _number(reason: Reason, language: str) -> Component:
    shown = [apart(amounts.shown(reason.metric, reason.number.value, language), "why-number")]
    if reason.metric.target is not None or reason.state != "none":
        word = said(f"metrics.state.{reason.state}", language)
        state = reason.state
        shown.append(html.Span([shape(state), " ", word], className=f"verdict {state}"))
    if reason.number.value is None:
        shown.append(html.Span(said("why.no_value", language), className="quiet"))
    return html.P(shown, className="why-value")


def _formula(reason: Reason, view: View, language: str) -> list[Component]:
    """The sum, the fraction, or the rank; nothing for a plain count."""
    metric, found = reason.metric, reason.number
    head = html.H3(said("why.formula", language))
    if metric.kind == "percentile":
        told = _percentile(reason, language)
        return [head, html.P(told)]
    if metric.kind == "distinct":
        return [head, html.P(said(f"why.distinct.{metric.key}", language))]
    if not reason.top:
        return []
    parts = [_sum("why.above" if reason.bottom else "why.sum", reason.top,
                  found.numerator, view, language)]
    if reason.bottom:
        parts.append(_sum("why.below", reason.bottom, found.denominator, view, language))
    return [head, html.Div(parts, className="fraction" if reason.bottom else "sum")]


def _percentile(reason: Reason, language: str) -> str:
    metric, found = reason.metric, reason.number
    assert metric.share is not None
    share = i18n.percent(metric.share, language, 0)
    if found.value is None:
        return said("why.no_rank", language, share=share)
    n = found.denominator or 0
    rank = -(-n * round(metric.share * 100) // 100)
    return said(
        "why.rank", language, share=share, n=i18n.number(n, language),
        rank=i18n.number(rank, language),
        value=i18n.duration(found.value, language, day_minutes=amounts.DAY),
    )  # fmt: skip


def _sum(
    label: str, terms: Sequence[Term], total: int | None, view: View, language: str
) -> Component:
    """One side of the formula: its terms, and what they come to."""
    rows = [_term(term, at == 0, view, language) for at, term in enumerate(terms)]
    if len(terms) > 1:
        rows.append(
            html.Tr([html.Th("=", className="sign"), html.Th(said("why.together", language)),
                     html.Td(apart(i18n.number(total, language)))], className="total")
        )
    caption = html.Caption(said(label, language))
    return html.Table([caption, html.Tbody(rows)])


def _term(term: Term, first: bool, view: View, language: str) -> Component:
    sign = "−" if term.sign < 0 else "" if first else "+"
    known = term.name in METRICS
    name = said(f"metrics.{term.name}.name" if known else f"why.part.{term.name}", language)
    count = apart(i18n.number(term.value, language))
    if known and METRICS[term.name].kind == "amount" and term.value:
        href = spelled(view, **_PLAIN, rows=term.name) + "#rows"
        count = html.A(count, href=href, title=said("why.rows_of", language, name=name))
    return html.Tr([html.Td(apart(sign), className="sign"), html.Td(name), html.Td(count)])


# ---------------------------------------------------------------- scope, thresholds, freshness


def _facts(known: Known, view: View, reason: Reason, language: str) -> list[Component]:
    final = view.last - timedelta(days=1)
    days = said("why.days", language, first=i18n.day(view.first, language),
                last=i18n.day(final, language))  # fmt: skip
    if final == view.first:
        days = i18n.day(view.first, language)
    told: list[tuple[str, Any]] = [
        ("period", apart(days)), ("where", _where(known, view, language)),
        ("counted", _counted(known, reason, language)),
    ]  # fmt: skip
    if reason.metric.target is not None:
        told.append(("thresholds", _thresholds(reason.metric, language)))
    told.append(("source", reason.metric.source or said("why.own", language)))
    told.append(("fresh", _fresh(known, reason, language)))
    return [
        html.Div([html.Dt(said(f"why.{key}", language)), html.Dd(value)]) for key, value in told
    ]


def _where(known: Known, view: View, language: str) -> Any:
    narrowed = [
        html.Li([html.B(i18n.text(f"export.filter.{short}", language)), ": ",
                 html.Bdi(", ".join(filter_words(known, view, name, language)))])
        for name, short in FILTERS.items() if getattr(view, name)
    ]
    return html.Ul(narrowed) if narrowed else said("why.whole", language, ward=known.ward.name)


def _counted(known: Known, reason: Reason, language: str) -> str:
    at = i18n.moment(reason.at, known.ward.zone, language)
    return said(f"why.by.{reason.counted}", language, at=at)


def _thresholds(metric: Metric, language: str) -> Component:
    """The three zones, each with its shape."""
    assert metric.target is not None and metric.watch is not None
    target = amounts.shown(metric, metric.target, language)
    watch = amounts.shown(metric, metric.watch, language)
    side = "at_least" if metric.better == "up" else "at_most"
    zones = [
        ("good", said(f"why.zone.{side}", language, value=target)),
        ("watch", said(f"why.zone.{side}", language, value=watch)),
        ("bad", said(f"why.zone.{'below' if metric.better == 'up' else 'above'}", language,
                     value=watch)),
    ]
    return html.Ul(
        [html.Li([shape(state), " ", said(f"metrics.state.{state}", language), ": ", words],
                 className=state) for state, words in zones],
        className="zones",
    )


def _fresh(known: Known, reason: Reason, language: str) -> str:
    zone = known.ward.zone
    at = i18n.moment(reason.at, zone, language)
    if reason.revision.at is None:
        return said("why.never_summed", language)
    summed = i18n.moment(reason.revision.at, zone, language)
    number = i18n.number(reason.revision.number, language)
    return said("why.summed", language, at=at, summed=summed, revision=number)


# ---------------------------------------------------------------- its rows


def _rows(
    query: Query, known: Known, view: View, reason: Reason, page: Page
) -> list[Component]:
    """The way to the rows, whose count is the number, and the first few of them."""
    language = query.language
    if not reason.rows:
        return [html.P(said("why.no_rows", language), className="quiet")]
    href = spelled(view, **_PLAIN, rows=reason.metric.name) + "#rows"
    words = said("why.open", language, count=reason.rows, n=i18n.number(reason.rows, language))
    first = [
        html.Li([html.A(apart(row.code), href=dossier_way(query, row.source_id, row.code)), " ",
                 html.Span(_stands(row, language), className="quiet")])
        for row in page.rows if not _is_sensitive(known, row)
    ][:FIRST_ROWS]
    return [
        html.P(html.A(words, href=href, className="button primary")),
        *([html.H3(said("why.first", language)), html.Ul(first, className="first-rows")]
          if first else []),
    ]


def _is_sensitive(known: Known, row: Listed) -> bool:
    """Whether screens only count it: the panel opens on walls, too, where citizens wait."""
    procedure = known.lists.procedure_by_id.get(row.procedure_id)
    field = known.lists.field_by_id.get(procedure.field_id) if procedure else None
    return field is not None and field.sensitive


def _stands(row: Listed, language: str) -> str:
    """How it ended, or where it stands."""
    if (end := row.outcome or row.end_kind) is not None:
        return i18n.text(f"export.ends.{end}", language)
    return i18n.text(f"export.standings.{row.standing}", language) if row.standing else ""
