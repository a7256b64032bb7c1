"""Pushes updates to an open wall as fast as it takes them, and watches its memory.

The page's own way is used from the reply on: only `fetch` is replaced, by one that answers from
the last real body with some values changed.

The browser must run with `INTERPRETED`: what it compiles lies in the same heap as what the page
keeps, grows over thousands of updates, and is not what is looked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

from selenium import webdriver

INTERPRETED = "--js-flags=--no-opt --no-maglev --no-sparkplug"
"""Chromium's flag for JavaScript without machine code."""

SAMPLES = 12
COLLECTIONS, APART = 2, 0.25  # how often the heap is collected for a sample, and seconds between
_AT_ONCE = 100  # updates pushed in one script, so that it ends in time on a slow machine

_PUSH = """
const [count, done] = [arguments[0], arguments[arguments.length - 1]];
(async () => {
  const scene = window.opsLive.scene;
  if (!window.realBody) {
    const page = document.querySelector("[data-live]").dataset;
    const reply = await window.fetch(page.live + scene + "?lang=" + page.language);
    window.realHeaders = [...reply.headers];
    window.realBody = await reply.json();
    window.pushed = 0;
    window.fetch = async () => answer();
  }
  for (let i = 0; i < count; i++) {
    await window.opsLive.show(scene);
    await new Promise((resolve) => setTimeout(resolve)); // else the next waits for the pace
  }
  done(window.opsLive.applied);
})().catch((error) => done(String(error)));

function answer() {
  const n = ++window.pushed;
  const names = Object.keys(window.realBody.props);
  const props = {};
  for (let i = 0; i < 3; i++) {
    const name = names[(n * 3 + i) % names.length];
    props[name] = varied(window.realBody.props[name], n);
  }
  const headers = new Headers(window.realHeaders);
  headers.delete("content-encoding");
  headers.set("ETag", '"' + n + '"');
  return new Response(JSON.stringify({ ...window.realBody, props }), { headers });
}

/* Other numbers, and other digits in what is written; never other names. */
function varied(value, n, name) {
  if (typeof value === "number") return Number.isInteger(value) ? value + (n % 7) : value;
  if (typeof value === "string" && name === "children")
    return value.replace(/[0-9]/g, (digit) => (+digit + n) % 10);
  if (Array.isArray(value)) return value.map((one) => varied(one, n, name));
  if (value && typeof value === "object" && !value.bdata)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, varied(v, n, k)]));
  return value;
}
"""

_STORE = """
const root = document.getElementById("react-entry-point");
const key = Object.keys(root).find((name) => name.startsWith("__reactContainer$"));
const found = [];
(function search(fiber) {
  for (; fiber && !found.length; fiber = fiber.sibling) {
    const store = fiber.memoizedProps && fiber.memoizedProps.store;
    if (store && store.getState) found.push(store);
    else search(fiber.child);
  }
})(root[key].child || root[key].stateNode.current.child);
return found.length ? found[0].getState().history.past.length : null;
"""


@dataclass(frozen=True)
class Sample:
    """After so many updates: bytes of the JavaScript heap after a collection, and DOM nodes."""

    updates: int
    heap: float
    nodes: float


def history_length(driver: webdriver.Chrome) -> int | None:
    """How many changes Dash keeps for its undo; None when its store can't be found."""
    found: int | None = driver.execute_script(_STORE)
    return found


def pushed(driver: webdriver.Chrome, updates: int, warm: int = 0) -> Iterator[Sample]:
    """Push `warm` updates, then `updates` more; a sample before the latter and 12 during them."""
    driver.execute_cdp_cmd("Performance.enable", {})
    for done in range(0, warm, _AT_ONCE):
        _push(driver, min(_AT_ONCE, warm - done))
    yield _sample(driver, warm)
    each = updates // SAMPLES
    for done in range(each, updates + 1, each):
        _push(driver, each)
        yield _sample(driver, warm + done)


def _push(driver: webdriver.Chrome, count: int) -> None:
    applied = driver.execute_async_script(_PUSH, count)
    assert isinstance(applied, int), applied


def _sample(driver: webdriver.Chrome, updates: int) -> Sample:
    """The least of a few collections: numbers still roll and rings still fade at the first."""
    heaps = []
    for _ in range(COLLECTIONS):
        time.sleep(APART)
        driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        used: dict[str, Any] = driver.execute_cdp_cmd("Runtime.getHeapUsage", {})
        heaps.append(float(used["usedSize"]))
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    nodes = next(one["value"] for one in metrics if one["name"] == "Nodes")
    return Sample(updates, min(heaps), float(nodes))


def slope(samples: Sequence[Sample]) -> float:
    """Bytes per update: the median over all pairs of samples (Theil–Sen), so that one sample
    taken at a bad moment does not decide."""
    return median(
        (later.heap - earlier.heap) / (later.updates - earlier.updates)
        for earlier, later in combinations(samples, 2)
    )
