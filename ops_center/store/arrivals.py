"""When in the week dossiers are received, from the facts: the roll-ups know no hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from sqlalchemy import Connection, Integer, cast, func, literal_column, select

from ops_center.store.grouping import Place, Window, within
from ops_center.store.local import local_hour, slot_of, weekday_of
from ops_center.store.tables import dossier_clock as clock


def arrivals(
    connection: Connection, place: Place, window: Window, zone: tzinfo
) -> Iterator[tuple[int, int, int]]:
    """(ISO weekday, local hour, dossiers) of those received in the window."""
    days = clock.c.received_day
    inside = [days <= window.last, clock.c.received_at < window.until]
    if window.first is not None:
        inside.append(days >= window.first)
    # Millions of rows to some thousand slots, before anything that takes long is asked of them. All
    # of a slot have the same local day.
    slot = slot_of(clock.c.received_at).label("slot")
    slots = (
        select(func.min(days).label("day"), slot, func.count().label("n"))
        .where(within(place.given, clock), *inside)
        .group_by(literal_column("slot"))
        .subquery()
    )
    weekday = weekday_of(slots.c.day).label("weekday")
    hour = local_hour(slots.c.slot, zone).label("hour")
    found = select(weekday, hour, cast(func.sum(slots.c.n), Integer)).group_by(
        literal_column("weekday"), literal_column("hour")
    )
    for one in connection.execute(found, place.params):
        yield one[0], one[1], one[2]
