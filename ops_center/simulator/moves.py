"""The next step of an open dossier, chosen from what the database says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ops_center.domain.waiting import Wait
from ops_center.intake.row import DossierRow, EventRow
from ops_center.simulator.life import (
    ACCEPTED,
    IN_PROCESS,
    PAYMENT,
    PROCESSED,
    REFUSED,
    RETURNED,
    STOPPED,
    SUBMITTED,
    SUPPLEMENT,
    WITHDRAWN,
    electronic,
    means,
    opinion,
    qualities,
)
from ops_center.simulator.world import Mood, Station, World
from ops_center.store.open_dossiers import OpenDossier

# How soon the next step comes, relative to one another.
_HASTE = {
    SUBMITTED: 5.0,
    ACCEPTED: 6.0,
    IN_PROCESS: 2.0,
    SUPPLEMENT: 0.6,
    PAYMENT: 3.0,
    PROCESSED: 1.5,
}
_BY_CITIZENS = {SUPPLEMENT, PAYMENT}
_UNHURRIED = 0.25
_BREATH = timedelta(seconds=20)  # between two steps of one dossier


@dataclass(frozen=True)
class Step:
    """One step to write: the dossier's row, and which of its facts the step tells."""

    kind: str
    row: DossierRow
    facts: frozenset[str]


def haste(world: World, mood: Mood, one: OpenDossier, now: datetime, office: bool = True) -> float:
    """How likely this dossier is the next to move, relative to others; 0: not now.

    Without `office` only what citizens do happens. What is due soon goes first, and hubs in
    trouble are slow.
    """
    station = world.station_of.get(one.hub_id)
    if one.since is None or one.since > now - _BREATH or (station and station.code in mood.silent):
        return 0.0
    if not office and one.status not in _BY_CITIZENS:
        return 0.0
    return _HASTE.get(one.status, 0.0) * _pressure(station, one, now)


def _pressure(station: Station | None, one: OpenDossier, now: datetime) -> float:
    if one.status == PROCESSED:
        return 3.0 if one.level == "end_to_end" else 1.0
    if one.status != IN_PROCESS:
        return 1.0
    care = 0.4 if station and station.troubled else 1.0
    return care * _urgency(one.overdue_at, now)


def _urgency(due: datetime | None, now: datetime) -> float:
    """Grows as the due time comes near; what is overdue already is no longer hurried."""
    if due is None:
        return _UNHURRIED
    hours = (due - now).total_seconds() / 3600
    return max(_UNHURRIED, 9.0 / (hours + 0.3)) if hours >= 0 else 0.7


def advance(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    """What happens next to that dossier, now."""
    return _NEXT[one.status](world, rng, one, now)


Facts = dict[str, object]


def _step(
    one: OpenDossier, now: datetime, kind: str, status: int, facts: Facts, wait: Wait | None = None
) -> Step:
    row = DossierRow(
        one.code,
        one.hub_id,
        one.procedure_id,
        one.channel,
        status,
        waits=(wait,) if wait else (),
        events=(EventRow(now, kind, "", status),),
        **facts,  # type: ignore[arg-type]
    )
    return Step(kind, row, frozenset({"status", *facts}))


def _accept(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    if one.channel == "online" and rng.random() < 0.02:
        return _step(one, now, "refused", REFUSED, {"stopped_at": now})
    procedure = world.procedure_of.get(one.procedure_id)
    learned = world.mood_at(now).learning
    facts: Facts = {"received_at": now, "official": _official(world, rng, one)}
    if procedure:
        facts |= qualities(procedure, learned, rng)
    if one.fee and one.payment is None and rng.random() < 0.5:
        facts["payment"] = means(one.channel, learned, rng)
    return _step(one, now, "received", ACCEPTED, facts)


def _begin(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    if one.fee and one.payment is None:
        return _step(one, now, "payment_requested", PAYMENT, {}, Wait("payment", now))
    return _step(one, now, "processing", IN_PROCESS, {})


def _pay(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    answered = Wait("payment", one.asked_at or now, now)
    return _step(one, now, "paid", ACCEPTED, {"payment": "online"}, answered)


def _answer(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    answered = Wait("supplement", one.asked_at or now, now)
    return _step(one, now, "supplement_answered", IN_PROCESS, {}, answered)


def _process(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    fate = rng.random()
    if fate < 0.016:
        kind, status = ("withdrawn", WITHDRAWN) if fate < 0.008 else ("stopped", STOPPED)
        return _step(one, now, kind, status, {f"{kind}_at": now})
    if rng.random() < _something_missing(world, one):
        asked: Facts = {"supplement_count": one.supplement_count + 1}
        return _step(one, now, "supplement_requested", SUPPLEMENT, asked, Wait("supplement", now))
    facts: Facts = {"processed_at": now}
    procedure = world.procedure_of.get(one.procedure_id)
    if procedure is None or procedure.result_document:
        likely = electronic(one.channel, one.level, world.mood_at(now).learning)
        facts["result_electronic"] = rng.random() < likely
    return _step(one, now, "processed", PROCESSED, facts)


def _something_missing(world: World, one: OpenDossier) -> float:
    station = world.station_of.get(one.hub_id)
    if one.supplement_count == 0:
        return 0.11
    return (0.8 if station and station.troubled else 0.35) if one.supplement_count == 1 else 0.0


def _return(world: World, rng: Random, one: OpenDossier, now: datetime) -> Step:
    late = bool(one.overdue_at and one.processed_at and one.processed_at > one.overdue_at)
    return _step(one, now, "returned", RETURNED, {"returned_at": now} | opinion(late, rng))


def _official(world: World, rng: Random, one: OpenDossier) -> str | None:
    station = world.station_of.get(one.hub_id)
    return station.official(rng) if station else None


_NEXT = {
    SUBMITTED: _accept,
    ACCEPTED: _begin,
    IN_PROCESS: _process,
    SUPPLEMENT: _answer,
    PAYMENT: _pay,
    PROCESSED: _return,
}
