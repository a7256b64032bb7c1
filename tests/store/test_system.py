"""Heartbeats, leases and claims, with several processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from ops_center.i18n import Problem
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.system import (
    beat,
    claim_run,
    find_heartbeats,
    find_lease,
    find_revision,
    hold_lease,
    oldest_change,
    take_lease,
)
from ops_center.store.tables import change

NOW = datetime(2026, 8, 5, 1, 30, tzinfo=UTC)


def _take(engine: Engine, holder: str, at: datetime, seconds: float = 10) -> bool:
    with writing(engine) as connection:
        return take_lease(connection, "w", "refresh", holder, at, seconds)


def _after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_last_heartbeat_counts(engine: Engine) -> None:
    with writing(engine) as connection:
        beat(connection, "worker", NOW, "a")
        beat(connection, "worker", _after(2), "b")
        beat(connection, "web", NOW)
        beats = find_heartbeats(connection)
    assert (beats["worker"].at, beats["worker"].detail) == (_after(2), "b")
    assert set(beats) == {"worker", "web"}


def test_a_lease_is_held_by_one_until_it_runs_out(engine: Engine) -> None:
    assert _take(engine, "a", NOW)
    assert not _take(engine, "b", _after(9.999))
    assert _take(engine, "a", _after(5)), "its holder extends it"
    assert not _take(engine, "b", _after(14))
    assert _take(engine, "b", _after(15))
    assert not _take(engine, "a", _after(16)), "its first holder comes too late"
    with reading(engine) as connection:
        assert find_lease(connection, "w", "refresh") == ("b", _after(25))


def test_a_lease_from_before_the_clock_was_set_back_is_not_waited_for(engine: Engine) -> None:
    assert _take(engine, "a", _after(8 * 3600))
    assert _take(engine, "b", NOW)
    assert not _take(engine, "a", _after(9))


def test_a_holder_paused_past_its_lease_learns_it(engine: Engine) -> None:
    _take(engine, "a", NOW)
    with writing(engine) as connection:
        assert hold_lease(connection, "w", "refresh", "a", _after(9))
        assert not hold_lease(connection, "w", "refresh", "a", _after(10))
        assert not hold_lease(connection, "w", "refresh", "b", _after(1))
        assert not hold_lease(connection, "w", "other", "a", NOW)


def test_a_lease_held_in_a_transaction_cannot_be_taken_meanwhile(
    engine: Engine, database_url: str
) -> None:
    _take(engine, "a", NOW)
    impatient = open_engine(database_url, timeout=2)
    with writing(engine, repeatable=True) as connection:
        assert hold_lease(connection, "w", "refresh", "a", _after(9))
        with pytest.raises(Problem) as raised:
            _take(impatient, "b", _after(20))
        assert raised.value.key == "store.locked"
    assert _take(impatient, "b", _after(20))
    impatient.dispose()


def test_a_run_is_claimed_by_exactly_one_of_many(engine: Engine, database_url: str) -> None:
    engines = [open_engine(database_url, timeout=30) for _ in range(4)]

    def claim(number: int) -> list[bool]:
        won = []
        for period in range(8):
            with writing(engines[number]) as connection:
                won.append(claim_run(connection, "w", "letter", str(period), str(number), NOW))
        return won

    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(claim, range(4)))
    for one in engines:
        one.dispose()
    assert [sum(period) for period in zip(*claims, strict=True)] == [1] * 8


def test_the_oldest_change_tells_since_when_something_waits(engine: Engine) -> None:
    with writing(engine) as connection:
        assert oldest_change(connection, "w") is None
        for seconds in (5, 3, 8):
            connection.execute(
                insert(change).values(ward_id="w", dossier_id="d", at=_after(seconds))
            )
        connection.execute(insert(change).values(ward_id="v", dossier_id="d", at=NOW))
        assert oldest_change(connection, "w") == _after(3)


def test_an_unknown_ward_has_revision_nought(engine: Engine) -> None:
    with reading(engine) as connection:
        assert find_revision(connection, "nowhere").number == 0
