"""What an indicator counted at each hub on each day: by the catalogue, or by the teams' reports.

All indicators of a campaign are read together, in as few statements as one of them, and kept in
parts by hub and day. What several hubs did together is made from these parts, so it adds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from ops_center.metrics.catalog import METRICS, STATES, Metric, atoms
from ops_center.metrics.gather import Question, gather_over_time, wanted
from ops_center.metrics.measures import NEAR
from ops_center.metrics.number import Values, number
from ops_center.metrics.scope import Scope
from ops_center.store.activities import ByTopic, activity_sums
from ops_center.store.indicators import Indicator, Kind
from ops_center.store.system import Revision
from ops_center.store.wards import Ward

DAY = timedelta(days=1)

_STOCKS = frozenset({state.name for state in STATES} | {"carried", *NEAR})


class Amount(NamedTuple):
    """What was counted on a day; `base` is the denominator of a ratio."""

    top: float
    base: float | None = None


def kinds_of(metric: Metric) -> tuple[Kind, ...]:
    """As what an indicator can follow that metric.

    What happens on days adds up; what stands at an instant, or is no sum, can only be a level.
    What is near its due time hangs on the hour and is nothing to aim at.
    """
    if metric.kind in ("percentile", "distinct"):
        return ("level",)
    made_of = atoms(metric)
    if made_of & set(NEAR):
        return ()
    if made_of & _STOCKS:
        return ("level",)
    return ("count", "level") if metric.kind == "amount" else ("ratio", "level")


def metric_of(indicator: Indicator) -> Metric | None:
    """The metric of the catalogue that it follows, if there is one that can be followed so."""
    metric = METRICS.get(indicator.metric or "")
    return metric if metric and indicator.kind in kinds_of(metric) else None


def adds_up(indicator: Indicator) -> bool:
    """Whether the hubs' values add up to the ward's, so that they can share its target."""
    if indicator.kind == "ratio":
        return False
    if indicator.metric is None:
        return True
    metric = METRICS.get(indicator.metric)
    return metric is not None and metric.kind == "amount"


@dataclass(frozen=True)
class Parts:
    """What was counted, by hub and day. Only days from `first` until before `last` are known."""

    first: date
    last: date
    of_metrics: Mapping[str, Mapping[date, Values]]
    of_topics: ByTopic
    _together: dict[date, Values] = field(default_factory=dict, compare=False)

    def hubs(self, indicator: Indicator) -> set[str]:
        """The hubs of which it counted anything; a report of 0 counts."""
        metric = metric_of(indicator)
        if metric is None:
            return set(self.of_topics.get(indicator.topic_id or "", {}))
        made_of = atoms(metric)
        return {
            hub_id for hub_id, days in self.of_metrics.items()
            if any(
                values.durations or values.keys or any(values.atoms[one] for one in made_of)
                for values in days.values()
            )
        }  # fmt: skip

    def daily(
        self, indicator: Indicator, days: Sequence[date], hubs: Collection[str] | None
    ) -> list[Amount | None]:
        """What these hubs (None: all) counted on each day; None where nobody reported.

        A day of a metric on which nothing happened is 0, not unreported: dossiers are not
        reported by hubs. A ratio or a percentile of nothing is None.
        """
        if indicator.metric is not None:
            metric = metric_of(indicator)
            return [self._of_metric(indicator, metric, day, hubs) for day in days]
        return [self._of_topic(indicator, day, hubs) for day in days]

    def standing(
        self, indicator: Indicator, days: Sequence[date], hubs: Collection[str] | None
    ) -> list[float | None]:
        """A level by the end of each day.

        What teams report as a level holds at their hub until they report another.
        """
        if indicator.metric is not None:
            found = self.daily(indicator, days, hubs)
            return [None if one is None else one.top for one in found]
        levels = [
            self._held(reports, days)
            for hub_id, reports in self.of_topics.get(indicator.topic_id or "", {}).items()
            if hubs is None or hub_id in hubs
        ]
        if not levels:
            return [None] * len(days)
        return [_added(held) for held in zip(*levels, strict=True)]

    def _held(self, reports: Mapping[date, int], days: Sequence[date]) -> list[float | None]:
        held: list[float | None] = []
        for day in days:
            until = [one for one in reports if one <= day]
            held.append(float(reports[max(until)]) if until and day < self.last else None)
        return held

    def _of_metric(
        self, indicator: Indicator, metric: Metric | None, day: date,
        hubs: Collection[str] | None,
    ) -> Amount | None:  # fmt: skip
        if metric is None or not self.first <= day < self.last:
            return None
        values = self._values(day, hubs)
        if indicator.kind == "level":
            value = number(metric, values).value
            return None if value is None else Amount(float(value))
        if indicator.kind == "ratio":
            return Amount(float(values.total(metric.top)), float(values.total(metric.bottom)))
        return Amount(float(values.total(metric.top)))

    def _values(self, day: date, hubs: Collection[str] | None) -> Values:
        if hubs is not None:
            here = (self.of_metrics.get(hub_id, {}).get(day) for hub_id in sorted(hubs))
            known = [one for one in here if one is not None]
            return known[0] if len(known) == 1 else _merged(known)
        if day not in self._together:
            everywhere = (days[day] for days in self.of_metrics.values() if day in days)
            self._together[day] = _merged(everywhere)
        return self._together[day]

    def _of_topic(
        self, indicator: Indicator, day: date, hubs: Collection[str] | None
    ) -> Amount | None:
        tops = self._reports(indicator.topic_id, day, hubs)
        if indicator.kind != "ratio":
            return Amount(float(sum(tops.values()))) if tops else None
        bases = self._reports(indicator.base_topic_id, day, hubs)
        both = tops.keys() & bases.keys()
        if not both:
            return None
        return Amount(
            float(sum(tops[hub_id] for hub_id in both)),
            float(sum(bases[hub_id] for hub_id in both)),
        )

    def _reports(
        self, topic_id: str | None, day: date, hubs: Collection[str] | None
    ) -> dict[str, int]:
        told = self.of_topics.get(topic_id or "", {})
        asked = told if hubs is None else [hub_id for hub_id in set(hubs) if hub_id in told]
        return {hub_id: told[hub_id][day] for hub_id in asked if day in told[hub_id]}


def _added(held: Iterable[float | None]) -> float | None:
    known = [one for one in held if one is not None]
    return sum(known) if known else None


def _merged(parts: Iterable[Values]) -> Values:
    total = Values()
    for one in parts:
        total.atoms.update(one.atoms)
        total.durations.update(one.durations)
        for dimension, keys in one.keys.items():
            total.keys.setdefault(dimension, set()).update(keys)
    return total


def find_parts(
    connection: Connection,
    ward: Ward,
    indicators: Sequence[Indicator],
    first: date,
    last: date,
    as_of: datetime,
    revision: Revision,
) -> Parts:
    """What these indicators counted on the days [first, last), until `as_of`."""
    topics = {one.topic_id for one in indicators} | {one.base_topic_id for one in indicators}
    reported = activity_sums(connection, ward.id, {one for one in topics if one}, first, last)
    metrics = [metric for one in indicators if (metric := metric_of(one)) is not None]
    counted: dict[str, dict[date, Values]] = defaultdict(dict)
    if metrics and first < last:
        question = Question(connection, ward, Scope(ward.id, first, last), as_of, revision)
        found = gather_over_time(question, wanted(metrics), "day", ("hub",))
        for (day, hub_id), values in found.items():
            counted[hub_id][day] = values
    return Parts(first, last, counted, reported)
