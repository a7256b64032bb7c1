"""XLSX sheets as a stream of rows of text, written as a CSV file would write them."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ops_center.i18n import Problem
from ops_center.intake.text_files import Progress, clean

UNCOMPUTED = "\x1b"
"""Stands before the place of a cell that holds a formula or an error instead of a value."""

_LARGEST_STRINGS = 256 * 2**20  # bytes of the part that must be held in memory as a whole
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, ParseError, InvalidFileException, KeyError,
    ValueError, IndexError, TypeError, AttributeError, OSError,
)  # fmt: skip


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """The workbook, read only; Problem when it is cut off or no XLSX at all."""
    with _broken_named(path):
        _bounded(path)
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _broken_named(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which do not concern us
            yield
    except _BROKEN as error:
        raise Problem("intake.broken_xlsx", file=path.name) from error


def _bounded(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        for part in parts.infolist():
            if part.filename.endswith("sharedStrings.xml") and part.file_size > _LARGEST_STRINGS:
                raise Problem("intake.xlsx_too_large", file=path.name)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: how many rows it claims to have, and the day that counts as 0."""

    name: str
    length: int
    origin: date


def find_sheet(path: Path, wanted: str | None) -> Sheet:
    """The wanted sheet, or the first visible one; Problem when it is not there."""
    with _workbook(path) as book:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        name = wanted if wanted is not None else next(iter(names), None)
        if name not in names:
            shown = ", ".join(names)
            raise Problem("intake.no_sheet", file=path.name, sheet=wanted or "", sheets=shown)
        with _broken_named(path):
            epoch: datetime = book.epoch  # two calendars are in use
            return Sheet(str(name), int(book[name].max_row or 0), epoch.date())


def read(path: Path, sheet: str, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """The number of each row in the sheet and its cells, without the empty ones at its end."""
    with _workbook(path) as book:
        rows = book[sheet]
        rows.reset_dimensions()  # what a file says of its size need not be true
        iterated = rows.iter_rows()
        number = 0
        while True:
            with _broken_named(path):
                cells = next(iterated, None)
                if cells is None:
                    return
                number = next((cell.row for cell in cells if cell.value is not None), number + 1)
                texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            yield number, texts
            progress(1)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        return f"{UNCOMPUTED}{cell.coordinate}: {value}"
    return clean(_as_text(value))


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _moment(value: datetime) -> str:
    """A date cell without a time of day is a plain date."""
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="milliseconds")
