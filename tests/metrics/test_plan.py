"""The plan on a day: what is late, what nobody answers for, who owes what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from ops_center.metrics.plan import Item, find_plan, in_order, owed, owners, phases, standing
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.people import Person
from ops_center.store.plans import PlanItem, add_item
from ops_center.store.session import reading, writing
from ops_center.store.tables import person
from ops_center.store.wards import Ward, add_ward

TODAY = date(2026, 8, 20)
DAY = timedelta(days=1)
NAM = Person("w", "p-nam", "Lê Văn Nam")
HOA = Person("w", "p-hoa", "Trần Thị Hoa")


def item(code: str, due: int, **told: object) -> Item:
    """An item due so many days from today, begun ten days before."""
    plain = Item(
        id=code, code=code, phase="1", content=code, deliverable="", owner=NAM, coordinators=(),
        starts_on=TODAY + (due - 10) * DAY, due_on=TODAY + due * DAY, done_on=None,
        indicator=None, progress=0, state="under_way", evidence="", weight=1.0, today=TODAY,
    )  # fmt: skip
    return replace(plain, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due", "told", "late", "days"),
    [
        (0, {}, False, 0),  # today's end is not over
        (-1, {}, True, 1),
        (-3, {"state": "planned"}, True, 3),
        (-3, {"state": "cancelled"}, False, 0),
        (-3, {"state": "done", "done_on": TODAY - 3 * DAY}, False, 0),
        (-3, {"state": "done", "done_on": TODAY - DAY}, False, 2),
        (-3, {"progress": 100}, True, 3),  # whoever says 100 % has not said it is done
    ],
)
def test_an_open_item_is_late_when_its_day_is_over(
    due: int, told: dict[str, object], late: bool, days: int
) -> None:
    one = item("A", due, **told)
    assert (one.late, one.days_late) == (late, days)
    assert one.kept == (one.state == "done" and not days)


def test_nobody_answers_for_an_item_whose_owner_works_here_no_longer() -> None:
    assert item("A", 5, owner=None).unowned
    assert item("A", 5, owner=replace(NAM, active=False)).unowned
    assert not item("A", 5).unowned
    assert not item("A", -5, owner=None, state="done", done_on=TODAY).unowned


def test_late_ones_come_first_then_what_nobody_owns_then_as_they_are_due() -> None:
    items = [
        item("done", -9, state="done", done_on=TODAY), item("next", 4), item("soon", 1),
        item("late", -1), item("later", -5), item("nobody", 9, owner=None),
    ]  # fmt: skip
    assert [one.code for one in in_order(items)] == [
        "later", "late", "nobody", "soon", "next", "done",
    ]  # fmt: skip


def test_the_plan_in_numbers_leaves_out_what_was_cancelled() -> None:
    items = [
        item("A", -2), item("B", -1, owner=None), item("C", 4, owner=None), item("D", 2),
        item("E", -3, state="done", done_on=TODAY), item("F", -3, state="cancelled", owner=None),
    ]  # fmt: skip
    found = standing(items)
    assert (found.items, found.done, found.late, found.unowned) == (5, 1, 2, 2)
    assert [one.code for one in found.first] == ["A", "B"]
    assert not found.well
    assert standing([]).well


def test_what_somebody_owes_and_what_they_help_with() -> None:
    items = [
        item("A", -2), item("B", 3, owner=HOA, coordinators=(NAM,)),
        item("C", -4, state="done", done_on=TODAY), item("D", 5, owner=None),
    ]  # fmt: skip
    found = owed(items, "p-nam")
    assert found is not None
    assert [one.code for one in found.items] == ["A", "C"]
    assert [one.code for one in found.helps] == ["B"]
    assert (found.open, found.late, found.done, found.kept) == (1, 1, 1, 0)
    assert owed(items, "p-nobody") is None
    assert [one.owner.name if one.owner else None for one in owners(items)] == [
        None, "Trần Thị Hoa", "Lê Văn Nam",
    ]  # fmt: skip


def test_phases_stand_as_they_begin() -> None:
    items = [item("A", 9, phase="Về đích"), item("B", 1, phase="Ra quân"), item("C", 2, phase="")]
    assert phases(items) == ("Ra quân", "Về đích")


def test_the_plan_is_read_with_its_people(engine: Engine) -> None:
    now = datetime(2026, 8, 20, 3, tzinfo=UTC)
    ward = Ward("w", "W")
    with writing(engine) as connection:
        add_ward(connection, ward)
        for one in (NAM, HOA):
            connection.execute(insert(person).values(ward_id="w", id=one.id, name=one.name))
        add_campaign(connection, "w", Campaign("45", date(2026, 8, 10)))
        [campaign] = list_campaigns(connection, "w")
        for code, due in (("A", TODAY), ("B", TODAY - DAY)):
            add_item(connection, "w", PlanItem(
                str(campaign.id), code, code, date(2026, 8, 10), due, owner_id="p-hoa",
                coordinator_ids=("p-nam",),
            ), now)  # fmt: skip
    with reading(engine) as connection:
        found = find_plan(connection, ward, str(campaign.id), TODAY)
    assert [(one.code, one.standing) for one in found] == [("B", "late"), ("A", "planned")]
    assert {one.owner.name for one in found if one.owner} == {"Trần Thị Hoa"}
    assert [one.name for one in found[0].coordinators] == ["Lê Văn Nam"]
