"""The cells of the roll-ups, computed from the clocks as the measures say.

A cell is recomputed, never added to: doing it twice is doing it once, and what was wrong is right
afterwards. The statements are long and made once for each set of measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Delete,
    Insert,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    except_,
    func,
    insert,
    literal_column,
    not_,
    select,
    true,
    tuple_,
    union_all,
)

from ops_center.store import coarse
from ops_center.store.clocks import Cell, Row, Touched
from ops_center.store.measure import Measure
from ops_center.store.rows import insert_missing
from ops_center.store.tables import FLOWS, cell, dossier_clock, duration_cell, hub_cell

PLACE = ("hub_id", "procedure_id", "channel_level")

_KEY = ("ward_id", "day", *PLACE)
_ONE = literal_column("1", Integer)
_NONE = literal_column("0", BigInteger)
_WARD = bindparam("of_ward", type_=Text())
_ROUND = bindparam("in_round", type_=BigInteger())

_CROWDED = 8
"""Days with more touched hubs than this, on average, are computed for all hubs at once."""

_MOST_DAYS, _MOST_CELLS = 100, 30
"""How many in one statement. Cells are found by their days times their hubs, hence the fewer."""

T = TypeVar("T")


class Wrong(NamedTuple):
    """A row of a roll-up that is not what follows from the clocks; `key` counts key columns."""

    table: str
    key: int
    columns: tuple[str, ...]
    written: Row | None
    expected: Row | None


def recompute(
    connection: Connection,
    ward_id: str,
    measures: Sequence[Measure],
    touched: Touched,
    revision: int,
) -> None:
    """Compute these days of these hubs anew, in the round of that revision.

    Where nothing is left a day keeps a row of zeros: it tells readers that its sums changed.
    """
    for where, values in _conditions(touched.all):
        _replace(connection, ward_id, measures, revision, where, values)
    zeros = [
        {"ward_id": ward_id, "day": day, "hub_id": hub_id, "revision": revision}
        for day, hub_id in sorted(touched.left - touched.entered)
    ]
    insert_missing(connection, hub_cell, zeros, ("ward_id", "day", "hub_id"))
    coarse.recompute(connection, ward_id, sorted(touched.all))


def recompute_all(
    connection: Connection, ward_id: str, measures: Sequence[Measure], revision: int
) -> None:
    """Compute every cell of the ward anew."""
    _replace(connection, ward_id, measures, revision, _everywhere, {})
    coarse.recompute_all(connection, ward_id)


def differing(connection: Connection, ward_id: str, measures: Sequence[Measure]) -> Iterator[Wrong]:
    """Each row of the ward's roll-ups that is wrong, missing or too many."""
    zeros = and_(*(hub_cell.c[name] == 0 for name in FLOWS))
    for table, computed, meant in (
        (cell, _cells(measures, _everywhere), true()),
        (hub_cell, _hub_cells(_everywhere), not_(zeros)),
        (duration_cell, _durations(_everywhere), true()),
        *((table, computed, true()) for table, computed in coarse.expected()),
    ):
        columns = [column for column in table.c if column.name != "revision"]
        written = select(*columns).where(table.c.ward_id == _WARD, meant)
        key = len(table.primary_key.columns)
        wrong = _by_key(connection, ward_id, except_(written, computed), key)
        right = _by_key(connection, ward_id, except_(computed, written), key)
        names = tuple(column.name for column in columns)
        for place in sorted(wrong.keys() | right.keys()):
            yield Wrong(table.name, key, names, wrong.get(place), right.get(place))


def _by_key(
    connection: Connection, ward_id: str, rows: CompoundSelect[Any], key: int
) -> dict[Row, Row]:
    found = connection.execute(rows, {"of_ward": ward_id})
    return {tuple(row[:key]): tuple(row) for row in found}


# --- which cells

Where = Callable[[Any, Any], ColumnElement[bool]]
"""A condition on a day column and a hub column, with parameters."""


def _conditions(touched: set[Cell]) -> Iterator[tuple[Where, dict[str, Any]]]:
    days = sorted({day for day, _ in touched})
    if len(touched) > _CROWDED * len(days):
        for some in _parts(days, _MOST_DAYS):
            yield _on_days, {"days": some}
    else:
        for few in _parts(sorted(touched), _MOST_CELLS):
            yield _in_cells, _spread(few)


def _spread(cells: Sequence[Cell]) -> dict[str, Any]:
    return {
        "cells": cells,
        "days": sorted({day for day, _ in cells}),
        "hubs": sorted({hub for _, hub in cells}),
    }


def _everywhere(day: Any, hub: Any) -> ColumnElement[bool]:
    return true()


def _on_days(day: Any, hub: Any) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = day.in_(_several("days"))
    return wanted


def _in_cells(day: Any, hub: Any) -> ColumnElement[bool]:
    """Days and hubs apart too: SQLite uses no index for a pair of columns."""
    pairs = tuple_(day, hub).in_(_several("cells"))
    return and_(day.in_(_several("days")), hub.in_(_several("hubs")), pairs)


def _several(name: str) -> Any:
    return bindparam(name, expanding=True)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


# --- computing


def _replace(
    connection: Connection,
    ward_id: str,
    measures: Sequence[Measure],
    revision: int,
    where: Where,
    values: dict[str, Any],
) -> None:
    known = {"of_ward": ward_id, **values}
    for old, new in _statements(tuple(measures), where):
        connection.execute(old, known)
        connection.execute(new, {**known, "in_round": revision})


@lru_cache(maxsize=16)
def _statements(measures: tuple[Measure, ...], where: Where) -> list[tuple[Delete, Insert]]:
    """For each roll-up: delete the cells there, and insert them anew."""
    found = []
    for table, computed in (
        (cell, _cells(measures, where)),
        (hub_cell, _hub_cells(where).add_columns(_ROUND.label("revision"))),
        (duration_cell, _durations(where)),
    ):
        here = and_(table.c.ward_id == _WARD, where(table.c.day, table.c.hub_id))
        names = [column.name for column in computed.selected_columns]
        found.append((delete(table).where(here), insert(table).from_select(names, computed)))
    return found


def _cells(measures: Sequence[Measure], where: Where) -> Select[Any]:
    """One row per cell: the sums by each day column, put side by side."""
    groups: dict[Any, list[Measure]] = defaultdict(list)
    for measure in measures:
        groups[measure.day].append(measure)
    parts = union_all(*(_sums(one, where) for one in groups.values())).subquery()
    key = [parts.c[name] for name in _KEY]
    return select(*key, *(_total(parts.c[name]).label(name) for name in FLOWS)).group_by(*key)


def _sums(measures: Sequence[Measure], where: Where) -> Select[Any]:
    """The measures that fall on one day column; the others are 0."""
    table, day = measures[0].table, measures[0].day
    counted = {measure.name: _sum(measure) for measure in measures}
    key = [table.c.ward_id, day.label("day"), *(table.c[name] for name in PLACE)]
    return (
        select(*key, *(counted.get(name, _NONE).label(name) for name in FLOWS))
        .where(table.c.ward_id == _WARD, day.is_not(None), where(day, table.c.hub_id))
        .group_by(table.c.ward_id, day, *(table.c[name] for name in PLACE))
    )


def _sum(measure: Measure) -> ColumnElement[int]:
    amount = _ONE if measure.amount is None else func.coalesce(measure.amount, 0)
    return _total(case((measure.where, amount), else_=0))


def _total(amount: Any) -> ColumnElement[int]:
    return cast(func.sum(amount), BigInteger)


def _hub_cells(where: Where) -> Select[Any]:
    key = (cell.c.ward_id, cell.c.day, cell.c.hub_id)
    return (
        select(*key, *(_total(cell.c[name]).label(name) for name in FLOWS))
        .where(cell.c.ward_id == _WARD, where(cell.c.day, cell.c.hub_id))
        .group_by(*key)
    )


def _durations(where: Where) -> Select[Any]:
    clock = dossier_clock.c
    place = [clock[name] for name in PLACE]
    key = (clock.ward_id, clock.ended_day, *place, clock.duration_bin)
    columns = (key[0], clock.ended_day.label("day"), *place, clock.duration_bin.label("bin"))
    return (
        select(*columns, cast(func.count(), BigInteger).label("n"))
        .where(clock.ward_id == _WARD, clock.duration_bin.is_not(None))
        .where(clock.ended_day.is_not(None), where(clock.ended_day, clock.hub_id))
        .group_by(*key)
    )
