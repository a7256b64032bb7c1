"""Where and when: the dossiers a reading is about, and the instants that bound it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from ops_center.domain.working_days import local_day, start_of
from ops_center.metrics.columns import Columns
from ops_center.store.sums import Place, Window

DAY = timedelta(days=1)
Bins = tuple[int, int | None]
One = TypeVar("One")


@dataclass(frozen=True)
class Scope:
    """The local days [first, last) of a ward; None stands for all hubs, fields, … .

    Hubs are ids after all mergers; channel levels are those of `tables.CHANNEL_LEVELS`. The last
    four are unknown to the roll-ups: `statuses`, where a dossier stands at T, as
    `standing.STANDINGS` names it; `officials`, None among them for dossiers without one; `hours`,
    ISO weekday and local hour of reception; `took`, the first and last half-hour bin of working
    time, the last None for no end, of dossiers done by T. `columns`: what narrows a list's rows
    beside all that.
    """

    ward_id: str
    first: date
    last: date
    hubs: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    channel_levels: frozenset[str] | None = None
    statuses: frozenset[str] | None = None
    officials: frozenset[str | None] | None = None
    hours: frozenset[tuple[int, int]] | None = None
    took: frozenset[Bins] | None = None
    columns: Columns | None = None

    @property
    def place(self) -> Place:
        """The part that the roll-ups know; `standing.placed` adds the rest."""
        return Place(self.ward_id, self.hubs, self.fields, self.procedures, self.channel_levels)

    @property
    def summed(self) -> bool:
        """Whether the roll-ups know all of it."""
        sieves = (self.statuses, self.officials, self.hours, self.took, self.columns)
        return all(one is None for one in sieves)

    def told(self) -> dict[str, Any]:
        """The scope as plain values: ISO dates, sorted lists, None for all."""
        parts: dict[str, Any] = {
            "hubs": self.hubs,
            "fields": self.fields,
            "procedures": self.procedures,
            "channel_levels": self.channel_levels,
        }
        if not self.summed:
            parts |= {
                "statuses": self.statuses,
                "officials": self.officials and {one or "" for one in self.officials},
                "hours": self.hours and {f"{day}-{hour:02d}" for day, hour in self.hours},
                "took": self.took and {spelled_took(bins) for bins in self.took},
            }
        lists = {name: None if part is None else sorted(part) for name, part in parts.items()}
        span = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"ward": self.ward_id, **span, **lists}


def narrow(scope: Scope, allowed_hubs: frozenset[str] | None) -> Scope:
    """The scope cut down to the hubs that somebody may see; None allows all."""
    if allowed_hubs is None:
        return scope
    hubs = allowed_hubs if scope.hubs is None else scope.hubs & allowed_hubs
    return replace(scope, hubs=hubs)


def listed(scope: Scope, columns: Columns) -> Scope:
    """The scope of those of its rows that the columns keep."""
    rest = replace(columns, hubs=None, procedures=None, channel_levels=None, officials=None)
    return replace(
        scope,
        hubs=_both(scope.hubs, columns.hubs),
        procedures=_both(scope.procedures, columns.procedures),
        channel_levels=_both(scope.channel_levels, columns.channel_levels),
        officials=_both(scope.officials, columns.officials),
        columns=None if rest == Columns() else rest,
    )


def _both(some: frozenset[One] | None, other: frozenset[One] | None) -> frozenset[One] | None:
    if some is None or other is None:
        return other if some is None else some
    return some & other


def parse_hour(spelled: str) -> tuple[int, int]:
    """``1-09``: Monday from nine to ten. ValueError for anything else."""
    weekday, hour = spelled.split("-")
    return int(weekday), int(hour)


_TOOK = re.compile(r"(0|[1-9]\d{0,3})(\.5)?-(?:(0|[1-9]\d{0,3})(\.5)?)?", re.ASCII)


def parse_took(spelled: str) -> Bins:
    """``4-6.5``: more than 4 working hours, up to 6.5; ``80-``: more than 80; ``0-8`` holds 0, too.

    The half-hour bins that this means; ValueError for anything else.
    """
    found = _TOOK.fullmatch(spelled)
    if found is None:
        raise ValueError(spelled)
    more, more_half, most, most_half = found.groups()
    above = 2 * int(more) + bool(more_half)
    last = None if most is None else 2 * int(most) + bool(most_half)
    if last is not None and last <= above:
        raise ValueError(spelled)
    return (above + 1 if above else 0), last


def spelled_took(bins: Bins) -> str:
    """As `parse_took` reads it."""
    first, last = bins
    return f"{max(first - 1, 0) / 2:g}-" + ("" if last is None else f"{last / 2:g}")


def cut_took(took: Iterable[Bins], to: Bins) -> list[Bins]:
    """What of these bins lies within those."""
    first, last = to
    found = []
    for low, high in joined_took(took):
        end = high if last is None else last if high is None else min(high, last)
        if end is None or max(low, first) <= end:
            found.append((max(low, first), end))
    return found


def joined_took(took: Iterable[Bins]) -> list[Bins]:
    """The same bins by as few spans as can be, in their order."""
    found: list[Bins] = []
    for first, last in sorted(took, key=lambda one: one[0]):
        before = found[-1] if found else None
        if before is None or (before[1] is not None and before[1] + 1 < first):
            found.append((first, last))
        elif before[1] is not None and (last is None or last > before[1]):
            found[-1] = (before[0], last)
    return found


@dataclass(frozen=True)
class Bounds:
    """The instants of a scope: `start` where its flows begin, `end` = T where its stocks are taken.

    T = min(as-of, the period's end), never before the start of time it is asked about: when as-of
    lies before the period, both are as-of and nothing has flowed yet.
    """

    start: datetime
    end: datetime
    window: Window


def bounds(scope: Scope, as_of: datetime, zone: tzinfo) -> Bounds:
    """The instants of that scope, asked at `as_of` in the ward's zone."""
    end = min(as_of, start_of(scope.last, zone))
    start = min(start_of(scope.first, zone), end)
    return Bounds(start, end, window(scope.first, end, zone))


def window(first: date | None, until: datetime, zone: tzinfo) -> Window:
    """From the start of `first` (None: of everything) up to just before `until`."""
    last = local_day(until, zone)
    partial = until > start_of(last, zone)
    if first is not None and first > last:
        return Window(first, first, until, False)
    return Window(first, last, until, partial)


@dataclass(frozen=True)
class Bucket:
    """A day, week (by its Monday) or month of a scope, named by its first day; cut to the scope."""

    key: date
    first: date
    last: date


def buckets(scope: Scope, size: str) -> list[Bucket]:
    """The days, weeks or months that cover the scope, oldest first."""
    found: list[Bucket] = []
    day = scope.first
    while day < scope.last:
        key = bucket_key(day, size)
        after = min(_following(key, size), scope.last)
        found.append(Bucket(key, day, after))
        day = after
    return found


def bucket_key(day: date, size: str) -> date:
    """The first day of the day, week or month that `day` belongs to."""
    if size == "week":
        return day - DAY * day.weekday()
    return day.replace(day=1) if size == "month" else day


def _following(key: date, size: str) -> date:
    if size == "week":
        return key + 7 * DAY
    return (key + 31 * DAY).replace(day=1) if size == "month" else key + DAY
