"""The demo ward is planted once, whole, and marked as an invention."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from ops_center.i18n import LANGUAGES, Problem, sort_key
from ops_center.simulator.ward import HUBS, SOURCE, WARD, plant
from ops_center.simulator.world import LEADERS
from ops_center.store.campaigns import list_campaigns
from ops_center.store.hubs import find_aliases, list_hubs
from ops_center.store.indicators import list_indicators, list_milestones
from ops_center.store.people import list_people
from ops_center.store.plans import list_items
from ops_center.store.session import reading, writing
from ops_center.store.sources import list_sources
from ops_center.store.wards import Ward, add_ward, list_wards
from tests.simulator.demo import NOW


def test_ward_and_source_are_marked_illustrative(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        assert [one.illustrative for one in list_wards(connection)] == [True]
        sources = list_sources(connection, ward.id)
    assert [(source.id, source.illustrative) for source in sources] == [(SOURCE, True)]
    assert sources[0].name == "Dữ liệu minh họa"


def test_there_are_48_hubs_with_people_living_around_them(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        hubs = [hub for hub in list_hubs(connection, ward.id) if hub.code != "unassigned"]
    assert sorted(hub.code for hub in hubs) == [f"TDP-{n:02d}" for n in range(1, HUBS + 1)]
    assert sum(hub.population or 0 for hub in hubs) == 83_500
    assert all((hub.population or 0) > (hub.households or 0) > 0 for hub in hubs)
    assert [hub.sort_key for hub in hubs] == [sort_key(hub.name) for hub in hubs]
    assert len({(hub.longitude, hub.latitude) for hub in hubs}) == HUBS


def test_what_people_write_as_a_place_leads_to_the_hub(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        aliases = find_aliases(connection, ward.id, SOURCE)
        hub = {hub.id: hub.code for hub in list_hubs(connection, ward.id)}
    assert hub[aliases["TDP 7"]] == hub[aliases["Tổ dân phố số 7"]] == "TDP-07"


def test_thirty_people_work_there_and_four_lead(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        people = list_people(connection, ward.id)
    assert len({person.name for person in people}) == 34
    assert sum(person.unit == LEADERS for person in people) == 4
    assert all(person.unit and person.email for person in people)


def test_the_campaign_is_in_its_thirteenth_day(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        (campaign,) = list_campaigns(connection, ward.id)
    assert (campaign.starts_on, campaign.days) == (date(2026, 11, 15), 45)
    assert campaign.target is not None


def test_the_shipped_campaign_comes_with_it(planted: Engine, ward: Ward) -> None:
    with reading(planted) as connection:
        (campaign,) = list_campaigns(connection, ward.id)
        indicators = list_indicators(connection, ward.id, str(campaign.id))
        items = list_items(connection, ward.id, campaign.id)
        marks = list_milestones(connection, ward.id, str(campaign.id))
    assert 8 <= len(indicators) <= 10
    assert 20 <= len(items) <= 25
    assert {one.kind for one in indicators} == {"count", "ratio", "level"}
    assert 0 < sum(one.owner_id is None for one in items) < 4
    assert all(campaign.starts_on <= one.day <= campaign.ends_on for one in marks)
    assert all(campaign.starts_on <= one.due_on <= campaign.ends_on for one in items)


def test_planting_again_changes_nothing(planted: Engine, ward: Ward) -> None:
    again = plant(planted, until=NOW + timedelta(days=30), seed=1)
    assert again == ward
    with reading(planted) as connection:
        assert len(list_campaigns(connection, ward.id)) == 1
        assert len(list_hubs(connection, ward.id)) == HUBS + 1


def test_a_real_ward_of_that_name_is_left_alone(bare: Engine) -> None:
    with writing(bare) as connection:
        add_ward(connection, replace(Ward(WARD, "Đông Ngạc"), illustrative=False))
    with pytest.raises(Problem, match="real data") as refused:
        plant(bare, until=NOW)
    assert all(WARD in refused.value.text(language) for language in LANGUAGES)
    with reading(bare) as connection:
        assert len(list_hubs(connection, WARD)) == 1
