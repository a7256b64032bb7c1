"""The wall's lists: hubs, best and worst of them, fields, channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops_center.metrics.catalog import METRICS
from ops_center.metrics.number import Number, Values, number
from ops_center.store.hubs import Hub
from ops_center.store.procedures import Field
from ops_center.store.tables import CHANNEL_LEVELS
from ops_center.store.wards import UNASSIGNED

RANKED = 5
ENOUGH = 10
"""Below so many dossiers a hub's rate is noise, and the hub is not ranked."""

OF_HUB = ("received", "online", "early", "on_time", "late")
Sums = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class HubLine:
    """A hub: today's flows, its overdue dossiers now, its rates over the last 30 days with n.

    `reported`: something happened or was reported there since opening time; True where nothing is
    expected (before opening, on a day off, dossiers without a hub). `last_at`: today's last event.
    """

    id: str
    code: str
    name: str
    sort_key: str
    longitude: float | None
    latitude: float | None
    received_today: int
    done_today: int
    overdue: int
    on_time_rate: float | None
    on_time_n: int
    online_share: float | None
    online_n: int
    reported: bool
    last_at: datetime | None


@dataclass(frozen=True)
class FieldLine:
    """A field: today, the last 30 days, overdue now; `mean_time` in working minutes."""

    id: str
    name: str
    name_en: str | None
    name_ar: str | None
    received_today: int
    received_30d: int
    on_time_rate: float | None
    on_time_n: int
    overdue: int
    mean_time: float | None


def added(parts: Iterable[Sums], names: Sequence[str]) -> dict[str, dict[str, int]]:
    """The sums of these measures by key, over all parts."""
    found: dict[str, dict[str, int]] = {}
    for part in parts:
        for key, sums in part.items():
            total = found.get(key)
            if total is None:
                found[key] = {name: sums[name] for name in names}
            else:
                for name in names:
                    total[name] += sums[name]
    return found


@dataclass(frozen=True)
class HubFacts:
    """What the hub lines are made of. `expected_since`: None where nothing is expected today."""

    today: Sums
    month: Sums
    overdue: Mapping[str, int]
    last: Mapping[str, datetime]
    expected_since: datetime | None


def hub_lines(hubs: Sequence[Hub], facts: HubFacts) -> list[HubLine]:
    """The hubs that count, in their order; others only if they still have numbers."""
    lines = (_hub_line(hub, facts) for hub in hubs if hub.id is not None)
    working = {hub.id for hub in hubs if _works(hub)}
    return [line for line in lines if line.id in working or _has_numbers(line)]


def _works(hub: Hub) -> bool:
    return hub.active and hub.replaced_by is None and hub.id != UNASSIGNED


def _has_numbers(line: HubLine) -> bool:
    counts = (line.received_today, line.done_today, line.overdue, line.on_time_n, line.online_n)
    return any(counts)


def _hub_line(hub: Hub, facts: HubFacts) -> HubLine:
    assert hub.id is not None
    today, month = facts.today.get(hub.id, {}), facts.month.get(hub.id, {})
    rate, online = _number("on_time_rate", month), _number("online_share", month)
    last, since = facts.last.get(hub.id), facts.expected_since
    silent = since is not None and _works(hub) and (last is None or last < since)
    return HubLine(
        id=hub.id,
        code=hub.code,
        name=hub.name,
        sort_key=hub.sort_key,
        longitude=hub.longitude,
        latitude=hub.latitude,
        received_today=today.get("received", 0),
        done_today=_count("done", today),
        overdue=facts.overdue.get(hub.id, 0),
        on_time_rate=rate.value,
        on_time_n=rate.denominator or 0,
        online_share=online.value,
        online_n=online.denominator or 0,
        reported=not silent,
        last_at=last,
    )


def ranked(lines: Sequence[HubLine]) -> tuple[list[str], list[str]]:
    """Ids of the best and of the worst hubs by on-time rate; none is both.

    Of equal ones that with fewer overdue dossiers now goes first, then that with more behind its
    rate.
    """
    sure = [line for line in lines if line.on_time_n >= ENOUGH and line.id != UNASSIGNED]
    order = sorted(sure, key=_merit)
    ids = [line.id for line in order]
    best = ids[: min(RANKED, -(-len(ids) // 2))]
    return best, ids[len(best) :][::-1][:RANKED]


def _merit(line: HubLine) -> tuple[float, int, int, str, str]:
    return -(line.on_time_rate or 0), line.overdue, -line.on_time_n, line.sort_key, line.id


def field_lines(
    fields: Sequence[Field], today: Sums, month: Sums, overdue: Mapping[str, int]
) -> list[FieldLine]:
    """All fields in their order."""
    return [
        _field_line(one, today.get(one.id, {}), month.get(one.id, {}), overdue.get(one.id, 0))
        for one in fields
    ]


def _field_line(
    field: Field, today: Mapping[str, int], month: Mapping[str, int], overdue: int
) -> FieldLine:
    rate, mean = _number("on_time_rate", month), _number("mean_time", month)
    return FieldLine(
        id=field.id,
        name=field.name,
        name_en=field.name_en,
        name_ar=field.name_ar,
        received_today=today.get("received", 0),
        received_30d=month.get("received", 0),
        on_time_rate=rate.value,
        on_time_n=rate.denominator or 0,
        overdue=overdue,
        mean_time=mean.value,
    )


def channels(today: Mapping[str, int], month: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(channel level, received today, received in 30 days), in the order of the four levels."""
    return [(level, _of_level(level, today), _of_level(level, month)) for level in CHANNEL_LEVELS]


def _of_level(level: str, sums: Mapping[str, int]) -> int:
    if level == "online_end_to_end":
        return sums.get("end_to_end", 0)
    if level == "online_partial":
        return sums.get("online", 0) - sums.get("end_to_end", 0)
    return _count(level, sums)


def _count(name: str, sums: Mapping[str, int]) -> int:
    return Values(Counter(sums)).total(name)


def _number(name: str, sums: Mapping[str, int]) -> Number:
    return number(METRICS[name], Values(Counter(sums)))
