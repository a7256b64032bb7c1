"""Workers are killed at every step: each subscriber has the letter once, come what may.

Twice only where nobody can help it: the server had taken the letter and the worker died before it
could write that down. docs/letters.md names it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.store.outbox import list_outbox
from ops_center.store.session import reading
from tests.fixtures.databases import opened, postgres_database
from tests.fixtures.mailbox import Mailbox, mailbox
from tests.fixtures.running import eventually
from tests.jobs.post import MORNING, addresses, plant, subscribe, tidy
from tests.journeys.letter_workers import STEPS, STOPPED, TWICE

ROOT = Path(__file__).parents[2]
HOUR = 3600.0


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The process that workers are forked from."""
    with (tmp_path_factory.mktemp("workers") / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.letter_workers"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    yield process
    assert process.stdin and process.stdout
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


@dataclass
class Town:
    """Subscribers, a mail server, workers and the one clock they go by."""

    nursery: subprocess.Popen[str]
    url: str
    engine: Engine
    box: Mailbox
    folder: Path
    readers: list[str]
    pids: list[int] = field(default_factory=list)

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def flag(self) -> Path:
        return self.folder / "flag"

    def jump(self, seconds: float) -> None:
        """Set everybody's clock forward or back."""
        moved = float(self.clock.read_text()) + seconds
        (self.folder / "new").write_text(str(moved))
        (self.folder / "new").replace(self.clock)

    def start(self, step: str = "") -> int:
        told = {
            "url": self.url, "port": self.box.server.port, "clock": str(self.clock),
            "rounds": str(self.folder / "rounds"), "step": step, "flag": str(self.flag),
        }  # fmt: skip
        assert self.nursery.stdin and self.nursery.stdout
        self.nursery.stdin.write(json.dumps(told) + "\n")
        self.nursery.stdin.flush()
        self.pids.append(int(self.nursery.stdout.readline()))
        return self.pids[-1]

    def kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # one that is stopped too

    def states(self) -> Counter[str]:
        with reading(self.engine) as connection:
            return Counter(one.state for one in list_outbox(connection, "w1", most=1000))

    def settle(self) -> None:
        """Until every letter is sent, and the workers found nothing more to do some times."""
        eventually(lambda: self.states() == {"sent": len(self.readers)})
        rounds = self.folder / "rounds"
        before = rounds.stat().st_size
        eventually(lambda: rounds.stat().st_size >= before + 6)

    def got(self) -> dict[str, list[str]]:
        """The Message-IDs that each recipient has."""
        found: dict[str, list[str]] = {}
        for one in self.box.received:
            found.setdefault(one.recipient, []).append(one.id)
        return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ground(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Engine]]:
    """The planted ward, one for all tests on its database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("town") / "ward.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            server, template = map(request.getfixturevalue, ("postgres_url", "postgres_template"))
            url = stack.enter_context(postgres_database(server, template))
        engine = stack.enter_context(opened(url))
        plant(engine)
        yield url, engine


@pytest.fixture
def town(
    nursery: subprocess.Popen[str], ground: tuple[str, Engine], tmp_path: Path
) -> Iterator[Town]:
    database_url, engine = ground
    with mailbox() as box:
        readers = [*addresses(5)]
        for n, email in enumerate(readers):
            subscribe(engine, "w1", email, language=("vi", "ar")[n % 2])
        found = Town(nursery, database_url, engine, box, tmp_path, readers)
        (tmp_path / "rounds").touch()
        found.clock.write_text(str((MORNING - datetime.now(UTC)).total_seconds()))
        yield found
        for pid in found.pids:
            found.kill(pid)
        eventually(lambda: _tidied(engine))


def _tidied(engine: Engine) -> bool:
    """A worker killed just now may still hold a lock, until the database knows."""
    with suppress(Problem):
        tidy(engine)
        return True
    return False


@pytest.mark.parametrize("step", STEPS)
def test_whatever_step_a_worker_dies_at_each_reader_has_the_letter_once(
    town: Town, step: str
) -> None:
    victim = town.start(step)
    eventually(town.flag.exists)
    town.kill(victim)
    # By a clock that is an hour on or two hours back its leases have run out.
    planned = sum(town.states().values()) > 0
    town.jump(-2 * HOUR if planned and list(STEPS).index(step) % 2 else HOUR)
    town.start()
    town.start()
    town.settle()
    got = town.got()
    assert sorted(got) == town.readers
    twice = [ids for ids in got.values() if len(ids) > 1]
    assert [len(ids) for ids in twice] == ([2] if step in TWICE else [])
    assert all(len(set(ids)) == 1 for ids in twice)


@pytest.mark.parametrize("step", ["while writing", "after claiming"])
def test_a_dead_worker_s_lease_runs_out_by_itself_while_another_works(
    town: Town, step: str
) -> None:
    victim = town.start(step)
    eventually(town.flag.exists)
    town.start()
    town.kill(victim)
    town.start()
    town.settle()
    assert {name: len(ids) for name, ids in town.got().items()} == dict.fromkeys(town.readers, 1)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_a_worker_that_was_stopped_for_longer_than_its_lease_hands_nothing_over(
    town: Town,
) -> None:
    stopped = town.start(STOPPED)
    eventually(town.flag.exists)
    town.start()
    town.settle()
    os.kill(stopped, signal.SIGCONT)
    town.settle()
    assert {name: len(ids) for name, ids in town.got().items()} == dict.fromkeys(town.readers, 1)


def test_workers_killed_at_any_moment_lose_nothing_and_double_only_what_they_died_over(
    town: Town,
) -> None:
    chance = random.Random(602)
    for n, email in enumerate(addresses(45)[5:]):
        subscribe(town.engine, "w1", email, language=("vi", "ar")[n % 2])
        town.readers.append(email)
    town.start()
    deaths = 8
    for _ in range(deaths):
        pid = town.start()
        time.sleep(chance.uniform(0.02, 0.4))
        town.kill(pid)
    town.settle()
    got = town.got()
    assert sorted(got) == sorted(town.readers)
    assert sum(len(ids) - 1 for ids in got.values()) <= deaths
    assert all(len(set(ids)) == 1 for ids in got.values())
