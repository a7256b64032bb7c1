"""Everything the wall shows at one instant: numbers and codes, no language.

About a dozen statements, whatever the length of the history: what is open by partial indexes,
today from the roll-ups less what the facts tell of later, past days from the roll-up by day and
hub – and only those past days that somebody touched since the last look (`days`). One clock time,
`now`, decides for all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import blake2b

from sqlalchemy import Connection

from ops_center.metrics import measures as declared
from ops_center.metrics.campaign import CampaignDay, campaign_day
from ops_center.metrics.campaign_wall import OnTheWall
from ops_center.metrics.lines import (
    FieldLine,
    HubLine,
    channels,
    field_lines,
    hub_lines,
    ranked,
)
from ops_center.metrics.look import frame_of, hub_facts, look
from ops_center.metrics.tiles import SPAN, Tile, tiles
from ops_center.store.hubs import list_hubs
from ops_center.store.moments import Moment
from ops_center.store.procedures import Field
from ops_center.store.wards import UNASSIGNED

__all__ = ["CampaignDay", "Event", "FieldLine", "HubLine", "Snapshot", "Tile", "take"]

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Event:
    """Something that happened: kind "received", an outcome, "stopped" or "withdrawn".

    `key` tells events apart and nothing else.
    """

    at: datetime
    hub_id: str
    field_id: str
    kind: str
    key: str


@dataclass(frozen=True)
class Snapshot:
    """The ward at `now`. Days are local days of `zone`; `data_at`: when data was last summed.

    `durations`: (half-hour bin, n) of the last 30 days; `online_series`: (day, online, received);
    `arrivals`: (key, hub, at) of the last 20 seconds; `opening`: of today, None on a day off.
    `on_the_wall`: the campaign's board; whoever wants it reads it beside (`campaign_wall.take`).
    """

    ward_id: str
    ward_name: str
    zone: tzinfo
    now: datetime
    today: date
    revision: int
    data_at: datetime | None
    illustrative: bool
    campaign: CampaignDay | None
    tiles: Mapping[str, Tile]
    hubs: tuple[HubLine, ...]
    best: tuple[str, ...]
    worst: tuple[str, ...]
    fields: tuple[FieldLine, ...]
    channels: tuple[tuple[str, int, int], ...]
    online_series: tuple[tuple[date, int, int], ...]
    ticker: tuple[Event, ...]
    sensitive_today: int
    arrivals: tuple[tuple[str, str, datetime], ...]
    unassigned_today: int
    not_reported: int
    opening: datetime | None
    is_open: bool
    holiday: str | None
    durations: tuple[tuple[int, int], ...]
    on_the_wall: OnTheWall | None = None


def take(connection: Connection, ward_id: str, now: datetime) -> Snapshot:
    """The ward at `now` (aware); Problem for an unknown ward.

    The connection must be in a transaction that sees one instant, as `session.reading` gives.
    """
    frame = frame_of(connection, ward_id, now)
    found = look(connection, frame)
    hubs = hub_lines(list_hubs(connection, ward_id), hub_facts(frame, found))
    best, worst = ranked(hubs)
    past = found.past
    month = past.values(past.first, frame.today + DAY).atoms
    today = past.totals[frame.today]
    campaign = None
    if frame.campaign is not None:
        campaign = campaign_day(
            frame.campaign, past.totals, now, frame.calendar, frame.special
        )
    return Snapshot(
        ward_id=ward_id,
        ward_name=frame.ward.name,
        zone=frame.ward.zone,
        now=now,
        today=frame.today,
        revision=frame.revision.number,
        data_at=frame.revision.at,
        illustrative=frame.ward.illustrative,
        campaign=campaign,
        tiles=tiles(past, found.before, frame.calendar),
        hubs=tuple(hubs),
        best=tuple(best),
        worst=tuple(worst),
        fields=tuple(
            field_lines(frame.fields, found.today_fields, found.fields, found.overdue_fields)
        ),
        channels=tuple(channels(today, month)),
        online_series=tuple(
            (day, past.totals[day]["online"], past.totals[day]["received"])
            for day in (past.first + n * DAY for n in range(SPAN))
        ),
        ticker=tuple(_event(one) for one in found.newest),
        sensitive_today=_sensitive(frame.fields, found.today_fields),
        arrivals=tuple((_key(one), one.hub_id, one.at) for one in found.arrivals),
        unassigned_today=found.today_hubs.get(UNASSIGNED, {}).get("received", 0),
        not_reported=sum(not hub.reported for hub in hubs),
        opening=frame.opening,
        is_open=frame.calendar.is_open(now),
        holiday=frame.holiday,
        durations=tuple(sorted(past.durations.items())),
    )


def _sensitive(fields: list[Field], today: Mapping[str, dict[str, int]]) -> int:
    """Today's receptions and ends in fields whose events are counted only."""
    hidden = [today[one.id] for one in fields if one.sensitive and one.id in today]
    ended = declared.OPEN.leaving
    return sum(sums["received"] + sum(sums[name] for name in ended) for sums in hidden)


def _event(moment: Moment) -> Event:
    return Event(moment.at, moment.hub_id, moment.field_id, moment.kind, _key(moment))


def _key(moment: Moment) -> str:
    """The same for the same event, and tells nothing about the dossier."""
    told = f"{moment.dossier_id} {moment.kind} {moment.at.isoformat()}"
    return blake2b(told.encode(), digest_size=8, person=b"wall event").hexdigest()
