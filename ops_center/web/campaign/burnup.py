"""The chosen indicator day by day: its chart, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.campaign_pace import BurnUp, Heading, Told, burn_up
from ops_center.metrics.pace import Board, Pace
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.words import (
    end_words,
    finding,
    is_reached,
    shown,
    unit_of,
    unit_words,
)
from ops_center.web.chart import Data, Row, chart, charted, places
from ops_center.web.parts import Props, said

PLACES = places("burn-up")


def skeleton(language: str) -> Component:
    """The card of the chart, built once."""
    return chart("burn-up", language, kind="wide-all")


def drawn(seen: Seen) -> Props:
    """The finding, the chart and its table; without an indicator nothing."""
    board, pace, language = seen.board, seen.pace, seen.language
    if board is None or pace is None:
        return charted("burn-up", "", "", None, Data((), ()))
    figure = None
    if pace.plan or any(value is not None for value in pace.total):
        figure = burn_up(as_drawn(pace, board), seen.theme, language, chart_words(pace, language),
                         _told(seen, pace))  # fmt: skip
    return charted("burn-up", finding(pace, board, language), _unit(seen, pace), figure,
                   _data(seen, pace), _note(seen, pace))  # fmt: skip


def as_drawn(pace: Pace, board: Board) -> BurnUp:
    """The pace as the chart wants it."""
    ahead, indicator = pace.forecast, pace.indicator
    heading = None
    if ahead is not None and ahead.days and board.day.phase == "running":
        heading = Heading(ahead.days, ahead.low, ahead.middle, ahead.high)
    free = {day for day, works in zip(pace.days, board.working, strict=False) if not works}
    return BurnUp(
        days=pace.days, total=pace.total, plan=pace.plan, target=pace.target, today=board.today,
        quiet=frozenset(free), unfinished=board.day.phase == "running", passed=board.passed,
        adds_up=indicator.kind == "count", shares=unit_of(indicator) == "ratio",
        needed=_is_needed(pace, board), heading=heading,
        reached_on=ahead.reached_on if ahead and pace.target and not indicator.lower_is_better
        else None,
        milestones=tuple(one.day for one in board.milestones
                         if one.indicator_id in (None, indicator.id)),
    )  # fmt: skip


def _is_needed(pace: Pace, board: Board) -> bool:
    """Whether there is still a way to go that somebody can go."""
    return (board.day.phase == "running" and pace.target is not None and pace.now is not None
            and not is_reached(pace) and not pace.indicator.lower_is_better)  # fmt: skip


def chart_words(pace: Pace, language: str) -> dict[str, str]:
    """What is written on the chart."""
    target = shown(pace.indicator, pace.target, language)
    key = "limit" if pace.indicator.lower_is_better else "target"
    found = {
        "today": said("campaign.chart.today", language),
        "plan": said("campaign.chart.plan", language),
        "target": said(f"campaign.chart.{key}", language, n=target),
        "end": end_words(pace, language),
    }
    return {name: _directed(words, language) for name, words in found.items()}


def _directed(words: str, language: str) -> str:
    """Each line in its language's direction: a picture's text runs left to right otherwise."""
    if i18n.direction(language) != "rtl":
        return words
    return "<br>".join(f"\u2067{line}\u2069" for line in words.split("<br>") if line)


def _unit(seen: Seen, pace: Pace) -> str:
    """What is counted, and what the marks of this chart mean."""
    assert seen.board is not None
    drawn_now = as_drawn(pace, seen.board)
    marks = [unit_words(pace.indicator, seen.language)]
    marks += [seen.say("mark.plan")] if pace.plan else []
    marks += [seen.say("mark.needed")] if drawn_now.needed else []
    marks += [seen.say("mark.forecast")] if drawn_now.heading else []
    marks += [seen.say("mark.quiet")] if drawn_now.quiet else []
    marks += [seen.say("mark.milestone")] if drawn_now.milestones else []
    return " · ".join(one for one in marks if one)


def _note(seen: Seen, pace: Pace) -> str:
    board = seen.board
    assert board is not None
    if board.day.phase == "before":
        return seen.say("note.before", day=i18n.day(board.campaign.starts_on, seen.language))
    if pace.now is None:
        return seen.say("note.nothing" if pace.indicator.metric is None else "note.no_dossiers")
    if board.day.phase == "running" and pace.forecast is None and pace.target is not None:
        return seen.say("note.unknown")
    return ""


# ---------------------------------------------------------------- day by day


def _told(seen: Seen, pace: Pace) -> Told:
    words = [_said(seen, pace, at) for at in range(len(pace.days))]
    return Told(words, [_href(seen, pace, day) for day in pace.days])


def _said(seen: Seen, pace: Pace, at: int) -> str:
    day = i18n.day(pace.days[at], seen.language)
    total = shown(pace.indicator, pace.total[at], seen.language)
    if pace.indicator.kind == "count":
        done = shown(pace.indicator, pace.daily[at], seen.language)
        return seen.say("told.count", day=day, total=total, done=done)
    if pace.indicator.kind == "ratio" and pace.base and pace.base[at] is not None:
        parts = (i18n.number(one, seen.language) for one in (pace.daily[at], pace.base[at]))
        return seen.say("told.ratio", day=day, total=total, parts=" / ".join(parts))
    return f"{day}: {total}"


def _href(seen: Seen, pace: Pace, day: date) -> str:
    assert seen.board is not None
    if day > seen.board.today:
        return ""
    return seen.explore(pace.indicator, seen.view.hubs, day, day)


def _data(seen: Seen, pace: Pace) -> Data:
    """A row a day; forecasts stand where nothing is known yet."""
    indicator = pace.indicator
    names = ["day", *(["done"] if indicator.kind != "level" else []), "total", "plan", "forecast"]
    head = [seen.say(f"column.{name}") for name in names]
    ahead = {} if pace.forecast is None else {
        day: (low, high) for day, low, high in
        zip(pace.forecast.days, pace.forecast.low, pace.forecast.high, strict=True)}
    rows = [_row(seen, pace, at, ahead.get(day)) for at, day in enumerate(pace.days)]
    if indicator.kind == "level":
        rows = [Row([row.cells[0], *row.cells[2:]], row.href) for row in rows]
    return Data(head, rows)


def _row(seen: Seen, pace: Pace, at: int, ahead: Sequence[float] | None) -> Row:
    indicator, language, day = pace.indicator, seen.language, pace.days[at]
    value = pace.daily[at]
    if indicator.kind == "ratio" and pace.base:
        base = pace.base[at]
        done = (_untold(seen, day) if value is None or base is None
                else f"{i18n.number(value, language)} / {i18n.number(base, language)}")  # fmt: skip
    else:
        done = _untold(seen, day) if value is None else shown(indicator, value, language)
    band = i18n.MISSING if ahead is None else " – ".join(
        shown(indicator, one, language) for one in ahead)
    plan = shown(indicator, pace.plan[at], language) if pace.plan else i18n.MISSING
    return Row([i18n.day(day, language), done, shown(indicator, pace.total[at], language), plan,
                band], _href(seen, pace, day))  # fmt: skip


def _untold(seen: Seen, day: date) -> str:
    """A day that has passed without a report says so; one to come has nothing to say."""
    assert seen.board is not None
    return seen.say("heat.not_reported") if day < seen.board.today else i18n.MISSING
