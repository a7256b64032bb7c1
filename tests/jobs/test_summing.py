"""The loop: every ward gets its turn, failures are said once, and nothing ends it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.jobs.beat import PROCESS, Heart
from ops_center.jobs.outage import Outage
from ops_center.jobs.summing import EACH, Summing
from ops_center.metrics.catalog import MEASURES
from ops_center.store.session import reading, writing
from ops_center.store.system import find_heartbeats
from ops_center.store.tables import ward
from tests.jobs.world import Hands, Writer, new_ward, revision
from tests.store.ward_of_two import assert_right


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is logged."""
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    logs.configure()


def summing(engine: Engine, ward_id: str = "") -> Summing:
    return Summing(engine, "me", MEASURES, Hands(), ward_id)


def test_every_ward_is_summed(engine: Engine) -> None:
    wards = [new_ward(engine) for _ in range(2)]
    loop = summing(engine)
    for ward_id in wards:
        Writer(engine, ward_id).do("insert", 1, 3)
    loop.turn()
    for ward_id in wards:
        assert revision(engine, ward_id) == 1
        assert_right(engine, ward_id)


def test_a_worker_of_one_ward_leaves_the_others_alone(engine: Engine) -> None:
    mine, other = new_ward(engine), new_ward(engine)
    Writer(engine, other).do("insert", 1, 3)
    assert summing(engine, mine).turn() == EACH
    assert revision(engine, other) == 0


def test_a_ward_whose_rules_are_wrong_does_not_stop_the_others(
    engine: Engine, said: io.StringIO
) -> None:
    wrong, right = sorted([new_ward(engine), new_ward(engine)])
    with writing(engine) as connection:
        connection.execute(update(ward).where(ward.c.id == wrong).values(same_day_cutoff="noon"))
    loop = summing(engine)
    for ward_id in (wrong, right):
        Writer(engine, ward_id).do("insert", 1, 3)
    assert loop.turn() > EACH
    loop.turn()
    assert (revision(engine, wrong), revision(engine, right)) == (0, 1)
    assert said.getvalue().count("worker.kept_waiting") == 1
    with writing(engine) as connection:
        connection.execute(update(ward).where(ward.c.id == wrong).values(same_day_cutoff="15:00"))
    loop.turn()
    assert revision(engine, wrong) == 1
    assert said.getvalue().count("worker.goes_on") == 1


def test_a_database_without_a_ward_is_waited_for(engine: Engine) -> None:
    loop = summing(engine)
    assert loop.turn() == EACH
    assert not loop.holding


def test_a_ward_that_is_not_there_is_named_and_waited_for(
    engine: Engine, said: io.StringIO
) -> None:
    new_ward(engine)
    loop = summing(engine, "nowhere")
    assert loop.turn() > EACH
    assert "nowhere" in said.getvalue()


def test_a_stopped_loop_lets_another_take_over(engine: Engine) -> None:
    ward_id = new_ward(engine)
    loop, stop = summing(engine), threading.Event()
    loop.turn()
    stop.set()
    loop.run(stop)
    assert not loop.holding
    other = Summing(engine, "other", MEASURES, Hands(), ward_id)
    other.turn()
    assert other.holding


def test_only_the_one_that_sums_gives_a_sign_of_life(engine: Engine) -> None:
    new_ward(engine)
    hands = Hands()
    first, second = summing(engine), Summing(engine, "second", MEASURES, hands)
    first.turn()
    second.turn()
    Heart(engine, second, hands).beat()
    with reading(engine) as connection:
        assert find_heartbeats(connection) == {}
    Heart(engine, first, hands).beat()
    with reading(engine) as connection:
        found = find_heartbeats(connection)[PROCESS]
    assert (found.at, found.detail) == (hands(), "2026-09-30T03:00:00.000Z")


def test_an_outage_is_said_when_it_begins_changes_and_ends(said: io.StringIO) -> None:
    outage = Outage("test")
    gone, locked = (Problem(f"store.{key}", database="d") for key in ("gone", "locked"))
    for error in (gone, gone, locked, ValueError("x"), ValueError("x")):
        outage.begins(error)
    outage.ends()
    outage.ends()
    names = [line.split()[2] for line in said.getvalue().splitlines()]
    assert names == ["worker.kept_waiting"] * 2 + ["worker.failed", "worker.goes_on"]
