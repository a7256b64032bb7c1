"""The one statement behind the flows of several questions about a place.

Rows are read once, whatever the number of questions: those of a window that need the same roll-up
share a common table expression, and so does everything that the facts tell. What each question
wants is then summed from these few rows.

The roll-ups know whole days. Of a last day that is not over, they tell all and the facts what came
after T, which is taken off: at the end of the day's data that is next to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from ops_center.store.grouping import (
    FACTS_ONLY,
    Given,
    Marked,
    Shape,
    base,
    beside,
    grouped,
    joined,
    needed,
    quietly,
    within,
)
from ops_center.store.measure import Measure
from ops_center.store.tables import (
    cell,
    channel_cell,
    duration_cell,
    hub_cell,
    kind_cell,
    week_cell,
)

HUBS = {"hub", "hubs"}
CHANNELS = {"channel", "channel_level", "channel_levels"}
PROCEDURES = {"field", "procedure", "fields", "procedures"}
_ONE = literal_column("1", Integer)
# Of the sums' own type: else PostgreSQL converts the rows of each part of a union, one by one.
_NOUGHT = cast(literal_column("0", Integer), BigInteger)


class Question(NamedTuple):
    """Measures in a window by dimensions.

    `span`: the number of the first question of the same window, whose parameters it shares.
    `end`: of the first one that ends at the same instant.
    """

    measures: tuple[Measure, ...]
    shape: Shape
    by: tuple[str, ...]
    span: int
    end: int


@lru_cache(maxsize=128)
def flow_statement(
    given: Given, questions: tuple[Question | None, ...], names: tuple[str, ...], rollup: bool
) -> CompoundSelect[Any]:
    """Rows of (question's number, its dimensions, a sum per name).

    Built once for each shape of a question: building costs as much as answering.
    """
    statement = _Statement(given, questions, names, rollup)
    return union_all(*statement.answers())


class _Statement:
    """The statement while it is built: the rows that its questions share."""

    def __init__(
        self, given: Given, questions: Sequence[Question | None], names: Sequence[str], rollup: bool
    ) -> None:
        self._given, self._rollup = given, rollup
        self._asked = {tag: one for tag, one in enumerate(questions) if one is not None}
        self._names = names
        self._width = max(len(one.by) for one in self._asked.values())
        self._of_facts = {key: self._facts(tags) for key, tags in self._grouped(self._ending)}
        self._of_cells = {key: self._cells(tags) for key, tags in self._grouped(self._rolled)}

    def answers(self) -> Iterator[Select[Any]]:
        for tag, one in self._asked.items():
            cells = self._of_cells.get(self._rolled(one))
            if cells is not None:
                yield self._summed(tag, one, cells)
                continue
            if self._sums(one):  # day by day
                yield from (self._of(tag, one, table, where) for table, where in _tables(
                    self._asked_of(one), one.shape, self._marked(one.span)))
            facts = self._of_facts.get(self._ending(one))
            if facts is not None:
                yield self._summed(tag, one, facts)

    def _grouped(self, key: Any) -> list[tuple[Any, list[int]]]:
        groups: dict[Any, list[int]] = defaultdict(list)
        for tag, one in self._asked.items():
            if key(one) is not None:
                groups[key(one)].append(tag)
        return list(groups.items())

    def _marked(self, tag: int, by: tuple[str, ...] = ()) -> Marked:
        return Marked(self._given, tag, by, self._width)

    def _asked_of(self, one: Question) -> set[str]:
        return set(one.by) | {str(name) for name in self._given}

    def _sums(self, one: Question) -> bool:
        """Whether the whole days come from a roll-up."""
        return self._rollup and not FACTS_ONLY & set(one.by)

    def _columns(self, tags: Sequence[int]) -> list[str]:
        return needed(name for tag in tags for name in self._asked[tag].by)

    def _wanted(self, tags: Sequence[int]) -> list[Measure]:
        measures = {m.name: m for tag in tags for m in self._asked[tag].measures}
        return [measures[name] for name in self._names if name in measures]

    # --- which questions share their rows

    def _ending(self, one: Question) -> Any:
        """Questions of one key share the facts; None where the facts have nothing to tell."""
        if self._sums(one):
            return ("end", one.end) if one.shape.partial else None
        return one.span

    def _rolled(self, one: Question) -> Any:
        """Questions of one key share the cells of one roll-up; None: each day on its own."""
        if not self._sums(one) or "day" in one.by:
            return None
        return one.span, _roll_up(self._asked_of(one), by_day=False).name

    # --- the rows

    def _facts(self, tags: Sequence[int]) -> CTE:
        """One SELECT per table and day column, with 0 for the measures of the others."""
        first, wanted, columns = self._asked[tags[0]], self._wanted(tags), self._columns(tags)
        summed = self._sums(first)
        marked = self._marked(first.end if summed else first.span)
        parts = []
        for source, group in groupby(sorted(wanted, key=_source), key=_source):
            of = next(group)
            keys = [_key(of.table, name, of.day, marked, summed) for name in columns]
            sums = [amount(m, summed) if _source(m) == source else _NOUGHT for m in wanted]
            parts.append(
                select(*keys, *_labelled(wanted, sums))
                .select_from(joined(of.table, beside(columns)))
                .where(within(self._given, of.table))
                .where(of_days(of.day, of.at, first.shape, marked, summed))
                .group_by(*(key for key, name in zip(keys, columns, strict=True)
                            if not (summed and name == "day")))
            )  # fmt: skip
        return union_all(*parts).cte(f"facts_{tags[0]}")

    def _cells(self, tags: Sequence[int]) -> CTE:
        """The cells of the window, and what the facts take off its last day."""
        first, wanted, columns = self._asked[tags[0]], self._wanted(tags), self._columns(tags)
        parts: list[Select[Any]] = []
        asked = {one for tag in tags for one in self._asked_of(self._asked[tag])}
        for table, where in _tables(asked, first.shape, self._marked(first.span)):
            keys = [table.c[name] for name in columns]
            sums = _labelled(wanted, [total(table.c[one.name]) for one in wanted])
            parts.append(
                select(*keys, *sums).where(within(self._given, table), where).group_by(*keys)
            )
        facts = self._of_facts.get(self._ending(first))
        if facts is not None:
            parts.append(select(*(facts.c[name] for name in (*columns, *(m.name for m in wanted)))))
        return union_all(*parts).cte(f"cells_{tags[0]}")

    # --- the answers

    def _summed(self, tag: int, one: Question, rows: CTE) -> Select[Any]:
        marked, wanted = self._marked(tag, one.by), {measure.name for measure in one.measures}
        sums = [total(rows.c[n]) if n in wanted else _NOUGHT for n in self._names]
        day = rows.c.day if "day" in one.by else None
        return (
            select(*marked.columns(rows, day), *sums)
            .select_from(joined(rows, one.by))
            .group_by(*marked.keys(rows, day))
        )

    def _of(
        self, tag: int, one: Question, table: Table, where: ColumnElement[bool]
    ) -> Select[Any]:
        wanted = {measure.name for measure in one.measures}
        sums = [total(table.c[n]) if n in wanted else _NOUGHT for n in self._names]
        return grouped(table, table.c.day, self._marked(tag, one.by), sums).where(where)


def _tables(
    asked: set[str], shape: Shape, marked: Marked
) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The smallest roll-up that knows enough; hubs and procedures together by whole weeks."""
    table = _roll_up(asked, by_day="day" in asked)
    if table is week_cell:
        yield week_cell, whole_weeks(week_cell.c.week, shape, marked)
        yield cell, cell.c.day.in_(marked.edges)
    else:
        yield table, whole_days(table, shape, marked)


def _roll_up(asked: set[str], *, by_day: bool) -> Table:
    if not asked & PROCEDURES:
        return channel_cell if asked & CHANNELS else hub_cell
    if not asked & HUBS:
        return kind_cell
    return cell if by_day else week_cell


def whole_days(table: Table, shape: Shape, marked: Marked) -> ColumnElement[bool]:
    """The days of a window; where a day has many rows beside those of a few hubs, one by one."""
    day = table.c.day
    if table in (cell, duration_cell) and "hubs" in marked.given and not shape.endless:
        listed: ColumnElement[bool] = day.in_(marked.days)
        return listed
    return and_(day < marked.after, *([] if shape.endless else [day >= marked.first]))


def whole_weeks(week: Any, shape: Shape, marked: Marked) -> ColumnElement[bool]:
    """The whole weeks of a window."""
    if "hubs" in marked.given and not shape.endless:
        listed: ColumnElement[bool] = week.in_(marked.weeks)
        return listed
    return and_(week >= marked.week, week < marked.weeks_end)


def _key(table: Table, name: str, day: Any, marked: Marked, summed: bool) -> ColumnElement[Any]:
    if name != "day":
        return base(table, name)
    found: ColumnElement[Any] = (marked.last if summed else day).label("day")
    return found


def _labelled(measures: Sequence[Measure], sums: Sequence[Any]) -> list[Any]:
    return [total.label(one.name) for one, total in zip(measures, sums, strict=True)]


def _source(measure: Measure) -> tuple[str, str]:
    return measure.table.name, measure.day.name


def of_days(day: Any, at: Any, shape: Shape, marked: Marked, summed: bool) -> Any:
    """What must come from the facts: after T on its day, or before it where nothing is summed."""
    if summed:
        return and_(day == marked.last, at >= marked.until)
    before = quietly(at < marked.until)
    if shape.one_day:
        return and_(day == marked.last, before)
    return and_(day <= marked.last, before, *([] if shape.endless else [day >= marked.first]))


def amount(measure: Measure, less: bool) -> ColumnElement[int]:
    """What the measure adds for a row, or takes off."""
    one = _ONE if measure.amount is None else measure.amount
    return total(case((measure.where, -one if less else one), else_=_NOUGHT))


def total(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum of whole numbers, as one."""
    return cast(func.sum(amount), BigInteger)
