"""The fifth scene: is the campaign on pace, will it make it, and who holds it back.

Up to four indicators are drawn as burn-ups, more as lines of a table; both are mounted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.campaign_pace import wall_burn_up
from ops_center.store.wards import UNASSIGNED
from ops_center.web.campaign import words
from ops_center.web.campaign.burnup import as_drawn, chart_words
from ops_center.web.parts import (
    Look,
    Props,
    apart,
    chart,
    charted,
    code,
    marked,
    panel,
    said,
    shape,
    titled,
)
from ops_center.web.scenes.findings import hub_codes

if TYPE_CHECKING:
    from ops_center.metrics.campaign_wall import Holding, OnTheWall
    from ops_center.metrics.pace import Board, Pace
    from ops_center.metrics.plan import Item, PlanStanding
    from ops_center.metrics.snapshot import Snapshot

CHARTS, LINES, HUBS = 4, 10, 7
_COLUMNS = ("indicator", "now", "gap", "needed", "lately", "chance")


def skeleton(look: Look) -> list[Any]:
    """Four charts and a table in the same place, one of them hidden; hubs and plan beside them."""
    head = html.Div([html.Span(said(f"campaign.wall.{name}", look.language)) for name in _COLUMNS],
                    className="goal goal-head")  # fmt: skip
    table = panel("goals", [head, html.Ol(id="goals-rows", className="goal-rows"),
                            html.P(id="goals-note", className="note")])  # fmt: skip
    charts = [chart(f"goal-{at}") for at in range(CHARTS)]
    return [
        html.Div([*charts, table], id="goals-box", className="goals"),
        panel("holding", [html.Ol(id="holding-rows", className="rows holding-rows"),
                          html.P(id="holding-note", className="note")], "holding"),
        panel("promised", [html.Ol(id="promised-rows", className="rows promised-rows"),
                           html.P(id="promised-note", className="note")], "promised"),
    ]  # fmt: skip


def drawn(snapshot: Snapshot, language: str, theme: str) -> Props:
    """The scene at that snapshot."""
    found = snapshot.on_the_wall
    return (
        _goals(found.board if found else None, language, theme)
        | _holding(found, snapshot, language)
        | _promised(found, language)
    )


# ---------------------------------------------------------------- the indicators


def _goals(board: Board | None, language: str, theme: str) -> Props:
    paces = board.paces if board else ()
    count = len(paces) if len(paces) <= CHARTS else 0
    return {
        "goals-box": {"className": f"goals of-{count}"},
        **_charts(board, count, language, theme),
        **_table(board, language),
    }


def _charts(board: Board | None, count: int, language: str, theme: str) -> Props:
    props: Props = {}
    for at in range(CHARTS):
        if board is None or at >= count:
            props |= charted(f"goal-{at}", "", "", None)
            continue
        pace = board.paces[at]
        figure = None
        if pace.plan or pace.now is not None:
            figure = wall_burn_up(as_drawn(pace, board), theme, language,
                                  chart_words(pace, language))  # fmt: skip
        title = words.finding(pace, board, language)
        props |= charted(f"goal-{at}", title, _beside(pace, board, language), figure)
    return props


def _beside(pace: Pace, board: Board, language: str) -> str:
    """What is needed beside what is done lately."""
    if board.day.phase != "running" or pace.now is None:
        return words.state_words(pace, board.day, language)
    parts = (words.needed(pace, language), words.lately(pace, language))
    told = " · ".join(part for part in parts if part)
    return told or words.state_words(pace, board.day, language)


def _table(board: Board | None, language: str) -> Props:
    """Empty where charts are drawn; without a campaign or indicators it says so."""
    if board is None or not board.paces:
        key = "empty" if board is None else "no_indicators"
        return titled("goals", said("wall.scene.campaign", language)) | {
            "goals-rows": {"children": []},
            "goals-note": {"children": said(f"campaign.wall.{key}", language)},
        }
    if len(board.paces) <= CHARTS:
        return titled("goals", "") | {"goals-rows": {"children": []},
                                      "goals-note": {"children": ""}}  # fmt: skip
    rest = len(board.paces) - LINES
    more = f" · {said('campaign.wall.more', language, count=rest)}" if rest > 0 else ""
    lines = [_line(one, board, language) for one in board.paces[:LINES]]
    over = "_over" if board.day.phase == "after" else ""
    return titled("goals", words.standing(board, language),
                  said(f"campaign.wall.unit{over}", language) + more) | {
        "goals-rows": {"children": lines},
        "goals-note": {"children": ""},
    }  # fmt: skip


def _line(pace: Pace, board: Board, language: str) -> Component:
    indicator, day = pace.indicator, board.day
    target: list[str | Component] = [] if pace.target is None else [
        " / ", apart(words.shown(indicator, pace.target, language))
    ]  # fmt: skip
    name = html.Span(indicator.words(language), className="goal-name", dir="auto")
    state = html.Span([shape(pace.state), words.state_words(pace, day, language)],
                      className="goal-state")  # fmt: skip
    amount = [apart(words.shown(indicator, pace.now, language), "goal-now"),
              html.Span(target, className="quiet")]  # fmt: skip
    now = html.Div([html.Div([html.Span(amount), state], className="goal-line"),
                    _bar(pace)])  # fmt: skip
    running = day.phase == "running"
    numbers = [
        words.gap_words(indicator, pace.gap, language),
        words.needed_words(pace, language) if running else i18n.MISSING,
        words.shown(indicator, pace.lately, language) if running else i18n.MISSING,
        _chance(pace, board, language),
    ]
    return html.Li([name, now, *(apart(one, "goal-number") for one in numbers)],
                   className=f"goal {pace.state}", key=indicator.code)  # fmt: skip


def _chance(pace: Pace, board: Board, language: str) -> str:
    if board.day.phase != "running" or pace.forecast is None:
        return i18n.MISSING
    return words.chance(pace.forecast.probability, language)


def _bar(pace: Pace) -> Component:
    done, planned = words.progress(pace)
    if done is None:
        return html.Span(className="progress blank")
    parts = [html.Span(className="progress-done", style={"inlineSize": f"{done:.1%}"})]
    if planned is not None:
        parts.append(html.Span(className="progress-plan",
                               style={"insetInlineStart": f"{planned:.1%}"}))  # fmt: skip
    return marked(html.Span(parts, className="progress"), {"aria-hidden": "true"})


# ---------------------------------------------------------------- hubs and the plan


def _holding(found: OnTheWall | None, snapshot: Snapshot, language: str) -> Props:
    lines = found.holding[:HUBS] if found else ()
    split = found is not None and found.split
    over = "_over" if found and found.board.day.phase == "after" else ""
    key = f"campaign.wall.holding_{f'none{over}' if split else 'silent'}"
    note = "" if lines else said(key if found else "wall.with_campaign", language)
    codes = hub_codes(snapshot)
    top = max((one.share for one in lines), default=1.0)
    unit = said("campaign.wall.holding_unit", language) if lines else ""
    return titled("holding", said(f"campaign.wall.holding{over}", language), unit) | {
        "holding-rows": {"children": [_hub(one, codes, top, language) for one in lines]},
        "holding-note": {"children": note},
    }


def _hub(one: Holding, codes: dict[str, str], top: float, language: str) -> Component:
    hub = one.hub
    name = said("wall.unassigned", language) if hub.id == UNASSIGNED else hub.name
    bar = html.Span(className="holding-bar", style={"inlineSize": f"{one.share / top:.0%}"})
    return html.Li([code(codes.get(str(hub.id), hub.code)),
                    html.Span(name, className="name", dir="auto"),
                    apart(i18n.percent(one.share, language, 0), "value"), bar],
                   key=hub.code)  # fmt: skip


def _promised(found: OnTheWall | None, language: str) -> Props:
    """What of the action plan is late, and what nobody answers for."""
    title, unit, note = said("shell.plan", language), "", said("wall.with_campaign", language)
    items: Sequence[Item] = ()
    if found is not None:
        plan, items = found.plan, found.plan.first
        title, note = _promise(plan, language), ""
        if plan.items:
            unit = said("campaign.wall.plan_done", language, done=plan.done, total=plan.items)
    return titled("promised", title, unit) | {
        "promised-rows": {"children": [_item(one, language) for one in items]},
        "promised-note": {"children": note},
    }


def _promise(plan: PlanStanding, language: str) -> str:
    if not plan.items:
        return said("campaign.wall.plan_empty", language)
    told = [said(f"campaign.wall.plan_{name}", language, count=count)
            for name, count in (("late", plan.late), ("unowned", plan.unowned)) if count]
    return " · ".join(told) or said("campaign.wall.plan_good", language)


def _item(one: Item, language: str) -> Component:
    """What is to be done, by when, and by whom."""
    state = "bad" if one.late else "watch"
    owner = one.owner.name if one.owner and not one.unowned else said(
        "campaign.wall.no_owner", language)  # fmt: skip
    due = said("campaign.wall.due", language, day=i18n.short_day(one.due_on, language))
    return html.Li(
        [shape(state), html.Span(one.content, className="promise name", dir="auto"),
         html.Span([html.Span(due), " · ", html.Bdi(owner)], className="quiet name promise-who")],
        className=state, key=one.code,
    )  # fmt: skip
