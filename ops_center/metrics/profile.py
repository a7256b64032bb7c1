"""A hub beside its ward: its numbers, its days, its procedures and officials, its campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from ops_center.domain.working_days import local_day
from ops_center.metrics.dossiers import list_dossiers
from ops_center.metrics.number import Number
from ops_center.metrics.reading import Reading, by, read
from ops_center.metrics.scope import DAY, Scope
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.wards import Ward

SPAN = 30
"""Local days of a profile, today the last."""
NUMBERS = (
    "received", "done", "overdue", "due_soon", "suspended", "on_time_rate",
    "late_share", "median_time", "online_share", "end_to_end_share", "cashless_share",
    "satisfaction",
)  # fmt: skip
PARTS = ("received", "done", "on_time_rate", "overdue", "median_time", "online_share")
OF_CAMPAIGN = ("received", "done", "online_share", "on_time_rate")
HEARD = {"submitted": "submitted_at", "received": "received_at", "done": "ended_at"}
_LONGEST_SILENCE = 400 * DAY


@dataclass(frozen=True)
class InCampaign:
    """The campaign under way or last over; today is its `day` (above `days` when it is over)."""

    campaign: Campaign
    day: int
    scope: Scope
    hub: Mapping[str, Number]
    ward: Mapping[str, Number]


@dataclass(frozen=True)
class Profile:
    """The last 30 days of a hub, stocks as they stand at `as_of`.

    `days`: (day, received, done). `heard_at`: its last submission, reception or end, None when
    there was none for longer than a year.
    """

    hub_id: str
    as_of: datetime
    scope: Scope
    hub: Mapping[str, Number]
    ward: Mapping[str, Number]
    days: tuple[tuple[date, int, int], ...]
    procedures: tuple[Reading, ...]
    officials: tuple[Reading, ...]
    campaign: InCampaign | None
    heard_at: datetime | None


def take(connection: Connection, ward: Ward, hub_id: str, as_of: datetime) -> Profile:
    """The profile of that hub (its id, after mergers)."""
    after = local_day(as_of, ward.zone) + DAY
    whole = Scope(ward.id, after - SPAN * DAY, after)
    scope = replace(whole, hubs=frozenset({hub_id}))
    return Profile(
        hub_id=hub_id,
        as_of=as_of,
        scope=scope,
        hub=read(connection, ward, scope, as_of, NUMBERS).numbers,
        ward=read(connection, ward, whole, as_of, NUMBERS).numbers,
        days=_days(connection, ward, scope, as_of),
        procedures=_parts(connection, ward, scope, as_of, "procedure"),
        officials=_parts(connection, ward, scope, as_of, "official"),
        campaign=_campaign(connection, ward, scope, as_of),
        heard_at=_heard(connection, ward, scope, as_of),
    )


def _days(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime
) -> tuple[tuple[date, int, int], ...]:
    names = ("received", "done")
    found = by(connection, ward, scope, as_of, "day", names)
    return tuple(
        (one.key["day"], *(int(one.numbers[name].value or 0) for name in names))
        for one in found if one.key
    )  # fmt: skip


def _parts(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime, dimension: str
) -> tuple[Reading, ...]:
    """The most busy first."""
    found = by(connection, ward, scope, as_of, dimension, PARTS)
    return tuple(sorted(found, key=lambda one: -_busy(one.numbers)))


def _busy(numbers: Mapping[str, Number]) -> float:
    return sum(numbers[name].value or 0 for name in ("received", "done", "overdue"))


def _campaign(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime
) -> InCampaign | None:
    today = scope.last - DAY
    begun = [one for one in list_campaigns(connection, ward.id) if one.starts_on <= today]
    if not begun:
        return None
    last = begun[-1]
    inside = replace(scope, first=last.starts_on, last=last.starts_on + last.days * DAY)
    return InCampaign(
        last, (today - last.starts_on).days + 1, inside,
        read(connection, ward, inside, as_of, OF_CAMPAIGN).numbers,
        read(connection, ward, replace(inside, hubs=None), as_of, OF_CAMPAIGN).numbers,
    )  # fmt: skip


def _heard(
    connection: Connection, ward: Ward, scope: Scope, as_of: datetime
) -> datetime | None:
    year = replace(scope, first=scope.last - _LONGEST_SILENCE)
    found: Sequence[datetime | None] = [
        getattr(row, column)
        for name, column in HEARD.items()
        for row in list_dossiers(connection, ward, year, as_of, name=name, limit=1).rows
    ]
    return max((at for at in found if at is not None), default=None)
