"""Lists that describe a ward, as files: the columns of each kind, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from ops_center.i18n import Problem, fold
from ops_center.intake import values
from ops_center.intake.areas import Features, area
from ops_center.intake.fault import Fault
from ops_center.intake.files import open_table
from ops_center.intake.sheets import UNCOMPUTED

_GEOJSON = (".geojson", ".json")


class Rows(Protocol):
    """A file with a header and rows of text."""

    @property
    def path(self) -> Path: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each row."""


Read = Callable[[str], Any]
Entry = dict[str, Any]

name_of = values.words(300)
code_of = values.words(100)


@dataclass(frozen=True)
class Kind:
    """A kind of list: its columns, which of them are needed, and other names for them.

    `key`: the columns that tell one entry from another; empty: the first needed one.
    `check`: looks at a whole entry and raises Fault, with the column it is about.
    """

    columns: Mapping[str, Read]
    needed: tuple[str, ...]
    also: Mapping[str, str]
    key: tuple[str, ...] = ()
    check: Callable[[Entry], None] = lambda entry: None


def _degrees(most: float) -> Read:
    def read(text: str) -> float:
        found = values.decimal(text)
        if abs(found) > most:
            raise Fault("too_large", value=text, values={"most": f"±{most:g}°"})
        return found

    return read


def day(text: str) -> date:
    """A date without a time of day."""
    found = values.moment(text, UTC)
    if isinstance(found, datetime):
        raise Fault("date", value=text)
    return found


_LEVELS = {
    "partial": "partial", "mot phan": "partial",
    "end_to_end": "end_to_end", "toan trinh": "end_to_end",
}  # fmt: skip
_LIMITS = {
    "working_days": "working_days", "ngay lam viec": "working_days",
    "calendar_days": "calendar_days", "ngay": "calendar_days",
    "same_day": "same_day", "trong ngay": "same_day",
}  # fmt: skip
_DAYS = {
    "holiday": "holiday", "nghi le": "holiday",
    "compensatory": "compensatory", "nghi bu": "compensatory",
    "working_extra": "working_extra", "lam bu": "working_extra",
}  # fmt: skip

_DAY_WORDS = "holiday / nghỉ lễ, compensatory / nghỉ bù, working_extra / làm bù"

HUBS = Kind(
    columns={
        "code": code_of,
        "name": name_of,
        "longitude": _degrees(180),
        "latitude": _degrees(90),
        "area": area,
        "population": values.number,
        "households": values.number,
        "active": values.flag,
        "replaced_by": code_of,
        "aliases": values.words(4000),
    },
    needed=("code", "name"),
    also={
        "ma": "code", "ten": "name", "lon": "longitude", "lng": "longitude", "kinh do": "longitude",
        "lat": "latitude", "vi do": "latitude", "dan so": "population", "so ho": "households",
        "thay bang": "replaced_by", "bi danh": "aliases", "alias": "aliases", "hoat dong": "active",
    },
)  # fmt: skip

PROCEDURES = Kind(
    columns={
        "code": code_of,
        "name": name_of,
        "field": name_of,
        "level": values.choice(_LEVELS, "partial / một phần, end_to_end / toàn trình"),
        "limit_kind": values.choice(_LIMITS, "working_days, calendar_days, same_day"),
        "limit_days": values.number,
        "fee": values.number,
        "online_payment": values.flag,
        "result_document": values.flag,
        "reusable": values.flag,
        "population_data": values.flag,
        "active": values.flag,
    },
    needed=("code", "name", "field"),
    also={
        "id": "code", "ma": "code", "mattthc": "code", "matthc": "code", "ten": "name",
        "field_id": "field", "linh vuc": "field", "le phi": "fee", "muc do": "level",
    },
)  # fmt: skip

CALENDAR = Kind(
    columns={
        "day": day,
        "kind": values.choice(_DAYS, _DAY_WORDS),
        "name": name_of,
        "source": name_of,
    },
    needed=("day", "kind"),
    also={"ngay": "day", "loai": "kind", "ten": "name", "nguon": "source"},
)  # fmt: skip


# ---------------------------------------------------------------- reading


def read_list(path: Path, kind: Kind, language: str) -> list[tuple[int, Entry]]:
    """The entries with their lines; Problem at the first cell that is wrong, or a key told twice.

    An entry holds only the columns the file has; empty cells are None.
    """
    table = Features(path) if path.suffix.lower() in _GEOJSON else open_table(path)
    places = _places(table, kind)
    entries: list[tuple[int, Entry]] = []
    first: dict[Any, int] = {}
    for line, cells in table.rows():
        entry = {
            name: _value(table, line, cells, index, kind.columns[name], language)
            for name, index in places.items()
        }
        _refuse_gaps(table, kind, line, entry, language)
        _refuse_contradictions(table, kind, places, line, entry, language)
        named = [name for name in kind.key or kind.needed[:1] if name in places]
        key = tuple(entry[name] for name in named)
        if first.setdefault(key, line) != line:
            shown = ", ".join(filter(None, (cells[places[name]] for name in named)))
            raise Problem(
                "intake.list.twice", file=path.name, code=shown, first=first[key], line=line
            )
        entries.append((line, entry))
    return entries


def headers(path: Path) -> tuple[str, ...]:
    """The names of the columns as the file writes them."""
    return open_table(path).header


def _places(table: Rows, kind: Kind) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, header in enumerate(table.header):
        bare = fold(header)
        name = bare if bare in kind.columns else kind.also.get(bare)
        if name is not None:
            found.setdefault(name, index)
    for name in kind.needed:
        if name not in found:
            raise Problem("intake.list.no_column", file=table.path.name, name=name)
    return found


def _value(table: Rows, line: int, cells: list[str], index: int, read: Read, language: str) -> Any:
    text = cells[index] if index < len(cells) else ""
    try:
        if len(cells) != len(table.header):
            raise Fault("cell_count", values={"found": len(cells)})
        if text.startswith(UNCOMPUTED):
            place, _, content = text[1:].partition(": ")
            raise Fault("formula", value=content, values={"place": place})
        if not text.isprintable():
            raise Fault("control_characters")
        return read(text) if text else None
    except Fault as fault:
        raise _bad_cell(table, line, fault.at(table.header[index], text), language) from None


def _refuse_gaps(table: Rows, kind: Kind, line: int, entry: Entry, language: str) -> None:
    for name in kind.needed:
        if entry[name] is None:
            raise _bad_cell(table, line, Fault("missing", name), language)


def _refuse_contradictions(
    table: Rows, kind: Kind, places: Mapping[str, int], line: int, entry: Entry, language: str
) -> None:
    try:
        kind.check(entry)
    except Fault as fault:
        written = table.header[places[fault.column]] if fault.column in places else fault.column
        named = Fault(fault.key, written, fault.value, fault.values)
        raise _bad_cell(table, line, named, language) from None


def _bad_cell(table: Rows, line: int, fault: Fault, language: str) -> Problem:
    return Problem(
        "intake.list.bad_cell",
        file=table.path.name, line=line, column=fault.column,
        reason=fault.reason(language, UTC), remedy=fault.list_remedy(language, UTC),
    )  # fmt: skip
