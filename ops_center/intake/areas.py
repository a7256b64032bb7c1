"""Areas of hubs: a cell with GeoJSON, or a whole GeoJSON file of hubs with their properties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from ops_center.i18n import Problem
from ops_center.intake.boundary import find_outline, read_json, rounded
from ops_center.intake.fault import Fault
from ops_center.intake.text_files import Progress, clean


def area(text: str) -> str:
    """GeoJSON of a Polygon or MultiPolygon in WGS 84, validated as a boundary is."""
    try:
        tree = json.loads(text)
        outline, _ = find_outline(tree, "area")
    except (ValueError, RecursionError) as error:
        raise Fault("area", value=text[:60], values={"why": str(error)}) from error
    except Problem as problem:
        raise Fault("area", value=text[:60], values={"why": problem}) from problem
    return json.dumps(rounded(outline), separators=(",", ":"))


class Features:
    """The features of a GeoJSON file as rows: their properties, their area, a point within."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._features = _features(path, read_json(path))
        names = dict.fromkeys(name for one in self._features for name in one)
        self.header = tuple(names)

    def rows(self, progress: Progress = lambda step: None) -> Iterator[tuple[int, list[str]]]:
        """The number of each feature, and its cells."""
        for number, feature in enumerate(self._features, 1):
            yield number, [feature.get(name, "") for name in self.header]
            progress(1)


def _features(path: Path, tree: dict[str, Any]) -> list[dict[str, str]]:
    listed = tree.get("features") if tree.get("type") == "FeatureCollection" else None
    if not isinstance(listed, list) or not listed:
        raise Problem("intake.boundary.empty", file=path.name)
    return [_row(path, number, one, tree.get("crs")) for number, one in enumerate(listed, 1)]


def _row(path: Path, number: int, feature: Any, crs: Any) -> dict[str, str]:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise Problem("intake.boundary.no_points", file=path.name, place=f"Feature {number}")
    properties = feature.get("properties") or {}
    found = {name: _text(value) for name, value in properties.items()}
    geometry = feature["geometry"]
    if geometry.get("type") == "Point":
        longitude, latitude = _point(path, number, geometry)
        return found | {"longitude": longitude, "latitude": latitude}
    outline, _ = find_outline(geometry | ({"crs": crs} if crs else {}), path.name)
    inside = shapely.point_on_surface(outline)
    place = {"longitude": f"{inside.x:.6f}", "latitude": f"{inside.y:.6f}"}
    return place | found | {"area": json.dumps(rounded(outline), separators=(",", ":"))}


def _point(path: Path, number: int, geometry: dict[str, Any]) -> tuple[str, str]:
    try:
        longitude, latitude = (float(part) for part in geometry["coordinates"][:2])
    except (KeyError, TypeError, ValueError) as error:
        place = f"Feature {number}"
        raise Problem("intake.boundary.no_points", file=path.name, place=place) from error
    return str(longitude), str(latitude)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return clean(str(value))
