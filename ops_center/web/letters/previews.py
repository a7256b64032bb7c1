"""Letters as they would be written, each written once for all the frames that show it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ops_center.mail.letter import Findings, Wish, check, read, write
from ops_center.mail.shown import in_browser
from ops_center.store.letters import UNSUBSCRIBE
from ops_center.store.system import find_revision

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.store.letters import Letter
    from ops_center.store.wards import Ward

KEPT = 6
"""So many letters are kept: what people look at is looked at in several ways."""
VIEWS = ("html", "phone", "blocked", "text")
PLAIN_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<style>body{{margin:12px}}
pre{{margin:0;font:13px/1.5 "Noto Sans Mono",Consolas,"Courier New",monospace;
white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}}</style></head>
<body><pre>{text}</pre></body></html>"""


@dataclass(frozen=True)
class Preview:
    """A letter, and what would hold it back."""

    letter: Letter
    findings: Findings


class Previews:
    """What this process has written for the page. Safe to ask from many threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, Preview] = OrderedDict()
        self._guard = threading.Lock()

    def find(
        self, connection: Connection, ward: Ward, wish: Wish, revision: int | None = None
    ) -> Preview:
        """The letter of that wish, as the data are now; with a `revision`, the one that a page
        has written of it, so that its frames all show the same while data come in. Drawing takes
        its time: one at a time."""
        key = wish, revision or find_revision(connection, ward.id).number
        with self._guard:
            if key not in self._kept:
                self._kept[key] = _written(connection, ward, wish)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _written(connection: Connection, ward: Ward, wish: Wish) -> Preview:
    reading = read(connection, ward, wish)
    findings = check(reading, wish.as_of, wish.language)
    return Preview(write(reading, wish, findings, final=True), findings)


def shown(letter: Letter, view: str) -> str:
    """The letter's HTML as a browser shows it: pictures in it, or as if they were blocked."""
    html = letter.html.replace(UNSUBSCRIBE, "")
    return in_browser(html, letter.parts, pictures=view != "blocked")


def plain(letter: Letter) -> str:
    """The letter's text, without the place of a reader's own link."""
    return letter.plain.replace(UNSUBSCRIBE, "").rstrip() + "\n"


def on_a_page(letter: Letter) -> str:
    """The letter's text as a mail program shows it: each line in its own direction."""
    return PLAIN_PAGE.format(language=letter.language, text=escape(plain(letter)))
