"""The worker as a process: started, frozen, killed, cut off from its database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.jobs.beat import PROCESS
from ops_center.store.session import reading
from ops_center.store.system import Heartbeat, find_heartbeats
from tests.fixtures.databases import opened
from tests.fixtures.running import eventually, running, start, stop
from tests.jobs.world import Writer, new_ward, revision
from tests.store.ward_of_two import assert_right


@pytest.fixture
def ward_id(engine: Engine) -> str:
    return new_ward(engine)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "work.log"


def heartbeat(engine: Engine, after: datetime | None = None) -> list[Heartbeat]:
    """The worker's last sign of life, if it is later than `after`."""
    with reading(engine) as connection:
        found = find_heartbeats(connection).get(PROCESS)
    return [found] if found and (after is None or found.at > after) else []


def test_a_worker_sums_beats_and_hands_over(
    engine: Engine, database_url: str, ward_id: str, log: Path, tmp_path: Path
) -> None:
    settings, writer = {"database_url": database_url}, Writer(engine, ward_id)
    with running("work", log=log, settings=settings) as first:
        writer.do("insert", 1, 3)
        eventually(lambda: revision(engine, ward_id) == 1)
        (found,) = eventually(lambda: heartbeat(engine))
        second_log = tmp_path / "second.log"
        with running("work", log=second_log, settings=settings):
            eventually(lambda: "worker.waits" in second_log.read_text())
            (later,) = eventually(lambda: heartbeat(engine, found.at))
            assert later.detail  # when the marks were looked at last
            assert stop(first) == 0, log.read_text()
            writer.do("insert", 2, 3)
            eventually(lambda: revision(engine, ward_id) == 2)
            assert "worker.leads" in second_log.read_text()
    assert_right(engine, ward_id)
    assert "traceback" not in log.read_text() + second_log.read_text()


def test_a_frozen_worker_is_replaced_and_so_is_a_killed_one(
    postgres_fresh_url: str, log: Path
) -> None:
    settings = {"database_url": postgres_fresh_url}
    with opened(postgres_fresh_url) as engine, running("work", log=log, settings=settings) as one:
        ward_id = new_ward(engine)
        eventually(lambda: heartbeat(engine))
        os.killpg(one.pid, signal.SIGSTOP)
        with running("work", log=log, settings=settings) as other:
            Writer(engine, ward_id).do("insert", 1, 3)
            eventually(lambda: revision(engine, ward_id) == 1)
            os.killpg(one.pid, signal.SIGCONT)
            eventually(lambda: "worker.lease_lost" in log.read_text())
            os.killpg(other.pid, signal.SIGKILL)
            other.wait()
            Writer(engine, ward_id).do("insert", 2, 3)
            eventually(lambda: revision(engine, ward_id) == 2)
        assert_right(engine, ward_id)


def test_a_worker_outlives_its_database(sqlite_url: str, log: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with opened(sqlite_url) as engine:
        ward_id = new_ward(engine)
    away = path.with_suffix(".away")
    path.rename(away)
    with running("work", log=log, settings={"database_url": sqlite_url}) as worker:
        eventually(lambda: "task=start" in log.read_text())
        away.rename(path)
        with opened(sqlite_url) as engine:
            eventually(lambda: heartbeat(engine))
        path.rename(away)
        eventually(lambda: "worker.kept_waiting task=summing" in log.read_text())
        away.rename(path)
        with opened(sqlite_url) as engine:
            Writer(engine, ward_id).do("insert", 1, 3)
            eventually(lambda: revision(engine, ward_id) == 1)
        assert stop(worker) == 0
    said = log.read_text()
    assert said.count("task=start reason") == 1
    assert "worker.goes_on" in said and "traceback" not in said


def test_a_database_that_was_never_migrated_ends_the_worker_with_the_remedy(
    tmp_path: Path, log: Path
) -> None:
    (tmp_path / "empty.db").touch()
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    process = start("work", log=log, settings={"database_url": url, "language": "en"})
    assert process.wait(120) != 0
    assert "ops-center db upgrade" in log.read_text()


def test_a_worker_that_waits_for_its_database_ends_when_asked(tmp_path: Path, log: Path) -> None:
    settings = {"database_url": f"sqlite:///{tmp_path / 'nowhere.db'}"}
    with running("work", log=log, settings=settings) as worker:
        eventually(lambda: log.exists() and "worker.kept_waiting" in log.read_text())
        assert stop(worker) == 0
