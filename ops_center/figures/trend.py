"""A daily share over time against its target."""

from datetime import date
from typing import Any

from ops_center.figures import tokens
from ops_center.figures.frame import Figure, amounts, axis, day_ticks, figure, hatched, label

_STEPS = {0.0: 0.5, 0.25: 0.5, 0.5: 0.25, 0.75: 0.1}  # axis start → distance of its lines


def share(
    days: list[date],
    values: list[float | None],
    target: float | None,
    theme: str,
    language: str,
    words: dict[str, str],
    token: str = "accent",
) -> Figure:
    """A line of ratios (0 to 1, None where nothing counted); the target is dashed and named."""
    x = [day.isoformat() for day in days]
    line = {
        "type": "scatter", "mode": "lines+markers", "x": x, "y": values, "connectgaps": True,
        "line": {"color": tokens.colour(theme, token), "width": 4},
        "marker": {"size": 9, "color": tokens.colour(theme, token)},
    }
    low = _floor([*(v for v in values if v is not None), *([] if target is None else [target])])
    wanted = [] if target is None else _target(target, theme, words["target"])
    return figure(
        [line],
        theme,
        language,
        margin={"l": 76, "r": 116 if target is not None else 24, "t": 16, "b": 36},
        xaxis=axis(theme, range=[-0.5, len(days) - 0.5]) | day_ticks(days, language, 6),
        yaxis=axis(theme, grid=True, range=[low, 1.04], tickformat=".0%", tick0=0,
                   dtick=_STEPS[low]),
        shapes=[mark for mark, _ in wanted],
        annotations=[note for _, note in wanted],
    )


def counts(days: list[date], values: list[float | None], theme: str, language: str) -> Figure:
    """A bar a day; the last is today's and hatched."""
    x = [day.isoformat() for day in days]
    plain = {"color": tokens.colour(theme, "accent"), "line": {"width": 0}}
    traces = [
        {"type": "bar", "x": x[:-1], "y": values[:-1], "marker": plain},
        {"type": "bar", "x": x[-1:], "y": values[-1:], "marker": hatched(theme, "accent")},
    ]
    return figure(
        traces,
        theme,
        language,
        bargap=0.22,
        barmode="overlay",
        xaxis=axis(theme, range=[-0.6, len(days) - 0.4]) | day_ticks(days, language),
        yaxis=amounts(theme, [v for v in values if v is not None]),
    )


def _floor(values: list[float]) -> float:
    """A share may start above zero (it is a line, not a bar), in steps of a quarter."""
    least = min(values, default=0.0)
    return min(max(0.0, int((least - 0.02) * 4) / 4), 0.75)


def _target(target: float, theme: str, word: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    line = {"color": tokens.colour(theme, "plan"), "width": 2.5, "dash": "dash"}
    mark = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target,
            "line": line}
    note = label(word, theme, "plan", xref="paper", x=1, y=target, xanchor="left", xshift=8)
    return [(mark, note)]
