"""How a number is told to the database: what counts, on which day, and how much.

A measure adds up over days and is kept in the roll-ups; a state holds between two instants and is
asked at one. Both are declared by those who give them meaning; here is only their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, ColumnElement, Table, and_, or_


@dataclass(frozen=True, eq=False)
class Measure:
    """Rows of `table` that fulfil `where`, counted (or `amount` summed) on their `day`.

    `name` is the column of the roll-ups; `day` the local day and `at` the UTC instant of the
    event. A row whose `day` is missing counts nowhere.
    """

    name: str
    table: Table
    day: Column[date]
    at: Column[datetime]
    where: ColumnElement[bool]
    amount: ColumnElement[int] | None = None


@dataclass(frozen=True, eq=False)
class State:
    """Rows of `table` that hold at T: ``from_at < T`` and (no `to_at` or ``to_at >= T``).

    `entering` and `leaving` name the measures whose running difference is the stock at a day's
    start. `to_day` is the indexed local day of `to_at` where the instant itself has no index.
    """

    name: str
    table: Table
    from_at: Column[datetime]
    to_at: Column[datetime]
    where: ColumnElement[bool]
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    to_day: Column[date] | None = None

    def balance(self, sums: Mapping[str, int]) -> int:
        """How many more entered than left, by these sums of the measures it names."""
        entered = sum(sums[name] for name in self.entering)
        return entered - sum(sums[name] for name in self.leaving)


def holds(state: State, at: datetime) -> ColumnElement[bool]:
    """Whether a row holds just before the instant `at`, the states to subtract apart."""
    lasting = or_(state.to_at.is_(None), state.to_at >= at)
    return and_(state.from_at < at, lasting, state.where)
