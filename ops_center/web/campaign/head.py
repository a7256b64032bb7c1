"""The head of the page: day n of 45, how the indicators stand, the milestones on the way."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.words import standing
from ops_center.web.parts import Props, apart, marked, said, shape

PLACES = (
    ("campaign-name", "children"), ("campaign-day", "children"), ("campaign-finding", "children"),
    ("campaign-way", "children"), ("campaign-milestones", "children"),
)  # fmt: skip


def skeleton() -> Component:
    """Built once."""
    return html.Header(
        [
            html.Div([html.H1(id="campaign-name", dir="auto"),
                      html.P(id="campaign-day", className="campaign-day")],
                     className="explore-head"),
            html.P(id="campaign-finding", className="lead"),
            html.Div(id="campaign-way", className="campaign-way"),
            html.Ol(id="campaign-milestones", className="milestones"),
        ],
        className="campaign-head",
    )  # fmt: skip


def drawn(seen: Seen) -> Props:
    """What the head says now."""
    board, language = seen.board, seen.language
    if board is None:
        empty: Props = {name: {value: ""} for name, value in PLACES}
        return empty | {"campaign-name": {"children": seen.say("title")}}
    return {
        "campaign-name": {"children": board.campaign.name},
        "campaign-day": {"children": _day(seen)},
        "campaign-finding": {"children": standing(board, language) if board.paces else ""},
        "campaign-way": {"children": _way(seen)},
        "campaign-milestones": {"children": _milestones(seen)},
    }


def _day(seen: Seen) -> str:
    board = seen.board
    assert board is not None
    day, language = board.day, seen.language
    if day.phase == "before":
        return seen.say("day.before", day=i18n.day(board.campaign.starts_on, language),
                        count=1 - day.n)  # fmt: skip
    if day.phase == "after":
        return seen.say("day.after", day=i18n.day(board.campaign.ends_on, language), days=day.days)
    return seen.say("day.running", n=day.n, days=day.days, count=day.days - day.n)


def _way(seen: Seen) -> list[Component]:
    """The campaign's days as a line, filled up to today, a tick for each milestone."""
    board = seen.board
    assert board is not None
    day = board.day
    passed = 0 if day.phase == "before" else day.n
    filled = html.Span(className="way-done", style={"inlineSize": f"{passed / day.days:.2%}"})
    first = board.campaign.starts_on
    ticks = [
        html.Span(className="way-mark",
                  style={"insetInlineStart": f"{((one.day - first).days + 1) / day.days:.2%}"})
        for one in board.milestones
        if one.indicator_id is None and 0 <= (one.day - first).days < day.days
    ]  # fmt: skip
    words = _day(seen)
    line = html.Div([filled, *ticks], className="way", role="img")
    return [marked(line, {"aria-label": words})]


def _milestones(seen: Seen) -> list[Component]:
    board = seen.board
    assert board is not None
    own = [one for one in board.milestones if one.indicator_id is None]
    return [_milestone(one.day <= board.today, one.day == board.today, one.name,
                       i18n.short_day(one.day, seen.language), seen.language)
            for one in own]  # fmt: skip


def _milestone(passed: bool, now: bool, name: str, day: str, language: str) -> Component:
    key = "today" if now else "passed" if passed else "coming"
    mark = shape("none" if not passed else "good")
    spoken = html.Span(said(f"campaign.milestone.{key}", language), className="spoken")
    return html.Li([mark, apart(day, "milestone-day"), " ", html.Span(name, dir="auto"), spoken],
                   className=key)  # fmt: skip
