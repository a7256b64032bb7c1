"""Coarser roll-ups of the roll-ups: for questions over a year, which need no day or no hub.

- ``channel_cell``: by day, hub and channel, all procedures together;
- ``kind_cell``: by day, procedure and channel, all hubs together;
- ``week_cell``: by week, hub, procedure and channel;
- ``day_duration``: durations by day, all else together;
- ``channel_duration``: durations by day and channel;
- ``hub_duration``, ``kind_duration``: durations by week, of a hub or of a procedure and channel.

They are computed from ``cell`` and ``duration_cell`` after these, and of them only the rows that a
changed dossier counts in or counted in: a round costs the same in a large ward as in a small one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
)

from ops_center.store.local import monday_of
from ops_center.store.tables import (
    CHANNEL_LEVELS,
    FLOWS,
    cell,
    channel_cell,
    channel_duration,
    day_duration,
    duration_cell,
    hub_cell,
    hub_duration,
    kind_cell,
    kind_duration,
    week_cell,
)
from ops_center.store.told import among, told

DAY = timedelta(days=1)
SPOT = ("day", "hub_id", "procedure_id", "channel_level")
"""What tells a cell: those of durations have a ``bin``, too."""

_MOST_KEYS = 2000
"""How many in one statement."""

_WARD = bindparam("of_ward", type_=Text())

Key = tuple[Any, ...]


class Coarse(NamedTuple):
    """A roll-up, how it is computed from which, and which of its rows are computed anew.

    `key`: the columns of its key, the first one of text where there is any. Where on average more
    than `crowd` touched rows have the same columns `part`, all rows of these parts are computed
    anew instead. `hubs`: whether the source is found hub by hub, as its own key begins with the
    day and the hub; `channels`: the same of channels.
    """

    table: Table
    computed: Select[Any]
    source: Table
    key: tuple[str, ...]
    part: tuple[str, ...]
    crowd: int
    hubs: bool = False
    channels: bool = False


def recompute(
    connection: Connection, ward_id: str, spots: Collection[Key], timed: Collection[Key]
) -> None:
    """Compute anew what these cells and cells of durations are summed into: they are right by now.

    `spots`: as SPOT says; `timed`: the same with the bin.
    """
    hubs = _hubs(connection, ward_id, spots)
    for coarse in coarser():
        cells = timed if "bin" in coarse.key else spots
        columns, keys = _crowded(coarse, _projected(cells, coarse.key))
        for some in (keys[n : n + _MOST_KEYS] for n in range(0, len(keys), _MOST_KEYS)):
            _replace(connection, ward_id, coarse, columns, some, hubs)


def _hubs(connection: Connection, ward_id: str, spots: Collection[Key]) -> list[str]:
    """All hubs that have anything in the weeks of these cells."""
    weeks = sorted({monday(spot[0]) for spot in spots})
    days = [week + n * DAY for week in weeks for n in range(7)]
    found = (
        select(hub_cell.c.hub_id)
        .distinct()
        .where(hub_cell.c.ward_id == ward_id, hub_cell.c.day.in_(days))
    )
    return sorted(connection.execute(found).scalars()) if days else []


def _projected(cells: Collection[Key], columns: Sequence[str]) -> list[Key]:
    """These columns of the cells, each combination once, in order."""
    places = [(*SPOT, "bin").index("day" if name == "week" else name) for name in columns]
    weekly = [name == "week" for name in columns]
    return sorted({
        tuple(monday(cell[place]) if week else cell[place]
              for place, week in zip(places, weekly, strict=True))
        for cell in cells
    })  # fmt: skip


def _crowded(coarse: Coarse, keys: list[Key]) -> tuple[tuple[str, ...], list[Key]]:
    """The columns by which rows are found, and their values: the whole key, or that of parts."""
    places = [coarse.key.index(name) for name in coarse.part]
    parts = {tuple(key[place] for place in places) for key in keys}
    if len(keys) > coarse.crowd * len(parts):
        return coarse.part, sorted(parts)
    return coarse.key, keys


def recompute_all(connection: Connection, ward_id: str) -> None:
    """Compute all of the ward anew."""
    for coarse in coarser():
        of_ward = coarse.table.c.ward_id == _WARD
        connection.execute(delete(coarse.table).where(of_ward), {"of_ward": ward_id})
        names = [column.name for column in coarse.computed.selected_columns]
        connection.execute(
            insert(coarse.table).from_select(names, coarse.computed), {"of_ward": ward_id}
        )


def monday(day: date) -> date:
    """The first day of its week."""
    return day - day.weekday() * DAY


def _replace(
    connection: Connection, ward_id: str, coarse: Coarse, columns: tuple[str, ...],
    keys: list[Key], hubs: list[str],
) -> None:  # fmt: skip
    dialect = connection.dialect.name
    old, new = _statements(coarse.table.name, columns, dialect)
    connection.execute(old, {"of_ward": ward_id, **told("written", keys, dialect)})
    source = {"of_ward": ward_id, **told("source", _days(columns, keys), dialect)}
    connection.execute(new, source | ({"hubs": hubs} if coarse.hubs else {}))


def _days(columns: tuple[str, ...], keys: list[Key]) -> list[Key]:
    """For each week its days."""
    if "week" not in columns:
        return keys
    place = columns.index("week")
    return [
        (*key[:place], key[place] + n * DAY, *key[place + 1 :]) for key in keys for n in range(7)
    ]


@cache
def _statements(name: str, columns: tuple[str, ...], dialect: str) -> tuple[Any, Any]:
    coarse = next(one for one in coarser() if one.table.name == name)
    table, source = coarse.table.c, coarse.source.c
    written = among([table[name] for name in columns], "written", dialect)
    read = ["day" if name == "week" else name for name in columns]
    where: list[ColumnElement[bool]] = [among([source[name] for name in read], "source", dialect)]
    if coarse.hubs:
        where.append(source.hub_id.in_(bindparam("hubs", expanding=True)))
    if coarse.channels:
        where.append(source.channel_level.in_(CHANNEL_LEVELS))
    old = delete(coarse.table).where(table.ward_id == _WARD, written)
    computed = coarse.computed.where(*where)
    names = [column.name for column in computed.selected_columns]
    return old, insert(coarse.table).from_select(names, computed)


@cache
def coarser() -> tuple[Coarse, ...]:
    """All of them, with the whole SELECT that each follows from."""
    week = monday_of(cell.c.day).label("week")
    channels = _summed([cell.c.day, cell.c.hub_id, cell.c.channel_level])
    kinds = _summed([cell.c.day, cell.c.procedure_id, cell.c.channel_level])
    weeks = _summed([week, cell.c.hub_id, cell.c.procedure_id, cell.c.channel_level])
    of, ended = duration_cell.c, monday_of(duration_cell.c.day).label("week")
    return (
        Coarse(channel_cell, channels, cell, ("hub_id", "day", "channel_level"),
               part=("hub_id", "day"), crowd=1),
        Coarse(kind_cell, kinds, cell, ("procedure_id", "day", "channel_level"),
               part=("day",), crowd=40, hubs=True),
        Coarse(week_cell, weeks, cell, ("hub_id", "week", "procedure_id", "channel_level"),
               part=("hub_id", "week"), crowd=40),
        Coarse(channel_duration, _timed(duration_cell, [of.channel_level, of.day]), duration_cell,
               ("channel_level", "day", "bin"), part=("channel_level", "day"), crowd=100),
        Coarse(day_duration, _timed(channel_duration, [channel_duration.c.day]), channel_duration,
               ("day", "bin"), part=("day",), crowd=100, channels=True),
        Coarse(hub_duration, _timed(duration_cell, [of.hub_id, ended]), duration_cell,
               ("hub_id", "week", "bin"), part=("hub_id", "week"), crowd=10, channels=True),
        Coarse(kind_duration, _timed(duration_cell, [of.channel_level, of.procedure_id, ended]),
               duration_cell, ("channel_level", "week", "procedure_id", "bin"),
               part=("channel_level", "week", "procedure_id"), crowd=10, hubs=True),
    )  # fmt: skip


def _timed(table: Table, key: Sequence[Any]) -> Select[Any]:
    known = (table.c.ward_id, *key, table.c.bin)
    n = cast(func.sum(table.c.n), BigInteger).label("n")
    return select(*known, n).where(table.c.ward_id == _WARD).group_by(*known)


def _summed(key: Sequence[Any]) -> Select[Any]:
    sums = (cast(func.sum(cell.c[name]), BigInteger).label(name) for name in FLOWS)
    return (
        select(cell.c.ward_id, *key, *sums)
        .where(cell.c.ward_id == _WARD)
        .group_by(cell.c.ward_id, *key)
    )


def expected() -> Iterator[tuple[Table, Select[Any]]]:
    """Each of them and what it should hold."""
    for coarse in coarser():
        yield coarse.table, coarse.computed
