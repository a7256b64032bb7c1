"""A kept letter and one recipient become a message: text, HTML, pictures inside, files beside."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses
from typing import Any

from ops_center.mail.body import Body
from ops_center.store.letters import Letter

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORT = "application/pdf"


class _Wire(EmailPolicy):
    """As the library's, but with all spaces of long headers: folding them into several encoded
    words, Python before 3.13 puts the space between two of them outside, where it is not shown."""

    def fold(self, name: str, value: Any) -> str:
        told = value if isinstance(value, str) else str(value)
        if told.isascii():
            return str(super().fold(name, value))
        if name.lower() == "subject":
            return f"{name}: {self._encoded(name, told)}{self.linesep}"
        (one,) = getattr(value, "addresses", ()) or (None,)
        if one is None or one.display_name.isascii():
            return str(super().fold(name, value))
        called = self._encoded(name, one.display_name)
        return f"{name}: {called}{self.linesep} <{one.addr_spec}>{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")

    def _encoded(self, name: str, words: str) -> str:
        return Header(words, "utf-8", header_name=name).encode(linesep=self.linesep)


# Bodies of any language go as 8-bit-safe base64 or quoted-printable; header lines are folded.
_POLICY = _Wire(linesep="\r\n", cte_type="7bit")
_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\"\\\x00-\x1f\x7f]+@[^\s@<>()\[\]:;,\"\\\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Envelope:
    """From whom, to whom, and what the letter's headers say. `link`: see `mail.unsubscribe`."""

    sender: str
    recipient: str
    message_id: str
    name: str = ""
    link: str = ""
    zone: tzinfo = UTC
    plain_only: bool = False


def is_address(written: str) -> bool:
    """Whether it is one address, of the plain kind that every server takes."""
    if _ADDRESS.fullmatch(written) is None or len(written) > 254:
        return False
    name, _, domain = written.rpartition("@")
    dots = ".." in written or "." in (name[0], name[-1], domain[0], domain[-1])
    return name.isascii() and len(name) <= 64 and not dots and ascii_address(written).isascii()


def ascii_address(address: str) -> str:
    """As servers take it: the domain in its ASCII spelling."""
    name, at, domain = address.rpartition("@")
    return name + at + _ascii_domain(domain)


def sender_of(mail_from: str) -> tuple[str, str]:
    """Name and address of `Name <address>` or `address`; the address is "" when it is none."""
    found = getaddresses([mail_from])
    name, address = found[0] if len(found) == 1 else ("", "")
    return (name, address) if is_address(address) else (name, "")


def message_id(mail_from: str, ward_id: str, kind: str, slot: str, reader: str) -> str:
    """The same for the same letter to the same reader, whoever plans it and whenever.

    `reader`: a subscription's id, since several may read at one address; without one, the address.
    """
    told = "\n".join((ward_id, kind, slot, reader))
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    domain = sender_of(mail_from)[1].rpartition("@")[2] or "ops-center.invalid"
    return f"<{digest}@{_ascii_domain(domain)}>"


class Ready:
    """A letter made ready for all its readers; each gets it with a head and a link of their own."""

    def __init__(self, letter: Letter, *, plain_only: bool = False) -> None:
        self._letter = letter
        self._body = Body(letter, _POLICY, plain_only=plain_only)

    def addressed(self, envelope: Envelope) -> bytes:
        """The message as it goes over the wire; the same each time for the same reader."""
        head = EmailMessage(policy=_POLICY)
        _head(head, self._letter, envelope)
        return head.as_bytes().rstrip(b"\r\n") + b"\r\n" + self._body.with_link(envelope.link)


def compose(letter: Letter, envelope: Envelope) -> bytes:
    """The message of one letter to one reader."""
    return Ready(letter, plain_only=envelope.plain_only).addressed(envelope)


def _head(message: EmailMessage, letter: Letter, envelope: Envelope) -> None:
    name, address = sender_of(envelope.sender)
    message["Subject"] = one_line(letter.subject)
    message["From"] = _addressed(name, address)
    message["To"] = _addressed(envelope.name, envelope.recipient)
    message["Date"] = format_datetime(letter.as_of.astimezone(envelope.zone))
    message["Message-ID"] = one_line(envelope.message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    if envelope.link:
        message["List-Unsubscribe"] = f"<{one_line(envelope.link)}>"
        if envelope.link.startswith("https://"):  # RFC 8058 speaks of no other
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["MIME-Version"] = "1.0"


def _addressed(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), one_line(local), _ascii_domain(one_line(domain)))


def one_line(words: str) -> str:
    """Without line ends and other control characters, which would begin a header of their own."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in words).split())


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
