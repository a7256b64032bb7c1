"""The numbers once more, by another way: straight from the raw tables, in pandas.

Nothing of the product is used: no clock, no roll-up, no measure, no calendar. Each dossier is
judged at T from what had happened before T, so it also proves that later facts change nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, text

DAY = timedelta(days=1)
SHIFTS = ((time(8), time(12)), (time(13, 30), time(17, 30)))  # Monday to Friday, the default
Value = tuple[float | int | None, int | None, int | None]


@dataclass
class Hours:
    """Working time as a plain list of stretches, searched from the start each time."""

    zone: ZoneInfo
    special: dict[date, str]
    first: date = date(2026, 1, 1)
    last: date = date(2027, 1, 31)

    def works(self, day: date) -> bool:
        kind = self.special.get(day)
        return kind == "working_extra" if kind else day.weekday() < 5

    @cached_property
    def stretches(self) -> list[tuple[datetime, datetime]]:
        days = [self.first + DAY * n for n in range((self.last - self.first).days)]
        return [
            (self.local(day, a), self.local(day, b))
            for day in days if self.works(day) for a, b in SHIFTS
        ]  # fmt: skip

    def local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def minutes(self, a: datetime, b: datetime) -> int:
        parts = (min(b, end) - max(a, begin) for begin, end in self.stretches)
        return sum((part for part in parts if part > timedelta()), timedelta()) // timedelta(
            minutes=1
        )

    def add(self, start: datetime, minutes: int) -> datetime:
        left = timedelta(minutes=minutes)
        for begin, end in self.stretches:
            if end <= start:
                continue
            here = max(begin, start)
            if here + left <= end:
                return here + left
            left -= end - here
        raise AssertionError("beyond the oracle's calendar")

    def next(self, day: date) -> date:
        day += DAY
        while not self.works(day):
            day += DAY
        return day

    def closing(self, day: date) -> datetime:
        return self.local(day, time(17, 30))


def due_by_limit(row: Any, hours: Hours) -> datetime | None:
    """Received + limit, before any waiting."""
    at, day = row.received_at, hours.day(row.received_at)
    if row.limit_kind == "same_day":
        cutoff = hours.local(day, time(15))
        return hours.closing(day if hours.works(day) and at <= cutoff else hours.next(day))
    if row.limit_kind == "working_days":
        return hours.add(at, 480 * int(row.limit_days))
    if row.limit_kind == "calendar_days":
        day += DAY * int(row.limit_days)
        return hours.closing(day if hours.works(day) else hours.next(day))
    return None


@dataclass(frozen=True)
class Life:
    """A dossier's story. `waits`: merged (from, to) within its life, `to` None if unanswered."""

    row: Any
    hours: Hours
    strict: bool
    ended_at: datetime | None
    end: str | None
    waits: tuple[tuple[datetime, datetime | None], ...]
    second_at: datetime | None

    def due(self, before: datetime | None = None) -> tuple[datetime | None, bool]:
        """The due time by the waits begun before that instant; whether it passed between them."""
        row = self.row
        if row.due_at is not None:
            return row.due_at, False
        if row.due_on is not None:
            return self.hours.closing(row.due_on), False
        base = due = due_by_limit(row, self.hours)
        passed, minutes = False, 0
        for begin, answered in self.waits:
            if base is None or due is None or (before and begin >= before):
                break
            passed = passed or due < begin
            if row.waiting_pushes_due and answered is not None:
                minutes += self.hours.minutes(begin, answered)
            due = self.hours.add(base, minutes) if minutes else base
        return due, passed

    def is_open(self, at: datetime) -> bool:
        return self.row.received_at < at and not (self.ended_at and self.ended_at < at)

    def state(self, at: datetime) -> str | None:
        if not self.is_open(at):
            return None
        if any(begin < at and (to is None or to >= at) for begin, to in self.waits):
            return "suspended"
        due, passed = self.due(at)
        if (self.second_at and self.second_at < at) or passed or (due and due < at):
            return "overdue"
        return "within_due" if due else "open_no_due"

    def soon(self, at: datetime) -> bool:
        """Within due at that instant, by the due time as it was known then, but not for long."""
        due, _ = self.due(at)
        return self.state(at) == "within_due" and bool(due and due <= self.hours.add(at, 480))

    def today(self, at: datetime) -> bool:
        """Within due at that instant, by the due time as it was known then, but not tomorrow."""
        due, _ = self.due(at)
        same = due is not None and self.hours.day(due) == self.hours.day(at)
        return same and self.state(at) == "within_due"

    @property
    def outcome(self) -> str | None:
        if self.end != "done" or self.ended_at is None:
            return None
        if self.second_at:
            return "late"
        due, _ = self.due()
        if due is None:
            return "no_due"
        if self.ended_at > due:
            return "late"
        return "early" if self.hours.day(self.ended_at) < self.hours.day(due) else "on_time"

    @property
    def worked(self) -> int | None:
        if self.end != "done" or self.ended_at is None:
            return None
        waited = sum(self.hours.minutes(a, b or self.ended_at) for a, b in self.waits)
        return self.hours.minutes(self.row.received_at, self.ended_at) - waited


def life(row: Any, waits: list[Any], hours: Hours, strict: bool) -> Life:
    done = row.processed_at or row.returned_at
    ways = ((row.stopped_at, "stopped"), (row.withdrawn_at, "withdrawn"))
    stops = [(at, name) for at, name in ways if at]
    ended, end = (done, "done") if done else min(stops, default=(None, None))
    begin = row.received_at
    touching = [w for w in waits if w.to_at is None or w.to_at >= begin]
    touching = [w for w in touching if ended is None or w.from_at < ended]
    inside = [(max(w.from_at, begin), w.to_at, w.kind) for w in touching]
    inside.sort(key=lambda wait: wait[0])
    inside = [(a, ended if ended and (b is None or b > ended) else b, k) for a, b, k in inside]
    asked = [a for a, _, kind in inside if kind == "supplement"]
    second = asked[1] if len(asked) > 1 else row.received_at if row.supplement_count > 1 else None
    merged: list[tuple[datetime, datetime | None]] = []
    for a, b, _ in inside:
        if b is not None and b <= a:
            continue
        if merged and (merged[-1][1] is None or merged[-1][1] >= a):
            last = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last is None or b is None else max(last, b))
        else:
            merged.append((a, b))
    return Life(row, hours, strict, ended, end, tuple(merged), second if strict else None)


class Oracle:
    """Everything of one ward in a frame; `read` answers as the product should."""

    def __init__(self, connection: Connection, ward_id: str) -> None:
        ward = _frame(connection, "SELECT * FROM ward WHERE id = :w", ward_id).iloc[0]
        special = _frame(connection, "SELECT day, kind FROM calendar_day", ward_id)
        self.hours = Hours(
            ZoneInfo(ward.time_zone), dict(zip(special.day, special.kind, strict=True))
        )
        rows = _frame(connection, _DOSSIERS, ward_id)
        waits = _frame(connection, "SELECT * FROM waiting WHERE ward_id = :w", ward_id)
        of: dict[str, list[Any]] = {}
        for wait in waits.itertuples():
            of.setdefault(str(wait.dossier_id), []).append(wait)
        strict = bool(ward.second_supplement_is_late)
        self.frame = rows.assign(life=[
            life(row, of.get(str(row.id), []), self.hours, strict) if row.received_at else None
            for row in rows.itertuples()
        ])  # fmt: skip
        self._add_columns()

    def _add_columns(self) -> None:
        f, day = self.frame, self.hours.day
        online = f.level.where(f.level.notna(), "partial")
        f["channel_level"] = f.channel.where(f.channel != "online", "online_" + online.astype(str))
        f["ended_at"] = _objects(one and one.ended_at for one in f.life)
        f["end"] = _objects(one and one.end for one in f.life)
        f["outcome"] = _objects(one and one.outcome for one in f.life)
        f["worked"] = _objects(one and one.worked for one in f.life)
        left = [row.received_at or _left(row) for row in f.itertuples()]
        f["left_at"] = _objects(at if row.submitted_at else None
                                for at, row in zip(left, f.itertuples(), strict=True))  # fmt: skip
        for name in ("submitted", "received", "ended"):
            f[f"{name}_day"] = _objects(at and day(at) for at in f[f"{name}_at"])

    def read(
        self, first: date, last: date, as_of: datetime, where: Callable[[Any], Any] | None = None
    ) -> dict[str, Value]:
        """Each metric's (value, numerator, denominator) for the rows that `where` keeps."""
        start = self.hours.local(first, time())
        end = min(as_of, self.hours.local(last, time()))
        frame = self.frame if where is None else self.frame[where(self.frame)]
        return _metrics(frame, min(start, end), end)


def _metrics(f: Any, start: datetime, end: datetime) -> dict[str, Value]:
    def during(column: str) -> Any:
        return _where(f, (at is not None and start <= at < end for at in f[column]))

    def counted(test: Callable[[Life], bool]) -> int:
        return sum(1 for one in f.life if one is not None and test(one))

    received, ended = during("received_at"), during("ended_at")
    done = ended[ended.end == "done"]
    n = {name: int((done.outcome == name).sum()) for name in ("early", "on_time", "late", "no_due")}
    n |= {name: int((ended.end == name).sum()) for name in ("stopped", "withdrawn")}
    n |= {name: int((received.channel == name).sum()) for name in ("in_person", "online", "post")}
    n["end_to_end"] = int((received.channel_level == "online_end_to_end").sum())
    n |= {"received": len(received), "done": len(done)}
    n["carried"] = counted(lambda one: one.is_open(start))
    n["to_process"] = n["carried"] + n["received"]
    for state in ("within_due", "overdue", "suspended", "open_no_due"):
        n[state] = sum(one is not None and one.state(end) == state for one in f.life)
    n["open"] = counted(lambda one: one.is_open(end))
    n["in_process"] = n["open"] - n["suspended"]
    n["due_soon"] = counted(lambda one: one.soon(end))
    n["due_today"] = counted(lambda one: one.today(end))
    n["submitted"] = len(during("submitted_at"))
    n["refused"] = int((during("left_at").status == 3).sum())
    n["waiting_reception"] = sum(
        1 for s, a in zip(f.submitted_at, f.left_at, strict=True)
        if s is not None and s < end and not (a is not None and a < end)
    )  # fmt: skip
    n["awaiting_return"] = sum(
        1 for r in f.itertuples()
        if r.received_at and r.processed_at and r.processed_at < end
        and not (r.returned_at and r.returned_at < end)
    )  # fmt: skip
    values: dict[str, Value] = {name: (count, count, None) for name, count in n.items()}
    return values | _ratios(n, done) | _times(done) | {
        "services_used": _whole(received.procedure_id.nunique()),
        "hubs_heard": _whole(received.hub.nunique()),
    }  # fmt: skip


def _ratios(n: dict[str, int], done: Any) -> dict[str, Value]:
    fee = _where(done, (fee is not None and fee > 0 for fee in done.fee))
    paper = done[done.result_document.astype(bool)]
    known = done[done.components_digitised.notna()]
    reusable = done[done.reusable.astype(bool) & done.data_reused.notna()]
    people = done[done.population_data.astype(bool) & done.population_data_used.notna()]
    rated = done[done.rating.notna()]
    unhappy = int((done.complained.astype(bool) | (done.outcome == "late")).sum())
    good = n["early"] + n["on_time"]
    processed = n["to_process"] - n["suspended"] - n["stopped"] - n["withdrawn"]
    return {
        "on_time_rate": _ratio(good, good + n["late"]),
        "late_share": _ratio(n["late"] + n["overdue"], n["to_process"]),
        "progress_766": _ratio(good + n["within_due"], processed),
        "online_share": _ratio(n["online"], n["received"]),
        "end_to_end_share": _ratio(n["end_to_end"], n["online"]),
        "cashless_share": _ratio(int((fee.payment == "online").sum()), len(fee)),
        "e_result_share": _ratio(_true(paper.result_electronic), len(paper)),
        "digitised_share": _ratio(_true(known.components_digitised), len(known)),
        "reused_share": _ratio(_true(reusable.data_reused), len(reusable)),
        "population_share": _ratio(_true(people.population_data_used), len(people)),
        "satisfaction": _ratio(len(done) - unhappy, len(done)),
        "satisfied_share": _ratio(sum(1 for r in rated.rating if r >= 4), len(rated)),
        "rating": _ratio(int(sum(rated.rating)), len(rated)),
    }


def _times(done: Any) -> dict[str, Value]:
    minutes = sorted(int(m) for m in done.worked)
    halves = [-(-m // 30) for m in minutes]

    def rank(share: float) -> Value:
        if not halves:
            return None, None, 0
        half = halves[math.ceil(round(share * len(halves), 6)) - 1]
        return half * 30, half, len(halves)

    return {
        "mean_time": _ratio(sum(minutes), len(minutes)),
        "median_time": rank(0.5),
        "p90_time": rank(0.9),
    }


def _ratio(top: int, bottom: int) -> Value:
    return (top / bottom if bottom else None), top, bottom


def _whole(count: Any) -> Value:
    return int(count), int(count), None


def _where(frame: Any, flags: Any) -> Any:
    return frame[pd.Series(list(flags), index=frame.index, dtype=bool)]


def _true(column: Any) -> int:
    return sum(1 for value in column if value)


def _left(row: Any) -> datetime | None:
    """When a dossier that was never received left the queue."""
    return row.stopped_at if row.status == 3 else None


def _objects(values: Any) -> Any:
    return pd.Series(list(values), dtype="object")


_DOSSIERS = """
    SELECT d.*, COALESCE(h.replaced_by, d.hub_id) AS hub, p.field_id, p.limit_kind, p.limit_days,
           p.result_document, p.reusable, p.population_data, s.waiting_pushes_due
    FROM dossier d
    JOIN hub h ON h.ward_id = d.ward_id AND h.id = d.hub_id
    JOIN procedure p ON p.id = d.procedure_id
    JOIN source s ON s.ward_id = d.ward_id AND s.id = d.source_id
    WHERE d.ward_id = :w
"""


def _frame(connection: Connection, sql: str, ward_id: str) -> Any:
    """The rows with instants as aware datetimes, days as dates, and None for what is missing."""
    statement = text(sql)
    result = connection.execute(statement, {"w": ward_id} if ":w" in sql else {})
    names = list(result.keys())
    rows = [
        [_parsed(name, value) for name, value in zip(names, row, strict=True)] for row in result
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame(
        {n: pd.Series(list(c), dtype="object") for n, c in zip(names, columns, strict=True)}
    )


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value.astimezone(UTC) if isinstance(value, datetime) else value
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in ("day", "due_on") else value
