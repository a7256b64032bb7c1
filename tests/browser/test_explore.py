"""The page on which numbers are explored, in a real browser before the real application."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from dash import Dash
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from sqlalchemy import text

from ops_center.i18n import Problem
from ops_center.store.session import writing
from tests.browser.office import LAPTOP, PHONE, Page, opened
from tests.fixtures.running import eventually, get

RECEIVED = "[data-why='received'] .tile-value"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dash, str]]:
    with opened(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture
def page(browser: webdriver.Chrome, office: tuple[Dash, str]) -> Iterator[Page]:
    yield Page(browser, office[1])
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# Asynchronously: the colours of the picture that was saved last, in hubs' middles and elsewhere,
# its legend apart; and those that the legend on the page has.
_COLOURS = """
const done = arguments[0];
const legend = [...document.querySelectorAll("#place-legend .swatch")]
  .map(one => getComputedStyle(one).backgroundColor);
const image = new Image();
image.onload = () => {
  const canvas = Object.assign(document.createElement("canvas"),
    { width: image.width - 340, height: image.height });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let at = 0; at < data.length; at += 4)
    found.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
  done([[...found], legend]);
};
image.src = opsDesk.address;
"""


def whole(told: str) -> int:
    return int(re.sub(r"\D", "", told))


def column(page: Page, at: int) -> list[int]:
    return [whole(cell) for cell in page.all_words(f"#table-data tbody tr td:nth-of-type({at})")]


def test_a_line_narrows_the_view_a_chip_widens_it_and_back_undoes_it(page: Page) -> None:
    page.open("?period=month")
    everything = page.words(RECEIVED)
    assert sum(column(page, 1)) == whole(everything)
    assert page.words("#table-data tfoot td") == everything

    page.click("#table-data tbody tr:nth-child(2) th a")
    page.settled()
    assert parse_qs(page.question)["hub"]
    assert page.words("#chips .filter-chip").startswith("Điểm: Tổ dân phố")
    assert whole(page.words(RECEIVED)) < whole(everything)
    assert sum(column(page, 1)) == whole(page.words(RECEIVED))
    narrowed = page.words(RECEIVED)

    page.back()
    assert (page.question, page.words(RECEIVED)) == ("?period=month", everything)
    page.forward()
    assert page.words(RECEIVED) == narrowed

    page.click("#chips .filter-chip")
    page.settled()
    assert "hub" not in parse_qs(page.question)
    assert page.words(RECEIVED) == everything
    page.click("[data-do=reset]")
    page.settled()
    assert page.question == ""


def click_when(page: Page, selector: str, at: int, noticed: Callable[[], object]) -> None:
    """Click an element of a chart or a map once the pointer on it was noticed: what is drawn, and
    what listens, comes a moment later."""

    def pointed() -> object:
        found = page.browser.find_elements("css selector", selector)
        if not found:
            return False
        element = found[at]
        page.run("arguments[0].scrollIntoView({block: 'center'})", element)
        pointer = ActionChains(page.browser)
        pointer.move_to_element_with_offset(element, 1, 0).move_to_element(element).perform()
        return noticed()

    eventually(pointed)
    ActionChains(page.browser).click().perform()


def test_what_is_clicked_in_a_chart_or_on_the_map_narrows_the_view(page: Page) -> None:
    page.open()
    leads = "return document.querySelector('#trend .js-plotly-plot.leads')"
    click_when(page, "#trend .bars .point path", 1, lambda: page.run(leads))
    eventually(lambda: page.question)
    page.settled()
    assert re.fullmatch(r"\?period=(\d{4}-\d\d-\d\d)\.\.\1", page.question)

    page.go("?period=30d")
    named = "Tổ dân phố"
    click_when(page, "#place path.leaflet-interactive", -1,
               lambda: page.words("#place-hover").startswith(named))  # fmt: skip
    eventually(lambda: "hub=TDP-" in page.question)
    page.settled()
    page.run("document.querySelector('#standing-data').closest('details').open = true")
    page.click("#standing-data tbody th a")
    page.settled()
    assert "status=" in page.question


def test_a_procedure_is_found_without_accents_and_by_keyboard_alone(page: Page) -> None:
    page.open()
    page.run("document.querySelector('[data-pick=procedure] summary').focus()")
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    eventually(lambda: page.run("return document.activeElement.type === 'search'"))
    page.browser.switch_to.active_element.send_keys("dang ky khai sinh")
    found = page.all_words("[data-pick=procedure] .choice:not([hidden])")
    assert "Đăng ký khai sinh" in found
    assert len(found) < 5
    page.browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    page.browser.switch_to.active_element.send_keys(Keys.SPACE)
    page.settled()
    assert page.question.startswith("?procedure=")
    assert "Đăng ký" in page.words("#chips .filter-chip")
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not page.run("return document.querySelector('details.pick[open]')")
    assert "thời hạn" in page.words("#durations"), "one procedure has one limit: its line"


def test_a_number_of_the_table_is_reached_by_arrow_keys(page: Page) -> None:
    page.open("?period=month")
    page.run("document.querySelector('#table-data tbody tr:nth-child(2) th a').focus()")
    told = page.words("#table-data tbody tr:nth-child(3) td")
    for key in (Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER):
        page.browser.switch_to.active_element.send_keys(key)
    eventually(lambda: "hub=" in page.question)
    page.settled()
    assert whole(page.words("#rows-title")) == whole(told)


def test_the_rows_are_those_of_the_number_and_columns_are_remembered(page: Page) -> None:
    page.open("?rows=overdue")
    count = whole(page.words("[data-why='overdue'] .tile-value"))
    assert count > 0
    assert whole(page.words("#rows-title")) == count
    eventually(lambda: page.all_words("#rows-grid .ag-row .standing"))
    assert page.run("return dash_ag_grid.getApi('rows-grid').getDisplayedRowCount()") == count
    assert set(page.all_words("#rows-grid .ag-row .standing")) == {"Quá hạn"}
    assert page.run("return document.querySelectorAll('#rows-grid .standing .shape.bad').length")

    cell = "#table-data tbody tr:nth-child(2) td[data-metric='received']"
    told = page.words(cell)
    page.click(cell)
    page.settled()
    assert whole(page.words("#rows-title")) == whole(told)
    eventually(lambda: page.run(
        "return dash_ag_grid.getApi('rows-grid').getDisplayedRowCount()") == whole(told))

    page.run("dash_ag_grid.getApi('rows-grid').applyColumnState({state: ["
             "{colId: 'due_at', sort: 'asc'}]})")
    exports = "return document.querySelector('#rows-exports a').href"
    eventually(lambda: "order=due_at" in page.run(exports))
    page.click("[data-pick=columns] summary")
    page.click("[data-pick=columns] input[value=official]")
    columns = "return localStorage.getItem('ops:explore:columns') || ''"
    eventually(lambda: "official" in page.run(columns))
    page.open()
    eventually(lambda: page.run(
        "return dash_ag_grid.getApi('rows-grid')?.getColumn('official')?.isVisible()"))
    page.run("localStorage.clear()")


def test_a_column_s_filter_is_a_part_of_the_address_and_of_the_file(page: Page) -> None:
    page.open("?rows=to_process&where=standing:overdue")
    count = "return dash_ag_grid.getApi('rows-grid').getDisplayedRowCount()"
    overdue = whole(page.words("[data-why='overdue'] .tile-value"))
    eventually(lambda: page.run(count) == overdue)
    assert str(overdue) in page.words("#rows-note")
    assert page.words("#chips .filter-chip").startswith("Lọc dòng: Tình trạng: Quá hạn")

    box = ".ag-floating-filter[col-id='hub'] input"
    page.run("dash_ag_grid.getApi('rows-grid').ensureColumnVisible('hub')")
    eventually(lambda: page.run(f"return document.querySelector({box!r})"))
    hub = page.words("#rows-grid .ag-row [col-id='hub']")
    page.click(box)
    page.browser.switch_to.active_element.send_keys(hub)
    eventually(lambda: "hub:" in page.question)
    page.settled()
    eventually(lambda: 0 < page.run(count) < overdue)
    exports = "return document.querySelector('#rows-exports a').href"
    eventually(lambda: "where=" in page.run(exports))
    kept = page.run(count)
    eventually(lambda: str(kept) in page.words("#rows-note"))

    page.click("#chips .filter-chip")
    page.settled()
    eventually(lambda: "hub:" not in page.question and page.run(count) == overdue)
    page.back()
    eventually(lambda: page.run(count) == kept)
    page.click("[data-do=reset]")
    page.settled()
    eventually(lambda: page.words("#rows-note") == "")


def test_a_hand_edited_address_lands_on_a_page_that_says_what_it_dropped(page: Page) -> None:
    page.open("?period=9999-01-01..2020-01-01&hub=<script>alert(1)</script>"
              f"&metric=';DROP TABLE dossier&by=nonsense&field={'x' * 3000}")
    notes = page.all_words("#explore-notes li")
    assert page.words("[data-pick=hub] .pick-count") == "", "what was dropped is not counted"
    assert len(notes) >= 4
    assert any("<script>" in note for note in notes), "shown as words, not run"
    assert whole(page.words(RECEIVED)) > 0
    assert not page.run("return document.querySelector('#explore-notes script')")


def test_an_empty_view_says_which_filter_to_loosen(page: Page) -> None:
    page.open("?hour=7-03&channel=post")
    ways = page.all_words("#empty li")
    assert any("Giờ tiếp nhận" in way for way in ways)
    page.click("#empty li a")
    page.settled()
    assert page.words("#empty") == ""
    assert whole(page.words(RECEIVED)) > 0


def test_only_what_takes_long_is_said_to_take_long_and_an_error_says_what_to_do(
    page: Page, office: tuple[Dash, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open()
    answers = office[0].server.extensions["/explore"]
    quick, go_on = answers.seen, threading.Event()

    def slow(*values: Any) -> Any:
        go_on.wait(120)
        return quick(*values)

    monkeypatch.setattr(answers, "seen", slow)
    assert not page.run(
        "document.querySelector('#table-data tbody th a').click();"
        "return document.querySelector('#explore').classList.contains('waiting')"
    )
    eventually(lambda: page.run("return document.querySelector('#explore.waiting')"))
    go_on.set()
    page.settled()
    assert not page.run("return document.querySelector('#explore.waiting')")

    def broken(*values: Any) -> Any:
        raise Problem("live.no_picture")

    monkeypatch.setattr(answers, "seen", broken)
    page.run("document.querySelector('#chips a').click()")
    eventually(lambda: page.words("#notice"))
    assert not page.run("return document.querySelector('#explore.waiting')")
    monkeypatch.setattr(answers, "seen", quick)
    page.run("document.querySelector('[data-do=reset]').click()")
    page.settled()
    eventually(lambda: not page.words("#notice"))


def test_charts_are_tables_too_and_can_be_taken_along(page: Page) -> None:
    page.open("?compare=before")
    csv = page.run("return opsDesk.csv(document.querySelector('#trend-data table'))")
    lines = csv.split("\r\n")
    assert len(lines) == 31
    assert lines[0].count(",") == 3
    told = page.run(
        "const table = document.createElement('table');"
        "table.innerHTML = '<tr><td>=1+1</td><td>-5</td><td>@sum</td></tr>';"
        "return opsDesk.csv(table)"
    )
    assert told == "'=1+1,-5,'@sum"
    page.click("#trend .menu summary")
    page.click("#trend [data-take=png]")
    assert eventually(lambda: page.run("return opsDesk.saved")).endswith(".png")
    page.click("#place .menu summary")
    page.click("#place [data-take=png]")
    eventually(lambda: page.run("return opsDesk.saved").startswith("Cao nhất"))
    drawn, legend = page.browser.execute_async_script(_COLOURS)
    assert len(set(drawn) & set(legend)) >= 4, "the hubs' classes are in the picture"
    assert len(drawn) > len(legend)
    page.run("document.querySelector('#hours-data').closest('details').open = true")
    page.click("#hours-data td a")
    page.settled()
    assert "hour=" in page.question


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("?period=month&field=chung-thuc&compare=before", LAPTOP),
        ("?lang=ar&by=procedure", PHONE),
        ("?lang=en&theme=dark&metric=on_time_rate", LAPTOP),
    ],
)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    page: Page, question: str, size: tuple[int, int]
) -> None:
    page.open(question, size)
    page.run("document.querySelectorAll('details.data').forEach(fold => { fold.open = true })")
    assert page.faults() == []
    eventually(lambda: page.run("return document.documentElement.scrollWidth") <= size[0])
    bar = "document.querySelector('.bar-line').getBoundingClientRect()"
    assert page.run(f"return {bar}.height") <= 60, "one line"
    page.run("scrollTo(0, 2000)")
    assert page.run(f"return {bar}.top") >= 0, "it never scrolls away"


def test_new_data_is_offered_and_shown_when_it_is_wanted(
    page: Page, office: tuple[Dash, str]
) -> None:
    page.open()
    pulse = office[0].desk.live.pulse
    with writing(pulse.engine) as connection:
        connection.execute(text("UPDATE revision SET number = number + 1"))
    shown = "return document.getElementById('bar-fresh').offsetWidth > 0"
    assert not page.run(shown)
    page.run("opsExplore.hear()")
    eventually(lambda: page.run(shown))
    page.click("#bar-fresh")
    page.settled()
    assert not page.run(shown)


def test_the_wall_does_not_carry_the_grid(office: tuple[Dash, str]) -> None:
    assert b"/dash_ag_grid/" not in get(f"{office[1]}/wall")[1]
    assert b"/dash_ag_grid/" in get(f"{office[1]}/explore")[1]
