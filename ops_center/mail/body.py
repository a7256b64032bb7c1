"""A letter's body, encoded once for all who get it: only what comes after it is each reader's own.

The place of a reader's link is the end of the words. What stands before it is the same for all, and
so are pictures and files; encoding them anew for each of five hundred readers took longer than
sending. Both ways of encoding go line by line, so that a beginning can be kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from email.message import MIMEPart
from email.policy import EmailPolicy
from html import escape

from ops_center.i18n import text
from ops_center.store.letters import UNSUBSCRIBE, Letter, Part

_LINE = 57  # bytes that base64 writes into one line
_END = b"\r\n"
_ASCII = bytes(range(128))
_ENDS = re.compile(r"\r\n|\r|\n")
_LINK_S_LINE = re.compile(rf"^[ \t]*{re.escape(UNSUBSCRIBE)}[ \t]*\n?", re.MULTILINE)


class Body:
    """What stands under the head of each reader's message.

    mixed( alternative( plain, related( HTML, pictures ) ), files ), as much of it as there is.
    """

    def __init__(self, letter: Letter, policy: EmailPolicy, *, plain_only: bool = False) -> None:
        html = "" if plain_only else letter.html
        self._language = letter.language
        self._plain = _Words("plain", letter.plain)
        self._html = _Words("html", html) if html else None
        self._pictures = [_encoded(one, policy) for one in letter.parts if html and one.inline]
        self._files = [_encoded(one, policy) for one in letter.parts if not one.inline]
        told = f"{letter.subject}\n{letter.plain}"
        self._mark = hashlib.sha256(told.encode()).hexdigest()[:24]

    def with_link(self, link: str) -> bytes:
        """With the reader's own link, or none; it begins with headers of its own."""
        whole = self._plain.ending(lambda rest: _plain(rest, link, self._language))
        if self._html is not None:
            html = self._html.ending(lambda rest: _html(rest, link, self._language))
            if self._pictures:
                html = self._joined("related", [html, *self._pictures])
            whole = self._joined("alternative", [whole, html])
        return self._joined("mixed", [whole, *self._files]) if self._files else whole

    def _joined(self, kind: str, parts: Sequence[bytes]) -> bytes:
        """Neither way of encoding writes "=_", so that no part holds what parts them."""
        boundary = f"=_{kind}_{self._mark}"
        more = '; type="text/html"' if kind == "related" else ""
        head = f'Content-Type: multipart/{kind}{more};\r\n boundary="{boundary}"\r\n\r\n'.encode()
        between = f"--{boundary}\r\n".encode()
        inside = b"".join(between + part + _END for part in parts)
        return head + inside + f"--{boundary}--\r\n".encode()


class _Words:
    """A text, encoded up to the line with the place of the link."""

    def __init__(self, kind: str, told: str) -> None:
        at = told.find(UNSUBSCRIBE)
        cut = told.rfind("\n", 0, at) + 1 if at >= 0 else len(told)
        same, self._rest = _wired(told[:cut]), told[cut:]
        strange = len(same.translate(None, _ASCII))
        self._dense = 6 * strange > len(same)  # then base64 is the shorter one
        whole = len(same) // _LINE * _LINE if self._dense else len(same)
        self._left = same[whole:]
        way = "base64" if self._dense else "quoted-printable"
        head = (f'Content-Type: text/{kind}; charset="utf-8"\r\n'
                f"Content-Transfer-Encoding: {way}\r\n\r\n")  # fmt: skip
        self._done = head.encode() + self._encoded(same[:whole])

    def ending(self, filled: Callable[[str], str]) -> bytes:
        """With the rest as it is `filled` for one reader."""
        return self._done + self._encoded(self._left + _wired(filled(self._rest)))

    def _encoded(self, words: bytes) -> bytes:
        if self._dense:
            return base64.encodebytes(words).replace(b"\n", _END)
        return re.sub(rb"\r?\n", _END, binascii.b2a_qp(words, istext=True))


def _wired(words: str) -> bytes:
    return _ENDS.sub("\r\n", words).encode()


def _encoded(part: Part, policy: EmailPolicy) -> bytes:
    """A picture that stands in the HTML, or a file beside it."""
    main, _, sub = part.media_type.partition("/")
    name = " ".join(part.name.split())
    made = MIMEPart(policy=policy)
    if part.inline:
        made.set_content(part.content, main, sub, cid=f"<{part.cid}>", filename=name,
                         disposition="inline")  # fmt: skip
    else:
        made.set_content(part.content, main, sub or "octet-stream", filename=name,
                         disposition="attachment")  # fmt: skip
    return made.as_bytes()


def _plain(rest: str, link: str, language: str) -> str:
    if link:
        return rest.replace(UNSUBSCRIBE, f"{text('post.unsubscribe', language)}: {link}")
    return _LINK_S_LINE.sub("", rest).replace(UNSUBSCRIBE, "")


def _html(rest: str, link: str, language: str) -> str:
    words = escape(text("post.unsubscribe", language))
    anchor = f'<a href="{escape(link)}" style="color:inherit">{words}</a>' if link else ""
    return rest.replace(UNSUBSCRIBE, anchor)
