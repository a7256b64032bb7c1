"""The letters' page: any day, reader and language; what became of each; sending again by key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from dash import Dash
from flask.testing import FlaskClient
from sqlalchemy import text as sql_text

from ops_center.jobs.command import MANUAL
from ops_center.mail.letter import check, read, write
from ops_center.metrics import snapshot
from ops_center.metrics.lists import find_lists
from ops_center.settings import Settings
from ops_center.store import outbox
from ops_center.store.letters import UNSUBSCRIBE, keep_letter
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.subscriptions import (
    Subscription,
    keep_subscription,
    list_subscriptions,
    pause,
    resume,
    unsubscribe,
)
from ops_center.store.tables import person
from ops_center.store.wards import find_ward
from ops_center.web import scenes
from ops_center.web.address import read as read_address
from ops_center.web.app import PAGES, create_app
from ops_center.web.campaign.view import read as read_campaign
from ops_center.web.condition import Clock
from ops_center.web.desk import Query
from ops_center.web.letters import history
from ops_center.web.live import Live
from ops_center.web.pages.letters import nobody
from ops_center.web.pulse import Pulse
from tests.mail.world import NOW, ROUGH, fill, wish

KEY = "a long and random key of the keeper's own 0123456789"
READER = "binh@dongngac.test"


@dataclass
class Office:
    """The application, its database, and a letter that was sent and one that was refused."""

    app: Dash
    client: FlaskClient
    engine: Any
    letter_id: str
    entries: dict[str, str]

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def layout(self, path: str) -> str:
        """The page as Dash's script would fetch it."""
        answer = self.client.get("/_dash-layout", headers={"Referer": f"http://localhost{path}"})
        assert answer.status_code == 200
        return answer.get_data(as_text=True).encode().decode("unicode_escape", "ignore")

    def rows(self) -> list[outbox.Entry]:
        with reading(self.engine) as connection:
            return outbox.list_outbox(connection, "w1")


@pytest.fixture(scope="module")
def url(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "ward.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    fill(engine)
    engine.dispose()
    return f"sqlite:///{path}"


def opened(url: str, key: str) -> Iterator[Office]:
    engine = open_engine(url, timeout=60)
    settings = Settings(database_url=url, keeper_key=key, mail_from="ioc@dongngac.test")
    live = Live(Pulse(settings, Clock(lambda: NOW)), "b1", scenes.SCENES, scenes.draw,
                snapshot.take)  # fmt: skip
    app = create_app(settings, live=live)
    letter_id, entries = planted(engine)
    yield Office(app, app.server.test_client(), engine, letter_id, entries)
    live.pulse.close()
    engine.dispose()


def planted(engine: Any) -> tuple[str, dict[str, str]]:
    with writing(engine) as connection:
        connection.execute(person.update().where(person.c.id == "p1").values(email=READER))
        keep_subscription(connection, Subscription("w1", "p1", language="en",
                                                   hub_ids=("one",)), NOW)  # fmt: skip
        (reader,) = list_subscriptions(connection, "w1")
        asked = wish("en", hub_ids=("one",))
        found = read(connection, find_ward(connection), asked)
        letter = write(found, asked, check(found, NOW, "en"), final=True)
        letter_id = keep_letter(connection, "w1", letter, NOW)
        outbox.plan(connection, "w1", [
            outbox.Planned("daily", slot, READER, reader.id, NOW - timedelta(hours=1), NOW,
                           f"<{slot}@x>", state=state, reason=reason,
                           letter_id=letter_id if state != "held" else None)
            for slot, state, reason in (("s1", "sent", ""), ("s2", "refused", "refused"),
                                        ("s3", "held", "incomplete plan"),
                                        ("s4", "skipped", "paused"))
        ])  # fmt: skip
    with reading(engine) as connection:
        return letter_id, {one.slot: one.id for one in outbox.list_outbox(connection, "w1")}


@pytest.fixture(scope="module")
def office(url: str) -> Iterator[Office]:
    yield from opened(url, KEY)


@pytest.fixture
def client(office: Office) -> FlaskClient:
    """A browser of its own, which has shown no key."""
    browser: FlaskClient = office.app.server.test_client()
    return browser


def test_a_letter_of_any_day_reader_and_language_is_shown_in_four_ways(office: Office) -> None:
    with reading(office.engine) as connection:
        (reader,) = list_subscriptions(connection, "w1")
    way = f"/letters/look?on=2026-09-03&at=14:00&to={reader.id}"
    html = office.get(way)
    assert "<title>Tổ dân phố số 1 · 3 Sep · " in html  # of the reader's hub only
    assert "Overdue and open" in html  # the reader's language
    assert "data:image/png;base64," in html
    assert "cid:" not in html
    assert UNSUBSCRIBE not in html
    blocked = office.get(f"{way}&as=blocked")
    assert "data:image" not in blocked
    assert 'alt="' in blocked
    assert "Map: " in office.get(f"{way}&as=text")
    assert "المتأخرة المفتوحة" in office.get(f"{way}&in=ar")


def test_the_frames_show_the_letter_that_the_page_tells_of_while_data_come_in(
    office: Office,
) -> None:
    seen = office.layout("/letters?lang=en&on=2026-09-03&at=14:00")
    ways = {unescape(one) for one in re.findall(r'"src":"(/letters/look[^"]*)"', seen)}
    assert len(ways) == 4
    (revision,) = {dict(parse_qsl(urlsplit(one).query))["revision"] for one in ways}
    way = next(one for one in ways if "as=text" in one)
    before = office.get(way)
    with writing(office.engine) as connection:
        name = find_ward(connection).name
        connection.execute(sql_text("UPDATE revision SET number = number + 1"))
        connection.execute(sql_text("UPDATE ward SET name = 'Another name'"))
    try:
        assert office.get(way) == before
        fresh = way.replace(f"revision={revision}", f"revision={int(revision) + 1}")
        assert office.get(fresh) != before
    finally:
        with writing(office.engine) as connection:
            connection.execute(sql_text("UPDATE ward SET name = :name"), {"name": name})


def test_where_nobody_has_a_letter_the_page_says_how_one_gets_it(office: Office) -> None:
    assert "Nobody gets the letter yet" not in office.layout("/letters?lang=en")
    assert "ops-center letter subscribe" in str(nobody("en"))
    assert "/templates/subscriptions.csv" in office.layout("/letters?lang=en")


def test_each_line_of_the_text_stands_in_its_own_direction(office: Office) -> None:
    framed = office.client.get("/letters/look?on=2026-09-03&at=14:00&in=ar&as=text&framed=1")
    assert framed.mimetype == "text/html"
    assert "unicode-bidi:plaintext" in framed.text
    assert escape(ROUGH) in framed.text and ROUGH not in framed.text
    plain = office.client.get("/letters/look?on=2026-09-03&at=14:00&in=ar&as=text")
    assert plain.mimetype == "text/plain"
    assert escape(plain.text) in framed.text


def test_a_day_to_come_says_that_the_letter_is_of_now(office: Office) -> None:
    assert "are still to come" in office.layout("/letters?lang=en&on=2026-12-31")
    assert "are still to come" not in office.layout("/letters?lang=en&on=2026-09-01")
    assert "are still to come" not in office.layout("/letters?lang=en")


def test_frames_can_do_nothing_and_are_never_kept(office: Office) -> None:
    answer = office.client.get("/letters/look")
    assert answer.headers["Cache-Control"] == "no-store"
    page = office.layout("/letters")
    assert page.count('"sandbox":""') == 4


def test_a_letter_that_was_sent_is_shown_as_it_was(office: Office) -> None:
    sent = office.get(f"/letters/look?letter={office.letter_id}&as=text")
    assert sent.startswith("Tổ dân phố số 1\n")
    assert office.client.get("/letters/look?letter=none").status_code == 404
    assert office.client.get("/letters/look?as=nothing").status_code == 404


def test_the_page_tells_what_became_of_each_letter(office: Office) -> None:
    page = office.layout("/letters?lang=en")
    for words in ("All: ", "Sent: 1", "Refused for good: 1", READER, "not complete yet"):
        assert words in page
    only = office.layout("/letters?lang=en&state=refused")
    assert "the server refuses it" in only
    assert "not complete yet" not in only


@pytest.mark.parametrize("language", ["vi", "en", "ar"])
def test_every_kind_of_letter_has_a_name(language: str) -> None:
    kinds = {history.called(one, language) for one in ("daily", "again", "notice", MANUAL)}
    assert len(kinds) == 4
    assert MANUAL not in kinds


def test_what_an_address_says_wrongly_is_dropped_and_said(office: Office) -> None:
    page = office.layout("/letters?lang=en&on=yesterday&hub=TDP-99&state=odd&to=<b>")
    for part in ("on=yesterday", "hub=TDP-99", "state=odd"):
        assert part in page
    assert "<b>" not in page.replace("to=<b>", "")


def test_without_the_key_nothing_is_sent_again(office: Office, client: FlaskClient) -> None:
    before = len(office.rows())
    for form in ({"id": office.entries["s1"]}, {}):
        assert client.post("/letters/again", data=form).status_code == 403
    refused = client.post("/letters/key", data={"key": "wrong", "lang": "en"})
    assert refused.status_code == 403
    assert 'href="/letters?lang=en"' in refused.text  # not the end of the road
    assert client.get("/letters/again").status_code in (404, 405)
    assert len(office.rows()) == before


@pytest.mark.parametrize("language, told", [
    ("vi", "Khóa không đúng. Khóa là nội dung của OPS_CENTER_KEEPER_KEY"),
    ("en", "That is not the key. It is what OPS_CENTER_KEEPER_KEY holds"),
    ("ar", "المفتاح غير صحيح. هو ما في OPS_CENTER_KEEPER_KEY"),
])  # fmt: skip
def test_a_wrong_key_is_answered_by_a_page_with_what_to_do_and_where_to_go(
    client: FlaskClient, language: str, told: str
) -> None:
    answer = client.post("/letters/key", data={"key": "wrong", "lang": language})
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.text
    assert told in answer.text
    assert '<form action="/letters/key" method="post">' in answer.text
    assert f'href="/letters?lang={language}"' in answer.text
    assert "wrong" not in answer.text.replace("wrong_key", "")


def test_who_asks_for_a_letter_again_without_the_key_is_asked_for_it(
    office: Office, client: FlaskClient
) -> None:
    answer = client.post("/letters/again", data={"id": office.entries["s1"], "lang": "en"})
    assert answer.status_code == 403
    assert "Only who has the key sends letters again" in answer.text
    assert "<h1>Nothing was sent</h1>" in answer.text
    key = client.post("/letters/key", data={"key": KEY, "lang": "en"})
    assert key.status_code == 303


def test_a_keeper_sends_a_letter_again_once_more(office: Office, client: FlaskClient) -> None:
    assert client.post("/letters/key", data={"key": KEY, "lang": "en"}).status_code == 303
    elsewhere = {"Origin": "https://elsewhere.test"}
    again = {"id": office.entries["s2"], "lang": "en"}
    assert client.post("/letters/again", data=again, headers=elsewhere).status_code == 403
    answer = client.post("/letters/again", data=again)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("lang=en&done=again")
    (new,) = [one for one in office.rows() if one.kind == "again"]
    assert (new.state, new.recipient, new.letter_id) == ("waiting", READER, office.letter_id)
    old = next(one for one in office.rows() if one.id == office.entries["s2"])
    assert old.state == "refused"
    assert new.message_id != old.message_id
    held = client.post("/letters/again", data={"id": office.entries["s3"]})
    assert held.status_code == 403


def test_a_letter_that_is_sent_again_goes_to_the_corrected_address(
    office: Office, client: FlaskClient
) -> None:
    client.post("/letters/key", data={"key": KEY})
    right = "corrected@dongngac.test"
    with writing(office.engine) as connection:
        connection.execute(person.update().where(person.c.id == "p1").values(email=right))
    before = {one.id for one in office.rows()}
    answer = client.post("/letters/again", data={"id": office.entries["s1"]})
    with writing(office.engine) as connection:
        connection.execute(person.update().where(person.c.id == "p1").values(email=READER))
    assert answer.status_code == 303
    assert [one.recipient for one in office.rows() if one.id not in before] == [right]


def test_a_paused_reader_s_letter_that_is_sent_again_is_said_to_be_one(
    office: Office, client: FlaskClient
) -> None:
    client.post("/letters/key", data={"key": KEY})
    with writing(office.engine) as connection:
        (reader,) = list_subscriptions(connection, "w1")
        pause(connection, "w1", reader.id)
    answer = client.post("/letters/again", data={"id": office.entries["s4"], "lang": "en"})
    with writing(office.engine) as connection:
        resume(connection, "w1", reader.id, NOW)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("done=again_paused")
    assert "letters are paused" in office.layout(answer.headers["Location"])


def test_who_unsubscribed_gets_nothing_again(office: Office, client: FlaskClient) -> None:
    client.post("/letters/key", data={"key": KEY})
    with writing(office.engine) as connection:
        (reader,) = list_subscriptions(connection, "w1")
        unsubscribe(connection, "w1", reader.id, NOW)
    before = len(office.rows())
    answer = client.post("/letters/again", data={"id": office.entries["s1"], "lang": "en"})
    with writing(office.engine) as connection:
        resume(connection, "w1", reader.id, NOW)
    assert (answer.status_code, len(office.rows())) == (403, before)
    assert "has unsubscribed" in answer.text


def test_where_no_key_is_set_the_page_says_so_instead_of_asking_for_one(url: str) -> None:
    (said,) = history.keeping(Query("/letters", "lang=en"), Settings(database_url=url), False)
    assert "OPS_CENTER_KEEPER_KEY is not set" in str(said)
    (asking,) = history.keeping(Query("/letters"), Settings(keeper_key=KEY), False)
    assert 'type="password"' in str(asking.to_plotly_json())


def test_links_of_letters_are_understood_by_the_pages_they_lead_to(office: Office) -> None:
    """mail cannot see web: what it writes as an address must mean something there."""
    with reading(office.engine) as connection:
        asked = wish("vi", hub_ids=("one",), public_url="https://ioc.example.vn")
        found = read(connection, find_ward(connection), asked)
        letter = write(found, asked, check(found, NOW, "vi"), final=True)
        lists = find_lists(connection, "w1")
    ways = {unescape(way) for way in re.findall(r'href="([^"]+)"', letter.html)}
    explored = [urlsplit(way) for way in ways if urlsplit(way).path == "/explore"]
    assert len(explored) >= 5
    for way in explored:
        question = dict(parse_qsl(way.query))
        view, notes = read_address(question, lists, found.today, None, "vi")
        assert notes == (), way.query
        assert view.hubs == ("TDP-01",)
    (campaign,) = [urlsplit(way) for way in ways if urlsplit(way).path == "/campaign"]
    shown, dropped = read_campaign(dict(parse_qsl(campaign.query)), [], lists)
    assert (shown.hubs, dropped) == (("TDP-01",), ())
    others = {urlsplit(way).path.split("/")[1] for way in ways} - {"explore"}
    assert others <= {path.strip("/") for path in PAGES} | {"plan"}
