"""`ops-center simulate`: what is missing is made, what makes no sense is named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from ops_center.i18n import LANGUAGES, Problem
from ops_center.simulator.command import Wish, read_until, run
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier
from ops_center.store.wards import Ward, add_ward, list_wards
from tests.fixtures.databases import opened
from tests.fixtures.running import eventually
from tests.simulator.demo import NOW

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def simulate(engine: Engine, wish: Wish, language: str = "en") -> list[str]:
    """What the command says."""
    said: list[str] = []
    run(engine, wish, language=language, say=said.append, stop=threading.Event(), now=NOW)
    return said


def _silent(sentence: str) -> None:
    raise AssertionError(f"nothing was to be said: {sentence}")


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(dossier)).scalar_one())


def test_an_empty_database_gets_the_demo_ward_and_its_history(bare: Engine) -> None:
    (sentence,) = simulate(bare, Wish(days=5, dossiers=100))
    made = count(bare)
    assert 60 < made < 140
    assert f"Made {made} illustrative dossiers over 5 days" in sentence


def test_a_history_that_is_interrupted_says_so(bare: Engine) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Problem, match="has only 0 illustrative dossiers"):
        run(bare, Wish(live=True), language="en", say=_silent, stop=stop, now=NOW)
    assert count(bare) == 0


def test_a_ward_with_invented_dossiers_gets_no_second_history(bare: Engine) -> None:
    simulate(bare, Wish(days=5, dossiers=50))
    before = count(bare)
    (sentence,) = simulate(bare, Wish(days=5, dossiers=500))
    assert "no history was added" in sentence
    assert count(bare) == before


def test_another_illustrative_ward_can_be_named(planted: Engine, ward: Ward) -> None:
    with writing(planted) as connection:
        add_ward(connection, Ward("real", "Phường thật"))
    assert simulate(planted, Wish(ward=ward.id, days=3, dossiers=20))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(days=0), "--days must be above 0"),
        (Wish(speed=-1), "--speed must be above 0"),
        (Wish(speed=float("nan")), "--speed must be above 0"),
        (Wish(dossiers=0), "--dossiers must be above 0"),
        (Wish(until="tomorrow"), "“tomorrow” of --until cannot be read"),
        (Wish(until="2027-01-01"), "lies in the future"),
        (Wish(until="2026-11-27T10:21"), "lies in the future"),
        (Wish(ward="nowhere"), "no ward “nowhere”"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_written(
    bare: Engine, wish: Wish, words: str
) -> None:
    with pytest.raises(Problem, match=words) as refused:
        simulate(bare, wish)
    assert all(refused.value.text(language) for language in LANGUAGES)
    with reading(bare) as connection:
        assert list_wards(connection) == []


def test_a_real_ward_is_refused(bare: Engine) -> None:
    with writing(bare) as connection:
        add_ward(connection, Ward("real", "Phường thật"))
    with pytest.raises(Problem, match="real data"):
        simulate(bare, Wish())
    assert count(bare) == 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, NOW),
        ("2026-11-27", NOW),  # today ends now
        ("2026-11-26", datetime(2026, 11, 26, 17, tzinfo=UTC)),
        ("2026-08-05T09:30", datetime(2026, 8, 5, 2, 30, tzinfo=UTC)),
        ("2026-08-05T09:30+00:00", datetime(2026, 8, 5, 9, 30, tzinfo=UTC)),
    ],
)
def test_until_is_a_local_day_or_time(written: str | None, meant: datetime) -> None:
    assert read_until(written, HANOI, NOW) == meant


def test_the_program_itself_fills_flows_and_ends_when_asked(sqlite_url: str) -> None:
    words = ["simulate", "--live", "--speed", "50", "--days", "3", "--dossiers", "30"]
    environment = os.environ | {"OPS_CENTER_DATABASE_URL": sqlite_url}
    child = subprocess.Popen(
        [sys.executable, "-m", "ops_center", *words],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert child.stdout
        made = int(child.stdout.readline().split()[2])
        assert "đang chạy" in child.stdout.readline()
        with opened(sqlite_url) as engine:
            eventually(lambda: count(engine) > made)
        child.send_signal(signal.SIGTERM)
        assert child.wait(120) == 0
    finally:
        child.kill()
        child.communicate()
