"""The front door: loopback only, known names only, and headers on everything."""

from __future__ import annotations

import pytest
from dash import Dash

from ops_center.i18n import Problem
from ops_center.settings import Settings
from ops_center.web.guard import check_address, page_headers


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_loopback_address_may_be_listened_on(host: str) -> None:
    check_address(Settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "ioc.example.vn", ""])
def test_any_other_address_is_refused_with_the_reason(host: str) -> None:
    with pytest.raises(Problem, match="no accounts yet"):
        check_address(Settings(host=host))


def test_inside_a_container_all_addresses_may_be_listened_on() -> None:
    check_address(Settings(host="0.0.0.0", inside_container=True))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8050", "[::1]:8050", "LOCALHOST:1", "127.0.0.2"]
)
@pytest.mark.parametrize("path", ["/wall", "/api/snapshot/overview", "/health", "/assets/x"])
def test_loopback_names_are_answered(app: Dash, host: str, path: str) -> None:
    assert app.server.test_client().get(path, headers={"Host": host}).status_code != 421


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "[::"])
@pytest.mark.parametrize("path", ["/", "/wall", "/api/snapshot/overview", "/health", "/assets/x"])
def test_a_strange_host_is_refused_everywhere(app: Dash, host: str, path: str) -> None:
    response = app.server.test_client().get(path, headers={"Host": host})
    assert response.status_code in (400, 421)


def test_the_public_name_and_allowed_hosts_are_answered(sqlite_ward_url: str) -> None:
    from ops_center.web.app import create_app
    from tests.web.conftest import PLAIN

    settings = Settings(
        database_url=sqlite_ward_url, public_url="https://ioc.example.vn", allowed_hosts=("wall",)
    )
    client = create_app(settings, pages=PLAIN).server.test_client()
    for name in ("ioc.example.vn", "IOC.example.vn:443", "wall:8050"):
        assert client.get("/", headers={"Host": name}).status_code == 302


@pytest.mark.parametrize("path", ["/wall", "/nowhere"])
def test_every_page_says_what_it_may_do(app: Dash, path: str) -> None:
    headers = app.server.test_client().get(path).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src")[0]


@pytest.mark.parametrize("path", ["/wall", "/nowhere", "/api/snapshot/overview", "/health"])
def test_no_reply_is_taken_for_another_kind_than_it_says(app: Dash, path: str) -> None:
    headers = app.server.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_other_origin_may_be_asked_except_the_tile_server() -> None:
    plain = page_headers(Settings(), ["'sha256-x'"])["Content-Security-Policy"]
    assert "http" not in plain
    assert "script-src 'self' 'sha256-x';" in plain
    tiled = Settings(tile_url="https://{s}.tiles.example.vn/{z}/{x}/{y}.png")
    policy = page_headers(tiled, [])["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tiles.example.vn;" in policy
