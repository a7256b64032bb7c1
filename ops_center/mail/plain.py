"""The letter as plain text: all of it, for who reads no HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.mail.page import kept
from ops_center.mail.words import apart
from ops_center.store.letters import UNSUBSCRIBE

if TYPE_CHECKING:
    from ops_center.mail.edition import Block, Cell, Edition, Table


def text(edition: Edition) -> str:
    """What stands in the HTML, in the same order; a picture is its words."""
    lines = [*_head(edition)]
    for block in edition.blocks:
        lines += ["", *_block(edition, block)]
    lines += ["", *_table(edition, edition.sources), "", *map(_line, edition.foot), UNSUBSCRIBE]
    return "\n".join(lines) + "\n"


def _line(words: str) -> str:
    """One line, whatever a name holds."""
    return kept(" ".join(words.split()))


def _head(edition: Edition) -> Iterator[str]:
    for one in edition.warnings:
        yield f"! {_line(one)}"
    if edition.warnings:
        yield ""
    yield _line(edition.title)
    yield _line(edition.subtitle)
    yield ""
    yield from map(_line, edition.news)


def _block(edition: Edition, block: Block) -> Iterator[str]:
    title = _line(block.title)
    yield title
    yield "=" * min(len(title), 60)
    yield from map(_line, block.lead)
    if block.picture is not None:
        yield f"[{_line(block.picture.alt)}]"
    for table in block.tables:
        if table.caption:
            yield ""
        yield from _table(edition, table)
    yield from map(_line, block.notes)
    if block.link:
        yield f"{block.link_words}: {block.link}"


def _table(edition: Edition, table: Table) -> Iterator[str]:
    if table.caption:
        yield _line(table.caption) + ":"
    for row in table.rows:
        first, *others = row
        told = [
            f"{column.name} {_cell(edition, cell)}"
            for column, cell in zip(table.columns[1:], others, strict=True)
            if cell.text or cell.note
        ]
        yield _line(f"- {_cell(edition, first)}: {'; '.join(told)}")


def _cell(edition: Edition, cell: Cell) -> str:
    shown = cell.text
    if cell.own and edition.direction == "rtl" and shown:
        shown = apart(shown)
    note = cell.note
    if note and edition.direction == "rtl":
        note = i18n.isolate(note)
    return f"{shown} ({note})" if note and shown else shown or note
