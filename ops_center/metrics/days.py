"""The sums of past days, kept between two looks: only days that were touched are read anew.

A past day rarely changes, but a wall looks each second. Each day carries a mark (its rows and the
rounds that wrote them); while the mark is the same, so are the sums.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from ops_center.metrics.measures import MEASURES
from ops_center.store.days import Mark, Sums, day_durations, day_marks, field_sums, hub_sums

ALL = tuple(measure.name for measure in MEASURES)
OF_FIELD = ("received", "early", "on_time", "late", "timed", "worked_minutes")
_UNMARKED: Mark = (-1, -1)


@dataclass(frozen=True)
class Day:
    """A past local day. `fields` and `durations` are there only where they were asked for."""

    mark: Mark
    totals: Counter[str]
    hubs: Sums
    fields: Sums | None = None
    durations: Counter[int] | None = None


NOTHING = Day(_UNMARKED, Counter(), {}, {}, Counter())


class Days:
    """The kept days of one ward in one database. Safe to ask from many threads."""

    def __init__(self, ward_id: str) -> None:
        self._ward_id = ward_id
        self._kept: dict[date, Day] = {}
        self._lock = Lock()

    def read(
        self, connection: Connection, first: date, detailed: date, last: date
    ) -> dict[date, Day]:
        """Each day of [first, last), from `detailed` on with fields and durations."""
        marks = day_marks(connection, self._ward_id, first, last)
        with self._lock:
            known = {day: one for day, one in self._kept.items() if one.mark == marks.get(day)}
        stale = [day for day in marks if day not in known or not _trusted(marks[day])]
        days = known | self._totals(connection, {day: marks[day] for day in stale})
        bare = [day for day in days if day >= detailed and days[day].fields is None]
        days |= self._details(connection, {day: days[day] for day in bare})
        with self._lock:
            self._kept = days
        span = (last - first).days
        return {day: days.get(day, NOTHING) for day in (first + timedelta(n) for n in range(span))}

    def _totals(self, connection: Connection, marks: dict[date, Mark]) -> dict[date, Day]:
        if not marks:
            return {}
        found = hub_sums(connection, self._ward_id, marks, ALL)
        return {day: Day(marks[day], _total(hubs), hubs) for day, hubs in found.items()}

    def _details(self, connection: Connection, days: dict[date, Day]) -> dict[date, Day]:
        if not days:
            return {}
        fields = field_sums(connection, self._ward_id, days, OF_FIELD)
        bins = day_durations(connection, self._ward_id, days)
        return {
            day: replace(one, fields=fields.get(day, {}), durations=bins.get(day, Counter()))
            for day, one in days.items()
        }


def _trusted(mark: Mark) -> bool:
    """A day that no round signed might change without a sign."""
    count, written = mark
    return written >= count


def _total(hubs: Sums) -> Counter[str]:
    total: Counter[str] = Counter()
    for sums in hubs.values():
        total.update(sums)
    return total


_days: WeakKeyDictionary[Engine, dict[str, Days]] = WeakKeyDictionary()


def kept_days(connection: Connection, ward_id: str) -> Days:
    """What this process keeps of that ward of the connection's database."""
    wards = _days.setdefault(connection.engine, {})
    return wards.setdefault(ward_id, Days(ward_id))
