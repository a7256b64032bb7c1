"""How a dossier's due time came about, in words, and why it counts as early, on time or late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.domain.due import Step
from ops_center.domain.path import Stage, path
from ops_center.domain.waiting import Stretch, merged, within_life
from ops_center.domain.working_days import MINUTE
from ops_center.metrics.dossiers import Story
from ops_center.metrics.lists import Procedure
from ops_center.web.known import Known
from ops_center.web.parts import apart, marked, said

_SHOWN_OPEN = 12  # days of a path that are shown without a click


@dataclass(frozen=True)
class Telling:
    """A dossier in the ward and language in which it is told."""

    story: Story
    known: Known
    language: str

    def say(self, key: str, **values: object) -> str:
        return said(f"dossier.{key}", self.language, **values)

    def at(self, moment: datetime | None) -> str:
        """Weekday, day and time in the ward."""
        if moment is None:
            return i18n.MISSING
        local = moment.astimezone(self.known.ward.zone)
        weekday = i18n.weekday(local.date(), self.language)
        return f"{weekday} {i18n.moment(moment, self.known.ward.zone, self.language)}"

    def clock(self, moment: datetime) -> str:
        return i18n.clock(moment, self.known.ward.zone, self.language)

    def worked(self, minutes: int) -> str:
        """Working time in words, in the ward's own working days."""
        return i18n.duration(minutes, self.language, day_minutes=self.day_minutes)

    @property
    def day_minutes(self) -> int:
        """How long the ward's working day is."""
        return self.known.calendar.hours.day_length // MINUTE

    def between(self, start: datetime, end: datetime) -> str:
        """The working time from one instant to another."""
        return self.worked(self.known.calendar.minutes_between(start, end))

    @property
    def procedure(self) -> Procedure | None:
        return self.known.lists.procedure_by_id.get(self.story.facts["procedure_id"])

    @property
    def clock_row(self) -> dict[str, Any]:
        return self.story.clock or {}


# ---------------------------------------------------------------- the steps


def steps(telling: Telling) -> list[Component]:
    """The section's inside: one item a step, the due time last."""
    story = telling.story
    if not story.steps:
        return [html.P(telling.say("due.not_received"), className="quiet")]
    stretches = iter(_stretches(story))
    items = [item for step in story.steps for item in _step(telling, step, stretches)]
    due = telling.clock_row.get("due_at")
    words = telling.say("due.result", at=telling.at(due)) if due else telling.say("due.none")
    items.append(html.Li(html.B(words), className="result"))
    if _is_kept(story):
        items.append(html.Li(telling.say("due.kept", at=telling.at(_reached(story))),
                             className="quiet"))  # fmt: skip
    return [html.Ol(items, className="steps")]


def _stretches(story: Story) -> tuple[Stretch, ...]:
    received = story.facts["received_at"]
    ended = (story.clock or {}).get("ended_at")
    return merged(within_life(story.waits, received, ended))


def _step(telling: Telling, step: Step, stretches: Iterator[Stretch]) -> Iterator[Component]:
    if step.kind == "received" and step.at:
        yield html.Li(_received(telling, step.at))
    elif step.kind == "limit" and step.at:
        yield html.Li([_limit(telling, step.at), *_path(telling, step.at)])
    elif step.kind == "waited" and step.at:
        yield html.Li(_waited(telling, step, next(stretches)))
    elif step.kind == "given" and step.at:
        key = "due.given" if telling.story.facts["due_at"] else "due.given_day"
        yield html.Li(telling.say(key, at=telling.at(step.at)))
    else:
        yield html.Li(telling.say(f"due.{step.kind}", at=telling.at(step.at)))


def _received(telling: Telling, at: datetime) -> str:
    calendar = telling.known.calendar
    told = telling.say("due.received", at=telling.at(at))
    if calendar.is_open(at):
        return told
    begins = calendar.add_minutes(at, 0)
    return f"{told} {telling.say('due.counts_from', at=telling.at(begins))}"


def _limit(telling: Telling, due: datetime) -> str:
    procedure, ward = telling.procedure, telling.known.ward
    kind = procedure.limit_kind if procedure else None
    days = procedure.limit_days if procedure else None
    return telling.say(f"due.{kind}", count=days or 0, cutoff=ward.same_day_cutoff,
                       hours=i18n.number((days or 0) * telling.day_minutes / 60, telling.language),
                       at=telling.at(due))  # fmt: skip


def _waited(telling: Telling, step: Step, wait: Stretch) -> str:
    if wait.to_at is None:
        return telling.say("due.waits", start=telling.at(wait.from_at))
    span = {"start": telling.at(wait.from_at), "end": telling.at(wait.to_at)}
    if not step.minutes:
        return telling.say("due.waited_nothing", **span)
    return telling.say("due.waited", added=telling.worked(step.minutes), at=telling.at(step.at),
                       **span)  # fmt: skip


def _reached(story: Story) -> datetime | None:
    """Where the steps lead by today's rules."""
    led = [step.at for step in story.steps if step.kind in ("given", "limit", "waited")]
    return led[-1] if led else None


def _is_kept(story: Story) -> bool:
    due = (story.clock or {}).get("due_at")
    return story.clock is not None and due != _reached(story)


# ---------------------------------------------------------------- day by day


def _path(telling: Telling, due: datetime) -> list[Component]:
    """The days from reception to the due time: hours that were counted, days that were not."""
    received = telling.story.facts["received_at"]
    stages = path(telling.known.calendar, received, due)
    if len(stages) < 2 and (not stages or len(stages[0].worked) < 2):
        return []
    kind = telling.procedure.limit_kind if telling.procedure else None
    counted = [_counted(telling, kind, one, at) for at, one in enumerate(stages)]
    lines = [_stage(telling, *one) for one in zip(stages, counted, strict=True)]
    head = html.Tr([marked(html.Th(telling.say(f"path.{name}")), {"scope": "col"})
                    for name in ("day", "hours", "counted")])  # fmt: skip
    table = html.Table([html.Thead(head), html.Tbody(lines)], className="path")
    skipped = _skipped(telling, stages) if kind == "working_days" else ""
    summary = html.Summary(telling.say("path.title", skipped=skipped) if skipped
                           else telling.say("path.plain"))  # fmt: skip
    return [html.Details([summary, html.Div(table, className="scrolls", tabIndex="0")],
                         open=len(stages) <= _SHOWN_OPEN)]  # fmt: skip


def _counted(telling: Telling, kind: str | None, stage: Stage, at: int) -> str:
    """What of the limit the day took: its working time, or itself, the first day apart."""
    if kind == "calendar_days":
        return i18n.number(at, telling.language) if at else i18n.MISSING
    return telling.worked(_minutes(stage)) if stage.worked and kind else i18n.MISSING


def _minutes(stage: Stage) -> int:
    """The day's working time as its hours are written, without seconds: the days add up."""
    spans = [(a.replace(second=0, microsecond=0), b.replace(second=0, microsecond=0))
             for a, b in stage.worked]
    return sum(int((b - a).total_seconds()) // 60 for a, b in spans)


def _stage(telling: Telling, stage: Stage, counted: str) -> Component:
    """A line of the path; days that were skipped say why."""
    weekday = i18n.weekday(stage.day, telling.language)
    day = html.Th([f"{weekday} ", apart(i18n.day(stage.day, telling.language))])
    off = stage.kind in ("free", "holiday", "compensatory")
    hours: Any = telling.say("path.nothing") if not off else _why_off(telling, stage)
    if stage.worked:
        spans = [apart(f"{telling.clock(a)}–{telling.clock(b)}", "span") for a, b in stage.worked]
        extra = [f" ({_why_off(telling, stage)})"] if stage.kind == "working_extra" else []
        hours = [part for one in spans for part in (one, " ")] + extra
    return html.Tr([marked(day, {"scope": "row"}), html.Td(hours), html.Td(apart(counted))],
                   className="off" if off else "")  # fmt: skip


def _why_off(telling: Telling, stage: Stage) -> str:
    name = telling.story.touched.get(stage.day, ("", ""))[1]
    words = telling.say(f"path.{stage.kind}")
    return f"{words}: {name}" if name else words


def _skipped(telling: Telling, stages: Sequence[Stage]) -> str:
    off = [one for one in stages if one.kind in ("free", "holiday", "compensatory")]
    feasts = [one for one in off if one.kind != "free"]
    if not off:
        return telling.say("path.none_skipped")
    if not feasts:
        return telling.say("path.skipped", count=len(off))
    return telling.say("path.skipped_feasts", count=len(off), feasts=len(feasts))


# ---------------------------------------------------------------- the verdict


def verdict(telling: Telling) -> tuple[str, str]:
    """(state, sentence): why it counts as it does; state is good, watch, bad or none."""
    clock, story = telling.clock_row, telling.story
    if story.clock is None:
        return "none", telling.say("verdict.unsummed")
    if story.facts["received_at"] is None:
        return "none", telling.say(f"verdict.{story.standing or 'turned_away'}")
    if clock["ended_at"] is not None:
        return _ended(telling, clock)
    return _open(telling, clock)


def _ended(telling: Telling, clock: dict[str, Any]) -> tuple[str, str]:
    due, ended, outcome = clock["due_at"], clock["ended_at"], clock["outcome"]
    at = {"ended": telling.at(ended), "due": telling.at(due)}
    if clock["end_kind"] != "done":
        return "none", telling.say(f"verdict.{clock['end_kind']}", **at)
    if outcome == "late":
        if _second(telling) and (due is None or ended <= due):
            return "bad", telling.say("verdict.late_second", **at)
        return "bad", telling.say("verdict.late", by=telling.between(due, ended), **at)
    if outcome == "no_due":
        return "none", telling.say("verdict.no_due", **at)
    return "good", telling.say(f"verdict.{outcome}", **at)


def _open(telling: Telling, clock: dict[str, Any]) -> tuple[str, str]:
    now, due = telling.known.now, clock["due_at"]
    standing = telling.story.standing
    if standing == "suspended":
        return "none", telling.say("verdict.suspended", since=telling.at(_asked(telling)))
    if standing == "overdue":
        since = clock["overdue_at"]
        key = "verdict.overdue_second" if _second(telling) and since != due else "verdict.overdue"
        return "bad", telling.say(key, due=telling.at(due), since=telling.at(since),
                                  by=telling.between(since, now))  # fmt: skip
    if standing == "open_no_due" or due is None:
        return "none", telling.say("verdict.open_no_due")
    state = "watch" if standing == "due_soon" else "good"
    return state, telling.say(f"verdict.{'due_soon' if state == 'watch' else 'within_due'}",
                              due=telling.at(due), left=telling.between(now, due))  # fmt: skip


def _second(telling: Telling) -> bool:
    return any(step.kind == "second_supplement" for step in telling.story.steps)


def _asked(telling: Telling) -> datetime | None:
    """Since when the citizen is waited for."""
    now = telling.known.now
    lasting = [start for state, start, end in telling.story.spans
               if state == "suspended" and start < now and (end is None or end >= now)]
    return lasting[-1] if lasting else None


