"""A wall hangs for weeks: its memory must not grow with what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest
from dash import Dash, Input, Output, dcc, html
from selenium import webdriver
from werkzeug.serving import make_server

from tests.browser.installation import installed
from tests.browser.memory import INTERPRETED, Sample, history_length, pushed, slope
from tests.fixtures.browser import missing, start
from tests.fixtures.running import eventually

UPDATES = 2000
MOST = 500  # bytes per update

# It would count from nothing if the hour at which a wall loads itself anew passed meanwhile.
_STAYS = "window.opsLive.reload = () => {}"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser of this module's own, that compiles nothing into the heap."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    driver = start(str(tmp_path_factory.mktemp("profile")), INTERPRETED)
    yield driver
    driver.quit()


@dataclass(frozen=True)
class Old:
    """A wall that has seen its updates: the samples of the last half, and Dash's undo before.

    `pushing`: pushes what is left of them.
    """

    page: webdriver.Chrome
    before: int | None
    samples: list[Sample]
    pushing: Iterator[Sample]


@pytest.fixture(scope="module")
def worn(
    chromium: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Old]:
    """Half of the updates: a slow machine takes minutes for each half, and each test has ten."""
    home: Path = tmp_path_factory.mktemp("lasting")
    with installed(home) as installation:
        chromium.get(f"{installation.wall}?scenes=overview")
        eventually(lambda: chromium.execute_script("return window.opsLive?.applied > 0"))
        chromium.execute_script(_STAYS)
        before = history_length(chromium)
        pushing = pushed(chromium, UPDATES // 2, warm=UPDATES // 2)
        yield Old(chromium, before, [next(pushing)], pushing)
        chromium.get("about:blank")


@pytest.fixture(scope="module")
def old(worn: Old) -> Old:
    """The other half."""
    return replace(worn, samples=[*worn.samples, *worn.pushing])


def test_a_thousand_updates_leave_nothing_to_undo(worn: Old) -> None:
    assert worn.page.execute_script("return window.opsLive.applied") > UPDATES // 2
    assert (worn.before, history_length(worn.page)) == (0, 0)


def test_two_thousand_updates_leave_no_trace_in_memory(old: Old) -> None:
    assert old.page.execute_script("return window.opsLive.applied") > UPDATES
    assert (old.before, history_length(old.page)) == (0, 0)
    assert slope(old.samples) < MOST, old.samples
    assert old.samples[-1].nodes < old.samples[0].nodes * 1.2
    assert old.page.execute_script("return document.querySelectorAll('.js-plotly-plot').length") > 0


def test_the_measure_sees_a_wall_that_keeps_something_of_each_update(old: Old) -> None:
    old.page.execute_script(
        """
        window.kept = [];
        let seen = 0;
        document.addEventListener("ops:props", () => {
          if (opsLive.applied === seen) return;
          seen = opsLive.applied;
          kept.push(new Array(2048).fill(seen));
        });
        """
    )
    samples = list(pushed(old.page, 120))
    assert slope(samples) > MOST, samples


@pytest.fixture
def leaking() -> Iterator[str]:
    """The address of a page that does what a wall must not: a value that is a callback's Input."""
    app = Dash("leaking", pages_folder="", use_pages=False, add_log_handler=False)
    app.layout = html.Div([dcc.Store(id="given"), html.Div(id="shown")])
    app.clientside_callback(
        "(given) => String(given)", Output("shown", "children"), Input("given", "data")
    )
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_probe_sees_a_page_that_does_leak(leaking: str, chromium: webdriver.Chrome) -> None:
    chromium.get(leaking)
    eventually(lambda: chromium.execute_script("return !!document.getElementById('shown')"))
    for number in range(20):
        chromium.execute_script("dash_clientside.set_props('given', {data: arguments[0]})", number)
    eventually(lambda: (history_length(chromium) or 0) >= 20)
    chromium.get("about:blank")
