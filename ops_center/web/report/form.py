"""The forms of /report, which the browser sends itself: whose day, the key, the amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.store.wards import UNASSIGNED
from ops_center.web.chart import TABLE
from ops_center.web.parts import marked, said
from ops_center.web.report.asked import PATH, TOPIC
from ops_center.web.shell import KEPT

if TYPE_CHECKING:
    from ops_center.store.activities import Activity, Past, Topic
    from ops_center.web.desk import Query
    from ops_center.web.known import Known
    from ops_center.web.report.asked import Asked

SAVE, KEY = f"{PATH}/save", f"{PATH}/key"


def whose(query: Query, known: Known, asked: Asked) -> Component:
    """Which hub, which day, which of its teams."""
    language = query.language
    hubs = [(hub.code, f"{hub.code} – {hub.name}") for hub in known.lists.hubs
            if hub.id != UNASSIGNED]  # fmt: skip
    fields = [
        _select("hub", said("report.field.hub", language), said("report.choose", language), hubs,
                asked.hub_code),
        _input("day", said("report.field.day", language), asked.day.isoformat(), kind="date",
               more=f' max="{known.today.isoformat()}"'),
        _input("team", said("report.field.team", language), query.get("team", ""),
               more=f' placeholder="{escape(said("report.only_team", language))}"'),
    ]  # fmt: skip
    button = _button("open", language, "")
    return _form(query, PATH, "get", [*fields, button], "whose", ("by",))


def key(query: Query) -> Component:
    """For who has not shown the keeper's key yet."""
    language = query.language
    field = _input("key", said("evaluation.keeper.key", language), "", kind="password",
                   more=' autocomplete="current-password" required')  # fmt: skip
    return _form(query, KEY, "post", [field, _button("unlock", language)], "key",
                 ("hub", "day", "team", "by"))  # fmt: skip


def amounts(
    query: Query, asked: Asked, topics: Sequence[Topic], known: Sequence[Activity]
) -> Component:
    """A field for each topic, with what is known of it; one that stays empty is no report."""
    language = query.language
    now = {one.topic_id: str(one.amount) for one in known}
    shown = dict(asked.typed.amounts) if asked.refused else now
    rows = [
        _input(f"{TOPIC}{one.id}", named(one, language), shown.get(one.id, ""),
               more=' inputmode="numeric" autocomplete="off"', unit=_unit(one, language))
        for one in topics if one.active or one.id in now
    ]  # fmt: skip
    by = _input("by", said("report.field.reported_by", language), query.get("by", ""),
                more=' autocomplete="name" required')  # fmt: skip
    parts = [f'<div class="report-amounts">{"".join(rows)}</div>', by,
             _button("save", language)]  # fmt: skip
    fixed = {"hub": asked.hub_code, "day": asked.day.isoformat(), "team": query.get("team", "")}
    return _form(query, SAVE, "post", parts, "amounts", (), fixed)


def named(topic: Topic, language: str) -> str:
    """The topic's name in that language, else in Vietnamese."""
    return {"en": topic.name_en, "ar": topic.name_ar}.get(language) or topic.name


def _unit(topic: Topic, language: str) -> str:
    unit = f"campaign.unit.{topic.unit}"
    return said(unit, language) if topic.unit and i18n.has(unit) else topic.unit


def past(
    asked: Asked, topics: Mapping[str, Topic], found: Iterable[Past], known: Known, language: str
) -> list[Component]:
    """What was corrected of this day: the database keeps it."""
    lines = [
        html.Li(said("report.past", language, topic=named(topics[one.topic_id], language),
                     n=i18n.number(one.amount, language), by=one.reported_by or i18n.MISSING,
                     at=i18n.moment(one.replaced_at, known.ward.zone, language)))
        for one in found if one.topic_id in topics
    ]  # fmt: skip
    if not lines:
        return []
    return [html.H2(said("report.corrected", language)), html.Ul(lines, className="report-past")]


# ---------------------------------------------------------------- pieces


def _form(
    query: Query, action: str, method: str, parts: Sequence[str], look: str,
    carried: Sequence[str], fixed: Mapping[str, str] | None = None,
) -> Component:  # fmt: skip
    hidden = {name: query.get(name, "") for name in (*carried, *KEPT)} | dict(fixed or {})
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">'
                   for name, value in hidden.items() if value)  # fmt: skip
    written = f'<form action="{action}" method="{method}">{"".join(parts)}{kept}</form>'
    return marked(html.Div(className=f"report-form {look}"), {TABLE: written})


def _button(words: str, language: str, look: str = " primary") -> str:
    return f'<button class="button{look}">{escape(said(f"report.{words}", language))}</button>'


def _input(
    name: str, label: str, value: str, *, kind: str = "text", more: str = "", unit: str = ""
) -> str:
    beside = f' <small dir="auto">{escape(unit)}</small>' if unit else ""
    return (f'<label><span dir="auto">{escape(label)}{beside}</span>'
            f'<input type="{kind}" name="{escape(name)}" value="{escape(value)}"{more}></label>'
            )  # fmt: skip


def _select(
    name: str, label: str, nothing: str, choices: Iterable[tuple[str, str]], chosen: str
) -> str:
    rows = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(words)}</option>"
        for value, words in [("", nothing), *choices]
    )
    return (f'<label><span>{escape(label)}</span><select name="{name}" required>{rows}</select>'
            "</label>")  # fmt: skip
