"""Live traffic: it moves, it contradicts nothing, and it goes on whatever happens."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select

from ops_center import logs
from ops_center.domain.dossier import Wait, contradiction
from ops_center.i18n import Problem
from ops_center.intake.row import DossierRow
from ops_center.simulator import live
from ops_center.simulator.history import fill
from ops_center.simulator.live import Flow, open_flow
from ops_center.simulator.ward import SOURCE, plant
from ops_center.simulator.world import World
from ops_center.store.dossiers import FACTS
from ops_center.store.open_dossiers import OpenDossier
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.tables import dossier, dossier_event, person, waiting
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.running import eventually
from tests.simulator.demo import NOW, facts

SUNDAY_NIGHT = datetime(2026, 11, 29, 18, 30, tzinfo=UTC)  # Monday, half past one at the ward


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(dossier)).scalar_one())


def held(engine: Engine) -> list[DossierRow]:
    """All dossiers with their waits, as rows."""
    names = FACTS - {"official"} | {"code"}
    with reading(engine) as connection:
        waits: dict[str, list[Wait]] = {}
        for row in connection.execute(select(waiting).order_by(waiting.c.from_at)):
            waits.setdefault(row.dossier_id, []).append(Wait(row.kind, row.from_at, row.to_at))
        found = connection.execute(select(dossier).order_by(dossier.c.code)).all()
    return [
        DossierRow(
            **{name: getattr(row, name) for name in names}, waits=tuple(waits.get(row.id, ()))
        )
        for row in found
    ]


def steps(engine: Engine, since: datetime) -> list[tuple[str, datetime]]:
    """The kind and the instant of every step written from `since` on."""
    with reading(engine) as connection:
        query = select(dossier_event.c.kind, dossier_event.c.at)
        found = connection.execute(query.where(dossier_event.c.at >= since))
        return [(row.kind, row.at) for row in found]


def play(flow: Flow, start: datetime, number: int, every: float = 3.5) -> datetime:
    """So many events of the demo, one every few seconds of an invented clock; its last instant."""
    at = start
    for _ in range(number):
        flow.step(at)
        at += timedelta(seconds=every)
    return at


@pytest.fixture
def filled(planted: Engine, ward: Ward) -> Engine:
    fill(planted, ward.id, until=NOW, days=8, dossiers=300)
    return planted


# ---------------------------------------------------------------- what is written


def test_live_steps_are_valid_on_both_databases(engine: Engine, world: World) -> None:
    ward = plant(engine, until=NOW)
    fill(engine, ward.id, until=NOW, days=5, dossiers=120)
    end = play(open_flow(engine, ward.id, seed=1, now=NOW), NOW, 60)
    written = steps(engine, NOW)
    assert len(written) >= 60
    assert max(at for _, at in written) <= end
    assert [row.code for row in held(engine) if contradiction(facts(world, row))] == []


def test_everything_happens_in_time_and_nothing_contradicts(
    filled: Engine, ward: Ward, world: World
) -> None:
    before = count(filled)
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    usual = flow.usual
    play(flow, NOW, 350)
    kinds = Counter(kind for kind, _ in steps(filled, NOW))
    assert {
        "submitted", "received", "processing", "supplement_requested", "supplement_answered",
        "payment_requested", "paid", "processed", "returned",
    } <= set(kinds)  # fmt: skip
    rows = held(filled)
    assert [row.code for row in rows if contradiction(facts(world, row))] == []
    assert before + 40 < len(rows) == len({row.code for row in rows})
    assert 0.6 * usual < len(flow.pool) < 1.5 * usual
    for row in rows:
        assert row.supplement_count == sum(wait.kind == "supplement" for wait in row.waits)


def test_the_demo_flows_on_a_sunday_night_too(filled: Engine, ward: Ward) -> None:
    play(open_flow(filled, ward.id, seed=1, now=SUNDAY_NIGHT), SUNDAY_NIGHT, 120)
    kinds = {kind for kind, _ in steps(filled, SUNDAY_NIGHT)}
    assert {"received", "processed", "returned"} <= kinds


def test_due_times_are_left_to_the_rules(filled: Engine, ward: Ward) -> None:
    play(open_flow(filled, ward.id, seed=1, now=NOW), NOW, 60)
    assert {(row.due_at, row.due_on) for row in held(filled)} == {(None, None)}


def test_a_realistic_evening_brings_only_what_people_do_at_home(filled: Engine, ward: Ward) -> None:
    evening = NOW + timedelta(hours=8)
    flow = open_flow(filled, ward.id, seed=1, now=evening)
    for minute in range(0, 240, 4):
        flow.go(evening + timedelta(minutes=minute), speed=960, realistic=True)
    kinds = {kind for kind, _ in steps(filled, evening)}
    assert "submitted" in kinds
    assert kinds <= {"submitted", "supplement_answered", "paid"}


def test_a_realistic_morning_keeps_a_wards_pace(filled: Engine, ward: Ward, world: World) -> None:
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    before = count(filled)
    at = NOW
    while at < NOW + timedelta(hours=1):
        at += timedelta(seconds=flow.go(at, realistic=True))
    arrived = count(filled) - before
    ordinary = world.monthly / 21 / 8
    assert ordinary / 3 < arrived < ordinary * 3
    assert {"received", "processed"} <= {kind for kind, _ in steps(filled, NOW)}


def test_a_higher_speed_writes_more_in_the_same_time(filled: Engine, ward: Ward) -> None:
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    pause = flow.go(NOW, speed=100)
    assert pause < 1
    assert len(steps(filled, NOW)) >= 5


def test_times_are_never_in_the_future_of_the_clock(filled: Engine, ward: Ward) -> None:
    at = NOW.replace(microsecond=999_999)
    flow = open_flow(filled, ward.id, seed=1, now=at)
    for _ in range(20):
        flow.step(at)
    assert all(moment <= at for _, moment in steps(filled, NOW))


# ---------------------------------------------------------------- going on


def test_after_a_restart_the_days_numbers_go_on(filled: Engine, ward: Ward, world: World) -> None:
    middle = play(open_flow(filled, ward.id, seed=1, now=NOW), NOW, 80)
    before = {row.code: row.hub_id for row in held(filled)}
    play(open_flow(filled, ward.id, seed=1, now=middle), middle, 80)
    rows = held(filled)
    assert len(rows) > len(before)
    assert {row.code: row.hub_id for row in rows if row.code in before} == before
    today = sorted(row.code for row in rows if "-261127-" in row.code)
    assert today == [f"H26.602-261127-{n:04d}" for n in range(1, len(today) + 1)]


def test_past_9999_the_days_numbers_grow_longer(filled: Engine, ward: Ward) -> None:
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    with writing(filled) as connection:
        one = select(dossier.c.id).limit(1).scalar_subquery()
        change = dossier.update().where(dossier.c.id == one)
        connection.execute(change.values(code="H26.602-261127-9999"))
    for number in (10_000, 10_001):
        flow.file(NOW, online=True)
        assert f"H26.602-261127-{number}" in {row.code for row in held(filled)}


def test_an_empty_ward_fills_up(planted: Engine, ward: Ward) -> None:
    flow = open_flow(planted, ward.id, seed=1, now=NOW)
    assert flow.step(NOW) is not None
    play(flow, NOW, 120)
    assert count(planted) > 50


def test_dossiers_that_somebody_else_removed_are_let_go(filled: Engine, ward: Ward) -> None:
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    with writing(filled) as connection:
        connection.execute(delete(waiting))
        connection.execute(delete(dossier_event))
        connection.execute(delete(dossier))
    play(flow, NOW, 20)
    assert all(row.submitted_at and row.submitted_at >= NOW for row in held(filled))
    assert count(filled) == 20


def test_other_sources_dossiers_are_not_touched(filled: Engine, ward: Ward) -> None:
    with writing(filled) as connection:
        source = dossier.metadata.tables["source"]
        connection.execute(source.insert().values(ward_id=ward.id, id="other", name="other"))
        connection.execute(dossier.update().values(source_id="other"))
    before = held(filled)
    play(open_flow(filled, ward.id, seed=1, now=NOW), NOW, 60)
    codes = {row.code for row in before}
    with reading(filled) as connection:
        query = select(dossier.c.code).where(dossier.c.source_id == "other")
        assert {row.code for row in connection.execute(query)} == codes
    assert [row for row in held(filled) if row in before] == before


def test_a_clock_set_back_moves_no_dossier_back(filled: Engine, ward: Ward, world: World) -> None:
    play(open_flow(filled, ward.id, seed=1, now=NOW), NOW, 60)
    earlier = NOW - timedelta(hours=30)
    play(open_flow(filled, ward.id, seed=1, now=earlier), earlier, 60)
    assert [row.code for row in held(filled) if contradiction(facts(world, row))] == []


def test_the_new_day_begins_with_number_one(filled: Engine, ward: Ward) -> None:
    flow = open_flow(filled, ward.id, seed=1, now=NOW)
    flow.file(NOW, online=True)
    flow.file(NOW + timedelta(days=1), online=True)
    assert "H26.602-261128-0001" in {row.code for row in held(filled)}


# ---------------------------------------------------------------- troubles


@contextmanager
def running(engine: Engine, ward_id: str) -> Iterator[threading.Event]:
    """Live traffic in a thread of its own, at a high speed; stopped on leaving."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            live.run(engine, ward_id, stop=stop, speed=50, clock=live.utc_now)
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(120)
        assert not thread.is_alive()
        assert failed == []


def hurried(engine: Engine) -> Engine:
    """Another engine on the same file, that gives up waiting soon."""
    return open_engine(str(engine.url), timeout=0.1)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the traffic waited for the database, each time it did."""
    reasons: list[str] = []
    monkeypatch.setattr(live, "_RETRY", (0.1,))
    monkeypatch.setattr(logs, "warning", lambda name, **said: reasons.append(said["reason"]))
    return reasons


def test_a_locked_database_is_waited_for(filled: Engine, ward: Ward, waited: list[str]) -> None:
    engine = hurried(filled)
    blocker = sqlite3.connect(str(filled.url.database), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    before = count(filled)
    with running(engine, ward.id):
        eventually(lambda: "store.locked" in waited)
        assert count(filled) == before
        blocker.execute("ROLLBACK")
        eventually(lambda: count(filled) > before)
    blocker.close()
    engine.dispose()


def test_a_database_that_was_gone_is_found_again(
    filled: Engine, ward: Ward, waited: list[str]
) -> None:
    engine = hurried(filled)
    place = Path(str(filled.url.database))
    before = count(filled)
    filled.dispose()
    away = place.rename(place.with_name("away.db"))
    with running(engine, ward.id):
        eventually(lambda: "store.gone" in waited)
        away.rename(place)
        eventually(lambda: count(filled) > before)
    engine.dispose()


@pytest.mark.parametrize(
    ("ward_id", "words"), [("nowhere", "nowhere"), ("real", "real data"), ("bare", "no hub")]
)
def test_what_waiting_cannot_mend_ends_the_traffic(
    planted: Engine, ward_id: str, words: str
) -> None:
    with writing(planted) as connection:
        add_ward(connection, Ward("real", "Phường thật"))
        add_ward(connection, Ward("bare", "Phường trống", illustrative=True))
    with pytest.raises(Problem, match=words):
        live.run(planted, ward_id, stop=threading.Event())


def test_officials_of_live_traffic_are_the_wards_people(filled: Engine, ward: Ward) -> None:
    play(open_flow(filled, ward.id, seed=1, now=NOW), NOW, 60)
    with reading(filled) as connection:
        assert connection.execute(select(func.count()).select_from(person)).scalar() == 34


def test_an_open_dossier_knows_its_last_instant() -> None:
    one = OpenDossier(
        "c", "h", "p", "online", None, 5, None, None, 1, NOW, NOW, None,
        NOW + timedelta(hours=1), NOW - timedelta(hours=1), None,
    )  # fmt: skip
    assert one.since == NOW + timedelta(hours=1)
    assert SOURCE == "demo"
