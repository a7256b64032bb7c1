"""Letters are read, checked and written: once for all who read the same.

A letter that is not complete is held and tried again; after its deadline it is written all the
same and says what is missing. One worker writes at a time; a second one would only do the same
work twice, for a letter is kept once.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.jobs.planning import KIND
from ops_center.store import outbox
from ops_center.store.letters import (
    Letter,
    find_letter_id,
    keep_letter,
    scope_of,
    sections_of,
)
from ops_center.store.outbox import Entry
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import Subscription, select_subscriptions
from ops_center.store.system import take_lease
from ops_center.store.wards import Ward

LEASE = "letters"
"""The name of the writer's lease, one in each ward."""

_SHOWN = 200  # letters of what went wrong
_ONE_INSTANT = timedelta(seconds=60)


class Pen(Protocol):
    """What makes the content: the module mail.letter, or a stand-in."""

    Wish: Callable[..., Any]

    def read(self, connection: Connection, ward: Ward, wish: Any, like: Any = None) -> Any: ...
    def check(self, reading: Any, now: datetime, language: str) -> Any: ...
    def write(self, reading: Any, wish: Any, findings: Any, final: bool) -> Letter: ...


@dataclass(frozen=True)
class Text:
    """What tells one letter of a reading from another."""

    language: str
    workbook: bool
    report: bool


@dataclass(frozen=True)
class Topic:
    """What tells one reading from another."""

    kind: str
    slot: str
    hub_ids: tuple[str, ...]
    sections: tuple[str, ...]

    def key(self, text: Text) -> dict[str, str]:
        """Of the letter in that language with those files, in the database."""
        sections = sections_of(self.sections, workbook=text.workbook, report=text.report)
        return {
            "kind": self.kind, "slot": self.slot, "scope": scope_of(self.hub_ids),
            "language": text.language, "sections": sections,
        }  # fmt: skip


Plan = Mapping[Topic, Mapping[Text, Sequence[Entry]]]


@dataclass(frozen=True)
class Pace:
    """How long things are held: seconds. Tests are in more of a hurry."""

    writing_lease: float = 90.0
    look_again: float = 60.0
    lease: float = 90.0
    back_off: tuple[float, ...] = (60.0, 300.0, 900.0, 1800.0, 3600.0)


class Writer:
    """Writes the letters of wards."""

    def __init__(
        self,
        engine: Engine,
        holder: str,
        clock: Callable[[], datetime],
        pen: Callable[[], Pen],
        *,
        public_url: str,
        deadline: timedelta,
        pace: Pace,
        stop: threading.Event,
    ) -> None:
        self._engine, self._holder, self._clock, self._pen = engine, holder, clock, pen
        self._public_url, self._deadline = public_url, deadline
        self._pace, self._stop = pace, stop

    def write(self, ward: Ward) -> None:
        """Write what is due, unless another worker does. Problem when the database fails."""
        with reading(self._engine) as connection:
            if not outbox.list_unwritten(connection, ward.id, self._clock()):
                return
        if not self._keep_lease(ward):
            return
        try:
            self._write_all(ward)
        finally:
            self._keep_lease(ward, 0)

    def _keep_lease(self, ward: Ward, seconds: float | None = None) -> bool:
        lasting = self._pace.writing_lease if seconds is None else seconds
        with writing(self._engine) as connection:
            now = self._clock()
            return take_lease(connection, ward.id, LEASE, self._holder, now, lasting)

    def _write_all(self, ward: Ward) -> None:
        """All letters of a round tell of the same instant, unless it takes too long."""
        as_of, like = self._clock(), None
        for topic, texts in self._sorted(ward).items():
            if self._stop.is_set() or not self._keep_lease(ward):
                return
            rest = {
                text: entries for text, entries in texts.items()
                if not self._is_there(ward, topic, text, entries)
            }  # fmt: skip
            if rest:
                if abs(self._clock() - as_of) > _ONE_INSTANT:
                    as_of, like = self._clock(), None
                like = self._write_topic(ward, topic, rest, as_of, like)

    def _sorted(self, ward: Ward) -> Plan:
        """What is to be written, after what nobody wants any more is skipped."""
        plan: dict[Topic, dict[Text, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        with writing(self._engine) as connection:
            now = self._clock()
            entries = outbox.list_unwritten(connection, ward.id, now)
            ids = {one.subscription_id for one in entries if one.subscription_id}
            wanted = select_subscriptions(connection, ward.id, ids)
            for entry in entries:
                found = wanted.get(entry.subscription_id or "")
                if reason := unwanted(found, entry.kind):
                    outbox.skip(connection, ward.id, [entry.id], now, reason)
                elif found:
                    topic = Topic(entry.kind, entry.slot, found.hub_ids, found.sections)
                    text = Text(found.language, found.workbook, found.report)
                    plan[topic][text].append(entry)
        return plan

    def _is_there(
        self, ward: Ward, topic: Topic, text: Text, entries: Sequence[Entry]
    ) -> bool:
        """Whether the letter was written before; if so it is theirs."""
        with writing(self._engine) as connection:
            known = find_letter_id(connection, ward.id, **topic.key(text))
            if known is not None:
                outbox.attach(connection, ward.id, _ids(entries), known)
        return known is not None

    def _write_topic(
        self, ward: Ward, topic: Topic, texts: Mapping[Text, Sequence[Entry]], as_of: datetime,
        like: Any,
    ) -> Any:  # fmt: skip
        """One reading, which is returned, and its letters. What fails is held, and the others go
        on. `like`: an earlier reading at that instant."""
        wishes = {text: self._wish(topic, text, as_of) for text in texts}
        pen = self._pen()
        try:
            with reading(self._engine) as connection:
                found = pen.read(connection, ward, next(iter(wishes.values())), like)
        except Exception as error:
            self._fail(ward, topic, [one for entries in texts.values() for one in entries], error)
            return like
        for text, entries in texts.items():
            if self._stop.is_set() or not self._keep_lease(ward):
                return found
            try:
                self._write_text(ward, topic, found, wishes[text], text, entries)
            except Exception as error:  # a defect in one language must not stop the others
                self._fail(ward, topic, entries, error)
        return found

    def _wish(self, topic: Topic, text: Text, as_of: datetime) -> Any:
        return self._pen().Wish(
            hub_ids=topic.hub_ids, language=text.language, sections=topic.sections,
            kind=topic.kind, slot=topic.slot, as_of=as_of, public_url=self._public_url,
            workbook=text.workbook, report=text.report,
        )  # fmt: skip

    def _write_text(
        self, ward: Ward, topic: Topic, found: Any, wish: Any, text: Text, entries: Sequence[Entry]
    ) -> None:
        pen, now = self._pen(), self._clock()
        findings = pen.check(found, now, text.language)
        until = self._until(entries, now)
        final = now >= until
        if findings.holds and not final:
            self._hold(ward, entries, now, until, _what_holds(findings))
            return
        written = pen.write(found, wish, findings, final)
        key: dict[str, Any] = {**topic.key(text)}
        kept = replace(written, **key)
        with writing(self._engine) as connection:
            id = keep_letter(connection, ward.id, kept, self._clock())
            outbox.attach(connection, ward.id, _ids(entries), id)
        logs.event(
            "letter.written", ward=ward.id, slot=topic.slot, scope=kept.scope,
            language=text.language, readers=len(entries), missing=",".join(kept.missing),
        )  # fmt: skip

    def _until(self, entries: Sequence[Entry], now: datetime) -> datetime:
        """Until when they may be held: so long from the first time that they were."""
        latest = now + self._deadline
        return min((one.until for one in entries if one.until is not None), default=latest)

    def _hold(
        self, ward: Ward, entries: Sequence[Entry], now: datetime, until: datetime, reason: str
    ) -> None:
        again = min(now + timedelta(seconds=self._pace.look_again), max(until, now))
        until = min(until, now + self._deadline)  # the clock may have been set back
        with writing(self._engine) as connection:
            outbox.hold(connection, ward.id, _ids(entries), again, until, reason)
        if any(one.reason != reason for one in entries):
            logs.warning("letter.held", ward=ward.id, slot=entries[0].slot, reason=reason)

    def _fail(
        self, ward: Ward, topic: Topic, entries: Sequence[Entry], error: Exception
    ) -> None:
        """Held with the reason, and tried again until it is too old to be sent."""
        if isinstance(error, Problem) and error.key.startswith("store."):
            raise error  # the database, not the letter
        logs.failure("letter.failed", error, ward=ward.id, slot=topic.slot)
        reason = f"failed {type(error).__name__}: {error}"[:_SHOWN]
        now = self._clock()
        self._hold(ward, entries, now, now + self._deadline, reason)


def unwanted(found: Subscription | None, kind: str = KIND) -> str:
    """Why a planned letter is not to be sent any more; "" when it is.

    Somebody may ask for the letter of a paused subscription; nobody for that of one that its
    reader has ended.
    """
    if found is None:
        return "gone"
    if not found.active and found.unsubscribed_at:
        return "unsubscribed"
    if not found.active and kind == KIND:
        return "paused"
    return "" if found.reachable else "no_address"


def _what_holds(findings: Any) -> str:
    """As a reason: what is missing, or that something is not summed yet."""
    missing = [*findings.missing_sections, *findings.blank_pictures]
    return f"incomplete {','.join(missing)}" if missing else "behind"


def _ids(entries: Sequence[Entry]) -> list[str]:
    return [one.id for one in entries]

