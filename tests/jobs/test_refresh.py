"""One refresher at a time: the lease, the rest, and what a paused one may do."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, insert, select

from ops_center.i18n import Problem
from ops_center.jobs.refresh import LEASE_SECONDS, Refresher
from ops_center.store.rollup import LEASE
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.system import find_lease, hold_lease
from ops_center.store.tables import cell, change
from tests.jobs.world import Hands, Writer, new_ward, refresher, revision
from tests.store.ward_of_two import assert_right, differences


def leads(one: Refresher) -> bool:
    return one.holding


@pytest.fixture
def ward_id(engine: Engine) -> str:
    return new_ward(engine)


def test_a_refresher_sums_what_was_written(engine: Engine, ward_id: str) -> None:
    one = refresher(engine, ward_id, "one", Hands())
    assert one.step() is None
    Writer(engine, ward_id).do("insert", 1, 3)
    done = one.step()
    assert done and done.dossiers == 1
    assert one.step() is None
    assert_right(engine, ward_id)


def test_a_quiet_ward_is_only_looked_at(engine: Engine, ward_id: str) -> None:
    one = refresher(engine, ward_id, "one", Hands())
    one.step()
    with writing(engine), reading(engine):  # nobody else could write now
        assert one.step() is None
    assert revision(engine, ward_id) == 0


def test_a_second_refresher_waits_and_takes_over_when_the_lease_is_over(
    engine: Engine, ward_id: str
) -> None:
    hands = Hands()
    one, two = (refresher(engine, ward_id, name, hands) for name in ("one", "two"))
    one.step()
    Writer(engine, ward_id).do("insert", 1, 3)
    assert two.step() is None and not leads(two)
    hands.forward(LEASE_SECONDS - 0.5)
    assert two.step() is None
    hands.forward(1)
    assert two.step() and leads(two)
    Writer(engine, ward_id).do("insert", 2, 3)
    assert one.step() is None and not leads(one)
    assert two.step()


def test_a_refresher_at_work_keeps_its_lease(engine: Engine, ward_id: str) -> None:
    hands = Hands()
    one, two = (refresher(engine, ward_id, name, hands) for name in ("one", "two"))
    for _ in range(10):
        hands.forward(LEASE_SECONDS / 2)
        one.step()
        assert leads(one) and two.step() is None and not leads(two)


def test_one_that_ends_lets_another_take_over_at_once(engine: Engine, ward_id: str) -> None:
    hands = Hands()
    one, two = (refresher(engine, ward_id, name, hands) for name in ("one", "two"))
    one.step()
    one.give_up()
    two.step()
    assert leads(two) and not leads(one)
    one.give_up()
    with reading(engine) as connection:
        found = find_lease(connection, ward_id, LEASE)
    assert found and found[0] == "two"


def test_a_refresher_paused_past_its_lease_writes_nothing(engine: Engine, ward_id: str) -> None:
    slow, quick = Hands(), Hands()
    paused, other = (
        refresher(engine, ward_id, "paused", slow),
        refresher(engine, ward_id, "other", quick),
    )
    paused.step()
    quick.forward(LEASE_SECONDS + 1)
    other.step()
    Writer(engine, ward_id).do("insert", 1, 3)
    assert leads(paused)  # so it believes: its clock stood still
    assert paused.step() is None and not leads(paused)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(cell)).scalar() == 0
        assert connection.execute(select(func.count()).select_from(change)).scalar() == 1
    assert other.step()
    assert_right(engine, ward_id)


def test_nobody_takes_over_in_the_middle_of_a_round(engine: Engine, ward_id: str) -> None:
    slow, quick = Hands(), Hands()
    refresher(engine, ward_id, "at work", slow).step()
    impatient = open_engine(engine.url.render_as_string(hide_password=False), timeout=0.3)
    try:
        with writing(engine, repeatable=True) as connection:
            assert hold_lease(connection, ward_id, LEASE, "at work", slow())
            quick.forward(LEASE_SECONDS + 1)
            other = refresher(impatient, ward_id, "other", quick)
            with pytest.raises(Problem) as found:
                other.step()
        assert found.value.key in ("store.locked", "store.slow")
        assert not leads(other)
    finally:
        impatient.dispose()


def test_a_clock_set_back_does_not_stop_the_summing(engine: Engine, ward_id: str) -> None:
    hands = Hands()
    one = refresher(engine, ward_id, "one", hands)
    one.step()
    hands.forward(-3600)
    Writer(engine, ward_id).do("insert", 1, 3)
    assert one.step() and leads(one)


def test_a_changed_rule_is_noticed_without_any_mark(engine: Engine, ward_id: str) -> None:
    hands, writer = Hands(), Writer(engine, ward_id)
    one = refresher(engine, ward_id, "one", hands)
    writer.do("insert", 1, 1)
    one.step()
    writer.do("merge", 1, 2)
    assert one.step() is None  # it was looked at a moment ago
    writer.do("merge", 1, 3)
    hands.forward(3)
    assert one.step()
    assert_right(engine, ward_id)


def test_a_backlog_is_taken_in_parts(engine: Engine, ward_id: str) -> None:
    one = refresher(engine, ward_id, "one", Hands(), most=2)
    for n in (9, 3, 6, 4, 7):
        Writer(engine, ward_id).do("insert", n, 3)
    taken, behind = [], []
    while done := one.step():
        taken.append(done.marks)
        behind.append(one.behind)
    assert (taken, behind) == ([2, 2, 1], [True, True, False])
    assert_right(engine, ward_id)


def test_a_mark_of_a_ward_without_refresher_waits(engine: Engine, ward_id: str) -> None:
    other = new_ward(engine)
    with writing(engine) as connection:
        connection.execute(insert(change).values(ward_id=other, dossier_id="gone"))
    assert refresher(engine, ward_id, "one", Hands()).step() is None
    assert refresher(engine, other, "one", Hands()).step()
    assert differences(engine, other) == []
