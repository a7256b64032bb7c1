"""/api/snapshot: one body or 304, and in every reply how the system is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ops_center.settings import Settings
from ops_center.web.app import create_app
from ops_center.web.live import Live
from tests.web.conftest import PLAIN, Standstill, summed

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    found: FlaskClient = app.server.test_client()
    return found


def told(response: TestResponse) -> dict[str, Any]:
    ages: dict[str, Any] = json.loads(response.headers["X-Ages"])
    return ages


def test_a_screen_gets_its_scene_in_its_language_and_theme(client: FlaskClient) -> None:
    response = client.get("/api/snapshot/overview?lang=ar&theme=light", headers=GZIP)
    assert response.headers["Content-Encoding"] == "gzip"
    body = json.loads(gzip.decompress(response.data))
    assert body["props"] == {"overview-number": {"children": "0 ar light"}}


def test_who_cannot_unpack_gets_it_unpacked(client: FlaskClient) -> None:
    response = client.get("/api/snapshot/overview")
    assert "Content-Encoding" not in response.headers
    assert response.json is not None
    assert response.json["scene"] == "overview"


def test_what_the_screen_has_already_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/snapshot/overview", headers=GZIP)
    tag = first.headers["ETag"]
    again = client.get("/api/snapshot/overview", headers={**GZIP, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


@pytest.mark.parametrize("other", ["hubs", "overview?lang=en", "overview?theme=light"])
def test_the_tag_of_one_picture_does_not_hold_for_another(
    client: FlaskClient, other: str
) -> None:
    tag = client.get("/api/snapshot/overview").headers["ETag"]
    response = client.get(f"/api/snapshot/{other}", headers={"If-None-Match": tag})
    assert response.status_code == 200


def test_a_change_ends_304(client: FlaskClient, sqlite_ward_url: str, app: Dash,
                           standstill: Standstill) -> None:
    tag = client.get("/api/snapshot/overview").headers["ETag"]
    summed(sqlite_ward_url)
    standstill.pass_by(2)
    app.desk.live.pulse.beat()
    response = client.get("/api/snapshot/overview", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_another_build_ends_304(
    client: FlaskClient, sqlite_ward_url: str, open_live: Callable[[str], Live]
) -> None:
    tag = client.get("/api/snapshot/overview").headers["ETag"]
    newer = open_live(sqlite_ward_url)
    newer.build = "b2"
    app = create_app(Settings(database_url=sqlite_ward_url), live=newer, pages=PLAIN)
    response = app.server.test_client().get(
        "/api/snapshot/overview", headers={"If-None-Match": tag}
    )
    assert (response.status_code, response.headers["X-Build"]) == (200, "b2")


def test_every_reply_says_how_the_system_is(client: FlaskClient) -> None:
    whole = client.get("/api/snapshot/overview")
    unchanged = client.get(
        "/api/snapshot/overview", headers={"If-None-Match": whole.headers["ETag"]}
    )
    for response in (whole, unchanged):
        assert response.headers["X-State"] == "live"
        assert response.headers["X-Build"] == "b1"
        assert response.headers["Cache-Control"] == "no-cache"
        assert told(response)["worker"] == 0.0


def test_ages_are_those_of_the_reply_and_not_of_the_picture(
    client: FlaskClient, standstill: Standstill
) -> None:
    first = client.get("/api/snapshot/overview")
    standstill.pass_by(2)
    later = client.get("/api/snapshot/overview", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 304
    assert told(later)["worker"] == 2.0


def test_without_a_database_the_state_is_said_and_the_reason(
    sqlite_url: str, open_live: Callable[[str], Live]
) -> None:
    live = open_live(sqlite_url.replace("ward.db", "missing.db"))
    app = create_app(Settings(), live=live, pages=PLAIN)
    response = app.server.test_client().get("/api/snapshot/overview?lang=en")
    assert response.status_code == 503
    assert response.headers["X-State"] == "database_gone"
    assert response.json is not None
    assert "cannot be reached" in response.json["problem"]


def test_an_unknown_scene_is_404(client: FlaskClient) -> None:
    assert client.get("/api/snapshot/kitchen").status_code == 404
