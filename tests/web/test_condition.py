"""How the system is, from looks at the database: nothing is called fresh that is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ops_center.domain.working_days import WorkingCalendar, parse_hours
from ops_center.store.sources import Source
from ops_center.store.system import Revision
from ops_center.store.wards import Ward
from ops_center.web.condition import (
    DATABASE_GONE,
    LIVE,
    WORKER_LATE,
    Age,
    Condition,
    Look,
    Observer,
)
from tests.web.conftest import NOON

WARD = Ward(id="w1", name="Phường")
CALENDAR = WorkingCalendar(
    ZoneInfo("Asia/Ho_Chi_Minh"), parse_hours("Mon-Fri 08:00-12:00 13:30-17:30"), {}
)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def look(
    *,
    number: int = 1,
    summed: datetime = NOON,
    heartbeat: datetime | None = NOON,
    oldest: datetime | None = None,
    sources: tuple[Source, ...] = (),
) -> Look:
    return Look(WARD, CALENDAR, Revision(number, summed), heartbeat, oldest, sources)


def after(observer: Observer, count: float) -> Condition:
    return observer.condition(NOON + seconds(count), count)


def test_an_age_counts_on_while_its_value_stands() -> None:
    age = Age()
    age.see(NOON, NOON + seconds(5), tick=100)
    age.see(NOON, NOON + seconds(7), tick=102)
    assert age.at(104) == 9


def test_a_clock_that_is_set_back_makes_nothing_young() -> None:
    age = Age()
    age.see(NOON, NOON + seconds(5), tick=100)
    age.see(NOON, NOON - seconds(3600), tick=110)
    assert age.at(110) == 15


def test_a_writer_whose_clock_is_behind_is_not_called_late_when_it_writes() -> None:
    age = Age()
    age.see(NOON - seconds(3600), NOON, tick=100)
    age.see(NOON - seconds(3598), NOON + seconds(2), tick=102)
    assert age.at(103) == 3  # at most as old as the previous look, plus the second since


def test_a_writer_whose_clock_is_ahead_is_not_younger_than_now() -> None:
    age = Age()
    age.see(NOON + seconds(60), NOON, tick=100)
    assert age.at(130) == 30


def test_what_changed_unseen_during_an_outage_is_as_old_as_it_says() -> None:
    age = Age()
    age.see(NOON, NOON, tick=0)
    age.see(NOON + seconds(10), NOON + seconds(600), tick=600)
    assert age.at(600) == 590


def test_all_is_live_while_the_worker_beats() -> None:
    observer = Observer()
    observer.see(look(), NOON, 0)
    found = after(observer, 1)
    assert (found.state, found.state_age, found.worker_age) == (LIVE, None, 1)


def test_before_the_first_answer_the_database_is_gone() -> None:
    assert Observer().condition(NOON, 0).state == DATABASE_GONE


def test_a_database_that_stops_answering_is_gone_since_its_last_answer() -> None:
    observer = Observer()
    observer.see(look(), NOON, 0)
    assert after(observer, 2.9).state == LIVE
    found = after(observer, 3.5)
    assert (found.state, found.state_age) == (DATABASE_GONE, 3.5)


def test_a_frozen_worker_is_late_although_the_database_answers() -> None:
    observer = Observer()
    for tick in range(8):
        observer.see(look(heartbeat=NOON), NOON + seconds(tick), tick)
    found = after(observer, 7)
    assert (found.state, found.state_age) == (WORKER_LATE, 7)


def test_a_worker_that_never_ran_is_late() -> None:
    observer = Observer()
    observer.see(look(heartbeat=None), NOON, 0)
    assert after(observer, 0).state == WORKER_LATE


def test_a_worker_that_beats_but_does_not_sum_is_late() -> None:
    observer = Observer()
    for tick in range(17):
        now = NOON + seconds(tick)
        observer.see(look(heartbeat=now, oldest=NOON), now, tick)
    found = after(observer, 16)
    assert (found.state, found.waiting_age) == (WORKER_LATE, 16)


def test_a_change_hidden_behind_others_is_as_old_as_it_says() -> None:
    observer = Observer()
    observer.see(look(oldest=NOON - seconds(40)), NOON, 0)
    observer.see(look(oldest=NOON - seconds(20), heartbeat=NOON + seconds(1)), NOON, 0.2)
    assert observer.condition(NOON, 0.2).state == WORKER_LATE


@pytest.mark.parametrize(
    ("local_hour", "meaning"), [(12, "live"), (15, "late"), (22, "quiet")]
)
def test_the_same_silence_means_another_thing_at_another_hour(
    local_hour: int, meaning: str
) -> None:
    now = NOON.replace(hour=local_hour - 7)
    silent_since = now - timedelta(hours=1 if local_hour == 12 else 2)
    source = Source("w1", "s", "Cổng", silent_since, silent_after_minutes=60)
    observer = Observer()
    observer.see(look(heartbeat=now, sources=(source,)), now, 0)
    assert observer.condition(now, 0).freshness == meaning


def test_ages_are_told_for_each_source() -> None:
    source = Source("w1", "portal", "Cổng", NOON - seconds(90))
    observer = Observer()
    observer.see(look(sources=(source,)), NOON, 0)
    assert after(observer, 10).ages()["sources"] == {"portal": 100.0}
