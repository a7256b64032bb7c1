"""A ward's outline from GeoJSON: validated, brought to WGS 84, thinned for drawing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping, shape
from shapely.validation import explain_validity

from ops_center.i18n import Problem

Outline = Polygon | MultiPolygon

_WGS84 = ("EPSG:4326", "OGC:CRS84")
_TOLERANCE = 0.00003  # degrees, about 3 m: less than a pixel of any screen that shows a ward
_LARGEST = 5000.0  # km²; the largest commune of Vietnam has less than half
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Boundary:
    """An outline in WGS 84. `text`: what is stored; km² on the ellipsoid; numbers of points.

    The stored text is a GeoJSON Feature: its geometry is thinned for drawing, the exact one is
    kept beside it as `exact`. `crs`: what it was converted from, if it was.
    """

    text: str
    area: float
    points: int
    drawn: int
    crs: str | None = None


def read_boundary(path: Path) -> Boundary:
    """The outline in a GeoJSON file; Problem with the place and the reason otherwise."""
    outline, crs = find_outline(read_json(path), path.name)
    area = abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(outline))[0]) / 1e6
    if area > _LARGEST:
        raise Problem("intake.boundary.too_large", file=path.name, area=f"{area:.0f}")
    return _boundary(outline, area, crs)


def find_outline(tree: Any, file: str) -> tuple[Outline, CRS | None]:
    """The union of all areas in a GeoJSON tree, in WGS 84, and what it was converted from."""
    crs = _crs(file, tree)
    polygons = list(_polygons(file, tree))
    if not polygons:
        raise Problem("intake.boundary.empty", file=file)
    for polygon in polygons:
        _refuse_crossing(file, polygon)
    outline = shapely.union_all([_reprojected(polygon, crs) for polygon in polygons])
    if not isinstance(outline, Outline):
        raise Problem("intake.boundary.invalid", file=file, reason=outline.geom_type)
    _refuse_misplaced(file, outline, crs)
    return outline, crs


def _boundary(outline: Outline, area: float, crs: CRS | None) -> Boundary:
    thin = shapely.simplify(outline, _TOLERANCE, preserve_topology=True)
    feature = {
        "type": "Feature",
        "properties": {"area_km2": round(area, 3)},
        "geometry": rounded(thin),
        "exact": rounded(outline, 7),
    }
    return Boundary(
        text=json.dumps(feature, separators=(",", ":")),
        area=area,
        points=_count(outline),
        drawn=_count(thin),
        crs=crs.name if crs else None,
    )


def rounded(geometry: Outline, digits: int = 6) -> dict[str, Any]:
    """A GeoJSON geometry with so many decimals: 6 are a tenth of a metre."""

    def walk(part: Any) -> Any:
        if isinstance(part, float):
            return round(part, digits)
        return [walk(one) for one in part]

    found = mapping(shapely.force_2d(geometry))
    return {"type": found["type"], "coordinates": walk(found["coordinates"])}


def _count(geometry: Outline) -> int:
    """Points as a file lists them: each ring's first again as its last."""
    rings = [
        ring
        for polygon in shapely.get_parts(geometry)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return sum(len(ring.coords) for ring in rings)


# ---------------------------------------------------------------- reading


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file whose outermost part is an object; Problem otherwise."""
    try:
        tree = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise Problem("intake.no_file", file=path) from None
    except IsADirectoryError:
        raise Problem("intake.directory", file=path) from None
    except OSError as error:
        raise Problem("intake.unreadable", file=path, reason=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise Problem("intake.boundary.no_json", file=path.name, reason=error) from error
    if not isinstance(tree, dict):
        raise Problem("intake.boundary.no_area", file=path.name, kind=type(tree).__name__)
    return tree


def _polygons(file: str, tree: Any) -> Iterator[Polygon]:
    """Every polygon of a geometry, Feature, FeatureCollection or GeometryCollection."""
    kind = tree.get("type") if isinstance(tree, dict) else None
    if kind == "Feature":
        yield from _polygons(file, tree.get("geometry"))
    elif kind in ("FeatureCollection", "GeometryCollection"):
        for part in tree.get("features" if kind == "FeatureCollection" else "geometries") or ():
            yield from _polygons(file, part)
    elif kind in ("Polygon", "MultiPolygon"):
        coordinates = tree.get("coordinates")
        rings = [coordinates] if kind == "Polygon" else coordinates
        for number, polygon in enumerate(rings if isinstance(rings, list) else [None], 1):
            yield _polygon(file, number, polygon)
    else:
        raise Problem("intake.boundary.no_area", file=file, kind=kind or "null")


def _polygon(file: str, number: int, rings: Any) -> Polygon:
    place = f"Polygon {number}"
    try:
        points = [point for ring in rings for point in ring]
        if not points or not all(_is_point(point) for point in points):
            raise ValueError(place)
        polygon = shape({"type": "Polygon", "coordinates": rings})
    except (TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise Problem("intake.boundary.no_points", file=file, place=place) from error
    assert isinstance(polygon, Polygon)
    return polygon


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(
            isinstance(part, (int, float)) and not isinstance(part, bool) and abs(part) < 1e9
            for part in point[:2]
        )
    )


# ---------------------------------------------------------------- judging


def _refuse_crossing(file: str, polygon: Polygon) -> None:
    if polygon.is_valid and not polygon.is_empty:
        return
    reason = explain_validity(polygon)
    name, _, place = reason.partition("[")
    if name in ("Self-intersection", "Ring Self-intersection") and place:
        longitude, latitude = place.rstrip("]").split()[:2]
        raise Problem(
            "intake.boundary.crossing",
            file=file, longitude=_short(longitude), latitude=_short(latitude),
        )  # fmt: skip
    raise Problem("intake.boundary.invalid", file=file, reason=reason)


def _short(number: str) -> str:
    return f"{float(number):.6f}".rstrip("0").rstrip(".")


def _refuse_misplaced(file: str, outline: Outline, crs: CRS | None) -> None:
    """Degrees must be degrees, and in the usual order."""
    west, south, east, north = outline.bounds
    first = {"file": file, "first": _short(str(west)), "second": _short(str(south))}
    fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if fits and not _looks_swapped(west, south, east, north):
        return
    swapped = -90 <= west <= east <= 90 and -180 <= south <= north <= 180
    if crs is None and not swapped:
        raise Problem("intake.boundary.projected", **first)
    raise Problem("intake.boundary.swapped", **first)


def _looks_swapped(west: float, south: float, east: float, north: float) -> bool:
    """Whether the area would lie in Vietnam if its axes were exchanged, and does not as it is."""
    return 8 <= west <= east <= 24 and 80 < south <= north <= 118


def _crs(file: str, tree: Any) -> CRS | None:
    """The coordinate system a file names (as older GeoJSON does); None for WGS 84."""
    named = tree.get("crs") if isinstance(tree, dict) else None
    if named is None:
        return None
    try:
        name = named["properties"]["name"]
        crs = CRS.from_user_input(name)
    except (CRSError, TypeError, KeyError) as error:
        raise Problem("intake.boundary.unknown_crs", file=file, crs=named) from error
    return None if any(crs == CRS.from_user_input(known) for known in _WGS84) else crs


def _reprojected(polygon: Polygon, crs: CRS | None) -> Outline:
    if crs is None:
        return polygon
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    convert: Any = transformer.transform
    moved = shapely.transform(shapely.force_2d(polygon), convert, interleaved=False)
    assert isinstance(moved, Outline)
    return moved
