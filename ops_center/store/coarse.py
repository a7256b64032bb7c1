"""Coarser roll-ups of the roll-ups: for questions over a year, which need no day or no hub.

- ``channel_cell``: by day, hub and channel, all procedures together;
- ``kind_cell``: by day, procedure and channel, all hubs together;
- ``week_cell``: by week, hub, procedure and channel;
- ``day_duration``: durations by day, all else together;
- ``channel_duration``: durations by day and channel;
- ``hub_duration``, ``kind_duration``: durations by week, of a hub or of a procedure and channel.

They are computed from ``cell`` and ``duration_cell`` after these, for the touched days and weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    hub_duration,
    kind_cell,
    kind_duration,
    procedure,
    week_cell,
)

DAY = timedelta(days=1)
_MOST_WEEKS = 20
_WARD = bindparam("of_ward", type_=Text())


class Coarse(NamedTuple):
    """A roll-up, how it is computed, and by which columns the touched part of both is found."""

    table: Table
    computed: Select[Any]
    written: Any
    source: Any
    hub: Any = None  # the source's hubs, where the roll-up knows them
    channels: bool = False  # its key begins with the channel
    kinds: bool = False  # and then comes the procedure

    @property
    def weekly(self) -> bool:
        return "week" in self.table.c


def recompute(connection: Connection, ward_id: str, touched: Sequence[tuple[date, str]]) -> None:
    """Compute anew what lies in the weeks of these cells: the cells are right by now."""
    days = sorted({day for day, _ in touched})
    hubs = sorted({hub for _, hub in touched})
    weeks = sorted({monday(day) for day in days})
    procedures = [*connection.execute(select(procedure.c.id)).scalars()] if weeks else []
    for some in (weeks[n : n + _MOST_WEEKS] for n in range(0, len(weeks), _MOST_WEEKS)):
        inside = [day for day in days if monday(day) in set(some)]
        whole = [week + n * DAY for week in some for n in range(7)]
        for coarse in coarser():
            values = {"of_ward": ward_id, "written": list(some) if coarse.weekly else inside,
                      "source": whole if coarse.weekly else inside, "hubs": hubs,
                      "procedures": procedures}  # fmt: skip
            _replace(connection, coarse, values)


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


def _replace(connection: Connection, coarse: Coarse, values: dict[str, Any]) -> None:
    old, new = _statements(coarse.table.name)
    known = ["of_ward"] + ["hubs"] * (coarse.hub is not None)
    for statement, names in (
        (old, [*known, "written"] + ["procedures"] * coarse.kinds), (new, [*known, "source"]),
    ):  # fmt: skip
        connection.execute(statement, {name: values[name] for name in names})


@cache
def _statements(name: str) -> tuple[Any, Any]:
    coarse = next(one for one in coarser() if one.table.name == name)
    written: list[ColumnElement[bool]] = [coarse.written.in_(_several("written"))]
    source: list[ColumnElement[bool]] = [coarse.source.in_(_several("source"))]
    if coarse.hub is not None:
        written.append(coarse.table.c.hub_id.in_(_several("hubs")))
        source.append(coarse.hub.in_(_several("hubs")))
    if coarse.channels:
        written.append(coarse.table.c.channel_level.in_(CHANNEL_LEVELS))
    if coarse.kinds:
        written.append(coarse.table.c.procedure_id.in_(_several("procedures")))
    old = delete(coarse.table).where(coarse.table.c.ward_id == _WARD, *written)
    computed = coarse.computed.where(*source)
    names = [column.name for column in computed.selected_columns]
    return old, insert(coarse.table).from_select(names, computed)


def _several(name: str) -> Any:
    return bindparam(name, expanding=True)


@cache
def coarser() -> tuple[Coarse, ...]:
    """All of them, with the whole SELECT that each follows from."""
    week = monday_of(cell.c.day).label("week")
    channels = _summed([cell.c.day, cell.c.hub_id, cell.c.channel_level])
    kinds = _summed([cell.c.day, cell.c.procedure_id, cell.c.channel_level])
    weeks = _summed([week, cell.c.hub_id, cell.c.procedure_id, cell.c.channel_level])
    of, ended = duration_cell.c, monday_of(duration_cell.c.day).label("week")
    return (
        Coarse(channel_cell, channels, channel_cell.c.day, cell.c.day, hub=cell.c.hub_id),
        Coarse(kind_cell, kinds, kind_cell.c.day, cell.c.day),
        Coarse(week_cell, weeks, week_cell.c.week, cell.c.day, hub=cell.c.hub_id),
        Coarse(channel_duration, _timed(duration_cell, [of.channel_level, of.day]),
               channel_duration.c.day, of.day, channels=True),
        Coarse(day_duration, _timed(channel_duration, [channel_duration.c.day]),
               day_duration.c.day, channel_duration.c.day),
        Coarse(hub_duration, _timed(duration_cell, [of.hub_id, ended]), hub_duration.c.week,
               of.day, hub=of.hub_id),
        Coarse(kind_duration, _timed(duration_cell, [of.channel_level, of.procedure_id, ended]),
               kind_duration.c.week, of.day, channels=True, kinds=True),
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
