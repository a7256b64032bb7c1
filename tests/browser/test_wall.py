"""How the wall looks: readable at five metres, nothing clipped, nothing jumps, nothing leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ops_center.web.condition import Condition
from tests.browser.sample import CASES, Case
from tests.browser.stage import Stage, staged
from tests.fixtures.running import eventually

# Whatever is written on the page and can be seen, with its size, line height and box; what may
# end in "…" is left out of `cut`.
_LOOK = """
const faults = {small: [], tight: [], cut: [], outside: []};
const shown = (e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
const clip = document.createElement("canvas").getContext("2d");
for (const e of document.querySelectorAll("#wall *")) {
  const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own.length || !shown(e)) continue;
  const style = getComputedStyle(e), size = parseFloat(style.fontSize);
  const name = e.id || e.className.baseVal || e.className || e.tagName;
  const said = e.textContent.trim().slice(0, 40) + " <" + name + ">";
  if (size < 19.9) faults.small.push(size + " " + said);
  if (e.namespaceURI.includes("svg")) {
    const box = e.getBoundingClientRect(), plot = e.closest(".plot");
    if (!plot) continue;
    const room = plot.getBoundingClientRect();
    if (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1 ||
        box.bottom > room.bottom + 1) faults.outside.push(said);
    continue;
  }
  const exempt = e.closest(".map-label, .number, .change, .count, .clock, .past, .middle");
  if (!exempt && parseFloat(style.lineHeight) < 1.29 * size) faults.tight.push(said);
  if (e.closest(".name, .place, #header-day")) continue;
  if (e.scrollWidth > e.clientWidth + 1 && style.display !== "inline") faults.cut.push(said);
  const range = document.createRange();
  range.selectNodeContents(e);
  const text = range.getBoundingClientRect();
  const panel = e.closest(".cell, .panel, #wall").getBoundingClientRect();
  if (text.left < panel.left - 1 || text.right > panel.right + 1 || text.top < panel.top - 1 ||
      text.bottom > panel.bottom + 1) faults.outside.push(said);
}
return faults;
"""


# The server's clock as the page hears it.
_SERVER_SAYS = """
const ask = window.fetch;
window.fetch = async (...question) => {
  const reply = await ask(...question);
  const headers = new Headers(reply.headers);
  headers.delete("Content-Encoding");
  if (window.serverSays) headers.set("Date", new Date(window.serverSays).toUTCString());
  const body = reply.status === 304 ? null : await reply.text();
  return new Response(body, { status: reply.status, headers });
};
"""


# A process of the server that is behind answers every second question.
_ONE_IS_BEHIND = """
window.asked = 0;
const fetched = window.fetch;
window.fetch = async (...question) => {
  if (!String(question[0]).startsWith("/api/snapshot/")) return fetched(...question);
  window.asked += 1;
  if (window.asked % 2) return fetched(...question);
  const body = {version: "0.0.live", props: {"overview-received-number": {children: "older"}}};
  const headers = {"X-State": window.said, "X-Ages": "{}", ETag: "older"};
  return new Response(JSON.stringify(body), {status: 200, headers});
};
"""


@dataclass
class Screen:
    """The browser on the wall."""

    driver: webdriver.Chrome
    stage: Stage
    address: str

    def open(self, query: str = "") -> None:
        self.resize(1920, 1080)
        self.log("browser"), self.log("performance")  # read: what follows is this page's
        self.driver.get(f"{self.address}?every=3600&{query}")
        eventually(lambda: self.ask("window.opsLive && opsLive.state === 'live'"))
        eventually(lambda: self.ask("opsLive.applied > 0"))

    def resize(self, wide: int, high: int) -> None:
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": wide, "height": high, "deviceScaleFactor": 1, "mobile": False,
        })
        eventually(lambda: self.ask("innerWidth") == wide)

    def await_map(self) -> None:
        """Both the map and the charts are there: they come last."""
        eventually(lambda: self.ask("document.querySelectorAll('.ward-map path').length > 90"))
        eventually(lambda: self.ask("document.querySelectorAll('.xtick').length > 0"))

    def await_words(self, words: str) -> None:
        """They come a moment after the update that brings them."""
        eventually(lambda: words in self.ask("document.body.innerText"))

    def await_clock(self, shown: str) -> None:
        """Until the page has heard that it is so late where the ward is."""
        eventually(lambda: self.ask("opsLive.wardTime(opsLive.serverNow())") == shown)

    def let_look(self) -> None:
        """Let the page look, as it does twice a second, whether it should load itself anew."""
        self.driver.execute_async_script("setTimeout(arguments[0], 1500)")

    def size(self, selector: str) -> float:
        font = f"getComputedStyle(document.querySelector('{selector}')).fontSize"
        return float(self.ask(f"parseFloat({font})"))

    def ask(self, expression: str) -> Any:
        return self.driver.execute_script(f"return {expression}")

    def press(self, key: str) -> None:
        self.driver.find_element(By.TAG_NAME, "body").send_keys(key)

    def scene(self) -> str:
        return str(self.ask("document.querySelector('.scene.shown').dataset.scene"))

    def turn(self, key: str, scene: str) -> None:
        self.press(key)
        eventually(lambda: self.scene() == scene)
        eventually(lambda: self.ask("getComputedStyle(document.querySelector('.shown')).opacity")
                   == "1")

    def faults(self) -> dict[str, list[str]]:
        """Of the scene that is shown; only what is wrong."""
        found: dict[str, list[str]] = self.driver.execute_script(_LOOK)
        return {kind: said for kind, said in found.items() if said}

    def lasting_faults(self, *kinds: str, pause: float = 0) -> dict[str, list[str]]:
        """What is wrong, of those kinds if any are named, and stays so: a number that rolls in,
        or a chart that follows a change of size, stands elsewhere for a moment."""

        def found() -> dict[str, list[str]]:
            time.sleep(pause)
            return {kind: said for kind, said in self.faults().items() if kind in (kinds or [kind])}

        with suppress(AssertionError):
            eventually(lambda: not found())
        return found()

    def await_fit(self, wide: int, high: int) -> None:
        """Until there is nothing to scroll: sideways never, downward on a phone only."""
        root = "document.documentElement."
        eventually(lambda: self.ask(f"{root}scrollWidth") <= wide)
        eventually(lambda: wide < high or self.ask(f"{root}scrollHeight") <= high)

    def log(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_log(kind)
        return found

    def errors(self) -> list[str]:
        return [str(entry["message"]) for entry in self.log("browser")
                if entry["level"] == "SEVERE"]

    def asked(self) -> set[str]:
        """The addresses that the page asked for."""
        events = [json.loads(entry["message"])["message"]
                  for entry in self.log("performance")]
        return {event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"}

    def update(self, case: Case) -> None:
        """Show another instant, and wait until it is on the page."""
        before = self.ask("opsLive.applied")
        self.stage.show(case)
        eventually(lambda: self.ask("opsLive.applied") > before)

    def left(self, selector: str) -> float:
        box = f"document.querySelector('{selector}').getBoundingClientRect().left"
        return float(self.ask(box))


@pytest.fixture(scope="module")
def screen(
    browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Screen]:
    with staged(tmp_path_factory.mktemp("stage")) as (stage, address):
        yield Screen(browser, stage, address)
        browser.get("about:blank")
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture(autouse=True)
def _normal(screen: Screen) -> Iterator[None]:
    yield
    if screen.stage.case != CASES["normal"]:
        screen.stage.show(CASES["normal"])


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["vi", "en", "ar"])
def test_every_scene_is_whole_in_every_language_and_theme(
    screen: Screen, language: str, theme: str
) -> None:
    screen.open(f"lang={language}&theme={theme}")
    screen.await_map()
    forth = Keys.ARROW_LEFT if language == "ar" else Keys.ARROW_RIGHT
    assert screen.lasting_faults() == {}
    for scene in ("timeliness", "channels", "hubs", "campaign"):
        screen.turn(forth, scene)
        assert screen.lasting_faults() == {}, scene
    assert screen.errors() == []
    own = screen.address.removesuffix("/wall")
    assert [url for url in screen.asked() if not url.startswith((own, "data:", "blob:"))] == []
    assert screen.ask("document.documentElement.lang") == language


def test_arabic_mirrors_the_layout_but_not_the_time_axes(screen: Screen) -> None:
    screen.open("lang=ar&scenes=overview")
    assert screen.left(".tiles") > screen.left(".map-panel") > screen.left(".ranks")
    ticks = "[...document.querySelectorAll('#pace .xtick')].map(t => t.getBoundingClientRect().x)"
    places = screen.ask(ticks)[:5]
    assert places == sorted(places)
    assert screen.ask("getComputedStyle(document.querySelector('.map')).direction") == "ltr"


def test_keys_of_keyboard_and_remote_control_turn_and_hold(screen: Screen) -> None:
    screen.open("scenes=overview,nowhere,hubs,channels&theme=pink")
    notes = screen.ask("document.getElementById('notes').innerText")
    assert "nowhere" in notes
    assert "pink" in notes
    screen.turn(Keys.ARROW_RIGHT, "hubs")
    screen.turn(Keys.ARROW_LEFT, "overview")
    screen.turn(Keys.ARROW_LEFT, "channels")
    screen.ask("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'MediaTrackNext'}))")
    eventually(lambda: screen.scene() == "overview")
    screen.press(" ")
    assert screen.ask("document.getElementById('wall').classList.contains('held')")
    _pass(screen, 4000)
    assert screen.scene() == "overview"
    screen.press(" ")
    _pass(screen, 4000)
    eventually(lambda: screen.scene() == "hubs")


def test_an_update_moves_numbers_and_rings_but_no_box(screen: Screen) -> None:
    screen.open("scenes=overview")
    screen.await_map()
    assert 88 <= screen.size(".number") <= 112
    assert 30 <= screen.size(".tile h2") <= 34
    assert screen.size(".badge-word") >= 30
    screen.ask("(new MutationObserver(() => { window.rings = (window.rings || 0) + "
               "document.querySelectorAll('.pulse').length; })).observe("
               "document.querySelector('.map'), {subtree: true, childList: true})")
    before = eventually(lambda: _still(screen))
    worst = "document.getElementById('ranks-worst').textContent"
    said = screen.ask(worst)
    screen.update(Case(seed=2))
    eventually(lambda: screen.ask(worst) != said)
    assert eventually(lambda: screen.ask("window.rings || 0")) >= 1
    eventually(lambda: not screen.ask("document.getAnimations().length"))
    assert _boxes(screen) == before
    assert screen.errors() == []


@pytest.mark.parametrize(("scene", "cases"), [
    ("overview", tuple(CASES)),
    ("timeliness", ("empty", "no data", "long names")),
    ("hubs", ("empty", "one hub", "200 hubs", "long names")),
    ("campaign", ("empty", "no indicators", "one indicator", "many indicators", "long names")),
])  # fmt: skip
def test_every_state_of_a_ward_is_drawn_well(
    screen: Screen, scene: str, cases: tuple[str, ...]
) -> None:
    screen.open(f"scenes={scene}&theme=light")
    for name in cases:
        screen.update(CASES[name])
        assert screen.lasting_faults() == {}, name
        assert screen.errors() == [], name
        assert len(screen.driver.get_screenshot_as_png()) > 20_000, name
        if name == "empty" and scene != "timeliness":
            what = "campaign" if scene == "campaign" else "hubs"
            screen.await_words(f"ops-center import {what}")


def test_other_screens_scale_and_never_scroll_sideways(screen: Screen) -> None:
    screen.open("scenes=overview")
    screen.await_map()
    for wide, high in ((1366, 768), (3840, 2160), (390, 844)):
        screen.resize(wide, high)
        screen.await_fit(wide, high)
        assert screen.lasting_faults("cut", "outside", pause=0.3) == {}
    screen.resize(1920, 1080)


def test_the_page_loads_itself_anew_once_a_night_and_after_many_errors(screen: Screen) -> None:
    loaded = "!window.marked && window.opsLive && opsLive.applied > 0"
    many_errors = "void [1, 2, 3, 4, 5].forEach(() => window.dispatchEvent(new Event('error')))"
    screen.open("scenes=hubs")
    screen.driver.execute_script(_SERVER_SAYS)
    for clock, here in (("20:20", "03:20"), ("20:29", "03:29")):  # in UTC, and in Hanoi
        screen.ask(f"void (window.marked = true, window.serverSays = '2026-11-26T{clock}:00Z')")
        screen.await_clock(here)
        screen.let_look()
        assert screen.ask("window.marked") is True, "too early"
    screen.ask("void (window.serverSays = '2026-11-26T20:31:00Z')")
    eventually(lambda: screen.ask(loaded))
    screen.ask("void (window.marked = true, sessionStorage.clear())")
    screen.ask(many_errors)
    eventually(lambda: screen.ask(loaded))
    # Three seconds later, however long that took.
    screen.ask("void (window.marked = true, opsClock.wall = "
               "() => Number(sessionStorage.getItem('ops.reloaded')) + 3000)")
    screen.ask(many_errors)
    screen.let_look()
    assert screen.ask("window.marked") is True, "it must not flicker"


def test_a_worker_that_never_ran_is_not_said_to_have_stopped_at_no_time(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen.open("scenes=overview&lang=en")
    never = Condition("worker_late", freshness="stale")
    monkeypatch.setattr(screen.stage, "condition", lambda: never)
    screen.await_words("the worker has not run yet")
    since = Condition("worker_late", state_age=90.0, freshness="stale")
    monkeypatch.setattr(screen.stage, "condition", lambda: since)
    screen.await_words("Figures have not been summed since")


def test_an_answer_from_before_the_picture_does_not_turn_it_back(screen: Screen) -> None:
    screen.open("scenes=overview")
    number = "document.getElementById('overview-received-number').textContent"
    for said in ("live", "database_gone"):
        shown = screen.ask(number)
        screen.driver.execute_script(f"window.said = '{said}'; {_ONE_IS_BEHIND}")
        for _ in range(4):
            asked = screen.ask("window.asked")
            eventually(lambda asked=asked: screen.ask("window.asked") > asked)  # type: ignore[misc]
            assert screen.ask(number) == shown, said


def test_a_database_that_went_back_to_a_backup_is_shown(screen: Screen) -> None:
    """Nothing newer is heard of any more: after a while the older picture is the right one."""
    screen.open("scenes=overview")
    number = "document.getElementById('overview-received-number').textContent"
    always = _ONE_IS_BEHIND.replace("window.asked % 2", "false")
    screen.driver.execute_script(f"window.said = 'live'; {always}")
    eventually(lambda: screen.ask("window.asked") > 2)
    assert screen.ask(number) != "older"
    _pass(screen, 11)
    eventually(lambda: screen.ask(number) == "older")


def _pass(screen: Screen, seconds: int) -> None:
    """Let time pass on the page's clock."""
    screen.ask(f"void (() => {{ const before = opsClock.now; "
               f"opsClock.now = () => before() + {seconds * 1000}; }})()")


def _still(screen: Screen) -> Any:
    """Where everything stands, once it stands; nothing before."""
    seen = _boxes(screen)
    time.sleep(0.4)
    return seen if _boxes(screen) == seen else None


def _boxes(screen: Screen) -> Any:
    """Where in the picture everything stands but what may move: a number that rolls in takes its
    unit along. The picture itself is moved a little once a minute."""
    still = "e => !e.closest('.chips, .badge, .rolls') && !/spark|n$/.test(e.id)"
    return screen.ask("(() => { const all = document.getElementById('wall')"
                      ".getBoundingClientRect(); "
                      "return [...document.querySelectorAll('.panel, .tile *, header *')]"
                      f".filter({still})"
                      ".map(e => { const b = e.getBoundingClientRect(); "
                      "return [e.id, b.x - all.x, b.y - all.y, b.height] }) })()")
