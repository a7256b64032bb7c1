"""What every chart of a desk shares: the wall's calm, at reading distance and for a pointer.

A mark that can be clicked carries in `customdata` the address it leads to.
"""

from collections.abc import Mapping
from typing import Any

from ops_center.figures import frame, tokens
from ops_center.figures.frame import Figure

SIZE = 12


def figure(traces: list[Any], theme: str, language: str, **layout: Any) -> Figure:
    """A chart in CSS pixels; what stands under the pointer is told in words."""
    line = tokens.colour(theme, "line")
    base = {
        "font": {"family": tokens.FONT, "size": SIZE, "color": tokens.colour(theme, "text-quiet")},
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": tokens.colour(theme, "surface"),
            "bordercolor": line,
            "font": {"family": tokens.FONT, "size": SIZE, "color": tokens.colour(theme, "text")},
            "align": "left",
        },
        "margin": {"l": 44, "r": 16, "t": 12, "b": 30},
        "uirevision": "desk",
    }
    return frame.figure(traces, theme, language, **(base | layout))


def label(text: str, theme: str, token: str = "text", **more: Any) -> dict[str, Any]:
    """Words on the chart itself."""
    font = {"size": SIZE, "color": tokens.colour(theme, token)}
    return frame.label(text, theme, token, **(more | {"font": font}))


def upright(theme: str, theirs: list[float], unit: str) -> dict[str, Any]:
    """The upright axis: counts from zero, shares as percent, minutes as working days."""
    if unit == "ratio":
        top = min(1.04, max(0.1, max(theirs, default=1) * 1.1))
        return frame.axis(theme, grid=True, range=[0, top], tickformat=".0%", nticks=4)
    if unit == "minutes":
        return _days(theme, theirs)
    top = frame.ceiling(theirs)
    return frame.axis(theme, grid=True, range=[0, top], tickformat=",~r", tick0=0, dtick=top / 2)


def _days(theme: str, minutes: list[float]) -> dict[str, Any]:
    """Minutes of work on an axis whose numbers are working days."""
    top = max(1.0, frame.ceiling([value / 480 for value in minutes]))
    return frame.axis(
        theme, grid=True, range=[0, top * 480], tickmode="array",
        tickvals=[0, top * 240, top * 480], ticktext=["0", f"{top / 2:g}", f"{top:g}"],
    )  # fmt: skip


def coloured(theme: str, token: str, faded: float = 1.0, **more: Any) -> Mapping[str, Any]:
    """A plain mark of that token's colour."""
    return {"color": tokens.faded(theme, token, faded), "line": {"width": 0}} | more
