"""From a commit in the shared database to the picture on the wall, through real processes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from ops_center.domain.working_days import local_day
from ops_center.metrics.catalog import MEASURES
from ops_center.settings import Settings
from ops_center.simulator.ward import SOURCE, plant
from ops_center.store import rollup, system
from ops_center.store.session import open_engine, writing
from ops_center.store.tables import dossier
from ops_center.web import scenes
from ops_center.web.condition import Clock
from ops_center.web.live import Live, Picture
from ops_center.web.pulse import Pulse
from ops_center.web.taking import Taking
from tests.browser.installation import Installation, installed
from tests.fixtures.running import eventually, get

COMMITS = 20


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("journey"), dossiers=100) as found:
        yield found


def revision(installation: Installation) -> int:
    health = json.loads(get(f"http://127.0.0.1:{installation.port}/health")[1])
    return int(health["revision"] or 0)


def test_a_dossier_written_by_plain_sql_is_on_the_wall(installation: Installation) -> None:
    address = f"http://127.0.0.1:{installation.port}/api/snapshot/overview"
    eventually(lambda: get(f"http://127.0.0.1:{installation.port}/health")[0] == 200)
    taken = []
    for _ in range(COMMITS):
        before = revision(installation)
        tag = get(address)[2]["ETag"]
        installation.commit_dossier()
        committed = time.perf_counter()

        def is_there(tag: str = tag, before: int = before) -> bool:
            status, body, _ = get(address, **{"If-None-Match": tag})
            return status == 200 and int(json.loads(body)["version"].split(".")[0]) > before

        eventually(is_there)
        taken.append(time.perf_counter() - committed)
    p95 = sorted(taken)[int(0.95 * COMMITS) - 1]
    print(f"\ncommit → reply: 95th percentile {p95:.2f} s of {COMMITS}")  # noqa: T201


# --- time alone moves the wall


class Moved:
    """A clock that stands where it was started, and moves on by as much as told."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC)
        self.ahead = timedelta(0)

    def clock(self) -> Clock:
        return Clock(lambda: self.start + self.ahead, lambda: self.ahead.total_seconds())


@pytest.fixture
def moved() -> Moved:
    return Moved()


@pytest.fixture
def live(database_url: str, moved: Moved) -> Iterator[Live]:
    """One dossier that is due in half a minute, summed; from here on nobody writes."""
    now = moved.start
    engine = open_engine(database_url, timeout=60)
    ward = plant(engine, until=now)
    with writing(engine) as connection:
        connection.execute(
            insert(dossier).values(
                ward_id=ward.id, source_id=SOURCE, code="due-soon", hub_id="unassigned",
                procedure_id="1.001193", channel="in_person", status=4,
                received_at=now - timedelta(hours=1), due_at=now + timedelta(seconds=30),
            )
        )
        system.beat(connection, "worker", now)
    with writing(engine, repeatable=True) as connection:
        rollup.refresh(connection, ward.id, MEASURES, now=now)
    engine.dispose()
    settings = Settings(database_url=database_url, database_timeout=60)
    pulse = Pulse(settings, moved.clock())
    yield Live(pulse, "b1", scenes.SCENES, scenes.draw, Taking().take)
    pulse.close()


def test_a_due_time_that_passes_without_a_write_moves_the_overdue_tile(
    live: Live, moved: Moved
) -> None:
    live.pulse.beat()
    before = live.picture("overview", "en", "dark")
    assert overdue(live) == 0
    moved.ahead = timedelta(seconds=61)
    live.pulse.beat()
    after = live.picture("overview", "en", "dark")
    assert overdue(live) == 1
    assert after.version.revision == before.version.revision
    assert tile(after) != tile(before)


def overdue(live: Live) -> Any:
    """As the snapshot has it that the pictures are drawn from."""
    assert live._taken is not None
    return live._taken.snapshot.tiles["overdue"].value


def tile(picture: Picture) -> dict[str, Any]:
    """What is drawn of the overdue tile."""
    return {name: props for name, props in picture.props.items() if "overdue" in name}


def test_a_day_that_ends_without_a_write_empties_the_days_counts(live: Live, moved: Moved) -> None:
    live.pulse.beat()
    live.picture("overview", "en", "dark")
    assert live._taken is not None
    first = live._taken.snapshot
    moved.ahead = timedelta(days=1)
    live.pulse.beat()
    live.picture("overview", "en", "dark")
    assert live._taken.snapshot.today == local_day(first.now + timedelta(days=1), first.zone)
    assert live._taken.snapshot.tiles["received"].value == 0
