"""The rules a ward's dossiers are derived by, and which dossiers a changed rule concerns.

What the rules were at the last round is kept as text in ``revision.rules``. When it differs, just
the dossiers that the difference can touch are marked, as if somebody had written them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, insert, literal, or_, select, update

from ops_center.domain.dossier import Limit, Rules
from ops_center.domain.working_days import WeeklyHours, WorkingCalendar
from ops_center.i18n import Problem
from ops_center.store.calendars import find_calendar
from ops_center.store.hubs import hub_moves
from ops_center.store.tables import (
    change,
    dossier,
    dossier_clock,
    procedure,
    revision,
    source,
)
from ops_center.store.wards import UNASSIGNED, Ward, find_ward


@dataclass(frozen=True)
class Trait:
    """What matters of a procedure: its limit and for which shares its dossiers qualify."""

    limit: Limit
    result_document: bool
    reusable: bool
    population_data: bool


@dataclass(frozen=True)
class WardRules:
    """All that a ward's clocks follow from, beside the facts."""

    ward: Ward
    calendar: WorkingCalendar
    moves: Mapping[str, str]
    traits: Mapping[str, Trait]
    by_source: Mapping[str, Rules]
    default: Rules

    # Foreign programs on SQLite need not mind foreign keys: what they name may not exist.

    def hub(self, hub_id: str) -> str:
        """Where a dossier of that hub counts: after all mergers; unknown is unassigned."""
        return self.moves.get(hub_id, UNASSIGNED)

    def trait(self, procedure_id: str) -> Trait:
        """What matters of that procedure; an unknown one has no limit."""
        return self.traits.get(procedure_id, _UNKNOWN)

    def of(self, source_id: str) -> Rules:
        """The rules for what that source wrote."""
        return self.by_source.get(source_id, self.default)


_UNKNOWN = Trait(Limit(), result_document=True, reusable=False, population_data=False)


def find_rules(connection: Connection, ward_id: str) -> WardRules:
    """The ward's rules as they stand; Problem when zone, hours or cutoff cannot be understood."""
    ward = find_ward(connection, ward_id)
    found = find_calendar(connection, ward)
    calendar = _remembered(ward.time_zone, found.hours, frozenset(found.days.items()))
    default = Rules(
        calendar,
        same_day_cutoff=_cutoff(ward),
        second_supplement_is_late=ward.second_supplement_is_late,
    )
    return WardRules(
        ward=ward,
        calendar=calendar,
        moves=hub_moves(connection, ward_id),
        traits=_traits(connection),
        by_source=_by_source(connection, ward, default),
        default=default,
    )


def follow(connection: Connection, rules: WardRules) -> None:
    """Mark the dossiers that other rules than those of the last round concern."""
    ward_id = rules.ward.id
    now = _told(rules)
    known = connection.execute(
        select(revision.c.rules).where(revision.c.ward_id == ward_id)
    ).scalar()
    if known == now:
        return
    for concerned in _concerned(json.loads(known), json.loads(now)) if known else ():
        _mark(connection, ward_id, concerned)
    connection.execute(update(revision).where(revision.c.ward_id == ward_id).values(rules=now))


def changed(connection: Connection, ward_id: str) -> bool:
    """Whether the rules are others than at the last round."""
    known = connection.execute(
        select(revision.c.rules).where(revision.c.ward_id == ward_id)
    ).scalar()
    return known is not None and known != _told(find_rules(connection, ward_id))


# --- reading


@lru_cache(maxsize=32)
def _remembered(
    zone: str, hours: WeeklyHours, days: frozenset[tuple[date, str]]
) -> WorkingCalendar:
    """One calendar for as long as nothing in it changes: it remembers its years."""
    return WorkingCalendar(ZoneInfo(zone), hours, dict(days))


def _cutoff(ward: Ward) -> time:
    try:
        return time.fromisoformat(ward.same_day_cutoff)
    except ValueError as error:
        cutoff = ward.same_day_cutoff
        raise Problem("store.unknown_cutoff", cutoff=cutoff, ward=ward.id) from error


def _traits(connection: Connection) -> dict[str, Trait]:
    rows = connection.execute(
        select(
            procedure.c.id,
            procedure.c.limit_kind,
            procedure.c.limit_days,
            procedure.c.result_document,
            procedure.c.reusable,
            procedure.c.population_data,
        )
    )
    return {id: Trait(Limit(kind, days), *flags) for id, kind, days, *flags in rows}


def _by_source(connection: Connection, ward: Ward, default: Rules) -> dict[str, Rules]:
    rows = connection.execute(
        select(source.c.id, source.c.waiting_pushes_due).where(source.c.ward_id == ward.id)
    )
    return {id: replace(default, waiting_pushes_due=pushes) for id, pushes in rows}


def _told(rules: WardRules) -> str:
    """The rules as text that is the same if and only if they are."""
    ward = rules.ward
    parts: dict[str, Any] = {
        "ward": [
            ward.time_zone,
            ward.working_hours,
            ward.same_day_cutoff,
            ward.second_supplement_is_late,
        ],
        "days": {day.isoformat(): kind for day, kind in rules.calendar.days.items()},
        "moves": dict(rules.moves),
        "procedures": {id: _told_trait(trait) for id, trait in rules.traits.items()},
        "sources": {id: one.waiting_pushes_due for id, one in rules.by_source.items()},
    }
    return json.dumps(parts, sort_keys=True, separators=(",", ":"))


def _told_trait(trait: Trait) -> list[Any]:
    limit = trait.limit
    flags = (trait.result_document, trait.reusable, trait.population_data)
    return [limit.kind, limit.days, *map(int, flags)]


# --- what a difference concerns


def _concerned(old: dict[str, Any], new: dict[str, Any]) -> Iterator[ColumnElement[bool]]:
    """Conditions on ``dossier`` joined with its clock, one for each kind of change."""
    if old.keys() != new.keys() or old["ward"] != new["ward"]:
        yield literal(True)
        return
    if days := _unlike(old["days"], new["days"]):
        # A day that was over before the change cannot matter to who ended before it.
        first = date.fromisoformat(min(days))
        yield or_(dossier_clock.c.ended_day.is_(None), dossier_clock.c.ended_day >= first)
    for part, column in (
        ("moves", dossier.c.hub_id),
        ("procedures", dossier.c.procedure_id),
        ("sources", dossier.c.source_id),
    ):
        if keys := _unlike(old[part], new[part]):
            yield column.in_(sorted(keys))


def _unlike(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _mark(connection: Connection, ward_id: str, concerned: ColumnElement[bool]) -> None:
    same = (dossier_clock.c.ward_id == dossier.c.ward_id) & (
        dossier_clock.c.dossier_id == dossier.c.id
    )
    rows = (
        select(dossier.c.ward_id, dossier.c.id)
        .select_from(dossier.join(dossier_clock, same))
        .where(dossier.c.ward_id == ward_id, concerned)
    )
    connection.execute(insert(change).from_select(["ward_id", "dossier_id"], rows))
