"""How long dossiers took: one bar a working day."""

from collections import Counter
from collections.abc import Iterable

from ops_center.figures import tokens
from ops_center.figures.frame import Figure, amounts, axis, figure, label

BINS_A_DAY = 16  # half hours in 8 working hours
LAST = 11  # the last bar gathers everything from here on


def by_working_day(pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Counts of dossiers done within 1, 2 … LAST working days, the last one open-ended.

    A pair is (half-hour bin, dossiers); bin b ends at b half hours of work.
    """
    days: Counter[int] = Counter()
    for half_hours, count in pairs:
        days[min(max(-(-half_hours // BINS_A_DAY), 1), LAST)] += count
    return [days[day] for day in range(1, LAST + 1)]


def bins_of(day: int) -> tuple[int, int | None]:
    """The first and last half-hour bin that the bar of that working day gathers."""
    first = BINS_A_DAY * (day - 1) + 1 if day > 1 else 0
    return first, None if day == LAST else BINS_A_DAY * day


def distribution(
    counts: list[int], median: float | None, theme: str, language: str, word: str
) -> Figure:
    """Bars of dossiers by working days; the median (in working days) is dashed and named."""
    names = [str(day) for day in range(1, LAST)] + [f"≥{LAST}"]
    plain = {"color": tokens.colour(theme, "accent"), "line": {"width": 0}}
    trace = {"type": "bar", "x": list(range(1, LAST + 1)), "y": counts, "marker": plain}
    shapes, notes = [], []
    if median is not None:
        at = min(median, LAST) + 0.5
        line = {"color": tokens.colour(theme, "plan"), "width": 2.5, "dash": "dash"}
        shapes = [{"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at,
                   "line": line}]
        notes = [label(word, theme, "plan", x=at, yref="paper", y=1, xanchor="left",
                       yanchor="top", xshift=8)]
    return figure(
        [trace],
        theme,
        language,
        bargap=0.22,
        margin={"l": 72, "r": 16, "t": 16, "b": 36},
        xaxis=axis(theme, range=[0.4, LAST + 0.6], tickmode="array",
                   tickvals=list(range(1, LAST + 1)), ticktext=names, tickangle=0),
        yaxis=amounts(theme, [count * 1.1 for count in counts]),
        shapes=shapes,
        annotations=notes,
    )
