"""What a recipient's mail program gets: parts, headers, links, and nothing smuggled in."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from ops_center.mail import unsubscribe
from ops_center.mail.message import (
    REPORT,
    WORKBOOK,
    Envelope,
    Ready,
    compose,
    message_id,
    sender_of,
)
from ops_center.store.letters import UNSUBSCRIBE, Letter, Part

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
LINK = "https://ioc.test/unsubscribe/x.y?lang=vi"


def letter(**changed: Any) -> Letter:
    told: dict[str, Any] = {
        "kind": "daily", "slot": "2026-08-14T07:00+07:00", "language": "vi", "revision": 7,
        "as_of": datetime(2026, 8, 14, 0, 0, 5, tzinfo=UTC),
        "subject": "Đông Ngạc 14/08 · ngày 12/45 · 91,2 % đúng hạn · 3 tổ quá hạn",
        "html": f'<p>Chào</p><img src="cid:map.png@ops-center"><p>{UNSUBSCRIBE}</p>',
        "plain": f"Chào\n\n{UNSUBSCRIBE}\n--\nhết\n",
        "parts": (Part("map.png", "image/png", PNG), Part("số liệu.xlsx", WORKBOOK, b"xlsx"),
                  Part("report.pdf", REPORT, b"pdf")),
    }  # fmt: skip
    return Letter(**{**told, **changed})


def envelope(**changed: Any) -> Envelope:
    told: dict[str, Any] = {
        "sender": "IOC Đông Ngạc <ioc@dongngac.test>", "recipient": "binh@dongngac.test",
        "message_id": "<abc@dongngac.test>", "name": "Nguyễn Văn Bình", "link": LINK,
        "zone": ZoneInfo("Asia/Ho_Chi_Minh"),
    }  # fmt: skip
    return Envelope(**{**told, **changed})


def got(of: Letter, to: Envelope) -> EmailMessage:
    """As a mail program reads it from the wire."""
    return email.message_from_bytes(compose(of, to), policy=default)


def shape(message: Any) -> Any:
    if not message.is_multipart():
        return message.get_content_type()
    return [message.get_content_subtype(), *map(shape, message.iter_parts())]


def body(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_text_html_pictures_and_files_stand_where_mail_programs_look() -> None:
    message = got(letter(), envelope())
    assert shape(message) == [
        "mixed",
        ["alternative", "text/plain", ["related", "text/html", "image/png"]],
        WORKBOOK, REPORT,
    ]  # fmt: skip
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<map.png@ops-center>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PNG
    files = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert files == {"số liệu.xlsx": b"xlsx", "report.pdf": b"pdf"}


def test_what_a_letter_has_not_got_leaves_no_empty_shell() -> None:
    without = {"parts": ()}
    assert shape(got(letter(**without), envelope())) == ["alternative", "text/plain", "text/html"]
    assert shape(got(letter(html="", **without), envelope())) == "text/plain"


def test_whoever_wants_plain_text_gets_no_html_and_no_pictures_but_the_files() -> None:
    message = got(letter(), envelope(plain_only=True))
    assert shape(message) == ["mixed", "text/plain", WORKBOOK, REPORT]


def test_the_headers_say_who_what_when_and_that_no_person_wrote_it() -> None:
    message = got(letter(), envelope())
    assert message["Subject"] == letter().subject
    assert str(message["From"]) == "IOC Đông Ngạc <ioc@dongngac.test>"
    assert str(message["To"]) == "Nguyễn Văn Bình <binh@dongngac.test>"
    assert message["Message-ID"] == "<abc@dongngac.test>"
    assert message["Date"].datetime == letter().as_of
    assert "+0700" in str(message["Date"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "vi"
    assert "Feedback-ID" not in message


def test_every_line_on_the_wire_is_short_ascii() -> None:
    wire = compose(letter(subject="Đ" * 400, plain="ă" * 5000, html="ă" * 5000), envelope())
    lines = wire.split(b"\r\n")
    assert all(len(line) <= 998 and line.isascii() and b"\n" not in line for line in lines)


ROUGH_LINES = (
    ".", "..", "From here", "a=b=3D", "ends with spaces   ", "\ttab\t", "", "x" * 3000, "ă" * 3000,
    "Tiếng Việt có dấu, nhiều dấu", "=?utf-8?q?no?=", "--=_mixed_0", "\u2068ع\u2069",
)  # fmt: skip


@pytest.mark.parametrize("filler", ["plain words ", "chữ Việt nhiều dấu đầy đủ ", "تقرير يومي "])
@pytest.mark.parametrize("size", [0, 1, 5, 6, 7, 50])
def test_words_arrive_as_they_were_written_with_each_reader_s_own_link(
    filler: str, size: int
) -> None:
    """By both ways of encoding, with whatever number of bytes before the reader's link."""
    lines = [filler * size, *ROUGH_LINES] if size else []
    told = "\n".join([*lines, "before " + UNSUBSCRIBE + " after", *lines]) + "\n"
    ready = Ready(letter(plain=told, html=f"<p>\n{told}</p>\n"))
    for n in range(3):
        link = f"https://ioc.test/unsubscribe/{'x' * n}"
        message = email.message_from_bytes(ready.addressed(envelope(link=link)), policy=default)
        plain, html = body(message, "plain"), body(message, "html")
        assert plain == told.replace(UNSUBSCRIBE, f"Ngừng nhận thư này: {link}")
        start, _, end = told.partition(UNSUBSCRIBE)
        assert html.startswith(f"<p>\n{start}<a href=\"{link}\"")
        assert html.rstrip("\n").endswith(f"</a>{end}</p>")


def test_a_letter_is_the_same_each_time_for_a_reader_and_alike_for_all() -> None:
    ready = Ready(letter(plain="Chào\n" * 500 + UNSUBSCRIBE))
    first, again = ready.addressed(envelope()), ready.addressed(envelope())
    other = ready.addressed(envelope(name="An", recipient="an@x.test", message_id="<d@x>"))
    assert first == again == compose(letter(plain="Chào\n" * 500 + UNSUBSCRIBE), envelope())
    assert first.partition(b"\r\n\r\n")[2] == other.partition(b"\r\n\r\n")[2]
    assert b"an@x.test" not in first


def test_one_click_unsubscribing_is_told_to_mail_programs_and_readers() -> None:
    message = got(letter(), envelope())
    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Ngừng nhận thư này: {LINK}" in body(message, "plain")
    assert f'href="{LINK}"' in body(message, "html")
    assert UNSUBSCRIBE not in body(message, "plain") + body(message, "html")


def test_without_a_link_nothing_of_it_is_left() -> None:
    message = got(letter(), envelope(link=""))
    assert "List-Unsubscribe" not in message
    assert "List-Unsubscribe-Post" not in message
    assert body(message, "plain") == "Chào\n\n--\nhết\n"
    assert body(message, "html").rstrip() == '<p>Chào</p><img src="cid:map.png@ops-center"><p></p>'


def test_an_open_link_is_no_one_click_link() -> None:
    message = got(letter(), envelope(link="http://ioc.test/unsubscribe/x.y"))
    assert "List-Unsubscribe" in message
    assert "List-Unsubscribe-Post" not in message


@pytest.mark.parametrize("words", [
    "28 نوفمبر · Phường Đông Ngạc · اليوم 13/45 · 91.1% في الموعد · 16 نقطة متأخرة",
    "Phường Đông Ngạc 28/11 · ngày 13/45 · 91,1% đúng hạn · 16 tổ quá hạn · dữ liệu cũ · thiếu",
    "plain words only, but so many of them that their line has to be folded: 16 hubs with overdue",
    "a b c " * 20 + "ẽ" + " d" * 60,
])  # fmt: skip
def test_no_space_of_a_long_subject_or_name_is_lost_on_the_way(words: str) -> None:
    name = words.translate(str.maketrans("", "", ".:,"))
    wire = compose(letter(subject=words), envelope(name=name))
    seen = email.message_from_bytes(wire)  # decoded as RFC 2047 says, by the older of two ways
    read = {part: str(make_header(decode_header("".join(seen[part].splitlines()))))
            for part in ("Subject", "To")}  # fmt: skip
    assert read["Subject"] == words
    assert read["To"] == f"{name} <binh@dongngac.test>"
    assert email.message_from_bytes(wire, policy=default)["Subject"] == words
    assert all(len(line) <= 78 for line in wire.partition(b"\r\n\r\n")[0].split(b"\r\n")
               if not line.startswith(b"List-Unsubscribe"))  # fmt: skip


@pytest.mark.parametrize(
    "smuggled", ["a\r\nBcc: x@y.test", "a\nBcc: x@y.test", "a\x00b\u2028c\x0bd"]
)
def test_no_name_or_subject_begins_a_header_of_its_own(smuggled: str) -> None:
    message = got(letter(subject=smuggled), envelope(name=smuggled, message_id=smuggled))
    assert "Bcc" not in message
    assert str(message["Subject"]).isprintable()
    assert message["To"].addresses[0].addr_spec == "binh@dongngac.test"


def _changed(key: tuple[str, ...], place: int) -> str:
    sender, ward_id, kind, slot, recipient = (
        part + "x" * (n == place) for n, part in enumerate(key)
    )
    return message_id(sender, ward_id, kind, slot, recipient)


def test_the_message_id_is_the_same_for_the_same_letter_only() -> None:
    key = ("IOC <ioc@dongngac.test>", "w1", "daily", "2026-08-14T07:00+07:00", "binh@dongngac.test")
    assert message_id(*key) == message_id(*key)
    others = {_changed(key, n) for n in range(1, 5)}
    assert len(others | {message_id(*key)}) == 5
    assert message_id(*key).endswith("@dongngac.test>")
    assert message_id("", *key[1:]).endswith("@ops-center.invalid>")


def test_the_sender_is_read_with_and_without_a_name() -> None:
    assert sender_of("IOC Đông Ngạc <ioc@x.test>") == ("IOC Đông Ngạc", "ioc@x.test")
    assert sender_of("ioc@x.test") == ("", "ioc@x.test")
    assert sender_of("nobody")[1] == ""
    assert sender_of("a@b.test, c@d.test")[1] == ""


# --- the signed link -------------------------------------------------------------------------


def test_a_token_names_its_subscription_to_whoever_has_the_secret() -> None:
    token = unsubscribe.sign("secret", "phường/1", "abc")
    assert unsubscribe.read("secret", token) == ("phường/1", "abc")
    assert unsubscribe.read("other", token) is None
    assert unsubscribe.read("", unsubscribe.sign("", "w", "abc")) is None


def test_a_token_that_was_changed_anywhere_is_not_ours() -> None:
    token = unsubscribe.sign("secret", "w1", "abc")
    for place in range(len(token)):
        for mark in "Aa0-_.~ é":
            changed = token[:place] + mark + token[place + 1 :]
            found = unsubscribe.read("secret", changed)
            assert changed == token or found is None
    wrong = ["", ".", "..", "a.b.c", token + "=", "x" * 500, token[:-1], f"{token}.{token}",
             "bnVsbA.x", "WzFd.x", "e30.x", token + "."]  # fmt: skip
    assert [unsubscribe.read("secret", one) for one in wrong] == [None] * len(wrong)


def test_a_link_needs_a_public_address_and_a_secret() -> None:
    link = unsubscribe.link("https://ioc.test/", "secret", "w1", "s1", "ar")
    assert urlsplit(link).netloc == "ioc.test"
    token = urlsplit(link).path.removeprefix("/unsubscribe/")
    assert unsubscribe.read("secret", token) == ("w1", "s1")
    assert unsubscribe.link("", "secret", "w1", "s1", "vi") == ""
    assert unsubscribe.link("https://ioc.test", "", "w1", "s1", "vi") == ""
