"""A level that moves from day to day: a random walk seen with noise, and perhaps a drift.

The changes of a noisy walk from one report to the next go against one another: as far as they do,
they are noise, and the rest are steps (Harvey, Forecasting, Structural Time Series Models and the
Kalman Filter, 1989, ch. 2). A drift is believed as far as it was seen for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ops_center.domain.forecast_spread import Level

_STEP, _STEP_DAYS = 0.03, 2.0  # a step is expected to be 3 % of the level; worth so many days
_DRIFT_DAYS = 12.0  # no drift is expected; worth so many days
_NOISE_DAYS = 5.0  # no noise is expected; worth so many days
_LEAST = 0.05  # the least part of a change's variance that is a step


@dataclass(frozen=True)
class Walk:
    """Where a level stands and how it moves, each with its variance."""

    level: float
    variance: float
    step: float  # the variance of a day's step
    noise: float  # … of a report around the level
    drift: float
    doubt: float  # … of the drift

    def after(self, days: int) -> Level:
        """The level so many days after the last report."""
        spread = self.variance + self.step * days + self.noise + self.doubt * days**2
        return Level(self.level + self.drift * days, spread)


def learn_walk(reports: Sequence[tuple[int, float]]) -> Walk:
    """From (day, level) of each report, in order."""
    span = reports[-1][0] - reports[0][0]
    drift = (reports[-1][1] - reports[0][1]) / (span + _DRIFT_DAYS)
    changes = [((b - a) - drift * (t - s)) / (t - s) ** 0.5
               for (s, a), (t, b) in pairwise(reports)]
    expected = (_STEP * max(abs(value) for _, value in reports)) ** 2
    whole = (sum(change**2 for change in changes) + _STEP_DAYS * expected) / (
        len(changes) + _STEP_DAYS - 1
    )
    against = -sum(one * two for one, two in pairwise(changes)) / (len(changes) + _NOISE_DAYS)
    noise = min(max(against, 0.0), whole * (1 - _LEAST) / 2)
    step = whole - 2 * noise
    level, variance = _stands(reports, drift, step, noise)
    return Walk(level, variance, step, noise, drift, step / (span + _DRIFT_DAYS))


def _stands(
    reports: Sequence[tuple[int, float]], drift: float, step: float, noise: float
) -> tuple[float, float]:
    """The last level without its noise, and the variance of that: a Kalman filter."""
    (day, level), variance = reports[0], noise
    for on, value in reports[1:]:
        level, variance = level + drift * (on - day), variance + step * (on - day)
        gain = variance / (variance + noise) if variance + noise > 0 else 1.0
        level, variance, day = level + gain * (value - level), variance * (1 - gain), on
    return level, variance
