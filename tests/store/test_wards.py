"""Wards, their hubs, people, sources and campaigns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from ops_center.i18n import Problem
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.hubs import (
    Hub,
    add_alias,
    add_hub,
    find_aliases,
    find_hub,
    hub_moves,
    list_hubs,
)
from ops_center.store.people import add_person, list_people
from ops_center.store.sources import Source, add_source, heard, list_sources
from ops_center.store.system import Revision, find_revision
from ops_center.store.wards import UNASSIGNED, Ward, add_ward, find_ward, list_wards, set_boundary

NOW = datetime(2026, 8, 5, 1, 30, tzinfo=UTC)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    """The only ward of the database."""
    new = Ward(id="w", name="Phường thử", illustrative=True, second_supplement_is_late=False)
    add_ward(connection, new)
    return new


def test_a_new_ward_has_its_unassigned_hub_and_revision_nought(
    connection: Connection, ward: Ward
) -> None:
    assert find_ward(connection) == ward
    assert [(one.id, one.code) for one in list_hubs(connection, "w")] == [(UNASSIGNED, UNASSIGNED)]
    assert find_revision(connection, "w") == Revision(0, None)


def test_a_ward_of_an_unknown_zone_is_refused_before_anything_is_written(
    connection: Connection,
) -> None:
    with pytest.raises(Problem, match="Asia/Hanoy"):
        add_ward(connection, Ward(id="w", name="w", time_zone="Asia/Hanoy"))
    assert list_wards(connection) == []


@pytest.mark.parametrize("zone", ["", "../etc/passwd", "/etc/passwd"])
def test_a_zone_that_is_no_name_is_refused(zone: str) -> None:
    with pytest.raises(Problem) as raised:
        _ = Ward(id="w", name="w", time_zone=zone).zone
    assert raised.value.key == "store.unknown_zone"


def test_no_ward_several_wards_and_a_wrong_ward_are_named(connection: Connection) -> None:
    with pytest.raises(Problem) as raised:
        find_ward(connection)
    assert raised.value.key == "store.no_ward"
    for name in ("a", "b"):
        add_ward(connection, Ward(id=name, name=name))
    with pytest.raises(Problem, match="a, b") as raised:
        find_ward(connection)
    assert raised.value.key == "store.several_wards"
    with pytest.raises(Problem, match="a, b") as raised:
        find_ward(connection, "c")
    assert raised.value.key == "store.unknown_ward"
    assert find_ward(connection, "b").id == "b"


def test_a_boundary_is_kept(connection: Connection, ward: Ward) -> None:
    set_boundary(connection, "w", '{"type": "Polygon"}')
    assert find_ward(connection).boundary == '{"type": "Polygon"}'


def test_a_hub_is_added_changed_or_left_alone_by_its_code(
    connection: Connection, ward: Ward
) -> None:
    hub = Hub("w", "TDP-01", "Tổ dân phố 1", longitude=105.779, latitude=21.085)
    assert add_hub(connection, hub) == "added"
    first = find_hub(connection, "w", "TDP-01")
    assert first is not None
    assert first.id
    assert add_hub(connection, hub) == "unchanged"
    assert add_hub(connection, replace(hub, id="other", name="Tổ dân phố số 1")) == "changed"
    second = find_hub(connection, "w", "TDP-01")
    assert second is not None
    assert (second.id, second.name) == (first.id, "Tổ dân phố số 1")


def test_hubs_come_in_order_of_their_numbers_and_the_unassigned_one_last(
    connection: Connection, ward: Ward
) -> None:
    for number in (10, 2, 1):
        add_hub(connection, Hub("w", f"T{number}", f"Tổ dân phố {number}"))
    codes = [one.code for one in list_hubs(connection, "w")]
    assert codes == ["T1", "T2", "T10", UNASSIGNED]


def test_a_hub_merged_twice_counts_at_the_last_and_a_circle_stays(
    connection: Connection, ward: Ward
) -> None:
    for name in "abcxy":
        add_hub(connection, Hub("w", name, name, id=name))
    for name, into in (("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")):
        add_hub(connection, Hub("w", name, name, replaced_by=into))
    moves = hub_moves(connection, "w")
    assert moves == {"a": "c", "b": "c", "c": "c", "x": "x", "y": "y", UNASSIGNED: UNASSIGNED}


def test_an_alias_belongs_to_its_source(connection: Connection, ward: Ward) -> None:
    for name in ("p", "q"):
        add_source(connection, Source("w", name, name))
    add_hub(connection, Hub("w", "a", "a", id="a"))
    assert add_alias(connection, "w", "p", "Điểm A", "a") == "added"
    assert add_alias(connection, "w", "p", "Điểm A", UNASSIGNED) == "changed"
    assert find_aliases(connection, "w", "p") == {"Điểm A": UNASSIGNED}
    assert find_aliases(connection, "w", "q") == {}


def test_people_are_known_by_name_and_listed_by_given_name(
    connection: Connection, ward: Ward
) -> None:
    names = ("Trần Văn Đông", "Nguyễn Thị An", "Lê Văn Dũng")
    ids = [add_person(connection, "w", name) for name in names]
    assert [add_person(connection, "w", name) for name in names] == ids
    listed = [one.name for one in list_people(connection, "w")]
    assert listed == ["Nguyễn Thị An", "Lê Văn Dũng", "Trần Văn Đông"]


def test_a_source_once_added_stays_as_it_is(connection: Connection, ward: Ward) -> None:
    portal = Source("w", "portal", "Cổng", waiting_pushes_due=False, silent_after_minutes=30)
    assert add_source(connection, portal) == portal
    assert add_source(connection, replace(portal, name="Khác")) == portal
    assert list_sources(connection, "w") == [portal]


def test_a_source_is_last_heard_at_the_latest_instant(connection: Connection, ward: Ward) -> None:
    add_source(connection, Source("w", "portal", "Cổng"))
    for minutes in (5, 9, 2):
        heard(connection, "w", "portal", NOW + timedelta(minutes=minutes))
    (source,) = list_sources(connection, "w")
    assert source.last_heard_at == NOW + timedelta(minutes=9)


def test_a_campaign_is_known_by_its_first_day(connection: Connection, ward: Ward) -> None:
    campaign = Campaign("45 ngày đêm", date(2026, 8, 1), 45, 4000, "c1")
    assert add_campaign(connection, "w", campaign) == "added"
    assert add_campaign(connection, "w", campaign) == "unchanged"
    assert add_campaign(connection, "w", replace(campaign, target=5000)) == "changed"
    assert list_campaigns(connection, "w") == [replace(campaign, target=5000)]
