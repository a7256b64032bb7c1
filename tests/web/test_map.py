"""The map's land, and the classes its colours mean."""

import json

import pytest

from ops_center.store.hubs import Hub
from ops_center.store.wards import UNASSIGNED
from ops_center.web import map as ward_map
from ops_center.web.parts import Look
from tests.browser.sample import CASES, sample

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]})
HUBS = [
    Hub("w1", "TDP-01", "một", "a", longitude=105.76, latitude=21.06, area=SQUARE),
    Hub("w1", "TDP-02", "hai", "b", longitude=105.77, latitude=21.07),
    Hub("w1", "TDP-03", "cũ", "c", longitude=1.0, latitude=1.0, replaced_by="a"),
    Hub("w1", "TDP-04", "đóng", "d", longitude=1.0, latitude=1.0, active=False),
    Hub("w1", UNASSIGNED, "?", UNASSIGNED),
]


def kinds(boundary: str | None, hubs: list[Hub]) -> list[tuple[str, str]]:
    found = ward_map.features(boundary, hubs)["features"]
    return [(one["properties"]["kind"], one["properties"]["label"]) for one in found]


def test_the_land_has_areas_outline_and_the_points_of_working_hubs() -> None:
    assert kinds(SQUARE, HUBS) == [("area", ""), ("outline", ""), ("point", "01"), ("point", "02")]


@pytest.mark.parametrize("wrapped", [
    SQUARE,
    json.dumps({"type": "Feature", "geometry": json.loads(SQUARE)}),
    json.dumps({"type": "FeatureCollection", "features": [{"geometry": json.loads(SQUARE)}]}),
])  # fmt: skip
def test_a_boundary_may_be_geometry_feature_or_collection(wrapped: str) -> None:
    (outline,) = ward_map.features(wrapped, [])["features"]
    assert outline["geometry"] == json.loads(SQUARE)


def test_without_a_boundary_a_frame_around_the_hubs_is_fitted() -> None:
    frame = ward_map.features(None, HUBS)["features"][0]
    assert frame["properties"]["kind"] == "frame"
    ring = frame["geometry"]["coordinates"][0]
    assert min(x for x, _ in ring) < 105.76
    assert max(y for _, y in ring) > 21.07
    assert ward_map.features(None, []) == {"type": "FeatureCollection", "features": []}


@pytest.mark.parametrize(("value", "step"), [(None, 0), (0, 1), (1, 2), (2, 2), (3, 3), (9, 4),
                                             (10, 5), (500, 5)])
def test_a_value_falls_into_one_of_five_classes(value: int | None, step: int) -> None:
    assert ward_map.class_of(value, ward_map.LIMITS["received"]) == step


@pytest.mark.parametrize("metric", ward_map.METRICS)
def test_the_legend_prints_each_class(metric: str) -> None:
    panel = ward_map.skeleton(Look("vi", metric))
    assert str(panel).count("swatch class-") == 5


def test_a_moved_hub_makes_the_browser_ask_for_the_land_anew() -> None:
    one, same = sample(), sample()
    other = sample(CASES["one hub"])
    address = [ward_map.drawn(s, "vi")["map-ground"]["url"] for s in (one, same, other)]
    assert address[0] == address[1] != address[2]


def test_what_the_map_cannot_show_is_counted_beside_it() -> None:
    props = ward_map.drawn(sample(), "vi")
    assert props["map-unassigned"]["children"] == "4 hồ sơ hôm nay chưa rõ điểm"
    assert "chưa báo cáo" in props["map-silent"]["children"]


def test_an_empty_ward_says_what_to_do() -> None:
    props = ward_map.drawn(sample(CASES["empty"]), "vi")
    assert "ops-center import hubs" in props["map-note"]["children"]
