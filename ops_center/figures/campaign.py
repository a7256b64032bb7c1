"""The campaign's chart: a bar a day, and beside it the running total against the plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ops_center.figures import tokens
from ops_center.figures.frame import Figure, amounts, axis, day_ticks, figure, hatched, label


@dataclass(frozen=True)
class Pace:
    """A campaign as drawn: local days from its first to its last, counts up to today.

    `plan` is the running total that the plan asks for at the end of each day; empty without a
    target. `quiet` are the days nobody works.
    """

    days: tuple[date, ...]
    counts: tuple[int, ...]
    plan: tuple[float, ...]
    today: date
    quiet: frozenset[date]


def daily(pace: Pace, theme: str, language: str) -> Figure:
    """Bars from zero, today's unfinished one hatched, days off shaded."""
    done = [(d, n) for d, n in zip(pace.days, pace.counts, strict=False) if d < pace.today]
    now = [(d, n) for d, n in zip(pace.days, pace.counts, strict=False) if d == pace.today]
    plain = {"color": tokens.colour(theme, "accent"), "line": {"width": 0}}
    return figure(
        [_bars(done, plain), _bars(now, hatched(theme, "accent"))],
        theme,
        language,
        margin={"l": 56, "r": 44, "t": 16, "b": 34},
        bargap=0.22,
        barmode="overlay",
        xaxis=axis(theme, range=[-0.6, len(pace.days) - 0.4]) | _days(pace, language),
        yaxis=amounts(theme, [float(n) for n in pace.counts]),
        shapes=_shades(pace, theme),
    )


def running(pace: Pace, theme: str, language: str, words: dict[str, str]) -> Figure:
    """The running total as a line against the plan, dashed; `words` names the two lines."""
    total = _running(pace)
    known = [day.isoformat() for day in pace.days[: len(total)]]
    traces = [_line(known, total, theme, "accent", 4)]
    notes = [_at_end(known, total, words["actual"], theme, "accent")] if total else []
    if pace.plan:
        every = [day.isoformat() for day in pace.days]
        traces.insert(0, _line(every, list(pace.plan), theme, "plan", 2.5, dash="dash"))
        notes.append(_plan_word(every, pace.plan, words["plan"], theme))
    return figure(
        traces,
        theme,
        language,
        margin={"l": 72, "r": 44, "t": 16, "b": 34},
        xaxis=axis(theme, range=[-0.6, len(pace.days) - 0.4]) | _days(pace, language, most=3),
        yaxis=amounts(theme, [*map(float, total), *pace.plan]),
        annotations=notes,
    )


def _days(pace: Pace, language: str, most: int = 7) -> dict[str, Any]:
    every = {"categoryorder": "array", "categoryarray": [day.isoformat() for day in pace.days]}
    return every | day_ticks(list(pace.days), language, most)


def _bars(pairs: list[tuple[date, int]], marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [day.isoformat() for day, _ in pairs],
        "y": [count for _, count in pairs],
        "marker": marker,
    }


def _line(
    x: list[str], y: list[Any], theme: str, token: str, width: float, dash: str = "solid"
) -> dict[str, Any]:
    line = {"color": tokens.colour(theme, token), "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line}


def _running(pace: Pace) -> list[int]:
    total, sums = 0, []
    for day, count in zip(pace.days, pace.counts, strict=False):
        if day <= pace.today:
            total += count
            sums.append(total)
    return sums


def _at_end(x: list[str], y: list[int], text: str, theme: str, token: str) -> dict[str, Any]:
    late = len(x) > 1 and y[-1] > 0
    return label(
        text, theme, token, x=x[-1], y=y[-1], xanchor="left", xshift=10, yshift=-14 if late else 14
    )


def _plan_word(x: list[str], plan: tuple[float, ...], text: str, theme: str) -> dict[str, Any]:
    at = len(x) * 3 // 5
    return label(text, theme, "plan", x=x[at], y=plan[at], xanchor="right", xshift=-8, yshift=12)


def _shades(pace: Pace, theme: str) -> list[dict[str, Any]]:
    """A band behind each run of days off."""
    fill = tokens.faded(theme, "none", 0.16)
    return [
        {"type": "rect", "xref": "x", "yref": "paper", "layer": "below", "y0": 0, "y1": 1,
         "x0": first - 0.5, "x1": last + 0.5, "fillcolor": fill, "line": {"width": 0}}
        for first, last in _runs(pace)
    ]


def _runs(pace: Pace) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, day in enumerate(pace.days):
        if day not in pace.quiet:
            continue
        follows = runs and runs[-1][1] == at - 1 and day - timedelta(1) == pace.days[at - 1]
        runs[-1:] = [(runs[-1][0], at)] if follows else [*runs[-1:], (at, at)]
    return runs
