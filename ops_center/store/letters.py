"""The letters as they were written: once for all who read the same, with pictures and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from ops_center.store.letter_tables import letter, letter_part, outbox
from ops_center.store.rows import dialect_insert

UNSUBSCRIBE = "{{unsubscribe}}"
"""Stands in a letter's HTML (as an element's whole text) and in its plain part (on a line of its
own) where each recipient's own link, with its words, is put at sending; or nothing."""

_DOMAIN = "ops-center"


@dataclass(frozen=True)
class Part:
    """A picture, which the HTML shows as `cid:` + `cid`, or a file that comes along."""

    name: str
    media_type: str
    content: bytes

    @property
    def cid(self) -> str:
        """A picture's Content-ID, without the angle brackets."""
        return f"{self.name}@{_DOMAIN}"

    @property
    def inline(self) -> bool:
        """Whether it stands in the HTML: every picture does."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class Letter:
    """A letter to all who read the same. `html` may be empty: then it is plain text alone.

    `scope`: see `scope_of`; `sections`: see `sections_of`; `missing`: the sections that could not
    be written, which the letter says; `id`: empty until it is kept.
    """

    kind: str
    slot: str
    language: str
    revision: int
    as_of: datetime
    subject: str
    html: str
    plain: str
    scope: str = ""
    sections: str = ""
    missing: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    id: str = ""


def scope_of(hub_ids: Iterable[str]) -> str:
    """The hubs of a letter in one text; the whole ward is ""."""
    return ",".join(sorted(set(hub_ids)))


def sections_of(sections: Iterable[str], *, workbook: bool = False, report: bool = False) -> str:
    """The sections and attachments of a letter in one text; "" is all sections and nothing else."""
    files = (name for name, wanted in (("workbook", workbook), ("report", report)) if wanted)
    return ",".join([*sections, *files])


def find_letter(connection: Connection, ward_id: str, id: str) -> Letter | None:
    """The letter of that id with its parts."""
    here = (letter.c.ward_id == ward_id) & (letter.c.id == id)
    row = connection.execute(select(*_COLUMNS).where(here)).mappings().first()
    if row is None:
        return None
    parts = connection.execute(
        select(letter_part.c.name, letter_part.c.media_type, letter_part.c.content)
        .where(letter_part.c.ward_id == ward_id, letter_part.c.letter_id == id)
        .order_by(letter_part.c.name)
    )
    missing = tuple(filter(None, row["missing"].split(",")))
    return Letter(**{**row, "missing": missing, "parts": tuple(Part(*part) for part in parts)})


def find_letter_id(connection: Connection, ward_id: str, **key: str) -> str | None:
    """The id of the letter of that kind, slot, scope, language and sections."""
    return connection.execute(select(letter.c.id).where(_of(ward_id, key))).scalar()


def keep_letter(connection: Connection, ward_id: str, new: Letter, now: datetime) -> str:
    """The id of the letter, which is kept unless another worker was faster with the same one."""
    key = {name: getattr(new, name) for name in _KEY}
    told = {
        "revision": new.revision, "as_of": new.as_of, "written_at": now,
        "missing": ",".join(new.missing), "subject": new.subject, "html": new.html,
        "plain": new.plain,
    }  # fmt: skip
    added = connection.execute(
        dialect_insert(connection, letter)
        .values(ward_id=ward_id, **key, **told)
        .on_conflict_do_nothing(index_elements=["ward_id", *_KEY])
        .returning(letter.c.id)
    ).scalar()
    if added is None:
        found = connection.execute(select(letter.c.id).where(_of(ward_id, key)))
        return str(found.scalar_one())
    if new.parts:
        rows = [
            {"ward_id": ward_id, "letter_id": added, "name": part.name,
             "media_type": part.media_type, "content": part.content}
            for part in new.parts
        ]  # fmt: skip
        connection.execute(insert(letter_part), rows)
    return str(added)


def purge_parts(connection: Connection, before: datetime) -> int:
    """Remove pictures and files of letters written before that instant and no longer on their way;
    their words stay. How many were removed."""
    open_ones = select(outbox.c.letter_id).where(
        outbox.c.ward_id == letter_part.c.ward_id, outbox.c.letter_id == letter_part.c.letter_id,
        outbox.c.state.in_(("waiting", "held", "sending", "retry")),
    )  # fmt: skip
    old = select(letter.c.id).where(
        letter.c.ward_id == letter_part.c.ward_id, letter.c.id == letter_part.c.letter_id,
        letter.c.written_at < before,
    )  # fmt: skip
    gone = delete(letter_part).where(old.exists(), ~open_ones.exists())
    return len(connection.execute(gone.returning(letter_part.c.name)).all())


_KEY = ("kind", "slot", "scope", "language", "sections")
_COLUMNS = [
    letter.c[name]
    for name in ("id", *_KEY, "revision", "as_of", "missing", "subject", "html", "plain")
]


def _of(ward_id: str, key: Mapping[str, str]) -> ColumnElement[bool]:
    return and_(letter.c.ward_id == ward_id, *(letter.c[name] == key[name] for name in _KEY))
