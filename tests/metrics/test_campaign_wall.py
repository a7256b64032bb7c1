"""Which hubs hold a campaign back, over all its indicators, and what of its plan is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from ops_center.metrics.campaign_wall import holding_back, take
from ops_center.store.people import add_person
from ops_center.store.plans import PlanItem, add_item
from tests.metrics.drive import DRIVE, Drive, begin


@pytest.fixture(params=["sqlite", "postgresql"])
def drive(request: pytest.FixtureRequest) -> Iterator[Drive]:
    """A campaign in a transaction on either database, rolled back after the test."""
    engine = request.getfixturevalue(f"{request.param}_wards")
    with engine.connect() as connection:
        yield _begun(connection)
        connection.rollback()


def _begun(connection: Connection) -> Drive:
    return begin(connection, hubs="abc")


def test_parts_of_what_is_lacking_are_averaged_as_indicators_weigh(drive: Drive) -> None:
    """By the end of day 4 of 10 each hub should have 40 of 100 in each indicator."""
    drive.indicator("X", target=300.0, split="equal", weight=3.0)
    drive.indicator("Y", target=300.0, split="equal", weight=1.0, topic_id="vneid")
    drive.report("a", 1, 10)  # lacks 30 of X
    drive.report("b", 1, 30)  # lacks 10
    drive.report("c", 1, 90)
    for hub, done in (("a", 40), ("b", 40), ("c", 0)):  # only c lacks anything of Y: 40
        drive.report(hub, 1, done, "vneid")
    found, split = holding_back(drive.board(4))
    assert split
    assert [(one.hub.id, one.behind) for one in found] == [("a", 1), ("c", 1), ("b", 1)]
    lacking = {"a": 30 / 40 * 3, "b": 10 / 40 * 3, "c": 40 / 40 * 1}
    assert {one.hub.id: one.share for one in found} == pytest.approx(
        {hub: part / 4 for hub, part in lacking.items()})  # fmt: skip
    assert sum(one.share for one in found) == pytest.approx(1)


def test_an_indicator_of_no_weight_or_not_split_holds_nobody_back(drive: Drive) -> None:
    drive.indicator("X", target=300.0, split="equal", weight=0.0)
    drive.report("a", 1, 1)
    assert holding_back(drive.board(4)) == ((), True)
    drive.connection.rollback()
    other = _begun(drive.connection)
    other.indicator("X", target=300.0, split="none")
    other.report("a", 1, 1)
    assert holding_back(other.board(4)) == ((), False)


def test_the_board_comes_with_what_of_the_plan_is_late_or_nobodys(drive: Drive) -> None:
    owner = add_person(drive.connection, DRIVE.id, "Lê An")
    for code, due, who in (("K1", 2, owner), ("K2", 9, None), ("K3", 9, owner)):
        item = PlanItem("c", code, code, drive.on(1), drive.on(due), owner_id=who)
        add_item(drive.connection, DRIVE.id, item, drive.at(1))
    found = take(drive.connection, DRIVE, drive.at(4))
    assert found is not None
    assert (found.plan.late, found.plan.unowned, found.plan.items) == (1, 1, 3)
    assert [one.code for one in found.plan.first] == ["K1", "K2"]


def test_without_a_campaign_there_is_no_board(drive: Drive) -> None:
    assert take(drive.connection, DRIVE, drive.at(10) + timedelta(days=400)) is None
