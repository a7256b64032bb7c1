"""Where the parts of an indicator come from: dossiers, procedures, petitions, entries, plans.

Each source answers for all subjects at once; what it has nothing about is not in the answer, and
that is "no data". The rows of the parts: `evidence`, next door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from ops_center.domain.evaluation import Indicator, Period, Rules, parse_period
from ops_center.domain.working_days import local_day, start_of
from ops_center.i18n import fold
from ops_center.metrics.catalog import METRICS, Metric
from ops_center.metrics.gather import Found, Question, Wanted, gather, wanted
from ops_center.metrics.measures import chosen
from ops_center.metrics.number import Values
from ops_center.metrics.scheme import WITH
from ops_center.metrics.scope import Scope
from ops_center.store.activities import Activity, list_activities
from ops_center.store.evaluation_inputs import EvaluationInput, Petition
from ops_center.store.evaluations import find_inputs, find_petitions
from ops_center.store.hubs import hub_moves
from ops_center.store.people import Person, list_people
from ops_center.store.plans import PlanItem, list_items
from ops_center.store.procedures import Procedure, list_procedures
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parts:
    """The two parts of a ratio, None for no data.

    `months`: of how many months something was entered, and how many the period has, where it is
    a sum of entries. `evidence`: what was entered with it.
    """

    top: float | None = None
    bottom: float | None = None
    months: tuple[int, int] | None = None
    evidence: str = ""


Read = dict[tuple[str, str], Parts]
"""(subject, indicator's code) → its parts."""


@dataclass(frozen=True)
class Asked:
    """Who is to be scored by what. The subjects are all hubs, all persons, or just the ward."""

    connection: Connection
    ward: Ward
    rules: Rules
    period: Period
    subjects: tuple[str, ...]
    as_of: datetime
    campaign_id: str | None = None
    rollup: bool = True

    @cached_property
    def ids(self) -> dict[str, str]:
        """The id of a hub or a person → its subject."""
        return {subject.partition(":")[2]: subject for subject in self.subjects}

    @property
    def dimension(self) -> str:
        """What parts the subjects among the dossiers; "" for the ward as a whole."""
        first = self.subjects[0]
        return "hub" if first.startswith("hub:") else "official" if first else ""

    @property
    def scope(self) -> Scope:
        """The dossiers of all subjects together."""
        whole = Scope(self.ward.id, self.period.first, self.period.last)
        if self.dimension == "hub":
            return replace(whole, hubs=frozenset(self.ids))
        if self.dimension == "official":
            return replace(whole, officials=frozenset(self.ids))
        return whole

    @cached_property
    def question(self) -> Question:
        revision = find_revision(self.connection, self.ward.id)
        scope = self.scope
        if len(self.ids) > 1:  # the breakdown parts them; many values would only slow it down
            scope = replace(scope, hubs=None, officials=None)
        return Question(self.connection, self.ward, scope, self.as_of, revision, self.rollup)

    @cached_property
    def by(self) -> tuple[str, ...]:
        return (self.dimension,) if len(self.ids) > 1 else ()

    @cached_property
    def today(self) -> date:
        return local_day(self.as_of, self.ward.zone)

    @property
    def over(self) -> bool:
        """Whether the period has ended."""
        return self.as_of >= start_of(self.period.last, self.ward.zone)

    @property
    def until(self) -> date:
        """The first day of which nothing is known at T."""
        return self.period.last if self.over else min(self.today + DAY, self.period.last)

    @property
    def passed(self) -> date:
        """The first day that has not passed at T: what was due before it is overdue."""
        return self.period.last if self.over else self.today


def read_parts(asked: Asked) -> Read:
    """The parts of every indicator of the rules for every subject."""
    by_kind: dict[str, list[Indicator]] = defaultdict(list)
    for indicator in asked.rules.indicators:
        kind = indicator.source.kind
        by_kind["dossiers" if kind == "metric" else kind].append(indicator)
    found: Read = {}
    for name, indicators in by_kind.items():
        found |= _SOURCES[name](asked, indicators)
    return found


def full_amount(asked: Asked, full_at: float) -> float:
    """What earns all points by now: a whole year's amount, by the days that have passed."""
    year = date(asked.period.first.year + 1, 1, 1) - date(asked.period.first.year, 1, 1)
    days = max((asked.until - asked.period.first).days, 0)
    return round(full_at * days / year.days, 2)


# --- dossiers --------------------------------------------------------------------------------


def metric_of(indicator: Indicator) -> Metric:
    """The indicator as a metric: its rows are those of the metric."""
    source = indicator.source
    if source.kind == "metric":
        return METRICS[source.top]
    if source.full_at is not None:
        return Metric(indicator.code, "amount", source.top)
    return Metric(indicator.code, "ratio", source.top, source.bottom, "ratio")


def _dossiers(asked: Asked, indicators: list[Indicator]) -> Read:
    """Of whom no dossier was asked nothing can be expected: what is measured by a yearly amount
    then has the denominator 0, and earns what the rule says of that."""
    metrics = {one.code: metric_of(one) for one in indicators}
    amounts = any(one.source.full_at is not None for one in indicators)
    had = [METRICS["to_process"]] if amounts else []
    groups = gather(asked.question, wanted([*metrics.values(), *had]), asked.by)
    found: Read = {}
    for subject, values in _of_subjects(asked, groups):
        for one in indicators:
            metric = metrics[one.code]
            bottom: float = values.total(metric.bottom) if metric.bottom else 0
            if one.source.full_at is not None:
                any_ = values.total(METRICS["to_process"].top)
                bottom = full_amount(asked, one.source.full_at) if any_ else 0
            found[subject, one.code] = Parts(values.total(metric.top), bottom)
    return found


def _of_subjects(asked: Asked, groups: Found) -> Iterator[tuple[str, Values]]:
    """Each subject with what was found for it; nothing found is zeros."""
    for subject in asked.subjects:
        key = (subject.partition(":")[2],) if asked.by else ()
        yield subject, groups.get(key, Values())


# --- the catalogue of procedures -------------------------------------------------------------

_IS: Mapping[str, Callable[[Procedure], bool]] = {
    "all": lambda one: True,
    "online": lambda one: one.level is not None,
    "end_to_end": lambda one: one.level == "end_to_end",
    "fee": lambda one: (one.fee or 0) > 0,
    "online_payment": lambda one: one.online_payment,
    "result_document": lambda one: one.result_document,
    "reusable": lambda one: one.reusable,
    "population_data": lambda one: one.population_data,
}


def with_measures(indicators: Iterable[Indicator]) -> set[str]:
    """The measures that a procedure must have some of."""
    words = " ".join(f"{one.source.top} {one.source.bottom}" for one in indicators).split()
    return {word.removeprefix(WITH) for word in words if word.startswith(WITH)}


def is_all_of(spelled: str, one: Procedure, had: Mapping[str, int]) -> bool:
    """Whether the procedure is all that the words say; `had`: its measures in the period."""
    return all(
        had.get(word.removeprefix(WITH), 0) > 0 if word.startswith(WITH) else _IS[word](one)
        for word in spelled.split()
    )


Had = dict[str, dict[str, dict[str, int]]]
"""Subject → procedure → measure → how many."""


def measured(asked: Asked, names: set[str]) -> Had:
    """What each procedure had in the period, subject by subject."""
    found: Had = {subject: defaultdict(dict) for subject in asked.subjects}
    if not names:
        return found
    want = Wanted(chosen(*names), (), False, (), False, frozenset())
    for key, values in gather(asked.question, want, (*asked.by, "procedure")).items():
        subject = asked.ids.get(str(key[0])) if asked.by else asked.subjects[0]
        if subject is not None:
            found[subject][key[-1]] = dict(values.atoms)
    return found


def in_force(connection: Connection) -> list[Procedure]:
    """The procedures that count."""
    return [one for one in list_procedures(connection) if one.active]


def _procedures(asked: Asked, indicators: list[Indicator]) -> Read:
    had = measured(asked, with_measures(indicators))
    catalogue = in_force(asked.connection)

    def count(subject: str, spelled: str) -> int:
        return sum(is_all_of(spelled, one, had[subject].get(one.id, {})) for one in catalogue)

    return {
        (subject, one.code): Parts(
            count(subject, f"{one.source.top} {one.source.bottom}"),
            _bottom(asked, one, count(subject, one.source.bottom)),
        )
        for subject in asked.subjects for one in indicators
    }  # fmt: skip


def _top(one: Indicator) -> tuple[str, ...]:
    """What the numerator is: a part of the denominator, where there is one."""
    return tuple(word for word in (one.source.top, one.source.bottom) if word)


def _bottom(asked: Asked, one: Indicator, counted: float) -> float:
    if one.source.full_at is None:
        return counted
    return full_amount(asked, one.source.full_at)


# --- petitions -------------------------------------------------------------------------------


def is_petition(asked: Asked, word: str, one: Petition) -> bool:
    """Whether the petition counts as that, by what had happened before T."""
    answered = one.answered_on is not None and one.answered_on < asked.until
    if word == "received":
        return one.received_on < asked.until
    if word == "decided":
        return answered or (one.due_on is not None and one.due_on < asked.passed)
    if word == "on_time":
        due = one.due_on or date.max
        return answered and one.answered_on is not None and one.answered_on <= due
    return answered and (word == "answered" or one.resolved is not False)


def petitions_of(asked: Asked) -> dict[str, list[Petition]]:
    """Each subject's petitions: all of the ward, those about a hub; merged hubs count on."""
    last = min(asked.period.last, asked.until)
    given = find_petitions(asked.connection, asked.ward.id, asked.period.first, last)
    if not asked.dimension:
        return {asked.subjects[0]: given}
    moves = hub_moves(asked.connection, asked.ward.id)
    found: dict[str, list[Petition]] = {subject: [] for subject in asked.subjects}
    for one in given:
        subject = asked.ids.get(moves.get(one.hub_id or "", ""))
        if subject is not None:
            found[subject].append(one)
    return found


def _petitions(asked: Asked, indicators: list[Indicator]) -> Read:
    def count(given: list[Petition], *words: str) -> int:
        """How many are all of this."""
        return sum(all(is_petition(asked, word, one) for word in words) for one in given)

    return {
        (subject, one.code): Parts(
            count(given, *_top(one)), _bottom(asked, one, count(given, *_top(one)[1:]))
        )
        for subject, given in petitions_of(asked).items() for one in indicators
    }  # fmt: skip


# --- what was entered ------------------------------------------------------------------------


def entries_of(asked: Asked) -> dict[tuple[str, str], list[EvaluationInput]]:
    """(subject, indicator) → the entries that make up the period: its own, else its parts'."""
    periods = _with_parts(asked.period)
    given = find_inputs(
        asked.connection, asked.ward.id, {one.spelled for one in periods}, asked.subjects
    )
    found: dict[tuple[str, str], dict[str, EvaluationInput]] = defaultdict(dict)
    for one in given:
        found[one.subject, one.indicator][one.period] = one
    return {key: list(_covering(asked.period, entered)) for key, entered in found.items()}


def _with_parts(period: Period) -> list[Period]:
    return [period, *(inner for part in period.parts() for inner in _with_parts(part))]


def _covering(period: Period, entered: Mapping[str, EvaluationInput]) -> Iterator[EvaluationInput]:
    if period.spelled in entered:
        yield entered[period.spelled]
        return
    for part in period.parts():
        yield from _covering(part, entered)


def _inputs(asked: Asked, indicators: list[Indicator]) -> Read:
    wanted_codes = {one.code for one in indicators}
    return {
        key: _summed(asked.period, given)
        for key, given in entries_of(asked).items() if key[1] in wanted_codes
    }  # fmt: skip


def _summed(period: Period, given: list[EvaluationInput]) -> Parts:
    top, bottom = sum(one.numerator for one in given), sum(one.denominator for one in given)
    evidence = "; ".join(dict.fromkeys(one.evidence for one in given if one.evidence))
    if [one.period for one in given] == [period.spelled]:
        return Parts(top, bottom, None, evidence)
    covered = sum(parse_period(one.period).months for one in given)
    return Parts(top, bottom, (covered, period.months), evidence)


# --- what people reported and owed -----------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """Who is meant by what a report is signed with: an id, an address, a name that one has."""

    people: tuple[Person, ...]

    @cached_property
    def _known(self) -> dict[str, str]:
        named: dict[str, set[str]] = defaultdict(set)
        for one in self.people:
            named[fold(one.name)].add(one.id)
        found = {name: ids.pop() for name, ids in named.items() if len(ids) == 1}
        found |= {fold(one.email): one.id for one in self.people if one.email}
        return found | {fold(one.id): one.id for one in self.people}

    def find(self, signed: str) -> str | None:
        """The person's id; None for nobody, and for a name that several have."""
        return self._known.get(fold(signed))


def reports_of(asked: Asked, topics: str) -> dict[str, list[Activity]]:
    """What each person reported on these topics."""
    connection, ward = asked.connection, asked.ward
    names = Names(tuple(list_people(connection, ward.id)))
    last = min(asked.period.last, asked.until)
    given = list_activities(connection, ward.id, asked.period.first, last, topics.split())
    found: dict[str, list[Activity]] = {subject: [] for subject in asked.subjects}
    for one in given:
        subject = asked.ids.get(names.find(one.reported_by) or "") if one.reported_by else None
        if subject is not None:
            found[subject].append(one)
    return found


def _activities(asked: Asked, indicators: list[Indicator]) -> Read:
    return {
        (subject, one.code): Parts(sum(report.amount for report in given), _bottom(asked, one, 0))
        for one in indicators
        for subject, given in reports_of(asked, one.source.top).items()
    }


def items_of(asked: Asked) -> dict[str, list[PlanItem]]:
    """The plan items that each person owns and that are due in the period."""
    found: dict[str, list[PlanItem]] = {subject: [] for subject in asked.subjects}
    for one in list_items(asked.connection, asked.ward.id):
        subject = asked.ids.get(one.owner_id or "")
        due = asked.period.first <= one.due_on < asked.period.last
        if subject is not None and due and one.state != "cancelled":
            found[subject].append(one)
    return found


def is_item(asked: Asked, word: str, one: PlanItem) -> bool:
    """Whether the item counts as that, by what had happened before T."""
    done = one.state == "done" and (one.done_on is None or one.done_on < asked.until)
    if word == "owned":
        return True
    if word == "owed":
        return done or one.due_on < asked.passed
    return done and (one.done_on is None or one.done_on <= one.due_on)


def _plan(asked: Asked, indicators: list[Indicator]) -> Read:
    def count(items: list[PlanItem], *words: str) -> int:
        """How many are all of this."""
        return sum(all(is_item(asked, word, one) for word in words) for one in items)

    return {
        (subject, one.code): Parts(
            count(items, *_top(one)), _bottom(asked, one, count(items, *_top(one)[1:]))
        )
        for subject, items in items_of(asked).items() for one in indicators
    }  # fmt: skip


def _campaign(asked: Asked, indicators: list[Indicator]) -> Read:
    from ops_center.metrics.criteria import read_criteria

    return read_criteria(asked, indicators)


_SOURCES: Mapping[str, Callable[[Asked, list[Indicator]], Read]] = {
    "dossiers": _dossiers, "procedures": _procedures, "petitions": _petitions, "input": _inputs,
    "activities": _activities, "plan": _plan, "campaign": _campaign,
}  # fmt: skip
