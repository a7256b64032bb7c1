"""One line for each event: a constant name plus fields, in UTC.

    2026-11-27T08:30:00.123Z info import.finished file=day.csv new=120

A name is `room.what`, never a sentence, so that lines can be counted; what varies is a field.
With the format "json" each line is an object with the same contents.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal, TextIO

Format = Literal["text", "json"]

_logger = logging.getLogger("ops_center")


def event(name: str, /, **fields: object) -> None:
    """Something expected happened."""
    _logger.info(name, extra={"fields": fields})


def warning(name: str, /, **fields: object) -> None:
    """Something that someone may want to look at; the work goes on."""
    _logger.warning(name, extra={"fields": fields})


def failure(name: str, error: BaseException, /, **fields: object) -> None:
    """Something failed: the error and where it came from are kept in the line."""
    _logger.error(name, exc_info=error, extra={"fields": fields})


def configure(shape: Format = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Send the lines of this process to `stream` (standard error), libraries' lines too."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Lines(shape))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _logger.setLevel(level.upper())


class _Lines(logging.Formatter):
    def __init__(self, shape: Format) -> None:
        super().__init__()
        self.shape = shape

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = {"at": at.replace("+00:00", "Z"), "level": record.levelname.lower()}
        line = {**head, **_contents(record)}
        if self.shape == "json":
            return json.dumps(line, ensure_ascii=False, default=str)
        first, rest = list(line.values())[:3], list(line.items())[3:]
        return " ".join([*map(str, first), *(f"{key}={_plain(value)}" for key, value in rest)])


def _contents(record: logging.LogRecord) -> dict[str, object]:
    """Our own lines carry a name and fields; a library's line carries its message."""
    ours = record.name == _logger.name
    line: dict[str, object] = {"event": record.getMessage() if ours else record.name}
    line |= getattr(record, "fields", {}) if ours else {"message": record.getMessage()}
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        line |= {"error": f"{type(error).__name__}: {error}"}
        line |= {"traceback": "".join(traceback.format_exception(error))}
    return line


def _plain(value: object) -> str:
    """A value without spaces as it is, any other quoted, so that a line stays one line."""
    shown = str(value)
    bare = shown and all(mark.isprintable() and mark not in ' "=' for mark in shown)
    return shown if bare else json.dumps(shown, ensure_ascii=False)
