"""How a campaign will end, foretold from its days so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DayCount:
    """What one day brought; `n` is None when nobody reported or nobody can know yet."""

    day: date
    n: float | None
    working: bool = True


@dataclass(frozen=True)
class Forecast:
    """The value by the end of each day to come: 10, 50 and 90 % quantiles.

    For a count these are running totals, for a ratio the ratio of sums, for a level that day's.
    """

    days: tuple[date, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    probability: float | None  # of keeping the target on the last day; None without a target
    reached_on: date | None  # the middle's day, also in the past; None: not within the campaign
    shortfall: float | None  # what the middle lacks on the last day, 0 when it lacks nothing
    basis: int  # finished days with a report that it rests on


def forecast(
    past: Sequence[DayCount],
    coming: Sequence[DayCount],
    *,
    target: float | None = None,
    lower_is_better: bool = False,
    before: Sequence[DayCount] = (),
) -> Forecast | None:
    """The running total by the end of each coming day; None when no day was reported.

    `past` are the campaign's finished days, `before` days ahead of it, which teach the rhythm of
    the week. What `coming` says of today is a floor: so much has been done already.
    """
    reported = [day.n for day in past if day.n is not None]
    if not reported:
        return None
    done, pace = sum(reported), sum(reported) / len(reported)
    middle = [done + pace * (step + 1) for step in range(len(coming))]
    return _plain(coming, middle, target, lower_is_better, len(reported), done)


def forecast_ratio(
    past: Sequence[tuple[DayCount, DayCount]],
    coming: Sequence[DayCount],
    *,
    target: float | None,
    lower_is_better: bool = False,
    before: Sequence[tuple[DayCount, DayCount]] = (),
) -> Forecast | None:
    """The ratio of sums by the end of each coming day, from (numerator, denominator) of each day.

    None when no day with both was reported, or when every denominator was 0.
    """
    pairs = [(n.n, of.n) for n, of in past if n.n is not None and of.n is not None]
    if not sum(of for _, of in pairs):
        return None
    ratio = sum(n for n, _ in pairs) / sum(of for _, of in pairs)
    return _plain(coming, [ratio] * len(coming), target, lower_is_better, len(pairs), ratio)


def forecast_level(
    past: Sequence[DayCount],
    coming: Sequence[DayCount],
    *,
    target: float | None,
    lower_is_better: bool = False,
) -> Forecast | None:
    """The level on each coming day; None when no day was reported."""
    reported = [day.n for day in past if day.n is not None]
    if not reported:
        return None
    last = reported[-1]
    return _plain(coming, [last] * len(coming), target, lower_is_better, len(reported), last)


def _plain(
    coming: Sequence[DayCount],
    middle: Sequence[float],
    target: float | None,
    lower: bool,
    basis: int,
    now: float,
) -> Forecast:
    last = middle[-1] if middle else now
    missing = None if target is None else max(0.0, last - target if lower else target - last)
    reached = [
        day.day
        for day, value in zip(coming, middle, strict=True)
        if target is not None and (value <= target if lower else value >= target)
    ]
    return Forecast(
        tuple(day.day for day in coming), tuple(middle), tuple(middle), tuple(middle),
        None if missing is None else float(missing == 0),
        reached[0] if reached else None, missing, basis,
    )
