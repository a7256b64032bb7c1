"""The cells of the roll-ups, computed from the clocks as the measures say.

A cell is recomputed, never added to: doing it twice is doing it once, and what was wrong is right
afterwards. The statements are long and made once for each set of measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

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
    union_all,
)

from ops_center.store import coarse
from ops_center.store.clocks import Row, Touched
from ops_center.store.grouping import quietly
from ops_center.store.measure import Measure
from ops_center.store.rows import insert_missing
from ops_center.store.tables import FLOWS, cell, dossier_clock, duration_cell, hub_cell
from ops_center.store.told import among, told

PLACE = ("hub_id", "procedure_id", "channel_level")

_KEY = ("ward_id", "day", *PLACE)
_ONE = literal_column("1", Integer)
# Of the sums' own type: else PostgreSQL converts the rows of each part of the union.
_NONE = cast(literal_column("0", Integer), BigInteger)
_WARD = bindparam("of_ward", type_=Text())
_ROUND = bindparam("in_round", type_=BigInteger())

_CROWDED = 3
"""Days of hubs with more touched cells than this, on average, are computed as a whole."""

_MOST_HUBS = 2000
"""How many days of hubs in one statement."""

Place = tuple[Any, ...]


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
    for reach, values in _reaches(touched, connection.dialect.name):
        _replace(connection, ward_id, measures, revision, reach, values)
    zeros = [
        {"ward_id": ward_id, "day": day, "hub_id": hub_id, "revision": revision}
        for day, hub_id in sorted({spot[:2] for spot in touched.left - touched.entered})
    ]
    insert_missing(connection, hub_cell, zeros, ("ward_id", "day", "hub_id"))
    coarse.recompute(connection, ward_id, touched.all, touched.timed)


def recompute_all(
    connection: Connection, ward_id: str, measures: Sequence[Measure], revision: int
) -> None:
    """Compute every cell of the ward anew."""
    _replace(connection, ward_id, measures, revision, "everywhere", {})
    coarse.recompute_all(connection, ward_id)


def differing(connection: Connection, ward_id: str, measures: Sequence[Measure]) -> Iterator[Wrong]:
    """Each row of the ward's roll-ups that is wrong, missing or too many."""
    zeros = and_(*(hub_cell.c[name] == 0 for name in FLOWS))
    every: tuple[Reach, str] = ("everywhere", connection.dialect.name)
    for table, computed, meant in (
        (cell, _cells(measures, *every), true()),
        (hub_cell, _hub_cells(*every), not_(zeros)),
        (duration_cell, _durations(*every), true()),
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

Reach = Literal["everywhere", "hubs", "spots"]
"""The whole ward, days of hubs, or single cells of them."""


def _reaches(touched: Touched, dialect: str) -> Iterator[tuple[Reach, dict[str, Any]]]:
    """What to compute anew: the touched cells alone, or all of a hub's day where they are many."""
    spots: dict[tuple[str, date], list[Place]] = defaultdict(list)
    for day, hub_id, *rest in sorted(touched.all):
        spots[hub_id, day].append((hub_id, day, *rest))
    hubs = list(spots)
    for some in (hubs[n : n + _MOST_HUBS] for n in range(0, len(hubs), _MOST_HUBS)):
        of_hubs = told("hubs", some, dialect)
        inside = [spot for one in some for spot in spots[one]]
        if len(inside) > _CROWDED * len(some):
            yield "hubs", of_hubs
        else:
            yield "spots", of_hubs | told("spots", inside, dialect)


def _within(reach: Reach, dialect: str, day: Any, of: Any) -> ColumnElement[bool]:
    """The rows with those columns that count in what is computed anew, by that day column."""
    if reach == "everywhere":
        return day.is_not(None)  # type: ignore[no-any-return]
    # Not a word of missing days here: SQLite would take it for a range, and read all the others.
    if reach == "hubs" or "procedure_id" not in of:
        return among([of.hub_id, day], "hubs", dialect)
    return among([of.hub_id, day, of.procedure_id, of.channel_level], "spots", dialect)


# --- computing


def _replace(
    connection: Connection,
    ward_id: str,
    measures: Sequence[Measure],
    revision: int,
    reach: Reach,
    values: dict[str, Any],
) -> None:
    known = {"of_ward": ward_id, **values}
    for old, new in _statements(tuple(measures), reach, connection.dialect.name):
        connection.execute(old, known)
        connection.execute(new, {**known, "in_round": revision})


@lru_cache(maxsize=16)
def _statements(
    measures: tuple[Measure, ...], reach: Reach, dialect: str
) -> list[tuple[Delete, Insert]]:
    """For each roll-up: delete the cells there, and insert them anew."""
    found = []
    for table, computed in (
        (cell, _cells(measures, reach, dialect)),
        (hub_cell, _hub_cells(reach, dialect).add_columns(_ROUND.label("revision"))),
        (duration_cell, _durations(reach, dialect)),
    ):
        here = and_(table.c.ward_id == _WARD, _within(reach, dialect, table.c.day, table.c))
        names = [column.name for column in computed.selected_columns]
        found.append((delete(table).where(here), insert(table).from_select(names, computed)))
    return found


def _cells(measures: Sequence[Measure], reach: Reach, dialect: str) -> Select[Any]:
    """One row per cell: the sums by each day column, put side by side."""
    groups: dict[Any, list[Measure]] = defaultdict(list)
    for measure in measures:
        groups[measure.day].append(measure)
    parts = union_all(*(_sums(one, reach, dialect) for one in groups.values())).subquery()
    key = [parts.c[name] for name in _KEY]
    return select(*key, *(_total(parts.c[name]).label(name) for name in FLOWS)).group_by(*key)


def _sums(measures: Sequence[Measure], reach: Reach, dialect: str) -> Select[Any]:
    """The measures that fall on one day column; the others are 0."""
    table, day = measures[0].table, measures[0].day
    counted = {measure.name: _sum(measure) for measure in measures}
    key = [table.c.ward_id, day.label("day"), *(table.c[name] for name in PLACE)]
    return (
        select(*key, *(counted.get(name, _NONE).label(name) for name in FLOWS))
        .where(table.c.ward_id == _WARD, _within(reach, dialect, day, table.c))
        .group_by(table.c.ward_id, day, *(table.c[name] for name in PLACE))
    )


def _sum(measure: Measure) -> ColumnElement[int]:
    amount = _ONE if measure.amount is None else func.coalesce(measure.amount, 0)
    return _total(case((measure.where, amount), else_=0))


def _total(amount: Any) -> ColumnElement[int]:
    return cast(func.sum(amount), BigInteger)


def _hub_cells(reach: Reach, dialect: str) -> Select[Any]:
    key = (cell.c.ward_id, cell.c.day, cell.c.hub_id)
    found = _within("hubs" if reach == "spots" else reach, dialect, cell.c.day, cell.c)
    return (
        select(*key, *(_total(cell.c[name]).label(name) for name in FLOWS))
        .where(cell.c.ward_id == _WARD, found)
        .group_by(*key)
    )


def _durations(reach: Reach, dialect: str) -> Select[Any]:
    clock = dossier_clock.c
    place = [clock[name] for name in PLACE]
    key = (clock.ward_id, clock.ended_day, *place, clock.duration_bin)
    columns = (key[0], clock.ended_day.label("day"), *place, clock.duration_bin.label("bin"))
    return (
        select(*columns, cast(func.count(), BigInteger).label("n"))
        .where(clock.ward_id == _WARD, quietly(clock.duration_bin.is_not(None)))
        .where(_within(reach, dialect, clock.ended_day, clock))
        .group_by(*key)
    )
