"""A file of dossiers, from its first byte to the report on every one of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.intake.assembly import Assembler, Rejected
from ops_center.intake.files import Table, open_table
from ops_center.intake.mapping import FileMapping
from ops_center.intake.places import add_made, open_places
from ops_center.intake.plan import Plan, make_plan
from ops_center.intake.record import receive, tried
from ops_center.intake.rejects import RejectsFile, rejected_rows
from ops_center.intake.row import DossierRow
from ops_center.intake.spill import SEPARATOR, Spill, open_spill
from ops_center.store.calendars import find_calendar
from ops_center.store.dossiers import Outcome, Recorded, tally
from ops_center.store.session import reading
from ops_center.store.wards import Ward

BATCH = 2000
"""Dossiers of one transaction, at most."""

BATCH_ROWS = 10_000
"""Rows after which a transaction ends, where dossiers have many."""

Watch = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]
"""Opens a progress display for a stage and its length, and gives the function that advances it."""

_WAITING = {5: "supplement", 6: "payment"}
"""What the citizen is asked for, by status."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1e\ud800-\udfff]")


def unwatched(stage: str, length: int) -> AbstractContextManager[Callable[[int], object]]:
    """No display."""
    return nullcontext(lambda step: None)


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how. `rejects`: where rejected rows go, or None for nowhere.

    `language`: of the rejects file. `now` stamps what is written and bounds the times.
    """

    path: Path
    mapping: FileMapping
    source_id: str
    language: str
    now: datetime
    dry_run: bool = False
    rejects: Path | None = None


@dataclass
class Report:
    """What came of every row and dossier; `balanced` says that nothing got lost.

    `undated_waits`: dossiers that wait by their status, of which the file does not say since when.
    """

    order: Order
    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: int = 0
    dossiers: Recorded = field(default_factory=Recorded)
    rejected_dossiers: int = 0
    all_dossiers: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    hubs_made: int = 0
    procedures_made: int = 0
    undated_waits: int = 0
    unused: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether rows and dossiers add up."""
        told = self.dossiers
        return (
            self.rows == self.imported + self.unchanged + self.rejected
            and self.all_dossiers
            == told.new + told.changed + told.unchanged + self.rejected_dossiers
        )


def import_dossiers(engine: Engine, ward: Ward, order: Order, watch: Watch = unwatched) -> Report:
    """Take a file in. Problem when it is refused as a whole: then nothing was written.

    The file is read to its end first. Then batches of dossiers are written, each in one
    transaction; stopped in between, the same import again brings the rest.
    """
    table = open_table(order.path, order.mapping.sheet)
    zone = ZoneInfo(order.mapping.time_zone) if order.mapping.time_zone else ward.zone
    plan = make_plan(table, order.mapping, zone)
    with open_spill() as spill, RejectsFile(order.rejects, order.language) as rejects:
        report = Report(order, rows=_set_aside(table, plan, spill, watch), unused=plan.unused)
        work = _Work(engine, ward, order, plan, spill, report, zone)
        work.run(watch)
        rejects.write(spill.rejects())
    assert report.balanced, report
    return report


def _set_aside(table: Table, plan: Plan, spill: Spill, watch: Watch) -> int:
    """Read the file to its end; how many rows it has."""
    with watch("reading", table.length) as advance:
        count = spill.put(_keyed(table, plan, advance))
    largest = spill.largest()
    if largest:
        raise Problem(
            "intake.one_key",
            file=table.path.name, column=table.header[plan.key], value=largest[0], count=largest[1],
        )  # fmt: skip
    return count


def _keyed(
    table: Table, plan: Plan, progress: Callable[[int], object]
) -> Iterator[tuple[str, int, str, str]]:
    width = len(table.header)
    for line, cells in table.rows(progress):
        joined = SEPARATOR.join(cells)
        fault = ""
        if len(cells) != width:
            fault = f"cell_count {len(cells)}"
        elif _CONTROL.search(joined) or joined.count(SEPARATOR) != width - 1:
            fault = "control_characters"
        yield plan.code_of(cells) or f"\0{line}", line, joined, fault


@dataclass
class _Work:
    """The second half of an import: dossiers out of the rows put aside, batch by batch."""

    engine: Engine
    ward: Ward
    order: Order
    plan: Plan
    spill: Spill
    report: Report
    zone: ZoneInfo

    def run(self, watch: Watch) -> None:
        order = self.order
        with reading(self.engine) as connection:
            self.places, self.catalogue = open_places(
                connection, self.ward.id, order.source_id, order.mapping
            )
            calendar = find_calendar(connection, self.ward)
        self.assembler = Assembler(
            self.plan, self.places, self.catalogue, calendar, self.ward.id, order.now, self.zone
        )
        with watch("writing", self.report.rows) as advance:
            for lines, batch in self._batches():
                self._write(lines, batch)
                advance(sum(lines.values()))
            advance(self.report.rejected)
        self.report.unmapped = self.places.unmapped
        self.report.hubs_made = self.places.count
        self.report.procedures_made = self.catalogue.count

    def _batches(self) -> Iterator[tuple[dict[str, int], list[DossierRow]]]:
        """Dossiers to be written together, and how many rows each code had."""
        lines: dict[str, int] = {}
        batch: list[DossierRow] = []
        room = BATCH_ROWS
        for _, rows in self.spill.groups():
            self.report.all_dossiers += 1
            try:
                dossier = self.assembler.assemble(rows)
            except Rejected as rejected:
                self._reject(rows, rejected)
                continue
            batch.append(dossier)
            self.report.undated_waits += _waits_undated(dossier)
            lines[dossier.code] = len(rows)
            room -= len(rows)
            if len(batch) == BATCH or room <= 0:
                yield lines, batch
                lines, batch, room = {}, [], BATCH_ROWS
        if batch:
            yield lines, batch

    def _reject(self, rows: list[tuple[int, list[str], str]], rejected: Rejected) -> None:
        self.spill.reject(rejected_rows(rows, rejected, self.order.language, self.ward.zone))
        self.report.rejected += len(rows)
        self.report.rejected_dossiers += 1
        self.report.reasons[rejected.fault.key] += 1

    def _write(self, lines: dict[str, int], batch: list[DossierRow]) -> None:
        with tried(self.engine, self.order.dry_run) as connection:
            add_made(connection, self.places, self.catalogue)
            outcomes = receive(
                connection,
                self.ward,
                self.order.source_id,
                batch,
                now=self.order.now,
                only=self.plan.stated,
            )
        if not self.order.dry_run:
            self.places.made.clear()
            self.catalogue.made.clear()
        self._count(lines, outcomes)

    def _count(self, lines: dict[str, int], outcomes: dict[str, Outcome]) -> None:
        report = self.report
        report.dossiers += tally(outcomes.values())
        for code, outcome in outcomes.items():
            if outcome == "unchanged":
                report.unchanged += lines[code]
            else:
                report.imported += lines[code]


def _waits_undated(dossier: DossierRow) -> bool:
    """Whether the status says that the dossier waits and no interval says since when."""
    kind = _WAITING.get(dossier.status)
    return kind is not None and (kind, None) not in {(one.kind, one.to_at) for one in dossier.waits}
