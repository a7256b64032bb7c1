"""What an indicator asks for: of the ward, of each hub, and by the end of each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ops_center.domain.campaign import plan_curve
from ops_center.domain.indicator import split_target
from ops_center.metrics.ground import DAY, Ground
from ops_center.metrics.indicator import adds_up
from ops_center.store.indicators import Indicator


@dataclass(frozen=True)
class Way:
    """What the plan asks for: `start` on the eve, `days` by the end of each; () without target."""

    start: float = 0.0
    days: tuple[float, ...] = ()


def hub_goals(ground: Ground, indicator: Indicator) -> Mapping[str, float]:
    """What each hub should have by the last day; hubs without a target are absent.

    What adds up is shared among the hubs that count; a share of something is asked of each alike.
    Targets of single hubs hold where the indicator says that they are given.
    """
    key = indicator.id or ""
    if key not in ground.goals:
        ground.goals[key] = _hub_goals(ground, indicator)
    return ground.goals[key]


def _hub_goals(ground: Ground, indicator: Indicator) -> Mapping[str, float]:
    given = ground.given.get(indicator.id or "", {}) if indicator.split == "given" else {}
    if not adds_up(indicator):
        alike = {} if indicator.target is None else dict.fromkeys(_ids(ground), indicator.target)
        return {**alike, **given}
    if indicator.split == "given":
        total: dict[str, float] = defaultdict(float)
        for hub_id, target in given.items():
            total[ground.moves.get(hub_id, hub_id)] += target
        return total
    if indicator.split == "none" or indicator.target is None:
        return {}
    return split_target(indicator.target, _weights(ground, indicator))


def _ids(ground: Ground) -> list[str]:
    return [hub.id for hub in ground.counting if hub.id is not None]


def _weights(ground: Ground, indicator: Indicator) -> dict[str, float | None]:
    return {
        hub.id: 1 if indicator.split == "equal" else getattr(hub, indicator.split)
        for hub in ground.counting
        if hub.id is not None
    }


def goal(ground: Ground, indicator: Indicator, hubs: Sequence[str] | None) -> float | None:
    """The target of these hubs together; None for all is the ward's own."""
    goals = hub_goals(ground, indicator)
    if not adds_up(indicator):
        one = hubs is not None and len(hubs) == 1
        return goals.get(hubs[0], indicator.target) if hubs and one else indicator.target
    if hubs is None and indicator.target is not None:
        return indicator.target
    known = [goals[hub_id] for hub_id in (goals if hubs is None else hubs) if hub_id in goals]
    return sum(known) if known else None


def way(ground: Ground, indicator: Indicator, hubs: Sequence[str] | None) -> Way:
    """What the plan asks for on the eve and by the end of each day of the campaign.

    A count rises from nothing, a level goes from where it stood, a share is asked for at once.
    A hub that is new has its own days only; several hubs are asked for what each of them is.
    """
    target = goal(ground, indicator, hubs)
    if target is None:
        return Way()
    if hubs is None or not adds_up(indicator) or len(hubs) == 0:
        return _curve(ground, indicator, hubs, target, ground.campaign.starts_on)
    goals = hub_goals(ground, indicator)
    ways = [
        _curve(ground, indicator, (hub_id,), goals[hub_id], ground.begins(hub_id))
        for hub_id in hubs
        if hub_id in goals
    ]
    days = tuple(sum(day) for day in zip(*(one.days for one in ways), strict=True))
    return Way(sum(one.start for one in ways), days)


def _curve(
    ground: Ground, indicator: Indicator, hubs: Sequence[str] | None, target: float, begins: date
) -> Way:
    whole = indicator.target
    scale = target / whole if whole and adds_up(indicator) else 1.0
    stops = [(day, value * scale) for day, value in ground.milestones_of(indicator)]
    start = _start(ground, indicator, hubs, target, stops)
    days = [day for day in ground.days if day >= begins]
    rise = plan_curve(
        days,
        target - start,
        kind=indicator.plan,
        is_working=ground.calendar.is_working,
        milestones=[(day, value - start) for day, value in stops],
    )
    ahead = (start,) * (len(ground.days) - len(days))
    return Way(start, ahead + tuple(start + value for value in rise))


def _start(
    ground: Ground, indicator: Indicator, hubs: Sequence[str] | None, target: float,
    stops: Sequence[tuple[date, float]],
) -> float:  # fmt: skip
    if indicator.kind == "count":
        return 0.0
    if indicator.kind == "ratio":
        return stops[0][1] if indicator.plan == "milestones" and stops else target
    stood = stood_at(ground, indicator, hubs)
    return target if stood is None else stood


def stood_at(ground: Ground, indicator: Indicator, hubs: Sequence[str] | None) -> float | None:
    """Where a level stood the day before the campaign, or where it was first seen in it.

    What teams report is first seen hub by hub.
    """
    days = [ground.campaign.starts_on - DAY, *ground.days]
    if indicator.metric is not None:
        return _first(ground.parts.standing(indicator, days, hubs))
    everywhere = sorted(ground.parts.hubs(indicator))
    each = [
        _first(ground.parts.standing(indicator, days, (hub_id,)))
        for hub_id in (everywhere if hubs is None else hubs)
    ]
    known = [one for one in each if one is not None]
    return sum(known) if known else None


def _first(values: Sequence[float | None]) -> float | None:
    return next((one for one in values if one is not None), None)
