"""The lists of a campaign and of the evaluation: people, indicators, reports, plan, inputs.

As with every list: in whole or not at all, inside the caller's transaction; the same file again
changes nothing; columns that a file does not have leave what is known as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ops_center.domain.working_days import local_day
from ops_center.i18n import Problem, fold
from ops_center.intake import campaign_files as files
from ops_center.intake.known import Named, hubs_of, people_of
from ops_center.intake.list_files import Entry, headers, read_list
from ops_center.metrics.campaign import current
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.scheme import read_rules
from ops_center.store import indicators as kept_indicators
from ops_center.store.activities import Activity, list_topics
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.evaluation_inputs import (
    EvaluationInput,
    OfficialScore,
    Petition,
    add_input,
    add_petition,
    add_score,
    known_inputs,
    known_petitions,
    known_scores,
)
from ops_center.store.hubs import find_aliases, list_hubs
from ops_center.store.indicators import Indicator, Milestone, add_indicator, add_milestone
from ops_center.store.people import Person, keep_person, list_people
from ops_center.store.plans import PlanItem, add_item, list_items
from ops_center.store.reports import record_activities
from ops_center.store.rows import Kept
from ops_center.store.sources import Source, add_source
from ops_center.store.wards import Ward


@dataclass(frozen=True)
class List:
    """A list to be taken in. `campaign`: the first day of the one it belongs to; None: the one
    under way, else the next, else the last. `rules_folder`: where the rule files of the
    evaluation are, "" for those that come with the program."""

    path: Path
    ward: Ward
    language: str
    now: datetime
    source_id: str = "file"
    campaign: date | None = None
    rules_folder: str = ""

    @property
    def today(self) -> date:
        """The ward's local day."""
        return local_day(self.now, self.ward.zone)


KINDS = (
    "people", "campaign", "indicators", "milestones", "activities", "plan", "evaluation-inputs",
    "petitions", "official-scores",
)  # fmt: skip


def keep(kind: str, connection: Connection, told: List) -> Counter[Kept]:
    """Take in one of KINDS."""
    return _KEEPERS[kind](connection, told)


# ---------------------------------------------------------------- people and campaigns


def _keep_people(connection: Connection, told: List) -> Counter[Kept]:
    """By e-mail where the file gives a known one, else by name."""
    kept: Counter[Kept] = Counter()
    for line, entry in read_list(told.path, files.PEOPLE, told.language):
        known = _known_person(connection, told, line, entry)
        said = {name: value for name, value in entry.items() if value is not None}
        if known is not None:
            said = {"name": known.name, "unit": known.unit, "email": known.email,
                    "active": known.active, **said}  # fmt: skip
        id = known.id if known else None
        kept[keep_person(connection, told.ward.id, id=id, **said)] += 1
    return kept


def _known_person(connection: Connection, told: List, line: int, entry: Entry) -> Person | None:
    people = list_people(connection, told.ward.id)
    email = (entry.get("email") or "").casefold()
    for one in people:
        if email and (one.email or "").casefold() == email:
            return one
    named = [one for one in people if fold(one.name) == fold(entry["name"])]
    alike = [one for one in named if not (email and one.email)]
    if len(alike) > 1:
        raise Problem(
            "intake.list.two_people",
            file=told.path.name, line=line, name=entry["name"], count=len(alike),
        )  # fmt: skip
    return alike[0] if alike else None


def _keep_campaigns(connection: Connection, told: List) -> Counter[Kept]:
    known = {one.starts_on: one for one in list_campaigns(connection, told.ward.id)}
    kept: Counter[Kept] = Counter()
    for _, entry in read_list(told.path, files.CAMPAIGNS, told.language):
        said = _said(entry, "target")
        old = known.get(entry["starts_on"])
        new = replace(old, **said) if old else Campaign(**said)
        kept[add_campaign(connection, told.ward.id, new)] += 1
    return kept


def campaign_of(connection: Connection, told: List) -> Campaign:
    """The campaign a list belongs to; Problem where there is none."""
    campaigns = list_campaigns(connection, told.ward.id)
    if told.campaign is None:
        found = current(campaigns, told.today) or (campaigns[-1] if campaigns else None)
    else:
        found = next((one for one in campaigns if one.starts_on == told.campaign), None)
    if found is not None:
        return found
    if not campaigns:
        raise Problem("intake.list.no_campaign", file=told.path.name)
    raise Problem(
        "intake.list.other_campaign",
        file=told.path.name, day=told.campaign,
        known=", ".join(one.starts_on.isoformat() for one in campaigns),
    )  # fmt: skip


def _said(entry: Entry, *may_be_unknown: str) -> Entry:
    """What the entry tells; an empty cell says nothing, but for things that may be unknown."""
    return {n: v for n, v in entry.items() if v is not None or n in may_be_unknown}


# ---------------------------------------------------------------- indicators and milestones


def _keep_indicators(connection: Connection, told: List) -> Counter[Kept]:
    campaign = campaign_of(connection, told)
    units = {name: metric.unit for name, metric in METRICS.items()}
    kind = files.indicators(units, topics_of(connection), _hubs(connection, told))
    known = {one.code: one for one in _indicators(connection, told, campaign)}
    kept: Counter[Kept] = Counter()
    targets: dict[str, dict[str, float]] = {}
    for place, (_, entry) in enumerate(read_list(told.path, kind, told.language), start=1):
        if "hub_targets" in entry:
            targets[entry["code"]] = entry.pop("hub_targets") or {}
        new = _indicator(known.get(entry["code"]), campaign, entry, place)
        kept[add_indicator(connection, told.ward.id, new)] += 1
    _set_targets(connection, told, campaign, targets)
    return kept


_MAY_BE_NONE = ("name_en", "name_ar", "metric", "topic_id", "base_topic_id", "target")


def _indicator(known: Indicator | None, campaign: Campaign, entry: Entry, place: int) -> Indicator:
    for name in ("topic", "base_topic"):
        if name in entry:
            entry[f"{name}_id"] = entry.pop(name)
    said = _said(entry, *_MAY_BE_NONE)
    if known is not None:
        return replace(known, **said)
    return Indicator(campaign_id=str(campaign.id), **{"position": place, **said})


def _set_targets(
    connection: Connection, told: List, campaign: Campaign, targets: dict[str, dict[str, float]]
) -> None:
    """The hubs' own targets are exactly those the file gives, where it has the column."""
    ids = {one.code: str(one.id) for one in _indicators(connection, told, campaign)}
    known = kept_indicators.hub_targets(connection, told.ward.id, str(campaign.id))
    for code, wanted in targets.items():
        for hub_id in {*known.get(ids[code], {}), *wanted}:
            kept_indicators.set_hub_target(
                connection, told.ward.id, ids[code], hub_id, wanted.get(hub_id)
            )


def _indicators(connection: Connection, told: List, campaign: Campaign) -> list[Indicator]:
    return kept_indicators.list_indicators(connection, told.ward.id, str(campaign.id))


def _keep_milestones(connection: Connection, told: List) -> Counter[Kept]:
    campaign = campaign_of(connection, told)
    codes = _codes(_indicators(connection, told, campaign))
    kind = files.milestones(codes, campaign.starts_on, campaign.ends_on)
    known = {
        (one.indicator_id, one.day): one
        for one in kept_indicators.list_milestones(connection, told.ward.id, str(campaign.id))
    }
    kept: Counter[Kept] = Counter()
    for _, entry in read_list(told.path, kind, told.language):
        entry["indicator_id"] = entry.pop("indicator", None)
        said = _said(entry, "value", "indicator_id")
        old = known.get((entry["indicator_id"], entry["day"]))
        new = replace(old, **said) if old else Milestone(campaign_id=str(campaign.id), **said)
        kept[add_milestone(connection, told.ward.id, new)] += 1
    return kept


# ---------------------------------------------------------------- activities


def _keep_activities(connection: Connection, told: List) -> Counter[Kept]:
    """What is reported again is a correction; what it said before is kept by the database."""
    add_source(connection, Source(told.ward.id, told.source_id, told.source_id))
    reports = list(_reports(connection, told))
    return record_activities(connection, told.ward.id, reports, now=told.now)


def _reports(connection: Connection, told: List) -> Iterator[Activity]:
    topics, hubs = topics_of(connection), _hubs(connection, told)
    written = {fold(name) for name in headers(told.path)}
    one_a_line = files.activities(hubs, topics, told.today)
    if written & {"topic", *(n for n, meant in one_a_line.also.items() if meant == "topic")}:
        for _, entry in read_list(told.path, one_a_line, told.language):
            yield _activity(told, entry, entry["topic"], entry["amount"])
        return
    ids = set(topics.ids.values())
    if not {topics.ids.get(name, name) for name in written} & ids:
        raise Problem(
            "intake.list.no_topic", file=told.path.name, allowed=", ".join(topics.shown)
        )
    kind = files.daily_reports(hubs, topics, told.today)
    for _, entry in read_list(told.path, kind, told.language):
        for topic_id in sorted(ids & entry.keys()):
            if entry[topic_id] is not None:  # an empty cell is no report; 0 is one
                yield _activity(told, entry, topic_id, entry[topic_id])


def _activity(told: List, entry: Entry, topic_id: str, amount: int) -> Activity:
    return Activity(
        hub_id=entry["hub"], day=entry["day"], topic_id=topic_id, amount=amount,
        team=entry.get("team") or "", reported_by=entry.get("reported_by") or "",
        source_id=told.source_id,
    )  # fmt: skip


# ---------------------------------------------------------------- the plan


def _keep_plan(connection: Connection, told: List) -> Counter[Kept]:
    campaign = campaign_of(connection, told)
    people = people_of(list_people(connection, told.ward.id))
    codes = _codes(_indicators(connection, told, campaign))
    known = {one.code: one for one in list_items(connection, told.ward.id, campaign.id)}
    kept: Counter[Kept] = Counter()
    kind = files.plan(people, codes, campaign.starts_on, told.today)
    for _, entry in read_list(told.path, kind, told.language):
        new = _item(known.get(entry["code"]), campaign, entry)
        kept[add_item(connection, told.ward.id, new, told.now)] += 1
    return kept


def _item(known: PlanItem | None, campaign: Campaign, entry: Entry) -> PlanItem:
    for ours, name in (("owner_id", "owner"), ("indicator_id", "indicator")):
        if name in entry:
            entry[ours] = entry.pop(name)
    if "coordinators" in entry:
        entry["coordinator_ids"] = entry.pop("coordinators") or ()
    said = _said(entry, "owner_id", "indicator_id", "done_on")
    if known is None:
        return PlanItem(campaign_id=str(campaign.id), **_as_it_stands(said))
    return replace(known, **_as_it_stands(said))


def _as_it_stands(said: Entry) -> Entry:
    """What follows from the day it was done, or from its progress, where no state is told."""
    if said.get("done_on") is not None:
        return {"progress": 100, **said, "state": "done"}
    if "state" not in said and "progress" in said:
        said = {**said, "state": "under_way" if said["progress"] else "planned"}
    return {**said, "done_on": None} if "state" in said else said


# ---------------------------------------------------------------- the evaluation


def _keep_inputs(connection: Connection, told: List) -> Counter[Kept]:
    known = known_inputs(connection, told.ward.id)
    kept: Counter[Kept] = Counter()
    kind = files.inputs(_subjects(connection, told), _inputs(told).find)
    for _, entry in read_list(told.path, kind, told.language):
        said = _of_subject(entry)
        old = known.get((said["indicator"], said["period"], said["subject"]))
        new = replace(old, **said) if old else EvaluationInput(**said)
        kept[add_input(connection, told.ward.id, new, told.now)] += 1
    return kept


def _keep_scores(connection: Connection, told: List) -> Counter[Kept]:
    known = known_scores(connection, told.ward.id)
    kept: Counter[Kept] = Counter()
    kind = files.scores(_subjects(connection, told), *(one.find for one in _scored(told)))
    for _, entry in read_list(told.path, kind, told.language):
        said = _of_subject(entry)
        old = known.get((said["rules"], said["indicator"], said["period"], said["subject"]))
        new = replace(old, **said) if old else OfficialScore(**said)
        kept[add_score(connection, told.ward.id, new, told.now)] += 1
    return kept


def _of_subject(entry: Entry) -> dict[str, Any]:
    subject = files.subject(entry)
    left = {n: v for n, v in entry.items() if n not in ("hub", "person") and v is not None}
    return {**left, "subject": subject}


def _keep_petitions(connection: Connection, told: List) -> Counter[Kept]:
    known = known_petitions(connection, told.ward.id)
    kept: Counter[Kept] = Counter()
    kind = files.petitions(_hubs(connection, told), told.today)
    for _, entry in read_list(told.path, kind, told.language):
        if "hub" in entry:
            entry["hub_id"] = entry.pop("hub")
        old = known.get(entry["code"])
        new = replace(old, **entry) if old else Petition(**entry)
        kept[add_petition(connection, told.ward.id, new)] += 1
    return kept


# ---------------------------------------------------------------- what cells may name


def _hubs(connection: Connection, told: List) -> Named:
    aliases = find_aliases(connection, told.ward.id, told.source_id)
    return hubs_of(list_hubs(connection, told.ward.id), aliases)


def topics_of(connection: Connection) -> Named:
    """Topics by id and by name in each language."""
    ids: dict[str, str] = {}
    topics = list_topics(connection)
    for one in topics:
        for name in (one.name, one.name_en, one.name_ar, one.id):
            if name:
                ids[fold(name)] = one.id
    return Named("unknown_topic", ids, [one.id for one in topics])


def _codes(indicators: list[Indicator]) -> Named:
    ids = {fold(one.code): str(one.id) for one in indicators}
    return Named("unknown_indicator", ids, [one.code for one in indicators])


def _subjects(connection: Connection, told: List) -> files.Subjects:
    people = people_of(list_people(connection, told.ward.id))
    return files.Subjects(_hubs(connection, told), people)


def _inputs(told: List) -> Named:
    """The indicators of the rule files that read inputs."""
    all_rules = read_rules(told.rules_folder)
    return _named("unknown_input", (
        one.code for rules in all_rules for board in rules.boards for one in board.indicators
        if one.source.kind == "input"
    ))  # fmt: skip


def _scored(told: List) -> tuple[Named, Named]:
    """The rule files, and what of them can have points: boards, indicators, the total."""
    all_rules = read_rules(told.rules_folder)
    boards = [board for rules in all_rules for board in rules.boards]
    codes = [code for board in boards for code in (board.code, *(i.code for i in board.indicators))]
    rules = _named("unknown_rules", (one.code for one in all_rules))
    return rules, _named("unknown_scored", ["total", *codes])


def _named(key: str, codes: Iterable[str]) -> Named:
    shown = list(dict.fromkeys(codes))
    return Named(key, {fold(code): code for code in shown}, shown)


_KEEPERS: dict[str, Callable[[Connection, List], Counter[Kept]]] = {
    "people": _keep_people,
    "campaign": _keep_campaigns,
    "indicators": _keep_indicators,
    "milestones": _keep_milestones,
    "activities": _keep_activities,
    "plan": _keep_plan,
    "evaluation-inputs": _keep_inputs,
    "petitions": _keep_petitions,
    "official-scores": _keep_scores,
}
