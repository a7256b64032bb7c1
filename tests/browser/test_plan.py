"""The road map as people use it: choosing shows and hides at once, the address follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.office import PHONE, opened
from tests.browser.test_story import _OVERFLOW, Desk
from tests.fixtures import databases, planned_ward
from tests.fixtures.running import eventually

_SHOWN = (
    "return [...document.querySelectorAll('#plan-table tr[data-owner]')]"
    ".filter(one => one.offsetHeight).map(one => one.querySelector('.item-code').textContent)"
)

_OVER_THE_NEXT = """
return [...document.querySelectorAll('.roadmap .late-by')]
  .filter(one => one.offsetHeight && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.textContent)"""


def fill(url: str) -> None:
    databases.migrate(url)
    with databases.opened(url) as engine:
        planned_ward.fill(engine)


@pytest.fixture(scope="module")
def desk(browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("plan")
    with opened(home, fill, planned_ward.NOW) as (_, root):
        yield Desk(browser, root)
        browser.get("about:blank")
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def choose(desk: Desk, name: str, value: str) -> None:
    wanted = f"#plan-filters [data-filter='{name}'][data-value='{value}']"
    desk.browser.find_element(By.CSS_SELECTOR, wanted).click()


def shown(desk: Desk) -> set[str]:
    found: Any = desk.run(_SHOWN)
    return set(found)


def test_what_the_address_says_wrongly_hides_nothing(desk: Desk) -> None:
    desk.visit("/plan?lang=en&owner=nobody-of-that-name&phase=7")
    everything = {one[0] for one in planned_ward.ITEMS}
    eventually(lambda: shown(desk) == everything)
    choose(desk, "state", "late")
    assert shown(desk) == set(planned_ward.LATE)
    assert desk.run("return location.search") == "?lang=en&state=late"


def test_the_road_map_stands_on_a_card_like_all_others(desk: Desk) -> None:
    desk.visit("/plan?lang=en")
    grounds = desk.run(
        "return [...document.querySelectorAll('.plan .card')]"
        ".map(one => getComputedStyle(one).backgroundColor)"
    )
    assert len(grounds) > 2
    assert len(set(grounds)) == 1


def test_choosing_shows_and_hides_at_once_and_the_address_comes_back(desk: Desk) -> None:
    everything = {one[0] for one in planned_ward.ITEMS}
    desk.visit("/plan?lang=en")
    eventually(lambda: shown(desk) == everything)
    desk.run("window.stays = true")
    choose(desk, "state", "late")
    assert shown(desk) == set(planned_ward.LATE)
    assert desk.run("return location.search") == "?lang=en&state=late"
    assert "2 of 9" in desk.words("#plan-found")
    desk.browser.find_element(By.CSS_SELECTOR, ".owner-menu summary").click()
    choose(desk, "owner", "th")
    assert shown(desk) == {"KH-02"}
    assert desk.words("#plan-owner") == "Trịnh Thị Hồng"
    assert "owner=th" in desk.run("return document.getElementById('plan-csv').href")
    choose(desk, "state", "late")  # again: takes it away
    assert shown(desk) == {"KH-02", "KH-04", "KH-08"}
    desk.browser.back()
    eventually(lambda: shown(desk) == {"KH-02"})
    desk.browser.find_element(By.CSS_SELECTOR, "[data-clear]").click()
    assert shown(desk) == everything
    assert desk.run("return window.stays"), "the page was drawn anew"
    desk.browser.find_element(By.CSS_SELECTOR, ".plan-counts [data-value='unowned']").click()
    assert shown(desk) == set(planned_ward.UNOWNED)
    assert desk.errors() == []


@pytest.mark.parametrize(
    "address", ["/plan?lang=vi", "/plan?lang=ar&theme=dark&state=late", "/plan/item/KH-04?lang=ar",
                "/plan/owner/th?lang=en&theme=dark"],
)  # fmt: skip
def test_every_page_of_the_plan_can_be_used_by_everyone_on_laptop_and_phone(
    desk: Desk, address: str
) -> None:
    desk.visit(address)
    assert desk.faults() == []
    desk.size(PHONE)
    eventually(lambda: desk.run(_OVERFLOW) <= 0)
    small = desk.run(
        "return [...document.querySelectorAll('.bar a, .button, .plan-chip')]"
        ".filter(one => one.offsetHeight && one.getBoundingClientRect().height < 40)"
        ".map(one => one.outerHTML)"
    )
    assert small == []
    assert desk.errors() == []


def test_the_plan_on_paper_has_no_controls_and_no_row_is_lost(desk: Desk) -> None:
    desk.visit("/plan?lang=en&theme=dark", (688, 973))
    desk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        visible = "return document.querySelector(arguments[0]).checkVisibility()"
        hidden = [desk.run(visible, one) for one in ("#plan-filters", ".takes", "nav")]
        assert hidden == [False, False, False]
        assert len(shown(desk)) == len(planned_ward.ITEMS)
        eventually(lambda: desk.run(_OVERFLOW) <= 0)
        assert desk.run(_OVER_THE_NEXT) == [], "how late it is stands over the next column"
    finally:
        desk.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
