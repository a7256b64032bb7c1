"""What a file looks like to the importer, and a first draft of a mapping file for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

from ops_center import i18n
from ops_center.intake import columns, values
from ops_center.intake.fault import Fault
from ops_center.intake.files import Table
from ops_center.intake.mapping import FileMapping
from ops_center.intake.plan import find_columns

_LOOKED_AT = 2000  # rows
_SHOWN = 3
_FEW = 12  # so many different values are a choice, which may need translating

_ASKED_FOR = ("procedure", "channel", "received_at")
_CHOSEN = ("channel", "status", "level", "payment")


@dataclass(frozen=True)
class Seen:
    """What the first rows show of one column: different cells, cut at `_FEW` + 1."""

    header: str
    meaning: str | None
    distinct: tuple[str, ...]


def look(table: Table, mapping: FileMapping) -> tuple[list[Seen], str]:
    """The columns of a file with meaning and samples, and the column that looks like the key."""
    meaning = {index: name for name, index in find_columns(table, mapping).items()}
    width = len(table.header)
    rows = [cells for _, cells in islice(table.rows(), _LOOKED_AT) if len(cells) == width]
    seen = [
        Seen(header, meaning.get(index), _distinct(rows, index))
        for index, header in enumerate(table.header)
    ]
    return seen, table.header[max(range(width), key=lambda index: _as_key(rows, seen, index))]


def _distinct(rows: list[list[str]], index: int) -> tuple[str, ...]:
    found = dict.fromkeys(row[index] for row in rows if row[index])
    return tuple(islice(found, _FEW + 1))


def _as_key(rows: list[list[str]], seen: list[Seen], index: int) -> tuple[int, int]:
    """How well a column groups rows: how many others say the same throughout each group.

    A column that never repeats does so without meaning anything; it only wins where none groups.
    """
    filled = [row for row in rows if row[index]]
    keys = {row[index] for row in filled}
    if len(filled) < len(rows) or len(keys) <= _FEW or _is_time(seen[index]):
        return 0, 0
    if len(keys) == len(rows):
        return 1, 0
    fixed = sum(
        len({(row[index], row[other]) for row in rows}) == len(keys)
        and len(seen[other].distinct) > 1
        for other in range(len(seen))
        if other != index
    )
    return (fixed, len(keys)) if fixed > 1 else (0, 0)


def explain(table: Table, mapping: FileMapping, language: str) -> Iterator[str]:
    """Lines for the reader, then the drafted mapping file."""
    seen, key = look(table, mapping)
    yield _about(table, language)
    for one in seen:
        yield i18n.text(
            "intake.explain.column",
            language,
            header=one.header,
            name=one.meaning or i18n.text("intake.explain.unused", language),
            sample=_sample(one, language),
        )
    yield ""
    yield "# " + i18n.text("intake.explain.draft", language)
    yield from draft(table, seen, key, mapping, language)


def _about(table: Table, language: str) -> str:
    place = {"file": table.path.name, "line": table.header_line}
    if table.dialect is None:
        return i18n.text("intake.explain.sheet", language, sheet=table.sheet, **place)
    mark = table.dialect.separator
    shown = i18n.text("intake.explain.tab", language) if mark == "\t" else mark
    encoding = table.dialect.encoding.upper()
    return i18n.text("intake.explain.text", language, encoding=encoding, separator=shown, **place)


def _sample(seen: Seen, language: str) -> str:
    if not seen.distinct:
        return ""
    shown = ", ".join(f"“{_cut(sample)}”" for sample in seen.distinct[:_SHOWN])
    return i18n.text("intake.explain.sample", language, values=shown)


def _cut(sample: str, most: int = 40) -> str:
    visible = "".join(mark if mark.isprintable() else "\ufffd" for mark in sample)
    return visible if len(visible) <= most else visible[:most] + "…"


# ---------------------------------------------------------------- drafting


def draft(
    table: Table, seen: list[Seen], key: str, mapping: FileMapping, language: str
) -> Iterator[str]:
    """A mapping file that `load_mapping` reads; what is not known stands behind a #."""
    known = {one.meaning: one for one in seen if one.meaning}
    yield f"source = {_quoted(mapping.source or table.path.stem[:60])}"
    if "code" not in known:
        yield f"key = {_quoted(mapping.key or key)}  # ?"
    yield f"unknown_hubs = {_quoted(mapping.unknown_hubs)}"
    yield f"unknown_procedures = {_quoted(mapping.unknown_procedures)}"
    yield ""
    yield "[columns]"
    for name, one in known.items():
        yield f"{name} = {_quoted(one.header)}"
    yield f"# {i18n.text('intake.explain.draft_unused', language)}"
    for one in seen:
        if one.meaning is None and one.header:
            yield f"# {_guess(one)} = {_quoted(one.header)}"
    yield from _translations(known)
    yield from _needed(known, language)


def _guess(seen: Seen) -> str:
    """A time is recognised by its cells; of other columns only the reader knows the meaning."""
    return "…_at" if _is_time(seen) else "…"


def _is_time(seen: Seen) -> bool:
    try:
        return bool([values.moment(cell, UTC) for cell in seen.distinct[:_SHOWN]])
    except Fault:
        return False


def _translations(known: dict[str, Seen]) -> Iterator[str]:
    """Value maps for cells that are not understood."""
    for name in _CHOSEN:
        one = known.get(name)
        if one is None or len(one.distinct) > _FEW:
            continue
        strange = [cell for cell in one.distinct if not _understood(name, cell)]
        if strange:
            yield ""
            yield f"[values.{name}]"
            for cell in strange:
                yield f'# {_quoted(cell)} = "…"'


def _understood(name: str, cell: str) -> bool:
    read = columns.COLUMNS[name].read
    assert not isinstance(read, str)
    try:
        read(cell)
    except Fault:
        return False
    return True


def _needed(known: dict[str, Seen], language: str) -> Iterator[str]:
    missing = [name for name in _ASKED_FOR if name not in known]
    if "submitted_at" in known and "received_at" in missing:
        missing.remove("received_at")
    if missing:
        yield ""
        yield "[defaults]"
        yield f"# {i18n.text('intake.explain.draft_needed', language)}"
        for name in missing:
            yield f'# {name} = "…"'


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's spelling is one."""
    return json.dumps(text, ensure_ascii=False)
