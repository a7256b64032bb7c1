"""A metric step by step, the days compared with as a ghost behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ops_center.figures import desk, tokens
from ops_center.figures.frame import Figure, axis, day_ticks


@dataclass(frozen=True)
class Step:
    """A day, week or month: what it is called with its number, and where a click leads.

    `open`: its days are not over.
    """

    day: date
    value: float | None
    told: str
    href: str
    open: bool = False


@dataclass(frozen=True)
class Ghost:
    """The step compared with, in the same place."""

    value: float | None
    told: str


def over_time(
    steps: Sequence[Step], ghosts: Sequence[Ghost], unit: str, theme: str, language: str
) -> Figure:
    """Bars for what is counted, a line for what is not; the ghost is a dashed line."""
    x = [step.day.isoformat() for step in steps]
    counted = unit not in ("ratio", "minutes", "points")
    traces = [_ghost(x, ghosts, theme)] if ghosts else []
    traces.insert(0 if counted else len(traces), (_bars if counted else _line)(x, steps, theme))
    values = [*(one.value for one in steps), *(one.value for one in ghosts)]
    known = [value for value in values if value is not None]
    ticks = day_ticks([step.day for step in steps], language, 7) if steps else {}
    return desk.figure(
        traces, theme, language, bargap=0.2,
        xaxis=axis(theme, range=[-0.6, len(steps) - 0.4]) | ticks,
        yaxis=desk.upright(theme, known, unit),
    )  # fmt: skip


def _bars(x: list[str], steps: Sequence[Step], theme: str) -> dict[str, object]:
    colour = tokens.colour(theme, "accent")
    marker = {
        "color": [tokens.faded(theme, "accent", 0.25 if one.open else 1) for one in steps],
        "line": {"color": colour, "width": [1 if one.open else 0 for one in steps]},
        "pattern": {"shape": ["/" if one.open else "" for one in steps], "fgcolor": colour,
                    "size": 6, "solidity": 0.35},
    }
    return {"type": "bar", "marker": marker, **_told(x, steps)}


def _line(x: list[str], steps: Sequence[Step], theme: str) -> dict[str, object]:
    colour = tokens.colour(theme, "accent")
    mark = {"size": 7, "color": colour,
            "symbol": ["circle-open" if one.open else "circle" for one in steps]}
    return {"type": "scatter", "mode": "lines+markers", "line": {"color": colour, "width": 2},
            "connectgaps": True, "marker": mark, **_told(x, steps)}


def _told(x: list[str], steps: Sequence[Step]) -> dict[str, object]:
    return {
        "x": x, "y": [one.value for one in steps], "customdata": [one.href for one in steps],
        "hovertext": [one.told for one in steps], "hoverinfo": "text",
    }  # fmt: skip


def _ghost(x: list[str], ghosts: Sequence[Ghost], theme: str) -> dict[str, object]:
    shown = ghosts[: len(x)]
    colour = tokens.colour(theme, "none")
    return {
        "type": "scatter", "mode": "lines+markers", "x": x[: len(shown)],
        "y": [one.value for one in shown], "hovertext": [one.told for one in shown],
        "hoverinfo": "text", "connectgaps": True,
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "marker": {"size": 4, "color": colour},
    }  # fmt: skip
