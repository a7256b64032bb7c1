"""What a source knows of a dossier, and whether it can all be true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ops_center.domain.waiting import Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the source knows of a dossier, and three traits of its procedure.

    `hub_id` is the hub it counts at, merged hubs already followed.
    """

    hub_id: str
    procedure_id: str
    channel: str
    level: str | None = None
    status: int = 1
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    processed_at: datetime | None = None
    returned_at: datetime | None = None
    stopped_at: datetime | None = None
    withdrawn_at: datetime | None = None
    supplement_count: int = 0
    fee: int | None = None
    payment: str | None = None
    result_electronic: bool | None = None
    components_digitised: bool | None = None
    data_reused: bool | None = None
    population_data_used: bool | None = None
    complained: bool = False
    rating: int | None = None
    official_id: str | None = None
    waits: tuple[Wait, ...] = ()
    result_document: bool = True
    reusable: bool = False
    population_data: bool = False


def channel_level(channel: str, level: str | None) -> str:
    """The channel with its level: online without a level is partial."""
    if channel != "online":
        return channel
    return "online_end_to_end" if level == "end_to_end" else "online_partial"


def contradiction(facts: Facts) -> tuple[str, Mapping[str, object]] | None:
    """Two times that cannot both be true, as key and values of a sentence; None if all agree."""
    pairs = (
        ("domain.received_before_submitted", facts.submitted_at, facts.received_at),
        ("domain.processed_before_received", facts.received_at, facts.processed_at),
        ("domain.returned_before_received", facts.received_at, facts.returned_at),
        ("domain.returned_before_processed", facts.processed_at, facts.returned_at),
        ("domain.stopped_before_received", facts.received_at, facts.stopped_at),
        ("domain.withdrawn_before_received", facts.received_at, facts.withdrawn_at),
        *(("domain.answered_before_asked", wait.from_at, wait.to_at) for wait in facts.waits),
    )
    for key, first, then in pairs:
        if first and then and then < first:
            return key, {"first": first, "then": then}
    return None
