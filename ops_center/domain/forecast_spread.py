"""Quantiles and probabilities of what is only known by its mean and its variance, in closed form.

Amounts that cannot fall below zero are taken for gamma-distributed, which is skewed like sums of
over-dispersed counts. Its quantiles come from the cube-root rule of Wilson and Hilferty (1931).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
Z_LOW, Z_MIDDLE, Z_HIGH = _NORMAL.inv_cdf(0.1), 0.0, _NORMAL.inv_cdf(0.9)
_TINY = 1e-12


def normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


@dataclass(frozen=True)
class Amount:
    """An amount ≥ 0."""

    mean: float
    variance: float

    def quantile(self, z: float) -> float:
        """The value at so many standard deviations of a normal distribution."""
        if self.mean <= _TINY:
            return 0.0
        roughness = self.variance / self.mean**2 / 9
        return float(self.mean * max(0.0, 1 - roughness + z * math.sqrt(roughness)) ** 3)

    def at_most(self, value: float) -> float:
        """The probability that it is not above `value`."""
        if value < 0:
            return 0.0
        roughness = self.variance / self.mean**2 / 9 if self.mean > _TINY else 0.0
        if roughness <= _TINY:
            return float(value >= self.mean)
        return normal_cdf(((value / self.mean) ** (1 / 3) - 1 + roughness) / math.sqrt(roughness))


@dataclass(frozen=True)
class Share:
    """A share between 0 and 1, normal on the scale of log odds."""

    mean: float
    variance: float
    surely_none: float = 0.0  # the probability that it is exactly 0
    surely_all: float = 0.0  # … exactly 1

    def quantile(self, z: float) -> float:
        below = normal_cdf(z)
        if below <= self.surely_none:
            return 0.0
        if 1 - below <= self.surely_all:
            return 1.0
        if not 0 < self.mean < 1:
            return self.mean
        return 1 / (1 + math.exp(-(self._centre + z * self._width)))

    def at_most(self, value: float) -> float:
        if value >= 1:
            return 1.0
        if value < 0:
            return 0.0
        return min(max(self._below(value), self.surely_none), 1 - self.surely_all)

    def _below(self, value: float) -> float:
        if value == 0 or not 0 < self.mean < 1 or self.variance <= _TINY**2:
            return float(value >= self.mean)
        return normal_cdf((math.log(value / (1 - value)) - self._centre) / self._width)

    @property
    def _centre(self) -> float:
        return math.log(self.mean / (1 - self.mean))

    @property
    def _width(self) -> float:
        return math.sqrt(self.variance) / (self.mean * (1 - self.mean))


@dataclass(frozen=True)
class Level:
    """Any number, normally distributed."""

    mean: float
    variance: float

    def quantile(self, z: float) -> float:
        return self.mean + z * math.sqrt(self.variance)

    def at_most(self, value: float) -> float:
        if self.variance <= 0:
            return float(value >= self.mean)
        return normal_cdf((value - self.mean) / math.sqrt(self.variance))
