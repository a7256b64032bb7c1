"""A team's report as it was typed into a form: read, and refused, as a line of a file would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ops_center import i18n
from ops_center.domain.working_days import local_day
from ops_center.i18n import Problem
from ops_center.intake.campaign_files import daily_reports
from ops_center.intake.campaign_lists import topics_of
from ops_center.intake.fault import Fault
from ops_center.intake.known import hubs_of
from ops_center.intake.list_files import Read
from ops_center.store.activities import Activity, list_activities, list_topics
from ops_center.store.hubs import list_hubs
from ops_center.store.reports import record_activities
from ops_center.store.rows import Kept
from ops_center.store.wards import Ward

FIELDS = ("hub", "day", "team", "reported_by")
_NEEDED = ("hub", "day", "reported_by")


@dataclass(frozen=True)
class Typed:
    """One day of one team, each field as it was typed; `amounts`: topic id → how much."""

    hub: str = ""
    day: str = ""
    team: str = ""
    reported_by: str = ""
    amounts: Mapping[str, str] = ()  # type: ignore[assignment]


def read_report(
    connection: Connection, ward: Ward, typed: Typed, *, now: datetime, language: str
) -> list[Activity]:
    """A report for each topic of which something was typed, 0 too; Problem says what is wrong.

    It comes from no source: what a file said of the same day is corrected by it.
    """
    topics = topics_of(connection)
    kind = daily_reports(hubs_of(list_hubs(connection, ward.id), {}), topics,
                         local_day(now, ward.zone))  # fmt: skip
    names = {one.id: _name(one, language) for one in list_topics(connection)}

    def taken(name: str, label: str, text: str, read: Read) -> Any:
        try:
            bare = text.strip()
            if not bare.isprintable():
                raise Fault("control_characters")
            if not bare and name in _NEEDED:
                raise Fault("missing", label)
            return read(bare) if bare else None
        except Fault as fault:
            found = fault.at(label, text.strip())
            raise Problem(
                "report.wrong", name=label, reason=found.reason(language, ward.zone),
                remedy=found.list_remedy(language, ward.zone),
            ) from None  # fmt: skip

    told = {
        name: taken(name, i18n.text(f"report.field.{name}", language), getattr(typed, name),
                    kind.columns[name])
        for name in FIELDS
    }  # fmt: skip
    amounts = {
        id: taken(id, names.get(id, id[:40]), text, kind.columns.get(id, topics.find))
        for id, text in dict(typed.amounts).items()
    }
    found = list(_reports(told, amounts))
    if not found:
        raise Problem("report.nothing")
    return found


def keep_report(
    connection: Connection, ward_id: str, found: Sequence[Activity], *, now: datetime
) -> Counter[Kept]:
    """Write what is new or another number. What stayed as it was stays with who reported it:
    whoever corrects one number does not sign the others."""
    days = [one.day for one in found]
    known = {_key(one): one.amount for one in list_activities(
        connection, ward_id, min(days), max(days) + timedelta(days=1),
        {one.topic_id for one in found},
    )}  # fmt: skip
    changed = [one for one in found if known.get(_key(one)) != one.amount]
    kept = record_activities(connection, ward_id, changed, now=now)
    kept["unchanged"] += len(found) - len(changed)
    return kept


def _key(one: Activity) -> tuple[str, date, str, str]:
    return one.hub_id, one.day, one.topic_id, one.team


def _reports(told: Mapping[str, Any], amounts: Mapping[str, int | None]) -> Iterator[Activity]:
    for topic_id, amount in sorted(amounts.items()):
        if amount is not None:  # an empty field is no report; 0 is one
            yield Activity(told["hub"], told["day"], topic_id, amount, told["team"] or "",
                           told["reported_by"])  # fmt: skip


def _name(topic: Any, language: str) -> str:
    own = {"en": topic.name_en, "ar": topic.name_ar}.get(language)
    return str(own or topic.name)
