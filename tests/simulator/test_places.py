"""Hubs stand in the ward's outline, and their areas fill it."""

from __future__ import annotations

import json
import re

import pytest
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from ops_center.simulator.places import OUTLINE, areas, boundary, scatter

WARD = Polygon(OUTLINE)


def shapes(points: list[tuple[float, float]]) -> list[BaseGeometry]:
    return [shape(json.loads(area)) for area in areas(points)]


def test_the_same_seed_gives_the_same_places_and_another_seed_others() -> None:
    assert scatter(48, 1) == scatter(48, 1)
    assert scatter(48, 1) != scatter(48, 2)


@pytest.mark.parametrize("count", [1, 2, 48, 200])
def test_every_hub_stands_inside_its_own_area(count: int) -> None:
    points = scatter(count, 3)
    for point, area in zip(points, shapes(points), strict=True):
        assert area.is_valid
        assert area.contains(Point(point))


def test_the_areas_fill_the_ward_and_do_not_overlap() -> None:
    cells = shapes(scatter(48, 3))
    together = unary_union(cells)
    assert together.symmetric_difference(WARD).area < 0.001 * WARD.area
    assert abs(sum(cell.area for cell in cells) - WARD.area) < 0.001 * WARD.area


def test_hubs_keep_their_distance_from_one_another() -> None:
    points = [Point(point) for point in scatter(48, 3)]
    nearest = [min(a.distance(b) for b in points if b is not a) for a in points]
    even = (WARD.area / 48) ** 0.5
    assert min(nearest) > 0.4 * even


def test_hubs_are_numbered_from_the_north() -> None:
    latitudes = [latitude for _, latitude in scatter(48, 3)]
    assert min(latitudes[:8]) > max(latitudes[-8:])


def test_coordinates_have_five_decimals_at_most() -> None:
    texts = [boundary(), *areas(scatter(48, 3)), json.dumps(scatter(48, 3))]
    assert not re.search(r"\.\d{6}", "".join(texts))
