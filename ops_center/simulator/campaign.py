"""The demo's campaign under way: the teams' reports, the plan's progress, and what the evaluation
needs and no dossier holds. All of it follows from the seed and the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, Engine

from ops_center.domain.working_days import local_day
from ops_center.metrics.scheme import read_rules
from ops_center.simulator import teams
from ops_center.simulator.ward import SEED, SOURCE, illustrative
from ops_center.simulator.world import World, find_world
from ops_center.store.activities import Activity, list_activities
from ops_center.store.evaluation_inputs import (
    EvaluationInput,
    OfficialScore,
    Petition,
    add_input,
    add_petition,
    add_score,
)
from ops_center.store.people import list_people
from ops_center.store.plans import PlanItem, add_item, list_items
from ops_center.store.reports import record_activities
from ops_center.store.session import reading, writing
from ops_center.store.wards import find_ward

_DAY = timedelta(days=1)
_ON_TIME, _LATER = 0.72, 0.86  # of the plan's items: done by their day; some days later; else stuck
_PETITIONS = 120  # days of them
_MONTHS = 4  # of the evaluation's inputs
_WHOLE = {
    "published_on_time": (60, 0.97), "updated_on_time": (40, 0.93), "content_complete": (160, 0.9),
    "dossiers_synchronised": (2600, 0.96), "personal_store": (900, 0.41),
    "certified_copies": (780, 0.3),
}  # fmt: skip
_SECONDS_A_REPORT = 12.0  # between two of the demo's at speed 1
_REPORTS_A_CORRECTION = 25
_USUAL_WHOLE = (200, 0.8)


def fill(engine: Engine, ward_id: str, *, until: datetime, seed: int = SEED) -> int:
    """Write what has become of the campaign by that instant; how many reports that makes.

    The same arguments again change nothing.
    """
    with reading(engine) as connection:
        ward = illustrative(find_ward(connection, ward_id))
        world = find_world(connection, ward, seed=seed)
    told = list(teams.history(world, until, SOURCE))
    with writing(engine) as connection:
        _report(connection, world, told, until)
        tend(connection, world, until)
        _enter(connection, world, until)
    return len(told)


def _report(
    connection: Connection, world: World, told: list[Activity], until: datetime
) -> None:
    """What the teams said, the first time with what they set right later."""
    wrong, right = teams.corrections(world, told, until)
    mended = {_which(one): one for one in right}
    if told and not _reported(connection, world, told[0].day):
        first = {_which(one): one for one in wrong}
        said = [first.get(_which(one), one) for one in told]
        record_activities(connection, world.ward.id, said, now=until)
    final = [mended.get(_which(one), one) for one in told]
    record_activities(connection, world.ward.id, final, now=until)


def _reported(connection: Connection, world: World, day: date) -> bool:
    return bool(list_activities(connection, world.ward.id, day, day + _DAY))


def _which(one: Activity) -> tuple[str, date, str]:
    return one.hub_id, one.day, one.topic_id


# ---------------------------------------------------------------- live


@dataclass
class Reporting:
    """The teams' reports as they come in: one every so many seconds, a correction now and then,
    and the plan moved on once a day."""

    engine: Engine
    rng: Random
    looked_at: datetime

    def go(self, world: World, now: datetime, *, speed: float, realistic: bool) -> None:
        """Write what the teams report between the last look and now."""
        before, self.looked_at = self.looked_at, now
        if world.campaign is None or not self._runs(world, now):
            return
        told = [*self._reports(world, before, now, speed, realistic)]
        with writing(self.engine) as connection:
            record_activities(connection, world.ward.id, told, now=now)
            if self._day(world, before) != self._day(world, now):
                tend(connection, world, now)

    def _runs(self, world: World, now: datetime) -> bool:
        assert world.campaign is not None
        return world.campaign.starts_on <= self._day(world, now) <= world.campaign.ends_on

    def _day(self, world: World, at: datetime) -> date:
        return local_day(at, world.calendar.zone)

    def _reports(
        self, world: World, before: datetime, now: datetime, speed: float, realistic: bool
    ) -> Iterator[Activity]:
        if realistic:
            yield from self._in_the_evening(world, before, now)
            return
        seconds = max(0.0, (now - before).total_seconds())
        chance = min(1.0, seconds * speed / _SECONDS_A_REPORT)
        if self.rng.random() < chance:
            station = self.rng.choice(world.stations)
            part = teams.share(now, world, always=True)
            yield from teams.report(world, station, self._day(world, now), now, SOURCE, part)
        if self.rng.random() < chance / _REPORTS_A_CORRECTION:
            yield from self._correction(world, now)

    def _in_the_evening(
        self, world: World, before: datetime, now: datetime
    ) -> Iterator[Activity]:
        today = self._day(world, now)
        for station in world.stations:
            at = teams.evening(world, today, world.random("reported at", station.code, today))
            if before < at <= now:
                yield from teams.report(world, station, today, now, SOURCE)

    def _correction(self, world: World, now: datetime) -> Iterator[Activity]:
        """One number of yesterday's is set right, up or down."""
        yesterday = self._day(world, now) - _DAY
        told = teams.report(world, self.rng.choice(world.stations), yesterday, now, SOURCE)
        if told and world.campaign and yesterday >= world.campaign.starts_on:
            one = self.rng.choice(told)
            yield replace(one, amount=max(0, one.amount + self.rng.choice((-2, -1, 1, 2))))


# ---------------------------------------------------------------- the plan


def tend(connection: Connection, world: World, now: datetime) -> None:
    """The plan's items as they have come along by now; what somebody finished stays so."""
    if world.campaign is None:
        return
    today = local_day(now, world.calendar.zone)
    for item in list_items(connection, world.ward.id, world.campaign.id):
        if item.state not in ("done", "cancelled"):
            add_item(connection, world.ward.id, come_along(world, item, today), now)


def come_along(world: World, item: PlanItem, today: date) -> PlanItem:
    """The item on that day: not begun, under way, or done; some are done late, a few get stuck."""
    rng = world.random("progress", item.code)
    fate, haste = rng.random(), rng.random()
    stuck = fate > _LATER or item.owner_id is None
    done_on = item.due_on - int(haste * 2) * _DAY
    if fate > _ON_TIME:
        done_on = item.due_on + (1 + int(haste * 4)) * _DAY
    done_on = max(done_on, item.starts_on)
    if today < item.starts_on or (item.owner_id is None and today < item.due_on):
        return item
    if not stuck and done_on <= today:
        link = f"https://dongngac.example/minh-chung/{item.code.lower()}"
        return replace(item, state="done", progress=100, done_on=done_on, evidence=link)
    length = max(1, (max(done_on, item.due_on) - item.starts_on).days + 1)
    part = min(0.95, (today - item.starts_on).days / length)
    progress = min(60, round(part * 55)) if stuck else round(part * 100)
    return replace(item, state="under_way", progress=progress // 5 * 5)


# ---------------------------------------------------------------- the evaluation


def _enter(connection: Connection, world: World, until: datetime) -> None:
    today = local_day(until, world.calendar.zone)
    ward_id = world.ward.id
    names = sorted(one.name for one in list_people(connection, ward_id) if one.active)
    for told in inputs(world, today, names[0] if names else ""):
        add_input(connection, ward_id, told, until)
    for petition in petitions(world, today):
        add_petition(connection, ward_id, petition)
    for score in scores(world, today):
        add_score(connection, ward_id, score, until)


@dataclass(frozen=True)
class _Month:
    first: date
    share: float  # of it that is over

    @property
    def spelled(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def quarter(self) -> str:
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}"


def _months(today: date) -> list[_Month]:
    """The last months, the one under way as far as it has come."""
    found = [_Month(today.replace(day=1), today.day / 31)]
    while len(found) < _MONTHS:
        before = found[0].first - _DAY
        found.insert(0, _Month(before.replace(day=1), 1.0))
    return found


def inputs(world: World, today: date, who: str) -> Iterator[EvaluationInput]:
    """Each indicator of the rule files that reads inputs, by month, quarter and year."""
    codes = [
        one.code for rules in read_rules() for board in rules.boards for one in board.indicators
        if one.source.kind == "input"
    ]  # fmt: skip
    for code in dict.fromkeys(codes):
        sums: dict[str, tuple[int, int]] = {}
        for month in _months(today):
            top, bottom = _parts(world, code, month)
            for period in (month.spelled, month.quarter, str(month.first.year)):
                known = sums.get(period, (0, 0))
                sums[period] = known[0] + top, known[1] + bottom
        for period, (top, bottom) in sums.items():
            yield EvaluationInput(code, period, top, bottom, entered_by=who)


def _parts(world: World, code: str, month: _Month) -> tuple[int, int]:
    rng = world.random("input", code, month.first)
    whole, share = _WHOLE.get(code, _USUAL_WHOLE)
    bottom = max(1, round(whole * month.share * rng.uniform(0.9, 1.1)))
    return min(bottom, round(bottom * min(1.0, share * rng.uniform(0.97, 1.04)))), bottom


def petitions(world: World, today: date) -> Iterator[Petition]:
    """Two in three working days bring one; most are answered within their ten days."""
    for back in reversed(range(_PETITIONS)):
        day = today - back * _DAY
        rng = world.random("petition", day)
        if not world.calendar.is_working(day) or rng.random() > 0.66:
            continue
        due = world.calendar.next_working_day(day + 9 * _DAY)
        answered = day + (2 + int(rng.random() * (8 if rng.random() < 0.9 else 16))) * _DAY
        hub = rng.choice(world.stations).hub_id if rng.random() < 0.7 else None
        known = answered <= today
        yield Petition(
            code=f"PAKN-{day:%y%m%d}", received_on=day, hub_id=hub, due_on=due,
            answered_on=answered if known else None,
            resolved=rng.random() < 0.93 if known else None,
        )  # fmt: skip


def scores(world: World, today: date) -> Iterator[OfficialScore]:
    """What the official system said of the last two whole months."""
    for month in _months(today)[-3:-1]:
        rng = world.random("score", month.first)
        for code, most in (("total", 82.0), ("on_time", 18.6), ("online_dossiers", 5.6)):
            points = round(most * rng.uniform(0.94, 1.0), 2)
            yield OfficialScore("qd766-2022", code, month.spelled, points)
