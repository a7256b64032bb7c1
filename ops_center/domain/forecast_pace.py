"""The pace: what a usual working day brings, how that changes, and what follows for the rest.

A small bank of models runs side by side, each a local level with a scale of variance that is
learned on the way (West and Harrison, Bayesian Forecasting and Dynamic Models, 2nd ed. 1997, ch. 2
and 4.5; for counts Harvey and Fernandes, Journal of Business & Economic Statistics 7, 1989). The
variance of a day is `noise` times its mean: over-dispersed counts. The models differ in how fast
the level moves, so how fast the past is discounted, and in the shape of the campaign – even,
growing over one to three weeks, or fading after the opening. Each weighs as much as it foretold
well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from statistics import quantiles

from ops_center.domain.forecast_rhythm import DayCount, Rhythm, kind_of, learn_rhythm
from ops_center.domain.forecast_spread import Amount

Shape = Callable[[int], float]  # the part of the full pace on day `d`, counted from 0


def _even(day: int) -> float:
    return 1.0


def _growing(days: int) -> Shape:
    return lambda day: min(1.0, 0.25 + 0.75 * day / days)


def _fading(day: int) -> float:
    return 1.0 + 0.7 * math.exp2(-day / 5)


# Each with its weight before anything is seen.
_SHAPES: tuple[tuple[float, Shape], ...] = (
    (0.6, _even), (0.09, _growing(7)), (0.09, _growing(14)), (0.09, _growing(21)), (0.13, _fading),
)
# The level's daily step: its variance as a part of a day's – which in the long run discounts the
# past by 1 (never), 0.93 and 0.8 a day – and besides, by which part of itself the level moves.
_STEPS = ((0.35, 0.0, 0.02), (0.4, 0.07**2 / 0.93, 0.05), (0.25, 0.2**2 / 0.8, 0.12))
_NOISE_PER_MEAN = 0.2  # over-dispersion expected: a coefficient of variation of 45 %
_NOISE_DAYS = 5.0  # how many days that expectation is worth
_BEFORE_VARIANCE = 0.3  # how far the pace may be from the one before the campaign (relative)
_FAR_OUT = 16.0  # beyond 4 standard deviations a miss teaches no more than one there
_FENCE_DAYS, _FENCE = 6, 5.0


def rest_of(
    before: Sequence[DayCount], past: Sequence[DayCount], coming: Sequence[DayCount]
) -> list[Amount]:
    """How much will have come by the end of each coming day, not counting the past."""
    ahead, learned = fenced(before), fenced(past)
    mean = _mean(learned) or _mean(ahead)
    noise = 1 + _NOISE_PER_MEAN * mean
    rhythm = learn_rhythm([ahead, learned], noise)
    start = _start(ahead, learned, rhythm, noise)
    reporting = _reporting(past)
    parts: list[list[Amount]] = []
    weights: list[float] = []
    for shape_weight, shape in _SHAPES:
        path = _path(coming, len(past), rhythm, shape, reporting)
        for step_weight, *step in _STEPS:
            model = _followed(start, learned, rhythm, shape, step)
            weights.append(math.log(shape_weight * step_weight) + model.evidence)
            parts.append([model.amount(along) for along in path])
    best = max(weights)
    weights = [math.exp(weight - best) for weight in weights]
    return [_mixed(amounts, weights) for amounts in zip(*parts, strict=True)]


def fenced(days: Sequence[DayCount]) -> list[DayCount]:
    """The days with what is far out cut down (Tukey's fences, wide): it counts, but teaches less.

    A day of mass registration says little about an ordinary day.
    """
    counts = [day.n for day in days if day.n is not None]
    if len(counts) < _FENCE_DAYS:
        return list(days)
    low, _, high = quantiles(counts, n=4)
    fence = high + _FENCE * max(high - low, math.sqrt(max(high, 0.0)) + 1)
    return [
        day if day.n is None or day.n <= fence else DayCount(day.day, fence, day.working)
        for day in days
    ]


def _mean(days: Sequence[DayCount]) -> float:
    counts = [max(day.n, 0.0) for day in days if day.n is not None]
    return sum(counts) / len(counts) if counts else 0.0


def _reporting(past: Sequence[DayCount]) -> dict[bool, tuple[float, float]]:
    """For working and free days since the first report: the share reported, and its variance."""
    told: dict[bool, tuple[float, float]] = {}
    since = list(dropwhile(lambda day: day.n is None, past))
    for working in (True, False):
        days = [day.n is not None for day in since if day.working == working]
        share = (sum(days) + 1) / (len(days) + 1)
        told[working] = (share, share * (1 - share) / (len(days) + 2))
    return told


@dataclass(frozen=True)
class _Along:
    """A path from tomorrow to one day: the usual days it holds, and what is uncertain of them."""

    usual: float = 0.0
    steps: float = 0.0  # Σ usual(i) · usual(j) · min(i, j), for a level that moves each day
    unknown: float = 0.0  # the variance by rhythm and reports


def _path(
    coming: Sequence[DayCount],
    first: int,
    rhythm: Rhythm,
    shape: Shape,
    reporting: dict[bool, tuple[float, float]],
) -> list[_Along]:
    path: list[_Along] = []
    usual = steps = moments = gaps = 0.0
    of_kind = [0.0] * len(rhythm.shares)
    of_class = {True: 0.0, False: 0.0}
    for place, day in enumerate(coming, 1):
        kind, (reports, _) = kind_of(day), reporting[day.working]
        part = shape(first + place - 1)
        full = part * rhythm.shares[kind]
        share = full * reports
        steps += share * (2 * moments + place * share)
        moments += place * share
        usual += share
        gaps += reports * (1 - reports) * full**2
        of_kind[kind] += part * reports
        of_class[day.working] += full
        rhythms = sum(n * n * v for n, v in zip(of_kind, rhythm.variances, strict=True) if n)
        silences = sum(of_class[working] ** 2 * reporting[working][1] for working in of_class)
        path.append(_Along(usual, steps, gaps + rhythms + silences))
    return path


@dataclass(frozen=True)
class _Model:
    """What one model knows: the level, and its variance as a multiple of noise · level."""

    level: float
    variance: float | None  # None: nothing is known of the level
    step: Sequence[float]
    noise: float
    days: float = _NOISE_DAYS  # of experience with the noise
    evidence: float = 0.0  # how well it foretold: a log likelihood

    def amount(self, along: _Along) -> Amount:
        thick = self.days / (self.days - 2)  # the noise itself is uncertain: Student's tails
        variance = self.noise * self.level * (
            thick * along.usual + (self.variance or 0.0) * along.usual**2
            + self.step[0] * along.steps
        )
        unknown = along.unknown + self.step[1] ** 2 * along.steps
        return Amount(self.level * along.usual, variance + self.level**2 * unknown)


def _start(
    ahead: Sequence[DayCount], learned: Sequence[DayCount], rhythm: Rhythm, noise: float
) -> _Model:
    """The pace before the campaign if there is one, else whatever its first days were."""
    usual = sum(rhythm.shares[kind_of(day)] for day in ahead if day.n is not None)
    brought = sum(max(day.n, 0.0) for day in ahead if day.n is not None)
    if usual > 1 and brought > 0:
        level = brought / usual
        return _Model(level, _BEFORE_VARIANCE * level / noise, (), noise)
    return _Model(0.0, None, (), noise)


def _followed(
    model: _Model, learned: Sequence[DayCount], rhythm: Rhythm, shape: Shape, step: Sequence[float]
) -> _Model:
    level, variance, noise = model.level, model.variance, model.noise
    days, evidence, place = model.days, 0.0, 0
    for place, day in enumerate(learned):
        if variance is not None:
            variance += step[0] + step[1] ** 2 * level / noise
        if day.n is None:
            continue
        kind, count = kind_of(day), max(day.n, 0.0)
        share = max(shape(place) * rhythm.shares[kind], 0.02)
        if variance is None:
            level, variance = (count + 0.5) / share, 1 / share
            continue
        error = count - level * share
        unknown = level * (share / max(rhythm.shares[kind], 0.02)) ** 2 * rhythm.variances[kind]
        spread = level * (share + share**2 * variance + unknown / noise)
        square = min(error**2 / (noise * spread), _FAR_OUT)
        evidence -= 0.5 * math.log(noise * spread)
        evidence -= 0.5 * (days + 1) * math.log1p(square / days)
        gain = share * variance * level / spread
        level = max(level + gain * error, 0.5 / (place + 1))
        variance *= 1 - gain * share
        noise = max(noise * (days + square) / (days + 1), 0.05)
        days += 1
    return _Model(level, variance, step, noise, days, evidence)


def _mixed(amounts: Sequence[Amount], weights: Sequence[float]) -> Amount:
    total = sum(weights)
    mean = sum(w * a.mean for w, a in zip(weights, amounts, strict=True)) / total
    square = sum(
        w * (a.variance + a.mean**2) for w, a in zip(weights, amounts, strict=True)
    ) / total
    return Amount(mean, max(square - mean**2, 0.0))
