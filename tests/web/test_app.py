"""The application as a whole: started cold, asked by many, light to load."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from dash import Dash, Input, Output

from ops_center.settings import Settings
from ops_center.web.app import create_app
from ops_center.web.bundles import FOR_EVER, build_id
from ops_center.web.live import Live
from tests.web.conftest import PLAIN

GZIP = {"Accept-Encoding": "gzip"}


def addresses(page: str) -> list[str]:
    """What a page makes the browser load."""
    return re.findall(r'(?:src|href)="(/(?:_dash|assets)[^"]+)"', page)


def page_of(app: Dash) -> str:
    return str(app.server.test_client().get("/wall").text)


def test_the_front_page_leads_to_the_wall_with_its_question(app: Dash) -> None:
    response = app.server.test_client().get("/?lang=ar")
    assert (response.status_code, response.headers["Location"]) == (302, "/wall?lang=ar")


@pytest.mark.parametrize(
    ("question", "head"),
    [("", '<html lang="vi" dir="ltr" data-theme="dark"'),
     ("?lang=ar&theme=light", '<html lang="ar" dir="rtl" data-theme="light"'),
     ("?lang=xx&theme=pink", '<html lang="vi" dir="ltr" data-theme="dark"')],
)
def test_a_page_stands_in_its_language_direction_and_theme(
    app: Dash, question: str, head: str
) -> None:
    assert head in app.server.test_client().get(f"/wall{question}").text


def test_only_the_page_itself_says_what_is_its_foot(app: Dash) -> None:
    assert "<footer" not in page_of(app), "the frame's own would stand beside the page's"


def test_each_page_load_is_drawn_with_its_first_reading(app: Dash) -> None:
    referrer = {"Referer": "http://localhost/wall?lang=en&theme=light"}
    layout = app.server.test_client().get("/_dash-layout", headers=referrer).json
    assert layout["props"]["lang"] == "en"
    shown = [child["props"]["children"] for child in layout["props"]["children"]]
    assert shown == ["0 en light", "0 en light"]


def test_who_does_not_say_which_page_gets_the_wall(app: Dash) -> None:
    layout = app.server.test_client().get("/_dash-layout").json
    assert layout["props"]["lang"] == "vi"
    assert len(layout["props"]["children"]) == 2


def test_an_unknown_page_is_404_and_says_where_to_go(app: Dash) -> None:
    response = app.server.test_client().get("/kitchen?lang=en")
    assert response.status_code == 404
    assert "This page does not exist" in response.text
    assert 'href="/wall"' in response.text


@pytest.mark.parametrize("path", ["/_mcp", "/_dash-ws-callback"])
def test_doors_nobody_asked_for_are_closed(app: Dash, path: str) -> None:
    client = app.server.test_client()
    assert client.get(path).status_code == 404
    assert client.post(path, json={}).status_code in (404, 405)


def test_an_environment_variable_cannot_open_them(
    monkeypatch: pytest.MonkeyPatch, sqlite_ward_url: str
) -> None:
    monkeypatch.setenv("DASH_MCP_ENABLED", "true")
    app = create_app(Settings(database_url=sqlite_ward_url), pages=PLAIN)
    assert app.server.test_client().post("/_mcp", json={}).status_code in (404, 405)


def test_many_first_questions_at_once_are_all_answered(sqlite_ward_url: str) -> None:
    for _ in range(3):
        app = create_app(Settings(database_url=sqlite_ward_url), pages=PLAIN)
        wanted = addresses(page_of(create_app(Settings(), pages=PLAIN)))

        def ask(address: str, server: Callable[..., object] = app.server) -> int:
            return int(server.test_client().get(address, buffered=True).status_code)  # type: ignore[attr-defined]

        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(ask, [*wanted, "/wall"] * 3)) == {200}


def test_a_second_app_in_the_same_process_is_whole(sqlite_ward_url: str) -> None:
    pages = [page_of(create_app(Settings(), pages=PLAIN)) for _ in range(2)]
    assert addresses(pages[0]) == addresses(pages[1])


def test_callbacks_belong_to_one_app_each(app: Dash) -> None:
    app.desk.callback(Output("a", "children"), Input("b", "value"))(lambda query, value: value)
    assert "a.children" in app.callback_map
    assert "a.children" not in create_app(Settings(), pages=PLAIN).callback_map


def test_the_first_load_weighs_little_and_is_kept_for_ever(app: Dash) -> None:
    client = app.server.test_client()
    page = client.get("/wall", headers=GZIP)
    weight = len(page.data)
    for address in addresses(gzip.decompress(page.data).decode()):
        reply = client.get(address, headers=GZIP, buffered=True)
        weight += len(reply.data)
        assert reply.headers["Cache-Control"] == FOR_EVER or "/_favicon" in address, address
        packed = reply.headers.get("Content-Encoding") == "gzip"
        assert packed or len(reply.data) < 500 or address.startswith("/assets/favicon"), address
    plotly = client.get("/_dash-component-suites/plotly/package_data/plotly.min.js", headers=GZIP)
    weight += len(plotly.data)
    assert 1_500_000 < weight < 2_300_000


def test_the_data_grid_is_not_loaded(app: Dash) -> None:
    assert not [one for one in addresses(page_of(app)) if "ag_grid" in one]


def test_the_build_names_this_program() -> None:
    assert build_id() == build_id()
    assert re.fullmatch(r"[0-9a-f]{12}", build_id())


def test_a_secret_key_is_always_set() -> None:
    assert create_app(Settings(secret_key="given"), pages=PLAIN).server.secret_key == "given"
    made = create_app(Settings(), pages=PLAIN).server.secret_key
    assert made != create_app(Settings(), pages=PLAIN).server.secret_key


def test_making_an_app_asks_no_database(
    open_live: Callable[[str], Live], sqlite_ward_url: str
) -> None:
    live = open_live(sqlite_ward_url)
    create_app(Settings(), live=live, pages=PLAIN)
    assert live.pulse.look is None
    live.pulse.ready(10)
    assert live.pulse.look is not None


