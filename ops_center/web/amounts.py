"""A metric's value as the reader's language writes it, with its unit."""

from __future__ import annotations

from ops_center import i18n
from ops_center.metrics.catalog import Metric

DAY = 480  # working minutes that are called a day


def shown(metric: Metric, value: float | None, language: str) -> str:
    """`91,4%`, `1.234`, `2 ngày 3 giờ`, `4,3`; "–" for no value."""
    if value is None:
        return i18n.MISSING
    if metric.unit == "ratio":
        return i18n.percent(value, language, 0 if round(value * 1000) % 10 == 0 else 1)
    if metric.unit == "minutes":
        return i18n.duration(value, language, day_minutes=DAY)
    return i18n.number(value, language, 1 if metric.unit == "points" else 0)


def gap(metric: Metric, value: float | None, against: float | None, language: str) -> str:
    """How far `value` is from `against`, signed: percentage points for a ratio; "" without."""
    if value is None or against is None:
        return ""
    if metric.unit == "ratio":
        return i18n.points((value - against) * 100, language)
    if metric.unit == "minutes":
        return i18n.points((value - against) / 60, language)
    return i18n.points(value - against, language, 1 if metric.unit == "points" else 0)
