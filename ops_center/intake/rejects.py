"""The file of rejected rows: line, column, value, reason and remedy in the reader's language."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from glob import escape
from pathlib import Path
from types import TracebackType

from ops_center.i18n import Problem, text
from ops_center.intake.assembly import Rejected
from ops_center.intake.fault import Fault
from ops_center.intake.spill import Reject

_COLUMNS = ("line", "column", "value", "reason", "remedy")


def rejected_rows(
    rows: Sequence[tuple[int, Sequence[str], str]], rejected: Rejected, language: str, zone: tzinfo
) -> Iterator[Reject]:
    """One line for each row of a dossier: the row to blame says why, the others point to it."""
    with_it = Fault("same_dossier", values={"line": rejected.line})
    for line, _, _ in rows:
        fault = rejected.fault if line == rejected.line else with_it
        yield (
            line,
            fault.column,
            fault.value,
            fault.reason(language, zone),
            fault.remedy(language, zone),
        )


class RejectsFile:
    """Appears under its name only when it is complete, and only when a row was rejected.

    That the place can be written to is tried at the beginning; Problem when it cannot.
    """

    def __init__(self, path: Path | None, language: str) -> None:
        self._path = path
        self._language = language
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part") if path else None

    def __enter__(self) -> RejectsFile:
        if self._part and self._path:
            try:
                self._part.write_bytes(b"")
                _sweep(self._path)
            except OSError as error:
                raise Problem(
                    "intake.no_rejects_file", file=self._path, reason=error.strerror
                ) from error
        return self

    def write(self, rejects: Iterable[Reject]) -> None:
        """Write all of them; without any, an older file of that name goes away."""
        if self._part is None or self._path is None:
            return
        with self._part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(text(f"intake.rejects.{name}", self._language) for name in _COLUMNS)
            count = 0
            for count, (line, *cells) in enumerate(rejects, 1):  # noqa: B007
                writer.writerow((line, *map(_harmless, cells)))
        if count:
            self._part.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._part:
            self._part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what imports left that were killed before they could tidy up."""
    for part in path.parent.glob(f".{escape(path.name)}.*.part"):
        number = part.name.split(".")[-2]
        if number.isdecimal() and not _lives(int(number)):
            part.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # another user's
    return True


def _harmless(cell: str) -> str:
    """A spreadsheet would compute what begins like a formula; control characters are shown."""
    shown = "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in cell)
    return f"'{shown}" if shown.startswith(("=", "@", "+")) else shown
