"""A demo ward on a working day at noon, behind the real application, and a desk to look at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dash import Dash
from selenium import webdriver
from werkzeug.serving import WSGIRequestHandler, make_server

from ops_center.metrics.catalog import MEASURES
from ops_center.settings import Settings
from ops_center.simulator import history, ward
from ops_center.store.rollup import rebuild
from ops_center.store.session import open_engine, writing
from ops_center.store.system import beat
from ops_center.web import scenes
from ops_center.web.app import create_app
from ops_center.web.condition import Clock
from ops_center.web.live import Live
from ops_center.web.pulse import Pulse
from ops_center.web.taking import Taking
from tests.fixtures.databases import migrate
from tests.fixtures.running import eventually

NOON = datetime(2026, 8, 5, 5, 0, tzinfo=UTC)  # 12:00 in Hanoi, a Wednesday
LAPTOP, PHONE = (1366, 768), (390, 844)
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *values: object) -> None:
        """Nothing: a browser asks much."""


def plant(url: str, dossiers: int = 600) -> None:
    """Forty days of the demo ward's dossiers, summed."""
    migrate(url)
    engine = open_engine(url, timeout=60)
    place = ward.plant(engine, until=NOON)
    history.fill(engine, place.id, until=NOON, days=40, dossiers=dossiers)
    with writing(engine) as connection:
        rebuild(connection, place.id, MEASURES, now=NOON)
        beat(connection, "worker", NOON)
    engine.dispose()


@contextmanager
def opened(
    home: Path, fill: Callable[[str], None] = plant, now: datetime = NOON, **chosen: Any
) -> Iterator[tuple[Dash, str]]:
    """The application at a standstill on what `fill` wrote, and the address it is reached at;
    `chosen`: other settings."""
    url = f"sqlite:///{home / 'ward.db'}"
    fill(url)
    settings = Settings(database_url=url, **chosen)
    pulse = Pulse(settings, Clock(lambda: now))
    live = Live(pulse, "b1", scenes.SCENES, scenes.draw, Taking().take)
    app = create_app(settings, live=live)
    server = make_server("127.0.0.1", 0, app.server, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        pulse.close()


@dataclass
class Page:
    """What a test does with /explore in a browser."""

    browser: webdriver.Chrome
    root: str

    def run(self, script: str, *values: Any) -> Any:
        """What the script returns in the page."""
        return self.browser.execute_script(script, *values)

    def size(self, size: tuple[int, int]) -> None:
        """Make the window's inside so wide and high."""
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def open(self, question: str = "", size: tuple[int, int] = LAPTOP) -> None:
        """Load the page anew and wait until everything stands."""
        self.size(size)
        self.browser.get(f"{self.root}/explore{question}")
        eventually(lambda: self.run(
            "return document.querySelector('#explore[data-ready]')"
            " && document.querySelectorAll('.js-plotly-plot').length >= 4"
            " && document.getElementById('hours-answered').title !== ''"
        ))  # fmt: skip

    def go(self, question: str) -> None:
        """Follow a link within the page."""
        self.run(
            "const link = document.createElement('a'); link.href = '/explore' + arguments[0];"
            "document.getElementById('explore').append(link); link.click(); link.remove();",
            question,
        )
        self.settled()

    def settled(self) -> None:
        """Until the newest question is answered."""
        eventually(lambda: self.run("return window.opsExplore.settled()"))

    def back(self) -> None:
        """A step back in the browser's history."""
        self._travel(self.browser.back)

    def forward(self) -> None:
        """A step forward again."""
        self._travel(self.browser.forward)

    def _travel(self, step: Callable[[], None]) -> None:
        """Until the page has noticed, and what it then asked is answered."""
        before = self.question
        step()
        eventually(lambda: self.question != before)
        self.settled()

    @property
    def question(self) -> str:
        """What stands behind the path in the address."""
        return str(self.run("return location.search"))

    def words(self, selector: str) -> str:
        """The text of the first such element."""
        found = self.run("return document.querySelector(arguments[0])?.textContent", selector)
        return str(found or "")

    def all_words(self, selector: str) -> list[str]:
        """The texts of all such elements."""
        found: list[str] = self.run(
            "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)",
            selector,
        )
        return found

    def click(self, selector: str) -> None:
        """Click the first such element, as a pointer would."""
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.browser.find_element("css selector", selector).click()

    def faults(self) -> list[str]:
        """What axe finds that is serious or worse."""
        self.run(AXE)
        found: list[Any] = self.browser.execute_async_script(
            "const done = arguments[1];"
            "axe.run(document, {runOnly: arguments[0]}).then(told => done(told.violations))",
            _RULES,
        )
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]  # fmt: skip
