"""What a source knew of a dossier at an instant: its life without what came later."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from ops_center.domain.waiting import Wait
from ops_center.intake.row import DossierRow

_TIMES = tuple(f.name for f in fields(DossierRow) if f.name.endswith("_at"))


def seen(row: DossierRow, at: datetime) -> DossierRow | None:
    """The dossier as its source knew it at that instant; None before it was filed."""
    if row.events[-1].at <= at:
        return row
    events = tuple(event for event in row.events if event.at <= at)
    if not events:
        return None
    waits = tuple(_wait_seen(wait, at) for wait in row.waits if wait.from_at <= at)
    times = {name: moment for name in _TIMES if (moment := getattr(row, name)) and moment <= at}
    unknown = dict.fromkeys(_TIMES) | times
    return replace(
        row,
        status=events[-1].status or row.status,
        events=events,
        waits=waits,
        supplement_count=sum(wait.kind == "supplement" for wait in waits),
        complained=False,
        rating=None,
        **unknown,  # type: ignore[arg-type]
        **_facts_seen(row, times.keys(), waits),  # type: ignore[arg-type]
    )


def _wait_seen(wait: Wait, at: datetime) -> Wait:
    answered = wait.to_at is not None and wait.to_at <= at
    return wait if answered else Wait(wait.kind, wait.from_at, None)


def _facts_seen(row: DossierRow, known: object, waits: tuple[Wait, ...]) -> dict[str, object]:
    """Without what only a later step tells: the payment, the official, the kind of result."""
    names = set(known)  # type: ignore[call-overload]
    blank: dict[str, object] = {}
    paid = [wait for wait in row.waits if wait.kind == "payment"]
    if any(wait not in waits for wait in paid) or "received_at" not in names:
        blank["payment"] = None
    if "received_at" not in names:
        later = ("official", "components_digitised", "data_reused", "population_data_used")
        blank |= dict.fromkeys(later)
    if "processed_at" not in names:
        blank["result_electronic"] = None
    return blank
