"""What a wall loads: the first time, again, and per update, as a real browser counts it."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from selenium import webdriver

from benchmarks.figures import Figure
from tests.fixtures.browser import missing, start


def measure_weight(port: int) -> Iterator[Figure]:
    """Compressed bytes over the wire."""
    reason = missing()
    if reason is not None:
        print(f"  page weight is not measured: {reason}")
        return
    with tempfile.TemporaryDirectory(prefix="ops-center-", ignore_cleanup_errors=True) as home:
        driver = start(home)
        try:
            yield from _measure(driver, f"http://127.0.0.1:{port}/wall")
        finally:
            driver.quit()


def _measure(driver: webdriver.Chrome, address: str) -> Iterator[Figure]:
    driver.execute_cdp_cmd("Network.enable", {})
    for what, limit in (("first load", 2.3), ("reload", 0.1)):
        loaded(driver)
        driver.get(address)
        shown = _until_shown(driver)
        yield Figure(f"wall, {what}", loaded(driver) / 1e6, "MB", limit=limit)
        yield Figure(f"wall, {what}: until drawn", shown, "s")


def _until_shown(driver: webdriver.Chrome) -> float:
    begun = time.perf_counter()
    while not driver.execute_script("return document.querySelectorAll('.js-plotly-plot').length"):
        assert time.perf_counter() - begun < 60, "the wall drew no chart"
        time.sleep(0.05)
    taken = time.perf_counter() - begun
    time.sleep(3)  # what is still being loaded
    return taken


def loaded(driver: webdriver.Chrome) -> int:
    """Bytes over the wire since the log was last read; what came from the cache weighs nothing."""
    total = 0
    for entry in driver.get_log("performance"):
        message: dict[str, Any] = json.loads(entry["message"])["message"]
        if message["method"] == "Network.loadingFinished":
            total += int(message["params"]["encodedDataLength"])
    return total
