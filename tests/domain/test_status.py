"""How fresh the screen is allowed to call itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from ops_center.domain.status import Status, freshness
from tests.domain.hours import WARD, hanoi

MORNING, NIGHT, SUNDAY = "2026-08-20 10:00", "2026-08-20 22:00", "2026-08-23 10:00"


def status(now: str, *heard: tuple[str, int], worker: float | None = 1.0, database: bool = True,
           change: float | None = None) -> Status:  # fmt: skip
    sources: list[tuple[datetime | None, int]] = [(hanoi(at), normal) for at, normal in heard]
    return freshness(hanoi(now), worker, database, change, [*sources, (None, 1)], WARD)


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        ({"database": False}, "stale", "database_gone"),
        ({"worker": None}, "stale", "worker_late"),
        ({"worker": 61.0}, "stale", "worker_late"),
        ({"worker": 6.5}, "late", "worker_late"),
        ({"worker": 6.0, "change": 15.0}, "live", ""),
        ({"change": 16.0}, "late", "worker_late"),
    ],
)
def test_what_is_wrong_with_the_system_comes_first(
    told: dict[str, float], state: str, reason: str
) -> None:
    found = status(MORNING, (MORNING, 60), **told)  # type: ignore[arg-type]
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("now", "heard", "state"),
    [
        (MORNING, "2026-08-20 09:00", "live"),
        (MORNING, "2026-08-20 08:59", "late"),
        (MORNING, "2026-08-19 17:29", "late"),
        ("2026-08-20 14:31", "2026-08-20 10:01", "late"),  # lunch does not count
        ("2026-08-20 14:31", "2026-08-20 09:59", "stale"),
        ("2026-08-20 08:30", "2026-08-19 17:15", "live"),  # nor does a night
        (NIGHT, "2026-08-20 21:30", "live"),
        (NIGHT, "2026-08-20 17:00", "quiet"),
        (SUNDAY, "2026-08-19 08:00", "quiet"),
    ],
)
def test_silence_is_counted_in_working_time(now: str, heard: str, state: str) -> None:
    assert status(now, (heard, 60)).state == state


def test_one_source_of_several_that_falls_silent_is_told() -> None:
    assert status(MORNING, (MORNING, 60), ("2026-08-20 08:00", 60)).state == "late"


def test_a_source_that_ended_long_ago_makes_nothing_stale_unless_it_was_the_only_one() -> None:
    assert status(MORNING, (MORNING, 60), ("2026-06-01 08:00", 60)).state == "live"
    assert status(MORNING, ("2026-06-01 08:00", 60)).state == "stale"


def test_a_ward_that_never_heard_anything_is_not_called_stale() -> None:
    assert status(MORNING) == Status("live")
