"""What a hub's clerk has to do now: five lists, each with its count, made to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.dossiers import Listed
from ops_center.metrics.worklist import KINDS, Todo, Worklist
from ops_center.web import shell
from ops_center.web.amounts import DAY
from ops_center.web.chart import TABLE
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, said
from ops_center.web.why import linked

if TYPE_CHECKING:
    from ops_center.metrics.lists import Hub
    from ops_center.web.desk import Query
    from ops_center.web.known import Known

_STATE = {"overdue": "bad", "due_today": "watch"}
_COLUMNS = {
    "waiting_reception": ("code", "procedure", "applicant", "channel", "submitted_at"),
    "due_today": ("code", "procedure", "applicant", "official", "due_at"),
    "overdue": ("code", "procedure", "applicant", "official", "due_at", "over"),
    "supplement": ("code", "procedure", "applicant", "official", "received_at", "due_at"),
    "not_collected": ("code", "procedure", "applicant", "channel", "ended_at"),
}


def section(query: Query, known: Known, hub: Hub, todo: Worklist) -> list[Component]:
    """The head with all counts, and the lists under it; empty ones are said, not drawn."""
    language = query.language
    at = i18n.moment(todo.as_of, known.ward.zone, language)
    counts = [_count(kind, getattr(todo, kind), language) for kind in KINDS]
    lists = [_list(query, known, hub, kind, getattr(todo, kind)) for kind in KINDS]
    head = html.Header([html.H2(said("hub.worklist", language), id="worklist-title"),
                        html.P(said("hub.as_of", language, at=at), className="quiet")])
    body = html.Section([head, html.Ul(counts, className="counts"), *lists], className="worklist")
    return [marked(body, {"aria-labelledby": "worklist-title"})]


def _count(kind: str, todo: Todo, language: str) -> Component:
    """The count as a way to its list on this page."""
    state = _STATE.get(kind, "none") if todo.total else "none"
    return html.Li(
        html.A([apart(i18n.number(todo.total, language), "count"),
                html.Span(said(f"hub.list.{kind}", language))], href=f"#{kind}"),
        className=f"count-of {state}",
    )


def _list(query: Query, known: Known, hub: Hub, kind: str, todo: Todo) -> Component:
    language = query.language
    question = f"period=today&hub={quote(hub.code, safe='')}" + _kept(query)
    total = apart(i18n.number(todo.total, language), "count")
    number = linked(todo.metric, total, language, question)
    head = html.H3([said(f"hub.list.{kind}", language), " ", number], id=kind)
    meaning = html.P(said(f"hub.meaning.{kind}", language), className="quiet")
    if not todo.rows:
        empty = html.P(said(f"hub.empty.{kind}", language), className="nothing")
        return html.Section([head, empty], className="todo blank")
    return html.Section(
        [head, meaning, _table(query, known, kind, todo), *_more(todo, question, language)],
        className=f"todo {_STATE.get(kind, '')}".strip(),
    )


def _table(query: Query, known: Known, kind: str, todo: Todo) -> Component:
    columns, language = _COLUMNS[kind], query.language
    head = [marked(html.Th(said(f"hub.column.{name}", language), className=name), {"scope": "col"})
            for name in columns]  # fmt: skip
    done = html.Th(said("hub.column.done", language), className="tick")
    tick = html.Td(className="tick")
    rows = [html.Tr([*(_cell(query, known, name, row) for name in columns), tick])
            for row in todo.rows]  # fmt: skip
    table = html.Table([html.Thead(html.Tr([*head, done])), html.Tbody(rows)])
    return marked(html.Div(className="scrolls"), {TABLE: written(table)})


def _cell(query: Query, known: Known, name: str, row: Listed) -> Component:
    label = {"data-label": said(f"hub.column.{name}", query.language)}
    return marked(html.Td(_value(query, known, name, row), className=name), label)


def _value(query: Query, known: Known, name: str, row: Listed) -> Any:
    language, zone, lists = query.language, known.ward.zone, known.lists
    if name == "code":
        return html.A(apart(row.code), href=shell.dossier_way(query, row.source_id, row.code))
    if name == "procedure":
        procedure = lists.procedure_by_id.get(row.procedure_id)
        return html.Span(procedure.name if procedure else row.procedure_id, dir="auto")
    if name == "official":
        official = lists.person_by_id.get(row.official_id or "")
        return html.Span(official.name if official else i18n.MISSING, dir="auto")
    if name == "channel":
        return i18n.text(f"export.channel_level.{row.channel_level}", language)
    if name == "applicant":
        return apart(row.applicant or i18n.MISSING)
    if name == "over":
        return _over(known, row, language)
    return apart(i18n.moment(getattr(row, name), zone, language))


def _over(known: Known, row: Listed, language: str) -> str:
    """The working time since it was due."""
    if row.due_at is None or row.due_at >= known.now:
        return said("hub.second_supplement", language)
    minutes = known.calendar.minutes_between(row.due_at, known.now)
    return i18n.duration(minutes, language, day_minutes=DAY)


def _more(todo: Todo, question: str, language: str) -> list[Component]:
    """The way to the rows that are not shown, or to the list elsewhere."""
    href = f"/explore?{question}&rows={todo.metric}#rows"
    if todo.total > len(todo.rows):
        left = i18n.number(todo.total - len(todo.rows), language)
        return [html.P(html.A(said("hub.more", language, count=todo.total - len(todo.rows), n=left),
                              href=href))]
    return [html.P(html.A(said("hub.explore", language), href=href), className="further")]


def _kept(query: Query) -> str:
    return "".join(f"&{name}={query[name]}" for name in shell.KEPT if query.get(name, "").isalpha())
