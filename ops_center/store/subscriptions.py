"""Who gets the letter: which hubs, in which language, on which days and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from ops_center.i18n import Problem
from ops_center.store.instant import Instant
from ops_center.store.letter_tables import subscription, subscription_hub
from ops_center.store.rows import Kept
from ops_center.store.tables import person

SECTIONS = ("numbers", "overdue", "campaign", "hubs", "plan", "map")
"""What a subscription may name; in this order they stand in the letter."""

_KEY = ("ward_id", "person_id", "local_time")
_TIMES = ("days", "time_zone")  # a change of these begins anew: what was due before is not sent


@dataclass(frozen=True)
class Subscription:
    """One person's letter at one local time. `id`: empty until it is kept.

    `hub_ids`: none is the whole ward; `sections`: none is all of them; `days`, `local_time`: as
    `domain.slots` spells them; `since`: what was due earlier is not sent; `reachable`: whether
    the person is active and has an address.
    """

    ward_id: str
    person_id: str
    id: str = ""
    name: str = ""
    email: str = ""
    language: str = "vi"
    hub_ids: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    days: str = "daily"
    local_time: str = "07:00"
    time_zone: str = "Asia/Ho_Chi_Minh"
    format: Literal["html", "text"] = "html"
    workbook: bool = False
    report: bool = False
    active: bool = True
    reachable: bool = True
    since: datetime | None = None
    unsubscribed_at: datetime | None = None


def list_subscriptions(connection: Connection, ward_id: str) -> list[Subscription]:
    """All of the ward, paused ones too, by address and time."""
    return _found(connection, subscription.c.ward_id == ward_id)


def find_subscriptions(
    connection: Connection, ward_id: str, wanted: str
) -> list[Subscription]:
    """The one of that id, or all of that address."""
    named = (subscription.c.id == wanted) | (func.lower(person.c.email) == wanted.lower())
    return _found(connection, (subscription.c.ward_id == ward_id) & named)


def select_subscriptions(
    connection: Connection, ward_id: str, ids: Collection[str]
) -> dict[str, Subscription]:
    """Those of these ids, by id."""
    here = (subscription.c.ward_id == ward_id) & subscription.c.id.in_(ids)
    return {one.id: one for one in _found(connection, here)}


def _found(connection: Connection, where: ColumnElement[bool]) -> list[Subscription]:
    hub = subscription_hub
    hubs = select(func.aggregate_strings(hub.c.hub_id, ",")).where(
        hub.c.ward_id == subscription.c.ward_id, hub.c.subscription_id == subscription.c.id
    )  # fmt: skip
    rows = connection.execute(
        select(
            subscription, person.c.name, person.c.email, person.c.active.label("works"),
            hubs.scalar_subquery().label("hub_ids"),
        )
        .join(person, (person.c.ward_id == subscription.c.ward_id)
              & (person.c.id == subscription.c.person_id))
        .where(where)
        .order_by(person.c.email, subscription.c.local_time, subscription.c.id)
    ).mappings()  # fmt: skip
    return [_read(dict(row)) for row in rows]


def _read(row: dict[str, Any]) -> Subscription:
    email = (row.pop("email") or "").strip()
    works = row.pop("works")
    row["hub_ids"] = tuple(sorted(filter(None, (row["hub_ids"] or "").split(","))))
    row["sections"] = tuple(filter(None, row["sections"].split(",")))
    return Subscription(**row, email=email, reachable=works and bool(email))


def keep_subscription(connection: Connection, new: Subscription, now: datetime) -> Kept:
    """Add it, or change the one of that person and local time to be like it.

    One that is added, given other days or made active again is sent from `now` on; being kept
    active is a new consent after an unsubscribing. Problem when somebody else has this very
    letter at the same address.
    """
    this = and_(*(subscription.c[n] == getattr(new, n) for n in _KEY))
    known = next(iter(_found(connection, this)), None)
    if known is not None and _alike(known, new):
        return "unchanged"
    _refuse_double(connection, new)
    values = {
        "language": new.language, "sections": ",".join(new.sections), "days": new.days,
        "time_zone": new.time_zone, "format": new.format, "workbook": new.workbook,
        "report": new.report, "active": new.active,
    }  # fmt: skip
    if known is None:
        key = {name: getattr(new, name) for name in _KEY}
        added = insert(subscription).values(**key, **values, since=now)
        id = connection.execute(added.returning(subscription.c.id)).scalar_one()
        _keep_hubs(connection, new.ward_id, id, new.hub_ids)
        return "added"
    if (new.active and not known.active) or any(
        getattr(known, name) != getattr(new, name) for name in _TIMES
    ):
        values |= {"since": now}
    if new.active:
        values |= {"unsubscribed_at": None}
    connection.execute(update(subscription).where(_this(known.ward_id, known.id)).values(**values))
    _keep_hubs(connection, new.ward_id, known.id, new.hub_ids)
    return "changed"


def _refuse_double(connection: Connection, new: Subscription) -> None:
    """Two people of one address may have a letter each; the same one twice is a mistake."""
    if not new.active:
        return
    his = select(func.lower(person.c.email)).where(
        person.c.ward_id == new.ward_id, person.c.id == new.person_id
    )  # fmt: skip
    others = and_(
        subscription.c.ward_id == new.ward_id, subscription.c.person_id != new.person_id,
        subscription.c.local_time == new.local_time, subscription.c.active.is_(True),
        person.c.active.is_(True), func.lower(person.c.email) == his.scalar_subquery(),
    )  # fmt: skip
    for one in _found(connection, others):
        if one.reachable and _alike(one, new):
            raise Problem("post.command.double", name=one.name, address=one.email,
                          time=one.local_time)  # fmt: skip


def _alike(known: Subscription, new: Subscription) -> bool:
    names = ("language", "sections", "days", "time_zone", "format", "workbook", "report", "active")
    same = all(getattr(known, name) == getattr(new, name) for name in names)
    return same and set(known.hub_ids) == set(new.hub_ids)


def _keep_hubs(
    connection: Connection, ward_id: str, id: str, hub_ids: Collection[str]
) -> None:
    hub = subscription_hub
    here = (hub.c.ward_id == ward_id) & (hub.c.subscription_id == id)
    connection.execute(delete(hub).where(here))
    if hub_ids:
        rows = [{"ward_id": ward_id, "subscription_id": id, "hub_id": one} for one in set(hub_ids)]
        connection.execute(insert(hub), rows)


def pause(connection: Connection, ward_id: str, id: str) -> None:
    """No letters until it is resumed."""
    connection.execute(update(subscription).where(_this(ward_id, id)).values(active=False))


def resume(connection: Connection, ward_id: str, id: str, now: datetime) -> None:
    """Letters again, from now on."""
    connection.execute(
        update(subscription)
        .where(_this(ward_id, id), subscription.c.active.is_(False))
        .values(active=True, since=now, unsubscribed_at=None)
    )


def unsubscribe(connection: Connection, ward_id: str, id: str, now: datetime) -> bool:
    """The reader wants no more; False when there is no such subscription."""
    found = connection.execute(
        update(subscription)
        .where(_this(ward_id, id))
        .values(
            active=False, unsubscribed_at=func.coalesce(
                subscription.c.unsubscribed_at, literal(now, Instant)
            )
        )
        .returning(subscription.c.id)
    )
    return found.first() is not None


def _this(ward_id: str, id: str) -> ColumnElement[bool]:
    return (subscription.c.ward_id == ward_id) & (subscription.c.id == id)
