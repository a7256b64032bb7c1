"""What exploring costs: 20 scopes, their rows, an export, and 20 officials clicking."""

from __future__ import annotations

import random
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from benchmarks.cost import Cost, cost, median
from benchmarks.facts import DAYS
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from ops_center.metrics import explore
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.lists import Lists, find_lists
from ops_center.metrics.reading import by as read_by
from ops_center.metrics.scope import Scope
from ops_center.store.people import list_people
from ops_center.store.session import reading
from ops_center.store.wards import Ward

PAGE = Path(__file__).parent / "EXPLORE.md"
NOTES = (
    "Server time of one `explore.take`, nothing kept from one click to the next, and the processor "
    "time that the database's process and ours took for it; 400 days, of which the last ends at "
    "15:30. Beyond 100,000 the dossiers are copies at other hubs."
)
COLUMNS = ("received", "done", "on_time_rate", "late", "overdue", "online_share")
EACH = 5  # times each scope is asked; nothing is kept between two
OFTEN = 10
KEPT = 80  # megabytes a long export may hold: the 64 that SQLite keeps of its pages, and a little
OFFICIALS, CLICKS, APART = 20, 6, 5.0

Ask = Callable[[Connection], object]


def scopes(ward: Ward, lists: Lists, today: date) -> list[tuple[str, Scope, str, str]]:
    """20 scopes as (name, scope, table's dimension, trend's step)."""
    after = today + timedelta(days=1)
    hubs = [str(hub.id) for hub in lists.hubs if hub.code != "unassigned"]
    fields = [one.id for one in lists.fields]
    procedures = [one.id for one in lists.procedures]

    def scope(days: int, **limits: frozenset[str]) -> Scope:
        return Scope(ward.id, after - timedelta(days=days), after, **limits)  # type: ignore[arg-type]

    one, three = frozenset(hubs[:1]), frozenset(hubs[:3])
    field, procedure = frozenset(fields[:1]), frozenset(procedures[:1])
    online, whole = frozenset({"online_partial", "online_end_to_end"}), frozenset({"in_person"})
    return [
        ("today", scope(1), "hub", "day"),
        ("today, field", scope(1, fields=field), "procedure", "day"),
        ("week", scope(7), "hub", "day"),
        ("week, online", scope(7, channel_levels=online), "field", "day"),
        ("30 days", scope(30), "hub", "day"),
        ("30 days by procedure", scope(30), "procedure", "day"),
        ("30 days, three hubs", scope(30, hubs=three), "field", "day"),
        ("30 days, field", scope(30, fields=field), "hub", "day"),
        ("30 days, procedure", scope(30, procedures=procedure), "hub", "day"),
        ("30 days, level", scope(30, channel_levels=whole), "channel_level", "day"),
        ("quarter", scope(90), "hub", "day"),
        ("quarter by field", scope(90), "field", "day"),
        ("quarter, hub and field", scope(90, hubs=one, fields=field), "procedure", "day"),
        ("quarter, online", scope(90, channel_levels=online), "hub", "day"),
        ("year", scope(365), "hub", "week"),
        ("year by procedure", scope(365), "procedure", "week"),
        ("year, hub", scope(365, hubs=one), "procedure", "week"),
        ("year, field", scope(365, fields=field), "hub", "week"),
        ("year, procedure", scope(365, procedures=procedure), "channel_level", "week"),
        ("year, level", scope(365, channel_levels=whole), "month", "week"),
    ]


def measure_explore(ground: Ground) -> Iterator[Figure]:
    """Each scope, all together, the grid, and 20 officials."""
    engine, ward, name = ground.engine, ground.ward, ground.name
    asked = _asked(ground)
    taken = [_costs_of(ground, scope) for scope in asked]
    each = [median(costs) for costs in taken]
    for (title, *_), found in zip(asked, each, strict=True):
        yield Figure(f"{name}: {title}", found.wall, "ms")
        yield Figure(f"{name}: {title}, processor", found.processor, "ms")
    walls, processors = [one.wall for one in each], [one.processor for one in each]
    yield Figure(f"{name}: 20 scopes, median", statistics.median(walls), "ms", limit=200)
    yield Figure(f"{name}: 20 scopes, 95th percentile", _p95(walls), "ms", limit=500)
    least = [min(one.wall for one in costs) for costs in taken]
    yield Figure(f"{name}: 20 scopes, each at its quickest, median", statistics.median(least), "ms")
    yield Figure(f"{name}: 20 scopes, each at its quickest, 95th percentile", _p95(least), "ms")
    yield Figure(f"{name}: 20 scopes, processor, median", statistics.median(processors), "ms")
    yield Figure(f"{name}: 20 scopes, processor, 95th percentile", _p95(processors), "ms")
    statements = statistics.median(one.statements for one in each)
    yield Figure(f"{name}: statements of an exploration", statements, "")
    pages = [
        cost(engine, partial(_page, ground, scope, f"{title} {turn}"))
        for turn in range(3) for title, scope, *_ in asked
    ]  # fmt: skip
    rows = [one.wall for one in pages]
    processor = statistics.median(one.processor for one in pages)
    yield Figure(f"{name}: a page of 100 rows, median", statistics.median(rows), "ms", limit=150)
    yield Figure(f"{name}: a page of 100 rows, 95th percentile", _p95(rows), "ms")
    yield Figure(f"{name}: a page of 100 rows, processor, median", processor, "ms")
    waits = _officials(engine, ward, asked, ground.now)
    yield Figure(f"{name}: {OFFICIALS} officials, a click each 5 s, 95th percentile", _p95(waits),
                 "ms", limit=1000)  # fmt: skip


def _asked(ground: Ground) -> list[tuple[str, Scope, str, str]]:
    with reading(ground.engine) as connection:
        lists = find_lists(connection, ground.ward.id)
    return scopes(ground.ward, lists, ground.now.astimezone(ground.ward.zone).date())


def _costs_of(ground: Ground, asked: tuple[str, Scope, str, str]) -> list[Cost]:
    """Some redraws, after one that brings the rows into memory."""
    _, scope, by, grain = asked
    ask = partial(_taken, ground.ward, scope, ground.now, by, grain)
    cost(ground.engine, ask)
    return [cost(ground.engine, ask) for _ in range(EACH)]


def measure_facts(ground: Ground) -> Iterator[Figure]:
    """The table of some scopes, from the roll-ups and straight over the facts."""
    for title, scope, by, _ in _asked(ground):
        if title in ("30 days", "quarter, hub and field", "year by procedure"):
            for rollup, way in ((True, "from the roll-ups"), (False, "over the facts")):
                ask = partial(_table, ground, scope, by, rollup)
                found = [cost(ground.engine, ask) for _ in range(2)][-1]
                what = f"{ground.name}: {title}, the table alone, {way}"
                yield Figure(what, found.wall, "ms")
                yield Figure(f"{what}, processor", found.processor, "ms")


def _table(
    ground: Ground, scope: Scope, by: str, rollup: bool, connection: Connection
) -> object:
    return read_by(connection, ground.ward, scope, ground.now, by, COLUMNS, rollup)


def measure_sieves(ground: Ground) -> Iterator[Figure]:
    """What the roll-ups do not know: an official, a status, arrivals by weekday and hour."""
    engine, ward, now, name = ground.engine, ground.ward, ground.now, ground.name
    after = now.astimezone(ward.zone).date() + timedelta(days=1)
    with reading(engine) as connection:
        one = frozenset({list_people(connection, ward.id)[0].id})

    def scope(days: int, **limits: frozenset[str]) -> Scope:
        return Scope(ward.id, after - timedelta(days=days), after, **limits)  # type: ignore[arg-type]

    for title, asked in (
        ("30 days, one official", scope(30, officials=one)),
        ("year, one official", scope(365, officials=one)),
        ("30 days, status overdue", scope(30, statuses=frozenset({"overdue"}))),
    ):
        # Asked often: PostgreSQL may then fall back to a plan that fits any values.
        ask = partial(_taken, ward, asked, now, "hub", "week")
        each = [cost(engine, ask) for _ in range(OFTEN)][EACH:]
        yield Figure(f"{name}: {title}", median(each).wall, "ms", limit=2000)
        yield Figure(f"{name}: {title}, processor", median(each).processor, "ms")
    found = cost(engine, lambda connection: explore.take_arrivals(
        connection, ward, scope(365), now))  # fmt: skip
    yield Figure(f"{name}: arrivals by weekday and hour, a year", found.wall, "ms", limit=2000)


def measure_export(ground: Ground) -> Iterator[Figure]:
    """Rows as CSV, a year's or a million, as a browser reads them; what this process grows by."""
    from ops_center.settings import Settings
    from ops_center.web.app import create_app

    ward, name = ground.ward, ground.name
    app = create_app(Settings(database_url=ground.url, ward=ward.id))
    client = app.server.test_client()
    after = ground.now.astimezone(ward.zone).date()
    whole = min(365, DAYS * 1_000_000 // ground.rows)
    sent, held, begun = 0, 0, time.perf_counter()
    for days in (1, whole):  # the first makes what is made once
        period = f"{after - timedelta(days=days)}..{after}"
        answer = client.get(f"/export/rows.csv?period={period}", headers={"Host": "localhost"})
        before, sent, held, begun = _resident(), 0, 0, time.perf_counter()
        for part in answer.iter_encoded():
            sent += len(part)
            held = max(held, _resident() - before)
        answer.close()
    app.desk.live.pulse.close()
    yield Figure(f"{name}: rows of {whole} days as CSV", sent / 1e6, "MB")
    yield Figure(f"{name}: … sent in", time.perf_counter() - begun, "s")
    yield Figure(f"{name}: … memory grows by", held / 1e6, "MB", limit=KEPT)


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _taken(
    ward: Ward, scope: Scope, now: datetime, by: str, grain: str, connection: Connection
) -> object:
    return explore.take(
        connection, ward, scope, now, grain=grain, by=by, columns=COLUMNS, metric="received"
    )


_SORTS = ("received_at", "", "due_at")


def _page(ground: Ground, scope: Scope, title: str, connection: Connection) -> object:
    """Pages at the beginning, in the middle and near the end, of several metrics."""
    chance = random.Random(title)
    return list_dossiers(
        connection, ground.ward, scope, ground.now,
        name=chance.choice(("received", "late", "overdue")),
        sort=chance.choice(_SORTS), start=chance.choice((0, 100, 1000)),
    )  # fmt: skip


def _officials(
    engine: Engine, ward: Ward, asked: list[tuple[str, Scope, str, str]], now: datetime
) -> list[float]:
    """How long each click waited, all officials in this process."""
    waits: list[float] = []

    def official(number: int) -> None:
        chance = random.Random(number)
        time.sleep(chance.random() * APART)
        for _ in range(CLICKS):
            _, scope, by, grain = chance.choice(asked)
            begun = time.perf_counter()
            with reading(engine) as connection:
                _taken(ward, scope, now, by, grain, connection)
            waits.append((time.perf_counter() - begun) * 1000)
            time.sleep(max(0.0, APART - waits[-1] / 1000))

    threads = [threading.Thread(target=official, args=(n,)) for n in range(OFFICIALS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]
