"""What a campaign is measured by, the hubs' own targets, and the milestones on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, delete, select

from ops_center.store.campaign_tables import hub_target, indicator, milestone
from ops_center.store.rows import Kept, given, keep

Kind = Literal["count", "ratio", "level"]
Split = Literal["none", "population", "households", "equal", "given"]
Plan = Literal["straight", "working_days", "milestones"]


@dataclass(frozen=True)
class Indicator:
    """A number that a campaign wants to move: a `metric` of the catalogue, or what the teams
    report on `topic_id` (a ratio: over `base_topic_id`).

    `target`: for the ward on the last day; `split`: how the hubs share it; `plan`: the way there.
    `id` None lets the database choose one.
    """

    campaign_id: str
    code: str
    name: str
    kind: Kind
    id: str | None = None
    name_en: str | None = None
    name_ar: str | None = None
    position: int = 0
    metric: str | None = None
    topic_id: str | None = None
    base_topic_id: str | None = None
    unit: str = ""
    lower_is_better: bool = False
    target: float | None = None
    split: Split = "none"
    plan: Plan = "straight"
    weight: float = 1.0

    def words(self, language: str) -> str:
        """Its name in that language, else in Vietnamese."""
        return {"en": self.name_en, "ar": self.name_ar}.get(language) or self.name


@dataclass(frozen=True)
class Milestone:
    """A day that counts. `indicator_id` None: of the campaign as a whole.

    `value`: what the indicator should have reached by the end of that day.
    """

    campaign_id: str
    day: date
    name: str = ""
    id: str | None = None
    indicator_id: str | None = None
    value: float | None = None


def list_indicators(connection: Connection, ward_id: str, campaign_id: str) -> list[Indicator]:
    """All indicators of the campaign, in the order it gives them."""
    columns = [one for one in indicator.c if one.name != "ward_id"]
    rows = connection.execute(
        select(*columns)
        .where(indicator.c.ward_id == ward_id, indicator.c.campaign_id == campaign_id)
        .order_by(indicator.c.position, indicator.c.code)
    )
    return [Indicator(**row._mapping) for row in rows]


def add_indicator(connection: Connection, ward_id: str, new: Indicator) -> Kept:
    """Add the indicator, or change the campaign's one of that code to be like it."""
    key = {"ward_id": ward_id, "campaign_id": new.campaign_id, "code": new.code}
    values = {name: getattr(new, name) for name in _CHANGEABLE}
    known = select(indicator.c.id).filter_by(**key)
    if connection.execute(known).first() is None:
        values |= given(id=new.id)
    return keep(connection, indicator, key, values)


_CHANGEABLE = (
    "name", "name_en", "name_ar", "position", "kind", "metric", "topic_id", "base_topic_id",
    "unit", "lower_is_better", "target", "split", "plan", "weight",
)  # fmt: skip


def hub_targets(
    connection: Connection, ward_id: str, campaign_id: str
) -> Mapping[str, Mapping[str, float]]:
    """What was set for single hubs: indicator id → hub id → target."""
    rows = connection.execute(
        select(hub_target.c.indicator_id, hub_target.c.hub_id, hub_target.c.target)
        .join(
            indicator,
            (indicator.c.ward_id == hub_target.c.ward_id)
            & (indicator.c.id == hub_target.c.indicator_id),
        )
        .where(hub_target.c.ward_id == ward_id, indicator.c.campaign_id == campaign_id)
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for indicator_id, hub_id, target in rows:
        found[indicator_id][hub_id] = target
    return found


def set_hub_target(
    connection: Connection, ward_id: str, indicator_id: str, hub_id: str, target: float | None
) -> Kept:
    """From now on the hub has that target of the indicator; None takes it away."""
    key = {"ward_id": ward_id, "indicator_id": indicator_id, "hub_id": hub_id}
    if target is not None:
        return keep(connection, hub_target, key, {"target": target})
    gone = connection.execute(delete(hub_target).filter_by(**key).returning(hub_target.c.hub_id))
    return "unchanged" if gone.first() is None else "changed"


def list_milestones(connection: Connection, ward_id: str, campaign_id: str) -> list[Milestone]:
    """All milestones of the campaign and its indicators, by day."""
    columns = [one for one in milestone.c if one.name != "ward_id"]
    rows = connection.execute(
        select(*columns)
        .where(milestone.c.ward_id == ward_id, milestone.c.campaign_id == campaign_id)
        .order_by(milestone.c.day, milestone.c.name, milestone.c.id)
    )
    return [Milestone(**row._mapping) for row in rows]


def add_milestone(connection: Connection, ward_id: str, new: Milestone) -> Kept:
    """Add the milestone, or change the one of that indicator and day to be like it."""
    key = {
        "ward_id": ward_id,
        "campaign_id": new.campaign_id,
        "indicator_id": new.indicator_id,
        "day": new.day,
    }
    values: dict[str, object] = {"name": new.name, "value": new.value}
    if connection.execute(select(milestone.c.id).filter_by(**key)).first() is None:
        values |= given(id=new.id)
    return keep(connection, milestone, key, values)
