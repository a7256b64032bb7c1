"""What screens cost: one or two hundred that ask twice a second while data changes each second."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import text

from benchmarks.facts import COLUMNS
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from ops_center.store.session import writing
from ops_center.store.tables import dossier
from tests.fixtures.running import free_port, get, running, serving

PACE = 0.5  # seconds between two questions of a wall
SCREENS = 200
COMMITS = 40


@dataclass
class Tally:
    """What the screens of one run got."""

    asked: int = 0
    new: int = 0
    failed: int = 0
    waits: list[float] = field(default_factory=list)  # seconds per reply
    sizes: list[int] = field(default_factory=list)  # bytes of replies that were not 304


@contextmanager
def installation(ground: Ground) -> Iterator[tuple[int, psutil.Process]]:
    """Web server and worker on that database: the port and the server's first process."""
    with tempfile.TemporaryDirectory(prefix="ops-center-bench-") as home:
        log, port = Path(home) / "log", free_port()
        settings = {"database_url": ground.url}
        with (
            running("work", log=log, settings=settings),
            serving(log, port, **settings) as server,
        ):
            _await_worker(port)
            yield port, psutil.Process(server.pid)


def _await_worker(port: int) -> None:
    deadline = time.monotonic() + 60
    while get(f"http://127.0.0.1:{port}/health")[0] != 200:
        assert time.monotonic() < deadline, get(f"http://127.0.0.1:{port}/health")
        time.sleep(0.2)


def commit_one(ground: Ground, name: str) -> None:
    """Another process writes a dossier by plain SQL."""
    now = datetime.now(UTC)
    values = dict(zip(COLUMNS, ground.facts.row(name, now), strict=True))
    with writing(ground.engine) as connection:
        connection.execute(dossier.insert().values(**values))


# --- event → wall


def measure_latency(ground: Ground, port: int) -> Iterator[Figure]:
    """From the commit of one dossier to the reply that holds it, asked at a wall's pace."""
    taken = sorted(_one_latency(ground, port, number) for number in range(COMMITS))
    p95 = taken[int(0.95 * (len(taken) - 1))]
    yield Figure(f"{ground.name}: commit → wall, median", statistics.median(taken), "s")
    yield Figure(f"{ground.name}: commit → wall, 95th percentile", p95, "s", limit=1.5)


def _one_latency(ground: Ground, port: int, number: int) -> float:
    address = f"http://127.0.0.1:{port}/api/snapshot/overview"
    tag = get(address)[2]["ETag"]
    revision = _revision(tag)
    time.sleep(random.uniform(1.0, 2.0))  # a ward's pace, and any phase of every loop
    commit_one(ground, f"l{number:05d}")
    committed = time.perf_counter()
    time.sleep(random.uniform(0, PACE))  # where in its loop the wall was
    while True:
        status, _, headers = get(address, **{"If-None-Match": tag})
        if status == 200 and _revision(headers["ETag"]) > revision:
            return time.perf_counter() - committed
        time.sleep(PACE)


def _revision(tag: str) -> int:
    return int(tag.strip('"').split(".")[1])


# --- many screens


def measure_screens(
    ground: Ground, port: int, server: psutil.Process, seconds: float
) -> Iterator[Figure]:
    """The server's processor time and the database's transactions, for one and for many."""
    costs = []
    for count in (1, SCREENS):
        tally, cpu, transactions = _watched(ground, port, server, count, seconds)
        costs.append(cpu)
        name = f"{ground.name}, {count} screen{'s' * (count > 1)}"
        yield Figure(f"{name}: server", cpu * 100, "% of a core")
        if transactions is not None:
            yield Figure(f"{name}: transactions of all processes", transactions, "per s")
        yield from _told(name, tally, seconds)
    each = (costs[1] - costs[0]) / (SCREENS - 1)
    yield Figure(f"{ground.name}: one more screen", each * 100, "% of a core")


def _told(name: str, tally: Tally, seconds: float) -> Iterator[Figure]:
    yield Figure(f"{name}: replies", tally.asked / seconds, "per s")
    yield Figure(f"{name}: slowest reply but 1 %", _p99(tally.waits) * 1000, "ms")
    yield Figure(f"{name}: failed", tally.failed, "replies", limit=0)
    yield Figure(f"{name}: an update", statistics.median(tally.sizes or [0]) / 1000, "kB", limit=5)


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * (len(values) - 1))] if values else 0.0


def _watched(
    ground: Ground, port: int, server: psutil.Process, count: int, seconds: float
) -> tuple[Tally, float, float | None]:
    tally = Tally()
    before, transactions = _cpu(server), _transactions(ground)
    asyncio.run(_run(ground, port, count, seconds, tally))
    used = (_cpu(server) - before) / seconds
    after = _transactions(ground)
    per_second = None if after is None or transactions is None else (after - transactions) / seconds
    return tally, used, per_second


def _cpu(server: psutil.Process) -> float:
    times = [process.cpu_times() for process in [server, *server.children()]]
    return sum(one.user + one.system for one in times)


def _transactions(ground: Ground) -> int | None:
    if ground.name == "SQLite":
        return None
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    with ground.engine.begin() as connection:
        return int(connection.execute(text(query)).scalar_one())


async def _run(ground: Ground, port: int, count: int, seconds: float, tally: Tally) -> None:
    end = time.monotonic() + seconds
    screens = [asyncio.create_task(_screen(port, end, tally)) for _ in range(count)]
    number = 0
    while time.monotonic() < end:
        name = f"s{count:03d}-{number:05d}"
        await asyncio.to_thread(commit_one, ground, name)
        number += 1
        await asyncio.sleep(1)
    await asyncio.gather(*screens)


async def _screen(port: int, end: float, tally: Tally) -> None:
    await asyncio.sleep(random.uniform(0, PACE))
    tag = ""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < end:
        begun = time.perf_counter()
        try:
            status, tag, size = await _ask(reader, writer, port, tag)
        except (OSError, asyncio.IncompleteReadError):
            tally.failed += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        tally.asked += 1
        tally.waits.append(time.perf_counter() - begun)
        tally.failed += status not in (200, 304)
        if status == 200:
            tally.new += 1
            tally.sizes.append(size)
        await asyncio.sleep(PACE * random.uniform(0.9, 1.1))
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, tag: str
) -> tuple[int, str, int]:
    known = f"If-None-Match: {tag}\r\n" if tag else ""
    writer.write(
        f"GET /api/snapshot/overview?lang=vi HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Accept-Encoding: gzip\r\n{known}\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])
    }
    size = int(fields.get("content-length", 0))
    await reader.readexactly(size)
    return int(head.split(" ")[1]), fields.get("etag", tag), size
