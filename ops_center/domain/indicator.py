"""An indicator's target: each hub's part of it, and how far from its plan a value is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

State = Literal["good", "watch", "bad", "none"]

Why = Literal["slower", "less_ahead", "faster", "more_ahead"]

NEAR = 0.1
"""A value that misses its plan by at most this part of the plan is only to be watched."""


def split_target(target: float, weights: Mapping[str, float | None]) -> dict[str, float]:
    """The target in parts that follow the weights and add up to it exactly, by largest remainder.

    Parts are whole when the target is whole, else they have as many decimals as it has. Of equal
    remainders the heavier goes first, then the key that sorts first. A weight that is unknown gets
    no part; if none is known, or all are 0, the parts are equal.
    """
    known = {key: Decimal(str(weight)) for key, weight in weights.items() if weight is not None}
    if not any(known.values()):
        known = dict.fromkeys(weights, Decimal(1))
    if not known:
        return {}
    whole = Decimal(str(target))
    step = Decimal(1).scaleb(min(0, int(whole.normalize().as_tuple().exponent)))
    units, total = abs(whole) / step, sum(known.values())
    exact = {key: units * weight / total for key, weight in known.items()}
    parts = {key: share.to_integral_value(ROUND_FLOOR) for key, share in exact.items()}
    left = int(units - sum(parts.values()))
    order = sorted(known, key=lambda key: (parts[key] - exact[key], -known[key], key))
    for key in order[:left]:
        parts[key] += 1
    sign = -1 if whole < 0 else 1
    return {key: float(sign * part * step) for key, part in parts.items()}


def gap_of(now: float, plan: float, lower_is_better: bool) -> float:
    """How far `now` is from what the plan asks for; positive is good."""
    return plan - now if lower_is_better else now - plan


def state_of(
    now: float | None, plan: float | None, yesterday: float | None, lower_is_better: bool
) -> State:
    """Whether `now` keeps the plan of today, nearly does, or does not.

    `yesterday`: the plan as of the last finished day. Who keeps that is not "bad" before today is
    over.
    """
    if now is None or plan is None:
        return "none"
    gap = gap_of(now, plan, lower_is_better)
    if gap >= 0:
        return "good"
    if gap >= -NEAR * abs(plan):
        return "watch"
    kept = yesterday is not None and gap_of(now, yesterday, lower_is_better) >= 0
    return "watch" if kept else "bad"


def why_they_differ(
    state: State,
    shortfall: float | None,
    lately: float | None,
    needed: float | None,
    lower_is_better: bool,
) -> Why | None:
    """Why the plan of now and the forecast of the end say different things; None where they agree.

    On plan and yet heading for a shortfall: what was done lately is "slower" than what is needed,
    else there is "less_ahead" than lately. Behind and yet heading for the target: "faster", or
    "more_ahead".
    """
    if state == "none" or shortfall is None or (state == "good") != (shortfall > 0):
        return None
    if lately is None or needed is None:
        return "less_ahead" if shortfall > 0 else "more_ahead"
    enough = lately <= needed if lower_is_better else lately >= needed
    if shortfall > 0:
        return "less_ahead" if enough else "slower"
    return "faster" if enough else "more_ahead"


def shares_of_shortfall(gaps: Sequence[float | None]) -> list[float | None]:
    """The part of each in what those behind lack together: 0 for one that is not behind."""
    behind = sum(-gap for gap in gaps if gap is not None and gap < 0)
    return [None if gap is None else -gap / behind if gap < 0 else 0.0 for gap in gaps]
