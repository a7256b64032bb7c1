"""From sums to a number: what a metric makes of the measures and states it is built on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ops_center.metrics.catalog import Metric, formula
from ops_center.store.sums import nearest_rank

HALF_HOUR = 30


@dataclass(frozen=True)
class Number:
    """A metric's value in its unit; None where the denominator is 0.

    An amount has a numerator only. For a mean the numerator is the sum, for a percentile it is
    the half-hour bin in which the rank lies; the denominator is the number of dossiers.
    """

    value: float | int | None
    numerator: int | None
    denominator: int | None
    unit: str


@dataclass
class Values:
    """What was found for one group: measures and states, durations, distinct keys."""

    atoms: Counter[str] = field(default_factory=Counter)
    durations: Counter[int] = field(default_factory=Counter)
    keys: dict[str, set[str]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        return not any(self.atoms.values()) and not self.durations and not self.keys

    def total(self, spelled: str) -> int:
        """The value of a formula, such as ``early + on_time``."""
        atoms, found = self.atoms, 0  # a wall asks a thousand times a second
        for atom, sign in formula(spelled).items():
            found += sign * atoms[atom]
        return found


def number(metric: Metric, values: Values) -> Number:
    """The metric's number for that group."""
    if metric.kind == "amount":
        total = values.total(metric.top)
        return Number(total, total, None, metric.unit)
    if metric.kind == "distinct":
        count = len(values.keys.get(metric.key, ()))
        return Number(count, count, None, metric.unit)
    if metric.kind == "percentile":
        return _percentile(metric, values.durations)
    top, bottom = values.total(metric.top), values.total(metric.bottom)
    return Number(top / bottom if bottom else None, top, bottom, metric.unit)


def _percentile(metric: Metric, durations: Counter[int]) -> Number:
    assert metric.share is not None
    rank = nearest_rank(durations, metric.share)
    value = None if rank is None else rank * HALF_HOUR
    return Number(value, rank, durations.total(), metric.unit)


def judged(metric: Metric, value: float | None) -> str:
    """good (target reached), watch, bad, or none (no value or nothing to judge it by)."""
    if value is None or metric.target is None or metric.watch is None:
        return "none"
    sign = 1 if metric.better == "up" else -1
    if sign * value >= sign * metric.target:
        return "good"
    return "watch" if sign * value >= sign * metric.watch else "bad"
