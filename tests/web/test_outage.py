"""A real PostgreSQL that is stopped, frozen, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from sqlalchemy import create_engine, text

from ops_center.settings import Settings
from ops_center.web.condition import DATABASE_GONE, WORKER_LATE, Clock
from ops_center.web.live import Live
from ops_center.web.pulse import FIRST_LOOK, Pulse
from tests.fixtures.databases import migrate
from tests.fixtures.postgres import NoPostgres, running_server
from tests.fixtures.running import eventually
from tests.web.conftest import SCENES, StandIn, plant, summed

TIMEOUT = 60.0  # seconds: far more than a slow machine takes to answer without the database


@dataclass
class Server:
    """A PostgreSQL that this test may stop."""

    url: str
    process: psutil.Process
    command: list[str]
    identity: dict[str, Any]

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def end(self) -> None:
        if self.process.is_running():
            self.process.send_signal(signal.SIGINT)
            psutil.wait_procs([self.process], timeout=60)

    def _send(self, sign: signal.Signals) -> None:
        for one in [self.process, *self._children()]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(sign)

    def _children(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return list(self.process.children())
        return []

    def again(self) -> subprocess.Popen[bytes]:
        started = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            **self.identity,
        )
        self.process = psutil.Process(started.pid)
        return started


@pytest.fixture
def server() -> Iterator[Server]:
    try:
        with running_server() as url:
            migrate(url)
            plant(url)
            found = _found(url)
            yield found
            found.thaw()
            found.end()
    except NoPostgres as none:
        pytest.skip(f"NO POSTGRESQL: {none}")


def _found(url: str) -> Server:
    engine = create_engine(url)
    with engine.connect() as connection:
        lines = connection.execute(text("SELECT pg_read_file('postmaster.pid')")).scalar_one()
    engine.dispose()
    process = psutil.Process(int(lines.split()[0]))
    owner = {"user": process.uids().real, "group": process.gids().real, "extra_groups": []}
    return Server(url, process, process.cmdline(), owner if os.geteuid() == 0 else {})


@pytest.fixture
def live(server: Server, stand_in: StandIn) -> Iterator[Live]:
    pulse = Pulse(Settings(database_url=server.url, database_timeout=TIMEOUT), Clock())
    pulse.ready(FIRST_LOOK)
    eventually(lambda: pulse.look)
    found = Live(pulse, "b1", SCENES, stand_in.draw, stand_in.take)
    yield found
    server.thaw()
    pulse.close()


def test_a_stopped_postgresql_keeps_the_picture_and_comes_back_by_itself(
    server: Server, live: Live
) -> None:
    first = live.picture("overview", "vi", "dark")
    server.end()
    eventually(lambda: live.condition().state == DATABASE_GONE)
    assert live.picture("overview", "vi", "dark").etag.rpartition(".")[0]
    assert live.picture("overview", "vi", "dark").version.revision == first.version.revision
    again = server.again()
    try:
        eventually(lambda: live.condition().state == WORKER_LATE)
        summed(server.url)
        eventually(lambda: live.picture("overview", "vi", "dark").version.revision == 1)
    finally:
        server.end()
        again.wait()


def test_a_frozen_postgresql_blocks_no_screen(server: Server, live: Live) -> None:
    first = live.picture("overview", "vi", "dark")
    server.freeze()
    eventually(lambda: live.condition().state == DATABASE_GONE)
    asked = time.monotonic()
    live.pulse.ready(FIRST_LOOK)
    assert live.picture("overview", "vi", "dark").version.revision == first.version.revision
    answered_from_memory = time.monotonic() - asked < TIMEOUT / 2
    assert answered_from_memory
    server.thaw()
    eventually(lambda: live.condition().state == WORKER_LATE)


def test_a_process_started_while_the_database_is_frozen_answers_all_the_same(
    server: Server, stand_in: StandIn
) -> None:
    server.freeze()
    pulse = Pulse(Settings(database_url=server.url), Clock())
    pulse.ready(FIRST_LOOK)  # returns although no look is answered
    assert pulse.condition().state == DATABASE_GONE
    server.thaw()
    eventually(lambda: pulse.condition().state == WORKER_LATE)
    pulse.close()
