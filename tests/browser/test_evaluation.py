"""The evaluation as people use it: read, opened, entered by a keeper, closed, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ops_center.domain.evaluation import parse_period
from ops_center.metrics.choice import Choice
from ops_center.metrics.closing import closed_reading
from ops_center.metrics.scheme import find_rules, read_rules
from ops_center.store.evaluation_inputs import known_inputs, known_petitions, known_scores
from ops_center.store.session import reading
from ops_center.store.wards import find_ward
from tests.browser.office import LAPTOP, PHONE, Page, opened
from tests.fixtures import databases, small_ward
from tests.fixtures.running import eventually

KEY = "a key that nobody guesses"
AUGUST = "/evaluation?lang=en&period=2026-08"
_IN_SIGHT = """
const at = document.querySelector('.saved').getBoundingClientRect();
return at.top >= 0 && at.bottom <= innerHeight"""
_OVERFLOW = "return document.documentElement.scrollWidth - innerWidth"


def fill(url: str) -> None:
    databases.migrate(url)
    with databases.opened(url) as engine:
        small_ward.fill(engine)


class Desk(Page):
    """The evaluation in the browser, and what of it is in the database."""

    url: str = ""

    def visit(self, address: str, size: tuple[int, int] = LAPTOP) -> None:
        """Load a page and wait until Dash has drawn it."""
        self.size(size)
        self.browser.get(self.root + address)
        eventually(lambda: self.run("return document.querySelector('main, .paper')"))

    def write(self, selector: str, words: str) -> None:
        """Type into a field, in place of what stands there."""
        field = self.browser.find_element(By.CSS_SELECTOR, selector)
        self.run("arguments[0].scrollIntoView({block: 'center'}); arguments[0].select()", field)
        field.send_keys(words)
        self.run("arguments[0].blur()", field)

    def open_forms(self) -> None:
        self.run("document.getElementById('enter').open = true")

    def saved(self) -> str:
        """What the page says once it was drawn anew."""
        return str(eventually(lambda: self.words(".saved")))

    def said(self, form: str) -> str:
        """What a form says went wrong."""
        return str(eventually(lambda: self.words(f"#{form}-said")))


@pytest.fixture(scope="module")
def desk(
    browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("evaluation")
    with opened(home, fill, small_ward.NOW, keeper_key=KEY) as (_, root):
        page = Desk(browser, root)
        page.url = f"sqlite:///{home / 'ward.db'}"
        yield page
        browser.delete_all_cookies()
        browser.get("about:blank")
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize(
    "address",
    ["/evaluation?lang=ar&theme=dark&period=2026-08", AUGUST + "&hub=TDP-01",
     "/evaluation?kind=official", "/evaluation?kind=campaign", "/evaluation/on_time?lang=en"],
)  # fmt: skip
def test_it_can_be_used_by_everyone_on_laptop_and_phone(desk: Desk, address: str) -> None:
    desk.visit(address)
    desk.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert desk.faults() == []
    desk.size(PHONE)
    eventually(lambda: desk.run(_OVERFLOW) <= 0)
    small = desk.run(
        "return [...document.querySelectorAll('.bar a, .button, .tabs a')].filter("
        "one => one.offsetHeight && one.getBoundingClientRect().height < 40)"
        ".map(one => one.outerHTML)"
    )
    assert small == []


def test_long_tables_stand_in_the_page_and_their_links_lead_on(desk: Desk) -> None:
    desk.visit("/evaluation/on_time?lang=en&period=2026-08")
    rows = "return document.querySelectorAll('.evidence-rows tbody tr').length"
    eventually(lambda: desk.run(rows) == 4)
    desk.visit(AUGUST)
    hubs = "return document.querySelectorAll('.everybody tbody th a').length"
    eventually(lambda: desk.run(hubs) > 1)
    desk.click(".everybody tbody th a")
    eventually(lambda: "hub=" in desk.browser.current_url)
    eventually(lambda: desk.run("return document.querySelector('.evaluation .back')"))


def test_the_paper_can_be_read_by_everyone(desk: Desk) -> None:
    desk.visit("/paper/evaluation?period=2026-08&lang=vi")
    assert desk.faults() == []
    assert "Độc lập - Tự do - Hạnh phúc" in desk.words(".motto")
    assert desk.words(".day") == "Thử, ngày 03 tháng 9 năm 2026"


def test_a_keeper_unlocks_enters_is_corrected_and_closes(desk: Desk) -> None:
    desk.visit(AUGUST)
    desk.open_forms()
    desk.write("#keeper-key", "another key altogether")
    desk.click("#keeper-unlock")
    assert "not the key" in desk.said("keeper")
    desk.write("#keeper-key", KEY)
    desk.browser.find_element(By.CSS_SELECTOR, "#keeper-key").send_keys(Keys.ENTER)
    assert "Unlocked" in desk.saved()
    eventually(lambda: desk.run(_IN_SIGHT))
    _enters_inputs(desk)
    _enters_scores(desk)
    _enters_a_petition(desk)
    _closes(desk)
    assert desk.faults() == []
    desk.click("#keeper-leave")
    eventually(lambda: "Locked" in desk.words(".saved"))
    assert desk.words("#keeper-key") == "" and desk.run(
        "return document.getElementById('inputs-save')") is None


def _entry(kind: str) -> str:
    """The first field of that kind."""
    return f"#enter [id*='\"type\":\"{kind}\"']"


def _enters_inputs(desk: Desk) -> None:
    desk.write(_entry("entry-top"), "9")
    desk.write("#inputs-by", "Bình")
    desk.click("#inputs-save")
    assert "both numerator and denominator" in desk.said("inputs")
    desk.write(_entry("entry-bottom"), "8")
    desk.click("#inputs-save")
    eventually(lambda: "cannot be above" in desk.words("#inputs-said"))
    desk.write(_entry("entry-bottom"), "10")
    desk.write(_entry("entry-evidence"), "Công văn 12")
    desk.click("#inputs-save")
    eventually(lambda: "Saved" in desk.words(".saved"))
    assert "5.40" in desk.words("section[aria-labelledby='board-transparency']")
    [one] = _read(desk, known_inputs).values()
    assert (one.numerator, one.denominator, one.evidence, one.entered_by) == (
        9, 10, "Công văn 12", "Bình")  # fmt: skip


def _enters_scores(desk: Desk) -> None:
    desk.write(_entry("score-points"), "99")
    desk.write("#scores-by", "Bình")
    desk.click("#scores-save")
    assert "at most 18 points" in desk.said("scores")
    desk.write(_entry("score-points"), "5.5")
    desk.click("#scores-save")
    eventually(lambda: "Official points saved" in desk.words(".saved"))
    [one] = _read(desk, known_scores).values()
    assert (one.indicator, one.points, one.rules) == ("transparency", 5.5, "qd766-2022")
    assert "Official: 5.50" in desk.words("section[aria-labelledby='board-transparency']")


def _enters_a_petition(desk: Desk) -> None:
    desk.click("#petition-save")
    assert "petition's code" in desk.said("petition")
    desk.write("#petition-code", "PA-1")
    desk.write("#petition-received_on", "05/08/2026")
    desk.write("#petition-answered_on", "04/08/2026")
    desk.click("#petition-save")
    eventually(lambda: "cannot come before" in desk.words("#petition-said"))
    desk.write("#petition-answered_on", "2026-08-06")
    desk.write("#petition-hub", "old-9")
    desk.write("#petition-resolved", "no")
    desk.click("#petition-save")
    eventually(lambda: "Petition saved" in desk.words(".saved"))
    one = _read(desk, known_petitions)["PA-1"]
    assert (one.hub_id, one.resolved, one.received_on.day) == ("one", False, 5)


def _closes(desk: Desk) -> None:
    desk.write("#closed-by", "Bình")
    desk.click("#closed-save")
    eventually(lambda: "The period is closed" in desk.words(".saved"))
    choice = Choice(find_rules(read_rules(), "qd766-2022"), parse_period("2026-08"))
    with databases.opened(desk.url) as engine, reading(engine) as connection:
        found = closed_reading(connection, find_ward(connection), choice, "")
    assert found is not None and found.closed.closed_by == "Bình"
    desk.write("#closed-by", "An")
    desk.click("#closed-save")
    assert "was closed by Bình" in desk.said("closed")
    assert "Closed by Bình" in desk.words("main")


def _read(desk: Desk, known: Any) -> Any:
    with databases.opened(desk.url) as engine, reading(engine) as connection:
        return known(connection, "w1")
