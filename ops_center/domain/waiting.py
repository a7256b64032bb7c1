"""Waiting: the stretches of a dossier's life in which the citizen is asked, not the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Wait:
    """One request, of kind ``supplement`` or ``payment``; without `to_at` it is unanswered."""

    kind: str
    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken stretch of time, (from_at, to_at]; without `to_at` it still lasts."""

    from_at: datetime
    to_at: datetime | None


_begin = attrgetter("from_at")


def within_life(waits: Sequence[Wait], received: datetime, ended: datetime | None) -> list[Wait]:
    """The waits that touch the life, in order, cut to it; the end of the life answers them all."""
    touching = [
        Wait(wait.kind, max(wait.from_at, received), _earlier(wait.to_at, ended))
        for wait in waits
        if (ended is None or wait.from_at < ended)
        and (wait.to_at is None or wait.to_at >= received)
    ]
    return sorted(touching, key=_begin)


def merged(waits: Sequence[Wait]) -> tuple[Stretch, ...]:
    """Ordered waits as separate stretches: overlapping ones become one, empty ones vanish."""
    stretches: list[Stretch] = []
    for wait in waits:
        if wait.to_at == wait.from_at:
            continue
        last = stretches[-1] if stretches else None
        if last is None or (last.to_at is not None and last.to_at < wait.from_at):
            stretches.append(Stretch(wait.from_at, wait.to_at))
        else:
            stretches[-1] = Stretch(last.from_at, _later(last.to_at, wait.to_at))
    return tuple(stretches)


def minus(start: datetime, end: datetime | None, stretches: Sequence[Stretch]) -> list[Stretch]:
    """What is left of (start, end] outside the ordered stretches; empty parts vanish."""
    left: list[Stretch] = []
    for stretch in stretches:
        if end is not None and stretch.from_at >= end:
            break
        if stretch.from_at > start:
            left.append(Stretch(start, stretch.from_at))
        if stretch.to_at is None:
            return left
        start = max(start, stretch.to_at)
    if end is None or start < end:
        left.append(Stretch(start, end))
    return left


def second_supplement(
    waits: Sequence[Wait], supplement_count: int, received: datetime
) -> datetime | None:
    """When a supplement was asked for again; None if it was asked for once at most.

    Known only by number, it counts from reception.
    """
    begun = [wait.from_at for wait in waits if wait.kind == "supplement"]
    if len(begun) >= 2:
        return begun[1]
    return received if supplement_count >= 2 else None


def _earlier(a: datetime | None, b: datetime | None) -> datetime | None:
    if a is None or b is None:
        return a or b
    return min(a, b)


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return None if a is None or b is None else max(a, b)
