"""The letters as they were written: once for all who read the same, with pictures and files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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
