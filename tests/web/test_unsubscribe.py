"""The reader's way out: a page that never acts, a button and a mail service that do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from ops_center.mail.unsubscribe import sign
from ops_center.settings import Settings
from ops_center.store.people import add_person
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import (
    Subscription,
    keep_subscription,
    list_subscriptions,
    resume,
)
from ops_center.web.app import create_app
from ops_center.web.live import Live
from tests.fixtures.databases import opened
from tests.web.conftest import PLAIN

SECRET = "a long random text"
PUBLIC = {"Host": "ioc.dongngac.test"}
ADDRESS = "<an>@dongngac.test"


class Door:
    def __init__(self, url: str, live: Live) -> None:
        self.url = url
        settings = Settings(
            database_url=url, secret_key=SECRET, public_url="https://ioc.dongngac.test"
        )
        self.client: FlaskClient = create_app(settings, live=live, pages=PLAIN).server.test_client()
        with opened(url) as engine, writing(engine) as connection:
            id = add_person(connection, "w1", "An", email=ADDRESS)
            at = datetime(2026, 8, 1, tzinfo=UTC)
            keep_subscription(connection, Subscription("w1", id), at)
            keep_subscription(connection, Subscription("w1", id, local_time="17:00"), at)

    def subscriptions(self) -> list[Subscription]:
        with opened(self.url) as engine, reading(engine) as connection:
            return list_subscriptions(connection, "w1")

    @property
    def path(self) -> str:
        return f"/unsubscribe/{sign(SECRET, 'w1', self.subscriptions()[0].id)}"


@pytest.fixture
def door(ward_url: str, open_live: Callable[[str], Live]) -> Door:
    return Door(ward_url, open_live(ward_url))


def test_following_the_link_shows_a_page_and_changes_nothing(door: Door) -> None:
    before = door.subscriptions()
    for ask in (door.client.get, door.client.head, door.client.options):
        reply = ask(door.path, headers=PUBLIC)
        assert reply.status_code == 200
    page = door.client.get(door.path + "?lang=en", headers=PUBLIC)
    assert '<form method="post">' in page.text
    assert "&lt;an&gt;@dongngac.test" in page.text
    assert "07:00" in page.text
    assert door.subscriptions() == before


def test_the_button_unsubscribes_from_that_letter_only(door: Door) -> None:
    reply = door.client.post(door.path + "?lang=vi", headers=PUBLIC)
    assert reply.status_code == 200
    assert "Đã ngừng nhận thư" in reply.text
    morning, evening = door.subscriptions()
    assert (morning.active, evening.active) == (False, True)
    assert morning.unsubscribed_at is not None
    assert evening.unsubscribed_at is None


def test_whoever_has_left_is_not_asked_again(door: Door) -> None:
    path = door.path
    door.client.post(path, headers=PUBLIC)
    page = door.client.get(path + "?lang=vi", headers=PUBLIC)
    assert "Đã ngừng nhận thư" in page.text
    assert "<form" not in page.text


def test_a_mail_service_unsubscribes_with_one_click_again_and_again(door: Door) -> None:
    replies = [
        door.client.post(door.path, headers=PUBLIC, data={"List-Unsubscribe": "One-Click"})
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert not any("Set-Cookie" in reply.headers for reply in replies)
    assert [one.active for one in door.subscriptions()] == [False, True]


def test_whoever_subscribes_again_can_leave_again(door: Door) -> None:
    door.client.post(door.path, headers=PUBLIC)
    with opened(door.url) as engine, writing(engine) as connection:
        resume(connection, "w1", door.subscriptions()[0].id, datetime(2026, 9, 1, tzinfo=UTC))
    assert door.subscriptions()[0].unsubscribed_at is None
    door.client.post(door.path, headers=PUBLIC)
    assert not door.subscriptions()[0].active


@pytest.mark.parametrize("language, words", [
    ("vi", "Đường dẫn không hợp lệ"), ("en", "not valid"), ("ar", "غير صالح"),
])  # fmt: skip
def test_a_link_that_is_not_ours_is_said_and_does_nothing(
    door: Door, language: str, words: str
) -> None:
    id = door.subscriptions()[0].id
    for token in (sign("other", "w1", id), sign(SECRET, "w1", "gone"), door.path[13:-2], "x"):
        for ask in (door.client.get, door.client.post):
            reply = ask(f"/unsubscribe/{token}?lang={language}", headers=PUBLIC)
            assert reply.status_code == 404
            assert words in reply.text
    assert all(one.active for one in door.subscriptions())


def test_under_a_strange_name_not_even_a_right_link_acts(door: Door) -> None:
    assert door.client.post(door.path, headers={"Host": "evil.test"}).status_code == 421
    assert door.subscriptions()[0].active


def test_the_page_is_kept_by_nobody_and_may_only_send_its_form_home(door: Door) -> None:
    headers = door.client.get(door.path + "?lang=ar", headers=PUBLIC).headers
    assert headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert 'dir="rtl"' in door.client.get(door.path + "?lang=ar", headers=PUBLIC).text
