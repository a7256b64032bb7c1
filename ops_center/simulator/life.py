"""One dossier's life from filing to the returned result, told to its end.

What a source knows at an earlier instant is cut out of it by `knowledge.seen`. All times are whole
seconds in UTC; reception and work keep working hours, filing from home does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from ops_center.domain.due import limited
from ops_center.domain.waiting import Wait
from ops_center.intake.row import DossierRow, EventRow
from ops_center.simulator.names import person_name
from ops_center.simulator.rhythm import daytime
from ops_center.simulator.world import Station, World, usual_days
from ops_center.store.procedures import Procedure

_DONE_AT_ONCE = 120  # working minutes: shorter work has no step "processing"
CERTIFIED_COPIES = "2.000815"  # a fee for each page

REFUSED, ACCEPTED, IN_PROCESS, SUPPLEMENT, PAYMENT = 3, 2, 4, 5, 6
SUBMITTED, WITHDRAWN, STOPPED, PROCESSED, RETURNED = 1, 7, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody files a dossier: what, where, how and when."""

    code: str
    at: datetime
    procedure: Procedure
    station: Station
    channel: str
    level: str | None
    learned: float


@dataclass(slots=True)
class Draft:
    """A dossier while its life is told: the facts so far, and `at`, how far the story is."""

    arrival: Arrival
    at: datetime
    status: int = SUBMITTED
    facts: dict[str, object] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)

    def step(self, kind: str, status: int, at: datetime) -> None:
        """Something happens at `at`: the story goes on from there."""
        self.at, self.status = at, status
        self.events.append(EventRow(at, kind, "", status))

    def row(self) -> DossierRow:
        """The dossier with everything told so far."""
        arrival = self.arrival
        return DossierRow(
            arrival.code,
            arrival.station.hub_id,
            arrival.procedure.id,
            arrival.channel,
            self.status,
            arrival.level,
            waits=tuple(self.waits),
            events=tuple(self.events),
            **self.facts,  # type: ignore[arg-type]
        )


def tell(world: World, rng: Random, arrival: Arrival) -> DossierRow:
    """The whole life of the dossier, also what lies in the future."""
    draft = Draft(arrival, arrival.at)
    draft.facts["applicant"] = person_name(rng)
    _file(draft)
    _price(draft, rng)
    received_at = _reception(world, rng, draft)
    if arrival.channel == "online" and rng.random() < 0.02:
        draft.facts["stopped_at"] = received_at
        draft.step("refused", REFUSED, received_at)
        return draft.row()
    _receive(draft, rng, received_at)
    _work(world, rng, draft)
    return draft.row()


def begin(rng: Random, arrival: Arrival) -> DossierRow:
    """The dossier just filed: at a counter it is accepted at once, online it waits."""
    draft = Draft(arrival, arrival.at)
    draft.facts["applicant"] = person_name(rng)
    _file(draft)
    _price(draft, rng)
    if arrival.channel == "online":
        draft.facts["payment"] = None
    else:
        _receive(draft, rng, arrival.at)
    return draft.row()


# ---------------------------------------------------------------- filing and reception


def _file(draft: Draft) -> None:
    """Whoever stands at the counter is received at once: then there is no step before that."""
    draft.facts["submitted_at"] = draft.at
    if draft.arrival.channel != "in_person":
        draft.step("submitted", SUBMITTED, draft.at)


def _reception(world: World, rng: Random, draft: Draft) -> datetime:
    """When the dossier is accepted: after a short queue, or when a silent hub speaks again."""
    arrival = draft.arrival
    if arrival.channel == "in_person":
        return draft.at
    if arrival.channel == "online":
        queue = 4 + int(rng.expovariate(1 / 35))
    else:
        queue = int((1 + rng.random() * 2) * world.day_minutes)
    at = world.calendar.add_minutes(draft.at, queue)
    for _ in range(10):
        mood = world.mood_at(at)
        if not mood.outage and arrival.station.code not in mood.silent:
            return at
        opening = world.calendar.opening(world.calendar.next_working_day(mood.day))
        at = world.calendar.add_minutes(opening, 3 + int(rng.random() * 60))
    return at


def _receive(draft: Draft, rng: Random, at: datetime) -> None:
    arrival, facts = draft.arrival, draft.facts
    facts["received_at"] = at
    facts["official"] = arrival.station.official(rng)
    facts |= qualities(arrival.procedure, arrival.learned, rng)
    draft.step("received", ACCEPTED, at)


def _price(draft: Draft, rng: Random) -> None:
    draft.facts["fee"] = fee = price(draft.arrival.procedure, rng)
    if fee:
        draft.facts["payment"] = means(draft.arrival.channel, draft.arrival.learned, rng)


def price(procedure: Procedure, rng: Random) -> int | None:
    """The fee of one such dossier in đồng; None where none is known."""
    if procedure.fee and procedure.id == CERTIFIED_COPIES:
        return procedure.fee * (1 + int(rng.expovariate(0.25)))
    return procedure.fee


def means(channel: str, learned: float, rng: Random) -> str:
    """How a fee is paid; the campaign teaches people to pay by QR code at the counter too."""
    online = 0.86 if channel == "online" else 0.12 + 0.35 * learned
    if rng.random() < online:
        return "online"
    return "transfer" if rng.random() < 0.2 else "cash"


def qualities(procedure: Procedure, learned: float, rng: Random) -> dict[str, object]:
    """Digitised, reused, checked against population data: where the procedure qualifies."""
    found: dict[str, object] = {}
    if procedure.result_document:
        found["components_digitised"] = rng.random() < 0.09 + 0.14 * learned
    if procedure.reusable:
        found["data_reused"] = rng.random() < 0.22 + 0.25 * learned
    if procedure.population_data:
        found["population_data_used"] = rng.random() < 0.55 + 0.3 * learned
    return found


# ---------------------------------------------------------------- the work


def _work(world: World, rng: Random, draft: Draft) -> None:
    allowed = allowance(world, draft.arrival.procedure, draft.at)
    late = rng.random() < _lateness(world, draft)
    minutes = _minutes(allowed, late, rng)
    if draft.facts.get("fee") and draft.arrival.channel == "online" and rng.random() < 0.5:
        _await_payment(world, rng, draft)
    left = minutes - _begin_work(world, draft, minutes)
    for _ in range(_supplements(draft, rng)):
        part = int(left * rng.random() * 0.7)
        left -= part
        if not _await_supplement(world, rng, draft, world.calendar.add_minutes(draft.at, part)):
            return
    _finish(world, rng, draft, left, late)


def _begin_work(world: World, draft: Draft, minutes: int) -> int:
    """What is done at the counter begins at once; the rest lies a while. Minutes that it lay."""
    if draft.arrival.channel == "in_person" and minutes < _DONE_AT_ONCE:
        return 0
    lay = 1 + minutes // 12
    draft.step("processing", IN_PROCESS, world.calendar.add_minutes(draft.at, lay))
    return min(lay, minutes - 1)


def allowance(world: World, procedure: Procedure, received_at: datetime) -> int:
    """The working minutes that the law leaves, or that are usual where it names no limit."""
    due = limited(received_at, world.limits[procedure.id], world.rules)
    if due is None:
        return usual_days(procedure) * world.day_minutes
    return max(1, world.calendar.minutes_between(received_at, due))


def _lateness(world: World, draft: Draft) -> float:
    station = draft.arrival.station
    mood = world.mood_at(draft.at)
    share = station.lateness * (3 if station.code in mood.behind else 1)
    return min(0.8, share * 2 if mood.outage else share)


def _minutes(allowed: int, late: bool, rng: Random) -> int:
    """Working minutes from reception to the end."""
    if late:
        # Most come a little late; some lie about for a week or two.
        mean = 3600 if rng.random() < 0.25 else 300 + allowed * 0.2
        return allowed + 15 + int(rng.expovariate(1 / mean))
    if allowed <= 480:
        return min(int(8 + rng.expovariate(1 / 75)), int(allowed * 0.97))
    return int(allowed * (0.12 + 0.86 * max(rng.random(), rng.random())))


def _supplements(draft: Draft, rng: Random) -> int:
    """How often something is missing; twice mostly where a hub does not ask well."""
    often = 0.04 if draft.arrival.procedure.limit_kind == "same_day" else 0.12
    number = rng.random()
    if number < (0.022 if draft.arrival.station.troubled else 0.005):
        return 2
    return int(number < often)


def _await_supplement(world: World, rng: Random, draft: Draft, at: datetime) -> bool:
    """Ask for papers. False when they never come and the work is stopped."""
    draft.facts["supplement_count"] = sum(w.kind == "supplement" for w in draft.waits) + 1
    draft.step("supplement_requested", SUPPLEMENT, at)
    if rng.random() < 0.07:
        draft.waits.append(Wait("supplement", at, None))
        stopped_at = world.calendar.add_working_days(at, 10 + int(rng.random() * 8))
        draft.facts["stopped_at"] = stopped_at
        draft.step("stopped", STOPPED, stopped_at)
        return False
    answer = at + timedelta(minutes=40 + int(rng.expovariate(1 / 2200)))
    draft.step("supplement_answered", IN_PROCESS, daytime(answer, world.calendar, rng))
    draft.waits.append(Wait("supplement", at, draft.at))
    return True


def _await_payment(world: World, rng: Random, draft: Draft) -> None:
    at = world.calendar.add_minutes(draft.at, 2 + int(rng.random() * 20))
    draft.step("payment_requested", PAYMENT, at)
    mean = 2000 if rng.random() < 0.1 else 90
    paid_at = at + timedelta(minutes=3 + int(rng.expovariate(1 / mean)))
    draft.step("paid", ACCEPTED, daytime(paid_at, world.calendar, rng))
    draft.waits.append(Wait("payment", at, draft.at))


# ---------------------------------------------------------------- the end


def _finish(world: World, rng: Random, draft: Draft, minutes: int, late: bool) -> None:
    fate = rng.random()
    if fate < 0.016:
        kind, status = ("withdrawn", WITHDRAWN) if fate < 0.008 else ("stopped", STOPPED)
        at = world.calendar.add_minutes(draft.at, int(minutes * rng.random()))
        draft.facts[f"{kind}_at"] = at
        draft.step(kind, status, at)
        return
    at = world.calendar.add_minutes(draft.at, minutes)
    draft.facts["processed_at"] = at
    if draft.arrival.procedure.result_document:
        arrival = draft.arrival
        likely = electronic(arrival.channel, arrival.level, arrival.learned)
        draft.facts["result_electronic"] = rng.random() < likely
    draft.step("processed", PROCESSED, at)
    _return(world, rng, draft)
    draft.facts |= opinion(late, rng)


def electronic(channel: str, level: str | None, learned: float) -> float:
    """How likely the result is an electronic one."""
    usual = {"in_person": 0.38, "post": 0.3, "online": 0.68}[channel]
    return usual + (0.2 if level == "end_to_end" else 0.0) + 0.1 * learned


def _return(world: World, rng: Random, draft: Draft) -> None:
    at = world.calendar.add_minutes(draft.at, _minutes_to_collect(world, rng, draft))
    draft.facts["returned_at"] = at
    draft.step("returned", RETURNED, at)


def _minutes_to_collect(world: World, rng: Random, draft: Draft) -> int:
    if draft.arrival.level == "end_to_end":
        return 1 + int(rng.random() * 20)
    if rng.random() < 0.05:  # some let their result lie for weeks
        return int(rng.expovariate(1 / (9 * world.day_minutes)))
    if draft.arrival.procedure.limit_kind == "same_day":
        return 3 + int(rng.expovariate(1 / 25))
    return 10 + int(rng.expovariate(1 / (0.8 * world.day_minutes)))


def opinion(late: bool, rng: Random) -> dict[str, object]:
    """What people say afterwards: most say nothing, few complain."""
    said: dict[str, object] = {}
    if rng.random() < (0.07 if late else 0.004):
        said["complained"] = True
    if rng.random() < 0.32:
        said["rating"] = 1 + int(rng.random() * 4) if late else _LIKED[int(rng.random() * 20)]
    return said


_LIKED = (5,) * 12 + (4,) * 6 + (3, 2)
