"""One reading of the database for any number of screens; the last picture stays."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from gzip import decompress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ops_center.i18n import Problem
from ops_center.web.condition import DATABASE_GONE, LIVE, WORKER_LATE
from ops_center.web.live import Live, Picture
from tests.web.conftest import StandIn, Standstill, summed, write

Open = Callable[[str], Live]


def body(picture: Picture) -> Any:
    return json.loads(decompress(picture.body))


def alive(live: Live, standstill: Standstill) -> None:
    """A second passes, in which the worker beat."""
    standstill.pass_by(1.1)
    write(live.pulse.engine.url.render_as_string(False), "UPDATE heartbeat SET at = :at",
          at=standstill.wall.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    live.pulse.beat()


def test_a_picture_holds_version_build_state_ages_and_properties(
    ward_url: str, open_live: Open
) -> None:
    live = open_live(ward_url)
    live.pulse.beat()
    found = body(live.picture("overview", "vi", "dark"))
    assert found["version"] == "0.29765100.live"
    assert (found["build"], found["scene"], found["state"]) == ("b1", "overview", LIVE)
    assert found["ages"]["worker"] == 0.0
    assert found["props"] == {"overview-number": {"children": "0 vi dark"}}


def test_many_askers_at_once_cost_one_reading_and_one_drawing(
    ward_url: str, open_live: Open, stand_in: StandIn
) -> None:
    live = open_live(ward_url)
    live.pulse.beat()
    statements: list[str] = []
    event.listen(
        live.pulse.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    gate = threading.Barrier(24)

    def ask(_: int) -> Picture:
        gate.wait()
        return live.picture("overview", "vi", "dark")

    with ThreadPoolExecutor(24) as pool:
        pictures = list(pool.map(ask, range(24)))
    assert all(picture is pictures[0] for picture in pictures)
    assert (stand_in.takes, stand_in.draws) == (1, 1)
    assert sum("count(*)" in statement for statement in statements) == 1


def test_all_scenes_languages_and_themes_share_one_reading(
    sqlite_ward_url: str, open_live: Open, stand_in: StandIn
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    pictures = [
        live.picture(scene, language, theme)
        for scene in live.scenes for language in ("vi", "ar") for theme in ("dark", "light")
    ]
    assert len({picture.etag for picture in pictures}) == 8
    assert (stand_in.takes, stand_in.draws) == (1, 8)


def test_nothing_is_read_again_while_nothing_changes(
    sqlite_ward_url: str, open_live: Open, stand_in: StandIn, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    alive(live, standstill)
    assert live.picture("overview", "vi", "dark") is first
    assert stand_in.takes == 1


def test_a_new_revision_brings_a_new_picture_at_most_once_a_second(
    ward_url: str, open_live: Open, stand_in: StandIn, standstill: Standstill
) -> None:
    live = open_live(ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    for _ in range(5):  # each a tenth of a second later
        standstill.pass_by(0.1)
        summed(ward_url)
        live.pulse.beat()
        assert live.picture("overview", "vi", "dark") is first
    standstill.pass_by(0.6)
    second = live.picture("overview", "vi", "dark")
    assert second.version.revision == 5
    assert stand_in.takes == 2


@pytest.mark.parametrize("seconds", [60, 12 * 3600])  # 12:01, and midnight in Hanoi
def test_a_new_minute_brings_a_new_picture_without_a_write(
    sqlite_ward_url: str, open_live: Open, standstill: Standstill, seconds: int
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    standstill.pass_by(seconds - 1.1)
    alive(live, standstill)
    second = live.picture("overview", "vi", "dark")
    assert second.version.minute == first.version.minute + seconds // 60


def test_a_clock_set_back_still_brings_new_pictures(
    sqlite_ward_url: str, open_live: Open, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    live.picture("overview", "vi", "dark")
    standstill.pass_by(-3600)
    standstill.tick += 3600 + 2
    summed(sqlite_ward_url)
    live.pulse.beat()
    assert live.picture("overview", "vi", "dark").version.revision == 1
    assert live.condition().state == LIVE


def test_while_one_thread_reads_the_others_get_the_previous_picture(
    sqlite_ward_url: str, open_live: Open, stand_in: StandIn, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    standstill.pass_by(2)
    summed(sqlite_ward_url)
    live.pulse.beat()
    asked_meanwhile: list[Picture] = []

    def ask_another() -> None:
        asking = threading.Thread(
            target=lambda: asked_meanwhile.append(live.picture("overview", "vi", "dark"))
        )
        asking.start()
        asking.join(timeout=10)

    stand_in.during = ask_another
    second = live.picture("overview", "vi", "dark")
    assert asked_meanwhile == [first]
    assert second.version.revision == 1


def test_with_the_database_gone_the_last_picture_stays_and_comes_back_by_itself(
    sqlite_ward_url: str, open_live: Open, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    path = Path(sqlite_ward_url.removeprefix("sqlite:///"))
    away = path.rename(path.with_suffix(".away"))
    for _ in range(4):
        standstill.pass_by(1)
        live.pulse.beat()
        assert live.picture("overview", "vi", "dark") is first
    condition = live.condition()
    assert (condition.state, condition.state_age) == (DATABASE_GONE, 4)
    assert condition.problem is not None
    assert condition.problem.key == "store.gone"

    away.rename(path)
    summed(sqlite_ward_url)
    alive(live, standstill)
    assert live.condition().state == LIVE
    assert live.picture("overview", "vi", "dark").version.revision == 1


def test_a_picture_that_cannot_be_read_anew_is_not_called_live(
    sqlite_ward_url: str, open_live: Open, stand_in: StandIn, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    first = live.picture("overview", "vi", "dark")
    stand_in.failure = RuntimeError("a defect")
    standstill.pass_by(2)
    summed(sqlite_ward_url)
    live.pulse.beat()
    assert [live.picture("overview", "vi", "dark") for _ in range(9)] == [first] * 9
    assert stand_in.takes == 2  # tried once a second, not with each question
    assert (live.condition().state, live.condition().state_age) == (DATABASE_GONE, 2)
    stand_in.failure = None
    alive(live, standstill)
    assert live.picture("overview", "vi", "dark").version.revision == 1
    assert live.condition().state == LIVE


def test_without_any_picture_the_reason_is_said(sqlite_url: str, open_live: Open) -> None:
    live = open_live(sqlite_url)  # no ward yet
    live.pulse.beat()
    with pytest.raises(Problem) as refused:
        live.picture("overview", "vi", "dark")
    assert refused.value.key == "store.no_ward"


def test_a_worker_that_stops_beating_changes_the_version(
    sqlite_ward_url: str, open_live: Open, standstill: Standstill
) -> None:
    live = open_live(sqlite_ward_url)
    live.pulse.beat()
    live.picture("overview", "vi", "dark")
    standstill.pass_by(7)
    live.pulse.beat()
    assert live.picture("overview", "vi", "dark").version.state == WORKER_LATE
