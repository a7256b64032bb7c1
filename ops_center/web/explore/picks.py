"""What can be chosen: the bar of filters, and the chips of what was.

A pick is a fold with a name; its list is written by assets/explore.js from the choices that the
page carries, so that typing in its search field asks nobody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.reading import DIMENSIONS
from ops_center.metrics.standing import STANDINGS
from ops_center.web import where
from ops_center.web.address import (
    CHANNELS,
    COMPARISONS,
    DEFAULT_COLUMNS,
    DEFAULT_PERIOD,
    FILTERS,
    LEVELS,
    NOBODY,
    PERIODS,
)
from ops_center.web.explore.seen import Seen
from ops_center.web.export import took_words
from ops_center.web.known import Known
from ops_center.web.parts import Props, marked, said

MANY = ("hub", "field", "procedure", "channel", "level", "status", "official")
PLACES = (("chips", "children"), ("period-words", "children"))
USUAL = {"period": DEFAULT_PERIOD, "by": "hub", "metric": "received", "rows": "received",
         "show": ",".join(DEFAULT_COLUMNS), "compare": ""}  # fmt: skip
_WORDS = ("search", "none_found", "first", "last", "apply", "clear", "compare", "no_compare",
          "copied", "copy_failed", "waiting", "server_gone", "retry", "columns")


def skeleton(language: str) -> Component:
    """The bar on one line, and the chips under it."""
    filters = [pick(name, language) for name in MANY]
    buttons = [
        marked(html.Button(said(f"explore.bar.{name}", language), type="button",
                           className="button"), {"data-do": name})
        for name in ("copy", "reset")
    ]
    said_aloud = marked(html.Span(id="bar-said", className="said"), {"role": "status"})
    fresh = marked(html.Button(said("explore.bar.fresh", language), id="bar-fresh", hidden=True,
                               type="button", className="button"), {"data-do": "fresh"})
    bar = html.Div([pick("period", language), *filters, html.Span(className="gap"), said_aloud,
                    fresh, *buttons], className="bar-line")
    chips = html.Div([html.P(id="period-words", className="period-words"),
                      html.Ul(id="chips", className="chips-line")], className="chips-box")
    return marked(html.Div([bar, chips], className="filters", id="filters"),
                  {"role": "search", "aria-label": said("explore.bar.title", language)})


def pick(name: str, language: str) -> Component:
    """A fold in which `name` is chosen; one value or several."""
    kind = "many" if name in (*MANY, "show") else "period" if name == "period" else "one"
    words = html.Span(said(f"explore.pick.{name}", language), className="pick-name")
    count = html.Span(className="pick-count")
    fold = html.Details(
        [html.Summary([words, count]), html.Div(className="pick-box")], className=f"pick {kind}"
    )
    return marked(fold, {"data-pick": name})


def drawn(seen: Seen) -> Props:
    """The period in words, and a chip for each value that narrows the view."""
    return {
        "period-words": {"children": _period(seen)},
        "chips": {"children": [html.Li(chip) for chip in _chips(seen)]},
    }


def _period(seen: Seen) -> str:
    view, language = seen.view, seen.language
    last = view.last.fromordinal(view.last.toordinal() - 1)
    days = i18n.day(view.first, language)
    if last != view.first:
        days = f"{days} – {i18n.day(last, language)}"
    if view.compare and (before := seen.known.before(view)):
        final = before.scope.last.fromordinal(before.scope.last.toordinal() - 1)
        other = f"{i18n.day(before.scope.first, language)} – {i18n.day(final, language)}"
        return seen.say("bar.compared", days=days, other=other)
    return days


def _chips(seen: Seen) -> list[Component]:
    found = []
    for name, short in FILTERS.items():
        values = getattr(seen.view, name)
        for value in values:
            rest = tuple(one for one in values if one != value)
            found.append(_chip(seen, short, value, seen.to(**{name: rest})))
    for one in seen.view.where:
        rest = tuple(other for other in seen.view.where if other != one)
        words = where.said(one, seen.language)
        found.append(_removable(seen, "where", words, seen.to(where=rest)))
    if seen.view.compare:
        words = seen.say(f"compare.{seen.view.compare}")
        found.append(_removable(seen, "compare", words, seen.to(compare=None)))
    if seen.view.rows != "received":
        words = seen.name(seen.view.rows)
        found.append(_removable(seen, "rows", words, seen.to(rows="received")))
    return found


def _chip(seen: Seen, short: str, value: str, href: str) -> Component:
    return _removable(seen, short, value_name(seen.known, short, value, seen.language), href)


def _removable(seen: Seen, short: str, words: str, href: str) -> Component:
    kind = html.Span(seen.say(f"pick.{short}") + ": ", className="quiet")
    cross = marked(html.Span("✕", className="cross"), {"aria-hidden": "true"})
    gone = seen.say("bar.remove", name=words)
    return html.A([kind, words, html.Span(f" – {gone}", className="spoken"), cross], href=href,
                  className="filter-chip", title=gone)


def value_name(known: Known, short: str, value: str, language: str) -> str:
    """What a filter's value is called."""
    lists = known.lists
    if short == "hub":
        hub = lists.hub_by_id.get(lists.hub_ids.get(value, ""))
        return hub.name if hub else value
    if short == "field":
        return lists.field_by_id[value].called(language)
    if short == "procedure":
        return lists.procedure_by_id[value].name
    if short == "official":
        return (said("export.nobody", language) if value == NOBODY
                else lists.person_by_id[value].name)  # fmt: skip
    if short == "hour":
        weekday, hour = value.split("-")
        return said("explore.hours.one", language, day=weekday_name(int(weekday), language),
                    hour=int(hour), next=int(hour) + 1)
    if short == "took":
        return took_words(value, language)
    kind = {"channel": "channel_level", "level": "levels", "status": "standings"}[short]
    return said(f"export.{kind}.{value}", language)


def weekday_name(weekday: int, language: str) -> str:
    """`Thứ Hai` for 1."""
    return i18n.weekday(date(2024, 1, weekday), language)  # 1 January 2024 was a Monday


# ---------------------------------------------------------------- what the page carries


def choices(known: Known, language: str) -> dict[str, list[list[str]]]:
    """Pick → [value, words, what a search looks through] for each choice."""
    lists = known.lists

    def named(short: str, values: Any) -> list[list[str]]:
        return [_choice(one, value_name(known, short, one, language)) for one in values]

    def metrics(names: Any) -> list[list[str]]:
        return [_choice(one, said(f"metrics.{one}.name", language)) for one in names]

    periods = [one for one in PERIODS if one != "campaign" or known.campaign]
    return {
        "hub": named("hub", [hub.code for hub in lists.hubs]),
        "field": named("field", [one.id for one in lists.fields]),
        "procedure": [_choice(one.id, f"{one.name}", one.id) for one in lists.procedures],
        "channel": named("channel", CHANNELS),
        "level": named("level", LEVELS),
        "status": named("status", STANDINGS),
        "official": named("official", [NOBODY, *(one.id for one in lists.people)]),
        "period": [_choice(one, said(f"explore.period.{one}", language)) for one in periods],
        "compare": [_choice(one, said(f"explore.compare.{one}", language)) for one in COMPARISONS],
        "by": [_choice(one, said(f"export.by.{one}", language)) for one in DIMENSIONS],
        "metric": metrics(METRICS),
        "rows": metrics(METRICS),
        "show": metrics(METRICS),
    }


def _choice(value: str, words: str, more: str = "") -> list[str]:
    return [value, words, i18n.fold(f"{words} {value} {more}")]


def words(language: str) -> dict[str, str]:
    """The words that the scripts write."""
    return {name: said(f"explore.js.{name}", language) for name in _WORDS}
