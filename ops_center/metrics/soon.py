"""Near its due time: within due, but due within the ward's window of working time ("due_soon"),
or before the local day of the instant is over ("due_today").

Both ask for the due time as it was known at the instant. A wait that began later has pushed the
due time since; such dossiers, few and only in the past, are judged one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.working_days import WorkingCalendar, local_day, start_of
from ops_center.metrics.measures import near_at, near_params
from ops_center.store.later_waits import Pushed, pushed_later
from ops_center.store.measure import State
from ops_center.store.wards import Ward

_DAY, _LEAST = timedelta(days=1), timedelta(milliseconds=1)


def soon(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime
) -> tuple[State, dict[str, Any]]:
    """The state "due_soon" at the instant `at`, and the values of the parameters it names."""
    (state,), values = near_states(connection, ward, calendar, at, ["due_soon"])
    return state, values


def near_states(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime,
    names: Iterable[str],
) -> tuple[list[State], dict[str, Any]]:  # fmt: skip
    """The states of these names at the instant `at`, and the values of their parameters."""
    states, values = [], near_values(connection, ward, calendar, at, names)
    for name in names:
        ids = near_params(name)[2]
        states.append(near_at(name, pushed=bool(values[ids])))
        if not values[ids]:
            del values[ids]
    return states, values


def soon_values(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime
) -> dict[str, Any]:
    """The values of all parameters that DUE_SOON_PUSHED names, at the instant `at`."""
    return near_values(connection, ward, calendar, at, ["due_soon"])


def near_values(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime,
    names: Iterable[str], slot: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """The values of all parameters that these states name, in that slot, at the instant `at`."""
    later = pushed_later(connection, ward.id, at)
    values: dict[str, Any] = {}
    for name in names:
        instant, until, ids = near_params(name, slot)
        values |= {
            instant: at,
            until: _bound(name, ward, calendar, at, 0),
            ids: [
                one.dossier_id for one in later
                if one.due_at <= _bound(name, ward, calendar, at, _minutes(calendar, one))
            ],
        }  # fmt: skip
    return values


def _bound(
    name: str, ward: Ward, calendar: WorkingCalendar, at: datetime, pushed: int
) -> datetime:
    """The latest due time that is near, where later waits pushed it by so many minutes."""
    if name == "due_soon":
        return calendar.add_minutes(at, ward.due_soon_minutes + pushed)
    midnight = start_of(local_day(at, ward.zone) + _DAY, ward.zone) - _LEAST
    return calendar.add_minutes(midnight, pushed) if pushed else midnight


def _minutes(calendar: WorkingCalendar, one: Pushed) -> int:
    return sum(calendar.minutes_between(*wait) for wait in one.waits)
