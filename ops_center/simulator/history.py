"""The past of the demo ward: whole lives of dossiers, cut at the present, taken in as batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from random import Random
from threading import Event

from sqlalchemy import Engine

from ops_center.domain.working_days import local_day
from ops_center.intake.record import Counts, take_in
from ops_center.intake.row import DossierRow
from ops_center.simulator.knowledge import seen
from ops_center.simulator.life import Arrival, tell
from ops_center.simulator.rhythm import home_weight, office_weight
from ops_center.simulator.ward import SEED, SOURCE, illustrative
from ops_center.simulator.world import (
    WORKING_DAYS_A_MONTH,
    Mood,
    Station,
    World,
    find_world,
    online_share,
)
from ops_center.store.session import reading
from ops_center.store.wards import find_ward

AGENCY = "H26.602"  # the first part of a dossier's code; invented
DAYS = 120


def fill(
    engine: Engine,
    ward_id: str,
    *,
    until: datetime,
    days: int = DAYS,
    dossiers: int | None = None,
    seed: int = SEED,
    stop: Event | None = None,
) -> Counts:
    """Take in the dossiers of the `days` local days that end with `until`, as known at `until`.

    `dossiers` asks for about that many instead of an ordinary ward's 2,600 a month. The same
    arguments give the same dossiers. Nothing is summed: that is the refresher's work. When
    `stop` is set the rest is left out.
    """
    with reading(engine) as connection:
        ward = illustrative(find_ward(connection, ward_id))
        world = find_world(connection, ward, seed=seed)
    if dossiers is not None:
        world = scaled(world, until, days, dossiers)
    wanted = takewhile(lambda _: not (stop and stop.is_set()), rows(world, until, days))
    return take_in(engine, ward, SOURCE, wanted, now=until)


def scaled(world: World, until: datetime, days: int, dossiers: int) -> World:
    """The same world, as busy as needed for about that many dossiers in those days."""
    expected = sum(sum(_expected(world, day)) for day in _days(world, until, days))
    return replace(world, monthly=world.monthly * dossiers / max(expected, 1.0))


def rows(world: World, until: datetime, days: int) -> Iterator[DossierRow]:
    """The dossiers filed in those days, in the order of filing, as known at `until`."""
    for day in _days(world, until, days):
        rng = world.random("day", day)
        for arrival in arrivals(world, day, rng):
            row = seen(tell(world, rng, arrival), until)
            if row is not None:
                yield row


def _days(world: World, until: datetime, days: int) -> list[date]:
    last = local_day(until, world.calendar.zone)
    return [last - timedelta(days=back) for back in reversed(range(days))]


# ---------------------------------------------------------------- who comes on a day


def arrivals(world: World, day: date, rng: Random) -> list[Arrival]:
    """Who files on that day, in the order of filing, numbered from 1."""
    mood = world.mood(day)
    office, home = (_about(rng, number) for number in _expected(world, day))
    filed = [(mood.moments.at_office(rng), False) for _ in range(office)]
    filed += [(mood.moments.at_home(rng), True) for _ in range(home)]
    return [
        arrive(world, mood, rng, at, number, online)
        for number, (at, online) in enumerate(sorted(filed), start=1)
    ]


def _expected(world: World, day: date) -> tuple[float, float]:
    """How many may come (to the counters and by post, online)."""
    learned = world.mood(day).learning
    usual = world.monthly / WORKING_DAYS_A_MONTH * (1 + 0.25 * learned)
    online = online_share(learned)
    return (
        usual * (1 - online) * office_weight(world.calendar, day),
        usual * online * home_weight(world.calendar, day),
    )


def _about(rng: Random, number: float) -> int:
    return max(0, round(rng.gauss(number, number**0.5))) if number else 0


def arrive(
    world: World, mood: Mood, rng: Random, at: datetime, number: int, online: bool
) -> Arrival:
    """Somebody files at that instant; `number` counts the day's dossiers."""
    procedure = (world.from_home if online else world.at_counter).pick(rng)
    channel, level = "in_person", None
    if online:
        channel, level = "online", _level(procedure.level, mood.learning, rng)
    elif rng.random() < 0.05:
        channel = "post"
    return Arrival(
        code=code(mood.day, number),
        at=at,
        procedure=procedure,
        station=_where(world, mood, rng, online),
        channel=channel,
        level=level,
        learned=mood.learning,
    )


def code(day: date, number: int) -> str:
    """The code of the day's dossier of that number."""
    return f"{AGENCY}-{day:%y%m%d}-{number:04d}"


def _level(possible: str | None, learned: float, rng: Random) -> str:
    whole = possible == "end_to_end" and rng.random() < 0.46 + 0.4 * learned
    return "end_to_end" if whole else "partial"


def _where(world: World, mood: Mood, rng: Random, online: bool) -> Station:
    """A hub; who finds a silent one closed goes elsewhere, who files online doesn't notice."""
    for _ in range(5):
        station = world.where.pick(rng)
        if online or station.code not in mood.silent:
            return station
    return station
