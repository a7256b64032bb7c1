"""The invented world: hubs with their habits, services with their demand, days with their moods.

Everything here follows from the seed and from what the database says about ward, hubs and
procedures; nothing depends on the clock or on what was asked before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from math import exp
from random import Random

from sqlalchemy import Connection

from ops_center.domain.due import Limit, Rules
from ops_center.domain.working_days import WorkingCalendar, local_day
from ops_center.i18n import Problem
from ops_center.simulator.rhythm import Choice, Moments
from ops_center.store.calendars import find_calendar
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.hubs import Hub, list_hubs
from ops_center.store.people import Person, list_people
from ops_center.store.procedures import Procedure, list_procedures
from ops_center.store.wards import UNASSIGNED, Ward

MONTHLY = 2600  # dossiers of an ordinary month before the campaign
WORKING_DAYS_A_MONTH = 21

# How often each service is asked for, of 1,000 or so; what is not named here comes now and then.
_DEMAND = {
    "2.000815": 300, "2.000884": 80, "1.004873": 60, "2.000635": 70, "1.001193": 60,
    "1.000656": 22, "1.000894": 30, "2.000908": 15, "1.014137": 25, "1.001612": 25,
    "2.000720": 12, "1.004859": 15, "1.013831": 35, "1.012753": 12, "1.013225": 18,
    "1.014027": 20, "1.001776": 12, "1.001731": 6, "1.001699": 8, "1.011606": 6,
    "1.010833": 5, "2.001263": 1, "1.013821": 2, "1.012812": 2,
}  # fmt: skip
_RARE = 3
USUAL_RESIDENTS = 1700  # of a hub that does not tell how many
_USUAL_DAYS = 8  # where no limit is known


@dataclass(frozen=True)
class Station:
    """A hub as the simulator sees it; `lateness` is the share of dossiers it finishes late.

    `residents`: how many people live around it.
    """

    hub_id: str
    code: str
    weight: float
    lateness: float
    officials: tuple[str, ...]
    residents: int = USUAL_RESIDENTS

    def official(self, rng: Random) -> str | None:
        """Who takes a dossier on: mostly the hub's first official."""
        return self.officials[rng.random() < 0.3] or None

    @property
    def troubled(self) -> bool:
        return self.lateness > 0.15


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong from the first day to the last, both included."""

    kind: str  # silent: a hub reports nothing; outage: no reception; backlog: a hub falls behind
    first: date
    last: date
    hub_code: str | None = None


@dataclass(frozen=True)
class Mood:
    """What is special about one day. `learning` goes from 0 before the campaign towards 1."""

    day: date
    learning: float
    silent: frozenset[str]
    behind: frozenset[str]
    outage: bool
    moments: Moments


@dataclass(frozen=True)
class World:
    """One ward's invented reality; instances are alike when their arguments are."""

    seed: int
    ward: Ward
    calendar: WorkingCalendar
    stations: tuple[Station, ...]
    procedures: tuple[Procedure, ...]
    campaign: Campaign | None
    monthly: float = MONTHLY
    _moods: dict[date, Mood] = field(default_factory=dict, compare=False, repr=False)

    def random(self, *about: object) -> Random:
        """Random numbers that depend on the seed and the subject alone."""
        return Random(":".join(str(part) for part in (self.seed, *about)))

    def mood(self, day: date) -> Mood:
        """What is special about that local day."""
        if day not in self._moods:
            self._moods[day] = self._felt(day)
        return self._moods[day]

    def mood_at(self, at: datetime) -> Mood:
        """What is special about the local day of that instant."""
        return self.mood(local_day(at, self.calendar.zone))

    def _felt(self, day: date) -> Mood:
        today = [i for i in incidents(self, day) if i.first <= day <= i.last]
        return Mood(
            day=day,
            learning=learning(self.campaign, day),
            silent=frozenset(i.hub_code for i in today if i.kind == "silent" and i.hub_code),
            behind=frozenset(i.hub_code for i in today if i.kind == "backlog" and i.hub_code),
            outage=any(i.kind == "outage" for i in today),
            moments=Moments(self.calendar, day),
        )

    @cached_property
    def at_counter(self) -> Choice[Procedure]:
        """Services as they are asked for at the counters."""
        return Choice(self.procedures, [_demand(p) for p in self.procedures])

    @cached_property
    def from_home(self) -> Choice[Procedure]:
        """Services as they are asked for online: only those that can be."""
        online = [p for p in self.procedures if p.level] or list(self.procedures)
        return Choice(online, [_demand(p) for p in online])

    @cached_property
    def where(self) -> Choice[Station]:
        """Hubs as busy as they are."""
        return Choice(self.stations, [station.weight for station in self.stations])

    @cached_property
    def station_of(self) -> dict[str, Station]:
        """By hub id."""
        return {station.hub_id: station for station in self.stations}

    @cached_property
    def procedure_of(self) -> dict[str, Procedure]:
        """By procedure id."""
        return {procedure.id: procedure for procedure in self.procedures}

    @cached_property
    def rules(self) -> Rules:
        """The ward's rules for due times."""
        cutoff = time.fromisoformat(self.ward.same_day_cutoff)
        return Rules(self.calendar, cutoff, self.ward.second_supplement_is_late)

    @cached_property
    def limits(self) -> dict[str, Limit]:
        """By procedure id."""
        return {p.id: Limit(p.limit_kind, p.limit_days) for p in self.procedures}  # type: ignore[arg-type]

    @cached_property
    def day_minutes(self) -> int:
        """The length of a working day in working minutes."""
        return self.calendar.hours.day_length // timedelta(minutes=1)


def _demand(procedure: Procedure) -> float:
    return _DEMAND.get(procedure.id, _RARE)


def usual_days(procedure: Procedure) -> int:
    """Working days such a dossier takes where the law states no limit."""
    return _USUAL_DAYS + sum(map(ord, procedure.id)) % 7


def learning(campaign: Campaign | None, day: date) -> float:
    """How far the campaign has changed habits: 0 before it, rising fast, 0.95 at its end."""
    if campaign is None:
        return 0.0
    passed = (day - campaign.starts_on).days
    return 1 - exp(-passed / (campaign.days / 3)) if passed > 0 else 0.0


def online_share(learned: float) -> float:
    """The share of dossiers filed online."""
    return 0.44 + 0.28 * learned


def incidents(world: World, day: date) -> list[Incident]:
    """What may touch that day: each week brings one incident or none."""
    monday = day - timedelta(days=day.weekday())
    weeks = (monday - timedelta(days=7), monday)
    found = (_incident(world, week) for week in weeks)
    return [incident for incident in found if incident]


def _incident(world: World, monday: date) -> Incident | None:
    rng = world.random("incident", monday)
    if rng.random() > 0.6 or not world.stations:
        return None
    code = rng.choice(world.stations).code
    first = monday + timedelta(days=rng.randrange(4))
    kind = rng.choice(("silent", "silent", "outage", "backlog", "backlog"))
    length = {"silent": 2, "outage": 1, "backlog": 5}[kind]
    last = first + timedelta(days=length - 1)
    return Incident(kind, first, last, None if kind == "outage" else code)


# ---------------------------------------------------------------- from what the database says


def find_world(connection: Connection, ward: Ward, *, seed: int, monthly: float = MONTHLY) -> World:
    """The world of that ward; Problem when it has no hub or no procedure to work with."""
    hubs = [hub for hub in list_hubs(connection, ward.id) if _works(hub)]
    procedures = [p for p in list_procedures(connection) if p.active]
    if not hubs or not procedures:
        raise Problem("simulator.empty_ward", ward=ward.name)
    names = [one.name for one in list_people(connection, ward.id) if _handles_dossiers(one)]
    campaigns = list_campaigns(connection, ward.id)
    return World(
        seed=seed,
        ward=ward,
        calendar=find_calendar(connection, ward),
        stations=_stations(hubs, names, seed),
        procedures=tuple(sorted(procedures, key=lambda p: p.id)),
        campaign=max(campaigns, key=lambda c: c.starts_on, default=None),
        monthly=monthly,
    )


_ORDINARY, _TROUBLED = (0.04, 0.1), (0.2, 0.32)  # how many dossiers a hub finishes late


LEADERS = "Lãnh đạo phường"
"""The unit of those who lead the ward and take no dossier on."""


def _handles_dossiers(person: Person) -> bool:
    return person.active and person.unit != LEADERS


def _works(hub: Hub) -> bool:
    return hub.active and hub.replaced_by is None and hub.id != UNASSIGNED


def _stations(hubs: Sequence[Hub], names: Sequence[str], seed: int) -> tuple[Station, ...]:
    ordered = sorted(hubs, key=lambda hub: hub.code)
    rng = Random(f"{seed}:stations")
    troubled = {hub.code for hub in rng.sample(ordered, len(ordered) // 12)}
    staff = sorted(names) or [""]
    return tuple(
        Station(
            hub_id=hub.id or hub.code,
            code=hub.code,
            weight=(hub.population or USUAL_RESIDENTS) * rng.lognormvariate(0, 0.35),
            lateness=rng.uniform(*(_TROUBLED if hub.code in troubled else _ORDINARY)),
            officials=tuple(staff[(place + step) % len(staff)] for step in (0, 7)),
            residents=hub.population or USUAL_RESIDENTS,
        )
        for place, hub in enumerate(ordered)
    )
