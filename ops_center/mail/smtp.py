"""The way to the mail server: one connection for many letters, and one kind of failure.

Everything has a total time-out, whatever the server does: one that answers a byte a minute is as
slow as one that does not answer.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ops_center.mail.message import ascii_address, is_address, one_line, sender_of

if TYPE_CHECKING:
    from ops_center.settings import Settings

LONGEST = 60.0
"""Seconds that sending one letter may take at most: well below the longest lease."""

_LONGEST_REPLY = 65_536  # bytes
_SHOWN = 300  # letters of a server's words
_TOO_BIG = 552
_LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)


def tick() -> float:
    """Seconds that go on while this process is stopped, and while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class TransportError(Exception):
    """A letter did not go. `reason`: a key of `post.reason`; `permanent`: it never will.

    `of_server`: it is not about this letter; no other will go either. `reply`: the server's words.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, of_server: bool = False, reply: str = ""
    ) -> None:
        super().__init__(f"{reason} {reply}".strip())
        self.reason, self.permanent = reason, permanent
        self.of_server, self.reply = of_server, reply


@dataclass(frozen=True)
class Server:
    """Where letters are handed in, as the settings say."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str = ""
    timeout: float = 30.0


def missing(settings: Settings) -> str:
    """What is not set that sending needs, as a reason; "" when nothing is."""
    if not settings.smtp_host:
        return "no_server"
    return "" if sender_of(settings.mail_from)[1] else "no_sender"


def server_of(settings: Settings) -> Server | None:
    """The server of the settings; None while something is missing."""
    if missing(settings):
        return None
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=ascii_address(sender_of(settings.mail_from)[1]),
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
        timeout=min(settings.smtp_timeout, LONGEST),
    )


class Carrier:
    """Carries letters over one connection, opened when it is needed. Not for several threads."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._link: _Link | None = None
        self._carried = 0
        self._late = False

    def open(self) -> None:
        """Connect, secure and log in, unless that is done; TransportError when it fails."""
        if self._link is None:
            with self._limited(tick() + self._server.timeout):
                self._connect()

    def send(
        self, content: bytes, recipient: str, before: float = float("inf")
    ) -> str:
        """The server's words when it took the letter; TransportError when it did not.

        `before`: by the clock `tick`, when it is not ours any more: then nothing is handed over.
        The reason "no_answer" means that nobody knows: the connection broke after the letter was
        handed over and before the server said that it has it.
        """
        if not is_address(recipient):
            raise TransportError("address", permanent=True)
        until = min(before, tick() + self._server.timeout)
        with self._limited(until):
            self._begin()
            return self._hand_over(content, ascii_address(recipient), until)

    def close(self) -> None:
        """Say goodbye, briefly."""
        if self._link is not None:
            with self._limited(tick() + 2), suppress(smtplib.SMTPException, OSError):
                self._link.quit()
            self._drop()

    # --- one letter

    def _begin(self) -> None:
        """MAIL FROM. A connection kept from earlier letters may be gone, and is made once more."""
        if self._link is not None and self._carried:
            try:
                return self._expect(self._ask(lambda link: link.mail(self._server.sender)), True)
            except TransportError as error:
                if error.reason not in ("no_connection", "closing"):
                    raise
        if self._link is None:
            self._connect()
        return self._expect(self._ask(lambda link: link.mail(self._server.sender)), True)

    def _hand_over(self, content: bytes, recipient: str, until: float) -> str:
        self._expect(self._ask(lambda link: link.rcpt(recipient)))
        go_ahead = self._ask(lambda link: link.docmd("DATA"))
        if go_ahead[0] != 354:
            self._expect(go_ahead)
            raise self._closed(go_ahead)  # a yes that is none
        if self._late or tick() > until:  # we were stopped: another may have it by now
            self._drop()
            raise TransportError("slow")
        answer = self._ask(lambda link: link.finish(content), "no_answer")
        self._expect(answer)
        self._carried += 1
        return _shown(*answer)

    def _ask(
        self, command: Callable[[_Link], tuple[int, bytes]], lost: str = "no_connection"
    ) -> tuple[int, bytes]:
        """The server's answer; TransportError when it has none."""
        if self._link is None:
            raise TransportError(lost)
        try:
            return command(self._link)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            late = self._late or isinstance(error, TimeoutError)
            self._drop()
            reason = "slow" if late and lost != "no_answer" else lost
            raise TransportError(reason, reply=_words(error)) from error

    def _expect(self, answer: tuple[int, bytes], of_server: bool = False) -> None:
        """TransportError unless it is a yes; the connection is put right for the next letter."""
        code, reply = answer[0], _shown(*answer)
        if 200 <= code < 300:
            return
        if code == 421 or not 400 <= code < 600:
            raise self._closed(answer)
        if self._link is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._link.rset()
        if code < 500:
            raise TransportError("later", reply=reply)
        if of_server and code != _TOO_BIG:
            raise TransportError("sender_refused", of_server=True, reply=reply)
        raise TransportError("refused", permanent=True, reply=reply)

    def _closed(self, answer: tuple[int, bytes]) -> TransportError:
        self._drop()
        return TransportError("closing", reply=_shown(*answer))

    # --- the connection

    def _connect(self) -> None:
        """Every way in which this fails is one of the server, not of a letter."""
        self._carried = 0
        try:
            self._open_link()
        except TransportError:
            self._drop()
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            reason = "slow" if self._late or isinstance(error, TimeoutError) else _why(error)
            self._drop()
            raise TransportError(reason, of_server=True, reply=_words(error)) from error

    def _open_link(self) -> None:
        server = self._server
        if server.user and server.security == "none" and not _is_here(server.host):
            raise TransportError("open_login", of_server=True)
        context = None if server.security == "none" else _context(server.ca_file)
        link = self._link = _link_to(server, context)
        code, words = link.connect(server.host, server.port)
        if code != 220:
            raise TransportError("unreachable", of_server=True, reply=_shown(code, words))
        link.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            link.starttls(context=context)
            link.ehlo_or_helo_if_needed()
        if server.user:
            _log_in(link, server.user, server.password)

    @contextmanager
    def _limited(self, until: float) -> Iterator[None]:
        """At that moment the connection is cut, whatever is being waited for."""
        self._late = False
        timer = threading.Timer(max(0.0, until - tick()), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._late = True
        sock = self._link and self._link.sock
        if sock:
            with suppress(OSError):  # the plain socket's: the other thread reads the secured one
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with suppress(OSError):
                link.close()


class _Brief:
    """What is the same with and without TLS from the beginning."""

    sock: socket.socket | None
    file: Any

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib's, but a server that never comes to an end is not listened to for ever."""
        self.file = self.file or self.sock.makefile("rb")  # type: ignore[union-attr]
        lines, left = [], _LONGEST_REPLY
        while left > 0:
            line = self.file.readline(left)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected("the connection was closed")
            left -= len(line)
            lines.append(line[4:].strip())
            if not line[:3].isdigit():
                return -1, line.strip()
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
        raise smtplib.SMTPServerDisconnected("the reply is too long")

    def finish(self, content: bytes) -> tuple[int, bytes]:
        """The letter itself, after DATA was granted, and the answer to its end."""
        dotted = _LINE_WITH_DOT.sub(b"..", content) if b"\n." in content else content
        end = b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"
        self.send(dotted + end)  # type: ignore[attr-defined]
        return self.getreply()


class _Link(_Brief, smtplib.SMTP):
    pass


class _TlsLink(_Brief, smtplib.SMTP_SSL):
    pass


def _link_to(server: Server, context: ssl.SSLContext | None) -> _Link:
    name, seconds = _own_name(), server.timeout
    link: Any
    if server.security == "tls":
        link = _TlsLink(local_hostname=name, timeout=seconds, context=context)
    else:
        link = _Link(local_hostname=name, timeout=seconds)
    link._host = server.host  # what its certificate must name
    return cast(_Link, link)


def _log_in(link: _Link, user: str, password: str) -> None:
    """By smtplib, or by hand where it fails: it knows ASCII only."""
    if f"{user}{password}".isascii():
        link.login(user, password)
        return
    secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, words = link.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        raise TransportError("ca_file", of_server=True, reply=_words(error)) from error


@cache
def _own_name() -> str:
    """How we introduce ourselves; asked once, for it may ask a name server."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "no_starttls" if "STARTTLS" in str(error) else "no_login"
    return "unreachable"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _shown(error.smtp_code, words if isinstance(words, bytes) else words.encode())
    return one_line(str(error))[:_SHOWN]


def _shown(code: int, words: bytes) -> str:
    return one_line(f"{code} {words.decode('utf-8', 'replace')}")[:_SHOWN]
