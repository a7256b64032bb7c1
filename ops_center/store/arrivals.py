"""When in the week dossiers are received, from the facts: the roll-ups know no hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from sqlalchemy import Connection, func, literal_column, select

from ops_center.store.grouping import Place, Window, within
from ops_center.store.local import local_hour, weekday_of
from ops_center.store.tables import dossier_clock as clock


def arrivals(
    connection: Connection, place: Place, window: Window, zone: tzinfo
) -> Iterator[tuple[int, int, int]]:
    """(ISO weekday, local hour, dossiers) of those received in the window."""
    weekday = weekday_of(clock.c.received_day).label("weekday")
    hour = local_hour(clock.c.received_at, zone).label("hour")
    days = clock.c.received_day
    inside = [days <= window.last, clock.c.received_at < window.until]
    if window.first is not None:
        inside.append(days >= window.first)
    found = (
        select(weekday, hour, func.count())
        .where(within(place.given, clock), *inside)
        .group_by(literal_column("weekday"), literal_column("hour"))
    )
    for one in connection.execute(found, place.params):
        yield one[0], one[1], one[2]
