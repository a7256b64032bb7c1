"""When dossiers come: weekday by hour, the more the darker."""

from collections.abc import Callable, Sequence

from ops_center.figures import desk, tokens
from ops_center.figures.frame import Figure, axis

OPENING, CLOSING = 7, 18  # hours that are shown even when nothing came


def shown_hours(arrivals: Sequence[Sequence[int]]) -> range:
    """From the first to the last hour in which anything came, the office's hours at least."""
    busy = [hour for hour in range(24) if any(day[hour] for day in arrivals)]
    return range(min([OPENING, *busy]), max([CLOSING - 1, *busy]) + 1)


def by_hour(
    arrivals: Sequence[Sequence[int]],
    weekdays: Sequence[str],
    href: Callable[[int, int], str],
    told: Callable[[int, int, int], str],
    theme: str,
    language: str,
) -> Figure:
    """`arrivals`: seven rows of 24, Monday first. `href`, `told`: of weekday (0 …), hour, count."""
    hours = shown_hours(arrivals)
    counts = [[day[hour] for hour in hours] for day in arrivals]
    ground, *steps = (tokens.colour(theme, f"map-{step}") for step in range(1, 6))
    scale = [[0, tokens.colour(theme, "raised")], [0.001, ground],
             *([0.25 * at, colour] for at, colour in enumerate(steps, 1))]  # fmt: skip
    trace = {
        "type": "heatmap", "z": counts, "x": [f"{hour}" for hour in hours], "y": list(weekdays),
        "customdata": [[href(day, hour) for hour in hours] for day in range(7)],
        "text": [[told(day, hour, arrivals[day][hour]) for hour in hours] for day in range(7)],
        "hoverinfo": "text", "colorscale": scale, "showscale": False, "xgap": 2, "ygap": 2,
        "zmin": 0, "zmax": max(1, max(map(max, counts))),
    }  # fmt: skip
    return desk.figure(
        [trace], theme, language, margin={"l": 8, "r": 8, "t": 4, "b": 26},
        xaxis=axis(theme, type="category", showline=False),
        yaxis=axis(theme, autorange="reversed", automargin=True, showline=False),
    )  # fmt: skip
