"""A letter refuses to lie: what about its reading is old, missing or blank.

What is missing or not yet summed holds a letter back until its deadline. A silent source does not:
nobody here can make it speak, so the letter's first line names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ops_center.domain.status import CHANGE_LATE, RETIRED_DAYS, STALE_FACTOR
from ops_center.mail import pictures

if TYPE_CHECKING:
    from ops_center.mail.reading import Reading
    from ops_center.store.sources import Source


@dataclass(frozen=True)
class Findings:
    """`sources`: each with "fresh", "late", "stale", "ended" or "never".

    `missing_sections`: could not be read. `blank_pictures`: came out empty, or not at all.
    `revision_behind`: something written still waits to be summed.
    """

    sources: tuple[tuple[Source, str], ...] = ()
    missing_sections: tuple[str, ...] = ()
    blank_pictures: tuple[str, ...] = ()
    revision_behind: bool = False

    @property
    def stale_sources(self) -> tuple[Source, ...]:
        """Those that the first lines name."""
        return tuple(source for source, state in self.sources if state == "stale")

    @property
    def holds(self) -> bool:
        """Whether the letter waits for something better, as long as its deadline allows."""
        return bool(self.missing_sections or self.blank_pictures or self.revision_behind)


def check(reading: Reading, now: datetime, language: str = "vi") -> Findings:
    """What must hold a letter in that language back, or be said in it, at `now`."""
    since = reading.waiting_since
    return Findings(
        sources=_heard(reading),
        missing_sections=reading.failed,
        blank_pictures=pictures.blank(reading, language),
        revision_behind=since is not None and (now - since).total_seconds() > CHANGE_LATE,
    )


def _heard(reading: Reading) -> tuple[tuple[Source, str], ...]:
    """Silence in working time, as on the screens – but the night before an early letter excuses
    nothing: what fell silent yesterday at ten is named this morning at seven."""
    retired = RETIRED_DAYS * reading.calendar.hours.day_length.total_seconds() / 60
    silences = {
        one.id: reading.calendar.minutes_between(one.last_heard_at, reading.as_of)
        for one in reading.sources
        if one.last_heard_at is not None
    }
    serving = [name for name, silent in silences.items() if silent <= retired]
    if silences and not serving:
        serving = [min(silences, key=lambda name: silences[name])]
    return tuple(
        (one, _state(one, silences.get(one.id), one.id in serving)) for one in reading.sources
    )


def _state(source: Source, silent: int | None, serving: bool) -> str:
    if silent is None:
        return "never"
    if not serving:
        return "ended"
    if silent > STALE_FACTOR * source.silent_after_minutes:
        return "stale"
    return "late" if silent > source.silent_after_minutes else "fresh"
