"""Hubs × days: what each did on each day, and where nobody told.

The picture is a table, so that it is read aloud, taken along and printed as it is. Its colours are
classes; the limits stand in its legend. assets/campaign.js leads a click on a cell to its dossiers.
"""

from __future__ import annotations

from html import escape

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.campaign_heat import class_of, limits
from ops_center.metrics.pace import Heat
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.words import shown, unit_of
from ops_center.web.chart import TABLE, card, linked
from ops_center.web.parts import Props, marked

PLACES = (
    ("heat-title", "children"), ("heat-unit", "children"), ("heat-data", TABLE),
    ("heat-legend", "children"), ("heat-note", "children"),
)  # fmt: skip
_KINDS = {"not_reported": "silent", "not_yet": "not-yet", "to_come": "to-come"}


def skeleton(language: str) -> Component:
    """The card, built once."""
    box = marked(html.Div(id="heat-data", className="heat", tabIndex="0"),
                 {"role": "region", "aria-labelledby": "heat-title"})  # fmt: skip
    legend = html.Ul(id="heat-legend", className="heat-legend")
    note = html.P(id="heat-note", className="card-note")
    return card("heat", language, [legend, box, note], kind="wide-all", takes=("csv",))


def drawn(seen: Seen) -> Props:
    """The cells of the view's hubs; their classes are those of all hubs, so they never move."""
    found = seen.heat
    if found is None or seen.board is None or not found.hubs:
        note = seen.say("league.empty") if seen.pace is not None else ""
        return {"heat-title": {"children": seen.say("heat.title")}, "heat-unit": {"children": ""},
                "heat-data": {TABLE: ""}, "heat-legend": {"children": []},
                "heat-note": {"children": note}}  # fmt: skip
    shares = unit_of(found.indicator) == "ratio"
    known = [value for row in found.values for value in row if value is not None]
    lows = limits(known, shares)
    return {
        "heat-title": {"children": _finding(seen, found)},
        "heat-unit": {"children": seen.say("heat.unit")},
        "heat-data": {TABLE: _table(seen, found, lows, shares)},
        "heat-legend": {"children": _legend(seen, found, lows, shares)},
        "heat-note": {"children": ""},
    }


def _finding(seen: Seen, found: Heat) -> str:
    """How many hubs kept silent on how many finished days."""
    assert seen.board is not None
    rows = [marks for hub, marks in zip(found.hubs, found.marks, strict=True) if seen.shows(hub)]
    over = sum(day < seen.board.today for day in found.days)
    always = found.indicator.metric is not None and found.indicator.kind == "level"
    if not over or always:
        return seen.say("heat.title")
    silent = [sum(mark == "not_reported" for mark in marks[:over]) for marks in rows]
    told = found.indicator.metric is None
    if not any(silent):
        return seen.say("heat.all_told" if told else "heat.all_busy")
    return seen.say("heat.silent" if told else "heat.quiet", count=sum(map(bool, silent)),
                    days=i18n.number(sum(silent), seen.language))  # fmt: skip


def _legend(
    seen: Seen, found: Heat, lows: tuple[float, ...], shares: bool
) -> list[Component]:
    """The classes with their limits, and the marks of what has no value."""
    ends = [*(low if shares else low - 1 for low in lows[1:]), None]
    items = [] if shares else [("c0", shown(found.indicator, 0, seen.language))]
    for at, (low, end) in enumerate(zip(lows, ends, strict=True), start=1):
        first = shown(found.indicator, low, seen.language)
        last = "" if end is None else shown(found.indicator, end, seen.language)
        words = f"≥ {first}" if end is None else first if first == last else f"{first}–{last}"
        items.append((f"c{at}", words))
    cells = {(mark, value is None) for at in range(len(found.hubs))
             for mark, value in zip(_marks(seen, found, at), found.values[at], strict=True)}
    if ("reported", True) in cells:
        items.append(("c0 of-nothing", seen.say("heat.of_nothing")))
    items += [(kind, _why(seen, found, mark)) for mark, kind in _KINDS.items()
              if (mark, True) in cells]
    return [html.Li([*_swatch(kind), html.Bdi(words)]) for kind, words in items]


def _swatch(kind: str) -> list[Component]:
    """What such a cell looks like; a blank one is told in words."""
    return [] if kind == _KINDS["to_come"] else [html.Span(className=f"swatch {kind}")]


def _why(seen: Seen, found: Heat, mark: str) -> str:
    """Why there is no value: of what teams report no report, of dossiers nothing that happened."""
    idle = mark == "not_reported" and found.indicator.metric is not None
    return seen.say("heat.idle" if idle else f"heat.{mark}")


def _table(seen: Seen, found: Heat, lows: tuple[float, ...], shares: bool) -> str:
    """As HTML text, see `chart`. What a cell leads to is spelled by the table's `data-way`."""
    assert seen.board is not None
    works = seen.board.working
    heads = "".join(
        f'<th scope="col" data-day="{day}"{"" if works[at] else " class=off"}'
        f'{" aria-current=date" if day == seen.board.today else ""}>'
        f"<bdi>{escape(i18n.short_day(day, seen.language))}</bdi></th>"
        for at, day in enumerate(found.days)
    )
    body = "".join(_row(seen, found, at, lows, shares) for at, hub in enumerate(found.hubs)
                   if seen.shows(hub))  # fmt: skip
    corner = escape(seen.say("league.hub"))
    way = escape(_way(seen, found))
    return (f'<table data-way="{way}"><thead><tr><th scope="col">{corner}</th>{heads}</tr></thead>'
            f"<tbody>{body}</tbody></table>")  # fmt: skip


def _way(seen: Seen, found: Heat) -> str:
    """The address of a cell, the script fills in hub and day; "" where no dossiers are behind."""
    assert seen.board is not None
    first = seen.board.campaign.starts_on
    way = seen.explore(found.indicator, ("{hub}",), first, first)
    return way.replace(f"{first}..{first}", "{day}..{day}").replace("%7Bhub%7D", "{hub}")


def _marks(seen: Seen, found: Heat, at: int) -> list[str]:
    """A hub's marks as they are shown: today is not over, there is still time to tell."""
    assert seen.board is not None
    return [
        "to_come" if mark == "not_reported" and day == seen.board.today else mark
        for day, mark in zip(found.days, found.marks[at], strict=True)
    ]


def _row(seen: Seen, found: Heat, at: int, lows: tuple[float, ...], shares: bool) -> str:
    hub = found.hubs[at]
    cells = "".join(
        _cell(seen, found, value, mark, lows, shares)
        for value, mark in zip(found.values[at], _marks(seen, found, at), strict=True)
    )
    name = linked(seen.name(hub), seen.to(hubs=(hub.code,)))
    return f'<tr data-hub="{escape(hub.code)}"><th scope="row">{name}</th>{cells}</tr>'


def _cell(
    seen: Seen, found: Heat, value: float | None, mark: str, lows: tuple[float, ...], shares: bool
) -> str:
    """The number in its class's colour; what has none says why, in a word for who listens."""
    if mark != "reported":
        words = "" if mark == "to_come" else _unseen(_why(seen, found, mark))
        return f'<td class="{_KINDS[mark]}">{words}</td>'
    if value is None:
        return f"<td class=c0>{i18n.MISSING}</td>"
    words = (i18n.number(value * 100, seen.language) if shares
             else shown(found.indicator, value, seen.language))  # fmt: skip
    return f"<td class=c{class_of(value, lows, shares)}>{escape(words)}</td>"


def _unseen(words: str) -> str:
    return f"<span class=spoken>{escape(words)}</span>"
