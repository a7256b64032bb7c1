"""The wall's tiles: a number, how it moved, how it is judged, and its last 30 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ops_center.domain.working_days import WorkingCalendar
from ops_center.metrics import measures as declared
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.number import Number, Values, judged, number
from ops_center.store.measure import State

DAY = timedelta(days=1)
SPAN = 30
"""Days that rates and sparklines cover, today included."""
FEW = 5
"""Below so many dossiers the rate of a day that has only begun says nothing."""

STATES: tuple[State, ...] = (
    declared.OPEN, declared.OVERDUE, declared.SUSPENDED, declared.OPEN_NO_DUE,
    declared.WAITING_RECEPTION,
)  # fmt: skip
"""The states whose days are led back from now."""

NOW = ("received", "done", "in_process", "overdue", "due_soon", "suspended", "waiting_reception")
RATES = (
    "on_time_rate", "late_share", "online_share", "end_to_end_share", "cashless_share",
    "e_result_share", "digitised_share", "reused_share", "population_share", "satisfaction",
    "satisfied_share", "rating", "mean_time", "median_time", "p90_time",
)  # fmt: skip


@dataclass(frozen=True)
class Tile:
    """A metric on the wall: today's flow, the present stock, or a rate of the last 30 days.

    `n` is the rate's denominator. `change` is in the metric's unit; `change_kind` says whether it
    is "absolute" or "ratio points". Flows and stocks are compared with the same clock time on the
    previous working day, rates with the period of as many working days before.
    `series`: one value per day, the last is today; None where there is none, and for a rate of
    today until it rests on `FEW` dossiers.
    """

    name: str
    value: float | int | None
    numerator: int | None
    denominator: int | None
    unit: str
    n: int | None
    change: float | int | None
    change_kind: str
    target: float | None
    state: str
    series: tuple[float | int | None, ...]


@dataclass(frozen=True)
class Past:
    """What is known of the ward's days, today included: flows of each, and its stocks.

    `totals` are the measures of each day; `levels` the states at its *start*, and `present` now.
    """

    today: date
    totals: Mapping[date, Counter[str]]
    levels: Mapping[date, Mapping[str, int]]
    present: Mapping[str, int]
    durations: Counter[int]

    @property
    def first(self) -> date:
        """The first day of the rates."""
        return self.today - (SPAN - 1) * DAY

    def values(self, first: date, last: date) -> Values:
        """The parts of [first, last): flows, stocks at its end, carried."""
        atoms: Counter[str] = Counter()
        for day, totals in self.totals.items():
            if first <= day < last:
                atoms.update(totals)
        atoms.update(self.present if last > self.today else self.levels[last])
        atoms["carried"] = self.levels[first]["open"]
        return Values(atoms, self.durations if first == self.first else Counter())


def levels(
    totals: Mapping[date, Counter[str]], present: Mapping[str, int]
) -> dict[date, dict[str, int]]:
    """The stocks at the start of each day, led back from now by what entered and left."""
    level = {state.name: present.get(state.name, 0) for state in STATES}
    found = {}
    for day in sorted(totals, reverse=True):
        level = {state.name: level[state.name] - balance(state, totals[day]) for state in STATES}
        found[day] = level
    return found


def balance(state: State, totals: Mapping[str, int]) -> int:
    """How many more entered the state than left it."""
    entered = sum(totals.get(name, 0) for name in state.entering)
    return entered - sum(totals.get(name, 0) for name in state.leaving)


def tiles(past: Past, before: Values, calendar: WorkingCalendar) -> dict[str, Tile]:
    """All tiles by name. `before`: this clock time on the previous working day."""
    days = [past.first + n * DAY for n in range(SPAN)]
    daily = [past.values(day, day + DAY) for day in days]
    now = daily[-1]
    rates = past.values(past.first, past.today + DAY)
    earlier = _earlier(past, calendar)
    found = {name: _tile(name, now, before, daily) for name in NOW}
    return found | {name: _tile(name, rates, earlier, daily) for name in RATES}


def _earlier(past: Past, calendar: WorkingCalendar) -> Values:
    """The period before the last 30 days with as many working days; as far as days are known."""
    wanted = calendar.working_days(past.first, past.today + DAY)
    first, known = past.first, min(past.totals)
    while wanted and first > known:
        first -= DAY
        wanted -= calendar.is_working(first)
    return past.values(first, past.first)


def _tile(name: str, values: Values, before: Values, daily: Sequence[Values]) -> Tile:
    metric = METRICS[name]
    here, there = number(metric, values), number(metric, before)
    known = here.value is not None and there.value is not None
    series = () if name == "due_soon" or metric.kind == "percentile" else daily
    return Tile(
        name=name,
        value=here.value,
        numerator=here.numerator,
        denominator=here.denominator,
        unit=here.unit,
        n=here.denominator,
        change=here.value - there.value if known else None,  # type: ignore[operator]
        change_kind="ratio points" if metric.unit == "ratio" else "absolute",
        target=metric.target,
        state=judged(metric, here.value),
        series=_points([number(metric, one) for one in series]),
    )


def _points(days: Sequence[Number]) -> tuple[float | int | None, ...]:
    """A value per day; the first dossiers of a morning would swing a rate from 0 to 100 %."""
    values = [day.value for day in days]
    if days and days[-1].denominator is not None and days[-1].denominator < FEW:
        values[-1] = None
    return tuple(values)


def moment_before(now: datetime, calendar: WorkingCalendar, today: date) -> tuple[date, datetime]:
    """The previous working day, and this clock time on it."""
    day = calendar.previous_working_day(today)
    local = now.astimezone(calendar.zone)
    return day, datetime.combine(day, local.time(), calendar.zone).astimezone(now.tzinfo)
