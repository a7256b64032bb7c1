"""Ten kilobytes in an address land on a working page that says what it dropped."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from dash import Dash

from ops_center.web.shortening import LONGEST, shortened


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("/explore", "hub=" + "x" * 10_000),
        ("/explore", "lang=ar&hub=TDP-01&where=" + quote("code~Đông Ngạc " * 300)),
        ("/explore", "&".join(f"{name}={name * 900}" for name in "abcdefgh")),
        ("/explore", "n" * 5_000 + "=" + "v" * 5_000),
        ("/explore", "&".join(["hub=1"] * 2_000)),
        ("/explore", "=" * 9_000),
        ("/hub/" + "Ộ" * 4_000, "lang=vi"),
        ("/hub/" + "x" * 4_000, ""),
    ],
)
def test_the_longest_values_are_cut_until_the_address_fits(path: str, question: str) -> None:
    told = shortened(path, question)
    assert len(told) <= LONGEST
    assert told.startswith(path[:5])


def test_what_is_short_stays_as_it_is() -> None:
    told = shortened("/explore", "lang=ar&hub=TDP-01,TDP-02&field=" + "x" * 9_000)
    kept = dict(parse_qsl(urlsplit(told).query))
    assert kept["lang"] == "ar" and kept["hub"] == "TDP-01,TDP-02"
    assert "hub=TDP-01,TDP-02" in told, "as readable as before"
    assert 40 <= len(kept["field"]) < LONGEST


def test_nobody_is_sent_on_to_another_server() -> None:
    for path in ("//evil.example/x", "///evil.example", "//evil.example"):
        assert not shortened(path, "a=" + "x" * 9_000).startswith("//")


def test_a_page_sends_on_and_what_is_no_page_does_not(app: Dash) -> None:
    client = app.server.test_client()
    long = "x" * 10_000
    reply = client.get(f"/wall?lang=en&scenes={long}")
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("/wall?lang=en&scenes=xxx")
    assert client.get(reply.headers["Location"]).status_code == 200
    assert client.get(f"/wall?scenes={'x' * 3_000}").status_code == 200, "short enough"
    assert client.get(f"/health?{long}").status_code != 302
