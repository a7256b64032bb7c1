"""Named things in order, a bar each, their names and numbers written beside the bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ops_center.figures import tokens
from ops_center.figures.frame import BODY, Figure, axis, ceiling, figure, label

_LETTER = 12.5  # px a letter of BODY size takes on average
LONGEST = 30  # letters of a name
_FEWEST = 4  # lines that share the height: fewer are not made thicker


@dataclass(frozen=True)
class Bar:
    """One line: its name, how long it is, the number as written, and the colour token."""

    name: str
    value: float | None
    shown: str
    token: str = "accent"
    target: float | None = None


def bars(
    lines: Sequence[Bar],
    theme: str,
    language: str,
    *,
    top: float | None = None,
    at_end: bool = False,
) -> Figure:
    """Horizontal bars from zero, the first on top; a target is a tick across its bar.

    Numbers stand at the end of their bars, or all `at_end` of the chart, where no tick is.
    """
    limit = top or ceiling([line.value or 0.0 for line in lines])
    places = list(range(len(lines)))
    trace = {
        "type": "bar", "orientation": "h", "y": places,
        "x": [line.value or 0 for line in lines],
        "marker": {"color": [tokens.colour(theme, line.token) for line in lines],
                   "line": {"width": 0}},
    }
    names = [short(line.name) for line in lines]
    left = int(max((len(name) for name in names), default=0) * _LETTER) + 24
    spare = max(_FEWEST - len(lines), 0) / 2
    right = int(max((len(line.shown) for line in lines), default=0) * _LETTER) + 24
    return figure(
        [trace],
        theme,
        language,
        bargap=0.42,
        margin={"l": left, "r": right, "t": 6, "b": 6},
        xaxis=axis(theme, range=[0, limit], showticklabels=False, visible=False),
        yaxis=axis(theme, range=[len(lines) - 0.5 + spare, -0.5 - spare],
                   showticklabels=False),
        annotations=_words(lines, names, theme, at_end),
        shapes=[_tick(at, line.target, theme) for at, line in enumerate(lines)
                if line.target is not None and line.target <= limit],
    )


def short(name: str, longest: int = LONGEST) -> str:
    """The name, or its beginning up to a whole word and "…"."""
    if len(name) <= longest:
        return name
    cut = name[: longest - 1]
    return cut[: cut.rfind(" ")] + "…" if " " in cut[longest // 2 :] else cut + "…"


def _words(
    lines: Sequence[Bar], names: list[str], theme: str, at_end: bool
) -> list[dict[str, Any]]:
    notes = []
    for at, (line, name) in enumerate(zip(lines, names, strict=True)):
        font = {"size": BODY, "color": tokens.colour(theme, "text")}
        notes.append(label(name, theme, xref="paper", x=0, xanchor="right", xshift=-12, y=at,
                           font=font))
        place = {"xref": "paper", "x": 1} if at_end else {"x": line.value or 0}
        notes.append(label(line.shown, theme, xanchor="left", xshift=12, y=at, font=font, **place))
    return notes


def _tick(at: int, target: float | None, theme: str) -> dict[str, Any]:
    return {"type": "line", "x0": target, "x1": target, "y0": at - 0.42, "y1": at + 0.42,
            "line": {"color": tokens.colour(theme, "plan"), "width": 4}}
