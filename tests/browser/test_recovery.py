"""The wall says what is gone, keeps its picture, and comes back by itself."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver

from tests.browser.installation import Installation, installed
from tests.fixtures.running import eventually, get

RECEIVED = "overview-received-number"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("recovery")) as found:
        yield found


class Wall:
    """The open page, as its script sees it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Until the whole picture is there: map and charts come last."""
        self.driver.get(address)
        self.wait_for("live")
        eventually(lambda: self.ask("document.querySelector('.ward-map path')"))
        eventually(lambda: self.ask("document.querySelector('.xtick')"))
        self.driver.execute_script("window.marked = true")

    def ask(self, expression: str) -> Any:
        return self.driver.execute_script(f"return {expression}")

    @property
    def state(self) -> str:
        return str(self.ask("window.opsLive ? window.opsLive.state : ''"))

    def wait_for(self, state: str) -> None:
        """Outside working hours a live wall calls its silence quiet."""
        wanted = {"live", "quiet"} if state == "live" else {state}
        try:
            eventually(lambda: self.state in wanted)
        except AssertionError:
            raise AssertionError(f"{self.state} instead of {state}: {self.told()}") from None

    def told(self) -> Any:
        """What the server tells the page, for whoever looks for the reason."""
        return self.driver.execute_async_script(
            """const done = arguments[arguments.length - 1];
               fetch("/health").then((reply) => reply.text()).then(done, () => done("nothing"));"""
        )

    def let_pass(self, seconds: float) -> None:
        """Advance the page's clocks, both of them."""
        self.driver.execute_script(
            """for (const name of ["now", "wall"]) {
                 const before = window.opsClock[name];
                 window.opsClock[name] = () => before() + arguments[0] * 1000;
               }""",
            seconds,
        )

    def picture(self) -> str:
        return str(self.ask("document.querySelector('.scenes').innerText"))

    def is_greyed(self) -> bool:
        return bool(self.ask("document.getElementById('wall').classList.contains('gone')"))

    def stamp(self) -> str:
        return str(self.ask("document.getElementById('stamp').innerText"))

    def received(self) -> int:
        """Today's number as it is written; -1 while there is none."""
        return digits(self.ask(f"document.getElementById('{RECEIVED}')?.textContent ?? ''"))

    def applied(self) -> int:
        return int(self.ask("window.opsLive.applied"))

    def was_loaded_anew(self) -> bool:
        return self.ask("window.marked !== true && !!window.opsLive") is True


@pytest.fixture
def wall(installation: Installation, browser: webdriver.Chrome) -> Iterator[Wall]:
    found = Wall(browser)
    found.open(f"{installation.wall}?scenes=overview")
    yield found
    browser.get("about:blank")


def moves(wall: Wall, installation: Installation) -> None:
    """A dossier that is received now is counted on the wall."""
    before = received(installation)
    installation.commit_dossier()
    eventually(lambda: wall.received() == before + 1)


def received(installation: Installation) -> int:
    """Today's number as the server has it, which has just answered the wall."""
    address = f"http://127.0.0.1:{installation.port}/api/snapshot/overview"
    (body,) = eventually(lambda: [json.loads(said) for status, said, _ in [get(address)]
                                  if status == 200])  # fmt: skip
    return digits(body["props"][RECEIVED]["children"])


def digits(shown: str) -> int:
    return int("".join(filter(str.isdigit, shown)) or -1)


def test_the_wall_needs_nothing_that_its_page_may_not_do(wall: Wall) -> None:
    said = [entry["message"] for entry in wall.driver.get_log("browser")]
    assert [one for one in said if "Content Security Policy" in one or "Refused" in one] == []


def test_the_wall_moves_when_a_dossier_is_written(wall: Wall, installation: Installation) -> None:
    moves(wall, installation)


@pytest.mark.parametrize("outage", [10, 5 * 60, 8 * 3600], ids=["10 s", "5 min", "8 h"])
def test_a_server_that_dies_is_said_and_its_return_is_noticed(
    wall: Wall, installation: Installation, outage: int
) -> None:
    installation.kill("serve")
    picture = wall.picture()
    wall.let_pass(outage)
    wall.wait_for("server")
    assert wall.is_greyed()
    assert wall.picture() == picture
    assert wall.stamp().strip()
    installation.serve()
    wall.wait_for("live")
    eventually(lambda: not wall.is_greyed())
    moves(wall, installation)


def test_a_frozen_worker_is_said_and_its_waking_is_noticed(
    wall: Wall, installation: Installation
) -> None:
    worker = installation.processes["work"]
    worker.send_signal(signal.SIGSTOP)
    try:
        wall.wait_for("worker")
        assert wall.is_greyed()
    finally:
        worker.send_signal(signal.SIGCONT)
    wall.wait_for("live")
    moves(wall, installation)


def test_a_missing_database_is_said_and_its_return_is_noticed(
    wall: Wall, installation: Installation
) -> None:
    away = installation.file.rename(installation.home / "away.db")
    picture = wall.picture()
    try:
        wall.wait_for("database")
        assert wall.is_greyed()
        assert wall.picture() == picture
    finally:
        away.rename(installation.file)
    wall.wait_for("live")
    moves(wall, installation)


def test_a_new_version_is_loaded_by_itself(wall: Wall, installation: Installation) -> None:
    newer = installation.deployed()
    installation.kill("serve")
    installation.serve(source=newer)
    eventually(wall.was_loaded_anew)
    wall.wait_for("live")


def test_a_wall_opened_without_a_database_shows_its_picture_later(
    installation: Installation, browser: webdriver.Chrome
) -> None:
    installation.kill("serve")
    installation.serve()
    away = installation.file.rename(installation.home / "away.db")
    try:
        browser.get(f"{installation.wall}?scenes=overview")
        wall = Wall(browser)
        wall.wait_for("database")
    finally:
        away.rename(installation.file)
    wall.wait_for("live")
    eventually(lambda: wall.applied() > 0)


