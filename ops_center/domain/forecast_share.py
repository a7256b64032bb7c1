"""A share that moves from day to day: n of N by then, told from n and N of each day.

The same kind of local level as the pace: a day's share varies by `noise` times the binomial
variance (over-dispersion, learned on the way), and the share itself takes small steps. Three sizes
of step run side by side, each weighing as much as it foretold well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ops_center.domain.forecast_spread import Amount, Share

Pair = tuple[float, float]  # numerator, denominator

_STEPS = ((0.4, 0.0), (0.4, 0.02**2), (0.2, 0.06**2))  # weight; variance of a step, per binomial
_NOISE, _NOISE_DAYS = 1.5, 5.0
_BEFORE_VARIANCE = 0.25
_FAR_OUT = 16.0


@dataclass(frozen=True)
class _Model:
    share: float
    variance: float  # of the share, as a multiple of the binomial variance of one
    step: float
    noise: float
    days: float
    evidence: float

    def spread(self, rest: float, days: float) -> float:
        """The variance of the share of the rest, which comes over so many days, per binomial."""
        thick = self.days / (self.days - 2)
        return self.variance + self.step * days / 3 + thick * self.noise / max(rest, 1.0)


def ratios(
    before: Sequence[Pair | None],
    past: Sequence[Pair | None],
    rest: Sequence[Amount],
) -> list[Share | Amount]:
    """The ratio of sums after each coming day, of whose denominators `rest` is known."""
    told = [pair for pair in past if pair is not None and pair[1] > 0]
    n, of = sum(n for n, _ in told), sum(of for _, of in told)
    bounded = all(0 <= n <= of for n, of in told)
    pooled = (max(n, 0.0) + 0.5) / (of + 1)
    binomial = pooled * (1 - pooled) if bounded else pooled
    bank = [_followed(before, past, binomial, step, math.log(weight)) for weight, step in _STEPS]
    best = max(model.evidence for model in bank)
    weights = [math.exp(model.evidence - best) for model in bank]
    found: list[Share | Amount] = []
    for day, more in enumerate(rest, 1):
        mean, variance = _after(bank, weights, binomial, (n, of), more, day)
        if bounded:
            never, always = _untouched(n, of, more), _untouched(of - n, of, more)
            found.append(Share(mean, variance, never, always))
        else:
            found.append(Amount(mean, variance))
    return found


def _untouched(n: float, of: float, more: Amount) -> float:
    """The probability that what never happened yet never does (Jeffreys' prior)."""
    if n > 0:
        return 0.0
    return math.exp(
        math.lgamma(of + 0.5 + more.mean) - math.lgamma(of + 0.5)
        + math.lgamma(of + 1) - math.lgamma(of + 1 + more.mean)
    )


def _after(
    bank: Sequence[_Model],
    weights: Sequence[float],
    binomial: float,
    now: Pair,
    more: Amount,
    days: int,
) -> tuple[float, float]:
    n, of = now
    whole = of + more.mean
    part = more.mean / whole
    total = sum(weights)
    mean = square = 0.0
    for model, weight in zip(bank, weights, strict=True):
        ratio = (n + model.share * more.mean) / whole
        moved = (model.share - n / of) * of / whole**2  # by one more in the denominator
        variance = part**2 * binomial * model.spread(more.mean, days) + moved**2 * more.variance
        mean += weight * ratio / total
        square += weight * (variance + ratio**2) / total
    return mean, max(square - mean**2, 0.0)


def _followed(
    before: Sequence[Pair | None],
    past: Sequence[Pair | None],
    binomial: float,
    step: float,
    evidence: float,
) -> _Model:
    ahead = [pair for pair in before if pair is not None and pair[1] > 0]
    share, variance = 0.5, 4.0
    if ahead:
        share = sum(n for n, _ in ahead) / sum(of for _, of in ahead)
        variance = _BEFORE_VARIANCE
    noise, days = _NOISE, _NOISE_DAYS
    for pair in past:
        variance += step
        if pair is None or pair[1] <= 0:
            continue
        n, of = pair
        error = n / of - share
        spread = binomial * (variance + noise / of)
        square = min(error**2 / spread, _FAR_OUT)
        evidence -= 0.5 * math.log(spread) + 0.5 * (days + 1) * math.log1p(square / days)
        gain = variance * binomial / spread
        share += gain * error
        variance *= 1 - gain
        noise = max(noise * (days + square) / (days + 1), 0.05)
        days += 1
    return _Model(share, variance, step, noise, days, evidence)
