"""Which rules, which period, whom: what somebody asked to have scored, or what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ops_center.domain.evaluation import Kind, Period, Rules, parse_period, period_of
from ops_center.i18n import Problem, fold
from ops_center.metrics.campaign import current
from ops_center.metrics.evaluation import WARD
from ops_center.metrics.lists import Lists
from ops_center.metrics.scheme import find_rules, rules_for
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.wards import UNASSIGNED, Ward

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Choice:
    """The rules and the period; the campaign where the rules are one's."""

    rules: Rules
    period: Period
    campaign: Campaign | None = None

    @property
    def campaign_id(self) -> str | None:
        """Its id, for `evaluation.score`."""
        return self.campaign.id if self.campaign else None


def choose(
    connection: Connection,
    ward: Ward,
    all_rules: Sequence[Rules],
    today: date,
    *,
    code: str = "",
    kind: Kind = "boards",
    spelled: str = "",
) -> Choice:
    """The rules of that code, else those of that kind which hold on the period's first day; the
    period of that spelling, else the one under way. Problem for what is not known."""
    named = find_rules(all_rules, code) if code else None
    kind = named.kind if named else kind
    if kind == "campaign":
        found = _campaign(list_campaigns(connection, ward.id), today, spelled)
        period = Period("days", found.starts_on, found.starts_on + found.days * DAY)
        return Choice(named or _holding(all_rules, kind, period), period, found)
    period = _period(spelled) if spelled else _under_way(named, all_rules, kind, today)
    rules = named or _holding(all_rules, kind, period)
    if period.kind not in rules.periods:
        allowed = ", ".join(period_of(one, today).spelled for one in rules.periods)
        raise Problem("evaluation.choice.other_period", period=spelled, known=allowed)
    return Choice(rules, period)


def _under_way(
    named: Rules | None, all_rules: Sequence[Rules], kind: Kind, today: date
) -> Period:
    rules = named or rules_for(all_rules, kind, today)
    return period_of(rules.periods[0] if rules else "month", today)


def _period(spelled: str) -> Period:
    try:
        return parse_period(spelled)
    except ValueError:
        raise Problem("evaluation.choice.no_period", period=spelled[:40]) from None


def _holding(all_rules: Sequence[Rules], kind: Kind, period: Period) -> Rules:
    rules = rules_for(all_rules, kind, period.first)
    if rules is None:
        raise Problem("evaluation.choice.no_rules", period=period.spelled, kind=kind)
    return rules


def _campaign(campaigns: list[Campaign], today: date, spelled: str) -> Campaign:
    if not spelled:
        found = current(campaigns, today)
        if found is None:
            raise Problem("evaluation.choice.no_campaign")
        return found
    first = _period(spelled).first
    for one in campaigns:
        if one.starts_on == first:
            return one
    raise Problem("evaluation.choice.no_campaign")


# --- whom ------------------------------------------------------------------------------------


def subject_of(lists: Lists, hub: str = "", person: str = "") -> str:
    """The subject that a hub's code, or a person's id or name, means; the ward without either.
    Problem for one that is not known, and for a name that several have."""
    if hub:
        codes = {fold(code): found for code, found in lists.hub_ids.items()}
        if fold(hub) not in codes:
            raise Problem("evaluation.choice.no_hub", value=hub[:40])
        return f"hub:{codes[fold(hub)]}"
    if not person:
        return WARD
    found = [one for one in lists.people if one.id == person]
    found = found or [one for one in lists.people if fold(one.name) == fold(person)]
    if len(found) != 1:
        key = "two_people" if found else "no_person"
        raise Problem(f"evaluation.choice.{key}", value=person[:60])
    return f"person:{found[0].id}"


def called(subject: str, ward: Ward, lists: Lists) -> str:
    """What the subject is called: the ward's, hub's or person's name."""
    kind, _, known = subject.partition(":")
    if kind == "hub" and known in lists.hub_by_id:
        hub = lists.hub_by_id[known]
        return f"{hub.code} {hub.name}"
    if kind == "person" and known in lists.person_by_id:
        return lists.person_by_id[known].name
    return ward.name if not subject else known


def subjects_of(rules: Rules, lists: Lists) -> tuple[str, ...]:
    """Everybody whom the rules compare: all active hubs, or all active people."""
    if rules.kind == "official":
        return tuple(f"person:{one.id}" for one in lists.people if one.active)
    return tuple(
        f"hub:{hub.id}" for hub in lists.hubs if hub.active and hub.id != UNASSIGNED
    )
