"""Past days, sum by sum, for readers that keep them: what changed is told by a mark per day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, func, select

from ops_center.store.tables import day_duration, hub_cell, kind_cell, procedure

Mark = tuple[int, int]
"""The number of a day's rows and the sum of the rounds that wrote them."""

Sums = dict[str, dict[str, int]]
"""Measures by hub or by field."""


def day_marks(connection: Connection, ward_id: str, first: date, last: date) -> dict[date, Mark]:
    """A mark for each local day of [first, last) that has sums.

    Each round writes all rows of the days and hubs it touches anew, with its own number: equal
    marks mean that nothing of the day was touched in between.
    """
    rounds = cast(func.sum(hub_cell.c.revision), BigInteger)
    found = connection.execute(
        select(hub_cell.c.day, func.count(), rounds)
        .where(hub_cell.c.ward_id == ward_id, hub_cell.c.day >= first, hub_cell.c.day < last)
        .group_by(hub_cell.c.day)
    )
    return {day: (count, written) for day, count, written in found}


def hub_sums(
    connection: Connection, ward_id: str, days: Collection[date], names: Sequence[str]
) -> dict[date, Sums]:
    """These measures of these days by hub id."""
    columns = [hub_cell.c[name] for name in names]
    statement = select(hub_cell.c.day, hub_cell.c.hub_id, *columns).where(
        hub_cell.c.ward_id == ward_id, hub_cell.c.day.in_(sorted(days))
    )
    return _nested(connection.execute(statement), names)


def field_sums(
    connection: Connection, ward_id: str, days: Collection[date], names: Sequence[str]
) -> dict[date, Sums]:
    """These measures of these days by field id."""
    sums = [cast(func.sum(kind_cell.c[name]), BigInteger) for name in names]
    statement = (
        select(kind_cell.c.day, procedure.c.field_id, *sums)
        .join_from(kind_cell, procedure, procedure.c.id == kind_cell.c.procedure_id)
        .where(kind_cell.c.ward_id == ward_id, kind_cell.c.day.in_(sorted(days)))
        .group_by(kind_cell.c.day, procedure.c.field_id)
    )
    return _nested(connection.execute(statement), names)


def day_durations(
    connection: Connection, ward_id: str, days: Collection[date]
) -> dict[date, Counter[int]]:
    """How many dossiers that ended on these days took so many half hours."""
    statement = select(day_duration.c.day, day_duration.c.bin, day_duration.c.n).where(
        day_duration.c.ward_id == ward_id, day_duration.c.day.in_(sorted(days))
    )
    found: dict[date, Counter[int]] = defaultdict(Counter)
    for day, half_hours, n in connection.execute(statement):
        found[day][half_hours] = n
    return found


def _nested(rows: Any, names: Sequence[str]) -> dict[date, Sums]:
    found: dict[date, Sums] = defaultdict(dict)
    for day, key, *amounts in rows:
        found[day][key] = dict(zip(names, amounts, strict=True))
    return found
