"""One indicator's course at one place: what was done, what is still needed, where it will end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from ops_center.domain.campaign import (
    DayCount,
    Forecast,
    forecast,
    forecast_level,
    forecast_ratio,
    needed_per_day,
    plan_now,
    share_required,
)
from ops_center.domain.indicator import State, Why, gap_of, state_of, why_they_differ
from ops_center.metrics.goals import Way, goal, way
from ops_center.metrics.ground import BEFORE, DAY, Ground
from ops_center.metrics.indicator import Amount
from ops_center.store.indicators import Indicator

LATELY = 7
"""Finished days with a report that "lately" looks at."""


@dataclass(frozen=True)
class Pace:
    """One indicator at one place, day by day, as of one instant.

    `hub_id`: None for the ward or the sum of several hubs. `days`: the campaign's; the tuples
    beside it have one entry for each of them.

    `daily`: count – done on the day; ratio – its numerator; level – its value. None: nobody
    reported, or still to come. `base`: a ratio's denominators, else ().
    `total`: the value by the end of the day – running sum, ratio of sums, or level; None after
    today. `plan`: what the plan asks for by then; () without a target.
    `planned`: what it asks for by now – by the end of yesterday, and of today as much as of its
    working time has passed; after the end the target.
    `gap`: `now` against `planned`, positive is good, also where lower is better.
    `needed`: count – per day from now on, at most so much where lower is better; ratio – the share
    required of the rest, above 1 is out of reach. What is left of today counts as a part of a day.
    `lately`: the same over the last 7 finished days
    with a report. A plan by working days speaks of these only. None for a level.
    """

    indicator: Indicator
    hub_id: str | None
    days: tuple[date, ...]
    daily: tuple[float | None, ...]
    base: tuple[float | None, ...]
    total: tuple[float | None, ...]
    plan: tuple[float, ...]
    now: float | None
    target: float | None
    planned: float | None
    gap: float | None
    needed: float | None
    lately: float | None
    forecast: Forecast | None
    state: State

    @property
    def why(self) -> Why | None:
        """Why state and forecast say different things; None where they agree."""
        return why_they_differ(
            self.state, self.forecast.shortfall if self.forecast else None,
            self.lately, self.needed, self.indicator.lower_is_better,
        )  # fmt: skip


Amounts = Sequence[Amount | None]


def pace_of(
    ground: Ground, indicator: Indicator, hubs: Sequence[str] | None, *, foretell: bool = True
) -> Pace:
    """The pace of these hubs together; None for the ward. `foretell`: with a forecast."""
    amounts = ground.parts.daily(indicator, ground.days, hubs)
    total = _totals(ground, indicator, hubs, amounts)
    now = next((one for one in reversed(total) if one is not None), None)
    target = goal(ground, indicator, hubs)
    plan = way(ground, indicator, hubs)
    planned, lower = _planned(ground, plan, target), indicator.lower_is_better
    return Pace(
        indicator=indicator,
        hub_id=hubs[0] if hubs and len(hubs) == 1 else None,
        days=ground.days,
        daily=tuple(one and one.top for one in amounts),
        base=tuple(one and one.base for one in amounts) if indicator.kind == "ratio" else (),
        total=total,
        plan=plan.days,
        now=now,
        target=target,
        planned=planned,
        gap=None if now is None or planned is None else gap_of(now, planned, lower),
        needed=_needed(ground, indicator, amounts, target),
        lately=_lately(ground, indicator, amounts),
        forecast=_forecast(ground, indicator, hubs, amounts, total, target) if foretell else None,
        state=state_of(now, planned, _yesterday(ground, plan), lower),
    )


def _totals(
    ground: Ground, indicator: Indicator, hubs: Sequence[str] | None, amounts: Amounts
) -> tuple[float | None, ...]:
    begun = ground.begun
    if indicator.kind == "level":
        found = ground.parts.standing(indicator, ground.days, hubs)[:begun]
    elif indicator.metric is not None and not any(amounts[:begun]):
        found = [None] * begun  # no metric that could be followed so
    else:
        tops = list(accumulate(one.top if one else 0.0 for one in amounts[:begun]))
        bases = accumulate(one.base or 0.0 if one else 0.0 for one in amounts[:begun])
        found = [*tops]
        if indicator.kind == "ratio":
            found = [n / of if of else None for n, of in zip(tops, bases, strict=True)]
    return (*found, *[None] * (len(ground.days) - begun))


def _planned(ground: Ground, plan: Way, target: float | None) -> float | None:
    """What the plan asks for by now; once it is over, the target."""
    if ground.day.phase == "after":
        return target
    return plan_now(plan.start, plan.days, ground.begun, ground.passed)


def _yesterday(ground: Ground, plan: Way) -> float | None:
    """What it asked for by the end of yesterday, while today can still be used."""
    if ground.day.phase != "running":
        return None
    return plan_now(plan.start, plan.days, ground.begun, 0.0)


# ---------------------------------------------------------------- per day


def _speaks_of(ground: Ground, indicator: Indicator, place: int) -> bool:
    return indicator.plan != "working_days" or ground.working[place]


def _recent(ground: Ground, indicator: Indicator, amounts: Amounts) -> list[Amount]:
    """The last finished days with a report."""
    told = [
        one for place, one in enumerate(amounts[: ground.finished])
        if one is not None and _speaks_of(ground, indicator, place)
    ]  # fmt: skip
    return told[-LATELY:]


def _lately(ground: Ground, indicator: Indicator, amounts: Amounts) -> float | None:
    recent = _recent(ground, indicator, amounts)
    if not recent or indicator.kind == "level":
        return None
    done = sum(one.top for one in recent)
    if indicator.kind == "count":
        return done / len(recent)
    of = sum(one.base or 0.0 for one in recent)
    return done / of if of else None


def _needed(
    ground: Ground, indicator: Indicator, amounts: Amounts, target: float | None
) -> float | None:
    if target is None or indicator.kind == "level":
        return None
    coming, today = _left(ground, indicator)
    if indicator.kind == "ratio":
        return _share_needed(ground, indicator, amounts, target, coming + (today or 0.0))
    done = sum(one.top for one in amounts[: ground.begun] if one is not None)
    return needed_per_day(target, done, coming, today)


def _left(ground: Ground, indicator: Indicator) -> tuple[int, float | None]:
    """The days to come that count, and what is left of today where it is one of them."""
    coming = sum(
        _speaks_of(ground, indicator, place) for place in range(ground.begun, len(ground.days))
    )
    runs = ground.finished < ground.begun and _speaks_of(ground, indicator, ground.finished)
    return coming, 1.0 - ground.passed if runs else None


def _share_needed(
    ground: Ground, indicator: Indicator, amounts: Amounts, target: float, left: float
) -> float | None:
    """The rest is as large as it was lately, for each day that is left."""
    told = [one for one in amounts[: ground.begun] if one is not None]
    recent = _recent(ground, indicator, amounts)
    if not recent:
        return None
    per_day = sum(one.base or 0.0 for one in recent) / len(recent)
    of = sum(one.base or 0.0 for one in told)
    return share_required(target, sum(one.top for one in told), of, per_day * left)


# ---------------------------------------------------------------- the end


def _forecast(
    ground: Ground,
    indicator: Indicator,
    hubs: Sequence[str] | None,
    amounts: Amounts,
    total: Sequence[float | None],
    target: float | None,
) -> Forecast | None:
    start = _first_place(ground, hubs)
    finished = max(start, ground.finished)
    past, coming = slice(start, finished), slice(finished, None)
    days, lower = ground.days, indicator.lower_is_better
    if indicator.kind == "level":
        return forecast_level(
            _counts(ground, days[past], total[past]),
            _counts(ground, days[coming], total[coming]),
            target=target, lower_is_better=lower,
        )  # fmt: skip
    ahead, earlier = _earlier(ground, indicator, hubs)
    tops, bases = _tops(amounts), _bases(amounts)
    if indicator.kind == "count":
        return forecast(
            _counts(ground, days[past], tops[past]),
            _counts(ground, days[coming], tops[coming]),
            target=target, lower_is_better=lower,
            before=_counts(ground, ahead, _tops(earlier)),
        )  # fmt: skip
    pairs = zip(
        _counts(ground, days[past], tops[past]), _counts(ground, days[past], bases[past]),
        strict=True,
    )  # fmt: skip
    pairs_before = zip(
        _counts(ground, ahead, _tops(earlier)), _counts(ground, ahead, _bases(earlier)),
        strict=True,
    )  # fmt: skip
    return forecast_ratio(
        list(pairs), _counts(ground, days[coming], tops[coming]), target=target,
        lower_is_better=lower, before=list(pairs_before),
    )  # fmt: skip


def _earlier(
    ground: Ground, indicator: Indicator, hubs: Sequence[str] | None
) -> tuple[list[date], list[Amount | None]]:
    """The days ahead of the campaign, from the first on which there was anything to count."""
    ahead = [ground.campaign.starts_on - n * DAY for n in range(BEFORE, 0, -1)]
    amounts = ground.parts.daily(indicator, ahead, hubs)
    start = next((place for place, one in enumerate(amounts) if one and any(one)), BEFORE)
    return ahead[start:], amounts[start:]


def _first_place(ground: Ground, hubs: Sequence[str] | None) -> int:
    """Of a single hub, its own first day: it is not blamed for those before it was there."""
    if hubs is None or len(hubs) != 1:
        return 0
    return (ground.begins(hubs[0]) - ground.campaign.starts_on).days


def _tops(amounts: Amounts) -> list[float | None]:
    return [None if one is None else one.top for one in amounts]


def _bases(amounts: Amounts) -> list[float | None]:
    return [None if one is None else one.base for one in amounts]


def _counts(ground: Ground, days: Sequence[date], values: Sequence[float | None]) -> list[DayCount]:
    return [
        DayCount(day, value, ground.calendar.is_working(day))
        for day, value in zip(days, values, strict=True)
    ]
