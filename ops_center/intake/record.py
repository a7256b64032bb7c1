"""The public door: whoever brings dossiers, a file, a caller or the simulator, comes in here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine

from ops_center.intake.row import DossierRow
from ops_center.store.dossiers import FACTS, Outcome, Recorded, record_each, tally
from ops_center.store.session import writing
from ops_center.store.sources import Source, add_source, heard
from ops_center.store.wards import Ward

Counts = Recorded
"""How many dossiers were new, changed and unchanged."""


def take_in(
    engine: Engine,
    ward: Ward,
    source_id: str,
    rows: Iterable[DossierRow],
    *,
    now: datetime,
    batch: int = 2000,
    only: frozenset[str] = FACTS,
) -> Counts:
    """Record the rows of one source, one transaction per `batch`; `now` stamps what is written.

    Stopped in the middle, the batches before stay; the same rows again change nothing. Facts not
    named in `only` are left as they are in known dossiers. A source not known yet is added.
    """
    counts = Counts()
    for some in _batches(rows, batch):
        with writing(engine) as connection:
            outcomes = receive(connection, ward, source_id, some, now=now, only=only)
        counts += tally(outcomes.values())
    return counts


class _OnlyTried(Exception):
    """Takes the writes of a dry run back."""


@contextmanager
def tried(engine: Engine, dry_run: bool) -> Iterator[Connection]:
    """A writing transaction; of a dry run nothing stays."""
    try:
        with writing(engine) as connection:
            yield connection
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass


def receive(
    connection: Connection,
    ward: Ward,
    source_id: str,
    rows: Sequence[DossierRow],
    *,
    now: datetime,
    only: frozenset[str] = FACTS,
) -> dict[str, Outcome]:
    """One batch inside the caller's transaction: what came of each dossier code."""
    add_source(connection, Source(ward.id, source_id, source_id))
    outcomes = record_each(connection, ward.id, source_id, rows, now=now, only=only)
    if all(outcome == "unchanged" for outcome in outcomes.values()):
        # Nothing changed, so no mark tells the refresher; yet the source was heard.
        heard(connection, ward.id, source_id, now)
    return outcomes


def _batches(rows: Iterable[DossierRow], size: int) -> Iterator[list[DossierRow]]:
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some
