"""What every chart of the wall shares: ground, lines, type and number format.

Figures are plain dicts as plotly.js reads them, without a template (a template is 7 kB a
figure). Sizes are pixels of a 1920×1080 screen; the page scales the whole chart.
"""

from datetime import date
from typing import Any

from ops_center.figures import tokens

Figure = dict[str, Any]

SMALL, BODY = 20, 24
_SEPARATORS = {"vi": ",.", "en": ".,", "ar": ".,"}


def figure(traces: list[Any], theme: str, language: str, **layout: Any) -> Figure:
    """A chart with no title of its own: the page sets the finding above it as text."""
    base = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": tokens.FONT, "size": SMALL, "color": tokens.colour(theme, "text-quiet")},
        "separators": _SEPARATORS[language],
        "margin": {"l": 56, "r": 44, "t": 16, "b": 34},
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "uirevision": "wall",
    }
    return {"data": traces, "layout": base | layout}


def axis(theme: str, *, grid: bool = False, **more: Any) -> dict[str, Any]:
    """A quiet axis; with `grid`, lines across the chart."""
    line = tokens.colour(theme, "line")
    base: dict[str, Any] = {
        "fixedrange": True,
        "showgrid": grid,
        "gridcolor": line,
        "zeroline": False,
        "linecolor": line,
        "automargin": False,
        "ticks": "",
    }
    return base | more


def amounts(theme: str, values: list[float]) -> dict[str, Any]:
    """The upright axis of counts: from zero to above the largest, two lines between."""
    top = ceiling(values)
    return axis(theme, grid=True, range=[0, top], tickformat=",d", tick0=0, dtick=top / 2)


def label(text: str, theme: str, token: str = "text", **more: Any) -> dict[str, Any]:
    """Words written on the chart itself, where a legend would otherwise be needed."""
    base = {
        "text": text,
        "showarrow": False,
        "font": {"size": SMALL, "color": tokens.colour(theme, token)},
    }
    return base | more


def hatched(theme: str, token: str) -> dict[str, Any]:
    """The look of what is unfinished: stripes in the token's colour."""
    return {
        "color": tokens.faded(theme, token, 0.25),
        "line": {"color": tokens.colour(theme, token), "width": 2},
        "pattern": {"shape": "/", "fgcolor": tokens.colour(theme, token), "size": 8,
                    "solidity": 0.35},
    }


def day_ticks(days: list[date], language: str, most: int = 7) -> dict[str, Any]:
    """Tick positions and their words for a category axis of days, the last among them."""
    step = max(1, -(-(len(days) - 1) // (most - 1)))
    shown = days[::-step][::-1]
    return {
        "type": "category",
        "tickmode": "array",
        "tickvals": [day.isoformat() for day in shown],
        "ticktext": [_tick(day, language) for day in shown],
        "tickangle": 0,
    }


def _tick(day: date, language: str) -> str:
    """The day in its language's direction: a picture's text runs left to right otherwise."""
    from ops_center.i18n import direction, short_day

    shown = short_day(day, language)
    return f"\u2067{shown}\u2069" if direction(language) == "rtl" else shown


def ceiling(values: list[float]) -> float:
    """A round upper end of an axis that leaves room above the largest value (2 for none).

    Half of it is a whole number too: a line stands there.
    """
    top = max(values, default=0.0)
    if top <= 0:
        return 2.0
    size = 10.0 ** (len(str(int(top))) - 1)
    steps = (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10, 12)
    end = max(2.0, next(step * size for step in steps if step * size >= top * 1.05))
    return end + end % 2
