"""Ten thousand updates pushed to one wall: what stays in its memory."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from tests.browser.installation import installed
from tests.browser.memory import INTERPRETED, history_length, pushed, slope
from tests.fixtures.browser import missing, start
from tests.fixtures.running import eventually


def measure_soak(updates: int) -> Iterator[Figure]:
    """Heap after forced collections, the slope over the last half, and Dash's own history."""
    reason = missing()
    if reason is not None:
        raise SystemExit(reason)
    with (
        tempfile.TemporaryDirectory(prefix="ops-center-", ignore_cleanup_errors=True) as home,
        installed(Path(home) / "ward") as installation,
    ):
        driver = start(str(Path(home) / "profile"), INTERPRETED)
        try:
            driver.get(f"{installation.wall}?scenes=overview")
            eventually(lambda: driver.execute_script("return window.opsLive?.applied > 0"))
            begun = time.perf_counter()
            samples = list(pushed(driver, updates - updates // 2, warm=updates // 2))
            took = time.perf_counter() - begun
            yield Figure("heap after the first half", samples[0].heap / 1e6, "MB")
            yield Figure("heap at the end", samples[-1].heap / 1e6, "MB")
            yield Figure(
                "slope over the last half", slope(samples) / 1000, "kB per update", limit=0.5
            )
            yield Figure("DOM nodes at the end", samples[-1].nodes, "nodes")
            past = float(history_length(driver) or 0)
            yield Figure("entries in Dash's undo", past, "", limit=0)
            yield Figure("one update", took / updates * 1000, "ms")
        finally:
            driver.quit()
