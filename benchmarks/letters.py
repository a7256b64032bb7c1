"""Five hundred readers of twenty scopes in three languages: written, drawn and delivered.

The worker is a process of its own; the mail server is a real one on loopback, in another.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Connection

from benchmarks.figures import Figure
from benchmarks.ground import PATIENT, Ground

PAGE = Path(__file__).parent / "LETTERS.md"
NOTES = (
    "Each letter is delivered over loopback to an SMTP server in another process; every scope "
    "is read in three languages, so sixty letters are written and drawn. All sections, both "
    "pictures; no files come along."
)
READERS, SCOPES, LANGUAGES = 500, 20, ("vi", "en", "ar")
_SLOT = "07:00"


def measure_letters(ground: Ground) -> Iterator[Figure]:
    """Seconds from the first look at the outbox until the last letter is settled."""
    from tests.fixtures.mailbox import mailbox

    at = _subscribe(ground)
    yield Figure("load of the machine before (2 is all of it)", os.getloadavg()[0], "")
    with mailbox() as box:
        told = _in_own_process(_deliver, ground.url, box.server.port, at)
        received = box.recipients()
    yield Figure("letters delivered", float(len(received)), "", limit=READERS, least=READERS)
    yield Figure("delivered more than once", float(len(received) - len(set(received))), "",
                 limit=0)  # fmt: skip
    yield Figure("distinct letters written", told["written"], "", limit=SCOPES * len(LANGUAGES))
    yield Figure("all of it", told["seconds"], "s", limit=60)
    yield Figure("of that, processor", told["processor"], "s")
    yield Figure("statements of the database, for each letter sent", told["asked"] / READERS, "")
    yield Figure("worker's memory at its highest", told["memory"] / 1e6, "MB", limit=350)
    yield Figure("longest HTML", told["longest"] / 1000, "kB", limit=90)


def _subscribe(ground: Ground) -> datetime:
    """The readers; when their letter is due."""
    from ops_center.store.people import add_person
    from ops_center.store.session import writing
    from ops_center.store.subscriptions import Subscription, keep_subscription

    zone, chance = ground.ward.zone, random.Random(1)
    local = ground.now.astimezone(zone)
    due = local.replace(hour=7, minute=0, second=0, microsecond=0)
    with writing(ground.engine) as connection:
        _campaign(connection, ground)
        scopes = _scopes(connection, ground.ward.id, chance)
        for n in range(READERS):
            id = add_person(connection, ground.ward.id, f"Người nhận {n}",
                            email=f"p{n:03}@dongngac.test")  # fmt: skip
            wanted = Subscription(
                ground.ward.id, id, hub_ids=scopes[n % SCOPES],
                language=LANGUAGES[n // SCOPES % len(LANGUAGES)], local_time=_SLOT,
                time_zone=ground.ward.time_zone,
            )  # fmt: skip
            keep_subscription(connection, wanted, due - timedelta(days=1))
    return due


def _scopes(
    connection: Connection, ward_id: str, chance: random.Random
) -> Sequence[tuple[str, ...]]:
    """The whole ward, and nineteen of one to five hubs."""
    from ops_center.store.hubs import list_hubs
    from ops_center.store.wards import UNASSIGNED

    hubs = [str(one.id) for one in list_hubs(connection, ward_id) if one.id != UNASSIGNED]
    chosen: set[tuple[str, ...]] = set()
    while len(chosen) < SCOPES - 1:
        chosen.add(tuple(sorted(chance.sample(hubs, chance.randint(1, 5)))))
    return [(), *sorted(chosen)]


def _campaign(connection: Connection, ground: Ground) -> None:
    """A campaign on its thirtieth day with six indicators and what all hubs reported."""
    from ops_center.metrics.campaign import current
    from ops_center.store.activities import Activity, add_activity
    from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
    from ops_center.store.hubs import list_hubs
    from ops_center.store.indicators import Indicator, add_indicator, list_indicators
    from ops_center.store.wards import UNASSIGNED

    ward_id, today = ground.ward.id, ground.now.astimezone(ground.ward.zone).date()
    first = today - timedelta(days=29)
    found = current(list_campaigns(connection, ward_id), today)
    if found is None or found.id is None or not list_indicators(connection, ward_id, found.id):
        add_campaign(connection, ward_id, Campaign("45 ngày đêm", first, 45, 5000, id="measured"))
        found = current(list_campaigns(connection, ward_id), today)
        assert found is not None
        assert found.id is not None
        for place, (topic, target) in enumerate(
            [("households", 27_000), ("vneid", 9_000), ("signature", 5_000), ("cashless", 4_000)]
        ):
            add_indicator(connection, ward_id, Indicator(
                found.id, topic, topic, "count", topic_id=topic, target=target, position=place))
        for name in ("online_share", "on_time_rate"):
            add_indicator(connection, ward_id, Indicator(
                found.id, name, name, "ratio", metric=name, target=0.9, position=9))
        hubs = [str(one.id) for one in list_hubs(connection, ward_id) if one.id != UNASSIGNED]
        for hub in hubs:
            for n in range(29):
                for topic in ("households", "vneid", "signature", "cashless"):
                    add_activity(connection, ward_id, Activity(
                        hub, first + timedelta(days=n), topic, (n * 7 + len(hub)) % 20))


# ---------------------------------------------------------------- the worker


def _in_own_process(work: Any, *given: Any) -> dict[str, float]:
    """What it tells, from a fresh process: its memory is then its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_tell, args=(theirs, work, given))
    process.start()
    theirs.close()
    try:
        told: dict[str, float] = ours.recv()
    finally:
        process.join()
    return told


def _tell(pipe: Any, work: Any, given: Any) -> None:
    pipe.send(work(*given))


def _deliver(url: str, port: int, at: datetime) -> dict[str, float]:
    """One round of the worker, from planning to the last answer of the server."""
    from sqlalchemy import event, text

    from ops_center.jobs.letters import Letters
    from ops_center.settings import Settings
    from ops_center.store.session import open_engine, reading

    settings = Settings(database_url=url, smtp_host="127.0.0.1", smtp_port=port,
                        smtp_security="none", mail_from="ioc@dongngac.test",
                        public_url="https://ioc.example.vn", secret_key="k" * 40)  # fmt: skip
    engine = open_engine(url, timeout=PATIENT)
    asked: list[None] = []
    event.listen(engine, "before_cursor_execute", lambda *_: asked.append(None))
    begun, used, moment = perf_counter(), process_time(), at + timedelta(seconds=5)

    def clock() -> datetime:
        return moment + timedelta(seconds=perf_counter() - begun)

    Letters(engine, settings, "measured", clock).turn()
    seconds, processor, statements = perf_counter() - begun, process_time() - used, len(asked)
    memory = _highest_memory()
    with reading(engine) as connection:
        written = connection.execute(text("SELECT html FROM letter")).scalars().all()
    engine.dispose()
    return {"seconds": seconds, "processor": processor, "memory": memory,
            "asked": float(statements), "written": float(len(written)),
            "longest": float(max(len(one.encode()) for one in written))}  # fmt: skip


def _highest_memory() -> float:
    """Bytes that this process held at most. The resource module would count its parent's, too."""
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines()
               if one.startswith("VmHWM")]  # fmt: skip
    return float(line.split()[1]) * 1024
