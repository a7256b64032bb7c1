"""The mapping file: a TOML that says what the columns and values of a foreign file mean."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from ops_center.i18n import Problem, fold
from ops_center.intake.columns import COLUMNS, EVENT_COLUMNS

Unknown = Literal["refuse", "create", "unassigned"]

_EVENTS = tuple(column.name.removeprefix("event_") for column in EVENT_COLUMNS)
_TEXTS = ("source", "time_zone", "sheet", "key")
_CHOICES = {"unknown_hubs": get_args(Unknown), "unknown_procedures": ("refuse", "create")}
_TABLES = ("columns", "values", "defaults", "events")


@dataclass(frozen=True)
class FileMapping:
    """What a mapping file says. `columns`: our name → header; `values`: our name → cell → ours.

    Cells in `values` are compared without case and accents. `defaults` holds for empty cells and
    for columns the file does not have. `key`: the header whose equal cells make one dossier.
    """

    place: str = "-"
    source: str = ""
    time_zone: str = ""
    sheet: str | None = None
    key: str | None = None
    unknown_hubs: Unknown = "unassigned"
    unknown_procedures: Literal["refuse", "create"] = "refuse"
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def load_mapping(path: Path) -> FileMapping:
    """Read a mapping file; Problem that names the file, the key and the remedy."""
    try:
        tree = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Problem("intake.mapping.no_file", file=path, reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("intake.mapping.no_toml", file=path, reason=error) from error
    return _checked(str(path), tree)


def _checked(place: str, tree: Mapping[str, Any]) -> FileMapping:
    for key in tree:
        _known(place, key, (*_TEXTS, *_CHOICES, *_TABLES), key)
    found: dict[str, Any] = {key: _text(place, key, tree[key]) for key in _TEXTS if key in tree}
    for key, allowed in _CHOICES.items():
        if key in tree:
            found[key] = _one_of(place, key, tree[key], allowed)
    tables = {key: _table(place, key, tree.get(key, {})) for key in _TABLES}
    columns = _columns(place, "columns", tables["columns"]) | _events(place, tables["events"])
    if found.get("time_zone"):
        _zone(place, found["time_zone"])
    return FileMapping(
        place=place,
        columns=columns,
        values=_values(place, tables["values"]),
        defaults=_columns(place, "defaults", tables["defaults"]),
        **found,
    )


def _columns(place: str, table: str, entries: Mapping[str, Any]) -> dict[str, str]:
    """A table of our names, each with a text."""
    for name in entries:
        _known(place, name, COLUMNS, f"{table}.{name}")
    return {name: _text(place, f"{table}.{name}", value) for name, value in entries.items()}


def _events(place: str, entries: Mapping[str, Any]) -> dict[str, str]:
    for name in entries:
        _known(place, name, _EVENTS, f"events.{name}")
    return {
        f"event_{name}": _text(place, f"events.{name}", value) for name, value in entries.items()
    }


def _values(place: str, entries: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found = {}
    for name, cells in entries.items():
        key = f"values.{name}"
        _known(place, name, COLUMNS, key)
        table = _table(place, key, cells)
        found[name] = {fold(c): _text(place, f"{key}.{c}", v) for c, v in table.items()}
    return found


def _known(place: str, name: str, allowed: Iterable[str], key: str) -> None:
    listed = list(allowed)
    if name in listed:
        return
    near = difflib.get_close_matches(name, listed, 1)
    if near:
        raise Problem("intake.mapping.unknown_key_near", file=place, key=key, meant=near[0])
    raise Problem("intake.mapping.unknown_key", file=place, key=key, allowed=", ".join(listed))


def _text(place: str, key: str, value: Any) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    raise Problem("intake.mapping.no_text", file=place, key=key)


def _table(place: str, key: str, value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise Problem("intake.mapping.no_table", file=place, key=key)


def _one_of(place: str, key: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value in allowed:
        return str(value)
    raise Problem(
        "intake.mapping.wrong_choice",
        file=place, key=key, value=value, allowed=", ".join(allowed),
    )  # fmt: skip


def _zone(place: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Problem("intake.mapping.no_zone", file=place, value=name) from None
