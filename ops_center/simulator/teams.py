"""The community digital teams of the demo: what each would have done by the end of a day.

A team's day follows from the seed, the hub and the day alone; what it reports in between is the
part done by then. Weekends are for visiting homes, a few teams are weak, some forget to report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import exp
from random import Random

from ops_center.domain.working_days import local_day, start_of
from ops_center.simulator.rhythm import poisson
from ops_center.simulator.world import Station, World
from ops_center.store.activities import Activity

# Per day and 1,000 inhabitants of an ordinary team; sessions and members by team.
_WORK = {
    "households": 7.3, "vneid": 2.95, "ihanoi": 1.9, "signature": 1.25, "online_filing": 2.1,
    "cashless": 1.4, "online_safety": 1.2, "problems_raised": 0.85,
}  # fmt: skip
_SESSIONS = 0.1
_ATTENDANCE = (9, 28)
_WEEK = (0.9, 0.95, 0.95, 0.95, 0.9, 1.4, 1.1)
_HOLIDAY = 0.45
_DAY = (8.0, 19.0)  # hours between which teams are about
_CORRECTED = 0.025  # of all reports


@dataclass(frozen=True)
class Team:
    """How a hub's team is: how much it does, and how often it forgets to report."""

    strength: float
    forgets: float
    residents: float


def team(world: World, station: Station) -> Team:
    """The team of that hub; one in ten is weak and forgetful."""
    rng = world.random("team", station.code)
    weak = rng.random() < 0.1
    strength = rng.lognormvariate(0, 0.22) * (0.45 if weak else 1.0)
    return Team(strength, rng.uniform(0.2, 0.3) if weak else rng.uniform(0.01, 0.08),
                station.residents)  # fmt: skip


def whole_day(world: World, station: Station, day: date) -> dict[str, int]:
    """Topic → what the team has done by the end of that day; empty when it reports nothing."""
    own, rng = team(world, station), world.random("report", station.code, day)
    if rng.random() < own.forgets or station.code in world.mood(day).silent:
        return {}
    busy = own.strength * _rhythm(world, day) * rng.lognormvariate(0, 0.18)
    found = {
        topic: poisson(rng, rate * own.residents / 1000 * busy) for topic, rate in _WORK.items()
    }
    found["sessions"] = poisson(rng, _SESSIONS * busy)
    found["attendance"] = sum(rng.randint(*_ATTENDANCE) for _ in range(found["sessions"]))
    found["members"] = rng.randint(3, 8)
    solved = 0.78 + 0.14 * world.mood(day).learning
    found["problems_solved"] = sum(rng.random() < solved for _ in range(found["problems_raised"]))
    return found


def _rhythm(world: World, day: date) -> float:
    """How busy teams are that day: the week, holidays, and the first days' slow start."""
    assert world.campaign is not None
    free = day.weekday() < 5 and not world.calendar.is_working(day)
    passed = (day - world.campaign.starts_on).days
    return _WEEK[day.weekday()] * (_HOLIDAY if free else 1.0) * (1.12 - 0.5 * exp(-passed / 5))


def share(now: datetime, world: World, *, always: bool = False) -> float:
    """How much of the local day's work is done by now; with `always` something at any hour."""
    local = now.astimezone(world.calendar.zone)
    hour = local.hour + local.minute / 60
    first, last = _DAY
    done = min(1.0, max(0.0, (hour - first) / (last - first)))
    return max(done, hour / 24) if always else done


def report(
    world: World, station: Station, day: date, at: datetime, source_id: str, part: float = 1.0
) -> list[Activity]:
    """What the team reports at `at`, when so much of its day is done; members are there at once."""
    found = whole_day(world, station, day)
    return [
        Activity(
            hub_id=station.hub_id, day=day, topic_id=topic,
            amount=amount if topic == "members" else int(amount * part),
            reported_by=station.officials[1], reported_at=at, source_id=source_id,
        )
        for topic, amount in found.items()
    ]  # fmt: skip


def days(world: World, until: datetime) -> list[date]:
    """The campaign's days up to that instant's."""
    if world.campaign is None:
        return []
    last = min(local_day(until, world.calendar.zone), world.campaign.ends_on)
    length = (last - world.campaign.starts_on).days + 1
    return [world.campaign.starts_on + timedelta(days=n) for n in range(length)]


def history(world: World, until: datetime, source_id: str) -> Iterator[Activity]:
    """All reports of the campaign up to that instant; today's as far as the day has come."""
    today = local_day(until, world.calendar.zone)
    for day in days(world, until):
        for station in world.stations:
            rng = world.random("reported at", station.code, day)
            if day < today:
                at = evening(world, day, rng)
                yield from report(world, station, day, min(at, until), source_id)
            elif part := share(until, world):
                yield from report(world, station, day, until, source_id, part)


def evening(world: World, day: date, rng: Random) -> datetime:
    """When a team reports its day: between half past four and nine."""
    return start_of(day, world.calendar.zone) + timedelta(minutes=990 + int(rng.random() * 270))


def corrections(
    world: World, told: list[Activity], until: datetime
) -> tuple[list[Activity], list[Activity]]:
    """Some of what was told of past days: as it was said first, and as it was set right the next
    morning."""
    today = local_day(until, world.calendar.zone)
    wrong: list[Activity] = []
    right: list[Activity] = []
    for one in told:
        rng = world.random("correction", one.hub_id, one.day, one.topic_id)
        if one.day < today and one.amount > 2 and rng.random() < _CORRECTED:
            assert one.reported_at is not None
            off = rng.choice((-2, -1, 1, 2, 3))
            wrong.append(replace(one, amount=one.amount + off))
            morning = one.reported_at + timedelta(hours=14)
            right.append(replace(one, reported_at=min(morning, until)))
    return wrong, right
