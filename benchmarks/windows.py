"""Windows of 45 days to forecast: invented ones of varied character, and real ones from a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from ops_center.domain.campaign import DayCount

LENGTH, BEFORE = 45, 28
_DAY = timedelta(days=1)
_TET = (date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6))
_HOLIDAYS = {
    *(new_year + step * _DAY for new_year in _TET for step in range(-1, 6)),
    *(date(year, month, day) for year in (2025, 2026, 2027)
      for month, day in ((1, 1), (4, 30), (5, 1), (9, 1), (9, 2))),
}


@dataclass(frozen=True)
class Window:
    """The days of one campaign as they turned out, and those before it if there are any."""

    days: tuple[DayCount, ...]
    before: tuple[DayCount, ...]
    scale: float  # losses are told in parts of this
    traits: frozenset[str] = field(default_factory=frozenset)
    block: int = 0  # windows of one block are not independent of one another

    @property
    def total(self) -> float:
        return sum(day.n or 0.0 for day in self.days)


def simulated(count: int, seed: int) -> Iterator[Window]:
    """Invented windows: each trait of a campaign is there in some of them, at random."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        yield _invented(random)


def _invented(random: np.random.Generator) -> Window:
    traits: set[str] = set()
    start = date(2025, 1, 1) + int(random.integers(28, 900)) * _DAY
    if random.random() < 0.2:
        start = _TET[random.integers(3)] - int(random.integers(0, 40)) * _DAY
        traits.add("Tết")
    dates = [start + step * _DAY for step in range(-BEFORE, LENGTH)]
    working = np.array([day.weekday() < 5 and day not in _HOLIDAYS for day in dates])
    mean = _level(random, traits) * _rhythm(random, dates, working) * _course(random, traits)
    if random.random() < 0.25:
        mean *= np.where(random.random(len(dates)) < random.uniform(0.02, 0.08),
                         random.uniform(2, 6, len(dates)), 1.0)
        traits.add("bursts")
    scatter = random.choice([0.0, random.uniform(0.02, 0.15), random.uniform(0.15, 0.6)])
    if scatter:
        mean = mean * random.gamma(1 / scatter, scatter, len(dates))
    counts = random.poisson(mean).astype(float)
    silent = np.zeros(len(dates), bool)
    if random.random() < 0.3:
        silent = random.random(len(dates)) < random.uniform(0.02, 0.25)
        traits.add("unreported days")
    days = [
        DayCount(day, None if quiet else float(n), bool(works))
        for day, n, works, quiet in zip(dates, counts, working, silent, strict=True)
    ]
    before = days[:BEFORE] if random.random() < 0.5 else []
    traits.add("days before" if before else "nothing before")
    scale = max(float(mean[BEFORE:].sum()), 1.0)
    return Window(tuple(days[BEFORE:]), tuple(before), scale, frozenset(traits))


def _level(random: np.random.Generator, traits: set[str]) -> float:
    level = float(np.exp(random.uniform(np.log(0.4), np.log(2000))))
    traits.add("few a day" if level < 5 else "many a day" if level > 200 else "some a day")
    return level


def _rhythm(
    random: np.random.Generator, dates: list[date], working: np.ndarray
) -> np.ndarray:
    weekdays = np.exp(random.normal(0, random.uniform(0, 0.3), 7))
    off = random.choice([0.0, random.uniform(0, 0.5), random.uniform(0.5, 1.3)], 2)
    holiday = random.uniform(0, 1) * off[1]
    return np.array([
        weekdays[day.weekday()] if works
        else off[day.weekday() - 5] if day.weekday() >= 5 and day not in _HOLIDAYS
        else holiday
        for day, works in zip(dates, working, strict=True)
    ])


def _course(random: np.random.Generator, traits: set[str]) -> np.ndarray:
    """How the pace changes: by the kind of campaign, and by a random walk of its own."""
    day = np.arange(LENGTH)
    kinds = ["even", "grows", "grows slowly", "fades", "late push"]
    kind = str(random.choice(kinds, p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    traits.add(kind)
    course = np.ones(LENGTH)
    if kind == "grows":
        course = 1 / (1 + np.exp(-(day - random.uniform(2, 12)) / random.uniform(1, 4)))
    elif kind == "grows slowly":
        least = random.uniform(0.1, 0.6)
        course = np.minimum(1, least + (1 - least) * day / random.uniform(5, 25))
    elif kind == "fades":
        course = 1 + random.uniform(0.3, 1.5) * np.exp(-day / random.uniform(3, 12))
    elif kind == "late push":
        course = np.where(day >= random.uniform(25, 38), random.uniform(1.3, 2), 1.0)
    ahead = np.full(BEFORE, np.exp(random.normal(0, 0.4)))
    drift = np.cumsum(random.normal(0, random.uniform(0, 0.05), BEFORE + LENGTH))
    moved: np.ndarray = np.concatenate([ahead, course]) * np.exp(drift - drift[BEFORE])
    return moved


def real(folder: Path) -> dict[str, list[Window]]:
    """Windows over the arrivals of real dossiers: all of them, by channel, by official."""
    rows = pd.read_csv(folder / "permits_receipt.csv")
    cases = rows.drop_duplicates("case:concept:name")
    at = pd.to_datetime(cases["case:startdate"], utc=True, format="ISO8601")
    cases = cases.assign(day=at.dt.tz_convert("Europe/Amsterdam").dt.date)
    span = (cases["day"].min(), cases["day"].max())
    found = {"whole": _windows(cases["day"], span)}
    for name, column in (("by channel", "case:channel"), ("by official", "case:responsible")):
        sizes = cases[column].value_counts()
        found[name] = [
            window
            for value in sizes[sizes >= 50].index
            for window in _windows(cases.loc[cases[column] == value, "day"], span)
        ]
    return found


def _windows(arrivals: pd.Series, span: tuple[date, date]) -> list[Window]:
    """A window from each week; those that start within 45 days of one another share a block."""
    counts = arrivals.value_counts()
    first, last = span
    days = [
        DayCount(day, float(counts.get(day, 0)), day.weekday() < 5)
        for day in (first + step * _DAY for step in range((last - first).days + 1))
    ]
    whole = max(sum(day.n or 0 for day in days) / len(days) * LENGTH, 1.0)
    return [
        Window(
            tuple(days[start : start + LENGTH]), tuple(days[start - BEFORE : start]), whole,
            block=(start - BEFORE) // LENGTH,
        )
        for start in range(BEFORE, len(days) - LENGTH + 1, 7)
    ]


def shares(count: int, seed: int) -> Iterator[tuple[Window, Window]]:
    """Invented windows of a ratio: of each day's dossiers, those that are as they should be."""
    random = np.random.default_rng(seed)
    for whole in simulated(count, seed):
        start = np.log(1 / random.uniform(0.03, 0.9) - 1)
        odds = start + np.cumsum(random.normal(0, random.uniform(0, 0.08), LENGTH))
        alike = random.choice([0.0, random.uniform(0.01, 0.1)])  # dossiers of a day are alike
        share = 1 / (1 + np.exp(-odds))
        if alike:
            share = random.beta(share * (1 / alike - 1), (1 - share) * (1 / alike - 1))
        part = tuple(
            DayCount(day.day, None if day.n is None else float(random.binomial(int(day.n), one)),
                     day.working)
            for day, one in zip(whole.days, share, strict=True)
        )
        yield Window(part, (), 1.0), whole


def levels(count: int, seed: int) -> Iterator[Window]:
    """Invented windows of a level: walks, half of them with a drift, half of them with noise."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        start, step = random.uniform(20, 1000), random.uniform(0.001, 0.05)
        drift = random.choice([0.0, random.normal(0, 0.4)]) * step
        noise = random.choice([0.0, random.uniform(0.3, 2)]) * step
        walk = start * (1 + np.cumsum(random.normal(drift, step, LENGTH)))
        seen = walk + start * random.normal(0, 1, LENGTH) * noise
        silent = random.random(LENGTH) < random.choice([0.0, 0.15])
        silent[-1] = False
        yield Window(
            tuple(DayCount(_TET[0] + place * _DAY, None if quiet else max(float(value), 0.0))
                  for place, (value, quiet) in enumerate(zip(seen, silent, strict=True))),
            (), float(start),
        )
