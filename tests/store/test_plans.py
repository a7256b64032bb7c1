"""The action plan in the database: an item by its code, its helpers, and the news it makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, func, insert, select

from ops_center.store.campaign_tables import plan_coordinator, plan_item
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.people import keep_person, list_people
from ops_center.store.plans import PlanItem, add_item, list_items
from ops_center.store.tables import change, person

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)


@pytest.fixture
def item(connection: Connection, ward_id: str) -> PlanItem:
    """An item with a helper, in a campaign, not written yet."""
    add_campaign(connection, ward_id, Campaign("45 ngày đêm", date(2026, 8, 10)))
    connection.execute(insert(person).values(ward_id=ward_id, id="p1", name="Lê Nam"))
    connection.execute(insert(person).values(ward_id=ward_id, id="p2", name="Lê Hoa"))
    [campaign] = list_campaigns(connection, ward_id)
    return PlanItem(
        str(campaign.id), "KH-1", "Ra quân", date(2026, 8, 10), date(2026, 8, 12),
        owner_id="p1", coordinator_ids=("p2",),
    )  # fmt: skip


def _marks(connection: Connection, ward_id: str) -> int:
    wanted = select(func.count()).select_from(change).where(change.c.ward_id == ward_id)
    return int(connection.execute(wanted).scalar_one())


def test_an_item_is_kept_by_its_code_and_read_as_written(
    connection: Connection, ward_id: str, item: PlanItem
) -> None:
    assert add_item(connection, ward_id, item, NOW) == "added"
    assert add_item(connection, ward_id, item, NOW) == "unchanged"
    [found] = list_items(connection, ward_id, item.campaign_id)
    assert replace(found, id=None) == item
    done = replace(item, state="done", progress=100, done_on=date(2026, 8, 11))
    assert add_item(connection, ward_id, done, NOW) == "changed"
    [again] = list_items(connection, ward_id)
    assert again == replace(done, id=found.id)
    assert list_items(connection, ward_id, "another") == []


def test_whoever_changes_the_plan_or_only_its_helpers_makes_news(
    connection: Connection, ward_id: str, item: PlanItem
) -> None:
    add_item(connection, ward_id, item, NOW)
    before = _marks(connection, ward_id)
    assert add_item(connection, ward_id, item, NOW) == "unchanged"
    assert _marks(connection, ward_id) == before
    later = NOW + timedelta(hours=1)
    assert add_item(connection, ward_id, replace(item, coordinator_ids=()), later) == "changed"
    assert _marks(connection, ward_id) == before + 1
    written = select(plan_item.c.written_at).where(plan_item.c.ward_id == ward_id)
    assert connection.execute(written).scalars().all() == [later]


def test_an_item_that_goes_takes_its_helpers_along(
    connection: Connection, ward_id: str, item: PlanItem
) -> None:
    add_item(connection, ward_id, item, NOW)
    connection.execute(delete(plan_item).where(plan_item.c.ward_id == ward_id))
    left = select(func.count()).select_from(plan_coordinator).filter_by(ward_id=ward_id)
    assert connection.execute(left).scalar_one() == 0


def test_a_person_is_changed_by_id_and_added_without(connection: Connection, ward_id: str) -> None:
    assert keep_person(connection, ward_id, "Lê Nam", email="nam@p.example") == "added"
    [one] = [one for one in list_people(connection, ward_id) if one.name == "Lê Nam"]
    assert keep_person(connection, ward_id, "Lê Nam", id=one.id, email=one.email) == "unchanged"
    assert keep_person(connection, ward_id, "Lê Nam", id=one.id, active=False) == "changed"
    assert not next(p for p in list_people(connection, ward_id) if p.id == one.id).active
