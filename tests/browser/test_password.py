"""A screen behind a proxy that asks for a password, with the password in its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from selenium import webdriver
from werkzeug.wrappers import Request, Response

from tests.browser.office import opened
from tests.fixtures import databases, planned_ward
from tests.fixtures.running import eventually

Application = Callable[..., Iterable[bytes]]


def fill(url: str) -> None:
    databases.migrate(url)
    with databases.opened(url) as engine:
        planned_ward.fill(engine)


def asking_for_a_password(application: Application) -> Application:
    """As a reverse proxy does it."""

    def guarded(environment: dict[str, Any], start: Any) -> Iterable[bytes]:
        given = Request(environment).authorization
        if given is not None and (given.username, given.password) == ("wall", "secret"):
            return application(environment, start)
        refused = Response("", 401, {"WWW-Authenticate": 'Basic realm="ward"'})
        return refused(environment, start)

    return guarded


def test_a_wall_whose_address_holds_its_password_is_drawn(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    with opened(tmp_path, fill, planned_ward.NOW) as (app, root):
        app.server.wsgi_app = asking_for_a_password(app.server.wsgi_app)
        browser.get(root.replace("http://", "http://wall:secret@") + "/wall?scenes=overview")
        eventually(lambda: browser.execute_script(
            "return document.querySelector('#overview-received-number')?.textContent"
        ))  # fmt: skip
        assert "secret" not in browser.execute_script("return document.baseURI")
        browser.get("about:blank")
