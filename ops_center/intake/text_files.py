"""Delimited text as a stream: its encoding and separator recognised, its lines bounded."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ops_center.i18n import Problem

LONGEST_LINE = 1_000_000
"""Characters of one physical line; more is no table, and must not fill the memory."""

SEPARATORS = ",;\t|"
_SAMPLE_LINES = 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Progress = Callable[[int], object]
"""Told how many bytes (or rows) were dealt with since the last call."""


@dataclass(frozen=True)
class Dialect:
    """How a text file is written. `skip`: lines before the header (Excel's `sep=` line)."""

    encoding: str
    separator: str
    skip: int = 0


# ---------------------------------------------------------------- recognising


def recognise(path: Path) -> Dialect:
    """Look the whole file through once; Problem when it mixes encodings or has endless lines."""
    with path.open("rb") as file:
        start = file.read(4096)
    encoding = _marked(start) or _surveyed(path)
    with _opened(path, encoding) as text:
        sample = [line for _, line in zip(range(_SAMPLE_LINES), _lines(path, text), strict=False)]
    hint = sample[0].strip().strip('"').lower() if sample else ""
    if hint.startswith("sep=") and len(hint) == 5:
        return Dialect(encoding, hint[4], skip=1)
    return Dialect(encoding, _separator(sample))


def _marked(start: bytes) -> str | None:
    """The encoding told by a byte order mark, or by the zero bytes of UTF-16 without one."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > len(start) // 5 and even < len(start) // 50:
        return "utf-16-le"
    if even > len(start) // 5 and odd < len(start) // 50:
        return "utf-16-be"
    return None


def _surveyed(path: Path) -> str:
    """UTF-8 or Windows-1258, by every line that has more than ASCII; both at once is refused."""
    seen: dict[str, int] = {}
    with _opened(path, "latin-1") as text:
        for number, line in enumerate(_lines(path, text), 1):
            if line.isascii():
                continue
            seen.setdefault(_encoding_of(path, number, line.encode("latin-1")), number)
            if len(seen) == 2:
                raise Problem("intake.mixed_encodings", file=path.name, line=number, **_named(seen))
    return next(iter(seen), "utf-8")


def _named(seen: dict[str, int]) -> dict[str, Any]:
    (first, first_line), (second, _) = seen.items()
    return {"first": first.upper(), "first_line": first_line, "second": second.upper()}


def _encoding_of(path: Path, number: int, line: bytes) -> str:
    for encoding in ("utf-8", "windows-1258"):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Problem("intake.unknown_encoding", file=path.name, line=number)


def _separator(sample: list[str]) -> str:
    """The separator that parts the header most, then the most lines alike."""
    return max(SEPARATORS, key=lambda mark: _fitness(sample, mark))


def _fitness(sample: list[str], mark: str) -> tuple[int, int]:
    try:
        rows = [row for row in csv.reader(sample, delimiter=mark) if any(row)]
    except csv.Error:
        return 0, 0
    if not rows or len(rows[0]) < 2:
        return 0, 0
    alike = sum(len(row) == len(rows[0]) for row in rows)
    return alike * (len(rows[0]) > 1), len(rows[0])


# ---------------------------------------------------------------- reading


def read(path: Path, dialect: Dialect, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """The line each row begins in, and its cells, trimmed and in composed letters (NFC)."""
    with _opened(path, dialect.encoding) as text:
        lines = _lines(path, text, progress)
        for _ in range(dialect.skip):
            next(lines, None)
        rows = csv.reader(lines, delimiter=dialect.separator, strict=True)
        while True:
            begins = rows.line_num + 1 + dialect.skip
            try:
                cells = next(rows, None)
            except csv.Error as error:
                raise Problem("intake.broken_quotes", file=path.name, line=begins) from error
            if cells is None:
                return
            yield begins, [clean(cell) for cell in cells]


def clean(cell: str) -> str:
    """The cell trimmed, in composed letters."""
    if cell.isascii():
        return cell.strip()
    return unicodedata.normalize("NFC", cell).strip(" \t\r\n\u00a0\ufeff\u200b")


def _opened(path: Path, encoding: str) -> IO[str]:
    return io.TextIOWrapper(path.open("rb"), encoding=encoding, newline="")


def _lines(path: Path, text: IO[str], progress: Progress | None = None) -> Iterator[str]:
    """Physical lines with their ends; Problem for a line too long or not decodable."""
    number, told = 0, 0
    while True:
        number += 1
        try:
            line = text.readline(LONGEST_LINE)
        except UnicodeError as error:
            raise Problem("intake.unknown_encoding", file=path.name, line=number) from error
        if not line:
            break
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            raise Problem("intake.line_too_long", file=path.name, line=number, most=LONGEST_LINE)
        yield line
        if progress and number % 1000 == 0:
            told += _advance(text, told, progress)
    if progress:
        _advance(text, told, progress)


def _advance(text: IO[str], told: int, progress: Progress) -> int:
    step = text.buffer.tell() - told  # type: ignore[attr-defined]
    progress(step)
    return int(step)


def looks_binary(start: bytes) -> bool:
    """Whether this beginning of a file has control bytes as no text has (UTF-16 has its own)."""
    if _marked(start):
        return False
    odd = sum(byte < 32 and byte not in b"\t\r\n\x0c\x00\x1b" for byte in start)
    return odd + start.count(0) > len(start) // 20 or odd > 3
