"""Dossier, hub, hubs and reasons as people use them: by pointer and keys, on phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.office import LAPTOP, PHONE, Page, opened
from tests.fixtures import databases, small_ward
from tests.fixtures.running import eventually

_OVERFLOW = "return document.documentElement.scrollWidth - innerWidth"
_DIALOG = "const d = document.querySelector('dialog[open]:not(.waiting)'); return d && d.innerText"


def fill(url: str) -> None:
    databases.migrate(url)
    with databases.opened(url) as engine:
        small_ward.fill(engine)


class Desk(Page):
    """A desk page in the browser."""

    def visit(self, address: str, size: tuple[int, int] = LAPTOP) -> None:
        """Load a page and wait until Dash has drawn it."""
        self.errors()
        self.size(size)
        self.browser.get(self.root + address)
        eventually(lambda: self.run("return document.querySelector('main') && document.title"))

    def press(self, *keys: str) -> None:
        """Keys, where the focus is."""
        self.browser.switch_to.active_element.send_keys(*keys)

    def focused(self, value: str) -> Any:
        """A property of what has the focus."""
        return self.run("return document.activeElement[arguments[0]]", value)

    def dialog(self) -> str:
        """The words of the open dialog, once it has them."""
        return str(eventually(lambda: self.run(_DIALOG)))

    def errors(self) -> list[str]:
        told: Any = self.browser.get_log("browser")
        return [str(entry["message"]) for entry in told if entry["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def desk(
    browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("story")
    with opened(home, fill, small_ward.NOW) as (_, root):
        yield Desk(browser, root)
        browser.get("about:blank")
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# Whether the place that one is at lies wholly inside the line of places.
_SEEN = """
const [line, here] = [".places", ".places [aria-current]"]
  .map((one) => document.querySelector(one).getBoundingClientRect());
return here.left >= line.left && here.right <= line.right;
"""


@pytest.mark.parametrize(
    ("address", "question"),
    [("/hubs", "lang=en&theme=dark"), ("/hub/TDP-01", ""), ("/hub/TDP-01", "lang=ar&theme=dark"),
     ("/dossier/portal/E-1", "lang=ar"), ("/why/on_time_rate", ""),
     ("/dossier/portal/none", "lang=en")],
)  # fmt: skip
def test_every_page_can_be_used_by_everyone_on_laptop_and_phone(
    desk: Desk, address: str, question: str
) -> None:
    desk.visit(f"{address}?{question}")
    assert desk.faults() == []
    desk.size(PHONE)
    eventually(lambda: desk.run(_OVERFLOW) <= 0)  # a chart follows a moment later
    small = desk.run(
        "return [...document.querySelectorAll('.bar a, .button')].filter(one => one.offsetHeight &&"
        " one.getBoundingClientRect().height < 40).map(one => one.outerHTML)"
    )
    assert small == []
    told = desk.errors()
    if address.endswith("/none"):
        assert "404" in told.pop(0)  # and nothing else
    assert told == []


@pytest.mark.parametrize("language", ["vi", "ar"])
def test_on_a_phone_the_bar_s_places_are_one_line_that_begins_at_this_one(
    desk: Desk, language: str
) -> None:
    desk.visit(f"/hubs?lang={language}", PHONE)
    lines = "new Set([...document.querySelectorAll('.places a')].map((one) => one.offsetTop))"
    assert desk.run(f"return {lines}.size") == 1
    eventually(lambda: desk.run(_SEEN))


def test_the_first_key_leads_past_the_bar(desk: Desk) -> None:
    desk.visit("/hub/TDP-01?lang=en")
    desk.press(Keys.TAB)
    assert desk.focused("className") == "skip"
    assert desk.run("return document.activeElement.getBoundingClientRect().top") >= 0
    desk.press(Keys.ENTER)
    eventually(lambda: desk.focused("id") == "main")


def test_hubs_are_found_without_accents_and_the_search_is_in_the_address(desk: Desk) -> None:
    desk.visit("/hubs?lang=en")
    desk.browser.find_element(By.ID, "hub-search").send_keys("DUONG dong")
    shown = "return [...document.querySelectorAll('#hub-table tbody tr')]" \
            ".filter(one => !one.hidden).map(one => one.cells[1].textContent)"
    eventually(lambda: desk.run(shown) == ["Đường Đông Ngạc"])
    assert "1 of " in desk.words("#hub-found")
    assert "q=DUONG+dong" in desk.run("return location.search")
    desk.visit("/hubs?lang=en&q=nowhere")
    eventually(lambda: desk.run(shown) == [])
    eventually(lambda: "No hub matches" in desk.words("#hub-found"))


def test_a_count_tells_why_in_a_dialog_and_gives_the_focus_back(desk: Desk) -> None:
    desk.visit("/hub/TDP-01?lang=en")
    desk.run("document.querySelector('#overdue .why-link').focus()")
    desk.press(Keys.ENTER)
    words = desk.dialog()
    assert "Open the 1 dossier behind it" in words and "O-1" in words
    assert desk.run("return document.querySelector('dialog').contains(document.activeElement)")
    assert desk.faults() == []
    desk.press(Keys.ESCAPE)
    eventually(lambda: not desk.run("return document.querySelector('dialog[open]')"))
    eventually(lambda: desk.focused("className") == "why-link")
    assert desk.run("return location.pathname") == "/hub/TDP-01"


def test_switches_keep_the_rest_of_the_address(desk: Desk) -> None:
    desk.visit("/why/late?hub=TDP-01,TDP-02&lang=en#here")
    desk.browser.find_element(By.CSS_SELECTOR, "[data-set='lang=ar']").click()
    eventually(lambda: desk.run("return document.documentElement.dir") == "rtl")
    assert desk.run("return location.search + location.hash") == "?hub=TDP-01,TDP-02&lang=ar#here"
    eventually(lambda: desk.run("return document.querySelector('[data-set]')"))
    desk.browser.find_element(By.CSS_SELECTOR, "[data-set='theme=dark']").click()
    eventually(lambda: desk.run("return document.documentElement.dataset.theme") == "dark")
    assert "hub=TDP-01,TDP-02" in desk.run("return location.search")


def test_a_hub_s_page_says_when_there_is_newer_data_and_loads_it_when_asked(desk: Desk) -> None:
    desk.visit("/hub/TDP-01?lang=en")
    button = "document.querySelector('button[data-fresh]')"
    desk.run("opsDesk.hear()")
    desk.run("document.body.dataset.old = 'true'")
    assert desk.run(f"return {button}.hidden")
    desk.run(f"{button}.dataset.fresh = '0'; opsDesk.hear()")
    eventually(lambda: desk.run(f"return !{button}.hidden"))
    assert desk.faults() == []
    desk.click("button[data-fresh]")
    eventually(lambda: desk.run(f"return !document.body.dataset.old && {button}?.hidden"))


def test_a_worklist_on_paper_is_light_has_boxes_to_tick_and_no_controls(desk: Desk) -> None:
    desk.visit("/hub/TDP-01?lang=en&theme=dark", (688, 973))
    desk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        hidden = ("nav", ".switches", "[data-print]", ".two", ".further")
        visible = ("#overdue", ".tick", ".foot-line", "thead th.code")
        shown = {one: desk.run("return document.querySelector(arguments[0]).checkVisibility()", one)
                 for one in (*hidden, *visible)}  # fmt: skip
        assert shown == dict.fromkeys(hidden, False) | dict.fromkeys(visible, True)
        ground = "return getComputedStyle(document.body).backgroundColor"
        assert desk.run(ground) == "rgb(255, 255, 255)"
        eventually(lambda: desk.run(_OVERFLOW) <= 0)
    finally:
        desk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_from_the_walls_number_to_a_dossier_are_two_clicks(desk: Desk) -> None:
    desk.visit("/wall?lang=en&every=3600", (1920, 1080))
    tile = "#overview-overdue .why-link"
    eventually(lambda: desk.words("#overview-overdue-number") == "1")
    style = f"const s = getComputedStyle(document.querySelector('{tile}'));"
    assert desk.run(style + "return s.textDecorationLine + s.borderBottomStyle") == "nonenone"
    desk.browser.find_element(By.ID, "overview-overdue").click()
    assert "O-1" in desk.dialog()
    box = desk.run("const b = document.querySelector('dialog').getBoundingClientRect();"
                   "return [b.top, b.bottom]")  # fmt: skip
    assert box[0] >= 0 and box[1] <= 1080
    desk.browser.find_element(By.CSS_SELECTOR, "dialog .first-rows a").click()
    eventually(lambda: desk.run("return location.pathname") == "/dossier/portal/O-1")
    eventually(lambda: "overdue" in desk.words(".dossier-head"))


def test_keys_on_the_wall_open_a_tile_and_turn_no_scene_behind_it(desk: Desk) -> None:
    desk.visit("/wall?lang=en&every=3600", (1920, 1080))
    eventually(lambda: desk.words("#overview-overdue-number") == "1")
    desk.run("document.querySelector('#overview-received .why-link').focus()")
    desk.press(Keys.ENTER)
    assert "Received" in desk.dialog()
    desk.press(Keys.ARROW_RIGHT)
    scene = "return document.querySelector('.scene.shown').dataset.scene"
    assert desk.run(scene) == "overview"
    assert "held" not in desk.run("return document.getElementById('wall').className")
    desk.press(Keys.ESCAPE)
    eventually(lambda: not desk.run("return document.querySelector('dialog[open]')"))
