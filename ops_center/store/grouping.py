"""Which rows of a roll-up or of the facts are meant, and how they are grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    literal,
    literal_column,
    null,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.util import ClauseAdapter

from ops_center.store.instant import Instant
from ops_center.store.tables import dossier_clock, dossier_span
from ops_center.store.tables import procedure as procedures

Key = tuple[Any, ...]

DIMENSIONS = ("hub", "field", "procedure", "channel", "channel_level", "official", "day")
FACTS_ONLY = frozenset({"official"})
"""The roll-ups do not know these dimensions."""


@dataclass(frozen=True, eq=False)
class Sieve:
    """A condition on ``dossier_clock`` that the roll-ups do not know.

    It may name parameters; their values are in the `values` of the place. Each is made once:
    statements are remembered by it.
    """

    name: str
    where: ColumnElement[bool]


Given = frozenset[str | Sieve]


@dataclass(frozen=True)
class Place:
    """Which dossiers of a ward; None means all. Hubs are those after all mergers.

    Where there are `sieves` everything comes from the facts.
    """

    ward_id: str
    hubs: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    channel_levels: frozenset[str] | None = None
    sieves: tuple[Sieve, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> Given:
        """Which of its parts are limited: the shape of a statement depends on nothing else."""
        limits = {
            "hubs": self.hubs, "fields": self.fields, "procedures": self.procedures,
            "channel_levels": self.channel_levels,
        }  # fmt: skip
        return frozenset(
            [*(name for name, limit in limits.items() if limit is not None), *self.sieves]
        )

    @property
    def params(self) -> dict[str, Any]:
        """The values of the parameters that `within` names."""
        named = (name for name in self.given if isinstance(name, str))
        lists = {name: sorted(getattr(self, name)) for name in named}
        return {"ward_id": self.ward_id, **lists, **self.values}


def within(given: Given, table: Table) -> ColumnElement[bool]:
    """The rows of that table that belong to a place; its `params` come with the execution."""
    parts: list[ColumnElement[bool]] = [table.c.ward_id == bindparam("ward_id", type_=Text)]
    for name, column in _LIMITED.items():
        if name in given:
            parts.append(table.c[column].in_(bindparam(name, expanding=True)))
    if "fields" in given:
        fields = procedures.c.field_id.in_(bindparam("fields", expanding=True))
        parts.append(table.c.procedure_id.in_(select(procedures.c.id).where(fields)))
    sieves = [one.where for one in given if isinstance(one, Sieve)]
    return and_(*parts, *(sieves if table is dossier_clock else _beside(table, sieves)))


def _beside(table: Table, sieves: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """What a clock must fulfil, asked of a row beside it."""
    if not sieves:
        return []
    clock = dossier_clock.alias("sieved")
    same = and_(clock.c.ward_id == table.c.ward_id, clock.c.dossier_id == table.c.dossier_id)
    adapted = [ClauseAdapter(clock).traverse(one) for one in sieves]
    return [exists().where(same, *adapted).correlate(table)]


_LIMITED = {
    "hubs": "hub_id", "procedures": "procedure_id", "channel_levels": "channel_level",
}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """The whole local days [first, last), and of `last` what came before the instant `until`.

    `first` None: from the beginning. `partial` False: `until` is the very start of `last`.
    """

    first: date | None
    last: date
    until: datetime
    partial: bool

    @property
    def after(self) -> date:
        """The day after the days that it has anything of."""
        return self.last + timedelta(days=self.partial)

    @property
    def empty(self) -> bool:
        return self.first is not None and self.first >= self.last and not self.partial

    @property
    def weeks(self) -> tuple[date, date]:
        """The whole weeks of its days, as [Monday, Monday); both its first day if none."""
        end = self.after - timedelta(days=self.after.weekday())
        if self.first is None:
            return date(1, 1, 1), end
        begin = self.first + timedelta(days=-self.first.weekday() % 7)
        return (begin, end) if begin < end else (self.first, self.first)

    @property
    def edges(self) -> list[date]:
        """Its days that lie in none of its whole weeks."""
        begin, end = self.weeks
        head = [] if self.first is None else _days(self.first, begin)
        return head + _days(end, self.after)

    @property
    def shape(self) -> Shape:
        return Shape(self.first is None, self.first == self.last, self.partial)

    def params(self, tag: int) -> dict[str, Any]:
        """The values of the parameters of question number `tag`."""
        begin, end = self.weeks
        named: dict[str, Any] = {
            "last": self.last, "after": self.after, "until": self.until, "week": begin,
            "weeks_end": end, "edges": self.edges,
        }  # fmt: skip
        if self.first is not None:
            days = _days(self.first, self.after)
            named |= {"first": self.first, "days": days, "weeks": _days(begin, end)[::7]}
        return {f"{name}_{tag}": value for name, value in named.items()}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days)]


class Shape(NamedTuple):
    """What of a window a statement depends on."""

    endless: bool
    one_day: bool
    partial: bool


@dataclass(frozen=True)
class Marked:
    """Which question of several a SELECT answers, and its dimensions, filled up to a width."""

    given: Given
    tag: int
    by: tuple[str, ...]
    width: int

    def columns(self, table: FromClause, day: Any) -> list[ColumnElement[Any]]:
        keys = [
            # As text, since other questions of the statement have other keys in this place.
            cast(type_coerce(key, Date), Text) if name == "day" else key
            for name, key in zip(self.by, self.keys(table, day), strict=True)
        ]
        keys += [cast(null(), Text)] * (self.width - len(keys))
        named = [key.label(f"key_{index}") for index, key in enumerate(keys)]
        return [literal(self.tag).label("tag"), *named]

    def keys(self, table: FromClause, day: Any) -> list[ColumnElement[Any]]:
        return [dimension(name, table, day) for name in self.by]

    @property
    def first(self) -> Any:
        return bindparam(f"first_{self.tag}", type_=Date)

    @property
    def last(self) -> Any:
        return bindparam(f"last_{self.tag}", type_=Date)

    @property
    def after(self) -> Any:
        return bindparam(f"after_{self.tag}", type_=Date)

    @property
    def week(self) -> Any:
        return bindparam(f"week_{self.tag}", type_=Date)

    @property
    def weeks_end(self) -> Any:
        return bindparam(f"weeks_end_{self.tag}", type_=Date)

    @property
    def days(self) -> Any:
        """All its days, one by one: of a hub's, an index then reads nothing between them."""
        return bindparam(f"days_{self.tag}", type_=Date, expanding=True)

    @property
    def weeks(self) -> Any:
        """All whole weeks, one by one."""
        return bindparam(f"weeks_{self.tag}", type_=Date, expanding=True)

    @property
    def edges(self) -> Any:
        """The days beside the whole weeks, one by one."""
        return bindparam(f"edges_{self.tag}", type_=Date, expanding=True)

    @property
    def until(self) -> Any:
        return bindparam(f"until_{self.tag}", type_=Instant)


def grouped(table: Table, day: Any, marked: Marked, sums: Sequence[Any]) -> Select[Any]:
    """These sums of the rows of a place, for each combination of the marked dimensions."""
    named = [amount.label(f"sum_{index}") for index, amount in enumerate(sums)]
    return (
        select(*marked.columns(table, day), *named)
        .select_from(joined(table, marked.by))
        .where(within(marked.given, table))
        .group_by(*marked.keys(table, day))
    )


def quietly(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, so written that no database looks for an index for it.

    SQLite, left alone, may take an index on an instant and read the whole history, where the
    day beside it would have found a few rows.
    """
    return case((condition, true()), else_=false())


def dimension(name: str, table: FromClause, day: Any) -> ColumnElement[Any]:
    """The value of a dimension in a row of `table`; ValueError for an unknown one."""
    if name == "day":
        return type_coerce(day, Date)
    if name == "channel":
        return _channel(table)
    if name == "field":
        return procedures.c.field_id
    if name == "official":
        return base(table, "official_id")
    if name in ("hub", "procedure"):
        return table.c[f"{name}_id"]
    if name == "channel_level":
        return table.c.channel_level
    raise ValueError(f"no dimension {name}; there are {', '.join(DIMENSIONS)}")


def _channel(table: FromClause) -> ColumnElement[str]:
    # Written out, not as parameters: PostgreSQL must see that it groups by what it selects.
    offline: list[ColumnElement[str]] = [literal_column("'in_person'"), literal_column("'post'")]
    level = table.c.channel_level
    return case((level.in_(offline), level), else_=literal_column("'online'", Text))


_BASE = {
    "hub": "hub_id", "field": "procedure_id", "procedure": "procedure_id",
    "channel": "channel_level", "channel_level": "channel_level", "official": "official_id",
    "day": "day",
}  # fmt: skip


def needed(by: Iterable[str]) -> list[str]:
    """The columns from which these dimensions follow."""
    columns = {_BASE[name] for name in by}
    return [name for name in dict.fromkeys(_BASE.values()) if name in columns]


def base(table: Any, column: str) -> ColumnElement[Any]:
    """That column of the table, or of the clock beside it (`joined`)."""
    found: ColumnElement[Any] = (table if column in table.c else dossier_clock).c[column]
    return found


def beside(columns: Iterable[str]) -> tuple[str, ...]:
    """The dimensions for which a table that has not all of these columns must be joined."""
    return ("official",) if "official_id" in columns else ()


def joined(table: Any, by: Sequence[str]) -> Any:
    """The table with what the dimensions need beside it."""
    source: Any = table
    if "field" in by:
        source = source.join(procedures, procedures.c.id == table.c.procedure_id)
    if "official" in by and table is dossier_span:
        source = source.join(
            dossier_clock,
            and_(
                dossier_clock.c.ward_id == table.c.ward_id,
                dossier_clock.c.dossier_id == table.c.dossier_id,
            ),
        )
    return source
