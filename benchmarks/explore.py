"""What exploring costs: 20 scopes, their rows, an export, and 20 officials clicking."""

from __future__ import annotations

import random
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.figures import Figure
from ops_center.metrics import explore
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.lists import Lists, find_lists
from ops_center.metrics.scope import Scope
from ops_center.store.people import list_people
from ops_center.store.session import reading
from ops_center.store.wards import Ward

PAGE = Path(__file__).parent / "EXPLORE.md"
NOTES = (
    "Server time of one `explore.take`, nothing kept from one click to the next; beyond "
    "100,000 the dossiers are copies with other hubs and procedures."
)
COLUMNS = ("received", "done", "on_time_rate", "late", "overdue", "online_share")
EACH = 3  # times each scope is asked; nothing is kept between two
OFTEN = 15
OFFICIALS, CLICKS, APART = 20, 4, 5.0

Ask = Callable[[], object]


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


def milliseconds(ask: Ask) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def measure_explore(engine: Engine, ward: Ward, name: str) -> Iterator[Figure]:
    """Each scope, all together, the same over the facts, the grid, and 20 officials."""
    now = datetime.now(UTC)
    with reading(engine) as connection:
        lists = find_lists(connection, ward.id)
    asked = scopes(ward, lists, now.astimezone(ward.zone).date())
    taken: list[float] = []
    for title, scope, by, grain in asked:
        ask = partial(_take, engine, ward, scope, now, by, grain)
        each = [milliseconds(ask) for _ in range(EACH)]
        taken += each
        yield Figure(f"{name}: {title}", statistics.median(each), "ms")
    yield Figure(f"{name}: 20 scopes, median", statistics.median(taken), "ms", limit=200)
    yield Figure(f"{name}: 20 scopes, 95th percentile", _p95(taken), "ms", limit=500)
    rows = [milliseconds(partial(_page, engine, ward, ask[1], now, ask[0])) for ask in asked * 2]
    yield Figure(f"{name}: a page of 100 rows, median", statistics.median(rows), "ms", limit=150)
    yield Figure(f"{name}: a page of 100 rows, 95th percentile", _p95(rows), "ms")
    waits = _officials(engine, ward, asked, now)
    yield Figure(f"{name}: {OFFICIALS} officials, a click each 5 s, 95th percentile", _p95(waits),
                 "ms", limit=1000)  # fmt: skip


def measure_facts(engine: Engine, ward: Ward, name: str) -> Iterator[Figure]:
    """The dearest scopes again, the same numbers straight over the facts."""
    from ops_center.metrics.reading import by as read_by

    now = datetime.now(UTC)
    with reading(engine) as connection:
        lists = find_lists(connection, ward.id)
    for title, scope, by, _ in scopes(ward, lists, now.astimezone(ward.zone).date()):
        if title in ("30 days", "year by procedure"):
            with reading(engine) as connection:
                ask = partial(read_by, connection, ward, scope, now, by, COLUMNS, False)
                taken = milliseconds(ask)
                yield Figure(f"{name}: {title}, the table alone over the facts", taken, "ms")


def measure_sieves(engine: Engine, ward: Ward, name: str) -> Iterator[Figure]:
    """What the roll-ups do not know: an official, a status, arrivals by weekday and hour."""
    now = datetime.now(UTC)
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
        each = [milliseconds(partial(_take, engine, ward, asked, now, "hub", "week"))
                for _ in range(OFTEN)]
        yield Figure(f"{name}: {title}", statistics.median(each[EACH:]), "ms", limit=2000)
    taken = milliseconds(partial(_arrivals, engine, ward, scope(365), now))
    yield Figure(f"{name}: arrivals by weekday and hour, a year", taken, "ms", limit=2000)


def _arrivals(engine: Engine, ward: Ward, scope: Scope, now: datetime) -> object:
    with reading(engine) as connection:
        return explore.take_arrivals(connection, ward, scope, now)


def measure_export(engine: Engine, ward: Ward, name: str) -> Iterator[Figure]:
    """A year's rows as CSV, read as a browser reads it, and what this process grows by."""
    from ops_center.settings import Settings
    from ops_center.web.app import create_app

    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, ward=ward.id))
    client = app.server.test_client()
    after = datetime.now(UTC).astimezone(ward.zone).date()
    sent, held, begun = 0, 0, time.perf_counter()
    for days in (2, 365):  # the first makes what is made once
        period = f"{after - timedelta(days=days)}..{after}"
        answer = client.get(f"/export/rows.csv?period={period}", headers={"Host": "localhost"})
        before, sent, held, begun = _resident(), 0, 0, time.perf_counter()
        for part in answer.iter_encoded():
            sent += len(part)
            held = max(held, _resident() - before)
        answer.close()
    app.desk.live.pulse.close()
    yield Figure(f"{name}: a year's rows as CSV", sent / 1e6, "MB")
    yield Figure(f"{name}: … sent in", time.perf_counter() - begun, "s")
    yield Figure(f"{name}: … memory grows by", held / 1e6, "MB", limit=50)


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _take(engine: Engine, ward: Ward, scope: Scope, now: datetime, by: str, grain: str) -> object:
    with reading(engine) as connection:
        return explore.take(
            connection, ward, scope, now, grain=grain, by=by, columns=COLUMNS, metric="received"
        )


_SORTS = ("received_at", "", "due_at")


def _page(engine: Engine, ward: Ward, scope: Scope, now: datetime, title: str) -> object:
    """Pages at the beginning, in the middle and near the end, of several metrics."""
    chance = random.Random(title)
    with reading(engine) as connection:
        return list_dossiers(
            connection, ward, scope, now, name=chance.choice(("received", "late", "overdue")),
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
            waited = milliseconds(partial(_take, engine, ward, scope, now, by, grain))
            waits.append(waited)
            time.sleep(max(0.0, APART - waited / 1000))

    threads = [threading.Thread(target=official, args=(n,)) for n in range(OFFICIALS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]
