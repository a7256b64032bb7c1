"""The letter's tables as an XLSX workbook: a sheet for each, numbers as numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from ops_center.mail.message import WORKBOOK
from ops_center.mail.words import said
from ops_center.store.letters import Part

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from ops_center.mail.edition import Cell, Edition, Table
    from ops_center.mail.reading import Reading

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDEST = 60


def part(reading: Reading, edition: Edition) -> Part:
    """The workbook as a file that comes along."""
    name = f"{reading.ward.id}-{reading.today.isoformat()}-{edition.language}.xlsx"
    return Part(name, WORKBOOK, written(edition))


def written(edition: Edition) -> bytes:
    """Its bytes. The first sheet tells what the letter says in words."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "letter"
    for line in (edition.title, edition.subtitle, *edition.warnings, *edition.news, *edition.foot):
        _append(first, [line])
    first.column_dimensions["A"].width = 100
    for table in _tables(edition):
        _fill(book.create_sheet(table.name[:31]), table, edition.language)
    for sheet in book.worksheets:
        sheet.sheet_view.rightToLeft = edition.direction == "rtl"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tables(edition: Edition) -> Iterator[Table]:
    for block in edition.blocks:
        yield from block.tables
    yield edition.sources


def _fill(sheet: Worksheet, table: Table, language: str) -> None:
    """What stands beneath a cell in the letter gets a column of its own."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    noted = [any(row[at].note for row in table.rows) for at in range(len(table.columns))]
    more = said("letter.column.more", language)
    head = [name for column, extra in zip(table.columns, noted, strict=True)
            for name in ((column.name, f"{column.name} – {more}") if extra else (column.name,))]
    _append(sheet, head)
    for at in range(1, sheet.max_column + 1):
        sheet.cell(1, at).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in table.rows:
        _append(sheet, [value for cell, extra in zip(row, noted, strict=True)
                        for value in ((_typed(cell), cell.note) if extra else (_typed(cell),))])
        for at, share in enumerate(_shares(row, noted), 1):
            if share:
                sheet.cell(sheet.max_row, at).number_format = "0.0%"
    for at in range(1, sheet.max_column + 1):
        longest = max(len(str(sheet.cell(row, at).value or ""))
                      for row in range(1, sheet.max_row + 1))
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, max(8, longest + 2))


def _typed(cell: Cell) -> Any:
    return cell.text if cell.value is None else cell.value


def _shares(row: tuple[Cell, ...], noted: list[bool]) -> list[bool]:
    return [mark for cell, extra in zip(row, noted, strict=True)
            for mark in ((cell.share, False) if extra else (cell.share,))]  # fmt: skip


def _append(sheet: Worksheet, values: list[Any]) -> None:
    """Text stays text: what begins like a formula must not be computed by whoever opens it."""
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for at, value in enumerate(values, 1):
        cell = sheet.cell(row=row, column=at)
        if isinstance(value, str):
            cell.value = _NOT_XML.sub("·", value)
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        elif isinstance(value, (int, float, date)):
            cell.value = value
