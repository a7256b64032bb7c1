"""Where the demo's hubs stand: believable points in the ward's outline, and areas around them.

Residential groups have no public borders, so these are inventions and are labelled so. Points
and areas depend on the seed alone. Degrees are WGS 84, rounded to five decimals (about a metre).
"""

from __future__ import annotations

import json
from math import cos, radians
from random import Random
from typing import TypeVar

from shapely import set_precision, voronoi_polygons
from shapely.affinity import scale
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

# The rough public outline of the ward, true to about a hundred metres.
OUTLINE = (
    (105.786, 21.098), (105.786, 21.090), (105.788, 21.081), (105.786, 21.076),
    (105.782, 21.056), (105.772, 21.054), (105.773, 21.057), (105.768, 21.057),
    (105.761, 21.060), (105.756, 21.065), (105.756, 21.067), (105.760, 21.066),
    (105.761, 21.067), (105.761, 21.071), (105.772, 21.072), (105.771, 21.090),
    (105.773, 21.098),
)  # fmt: skip

DECIMALS = 5
_STRETCH = cos(radians(21.075))  # a degree of longitude in degrees of latitude, here
_ROUNDS = 9  # enough to spread the points evenly, few enough to leave them irregular
_ORIGIN = (0, 0)

Shape = TypeVar("Shape", bound=BaseGeometry)


def boundary() -> str:
    """The ward's outline as a GeoJSON geometry."""
    return _geojson(Polygon(OUTLINE))


def scatter(count: int, seed: int) -> list[tuple[float, float]]:
    """That many (longitude, latitude) inside the outline, evenly but not regularly spread.

    They are numbered from the north in rows that turn at their ends, as people would number them.
    """
    outline = _level(Polygon(OUTLINE))
    points = _random_points(outline, count, Random(f"{seed}:places"))
    for _ in range(_ROUNDS):
        points = [_inside(cell) for cell in _cells(points, outline)]
    return [_degrees(point) for point in _in_rows(points)]


def areas(points: list[tuple[float, float]]) -> list[str]:
    """For each point the part of the ward that is nearest to it, as a GeoJSON geometry."""
    outline = _level(Polygon(OUTLINE))
    cells = _cells([_level(Point(point)) for point in points], outline)
    return [_geojson(scale(cell, 1 / _STRETCH, 1, origin=_ORIGIN)) for cell in cells]


def _level(shape: Shape) -> Shape:
    """The shape with both axes equally long, so that "near" means near."""
    levelled: Shape = scale(shape, _STRETCH, 1, origin=_ORIGIN)
    return levelled


def _degrees(point: Point) -> tuple[float, float]:
    return round(point.x / _STRETCH, DECIMALS), round(point.y, DECIMALS)


def _random_points(outline: BaseGeometry, count: int, rng: Random) -> list[Point]:
    west, south, east, north = outline.bounds
    points: list[Point] = []
    while len(points) < count:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if outline.contains(point):
            points.append(point)
    return points


def _cells(points: list[Point], outline: BaseGeometry) -> list[BaseGeometry]:
    """The outline cut into the points' Voronoi cells, in the order of the points."""
    cells = voronoi_polygons(MultiPoint(points), extend_to=outline, ordered=True)
    return [cell.intersection(outline) for cell in cells.geoms]


def _inside(cell: BaseGeometry) -> Point:
    """The middle of the cell, or of its largest part: always inside it."""
    if isinstance(cell, MultiPolygon):
        cell = max(cell.geoms, key=lambda part: part.area)
    return cell.centroid if cell.contains(cell.centroid) else cell.representative_point()


def _in_rows(points: list[Point], rows: int = 12) -> list[Point]:
    """From north to south in strips, eastward and westward by turns."""
    south, north = min(p.y for p in points), max(p.y for p in points)
    height = (north - south) / rows or 1.0

    def place(point: Point) -> tuple[int, float]:
        strip = min(int((north - point.y) / height), rows - 1)
        return strip, point.x if strip % 2 == 0 else -point.x

    return sorted(points, key=place)


def _geojson(shape: BaseGeometry) -> str:
    rounded = set_precision(shape, 10**-DECIMALS)
    return json.dumps(_trimmed(mapping(rounded)), separators=(",", ":"))


def _trimmed(geometry: object) -> object:
    """The same structure without the digits that binary fractions add behind the fifth."""
    if isinstance(geometry, dict):
        return {key: _trimmed(value) for key, value in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [_trimmed(value) for value in geometry]
    return round(geometry, DECIMALS) if isinstance(geometry, float) else geometry
