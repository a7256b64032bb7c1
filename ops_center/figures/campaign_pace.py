"""A campaign's burn-up: done against the plan, what is needed from now on, where it is heading.

One drawing in two sizes: a desk's, whose points can be pointed at and clicked, and the wall's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ops_center.figures import desk, frame, tokens
from ops_center.figures.frame import Figure, axis, day_ticks

WORDS = ("today", "plan", "target", "end")
"""What is written on the chart; "end" where there is a forecast."""
_START = -0.6
"""Where the axis begins, a little before the first day's end."""


@dataclass(frozen=True)
class Heading:
    """Where it is heading: for each of these days the total by its end, 10, 50 and 90 % sure."""

    days: tuple[date, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class BurnUp:
    """An indicator as drawn, over a campaign's days from its first to its last.

    `total`: where it stood by the end of each day, None where nothing was told or is to come.
    `plan`: where it should; empty without a target. `unfinished`: today is one of the days, and
    is not over; `passed`: how much of it is, 0 to 1. `adds_up`: a running sum, drawn from zero.
    `shares`: values are ratios. `needed`: draw the way from now to the target. `reached_on`: the
    day that it is reached, past or forecast.
    """

    days: tuple[date, ...]
    total: tuple[float | None, ...]
    plan: tuple[float, ...]
    target: float | None
    today: date
    quiet: frozenset[date]
    unfinished: bool
    passed: float = 1.0
    adds_up: bool = True
    shares: bool = False
    needed: bool = True
    heading: Heading | None = None
    reached_on: date | None = None
    milestones: tuple[date, ...] = ()

    @property
    def last_known(self) -> int | None:
        """The place of the last day with a total."""
        return next((at for at in range(len(self.total) - 1, -1, -1)
                     if self.total[at] is not None), None)  # fmt: skip

    @property
    def here(self) -> float | None:
        """Where the last total stands: at its day's end, or so far into today – there the plan's
        line is what it asks for by now."""
        at = self.last_known
        if at is None or not (self.unfinished and self.days[at] == self.today):
            return at
        return max(_START, at - 1 + self.passed)


@dataclass(frozen=True)
class Told:
    """What is said of each day to whoever points at it, and where a click on it leads."""

    words: Sequence[str]
    hrefs: Sequence[str]


@dataclass(frozen=True)
class _Size:
    """How large things are: at a desk, and seen from five metres."""

    letters: int
    line: float
    mark: int
    margin: Mapping[str, int]
    letter: float  # the width of one on average


_DESK = _Size(desk.SIZE, 2.5, 6, {"l": 52, "r": 28, "t": 22, "b": 28}, 6.6)
_WALL = _Size(frame.SMALL, 4.5, 9, {"l": 84, "r": 44, "t": 32, "b": 36}, 11.0)


def burn_up(
    shown: BurnUp, theme: str, language: str, words: Mapping[str, str], told: Told
) -> Figure:
    """For a desk: every known day is a point that can be asked and clicked."""
    return _drawn(shown, theme, language, words, _DESK, told)


def wall_burn_up(shown: BurnUp, theme: str, language: str, words: Mapping[str, str]) -> Figure:
    """For the wall."""
    return _drawn(shown, theme, language, words, _WALL, None)


def _drawn(
    shown: BurnUp, theme: str, language: str, words: Mapping[str, str], size: _Size,
    told: Told | None,
) -> Figure:  # fmt: skip
    low, high = _ends(shown)
    traces = [
        *_band(shown, theme, size), *_plan(shown, theme, size),
        *_needed(shown, theme, size), *_actual(shown, theme, size, told),
    ]  # fmt: skip
    make = frame.figure if told is None else desk.figure
    end = words.get("end", "")
    room = int(max(len(part) for part in end.split("<br>")) * size.letter) + 14 if end else 0
    most = 5 if told is not None else 4
    return make(
        traces, theme, language, margin=dict(size.margin) | {"r": max(size.margin["r"], room)},
        xaxis=axis(theme, range=[_START, len(shown.days) - 0.4]) | _days(shown, language, most),
        yaxis=_upright(shown, theme, low, high),
        shapes=[*_shades(shown, theme), *_lines(shown, theme, size)],
        annotations=_notes(shown, theme, words, size, (low, high)),
    )  # fmt: skip


def _days(shown: BurnUp, language: str, most: int) -> dict[str, Any]:
    """Days by their place from 0 on: a third of the bytes of their names. On a phone they lean."""
    ticks = day_ticks(list(shown.days), language, most)
    places = {day.isoformat(): at for at, day in enumerate(shown.days)}
    at = [places[day] for day in ticks["tickvals"]]
    told = ticks | {"type": "linear", "tickvals": at, "automargin": "height"}
    del told["tickangle"]  # Plotly's own choice: level where there is room
    return told


# ---------------------------------------------------------------- the axes


def _ends(shown: BurnUp) -> tuple[float, float]:
    """The ends of the upright axis: from zero for what adds up."""
    values = [value for value in shown.total if value is not None] + list(shown.plan)
    values += [] if shown.target is None else [shown.target]
    if shown.heading is not None:
        values += [*shown.heading.low, *shown.heading.high]
    if shown.adds_up:
        return 0.0, frame.ceiling(values)
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = max((high - low) * 0.12, abs(high) * 0.02, 1e-9)
    if shown.shares:
        return max(0.0, low - room), min(1.04, high + room)
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def _upright(shown: BurnUp, theme: str, low: float, high: float) -> dict[str, Any]:
    if shown.shares:
        digits = 0 if high - low > 0.06 else 1
        return axis(theme, grid=True, range=[low, high], tickformat=f".{digits}%", nticks=4)
    if not shown.adds_up:
        return axis(theme, grid=True, range=[low, high], tickformat=",~r", nticks=4)
    return axis(theme, grid=True, range=[0, high], tickformat=",d", tick0=0, dtick=high / 2)


# ---------------------------------------------------------------- the traces


def _line(
    x: Sequence[float], y: Sequence[Any], theme: str, token: str, **line: Any
) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "hoverinfo": "skip",
            "line": {"color": tokens.colour(theme, token)} | line}  # fmt: skip


def _lean(values: Sequence[float]) -> list[float]:
    """Four digits are more than a screen shows, and a third of the bytes."""
    return [float(f"{value:.4g}") for value in values]


def _band(shown: BurnUp, theme: str, size: _Size) -> list[dict[str, Any]]:
    """A soft band with its middle, starting where the known part ends."""
    if shown.heading is None or not shown.heading.days:
        return []
    heading = shown.heading
    days = [(day - shown.days[0]).days for day in heading.days]
    starts: list[float] = []
    value: list[float] = []
    at, here = shown.last_known, shown.here
    if at is not None and here is not None and here < days[0]:
        starts, value = [here], [float(shown.total[at] or 0)]
    low, high = _lean([*value, *heading.low]), _lean([*value, *heading.high])
    band = _line([*starts, *days, *days[::-1], *starts], [*high, *low[::-1]], theme, "forecast",
                 width=0)  # fmt: skip
    band |= {"fill": "toself", "fillcolor": tokens.faded(theme, "forecast", 0.24)}
    middle = _line([*starts, *days], _lean([*value, *heading.middle]), theme, "forecast",
                   width=size.line * 0.8)  # fmt: skip
    return [band, middle]


def _plan(shown: BurnUp, theme: str, size: _Size) -> list[dict[str, Any]]:
    if not shown.plan:
        return []
    places = range(len(shown.plan))
    return [_line(places, _lean(shown.plan), theme, "plan", width=size.line * 0.7, dash="dash")]


def _needed(shown: BurnUp, theme: str, size: _Size) -> list[dict[str, Any]]:
    """From where it stands to the target on the last day, while that is still to be done."""
    start = _needed_from(shown)
    if start is None or shown.target is None:
        return []
    at, value = start
    places, values = [at, len(shown.days) - 1], [value, shown.target]
    return [_line(places, values, theme, "watch", width=size.line * 0.7, dash="dot")]


def _needed_from(shown: BurnUp) -> tuple[float, float] | None:
    at, here = shown.last_known, shown.here
    if at is None or here is None or shown.target is None or at >= len(shown.days) - 1:
        return None
    value = float(shown.total[at] or 0)
    over = shown.today > shown.days[-1]
    return (here, value) if shown.needed and not over else None


def _actual(shown: BurnUp, theme: str, size: _Size, told: Told | None) -> list[dict[str, Any]]:
    """The line of what was done; what today adds, which is not over, is a hatched bar."""
    at = shown.last_known
    if at is None:
        return []
    open_today = shown.unfinished and shown.days[at] == shown.today
    places = [place for place in range(at + 1 - open_today) if shown.total[place] is not None]
    line = _line(places, [shown.total[place] for place in places], theme, "accent",
                 width=size.line)  # fmt: skip
    if told is not None or len(places) < 3:
        line |= {"mode": "lines+markers",
                 "marker": {"size": size.mark, "color": tokens.colour(theme, "accent")}}
    line |= _pointed(told, places)
    return [line, *(_today(shown, at, theme, size, told) if open_today else [])]


def _pointed(told: Told | None, places: Sequence[int]) -> dict[str, Any]:
    if told is None:
        return {}
    return {"hovertext": [told.words[at] for at in places], "hoverinfo": "text",
            "customdata": [told.hrefs[at] for at in places]}  # fmt: skip


def _today(
    shown: BurnUp, at: int, theme: str, size: _Size, told: Told | None
) -> list[dict[str, Any]]:
    """A dotted way to an open ring, and hatched what today adds to yesterday: from its end on."""
    here = at if shown.here is None else shown.here
    value, colour = float(shown.total[at] or 0), tokens.colour(theme, "accent")
    before = next(((place, one) for place, one in reversed([*enumerate(shown.total[:at])])
                   if one is not None), (here, 0.0))  # fmt: skip
    ring = _line([before[0], here], [before[1], value], theme, "accent", width=size.line * 0.8,
                 dash="dot")  # fmt: skip
    ring |= {"mode": "lines+markers",
             "marker": {"size": [0, size.mark * 1.5], "symbol": "circle-open", "color": colour,
                        "opacity": 1,
                        "line": {"width": size.line * 0.8}}}  # fmt: skip
    if told is not None:
        ring |= {"hovertext": ["", told.words[at]], "hoverinfo": "text",
                 "customdata": ["", told.hrefs[at]]}  # fmt: skip
    if not shown.adds_up:
        return [ring]
    bar = {"type": "bar", "x": [at - 0.5], "base": [before[1]], "y": [max(0.0, value - before[1])],
           "width": [1], "hoverinfo": "skip", "marker": frame.hatched(theme, "accent")}  # fmt: skip
    return [bar | _pointed(told, [at]), ring]


# ---------------------------------------------------------------- shades, lines and words


def _shades(shown: BurnUp, theme: str) -> list[dict[str, Any]]:
    fill = tokens.faded(theme, "none", 0.16)
    return [
        {"type": "rect", "xref": "x", "yref": "paper", "layer": "below", "y0": 0, "y1": 1,
         "x0": first - 0.5, "x1": last + 0.5, "fillcolor": fill, "line": {"width": 0}}
        for first, last in runs(shown.days, shown.quiet)
    ]  # fmt: skip


def runs(days: Sequence[date], quiet: frozenset[date]) -> list[tuple[int, int]]:
    """The places of the first and the last day of each run of quiet days."""
    found: list[tuple[int, int]] = []
    for at, day in enumerate(days):
        if day not in quiet:
            continue
        follows = found and found[-1][1] == at - 1
        found[-1:] = [(found[-1][0], at)] if follows else [*found[-1:], (at, at)]
    return found


def _lines(shown: BurnUp, theme: str, size: _Size) -> list[dict[str, Any]]:
    """The target across, today upright, the milestones as short ticks on the ground."""
    lines = []
    if shown.target is not None:
        lines.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": shown.target,
                      "y1": shown.target, "line": {"color": tokens.colour(theme, "good"),
                                                   "width": size.line * 0.6}})  # fmt: skip
    at = _place(shown, shown.today)
    if at is not None:
        lines.append(_upright_line(at, 0, 1, theme, "text-quiet", 1.5, "dot"))
    for day in shown.milestones:
        place = _place(shown, day)
        if place is not None:
            lines.append(_upright_line(place, 0, 0.05, theme, "text", size.line, "solid"))
    return lines


def _upright_line(
    at: float, low: float, high: float, theme: str, token: str, width: float, dash: str
) -> dict[str, Any]:
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": low,
            "y1": high, "line": {"color": tokens.colour(theme, token), "width": width,
                                 "dash": dash}}  # fmt: skip


def _place(shown: BurnUp, day: date | None) -> int | None:
    if day is None or not shown.days:
        return None
    at = (day - shown.days[0]).days
    return at if 0 <= at < len(shown.days) else None


def _notes(
    shown: BurnUp, theme: str, words: Mapping[str, str], size: _Size,
    ends: tuple[float, float],
) -> list[dict[str, Any]]:  # fmt: skip
    """Words beside what they name; those that would lie on one another are pushed apart."""
    found = []
    at = _place(shown, shown.today)
    if at is not None:
        side = "left" if at < len(shown.days) / 2 else "right"
        found.append(_note(words["today"], theme, "text-quiet", size, x=at, yref="paper", y=1,
                           yanchor="bottom", xanchor=side, xshift=-4 if side == "left" else 4))
    if shown.target is not None:
        below = _target_below(shown, ends)
        found.append(_note(words["target"], theme, "good", size, xref="paper", x=0, xanchor="left",
                           xshift=6, y=shown.target, yanchor="top" if below else "bottom"))
    reached = _place(shown, shown.reached_on)
    if reached is not None and shown.target is not None:
        found.append(_star(reached, shown.target, theme, size))
    if shown.plan and any(value != shown.target for value in shown.plan):
        found.append(_plan_word(shown, theme, words["plan"], size))
    return found + _end(shown, theme, words, size)


def _target_below(shown: BurnUp, ends: tuple[float, float]) -> bool:
    """Whether the target's word stands under its line: near the top there is no room above."""
    assert shown.target is not None
    low, high = ends
    return high > low and (shown.target - low) / (high - low) > 0.86


def _note(
    text: str, theme: str, token: str, size: _Size, **more: Any
) -> dict[str, Any]:
    font = {"size": size.letters, "color": tokens.colour(theme, token)}
    return frame.label(text, theme, token, **(more | {"font": font}))


def _star(x: int, y: float, theme: str, size: _Size) -> dict[str, Any]:
    """Where the target is reached."""
    return _note("★", theme, "good", size, x=x, y=y, yanchor="middle",
                 bgcolor=tokens.colour(theme, "raised"), borderpad=0)  # fmt: skip


def _plan_word(
    shown: BurnUp, theme: str, text: str, size: _Size
) -> dict[str, Any]:
    """On that side of the plan's line where nothing else is drawn."""
    at = len(shown.days) * 7 // 12
    known = shown.last_known
    ahead = known is not None and float(shown.total[known] or 0) > shown.plan[known]
    falls = shown.plan[-1] < shown.plan[0]
    after = ahead != falls  # whether the word begins at the line or ends there
    return _note(text, theme, "plan", size, x=at, y=shown.plan[at],
                 xanchor="left" if after else "right", xshift=8 if after else -8,
                 yanchor="top" if ahead else "bottom")  # fmt: skip


def _end(
    shown: BurnUp, theme: str, words: Mapping[str, str], size: _Size
) -> list[dict[str, Any]]:
    """At the end of the middle of the forecast: where it will stand on the last day."""
    if not words.get("end") or shown.heading is None or not shown.heading.middle:
        return []
    return [_note(words["end"], theme, "forecast", size, x=len(shown.days) - 1,
                  y=shown.heading.middle[-1], xanchor="left", xshift=8, align="left")]  # fmt: skip

