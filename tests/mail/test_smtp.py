"""The way to the mail server: real ones on loopback with every kind of security, hostile ones."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from ops_center.mail.smtp import Carrier, Server, TransportError, missing, server_of
from ops_center.settings import Settings
from tests.fixtures.mailbox import (
    PASSWORD,
    SENDER,
    USER,
    Mailbox,
    Talk,
    hear,
    hostile,
    mailbox,
    say,
    up_to_data,
)

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

TO = "binh@dongngac.test"


def letter(words: str = "Chào anh Bình") -> bytes:
    message = EmailMessage()
    message["Subject"] = "Thư"
    message.set_content(words)
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def send(server: Server, recipient: str = TO, words: str = "Chào anh Bình") -> str:
    carrier = Carrier(server)
    try:
        return carrier.send(letter(words), recipient)
    finally:
        carrier.close()


def failure(server: Server, recipient: str = TO) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send(server, recipient)
    return caught.value


def told(error: TransportError) -> tuple[str, bool, bool]:
    return error.reason, error.permanent, error.of_server


# --- real servers ----------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize("login", [False, True])
def test_a_letter_arrives_whole_with_every_kind_of_security(
    security: str, login: bool, tmp_path: Path
) -> None:
    words = "dòng một\n.\n..hai chấm\n.\n\nhết"
    with mailbox(security=security, login=login, folder=tmp_path) as box:
        assert send(box.server, words=words).startswith("250")
        (found,) = box.received
    assert found.message.get_content().replace("\r\n", "\n").strip() == words
    assert (found.secured, found.user) == (security != "none", USER if login else "")


def test_many_letters_go_over_one_connection() -> None:
    with mailbox() as box:
        carrier = Carrier(box.server)
        for n in range(20):
            carrier.send(letter(), f"p{n}@dongngac.test")
        carrier.close()
        assert len(box.received) == 20
        assert len({id(one.connection) for one in box.received}) == 1


def test_a_server_that_wants_a_new_connection_after_some_letters_gets_one() -> None:
    with mailbox() as box:
        box.most_per_connection = 3
        carrier = Carrier(box.server)
        for n in range(7):
            carrier.send(letter(), f"p{n}@dongngac.test")
        carrier.close()
        assert box.recipients() == [f"p{n}@dongngac.test" for n in range(7)]


def test_one_refused_recipient_does_not_stop_the_next() -> None:
    with mailbox() as box:
        box.at_rcpt = {TO: ("550 5.1.1 no such person", 9)}
        box.at_data = {"big@dongngac.test": ("552 5.3.4 too big", 9)}
        carrier = Carrier(box.server)
        for wrong, reply in ((TO, "550 5.1.1"), ("big@dongngac.test", "552")):
            with pytest.raises(TransportError) as caught:
                carrier.send(letter(), wrong)
            assert told(caught.value) == ("refused", True, False)
            assert caught.value.reply.startswith(reply)
        carrier.send(letter(), "an@dongngac.test")
        carrier.close()
        assert box.recipients() == ["an@dongngac.test"]


def test_a_greylisted_letter_is_told_to_come_later_and_then_taken() -> None:
    with mailbox() as box:
        box.at_rcpt = {TO: ("451 4.7.1 greylisted", 1)}
        carrier = Carrier(box.server)
        with pytest.raises(TransportError) as caught:
            carrier.send(letter(), TO)
        assert told(caught.value) == ("later", False, False)
        assert carrier.send(letter(), TO).startswith("250")
        carrier.close()


def test_a_sender_that_is_not_let_in_is_a_matter_of_the_server() -> None:
    with mailbox() as box:
        box.at_mail = "553 5.7.1 not your address"
        assert told(failure(box.server)) == ("sender_refused", False, True)


def test_a_wrong_password_is_a_matter_of_the_server(tmp_path: Path) -> None:
    with mailbox(security="starttls", login=True, folder=tmp_path) as box:
        for user, password in ((USER, "falsch"), (USER, "sai mật khẩu"), ("x", PASSWORD)):
            error = failure(replace(box.server, user=user, password=password))
            assert told(error) == ("login", False, True)
            assert password not in str(error)


def test_a_certificate_of_another_name_is_not_taken(tmp_path: Path) -> None:
    for security in ("starttls", "tls"):
        with mailbox(security=security, folder=tmp_path, names=("other.test",)) as box:
            assert told(failure(box.server)) == ("certificate", False, True)
            assert box.received == []


def test_a_certificate_of_an_unknown_authority_is_not_taken(tmp_path: Path) -> None:
    with mailbox(security="tls", folder=tmp_path) as box:
        assert told(failure(replace(box.server, ca_file=""))) == ("certificate", False, True)


def test_a_server_without_starttls_gets_nothing() -> None:
    with mailbox() as box:
        wanted = replace(box.server, security="starttls")
        assert told(failure(wanted)) == ("no_starttls", False, True)
        assert told(failure(replace(box.server, security="tls"))) == ("tls", False, True)


def test_a_server_without_login_is_said() -> None:
    with mailbox() as box:
        assert told(failure(replace(box.server, user="x", password="y")))[0] == "no_login"


def test_a_password_goes_over_no_open_line_to_another_machine() -> None:
    far = Server("192.0.2.1", 25, SENDER, security="none", user="x", password="y")
    assert told(failure(far)) == ("open_login", False, True)


def test_a_file_of_certificates_that_is_not_there_is_said(tmp_path: Path) -> None:
    server = Server("127.0.0.1", 9, SENDER, ca_file=str(tmp_path / "none.pem"))
    assert told(failure(server)) == ("ca_file", False, True)


def test_nobody_at_the_port_is_a_matter_of_the_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert told(failure(Server("127.0.0.1", port, SENDER))) == ("unreachable", False, True)


@pytest.mark.parametrize(
    "recipient",
    ["", "binh", "a@b@c", "a b@c.vn", "a@b.vn\r\nRCPT TO:<c@d.vn>", "<a@b.vn>", "a@b..vn",
     "ă@b.vn"],
)
def test_what_is_no_address_is_refused_before_the_server_hears_of_it(recipient: str) -> None:
    with mailbox() as box:
        assert told(failure(box.server, recipient)) == ("address", True, False)
        assert not box.connections


def test_a_domain_of_any_script_is_told_in_ascii() -> None:
    with mailbox() as box:
        send(box.server, "binh@đôngngạc.test")
        (found,) = box.recipients()
    assert found.partition("@")[2].encode().decode("idna") == "đôngngạc.test"


# --- hostile servers -------------------------------------------------------------------------


def against(talk: Talk, seconds: float = 20) -> TransportError:
    with hostile(talk) as (port, _):
        return failure(Server("127.0.0.1", port, SENDER, security="none", timeout=seconds))


def _slams(connection: socket.socket, heard: list[bytes]) -> None:
    return


def _is_silent(connection: socket.socket, heard: list[bytes]) -> None:
    hear(connection, heard)


def _refuses(connection: socket.socket, heard: list[bytes]) -> None:
    say(connection, "554 5.3.2 go away")
    hear(connection, heard)


def _drips(connection: socket.socket, heard: list[bytes]) -> None:
    while True:
        connection.sendall(b"2")
        time.sleep(0.05)


def _babbles(connection: socket.socket, heard: list[bytes]) -> None:
    while True:
        connection.sendall(b"220-and another thing\r\n" * 100)


def _talks_nonsense(connection: socket.socket, heard: list[bytes]) -> None:
    say(connection, "HTTP/1.1 400 Bad Request")
    hear(connection, heard)


@pytest.mark.parametrize("talk, reason", [
    (_slams, "unreachable"), (_is_silent, "slow"), (_refuses, "unreachable"), (_drips, "slow"),
    (_babbles, "unreachable"), (_talks_nonsense, "unreachable"),
])  # fmt: skip
def test_a_server_that_does_not_let_us_in_ends_in_time(talk: Talk, reason: str) -> None:
    seconds = 0.6 if reason == "slow" else 20
    assert told(against(talk, seconds)) == (reason, False, True)


def _after_data(then: Callable[[socket.socket, list[bytes]], None]) -> Talk:
    def talk(connection: socket.socket, heard: list[bytes]) -> None:
        up_to_data(connection, heard)
        hear(connection, heard, b"\r\n.\r\n")
        then(connection, heard)

    return talk


# Where the time has to run out, it must not do so before the letter is handed over.
@pytest.mark.parametrize(
    ("then", "seconds"), [(_slams, 20), (_is_silent, 2), (_drips, 2), (_babbles, 20)]
)
def test_a_letter_handed_over_without_an_answer_is_one_of_which_nobody_knows(
    then: Talk, seconds: float
) -> None:
    assert told(against(_after_data(then), seconds)) == ("no_answer", False, False)


def test_a_server_that_drops_us_before_the_letter_is_tried_again() -> None:
    def talk(connection: socket.socket, heard: list[bytes]) -> None:
        say(connection, "220 hello")
        for answer in ("250 hello", "250 OK"):
            hear(connection, heard)
            say(connection, answer)
        hear(connection, heard)

    assert told(against(talk)) == ("no_connection", False, False)


def test_a_letter_that_the_server_does_not_read_is_given_up_in_time() -> None:
    stop = threading.Event()

    def talk(connection: socket.socket, heard: list[bytes]) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        up_to_data(connection, heard)
        stop.wait(60)

    with hostile(talk) as (port, _):
        carrier = Carrier(Server("127.0.0.1", port, SENDER, security="none", timeout=2))
        with pytest.raises(TransportError) as caught:
            carrier.send(letter("x" * 70 + "\n" + ("y" * 70 + "\n") * 200_000), TO)
        stop.set()
    assert told(caught.value) == ("no_answer", False, False)


def test_nothing_is_handed_over_when_the_go_ahead_comes_too_late() -> None:
    late = threading.Event()

    def talk(connection: socket.socket, heard: list[bytes]) -> None:
        say(connection, "220 hello")
        for answer in ("250 hello", "250 OK", "250 OK"):
            hear(connection, heard)
            say(connection, answer)
        hear(connection, heard)
        late.wait(60)
        say(connection, "354 go ahead")
        hear(connection, heard, b".\r\n")

    with hostile(talk) as (port, heard):
        error = failure(Server("127.0.0.1", port, SENDER, security="none", timeout=2))
        late.set()
        assert told(error) == ("slow", False, False)
        assert not any(b"Subject" in words for words in heard)


def test_a_yes_that_is_none_before_the_letter_is_not_believed() -> None:
    def talk(connection: socket.socket, heard: list[bytes]) -> None:
        say(connection, "220 hello")
        for answer in ("250 hello", "250 OK", "250 OK", "250 I have it already"):
            hear(connection, heard)
            say(connection, answer)
        hear(connection, heard)

    assert told(against(talk)) == ("closing", False, False)


# --- settings --------------------------------------------------------------------------------


def test_what_is_not_set_is_named() -> None:
    assert missing(Settings()) == "no_server"
    assert missing(Settings(smtp_host="mail.test")) == "no_sender"
    assert missing(Settings(smtp_host="mail.test", mail_from="Không có địa chỉ")) == "no_sender"
    assert server_of(Settings(smtp_host="mail.test")) is None
    whole = Settings(smtp_host="mail.test", mail_from="IOC <ioc@x.test>", smtp_timeout=900)
    found = server_of(whole)
    assert found is not None
    assert (found.sender, found.security, found.timeout) == ("ioc@x.test", "starttls", 60)


def test_a_mailbox_is_what_it_says() -> None:
    """The server of these tests answers as it is told; else they would prove nothing."""
    with mailbox() as box:
        box.at_rcpt = {TO: ("451 later", 1)}
        assert failure(box.server).reply == "451 later"
        send(box.server)
        assert isinstance(box, Mailbox)
        assert box.recipients() == [TO]
