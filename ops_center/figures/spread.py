"""How long dossiers took, and how long they may take."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops_center.figures import desk, tokens
from ops_center.figures.durations import LAST
from ops_center.figures.frame import Figure, amounts, axis


@dataclass(frozen=True)
class Mark:
    """An upright line at so many working days: "due" or "median", and its word."""

    kind: str
    days: float
    word: str


def spread(
    counts: Sequence[int], told: Sequence[str], marks: Sequence[Mark], theme: str, language: str,
    hrefs: Sequence[str] = (),
) -> Figure:  # fmt: skip
    """Bars of dossiers by working days taken; the last bar gathers all that took longer.

    `hrefs`: where each bar leads.
    """
    names = [str(day) for day in range(1, LAST)] + [f"≥{LAST}"]
    trace = {
        "type": "bar", "x": list(range(1, LAST + 1)), "y": list(counts), "hovertext": list(told),
        "hoverinfo": "text", "marker": desk.coloured(theme, "accent"),
        **({"customdata": list(hrefs)} if hrefs else {}),
    }  # fmt: skip
    places = [min(mark.days, LAST) + 0.5 for mark in marks]
    return desk.figure(
        [trace], theme, language, bargap=0.2, margin={"l": 48, "r": 16, "t": 8, "b": 30},
        xaxis=axis(theme, range=[0.4, LAST + 0.6], tickmode="array", tickangle=0,
                   tickvals=list(range(1, LAST + 1)), ticktext=names),
        yaxis=amounts(theme, [count * _ABOVE for count in counts]),
        shapes=[_line(mark.kind, at, theme) for mark, at in zip(marks, places, strict=True)],
        annotations=[
            desk.label(mark.word, theme, _TOKENS[mark.kind], x=at, yref="paper",
                       y=1 - 0.13 * place, xanchor="left", yanchor="top", xshift=5,
                       bgcolor=tokens.colour(theme, "raised"))  # no line through the words
            for place, (mark, at) in enumerate(zip(marks, places, strict=True))
        ],
    )  # fmt: skip


_ABOVE = 1.35  # the bars stay below the words of two lines
_TOKENS = {"due": "bad", "median": "plan"}
_DASHES = {"due": "solid", "median": "dash"}


def _line(kind: str, at: float, theme: str) -> dict[str, object]:
    line = {"color": tokens.colour(theme, _TOKENS[kind]), "width": 2, "dash": _DASHES[kind]}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at, "line": line}
