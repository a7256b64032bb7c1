"""The road map: a table whose last column is drawn. Late items and those without an owner first,
then phase by phase; what the filters leave out is in the page, hidden, and assets/plan.js shows
and hides as one chooses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.roadmap import Bar, Roadmap, Span, roadmap
from ops_center.metrics.plan import Item, phases
from ops_center.web.chart import TABLE
from ops_center.web.markup import written
from ops_center.web.parts import apart, marked, shape
from ops_center.web.plan.asked import Plan, facets
from ops_center.web.plan.faces import done_of, named

COLUMNS = ("item", "owner", "due", "advance", "way")
_SHAPES = {"late": "bad", "done": "good", "under_way": "none", "planned": "none",
           "cancelled": "none"}  # fmt: skip


def whole(plan: Plan) -> Component:
    """The plan in groups."""
    pressing = [one for one in plan.items if one.late or one.unowned]
    rest = [one for one in plan.items if not (one.late or one.unowned)]
    groups = [("pressing", plan.say("pressing"), pressing)]
    groups += [(f"phase-{n}", phase, [one for one in rest if one.phase == phase])
               for n, phase in enumerate(phases(plan.items))]  # fmt: skip
    groups.append(("other", plan.say("no_phase"), [one for one in rest if not one.phase]))
    return _table(plan, [group for group in groups if group[2]], "plan-table")


def listed(plan: Plan, items: Sequence[Item], name: str) -> Component:
    """Some items without groups."""
    return _table(plan, [(name, "", items)], f"{name}-table")


def _table(plan: Plan, groups: Sequence[tuple[str, str, Sequence[Item]]], name: str) -> Component:
    drawn = _roadmap(plan, [one for _, _, items in groups for one in items])
    head = [marked(html.Th(_axis(plan, drawn) if column == "way" else plan.say(f"column.{column}"),
                           className=column), {"scope": "col"})
            for column in COLUMNS]  # fmt: skip
    bodies = [_group(plan, drawn, *group) for group in groups]
    table = html.Table([html.Caption(plan.say("caption"), className="spoken"),
                        html.Thead(html.Tr(head)), *bodies], id=name, className="roadmap")
    return marked(html.Div(className="scrolls card"), {TABLE: written(table)})


def _roadmap(plan: Plan, items: Iterable[Item]) -> Roadmap:
    assert plan.campaign is not None
    today = plan.known.today
    spans = {
        one.id: Span(one.starts_on, one.due_on, one.progress / 100, _late_until(one))
        for one in items
    }
    marks = [one.day for one in plan.milestones]
    return roadmap(spans, plan.campaign.starts_on, plan.campaign.ends_on, today, marks)


def _late_until(one: Item) -> Any:
    """The last day of its lateness: yesterday's end has passed, so today counts."""
    if one.late:
        return one.today
    return one.done_on if one.state == "done" and one.days_late else None


def _group(
    plan: Plan, drawn: Roadmap, name: str, words: str, items: Sequence[Item]
) -> Component:
    rows = [_row(plan, drawn, one) for one in items]
    shown = any(plan.shows(one) for one in items)
    if words:
        counts = html.Span(done_of(plan, items), className="quiet")
        title = marked(html.Th([html.Span(words, dir="auto"), " ", counts],
                               colSpan=len(COLUMNS)), {"scope": "rowgroup"})  # fmt: skip
        rows.insert(0, html.Tr(title, className=f"group {name.split('-')[0]}"))
    return html.Tbody(rows, hidden=not shown)


def _row(plan: Plan, drawn: Roadmap, one: Item) -> Component:
    cells: dict[str, Any] = {
        "item": _item(plan, one),
        "owner": html.Div(named(plan, one.owner), className="plan-who"),
        "due": _due(plan, one),
        "advance": _progress(plan, one),
        "way": _way(plan, drawn, drawn.bars[one.id], one),
    }
    told = [
        marked(html.Td(value, className=name), {"data-label": plan.say(f"column.{name}")})
        for name, value in cells.items()
    ]
    told[0] = marked(html.Th(cells["item"], className="item"), {"scope": "row"})
    row = html.Tr(told, className=one.standing, hidden=not plan.shows(one))
    return marked(row, {f"data-{name}": json.dumps(values) for name, values in facets(one).items()})


def _item(plan: Plan, one: Item) -> list[Any]:
    link = html.A([apart(one.code, "item-code"), " ", html.Span(one.content, dir="auto")],
                  href=plan.item_way(one))  # fmt: skip
    told: list[Any] = [link]
    if one.deliverable:
        told.append(html.Div(html.Bdi(one.deliverable), className="quiet"))
    return told


def _due(plan: Plan, one: Item) -> list[Any]:
    day = apart(i18n.short_day(one.due_on, plan.language))
    if one.late:
        words = plan.say("days_late", count=one.days_late)
        return [day, html.Div([shape("bad"), " ", words], className="late-by")]
    if one.soon:
        left = (one.due_on - one.today).days
        key = "due_today" if not left else "due_soon"
        return [day, html.Div(plan.say(key, count=left), className="quiet")]
    if one.state == "done" and one.days_late:
        return [day, html.Div(plan.say("done_late", count=one.days_late), className="quiet")]
    return [day]


def _progress(plan: Plan, one: Item) -> list[Any]:
    """The state in shape and word, and how far it is."""
    key = one.state if one.late else one.standing
    words: list[Any] = [html.Span([shape(_SHAPES[one.standing]), " ", plan.say(f"state.{key}")],
                                  className="item-state")]  # fmt: skip
    if one.state == "under_way" or (one.late and one.progress):
        words += [" ", apart(i18n.percent(one.progress / 100, plan.language, 0), "percent")]
    return words


def _axis(plan: Plan, drawn: Roadmap) -> list[Component]:
    """The weeks' Mondays, milestones and today, above the bars."""
    ticks = [
        html.Span(apart(i18n.short_day(day, plan.language)), className="tick", style=_at(place))
        for day, place in drawn.ticks
    ]
    marks = [
        html.Span(className="milestone", style=_at(place),
                  title=f"{i18n.short_day(day, plan.language)} – {_milestone(plan, day)}")
        for day, place in drawn.milestones
    ]  # fmt: skip
    words = html.Span(plan.say("column.way"), className="spoken")
    return [words, marked(html.Div([*ticks, *marks, *_today(drawn)], className="track axis",
                                   dir="ltr"), {"aria-hidden": "true"})]  # fmt: skip


def _milestone(plan: Plan, day: Any) -> str:
    return "; ".join(one.name for one in plan.milestones if one.day == day)


def _way(plan: Plan, drawn: Roadmap, bar: Bar, one: Item) -> list[Component]:
    """The bar on its way, and its days in words for whoever cannot see it."""
    days = " – ".join(i18n.short_day(day, plan.language) for day in (one.starts_on, one.due_on))
    done = html.Span(className="bar-done", style={"inlineSize": f"{bar.done:.2%}"})
    parts = [html.Span(done, className="bar", style=_at(bar.start, bar.length))]
    if bar.over:
        parts.append(html.Span(className="bar-over", style=_at(bar.start + bar.length, bar.over)))
    picture = html.Div([*parts, *_today(drawn)], className="track", dir="ltr", title=days)
    return [marked(picture, {"aria-hidden": "true"}), html.Span(days, className="spoken")]


def _today(drawn: Roadmap) -> list[Component]:
    if drawn.today is None:
        return []
    return [html.Span(className="today-line", style=_at(drawn.today))]


def _at(place: float, length: float | None = None) -> dict[str, str]:
    found = {"insetInlineStart": f"{place:.3%}"}
    return found if length is None else {**found, "inlineSize": f"{length:.3%}"}
