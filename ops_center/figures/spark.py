"""A sparkline as a picture without colour: the page uses it as a mask over the theme's colour."""

from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 160, 48, 5


def line(values: Sequence[float | None]) -> str:
    """A CSS `url(…)` of the line through the known values; empty for fewer than two."""
    points = _points(values)
    if len(points) < 2:
        return ""
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    x, y = points[-1]
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}'>"
        f"<path d='{path}' fill='none' stroke='black' stroke-width='3' stroke-linejoin='round'/>"
        f"<circle cx='{x:g}' cy='{y:g}' r='{EDGE}'/></svg>"
    )
    return f'url("data:image/svg+xml,{drawing.replace("<", "%3C").replace(">", "%3E")}")'


def _points(values: Sequence[float | None]) -> list[tuple[float, float]]:
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = min(known), max(known)
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    return [
        (round(EDGE + at * step), round(_height(value, low, high)))
        for at, value in enumerate(values)
        if value is not None
    ]


def _height(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)
