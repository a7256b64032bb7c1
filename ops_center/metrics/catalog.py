"""Every metric, declared once: a formula over measures and states, with unit and thresholds.

The words (name, short name, description in three languages) are in locale/<language>/metrics.toml
under the metric's name; docs/metrics.md is generated from here. A new metric over existing
measures is one entry in METRICS and its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ops_center.metrics.measures import MEASURES, NEAR, STATES

__all__ = ["ATOMS", "MEASURES", "METRICS", "STATES", "Formula", "Metric", "formula"]

Kind = Literal["amount", "ratio", "mean", "percentile", "distinct"]
Unit = Literal["dossiers", "ratio", "minutes", "points", "services", "hubs"]
Direction = Literal["up", "down"]

Formula = Mapping[str, int]
"""Measures, states and "carried", each with the sign it is added with."""

ATOMS: frozenset[str] = frozenset(
    {measure.name for measure in MEASURES}
    | {state.name for state in STATES}
    | {"carried", *NEAR}
)
"""What a formula may name, other metrics of kind "amount" apart."""


@dataclass(frozen=True)
class Metric:
    """A number of the ward.

    amount: the dossiers of `top`. ratio: `top` / `bottom`. mean: the sum `top` over the dossiers
    `bottom`. percentile: nearest rank `share` on half-hour bins of the dossiers `bottom`.
    distinct: how many of `key` have a `top` above 0.
    `target` is reached, `watch` is the border between "watch" and "bad", both in the unit.
    """

    name: str
    kind: Kind
    top: str
    bottom: str = ""
    unit: Unit = "dossiers"
    better: Direction | None = None
    target: float | None = None
    watch: float | None = None
    share: float | None = None
    key: str = ""
    source: str = ""


def _amount(name: str, top: str = "", better: Direction | None = None, source: str = "") -> Metric:
    return Metric(name, "amount", top or name, better=better, source=source)


def _ratio(
    name: str,
    top: str,
    bottom: str,
    better: Direction,
    target: float | None = None,
    watch: float | None = None,
    source: str = "",
) -> Metric:
    return Metric(name, "ratio", top, bottom, "ratio", better, target, watch, source=source)


_GRID = "QĐ 766/QĐ-TTg (2022), NĐ 61/2018/NĐ-CP"
_TARGETS = "CV 4173/UBND-ĐMPT, 21/07/2025"
_SCORES = "QĐ 766/QĐ-TTg (2022)"

_ALL: tuple[Metric, ...] = (
    # the official grid
    _amount("carried", source=_GRID),
    _amount("received", source=_GRID),
    _amount("in_person", "received - online - post", source=_GRID),
    _amount("online", source=_GRID),
    _amount("end_to_end"),
    _amount("post", source=_GRID),
    _amount("to_process", "carried + received", source=_GRID),
    _amount("done", "early + on_time + late + no_due", source=_GRID),
    _amount("early", better="up", source=_GRID),
    _amount("on_time", better="up", source=_GRID),
    _amount("late", better="down", source=_GRID),
    _amount("no_due"),
    _amount("stopped"),
    _amount("withdrawn"),
    _amount("in_process", "within_due + overdue + open_no_due", source=_GRID),
    _amount("within_due", "open - overdue - suspended - open_no_due", source=_GRID),
    _amount("overdue", better="down", source=_GRID),
    _amount("open_no_due"),
    _amount("suspended", source=_GRID),
    # what waits, and where
    _amount("open"),
    _amount("due_soon", better="down"),
    _amount("due_today"),
    _amount("submitted"),
    _amount("refused", better="down"),
    _amount("waiting_reception", better="down"),
    _amount("awaiting_return", better="down"),
    # timeliness
    _ratio(
        "on_time_rate", "early + on_time", "early + on_time + late", "up", 1.0, 0.9, _TARGETS
    ),
    _ratio("late_share", "late + overdue", "to_process", "down", 0.0, 0.05, _GRID),
    _ratio(
        "progress_766",
        "early + on_time + within_due",
        "to_process - suspended - stopped - withdrawn",
        "up", 1.0, 0.9, _SCORES,
    ),
    Metric("mean_time", "mean", "worked_minutes", "timed", "minutes", "down"),
    Metric("median_time", "percentile", "", "timed", "minutes", "down", share=0.5),
    Metric("p90_time", "percentile", "", "timed", "minutes", "down", share=0.9),
    # digital
    _ratio("online_share", "online", "received", "up", 0.6, 0.45, _TARGETS),
    _ratio("end_to_end_share", "end_to_end", "online", "up", 0.2, 0.15, _TARGETS),
    _ratio("cashless_share", "paid_online", "with_fee", "up", 0.6, 0.45),
    _ratio("e_result_share", "result_electronic", "result_qualifying", "up", 1.0, 0.8, _TARGETS),
    _ratio("digitised_share", "digitised", "digitisable", "up", 0.8, 0.6, _SCORES),
    _ratio("reused_share", "reused", "reusable", "up", 0.5, 0.35),
    _ratio("population_share", "population_used", "population_qualifying", "up", source=_SCORES),
    Metric("services_used", "distinct", "received", unit="services", better="up",
           key="procedure", source=_SCORES),
    Metric("hubs_heard", "distinct", "received", unit="hubs", better="up", key="hub"),
    # people
    _ratio("satisfaction", "done - complained_or_late", "done", "up", 0.9, 0.8, _SCORES),
    _ratio("satisfied_share", "satisfied", "rated", "up", 0.9, 0.8),
    Metric("rating", "mean", "rating_sum", "rated", "points", "up", 4.5, 4.0),
)  # fmt: skip

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}


@cache
def formula(spelled: str) -> Formula:
    """``early + on_time - late`` as signed atoms; a metric of kind "amount" stands for its own.

    ValueError for a word that is neither. An atom that cancels out is not there. The answer is
    remembered: read it only.
    """
    signed: dict[str, int] = {}
    sign = 1
    for word in spelled.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
            continue
        for atom, inner in _expanded(word).items():
            signed[atom] = signed.get(atom, 0) + sign * inner
    return {atom: total for atom, total in signed.items() if total}


def _expanded(word: str) -> Formula:
    if word in ATOMS:
        return {word: 1}
    if word not in METRICS or METRICS[word].kind != "amount":
        raise ValueError(f"{word} is no measure, no state and no amount")
    return formula(METRICS[word].top)


def atoms(metric: Metric) -> set[str]:
    """The measures and states that the metric is made of."""
    return set(formula(metric.top)) | set(formula(metric.bottom))
