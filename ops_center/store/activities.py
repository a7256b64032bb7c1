"""What the community teams report: so much of a topic, at a hub, on a day; the past is kept.

A row that says 0 is a report; no row is none. Amounts count at the hub into which theirs merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    cast,
    func,
    insert,
    select,
    union,
    update,
)

from ops_center.store.campaign_tables import activity_past, support_activity, topic
from ops_center.store.hubs import hub_moves
from ops_center.store.rows import Kept, given, keep
from ops_center.store.tables import hub_cell

ByTopic = Mapping[str, Mapping[str, Mapping[date, int]]]
"""topic id → hub id → day → amount; what nobody reported is absent."""


@dataclass(frozen=True)
class Topic:
    """Something teams help residents with; its sums are in `unit`."""

    id: str
    name: str
    name_en: str | None = None
    name_ar: str | None = None
    unit: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True)
class Activity:
    """A report. `reported_at` None: now, by the database's clock."""

    hub_id: str
    day: date
    topic_id: str
    amount: int
    team: str = ""
    reported_by: str = ""
    reported_at: datetime | None = None
    source_id: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Past:
    """What a report said until `replaced_at`, when it was corrected or deleted."""

    activity_id: str
    hub_id: str
    day: date
    topic_id: str
    team: str
    amount: int
    reported_by: str
    reported_at: datetime
    replaced_at: datetime


def list_topics(connection: Connection) -> list[Topic]:
    """All topics in their order, inactive ones too."""
    rows = connection.execute(select(topic).order_by(topic.c.position, topic.c.id))
    return [Topic(**row._mapping) for row in rows]


def add_topic(connection: Connection, new: Topic) -> Kept:
    """Add the topic, or change the one of that id to be like it."""
    values = {name: getattr(new, name) for name in _TOPIC}
    return keep(connection, topic, {"id": new.id}, values)


_TOPIC = ("name", "name_en", "name_ar", "unit", "position", "active")


def add_activity(connection: Connection, ward_id: str, new: Activity) -> Kept:
    """Add the report, or correct the one of that hub, day, topic and team.

    One that says the same already stays untouched, with the time at which it was said.
    """
    c = support_activity.c
    this = and_(
        c.ward_id == ward_id, c.hub_id == new.hub_id, c.day == new.day,
        c.topic_id == new.topic_id, c.team == new.team,
    )  # fmt: skip
    said = {"amount": new.amount, "reported_by": new.reported_by}
    told = said | given(reported_at=new.reported_at, source_id=new.source_id)
    known = connection.execute(select(c.amount, c.reported_by).where(this)).first()
    if known is None:
        key = {"ward_id": ward_id, "hub_id": new.hub_id, "day": new.day}
        key |= {"topic_id": new.topic_id, "team": new.team}
        connection.execute(insert(support_activity).values(**key, **told, **given(id=new.id)))
        return "added"
    if tuple(known) == (new.amount, new.reported_by):
        return "unchanged"
    connection.execute(update(support_activity).where(this).values(**told))
    return "changed"


def list_activities(
    connection: Connection,
    ward_id: str,
    first: date,
    last: date,
    topics: Collection[str] | None = None,
    hub_ids: Collection[str] | None = None,
) -> list[Activity]:
    """The reports of the days [first, last), by day, hub, topic and team; None stands for all.

    `hub_ids` are those after all mergers; a report itself says where it was made.
    """
    c = support_activity.c
    asked = [c.ward_id == ward_id, c.day >= first, c.day < last]
    if topics is not None:
        asked.append(c.topic_id.in_(sorted(topics)))
    if hub_ids is not None:
        moves = hub_moves(connection, ward_id)
        asked.append(c.hub_id.in_(sorted(one for one in moves if moves[one] in hub_ids)))
    columns = [one for one in c if one.name != "ward_id"]
    order = (c.day, c.hub_id, c.topic_id, c.team)
    rows = connection.execute(select(*columns).where(*asked).order_by(*order))
    return [Activity(**row._mapping) for row in rows]


def list_past(connection: Connection, ward_id: str, first: date, last: date) -> list[Past]:
    """What was corrected or deleted of the days [first, last), the latest correction first."""
    c = activity_past.c
    columns = [one for one in c if one.name not in ("ward_id", "id")]
    rows = connection.execute(
        select(*columns)
        .where(c.ward_id == ward_id, c.day >= first, c.day < last, _settled())
        .order_by(c.replaced_at.desc(), c.activity_id)
    )
    return [Past(**row._mapping) for row in rows]


def _settled() -> ColumnElement[bool]:
    """Not one that SQLite's trigger keeps while an INSERT is under way."""
    return ~activity_past.c.id.startswith("replaced ")


def activity_sums(
    connection: Connection, ward_id: str, topics: Collection[str], first: date, last: date
) -> ByTopic:
    """What was reported on these topics on the days [first, last), all teams together."""
    if not topics or first >= last:
        return {}
    c = support_activity.c
    total = cast(func.sum(c.amount), BigInteger)
    rows = connection.execute(
        select(c.topic_id, c.hub_id, c.day, total)
        .where(c.ward_id == ward_id, c.topic_id.in_(sorted(topics)), c.day >= first, c.day < last)
        .group_by(c.topic_id, c.hub_id, c.day)
    ).all()
    moves = hub_moves(connection, ward_id) if rows else {}
    found: dict[str, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    for topic_id, hub_id, day, amount in rows:
        days = found[topic_id][moves.get(hub_id, hub_id)]
        days[day] = days.get(day, 0) + amount
    return found


def last_reports(
    connection: Connection, ward_id: str, since: datetime, before: datetime
) -> dict[str, datetime]:
    """Hub id → when it last reported within [since, before), whatever day the report is about."""
    c = support_activity.c
    rows = connection.execute(
        select(c.hub_id, func.max(c.reported_at))
        .where(c.ward_id == ward_id, c.reported_at >= since, c.reported_at < before)
        .group_by(c.hub_id)
    ).all()
    moves = hub_moves(connection, ward_id) if rows else {}
    found: dict[str, datetime] = {}
    for hub_id, at in rows:
        here = moves.get(hub_id, hub_id)
        found[here] = max(at, found.get(here, at))
    return found


def told_days(
    connection: Connection, ward_id: str, first: date, last: date
) -> Mapping[str, Collection[date]]:
    """Hub id → the days of [first, last) of which a team reported there, whatever the topic."""
    c = support_activity.c
    rows = connection.execute(
        select(c.hub_id, c.day).distinct()
        .where(c.ward_id == ward_id, c.day >= first, c.day < last)
    ).all()  # fmt: skip
    moves = hub_moves(connection, ward_id) if rows else {}
    found: dict[str, set[date]] = defaultdict(set)
    for hub_id, day in rows:
        found[moves.get(hub_id, hub_id)].add(day)
    return found


_EVENTS = (
    "submitted", "accepted", "received", "early", "on_time", "late", "no_due", "stopped",
    "withdrawn", "processed", "returned",
)  # fmt: skip


def heard_days(
    connection: Connection, ward_id: str, first: date, last: date
) -> Mapping[str, Collection[date]]:
    """Hub id → the days of [first, last) on which anything happened there: a dossier, a report.

    That a dossier became overdue is no sign of life.
    """
    if first >= last:
        return {}
    here, c = support_activity.c, hub_cell.c
    happened: Any = reduce(add, (c[name] for name in _EVENTS))
    rows = connection.execute(
        union(
            select(c.hub_id, c.day).where(
                c.ward_id == ward_id, c.day >= first, c.day < last, happened > 0
            ),
            select(here.hub_id, here.day).where(
                here.ward_id == ward_id, here.day >= first, here.day < last
            ),
        )
    ).all()
    moves = hub_moves(connection, ward_id) if rows else {}
    found: dict[str, set[date]] = defaultdict(set)
    for hub_id, day in rows:
        found[moves.get(hub_id, hub_id)].add(day)
    return found
