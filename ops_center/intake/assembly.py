"""The rows of one dossier become one DossierRow, or the reason why they cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from ops_center.domain.dossier import Facts, Wait, contradiction
from ops_center.domain.working_days import WorkingCalendar, local_day, start_of
from ops_center.intake.fault import Fault
from ops_center.intake.places import Catalogue, Places
from ops_center.intake.plan import Cell, Plan
from ops_center.intake.row import DossierRow, EventRow
from ops_center.store.wards import UNASSIGNED

Rows = Sequence[tuple[int, Sequence[str], str]]
"""Line, cells, and what was wrong with the row already when it was read."""

Times = dict[str, Any]  # instants by column name, None where unknown

_BEGINS = ("submitted_at", "received_at")
_ENDS = ("processed_at", "returned_at", "stopped_at", "withdrawn_at")
_TIMES = (*_BEGINS, *_ENDS)
_MOVES = {3: "stopped_at", 8: "stopped_at", 7: "withdrawn_at"}
_DONE = (7, 8, 9, 10)
_NEEDS_RECEPTION = (2, 4, 5, 6, 8, 9, 10)
_PLAIN = (
    "level", "fee", "result_electronic", "components_digitised", "data_reused",
    "population_data_used", "rating", "official", "applicant",
)  # fmt: skip


@dataclass(eq=False)
class Rejected(Exception):
    """All rows of a dossier are rejected for what stands in `line`."""

    line: int
    fault: Fault


@dataclass(frozen=True)
class Assembler:
    """Makes dossiers of the rows of one file.

    `now`: times much later than it are refused. `zone`: of the file's days.
    """

    plan: Plan
    places: Places
    catalogue: Catalogue
    calendar: WorkingCalendar
    ward_id: str
    now: datetime
    zone: tzinfo

    def assemble(self, rows: Rows) -> DossierRow:
        """The dossier these rows tell of; Rejected names the row that is to blame."""
        for line, _, fault in rows:
            if fault:
                raise Rejected(line, _misread(fault))
        line, first, _ = rows[0]
        said = self._facts(line, first)
        texts = self._texts(first) if len(rows) > 1 else []
        for other_line, other, _ in rows[1:]:
            if self._texts(other) != texts:
                self._agree(said, rows, other_line, other)
        waits = self._waits(rows) if self.plan.waits else ()
        events = self._events(rows) if self.plan.events else ()
        try:
            return self._dossier(said, waits, events)
        except Fault as fault:
            raise Rejected(line, self._placed(fault, first)) from None

    # --- reading

    def _texts(self, cells: Sequence[str]) -> list[str]:
        return [cell.text(cells) for cell in self.plan.facts]

    def _facts(self, line: int, cells: Sequence[str]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        try:
            for cell in self.plan.facts:
                text = cell.text(cells)
                said[cell.name] = cell.value(text) if text or cell.meanings else None
        except Fault as fault:
            raise Rejected(line, fault) from None
        return said

    def _agree(
        self, said: dict[str, Any], rows: Rows, line: int, cells: Sequence[str]
    ) -> None:
        """Two rows of a dossier may not differ; where one is silent the other speaks for both."""
        other = self._facts(line, cells)
        for cell in self.plan.facts:
            mine, theirs = said[cell.name], other[cell.name]
            if mine is None:
                said[cell.name] = theirs
            elif theirs is not None and theirs != mine:
                told = ((at, cell.text(before)) for at, before, _ in rows)
                first_line, first = next((at, text) for at, text in told if text or at == line)
                values = {"line": first_line, "other": first}
                fault = Fault("rows_differ", cell.header, cell.text(cells), values)
                raise Rejected(line, fault)

    def _waits(self, rows: Rows) -> tuple[Wait, ...]:
        found: dict[tuple[str, datetime], Wait] = {}
        for line, cells, _ in rows:
            for kind in ("supplement", "payment"):
                said = _read(self.plan.waits, line, cells, kind)
                begin, end = said.get(f"{kind}_from"), said.get(f"{kind}_to")
                if begin is None and end is not None:
                    fault = Fault("answer_without_request", f"{kind}_to", str(end))
                    raise Rejected(line, self._placed(fault, cells))
                if begin is not None:
                    start = self._begin(begin, None)
                    wait = Wait(kind, start, self._end(end, start))
                    if wait.to_at or (kind, start) not in found:
                        found[kind, start] = wait
        return tuple(found.values())

    def _events(self, rows: Rows) -> tuple[EventRow, ...]:
        found = []
        for line, cells, _ in rows:
            said = _read(self.plan.events, line, cells, "event_")
            at, kind = said["event_at"], said["event_kind"]
            if at is None and kind is None:
                continue
            if at is None or kind is None:
                raise Rejected(line, Fault("event_incomplete"))
            found.append(
                EventRow(
                    at=self._begin(at, None),
                    kind=kind,
                    key=said.get("event_key") or "",
                    status=said.get("event_status"),
                    actor=said.get("event_actor"),
                    note=said.get("event_note"),
                )
            )
        return tuple(found)

    # --- meaning

    def _dossier(
        self, said: Mapping[str, Any], waits: tuple[Wait, ...], events: tuple[EventRow, ...]
    ) -> DossierRow:
        if said["code"] is None:
            raise Fault("missing", "code")
        for name in ("procedure", "channel"):
            if said[name] is None:
                raise Fault("missing", name)
        if said.get("ward") not in (None, self.ward_id):
            raise Fault("foreign_ward", "ward", said["ward"], {"ward": self.ward_id})
        times = self._times(said)
        status = said.get("status") or _status(times, waits)
        _move_end(times, status)
        _refuse_incomplete(times, status)
        self._refuse_contradiction(times, waits)
        due = said.get("due_at")
        supplements = said.get("supplement_count")
        return DossierRow(
            code=said["code"],
            procedure_id=self.catalogue.find(said["procedure"]),
            hub_id=self.places.find(said["hub"]) if said.get("hub") else UNASSIGNED,
            channel=said["channel"],
            status=status,
            due_at=due if isinstance(due, datetime) else None,
            due_on=None if isinstance(due, datetime) else due,
            supplement_count=_requests(waits) if supplements is None else supplements,
            payment=said.get("payment") or ("online" if said.get("paid_online") else None),
            complained=bool(said.get("complained")),
            waits=waits,
            events=events,
            **times,
            **{name: said.get(name) for name in _PLAIN},
        )

    def _times(self, said: Mapping[str, Any]) -> Times:
        """Instants; a plain date is the day's beginning or closing, but never breaks the order."""
        times: Times = {}
        before: datetime | None = None
        for name in _TIMES:
            value = said.get(name)
            times[name] = (self._begin if name in _BEGINS else self._end)(value, before)
            if times[name] and (before is None or name in ("received_at", "processed_at")):
                before = times[name]
            if times[name] and times[name] > self.now + timedelta(days=1):
                raise Fault("future", name, str(value))
        return times

    def _begin(self, value: date | None, before: datetime | None) -> Any:
        if value is None or isinstance(value, datetime):
            return value
        return self._on_day(start_of(value, self.zone), value, before)

    def _end(self, value: date | None, before: datetime | None) -> Any:
        if value is None or isinstance(value, datetime):
            return value
        return self._on_day(self.calendar.closing(value), value, before)

    def _on_day(self, usual: datetime, day: date, before: datetime | None) -> datetime:
        if before and local_day(before, self.zone) == day:
            return max(usual, before)
        return usual

    def _refuse_contradiction(self, times: Times, waits: tuple[Wait, ...]) -> None:
        found = contradiction(Facts(hub_id="", procedure_id="", channel="", waits=waits, **times))
        if found:
            key, values = found
            late, early = self._named(key, waits)
            words = {"late": late, "early": early, "first": values["first"], "then": values["then"]}
            raise Fault("contradiction", late, str(values["then"]), words)

    def _named(self, key: str, waits: tuple[Wait, ...]) -> tuple[str, str]:
        """The headers of the two times that such a key speaks of, the later one by right first."""
        late, early = (f"{name}_at" for name in key.removeprefix("domain.").split("_before_"))
        if early == "asked_at":
            kind = next(wait.kind for wait in waits if wait.to_at and wait.to_at < wait.from_at)
            late, early = f"{kind}_to", f"{kind}_from"
        headers = {cell.name: cell.header for cell in (*self.plan.facts, *self.plan.waits)}
        return headers.get(late, late), headers.get(early, early)

    def _placed(self, fault: Fault, cells: Sequence[str]) -> Fault:
        """A fault of the whole dossier, at the column and cell it speaks of."""
        all_cells = (*self.plan.facts, *self.plan.waits)
        cell = next((one for one in all_cells if fault.column in (one.name, one.header)), None)
        if cell is None:
            return fault
        return Fault(fault.key, cell.header, cell.text(cells) or fault.value, fault.values)


def _misread(fault: str) -> Fault:
    key, _, found = fault.partition(" ")
    return Fault(key, values={"found": found})


def _read(cells_of: Sequence[Cell], line: int, cells: Sequence[str], begins: str) -> dict[str, Any]:
    try:
        return {
            cell.name: cell.value(cell.text(cells))
            for cell in cells_of
            if cell.name.startswith(begins)
        }
    except Fault as fault:
        raise Rejected(line, fault) from None


def _status(times: Times, waits: Sequence[Wait]) -> int:
    """The status that the times tell, where the file has none."""
    for name, status in (("returned_at", 10), ("processed_at", 9), ("withdrawn_at", 7)):
        if times[name]:
            return status
    if times["stopped_at"]:
        return 8 if times["received_at"] else 3
    open_kinds = {wait.kind for wait in waits if wait.to_at is None}
    if times["received_at"]:
        return 5 if "supplement" in open_kinds else 6 if "payment" in open_kinds else 4
    return 1


def _move_end(times: Times, status: int) -> None:
    """Official exports have one end column; the status says whether it tells of a stop."""
    end = _MOVES.get(status)
    if end and times[end] is None:
        times[end], times["processed_at"] = times["processed_at"] or times["returned_at"], None
        times["returned_at"] = None


def _refuse_incomplete(times: Times, status: int) -> None:
    if not any(times.values()):
        raise Fault("missing", "received_at")
    if status in _NEEDS_RECEPTION and times["received_at"] is None:
        raise Fault("reception_missing", "received_at", values={"status": status})
    if status in _DONE and not any(times[name] for name in _ENDS):
        raise Fault("end_missing", "processed_at", values={"status": status})


def _requests(waits: Sequence[Wait]) -> int:
    return sum(wait.kind == "supplement" for wait in waits)
