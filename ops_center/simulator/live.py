"""Live traffic: a dossier filed or moved on every few seconds, written as if by the hubs.

It goes on from whatever the database holds. Nothing is written with a time in the future. The
demo's pace is far above a ward's, at any hour, so that a wall visibly moves; `realistic` keeps
the ward's own pace and its working hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event

from sqlalchemy import Engine

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.intake.record import take_in
from ops_center.simulator.campaign import Reporting
from ops_center.simulator.history import arrive, code
from ops_center.simulator.life import begin
from ops_center.simulator.moves import Step, advance, haste
from ops_center.simulator.rhythm import Choice, busyness, poisson
from ops_center.simulator.ward import SEED, SOURCE, illustrative
from ops_center.simulator.world import WORKING_DAYS_A_MONTH, World, find_world, online_share
from ops_center.store.instant import to_millisecond
from ops_center.store.open_dossiers import OpenDossier, find_last_code, find_open
from ops_center.store.session import reading
from ops_center.store.wards import find_ward

Clock = Callable[[], datetime]

_PAUSE = (2.0, 5.0)  # seconds between two events of the demo at speed 1
_SHORTEST = 0.25  # above a certain speed several events share a transaction's pause
_STEPS_OF_A_LIFE = 4.8  # writes from filing to return, on average
_LOOK_AGAIN = timedelta(seconds=60)
_FEWEST_OPEN = 120  # an empty ward fills up to so many open dossiers
_RETRY = (1.0, 2.0, 5.0, 10.0)  # seconds to wait for the database, the last one again and again
_LASTING = ("simulator.real_ward", "simulator.empty_ward", "store.no_ward", "store.unknown_ward",
            "store.several_wards", "store.not_migrated")  # fmt: skip


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def run(
    engine: Engine,
    ward_id: str,
    *,
    stop: Event,
    speed: float = 1.0,
    realistic: bool = False,
    seed: int = SEED,
    clock: Clock = utc_now,
) -> None:
    """Write live traffic until `stop` is set; a database that is locked or gone is waited for.

    Problem when waiting would not help: no such ward, a real one, one without hubs.
    """
    failures = 0
    flow: Flow | None = None
    while not stop.is_set():
        try:
            flow = flow or open_flow(engine, ward_id, seed=seed, now=clock())
            pause = flow.go(clock(), speed=speed, realistic=realistic)
            failures = 0
        except Problem as problem:
            if problem.key in _LASTING:
                raise
            pause, flow = _RETRY[min(failures, len(_RETRY) - 1)], None
            failures += 1
            logs.warning("simulator.waits", reason=problem.key, seconds=pause)
        stop.wait(pause)


def open_flow(engine: Engine, ward_id: str, *, seed: int, now: datetime) -> Flow:
    """Traffic that goes on from what the database holds."""
    with reading(engine) as connection:
        ward = illustrative(find_ward(connection, ward_id))
        world = find_world(connection, ward, seed=seed)
        pool = find_open(connection, ward_id, SOURCE)
    rng = world.random("live", now.isoformat())
    reporting = Reporting(engine, world.random("teams", now.isoformat()), now)
    return Flow(engine, world, rng, pool, now, max(len(pool), _FEWEST_OPEN), reporting)


@dataclass
class Flow:
    """The traffic of one ward: the open dossiers as last seen, and how many there should be."""

    engine: Engine
    world: World
    rng: Random
    pool: list[OpenDossier]
    looked_at: datetime
    usual: int
    reporting: Reporting

    def go(self, now: datetime, *, speed: float = 1.0, realistic: bool = False) -> float:
        """Write what happens now; returns the seconds until the next look."""
        pause = max(_SHORTEST, self.rng.uniform(*_PAUSE) / speed)
        self.reporting.go(self.world, now, speed=speed, realistic=realistic)
        if realistic:
            self._at_the_wards_pace(now, pause * speed)
            return pause
        for _ in range(max(1, round(pause * speed * 2 / sum(_PAUSE)))):
            self.step(now)
        return pause

    def step(self, now: datetime) -> str | None:
        """One event of the demo: somebody files, or an open dossier moves. Its kind, or None."""
        self._look(now)
        share = self.usual / max(len(self.pool), 1) / _STEPS_OF_A_LIFE
        if self.rng.random() < min(0.45, share):
            return self.file(now, self.rng.random() < self._online(now))
        return self.move(now) or self.file(now, self.rng.random() < self._online(now))

    def _at_the_wards_pace(self, now: datetime, seconds: float) -> None:
        """What happens in so many seconds of an ordinary day at this hour."""
        self._look(now)
        office, home = busyness(self.world.calendar, now)
        filed = self.world.monthly / WORKING_DAYS_A_MONTH / 86_400 * seconds
        online = self._online(now)
        at_work = filed * 86_400 / (self.world.day_minutes * 60) * office
        moved = at_work * (_STEPS_OF_A_LIFE - 1) * min(2.0, len(self.pool) / self.usual)
        for _ in range(poisson(self.rng, filed * online * home)):
            self.file(now, online=True)
        for _ in range(poisson(self.rng, at_work * (1 - online))):
            self.file(now, online=False)
        for _ in range(poisson(self.rng, moved + filed * 0.1 * home)):
            self.move(now, office=office > 0)

    def _online(self, now: datetime) -> float:
        return online_share(self.world.mood_at(now).learning)

    def file(self, now: datetime, online: bool) -> str:
        """Somebody files a dossier now."""
        mood = self.world.mood_at(now)
        beginning = code(mood.day, 0)[:-4]
        with reading(self.engine) as connection:
            last = find_last_code(connection, self.world.ward.id, SOURCE, beginning)
        number = int(last.removeprefix(beginning)) + 1 if last else 1
        row = begin(
            self.rng, arrive(self.world, mood, self.rng, to_millisecond(now), number, online)
        )
        take_in(self.engine, self.world.ward, SOURCE, [row], now=now)
        self._again([row.code])
        return row.events[-1].kind

    def move(self, now: datetime, office: bool = True) -> str | None:
        """One open dossier takes its next step now; None when there is none that may."""
        mood = self.world.mood_at(now)
        weights = [haste(self.world, mood, one, now, office) for one in self.pool]
        if not any(weights):
            return None
        chosen = self._now(Choice(self.pool, weights).pick(self.rng))
        if chosen is None:
            return None
        step = advance(self.world, self.rng, chosen, to_millisecond(now))
        self._write(step, now)
        return step.kind

    def _write(self, step: Step, now: datetime) -> None:
        take_in(self.engine, self.world.ward, SOURCE, [step.row], now=now, only=step.facts)
        self._again([step.row.code])

    def _now(self, one: OpenDossier) -> OpenDossier | None:
        """The dossier as it stands; somebody else may have changed or removed it since."""
        self._again([one.code])
        return next((held for held in self.pool if held.code == one.code), None)

    def _again(self, codes: list[str]) -> None:
        with reading(self.engine) as connection:
            found = find_open(connection, self.world.ward.id, SOURCE, codes)
        self.pool = [one for one in self.pool if one.code not in codes] + found

    def _look(self, now: datetime) -> None:
        """Read ward, hubs and open dossiers anew each minute."""
        if abs(now - self.looked_at) < _LOOK_AGAIN:
            return
        with reading(self.engine) as connection:
            ward = illustrative(find_ward(connection, self.world.ward.id))
            self.world = find_world(connection, ward, seed=self.world.seed)
            self.pool = find_open(connection, self.world.ward.id, SOURCE)
        self.looked_at = now
