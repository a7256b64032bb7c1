"""An XLSX workbook written as it is sent: however many rows, few of them are in memory.

The parts of the format that a table needs: typed cells (text, number, date, date and time,
percent), a bold head that stays in view, as many sheets as the rows take.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MOST_ROWS = 1_048_576
"""Rows of one sheet, its head included: more cannot be opened."""

_PART = 500  # rows between two looks at what can be sent

_PLAIN, _BOLD, _DAY, _MOMENT, _SHARE = range(5)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 – a sheet's days have no zone
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 32_767  # characters of a cell


@dataclass(frozen=True)
class Share:
    """A ratio, shown in percent."""

    value: float


@dataclass(frozen=True)
class Sheet:
    """A name, a head (may be empty) and rows; widths in characters."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()


def stream(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """The bytes of the workbook, while the rows are read."""
    sink = _Sink()
    names: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for sheet in sheets:
            yield from _sheet(archive, sink, sheet, names)
        for path, text in _frame(names):
            archive.writestr(path, text)
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what the archive writes until it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def _sheet(
    archive: zipfile.ZipFile, sink: _Sink, sheet: Sheet, names: list[str]
) -> Iterator[bytes]:
    """The sheet, and others like it where it gets too long for one."""
    rows = iter(sheet.rows)
    number, following = 1, next(rows, None)
    while number == 1 or following is not None:
        names.append(sheet.name if number == 1 else f"{sheet.name} {number}")
        with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
            part.write(_begin(sheet).encode())
            written = 0
            if sheet.head:
                part.write(_row(sheet.head, 1, bold=True).encode())
                written = 1
            while following is not None and written < MOST_ROWS:
                written += 1
                part.write(_row(following, written).encode())
                following = next(rows, None)
                if written % _PART == 0:
                    yield sink.taken()
            part.write(b"</sheetData></worksheet>")
        number += 1
        yield sink.taken()


def _begin(sheet: Sheet) -> str:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = frozen if sheet.head else ""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(sheet.widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{view}'
        f"</sheetView></sheetViews>{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def _row(values: Sequence[Any], number: int, *, bold: bool = False) -> str:
    cells = "".join(
        _cell(value, f"{_letters(place)}{number}", bold)
        for place, value in enumerate(values)
        if value is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(value: Any, at: str, bold: bool) -> str:
    if isinstance(value, Share):
        return f'<c r="{at}" s="{_SHARE}"><v>{value.value!r}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{at}" s="{_MOMENT}"><v>{_serial(value)!r}</v></c>'
    if isinstance(value, date):
        days = (datetime(value.year, value.month, value.day) - _EPOCH).days  # noqa: DTZ001
        return f'<c r="{at}" s="{_DAY}"><v>{days}</v></c>'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    text = escape(_NOT_XML.sub("", str(value))[:_LONGEST])
    style = f' s="{_BOLD}"' if bold else ""
    return f'<c r="{at}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(moment: datetime) -> float:
    """Days since the sheet's epoch, by the clock that the moment shows."""
    return (moment.replace(tzinfo=None) - _EPOCH).total_seconds() / 86_400


def _letters(place: int) -> str:
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


# ---------------------------------------------------------------- what holds the sheets together

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_OFFICE = f"{_OPEN}/officeDocument/2006/relationships"
_PACKAGE = f"{_OPEN}/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5">'
    + "".join(
        f'<xf numFmtId="{form}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1" applyFont="1"/>'
        for form, font in ((0, 0), (0, 1), (164, 0), (165, 0), (10, 0))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, _distinct(names), strict=True)
    )
    yield "xl/workbook.xml", (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    styles = f'<Relationship Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", _relations(related + styles)
    yield "xl/styles.xml", _STYLES
    book = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", _relations(book)
    parts = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in (
            ("workbook", "sheet.main"), ("styles", "styles"),
            *((f"worksheets/sheet{n}", "worksheet") for n in numbers),
        )
    )  # fmt: skip
    yield "[Content_Types].xml", (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_RELATIONS}"/>{parts}</Types>'
    )


_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"


def _relations(inner: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _distinct(names: Sequence[str]) -> list[str]:
    """As a sheet may be called: short, without some signs, no two alike."""
    found: list[str] = []
    for name in names:
        base = re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "1"
        same = sum(one.startswith(base) for one in found)
        found.append(base if base not in found else f"{base[:26]} ({same + 1})")
    return found
