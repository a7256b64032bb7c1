"""Which cell of a row tells what: a file's header and its mapping, brought together."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ops_center.i18n import Problem, fold
from ops_center.intake import columns, values
from ops_center.intake.columns import MOMENT, Column
from ops_center.intake.fault import Fault
from ops_center.intake.files import Table
from ops_center.intake.mapping import FileMapping
from ops_center.intake.sheets import UNCOMPUTED
from ops_center.store.dossiers import FACTS


@dataclass(frozen=True)
class Cell:
    """Where one thing stands in a row and how it is read; `index` None: the default holds."""

    name: str
    header: str
    index: int | None
    default: str
    meanings: dict[str, str]
    read: Callable[[str], Any]

    def text(self, cells: Sequence[str]) -> str:
        """What the row says, or the default."""
        return (cells[self.index] if self.index is not None else "") or self.default

    def value(self, text: str) -> Any:
        """The meaning of a text; None for an empty one. Fault with its place otherwise."""
        if self.meanings:
            text = self.meanings.get(fold(text), text)
        if not text:
            return None
        try:
            if text.startswith(UNCOMPUTED):
                raise _uncomputed(text)
            return self.read(text)
        except Fault as fault:
            raise fault.at(self.header, text) from None


def _uncomputed(text: str) -> Fault:
    place, _, content = text.removeprefix(UNCOMPUTED).partition(": ")
    return Fault("formula", value=content, values={"place": place})


@dataclass(frozen=True)
class Plan:
    """How the rows of one file are read. `key`: the column whose equal cells make one dossier."""

    key: int
    facts: tuple[Cell, ...]
    waits: tuple[Cell, ...]
    events: tuple[Cell, ...]
    unused: tuple[str, ...]

    def code_of(self, cells: Sequence[str]) -> str:
        """What brings rows of a dossier together: its code as it will be kept, if it can be."""
        if len(cells) <= self.key:
            return ""
        text = self.code.text(cells)
        try:
            return str(self.code.value(text) or "")
        except Fault:
            return text

    @property
    def code(self) -> Cell:
        """Where the code stands."""
        return self.facts[0]

    @property
    def stated(self) -> frozenset[str]:
        """The facts of a dossier that this file tells; the others stay as they are."""
        names = {cell.name for cell in self.facts}
        told = {_FACT_OF.get(name, name) for name in names} | {"status"}
        if "due_at" in names:
            told.add("due_on")
        if "processed_at" in names:  # of a stopped dossier it tells when it was stopped
            told |= {"stopped_at", "withdrawn_at"}
        if any(cell.name.startswith("supplement") for cell in self.waits):
            told.add("supplement_count")
        return frozenset(told) & FACTS


_FACT_OF = {"hub": "hub_id", "procedure": "procedure_id", "paid_online": "payment"}


def make_plan(table: Table, mapping: FileMapping, zone: ZoneInfo) -> Plan:
    """Find every column; Problem when one is missing or claimed twice. `zone`: of local times."""
    found = find_columns(table, mapping)
    read = partial(values.moment, zone=zone, origin=table.origin)
    found["code"] = key = _key(table, mapping, found)
    cell = partial(_cell, table, mapping, found, read)
    plan = Plan(
        key=key,
        facts=_present(cell, columns.FACT_COLUMNS),
        waits=_present(cell, columns.WAIT_COLUMNS),
        events=_present(cell, columns.EVENT_COLUMNS),
        unused=tuple(n for i, n in enumerate(table.header) if n and i not in found.values()),
    )
    _refuse_incomplete(table, plan)
    return plan


def find_columns(table: Table, mapping: FileMapping) -> dict[str, int]:
    """Our name → position, by the mapping first, then by the names we know."""
    place = {name: position for position, name in enumerate(table.header)}
    folded = {fold(name): position for name, position in place.items()}
    found: dict[str, int] = {}
    for name, header in mapping.columns.items():
        position = place.get(header, folded.get(fold(header)))
        if position is None:
            raise _missing(table, mapping, f"columns.{name}", header)
        found[name] = position
    taken = set(found.values())
    for header, position in place.items():
        known = columns.recognised(header)
        if known is None or position in taken or known in mapping.columns:
            continue
        if known in found:
            first = table.header[found[known]]
            raise Problem(
                "intake.same_meaning",
                file=table.path.name, first=first, second=header, name=known,
            )  # fmt: skip
        found[known] = position
    return found


def _missing(table: Table, mapping: FileMapping, key: str, header: str) -> Problem:
    near = difflib.get_close_matches(header, table.header, 1, 0.4)
    return Problem(
        "intake.mapping.no_column",
        mapping=mapping.place, key=key, column=header, file=table.path.name,
        near=near[0] if near else ", ".join(table.header),
    )  # fmt: skip


def _key(table: Table, mapping: FileMapping, found: dict[str, int]) -> int:
    """The column of the dossier's code: the key, where the mapping names one."""
    if mapping.key is None:
        if "code" not in found:
            raise Problem("intake.no_code", file=table.path.name)
        return found["code"]
    if fold(mapping.columns.get("code", mapping.key)) != fold(mapping.key):
        raise Problem("intake.mapping.two_keys", mapping=mapping.place, key=mapping.key)
    for position, header in enumerate(table.header):
        if fold(header) == fold(mapping.key):
            return position
    raise _missing(table, mapping, "key", mapping.key)


def _present(cell: Callable[[Column], Cell], wanted: Sequence[Column]) -> tuple[Cell, ...]:
    made = (cell(column) for column in wanted)
    return tuple(one for one in made if one.index is not None or one.default)


def _cell(
    table: Table,
    mapping: FileMapping,
    found: dict[str, int],
    moment: Callable[[str], Any],
    column: Column,
) -> Cell:
    index = found.get(column.name)
    return Cell(
        name=column.name,
        header=table.header[index] if index is not None else column.name,
        index=index,
        default=mapping.defaults.get(column.name, ""),
        meanings=dict(mapping.values.get(column.name, {})),
        read=_reader(column, moment),
    )


def _reader(column: Column, moment: Callable[[str], Any]) -> Callable[[str], Any]:
    return moment if column.read == MOMENT else column.read  # type: ignore[return-value]


def _refuse_incomplete(table: Table, plan: Plan) -> None:
    """A file that cannot make a single dossier is refused as a whole."""
    names = {cell.name for cell in plan.facts}
    for name, official in (("procedure", "MaTTHC"), ("channel", "KenhThucHien")):
        if name not in names:
            raise Problem("intake.no_column", file=table.path.name, name=name, official=official)
    if not names & {"submitted_at", "received_at"}:
        raise Problem(
            "intake.no_column", file=table.path.name, name="received_at", official="NgayTiepNhan"
        )
    events = {cell.name for cell in plan.events}
    if events and not {"event_at", "event_kind"} <= events:
        raise Problem("intake.no_event_column", file=table.path.name)
