"""Prove the roll-ups, and rebuild them: what an administrator does by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ops_center.i18n import text
from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.aside import Aside, find_aside
from ops_center.store.rollup import Difference, Progress
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.wards import Ward, find_ward

PATIENT = 3600.0
"""Seconds that one statement may take here: a ward of millions is summed in minutes."""

_COUNTED = 1_000_000
_SHOWN = 20


@dataclass(frozen=True)
class Proof:
    """What a check found: the first differences, how many there are, how much is not summed yet.

    `aside`: dossiers that a defect keeps from being summed.
    """

    ward: Ward
    differences: tuple[Difference, ...]
    count: int
    unsummed: int
    aside: tuple[Aside, ...] = ()

    def sentences(self, language: str) -> list[str]:
        """The result in words."""
        ward = self.ward.name
        lines = [_sentence(one, language) for one in self.differences]
        if self.count > len(lines):
            lines.append(text("jobs.more", language, count=self.count - len(lines)))
        lines += [_set_aside(one, language) for one in self.aside]
        if self.unsummed:
            lines.append(text("jobs.unsummed", language, ward=ward, count=self.unsummed))
        if self.count:
            return [*lines, text("jobs.sums_wrong", language, ward=ward, count=self.count)]
        return [*lines, text("jobs.sums_right", language, ward=ward)]


def check(url: str, ward_id: str | None) -> Proof:
    """Compare everything that is summed of the ward with its facts. Writes nothing."""
    engine = open_engine(url, timeout=PATIENT)
    try:
        with reading(engine) as connection:
            ward = find_ward(connection, ward_id)
            found = rollup.check(connection, ward.id, MEASURES)
            first = tuple(islice(found, _SHOWN))
            count = len(first) + sum(1 for _ in found)
            aside = tuple(find_aside(connection, ward.id))
            apart = {one.dossier_id for one in aside}
            unsummed = rollup.pending(connection, ward.id, _COUNTED, apart)
            return Proof(ward, first, count, unsummed, aside)
    finally:
        engine.dispose()


def rebuild(
    url: str, ward_id: str | None, now: datetime, *, dues: bool, progress: Progress
) -> tuple[Ward, int]:
    """Sum the ward anew in one transaction, and return it with its new revision.

    Screens go on showing the old sums until it is done; on SQLite other writers wait meanwhile.
    """
    engine = open_engine(url, timeout=PATIENT)
    try:
        with writing(engine, repeatable=True) as connection:
            ward = find_ward(connection, ward_id)
            rollup.alone(connection, ward.id)
            number = rollup.rebuild(
                connection, ward.id, MEASURES, now=now, dues=dues, progress=progress
            )
            return ward, number
    finally:
        engine.dispose()


def _sentence(one: Difference, language: str) -> str:
    return text(
        "jobs.different",
        language,
        table=one.table,
        row=" ".join(map(str, one.key)),
        column=one.column,
        written=one.written,
        expected=one.expected,
    )


def _set_aside(one: Aside, language: str) -> str:
    code = one.code or one.dossier_id
    return text("jobs.set_aside", language, dossier=code, reason=one.reason)
