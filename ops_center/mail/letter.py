"""A letter from its reading: read, check, write.

    reading = read(connection, ward, wish)     # once for each scope, whatever the languages
    findings = check(reading, now, wish.language)
    if findings.holds and not final: …         # try again later
    letter = write(reading, wish, findings, final=final)

Nothing here sends; delivery is the jobs' and `mail.smtp`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ops_center.i18n import Problem
from ops_center.mail import page, plain, report, sections, workbook
from ops_center.mail.findings import Findings, check
from ops_center.mail.reading import Reading, take
from ops_center.store.letters import Letter, Part, scope_of, sections_of
from ops_center.store.subscriptions import SECTIONS
from ops_center.store.wards import Ward

if TYPE_CHECKING:
    from ops_center.mail.edition import Edition

__all__ = ["SECTIONS", "Findings", "Reading", "Wish", "check", "edition", "read", "write"]


@dataclass(frozen=True)
class Wish:
    """What a letter is asked to be. `hub_ids` empty: the whole ward; `sections` empty: all.

    `public_url` empty: no links. `workbook`, `report`: whether an XLSX, a PDF comes along.
    """

    hub_ids: tuple[str, ...]
    language: str
    sections: tuple[str, ...]
    kind: str
    slot: str
    as_of: datetime
    public_url: str = ""
    workbook: bool = False
    report: bool = False
    format: str = "html"


def read(
    connection: Connection, ward: Ward, wish: Wish, like: Reading | None = None
) -> Reading:
    """The numbers of the wish's scope; the connection's transaction must see one instant.

    `like`: another scope's reading at the same instant, of which what they share is taken.
    """
    ground = like.board.ground if like is not None and like.board is not None else None
    return take(connection, ward, wish.as_of, wish.hub_ids, wish.sections, ground)


def edition(reading: Reading, wish: Wish, findings: Findings) -> Edition:
    """The content, laid out once for HTML, plain text and files."""
    return sections.laid_out(reading, findings, wish.language, wish.public_url)


def write(reading: Reading, wish: Wish, findings: Findings, final: bool = False) -> Letter:
    """The letter. One that should wait is only written when it is the `final` one, after its
    deadline: it says first what is missing. Problem otherwise."""
    if findings.holds and not final:
        raise Problem("letter.held")
    laid = edition(reading, wish, findings)
    shown = tuple(block.picture for block in laid.blocks if block.picture is not None)
    parts = [Part(page.file_of(one), "image/png", one.png) for one in shown]
    if wish.workbook:
        parts.append(workbook.part(reading, laid))
    if wish.report:
        parts.append(report.part(reading, laid))
    return Letter(
        kind=wish.kind,
        slot=wish.slot,
        language=wish.language,
        revision=reading.revision.number,
        as_of=reading.as_of,
        subject=laid.subject,
        html="" if wish.format == "text" else page.html(laid),
        plain=plain.text(laid),
        scope=scope_of(wish.hub_ids),
        sections=sections_of(wish.sections, workbook=wish.workbook, report=wish.report),
        missing=laid.missing,
        parts=tuple(parts),
    )
