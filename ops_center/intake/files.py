"""A file from outside as a table: its kind recognised, its header checked, its rows a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ops_center.i18n import Problem, fold
from ops_center.intake import sheets, text_files
from ops_center.intake.text_files import Dialect, Progress
from ops_center.intake.values import EXCEL_ORIGIN

Line = tuple[int, list[str]]
"""The line (or sheet row) a row begins in, and its cells as text."""

_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"<", "HTML/XML"),
    (b"SQLite format 3", "SQLite"),
)


@dataclass(frozen=True)
class Table:
    """A table in a file. `length` counts what `rows` reports as progress: bytes or sheet rows."""

    path: Path
    header: tuple[str, ...]
    header_line: int
    length: int
    dialect: Dialect | None = None
    sheet: str | None = None
    origin: date = EXCEL_ORIGIN

    def rows(self, progress: Progress = lambda step: None) -> Iterator[Line]:
        """The rows below the header that are not empty; Problem when the file turns out broken."""
        for line, cells in _rows(self.path, self.dialect, self.sheet, progress):
            if line > self.header_line and any(cells):
                yield line, self._padded(cells)

    def _padded(self, cells: list[str]) -> list[str]:
        """Sheets leave out empty cells at the end; empty cells beyond the header are no content."""
        width = len(self.header)
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if self.sheet is not None and len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        return cells


def open_table(path: Path, sheet: str | None = None) -> Table:
    """Recognise the file; Problem for what is no table, is empty or has a header only."""
    start = _start(path)
    if start.startswith(b"PK\x03\x04"):
        return _open_sheet(path, sheet)
    _refuse_foreign(path, start)
    dialect = text_files.recognise(path)
    line, header = _header(path, dialect, None)
    return Table(path, header, line, path.stat().st_size, dialect=dialect)


def _open_sheet(path: Path, wanted: str | None) -> Table:
    sheet = sheets.find_sheet(path, wanted)
    line, header = _header(path, None, sheet.name)
    return Table(path, header, line, sheet.length, sheet=sheet.name, origin=sheet.origin)


def _start(path: Path) -> bytes:
    """The first bytes; Problem when there is no file to read there, or nothing in it."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise Problem("intake.no_regular_file", file=str(path))  # opening a pipe would wait
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except FileNotFoundError:
        raise Problem("intake.no_file", file=str(path)) from None
    except IsADirectoryError:
        raise Problem("intake.directory", file=str(path)) from None
    except OSError as error:
        raise Problem("intake.unreadable", file=str(path), reason=error.strerror) from error
    if not start.strip():
        raise Problem("intake.empty", file=path.name)
    return start


def _refuse_foreign(path: Path, start: bytes) -> None:
    for mark, kind in _FOREIGN:
        if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(mark):
            raise Problem("intake.wrong_type", file=path.name, kind=kind)
    if text_files.looks_binary(start):
        raise Problem("intake.wrong_type", file=path.name, kind="?")


def _rows(
    path: Path, dialect: Dialect | None, sheet: str | None, progress: Progress
) -> Iterator[Line]:
    if dialect is not None:
        return text_files.read(path, dialect, progress)
    assert sheet is not None
    return sheets.read(path, sheet, progress)


def _header(path: Path, dialect: Dialect | None, sheet: str | None) -> tuple[int, tuple[str, ...]]:
    """The first row that is not empty; Problem when names repeat or no row follows."""
    filled = (row for row in _rows(path, dialect, sheet, lambda step: None) if any(row[1]))
    line, cells = next(filled, (0, []))
    if not cells:
        raise Problem("intake.empty", file=path.name)
    while not cells[-1]:
        cells.pop()
    _refuse_header(path, line, cells)
    if next(filled, None) is None:
        raise Problem("intake.header_only", file=path.name, line=line)
    return line, tuple(cells)


def _refuse_header(path: Path, line: int, cells: list[str]) -> None:
    first: dict[str, int] = {}
    for position, name in enumerate(cells, 1):
        if name.startswith(sheets.UNCOMPUTED):
            raise Problem("intake.header_formula", file=path.name, place=name[1:])
        earlier = first.setdefault(fold(name), position) if name else position
        if earlier != position:
            raise Problem(
                "intake.duplicate_header",
                file=path.name, line=line, column=name, first=earlier, second=position,
            )  # fmt: skip
