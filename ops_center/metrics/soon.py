"""Due soon: within due, but due within the ward's window of working time.

It asks for the due time as it was known at the instant. A wait that began later has pushed the
due time since; such dossiers, few and only in the past, are judged one by one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.working_days import WorkingCalendar
from ops_center.metrics.measures import DUE_SOON, DUE_SOON_PUSHED
from ops_center.store.later_waits import Pushed, pushed_later
from ops_center.store.measure import State
from ops_center.store.wards import Ward


def soon(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime
) -> tuple[State, dict[str, Any]]:
    """The state "due_soon" at the instant `at`, and the values of the parameters it names."""
    values = soon_values(connection, ward, calendar, at)
    if not values["due_soon_ids"]:
        del values["due_soon_ids"]
        return DUE_SOON, values
    return DUE_SOON_PUSHED, values


def soon_values(
    connection: Connection, ward: Ward, calendar: WorkingCalendar, at: datetime
) -> dict[str, Any]:
    """The values of all parameters that DUE_SOON_PUSHED names, at the instant `at`."""
    window = ward.due_soon_minutes

    def is_soon(one: Pushed) -> bool:
        pushed = sum(calendar.minutes_between(*wait) for wait in one.waits)
        return one.due_at <= calendar.add_minutes(at, window + pushed)

    return {
        "due_soon_at": at,
        "due_soon_until": calendar.add_minutes(at, window),
        "due_soon_ids": [
            one.dossier_id for one in pushed_later(connection, ward.id, at) if is_soon(one)
        ],
    }
