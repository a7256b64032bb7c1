"""A letter in a browser, which fetches no picture from a mail."""

from __future__ import annotations

from ops_center.mail.shown import in_browser
from ops_center.store.letters import Part

HTML = '<img src="cid:map.png@ops-center" alt="3 hubs"><img src="cid:gone.png@ops-center" alt="x">'
PARTS = (Part("map.png", "image/png", b"png"), Part("report.pdf", "application/pdf", b"pdf"))


def test_pictures_stand_in_the_page_and_missing_ones_leave_their_words() -> None:
    assert in_browser(HTML, PARTS) == (
        '<img src="data:image/png;base64,cG5n" alt="3 hubs"><img  alt="x">'
    )


def test_blocked_pictures_leave_their_words() -> None:
    assert in_browser(HTML, PARTS, pictures=False) == '<img  alt="3 hubs"><img  alt="x">'
