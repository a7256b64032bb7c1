"""A letter's content, laid out once: HTML, plain text, workbook and report say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Cell:
    """`note`: a quiet second line; `state`: good, watch, bad or none, said in `text` or `note`.

    `own`: a code, date or signed number, which keeps its order among letters from the right.
    `value`: what a spreadsheet computes with, a `share` in percent; None for words.
    """

    text: str
    note: str = ""
    state: str = ""
    href: str = ""
    own: bool = False
    value: float | date | None = None
    share: bool = False


@dataclass(frozen=True)
class Column:
    """`number`: its cells stand under one another by their last digit."""

    name: str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """`name`: short and the same in every language; workbooks call their sheets by it."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A drawing and the words that say the same."""

    name: str
    alt: str
    width: int
    height: int
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Block:
    """A section: sentences, then picture and tables, then notes and the way to more."""

    section: str
    title: str
    lead: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: Picture | None = None
    notes: tuple[str, ...] = ()
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True)
class Edition:
    """The whole letter in one language. `warnings` come first: stale sources, what is missing."""

    language: str
    direction: str
    subject: str
    title: str
    subtitle: str
    warnings: tuple[str, ...]
    news: tuple[str, ...]
    blocks: tuple[Block, ...]
    sources: Table
    foot: tuple[str, ...]
    missing: tuple[str, ...] = ()
