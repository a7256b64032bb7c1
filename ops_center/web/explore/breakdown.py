"""The table: the view broken down by one dimension, its foot the same numbers as the strip."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.explore import Line
from ops_center.metrics.number import Number
from ops_center.web.chart import TABLE, card, linked, ltr
from ops_center.web.explore import picks
from ops_center.web.explore.seen import Seen
from ops_center.web.export import sorted_lines
from ops_center.web.parts import Props, marked, said

MOST = 100  # lines on the page unless all are asked for; an export has all
PLACES = (
    ("table-title", "children"), ("table-unit", "children"), ("table-data", TABLE),
    ("table-note", "children"), ("table-exports", "children"),
)  # fmt: skip


def skeleton(language: str) -> Component:
    """The card, built once."""
    box = marked(html.Div(id="table-data", className="breakdown", tabIndex="0"),
                 {"role": "region", "aria-labelledby": "table-title"})
    tools = [picks.pick("by", language), picks.pick("show", language),
             html.Span(id="table-exports", className="exports")]
    return card("table", language, [box, html.P(id="table-note", className="card-note")],
                kind="wide", tools=tools, takes=("csv",))


def drawn(seen: Seen) -> Props:
    """The lines in the view's order."""
    lines = sorted_lines(seen.found.lines, seen.view, seen.label(seen.view.by))
    shown = lines if seen.view.lines else lines[:MOST]
    by = said(f"export.by.{seen.view.by}", seen.language)
    return {
        "table-title": {"children": seen.say("table.title", by=by, count=len(lines))},
        "table-unit": {"children": seen.say("table.unit")},
        "table-data": {TABLE: _table(seen, shown, by)},
        "table-note": {"children": _note(seen, len(shown), len(lines))},
        "table-exports": {"children": exports(seen, "table")},
    }


def _note(seen: Seen, shown: int, total: int) -> list[Component | str]:
    """How many lines are not shown, and the way to them; and the way back."""
    number = i18n.number(total, seen.language)
    if shown < total:
        cut = seen.say("table.cut", shown=i18n.number(shown, seen.language), total=number)
        return [cut, " ", html.A(seen.say("table.all", total=number), href=seen.to(lines="all"))]
    if total > MOST:
        return [html.A(seen.say("table.fewer", most=MOST), href=seen.to(lines=""))]
    return []


def exports(seen: Seen, what: str) -> list[Component]:
    """Links to the whole, as files."""
    query = seen.to(lang=seen.language).partition("?")[2]
    return [
        html.A(kind.upper(), href=f"/export/{what}.{kind}?{query}", className="button",
               title=seen.say(f"export.{what}", kind=kind.upper()))
        for kind in ("csv", "xlsx")
    ]


def short_names(metrics: Sequence[str], language: str) -> list[str]:
    """What the metrics are called in a narrow place; in full where two are called the same."""
    short = [said(f"metrics.{name}.short", language) for name in metrics]
    return [words if short.count(words) == 1 else said(f"metrics.{name}.name", language)
            for name, words in zip(metrics, short, strict=True)]


def _table(seen: Seen, lines: Sequence[Line], by: str) -> str:
    """As HTML text, see `chart`. A click on a number, which desks understand by `data-metric`,
    narrows the view to its line and lists its dossiers."""
    columns, language = seen.view.columns, seen.language
    tops = {name: max((_size(one.numbers[name]) for one in lines), default=0) for name in columns}
    heads = _head(seen, "name", by, by) + "".join(
        _head(seen, name, words, said(f"metrics.{name}.description", language))
        for name, words in zip(columns, short_names(columns, language), strict=True)
    )
    label = seen.label(seen.view.by)
    body = "".join(_line(seen, line, label(line.key), tops) for line in lines)
    foot = "".join(_cell(seen, name, seen.found.strip[name], 0) for name in columns)
    total = f'<tr><th scope="row">{escape(said("export.total", language))}</th>{foot}</tr>'
    return (f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot>{total}</tfoot></table>")


def _head(seen: Seen, name: str, words: str, told: str) -> str:
    """A column's name sorts by it, largest first; again the other way round."""
    sort = seen.view.sort
    wanted = name if sort == f"-{name}" or (name == "name" and sort != "name") else f"-{name}"
    order = "descending" if sort == f"-{name}" else "ascending" if sort == name else "none"
    mark = {"descending": " ▼", "ascending": " ▲", "none": ""}[order]
    link = linked(words + mark, seen.to(sort=wanted))
    why = "" if name == "name" else _why(seen, name)
    return f'<th scope="col" aria-sort="{order}" title="{escape(told)}">{link}{why}</th>'


def _why(seen: Seen, name: str) -> str:
    """The way to what the metric means and is made of."""
    words, href = escape(seen.say("table.why", name=seen.name(name))), escape(seen.why(name))
    return (f'<a class="why-mark" data-why="{name}" href="{href}" title="{words}" '
            f'aria-label="{words}">?</a>')


def _line(seen: Seen, line: Line, words: str, tops: dict[str, float]) -> str:
    name = linked(words, seen.narrowed(seen.view.by, line.key))
    cells = "".join(_cell(seen, one, line.numbers[one], tops[one]) for one in seen.view.columns)
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _cell(seen: Seen, name: str, number: Number, top: float) -> str:
    counts = number.value if number.denominator is None else number.denominator
    share = 100 * _size(number) / top if top else 0
    bar = f'<i class="cell-bar" style="inline-size:{share:.0f}%"></i>' if share >= 1 else ""
    metric = f' data-metric="{name}"' if counts else ""
    return f"<td{metric}>{bar}{ltr(seen.shown(number))}</td>"


def _size(number: Number) -> float:
    return float(number.value or 0)
