"""A card for each indicator; the chosen one is what the rest of the page is about."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from ops_center.metrics.pace import Pace
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.words import (
    against_words,
    chance_words,
    lately_name,
    needed_name,
    needed_words,
    progress,
    shown,
    state_words,
    unit_words,
    why_words,
)
from ops_center.web.parts import Props, apart, marked, said, shape

PLACES = (("indicators", "children"),)


def skeleton(language: str) -> Component:
    """The row of cards, built once."""
    row = html.Section(id="indicators", className="indicators")
    return marked(row, {"aria-label": said("campaign.indicators", language)})


def drawn(seen: Seen) -> Props:
    """A card for each indicator, in the order that the campaign gives them."""
    cards = [] if seen.board is None else [_card(seen, one) for one in seen.board.paces]
    return {"indicators": {"children": cards}}


def _card(seen: Seen, pace: Pace) -> Component:
    assert seen.board is not None
    indicator, language, day = pace.indicator, seen.language, seen.board.day
    chosen = seen.pace is not None and pace.indicator.id == seen.pace.indicator.id
    target = apart(shown(indicator, pace.target, language))
    goal = [] if pace.target is None else [html.Span([" / ", target], className="indicator-goal")]
    unit = unit_words(indicator, language)
    parts = [
        html.Span(indicator.words(language), className="indicator-name", dir="auto"),
        html.Span([shape(pace.state), state_words(pace, day, language)],
                  className="indicator-state"),
        html.Span([html.Bdi(shown(indicator, pace.now, language), className="tile-value"), *goal,
                   *([html.Span(f" {unit}", className="quiet")] if unit else [])]),
        _bar(pace),
        *_lines(seen, pace),
    ]  # fmt: skip
    link = html.A(parts, href=seen.to(indicator=indicator.code),
                  className=f"measure indicator {pace.state}")  # fmt: skip
    return marked(link, {"aria-current": "true"} if chosen else {})


def _bar(pace: Pace) -> Component:
    """How far it is, and a tick where the plan wants it by now."""
    done, planned = progress(pace)
    if done is None:
        return html.Span(className="progress blank")
    fill = html.Span(className="progress-done", style={"inlineSize": f"{done:.1%}"})
    tick = [] if planned is None else [
        html.Span(className="progress-plan", style={"insetInlineStart": f"{planned:.1%}"})]
    return marked(html.Span([fill, *tick], className="progress"), {"aria-hidden": "true"})


def _lines(seen: Seen, pace: Pace) -> list[Component]:
    """The gap; what each day needs beside what each day brings; how likely it is; and why
    these two do not say the same, where they do not."""
    assert seen.board is not None
    indicator, language, phase = pace.indicator, seen.language, seen.board.day.phase
    lines: list[Component] = []
    if words := against_words(pace, seen.board.day, language):
        lines.append(html.Span(words, className="indicator-gap quiet"))
    if phase == "running":
        pairs = []
        if pace.needed is not None:
            pairs.append(_pair(needed_name(pace, language), needed_words(pace, language)))
        if pace.lately is not None:
            value = shown(indicator, pace.lately, language)
            pairs.append(_pair(lately_name(pace, language), value))
        lines.append(html.Span(pairs, className="pair-line"))
    if words := chance_words(pace, seen.board.day, language):
        lines.append(html.Span(words, className="indicator-chance"))
    if words := why_words(pace, seen.board.day, language):
        lines.append(html.Span(words, className="indicator-why"))
    return lines


def _pair(name: str, value: str) -> Component:
    parts = [html.Span(name, className="quiet"), html.Bdi(value)]
    return html.Span(parts, className="pair-of")
