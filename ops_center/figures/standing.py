"""Where dossiers stand: one bar a state, in the order of a dossier's life."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops_center.figures import desk, tokens
from ops_center.figures.frame import Figure, axis

_TOKENS = {
    "waiting_reception": "plan", "within_due": "accent", "due_soon": "watch", "overdue": "bad",
    "suspended": "none", "open_no_due": "none", "awaiting_return": "plan", "early": "good",
    "on_time": "good", "late": "bad", "no_due": "none", "stopped": "none", "withdrawn": "none",
}  # fmt: skip
_HATCHED = {"suspended", "open_no_due", "no_due"}


@dataclass(frozen=True)
class State:
    """A state: its name and number in words, and where a click leads ("": nowhere)."""

    key: str
    name: str
    count: int
    shown: str
    href: str


def standing(states: Sequence[State], theme: str, language: str) -> Figure:
    """Bars from the top down, each with its name at its start and its number at its end."""
    names = [one.name for one in states]
    trace = {
        "type": "bar", "orientation": "h", "x": [one.count for one in states], "y": names,
        "customdata": [one.href for one in states], "text": [one.shown for one in states],
        "textposition": "outside", "cliponaxis": False, "constraintext": "none",
        "hoverinfo": "none",
        "textfont": {"color": tokens.colour(theme, "text")},
        "marker": {
            "color": [tokens.colour(theme, _TOKENS[one.key]) for one in states],
            "pattern": {"shape": ["/" if one.key in _HATCHED else "" for one in states],
                        "fgcolor": tokens.colour(theme, "raised"), "size": 5, "solidity": 0.3},
        },
    }  # fmt: skip
    top = max((one.count for one in states), default=0) or 1
    return desk.figure(
        [trace], theme, language, bargap=0.3, margin={"l": 8, "r": 8, "t": 4, "b": 4},
        xaxis=axis(theme, range=[0, top * 1.22], visible=False),
        yaxis=axis(theme, autorange="reversed", automargin=True, showline=False,
                   tickfont={"color": tokens.colour(theme, "text"), "size": desk.SIZE},
                   ticks="outside", ticklen=6, tickcolor="rgba(0,0,0,0)"),
    )  # fmt: skip
