"""What `ops-center simulate` does: make the demo ward, its history, and live traffic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from threading import Event

from sqlalchemy import Engine

from ops_center.domain.working_days import start_of
from ops_center.i18n import Problem, text
from ops_center.simulator import campaign, history, live
from ops_center.simulator.ward import SEED, SOURCE, WARD, illustrative, plant
from ops_center.store.open_dossiers import has_dossiers
from ops_center.store.session import reading
from ops_center.store.wards import Ward, find_ward, list_wards

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What was asked for. `until`: local date or time of the ward, as written; None: now."""

    ward: str | None = None
    live: bool = False
    speed: float = 1.0
    realistic: bool = False
    seed: int = SEED
    days: int = history.DAYS
    dossiers: int | None = None
    until: str | None = None


def run(engine: Engine, wish: Wish, *, language: str, say: Say, stop: Event, now: datetime) -> None:
    """Make what is missing; with `live`, write traffic until `stop` is set.

    Problem for numbers below 1, an instant that is unreadable or ahead, and for real wards.
    """
    _check(wish)
    ward = _ward(engine, wish, now)
    until = read_until(wish.until, ward.zone, now)
    with reading(engine) as connection:
        full = has_dossiers(connection, ward.id, SOURCE)
    if not full:
        _fill(engine, ward, wish, until, language=language, say=say, stop=stop)
    elif not wish.live:
        say(text("simulator.full", language, ward=ward.name))
    if wish.live and not stop.is_set():
        say(text("simulator.live", language, ward=ward.name, speed=f"{wish.speed:g}"))
        live.run(
            engine, ward.id, stop=stop, speed=wish.speed, realistic=wish.realistic, seed=wish.seed
        )


def _fill(
    engine: Engine,
    ward: Ward,
    wish: Wish,
    until: datetime,
    *,
    language: str,
    say: Say,
    stop: Event,
) -> None:
    made = history.fill(
        engine,
        ward.id,
        until=until,
        days=wish.days,
        dossiers=wish.dossiers,
        seed=wish.seed,
        stop=stop,
    )
    if not stop.is_set():
        campaign.fill(engine, ward.id, until=until, seed=wish.seed)
    if stop.is_set():
        raise Problem("simulator.interrupted", count=made.new, ward=ward.name, exit_code=130)
    say(text("simulator.filled", language, count=made.new, days=wish.days, ward=ward.name))


def _check(wish: Wish) -> None:
    numbers = {"--speed": wish.speed, "--days": wish.days, "--dossiers": wish.dossiers}
    for option, value in numbers.items():
        if value is not None and not value > 0:
            raise Problem("simulator.wrong_number", option=option, value=value)


def _ward(engine: Engine, wish: Wish, now: datetime) -> Ward:
    """The ward asked for, or the only one; the demo ward is made where there is none."""
    with reading(engine) as connection:
        wards = list_wards(connection)
        if wards and not (wish.ward == WARD and WARD not in {ward.id for ward in wards}):
            return illustrative(find_ward(connection, wish.ward))
    if wish.ward not in (None, WARD):
        raise Problem("simulator.unknown_ward", ward=wish.ward, demo=WARD)
    return plant(engine, until=read_until(wish.until, Ward(WARD, "").zone, now), seed=wish.seed)


def read_until(written: str | None, zone: tzinfo, now: datetime) -> datetime:
    """The instant meant: `now`, a local time, or the end of a local day (of today: now)."""
    if written is None:
        return now
    try:
        until = _instant(written.strip(), zone)
    except ValueError as error:
        raise Problem("simulator.unreadable_until", value=written) from error
    if until > now + timedelta(days=1) or (until > now and len(written) > 10):
        raise Problem("simulator.future_until", value=written)
    return min(until, now).replace(microsecond=0)


def _instant(written: str, zone: tzinfo) -> datetime:
    if len(written) == 10:
        return start_of(date.fromisoformat(written) + timedelta(days=1), zone)
    read = datetime.fromisoformat(written)
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
