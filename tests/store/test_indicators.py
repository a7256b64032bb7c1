"""Indicators, targets and milestones are known by what they are, and change in place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from ops_center.store.campaigns import Campaign, add_campaign, find_campaign
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.indicators import (
    Indicator,
    Milestone,
    add_indicator,
    add_milestone,
    hub_targets,
    list_indicators,
    list_milestones,
    set_hub_target,
)

START = date(2026, 8, 15)
VISITS = Indicator(
    "c", "CT-02", "Thăm hộ", "count", "i2", name_en="Visits", position=2, topic_id="households",
    unit="household", target=100.0, split="given", weight=2.0,
)  # fmt: skip
ONLINE = Indicator("c", "CT-01", "Trực tuyến", "ratio", "i1", position=1, metric="online_share")


@pytest.fixture
def ward(connection: Connection, ward_id: str) -> str:
    """A ward with two campaigns and a hub."""
    add_hub(connection, Hub(ward_id, "TDP-77", "Tổ 77", "h77"))
    add_campaign(connection, ward_id, Campaign("Đợt một", START, id="c"))
    add_campaign(connection, ward_id, Campaign("Đợt hai", date(2026, 12, 1), id="c2"))
    return ward_id


def test_an_indicator_is_known_by_its_code_within_the_campaign(
    connection: Connection, ward: str
) -> None:
    assert [add_indicator(connection, ward, one) for one in (VISITS, ONLINE)] == ["added"] * 2
    assert list_indicators(connection, ward, "c") == [ONLINE, VISITS]
    assert add_indicator(connection, ward, VISITS) == "unchanged"
    lower = replace(VISITS, target=50.0, id="other")
    assert add_indicator(connection, ward, lower) == "changed"
    assert list_indicators(connection, ward, "c")[1] == replace(VISITS, target=50.0)
    twin = replace(VISITS, campaign_id="c2", id=None)
    assert add_indicator(connection, ward, twin) == "added"
    assert list_indicators(connection, ward, "c2")[0].id not in (None, "i2")


def test_an_indicator_is_called_by_its_name_in_the_language_or_in_vietnamese() -> None:
    assert [VISITS.words(one) for one in ("vi", "en", "ar")] == ["Thăm hộ", "Visits", "Thăm hộ"]


def test_a_hubs_target_is_set_changed_and_taken_away(connection: Connection, ward: str) -> None:
    add_indicator(connection, ward, VISITS)
    add_indicator(connection, ward, replace(VISITS, campaign_id="c2", id="i9"))
    set_hub_target(connection, ward, "i9", "h77", 1)
    steps = [set_hub_target(connection, ward, "i2", "h77", one) for one in (5, 5, 7.5)]
    assert steps == ["added", "unchanged", "changed"]
    assert hub_targets(connection, ward, "c") == {"i2": {"h77": 7.5}}
    assert set_hub_target(connection, ward, "i2", "h77", None) == "changed"
    assert set_hub_target(connection, ward, "i2", "h77", None) == "unchanged"
    assert hub_targets(connection, ward, "c") == {}
    assert hub_targets(connection, ward, "c2") == {"i9": {"h77": 1}}


def test_a_milestone_is_known_by_its_day_and_its_indicator(
    connection: Connection, ward: str
) -> None:
    add_indicator(connection, ward, VISITS)
    whole = Milestone("c", date(2026, 8, 30), "Sơ kết", "m1")
    own = Milestone("c", date(2026, 8, 30), "Nửa đường", "m2", "i2", 50.0)
    first = Milestone("c", date(2026, 8, 20), "Ra quân", "m0")
    assert [add_milestone(connection, ward, one) for one in (whole, own, first)] == ["added"] * 3
    assert add_milestone(connection, ward, whole) == "unchanged"
    assert add_milestone(connection, ward, replace(own, value=60.0)) == "changed"
    assert list_milestones(connection, ward, "c") == [first, replace(own, value=60.0), whole]
    assert list_milestones(connection, ward, "c2") == []


def test_a_campaign_ends_on_its_last_day_and_is_found_by_its_id(
    connection: Connection, ward: str
) -> None:
    found = find_campaign(connection, ward, "c")
    assert found == Campaign("Đợt một", START, id="c")
    assert found is not None and found.ends_on == date(2026, 9, 28)
    assert find_campaign(connection, ward, "c9") is None
    assert find_campaign(connection, "another", "c") is None
