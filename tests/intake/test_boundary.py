"""Outlines: valid, in the right place, in the right system, or refused with the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer
from shapely.geometry import shape

from ops_center.i18n import Problem
from ops_center.intake.boundary import read_boundary

# About 3.3 km².
RING = [[105.76, 21.06], [105.78, 21.06], [105.78, 21.075], [105.76, 21.075], [105.76, 21.06]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def written(tmp_path: Path, tree: Any) -> Path:
    path = tmp_path / "ward.geojson"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree), "utf-8")
    return path


def refused(tmp_path: Path, tree: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        read_boundary(written(tmp_path, tree))
    for language in ("vi", "en", "ar"):
        assert "ward.geojson" in caught.value.text(language)
    return caught.value


@pytest.mark.parametrize(
    "tree",
    [
        POLYGON,
        {"type": "MultiPolygon", "coordinates": [[RING]]},
        {"type": "Feature", "properties": None, "geometry": POLYGON},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]},
        {"type": "GeometryCollection", "geometries": [POLYGON]},
        {"type": "Polygon", "coordinates": [[[*point, 12.0] for point in RING]]},
    ],
)
def test_every_shape_of_geojson_is_understood(tmp_path: Path, tree: Any) -> None:
    found = read_boundary(written(tmp_path, tree))
    assert found.area == pytest.approx(3.45, rel=0.01)
    stored = json.loads(found.text)
    assert shape(stored["geometry"]).equals(shape(POLYGON))
    assert stored["exact"]["type"] == "Polygon"
    assert (found.points, found.crs) == (5, None)


def test_parts_that_touch_become_one_and_islands_stay(tmp_path: Path) -> None:
    def moved(east: float) -> dict[str, Any]:
        ring = [[x + east, y] for x, y in RING]
        return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}

    touching = {"type": "FeatureCollection", "features": [moved(0), moved(0.02)]}
    assert (
        json.loads(read_boundary(written(tmp_path, touching)).text)["geometry"]["type"] == "Polygon"
    )
    apart = {"type": "FeatureCollection", "features": [moved(0), moved(0.05)]}
    found = read_boundary(written(tmp_path, apart))
    assert json.loads(found.text)["geometry"]["type"] == "MultiPolygon"
    assert found.area == pytest.approx(6.9, rel=0.01)


def test_needless_points_are_not_drawn_but_kept(tmp_path: Path) -> None:
    edge = [[105.76 + step * 0.0002, 21.06] for step in range(100)]
    found = read_boundary(
        written(tmp_path, {"type": "Polygon", "coordinates": [[*edge, *RING[1:]]]})
    )
    stored = json.loads(found.text)
    assert (found.points, found.drawn) == (104, 5)
    assert len(stored["exact"]["coordinates"][0]) == 104
    assert len(stored["geometry"]["coordinates"][0]) == 5


def test_a_ring_that_crosses_itself_is_refused_with_the_place(tmp_path: Path) -> None:
    bow = [[105.0, 21.0], [105.2, 21.2], [105.2, 21.0], [105.0, 21.2], [105.0, 21.0]]
    problem = refused(tmp_path, {"type": "Polygon", "coordinates": [bow]})
    assert problem.key == "intake.boundary.crossing"
    assert (problem.values["longitude"], problem.values["latitude"]) == ("105.1", "21.1")


def test_swapped_axes_are_recognised(tmp_path: Path) -> None:
    ring = [[y, x] for x, y in RING]
    problem = refused(tmp_path, {"type": "Polygon", "coordinates": [ring]})
    assert problem.key == "intake.boundary.swapped"
    assert "21.06, 105.76" in str(problem)


VN2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}


def test_a_named_system_is_converted_and_an_unnamed_one_refused(tmp_path: Path) -> None:
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:3405", always_xy=True)
    metres = {
        "type": "Polygon",
        "coordinates": [[list(to_metres.transform(p[0], p[1])) for p in RING]],
    }
    assert refused(tmp_path, metres).key == "intake.boundary.projected"
    found = read_boundary(written(tmp_path, metres | {"crs": VN2000}))
    assert found.crs is not None
    assert "VN-2000" in found.crs
    moved = shape(json.loads(found.text)["geometry"])
    assert moved.symmetric_difference(shape(POLYGON)).area < 1e-9


def test_the_usual_system_may_be_named(tmp_path: Path) -> None:
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"):
        named = POLYGON | {"crs": {"type": "name", "properties": {"name": name}}}
        assert read_boundary(written(tmp_path, named)).crs is None


@pytest.mark.parametrize(
    ("tree", "key"),
    [
        ("{", "no_json"),
        ("code,name\n", "no_json"),
        ("[1]", "no_area"),
        ({"type": "Point", "coordinates": [105, 21]}, "no_area"),
        ({"type": "Feature", "geometry": None}, "no_area"),
        ({"type": "FeatureCollection", "features": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5], ["a", 1]]]}, "no_points"),
        ({"type": "Polygon", "coordinates": [[[105, 21], [106, 21]]]}, "no_points"),
        ({"type": "Polygon", "coordinates": []}, "no_points"),
        ({"type": "Polygon"}, "no_points"),
        ({"type": "MultiPolygon", "coordinates": 7}, "no_points"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}', "no_points"),
        (POLYGON | {"crs": {"properties": {"name": "Nowhere 2000"}}}, "unknown_crs"),
        (POLYGON | {"crs": 4326.5}, "unknown_crs"),
        (polygon([[100, 10], [110, 10], [110, 20], [100, 10]]), "too_large"),
        (polygon(RING, [[106, 22], [106.1, 22], [106.1, 22.1], [106, 22]]), "invalid"),
    ],
)  # fmt: skip
def test_what_is_no_outline_is_refused_with_a_reason(tmp_path: Path, tree: Any, key: str) -> None:
    assert refused(tmp_path, tree).key == f"intake.boundary.{key}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read_boundary(tmp_path / "gone.geojson")
    assert caught.value.key == "intake.no_file"


def test_the_real_ward_is_drawn_with_few_points(real_data: Path) -> None:
    found = read_boundary(real_data / "dong_ngac_ward.geojson")
    assert found.points == 355
    assert found.area == pytest.approx(8.85, rel=0.05)
    assert found.drawn < 120
    stored = json.loads(found.text)
    thin, exact = shape(stored["geometry"]), shape(stored["exact"])
    assert thin.is_valid
    assert thin.symmetric_difference(exact).area / exact.area < 0.005
