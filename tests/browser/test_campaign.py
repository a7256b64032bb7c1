"""The campaign's page in a real browser before the real application."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from dash import Dash
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from sqlalchemy import text

from ops_center.store.session import writing
from tests.browser.office import LAPTOP, PHONE, Page, opened
from tests.fixtures.running import eventually
from tests.web.test_campaign import fill


class Board(Page):
    """What a test does with /campaign."""

    def open(self, question: str = "", size: tuple[int, int] = LAPTOP) -> None:
        self.size(size)
        self.browser.get(f"{self.root}/campaign{question}")
        eventually(lambda: self.run(
            "return document.querySelector('#campaign[data-ready]')"
            " && document.querySelector('#burn-up .js-plotly-plot')"
        ))  # fmt: skip

    def settled(self) -> None:
        eventually(lambda: self.run("return window.opsCampaign.settled()"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, str]]:
    with opened(tmp_path_factory.mktemp("campaign"), fill) as found:
        yield found


@pytest.fixture
def page(browser: webdriver.Chrome, office: tuple[Dash, str]) -> Iterator[Board]:
    yield Board(browser, office[1])
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def asked(page: Board) -> dict[str, list[str]]:
    """What stands behind the path in the address, part by part."""
    return parse_qs(page.question.removeprefix("?"))


def test_a_hub_that_is_none_is_not_counted_and_goes_with_the_next_choice(page: Board) -> None:
    page.open("?hubs=TDP-07,NOWHERE")
    assert page.words("[data-pick=hubs] .pick-count") == "1"
    page.run("document.querySelector('[data-pick=hubs] input[value=TDP-08]').click()")
    page.settled()
    assert asked(page)["hubs"] == ["TDP-07,TDP-08"]


def test_a_card_a_hub_and_a_chip_move_the_page_and_back_undoes_it(page: Board) -> None:
    page.open()
    first = page.words("#burn-up-title")
    page.click(".indicator:nth-child(6)")
    page.settled()
    assert asked(page)["indicator"] == ["CT-06"]
    assert page.words("#burn-up-title") != first
    assert page.words(".indicator[aria-current] .indicator-name") == page.words(
        ".indicator:nth-child(6) .indicator-name")  # fmt: skip

    page.click("[data-pick=hubs] summary")
    page.run("document.querySelector('[data-pick=hubs] .pick-search').focus()")
    page.browser.switch_to.active_element.send_keys("tdp-07 dan pho")
    assert page.all_words("[data-pick=hubs] .choice:not([hidden])") == ["Tổ dân phố số 7"]
    page.click("[data-pick=hubs] .choice:not([hidden]) input")
    page.settled()
    assert asked(page)["hubs"] == ["TDP-07"]
    assert page.words("[data-pick=hubs] .pick-count") == "1"
    assert page.all_words("#league-data tbody th") == ["Tổ dân phố số 7"]
    page.click("#campaign-chips .filter-chip")
    page.settled()
    assert len(page.all_words("#league-data tbody th")) > 40
    page.back()
    assert page.all_words("#league-data tbody th") == ["Tổ dân phố số 7"]
    page.click("[data-do=reset]")
    page.settled()
    assert page.question == "" and page.words("#burn-up-title") == first


def test_a_past_campaign_is_chosen_and_left_again(page: Board) -> None:
    page.open()
    page.click("[data-pick=campaign] summary")
    page.click("[data-pick=campaign] .choice:last-child input")
    page.settled()
    assert asked(page)["campaign"] == ["2026-01-26"]
    assert page.words("#campaign-name") == "Qua Tết"
    page.run("document.querySelector('[data-pick=campaign] .choice input').click()")
    page.settled()
    assert page.question == "" and page.words("#campaign-name") != "Qua Tết"


def test_a_cell_leads_to_its_dossiers_by_pointer_and_by_keys(page: Board) -> None:
    page.open()
    page.run("document.querySelector('#heat-data').focus()")
    page.browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_DOWN, Keys.ARROW_UP):
        page.browser.switch_to.active_element.send_keys(key)
    assert page.run("return document.activeElement.cellIndex") == 1
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    eventually(lambda: page.run("return location.pathname") == "/explore")
    found = asked(page)
    assert found["hub"] == ["TDP-01"] and found["metric"] == ["online_share"]
    first, last = found["period"][0].split("..")
    assert first == last


def test_charts_are_tables_too_and_can_be_taken_along(page: Board) -> None:
    page.open("?indicator=CT-05")
    for card, lines in (("burn-up", 46), ("league", 49), ("heat", 49)):
        csv = page.run(f"return opsDesk.csv(document.querySelector('#{card} table'))")
        assert len(csv.split("\r\n")) == lines, card
    page.click("#burn-up .menu summary")
    page.click("#burn-up [data-take=png]")
    assert eventually(lambda: page.run("return opsDesk.saved")).endswith(".png")


@pytest.mark.parametrize(
    ("question", "size"),
    [("?indicator=CT-05", LAPTOP), ("?lang=ar&theme=dark&indicator=CT-05", PHONE)],
)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    page: Board, question: str, size: tuple[int, int]
) -> None:
    page.open(question, size)
    page.run("document.querySelectorAll('details.data').forEach(fold => { fold.open = true })")
    assert page.faults() == []
    eventually(lambda: page.run("return document.documentElement.scrollWidth") <= size[0])


def test_new_data_is_offered_and_shown_when_it_is_wanted(
    page: Board, office: tuple[Dash, str]
) -> None:
    page.open()
    with writing(office[0].desk.live.pulse.engine) as connection:
        connection.execute(text("UPDATE revision SET number = number + 1"))
    shown = "return document.getElementById('campaign-fresh').offsetWidth > 0"
    assert not page.run(shown)

    def heard() -> bool:
        page.run("opsCampaign.hear()")
        return bool(page.run(shown))

    eventually(heard)
    page.click("#campaign-fresh")
    page.settled()
    assert not page.run(shown)
