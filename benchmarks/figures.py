"""A measured figure, and the table that figures are printed in."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Figure:
    """One measured value; `limit` is what it must not exceed, `least` what it must reach."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    least: float | None = None

    @property
    def verdict(self) -> str:
        """"ok" or "MISSED" for a figure with a target, else nothing."""
        if self.limit is None and self.least is None:
            return ""
        fits = (self.limit is None or self.value <= self.limit) and (
            self.least is None or self.value >= self.least
        )
        return "ok" if fits else "MISSED"

    @property
    def target(self) -> str:
        if self.limit is not None and self.least is not None:
            return f"{_short(self.least)} to {_short(self.limit)}"
        if self.limit is not None:
            return f"≤ {_short(self.limit)}"
        return f"≥ {_short(self.least)}" if self.least is not None else ""


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table, readable as it stands."""
    rows = [("What", "Measured", "Unit", "Target", "")]
    rows += [(f.what, _short(f.value), f.unit, f.target, f.verdict) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def machine() -> str:
    """The machine and the versions that the figures come from."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo")), 0) / 1024**2
    return (
        f"{os.cpu_count()} × {model}, {memory:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


TOP = "# Measured\n\nWritten by `make bench` and `make soak`."


def keep(title: str, figures: Sequence[Figure], notes: str, page: Path = RESULTS) -> None:
    """Write this section of the page anew; the others stay."""
    written = page.read_text("utf-8") if page.exists() else TOP
    top, kept = written.partition("\n## ")[0].strip(), _sections(written)
    load = f"Load average at the end {os.getloadavg()[1]:.1f}: above the cores, trust ratios only."
    head = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}. {load} {notes}"
    kept[title] = f"{head}\n\n{table(figures)}"
    body = "\n\n".join(f"## {name}\n\n{text}" for name, text in kept.items())
    page.write_text(f"{top}\n\n{body}\n", "utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = text.split("\n## ")[1:]
    return {part.split("\n")[0]: part.partition("\n")[2].strip() for part in parts}
