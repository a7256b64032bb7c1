"""A road map's geometry: where bars, milestones and today stand between its first and last day.

The page draws it, since each bar stands in a row of a table with words beside it. Places are
shares of the way, 0 at the first day's beginning and 1 at the last day's end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
_MOST_TICKS = 7
_LAST_TICK = 0.92  # beyond it there is no room for its date


@dataclass(frozen=True)
class Span:
    """What a bar is made of: its days, how much of it is done (0 to 1), until when it is late."""

    starts_on: date
    due_on: date
    done: float
    late_until: date | None = None


@dataclass(frozen=True)
class Bar:
    """A bar's beginning and length, the part of it that is done, and how far it overran."""

    start: float
    length: float
    done: float
    over: float = 0.0


@dataclass(frozen=True)
class Roadmap:
    """`today`: its end, where the line stands; None when it lies outside. `ticks`: (day, place of
    its beginning); `milestones`: (day, place of its end)."""

    first: date
    last: date
    bars: Mapping[str, Bar]
    today: float | None
    ticks: Sequence[tuple[date, float]]
    milestones: Sequence[tuple[date, float]]


def roadmap(
    spans: Mapping[str, Span],
    first: date,
    last: date,
    today: date,
    milestones: Sequence[date] = (),
) -> Roadmap:
    """The road map of those spans over at least the days from `first` to `last`, both included."""
    begin = min([first, *(one.starts_on for one in spans.values())])
    end = max([last, *(one.late_until or one.due_on for one in spans.values())])
    days = (end - begin).days + 1

    def place(day: date) -> float:
        return ((day - begin) / DAY) / days

    return Roadmap(
        first=begin,
        last=end,
        bars={key: _bar(one, place) for key, one in spans.items()},
        today=place(today + DAY) if begin <= today <= end else None,
        ticks=[(day, at) for day in _weeks(begin, end) if (at := place(day)) < _LAST_TICK],
        milestones=[(day, place(day + DAY)) for day in milestones if begin <= day <= end],
    )


def _bar(span: Span, place: Callable[[date], float]) -> Bar:
    start, due = place(span.starts_on), place(span.due_on + DAY)
    over = place(span.late_until + DAY) - due if span.late_until else 0.0
    done = min(1.0, max(0.0, span.done))
    return Bar(round(start, 6), round(due - start, 6), done, round(max(0.0, over), 6))


def _weeks(first: date, last: date) -> list[date]:
    """Mondays, so few that their dates do not touch."""
    monday = first + timedelta(days=-first.weekday() % 7)
    found = [monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1)]
    step = -(-len(found) // _MOST_TICKS) or 1
    return found[::step]
