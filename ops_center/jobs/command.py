"""The letter's commands: what was asked for, carried out and told."""

from __future__ import annotations

import email.policy
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine

from ops_center import i18n
from ops_center.domain.slots import read_days, read_time
from ops_center.i18n import Problem, text
from ops_center.jobs.letters import Letters, content
from ops_center.jobs.writing import unwanted
from ops_center.mail.message import Envelope, compose, is_address, message_id, one_line
from ops_center.mail.reasons import reason_words, state_words
from ops_center.mail.shown import in_browser
from ops_center.mail.smtp import missing, server_of
from ops_center.mail.unsubscribe import link
from ops_center.settings import Settings
from ops_center.store import outbox
from ops_center.store.hubs import list_hubs
from ops_center.store.letters import Letter
from ops_center.store.outbox import Entry, Planned
from ops_center.store.people import reader_of
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import (
    SECTIONS,
    Subscription,
    find_subscriptions,
    keep_subscription,
    list_subscriptions,
    pause,
    resume,
)
from ops_center.store.wards import UNASSIGNED, Ward, find_ward

Say = Callable[[str], object]

MANUAL = "manual"
"""The kind of letters that somebody sends by hand."""

RECENT = timedelta(days=7)
_SHOWN = 50  # lines


@dataclass(frozen=True)
class Wish:
    """What a subscription is to be. `name` empty: known, or the address."""

    email: str
    name: str = ""
    hubs: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    language: str = "vi"
    days: str = "daily"
    time: str = "07:00"
    zone: str = ""
    format: Literal["html", "text"] = "html"
    workbook: bool = False
    report: bool = False


@dataclass(frozen=True)
class Clerk:
    """Where letters are asked for: the database, the settings, who is told what, and when."""

    engine: Engine
    settings: Settings
    say: Say
    now: datetime

    @property
    def language(self) -> str:
        return self.settings.language

    # --- subscriptions

    def subscribe(self, wish: Wish) -> None:
        """Add a subscription, or change the one of that person and time."""
        if not is_address(wish.email):
            raise Problem("post.command.wrong_address", value=wish.email)
        with writing(self.engine) as connection:
            ward = self._ward(connection)
            new = _read(connection, ward, wish)
            kept = keep_subscription(connection, new, self.now)
            (found,) = [
                one for one in list_subscriptions(connection, ward.id)
                if (one.person_id, one.local_time) == (new.person_id, new.local_time)
            ]  # fmt: skip
            what = self._what(connection, found)
            others = [
                one for one in find_subscriptions(connection, ward.id, found.email)
                if one.person_id != found.person_id
            ]  # fmt: skip
        self.say(text(f"post.command.{kept}", self.language, name=found.name,
                      address=found.email, what=what))  # fmt: skip
        if others:
            names = ", ".join(dict.fromkeys(one.name for one in others))
            self.say(text("post.command.also_of", self.language, address=found.email,
                          names=names))  # fmt: skip

    def list(self) -> None:
        """A line for each subscription."""
        with reading(self.engine) as connection:
            ward = self._ward(connection)
            found = list_subscriptions(connection, ward.id)
            for one in found:
                self.say(f"{one.id[:8]}  {one.name} <{one.email}>  "
                         f"{self._what(connection, one)}  [{self._state(ward, one)}]")  # fmt: skip
        if not found:
            self.say(text("post.command.none", self.language))

    def set_active(self, wanted: str, active: bool) -> None:
        """Pause or resume all that this id or address names."""
        with writing(self.engine) as connection:
            for one in self._named(connection, wanted):
                if active:
                    resume(connection, one.ward_id, one.id, self.now)
                else:
                    pause(connection, one.ward_id, one.id)
                key = "resumed" if active else "paused"
                self.say(text(f"post.command.{key}", self.language, name=one.name,
                              address=one.email, time=one.local_time))  # fmt: skip

    # --- letters

    def preview(self, wanted: str, as_of: str, folder: Path) -> None:
        """Write the letter as it would be sent, into files; nothing is sent."""
        with reading(self.engine) as connection:
            ward = self._ward(connection)
            found = self._named(connection, wanted)
        at = self._moment(as_of, ward)
        folder.mkdir(parents=True, exist_ok=True)
        for one in found:
            letter = self._letter(ward, one, at)
            base = folder / f"{at.astimezone(ward.zone):%Y-%m-%d-%H%M}-{one.email}-{one.language}"
            content = compose(letter, self._envelope(ward, one, letter))
            message = email.message_from_bytes(content, policy=email.policy.default)
            files = {".eml": content, ".txt": _body(message, "plain").encode()}
            if html := _body(message, "html"):
                files[".html"] = in_browser(html, letter.parts).encode()
            for ending, written in files.items():
                path = base.with_name(base.name + ending)
                path.write_bytes(written)
                self.say(text("post.command.previewed", self.language, path=str(path)))

    def send(self, wanted: str, *, pen: Any = content) -> int:
        """Send the letter now, once more than planned; 1 when one was not sent.

        Never to who has unsubscribed; one that is paused only when its id names it.
        """
        with writing(self.engine) as connection:
            ward = self._ward(connection)
            slot = self.now.astimezone(ward.zone).isoformat(timespec="seconds")
            found = self._named(connection, wanted)
            asked = [one for one in found if self._may_have(ward, one, wanted)]
            rows = [self._planned(ward, one, slot) for one in asked]
            outbox.plan(connection, ward.id, rows)
        if not asked:
            return 1
        holder = f"{socket.gethostname()}-send-{secrets.token_hex(3)}"
        Letters(self.engine, self.settings, holder, _now, pen=pen).turn_of(ward)
        with reading(self.engine) as connection:
            recent = outbox.list_outbox(connection, ward.id, since=self.now - RECENT, most=10_000)
        mine = [one for one in recent if (one.kind, one.slot) == (MANUAL, slot)]
        for one in mine:
            self.say(text("post.command.told", self.language, address=one.recipient,
                          state=self._told(one)))  # fmt: skip
        return int(len(asked) < len(found) or any(one.state != "sent" for one in mine))

    def status(self) -> int:
        """How sending is set up, and what became of the newest letters; 1 when some are stuck."""
        with reading(self.engine) as connection:
            ward = self._ward(connection)
            numbers = outbox.numbers(connection, ward.id, self.now - RECENT)
            open_ones = outbox.list_outbox(
                connection, ward.id, states=[*outbox.UNSETTLED, "refused", "skipped"],
                since=self.now - RECENT, most=_SHOWN,
            )  # fmt: skip
        self.say(self._server())
        states = [f"{n} {state_words(name, self.language)}" for name, n in numbers.states.items()]
        key = "total" if states else "nothing"
        self.say(text(f"post.command.{key}", self.language, states=", ".join(sorted(states))))
        for one in open_ones:
            due = i18n.moment(one.due_at, ward.zone, self.language)
            self.say(f"{due}  {one.recipient}  {self._told(one)}")
        return int("refused" in numbers.states or numbers.untold > 0)

    def _may_have(self, ward: Ward, one: Subscription, wanted: str) -> bool:
        """Whether it may be sent by hand; what stands against it, or is passed by, is said."""
        reason, by_id = unwanted(one), one.id.startswith(wanted)
        if not reason:
            return True
        by_hand = reason == "paused" and by_id
        since = i18n.moment(one.unsubscribed_at, ward.zone, self.language)
        key = "paused_once" if by_hand else f"not_to_{reason}"
        self.say(text(f"post.command.{key}", self.language, name=one.name, address=one.email,
                      time=one.local_time, at=since, id=one.id[:8]))  # fmt: skip
        return by_hand

    # --- what they are made of

    def _ward(self, connection: Connection) -> Ward:
        return find_ward(connection, self.settings.ward or None)

    def _named(self, connection: Connection, wanted: str) -> Sequence[Subscription]:
        ward = self._ward(connection)
        found = find_subscriptions(connection, ward.id, wanted) or [
            one for one in list_subscriptions(connection, ward.id)
            if len(wanted) >= 4 and one.id.startswith(wanted)
        ]  # fmt: skip
        if not found:
            raise Problem("post.command.unknown", wanted=wanted)
        return found

    def _what(self, connection: Connection, one: Subscription) -> str:
        codes = {hub.id: hub.code for hub in list_hubs(connection, one.ward_id)}
        scope = ", ".join(codes.get(id, id) for id in one.hub_ids)
        return text(
            "post.command.what", self.language,
            scope=scope or text("post.command.ward", self.language), days=one.days,
            time=one.local_time, zone=one.time_zone, code=one.language,
        )  # fmt: skip

    def _state(self, ward: Ward, one: Subscription) -> str:
        if one.unsubscribed_at:
            at = i18n.moment(one.unsubscribed_at, ward.zone, self.language)
            return text("post.command.unsubscribed", self.language, at=at)
        if not one.active:
            return text("post.command.inactive", self.language)
        return text(f"post.command.{'active' if one.reachable else 'unreachable'}", self.language)

    def _told(self, one: Entry) -> str:
        told = [state_words(one.state, self.language), reason_words(one.reason, self.language)]
        reply = f"({one.reply})" if one.reply and one.state != "sent" else ""
        return " · ".join(filter(None, [*told, reply]))

    def _server(self) -> str:
        server = server_of(self.settings)
        if server is None:
            hours = i18n.number(self.settings.letter_catch_up_hours, self.language)
            return text(f"post.command.{missing(self.settings)}", self.language, hours=hours)
        host = f"{server.host}:{server.port} ({server.security})"
        return text("post.command.server", self.language, host=host, sender=server.sender)

    def _planned(self, ward: Ward, one: Subscription, slot: str) -> Planned:
        id = message_id(self.settings.mail_from, ward.id, MANUAL, slot, one.id)
        return Planned(MANUAL, slot, one.email.lower(), one.id, self.now, self.now, id)

    def _moment(self, written: str, ward: Ward) -> datetime:
        """A local day at 07:00, or a local time; "" is now."""
        if not written:
            return self.now
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            raise Problem("post.command.wrong_moment", value=written) from None
        if len(written) <= len("2026-08-14"):
            at = datetime.combine(at.date(), time(7))
        at = (at if at.tzinfo else at.replace(tzinfo=ward.zone)).astimezone(UTC)
        if at > self.now:
            raise Problem("post.command.future", value=written)
        return at

    def _letter(self, ward: Ward, one: Subscription, at: datetime) -> Letter:
        pen = content()
        wish = pen.Wish(
            hub_ids=one.hub_ids, language=one.language, sections=one.sections or SECTIONS,
            kind="preview", slot=at.isoformat(), as_of=at, public_url=self.settings.public_url,
            workbook=one.workbook, report=one.report,
        )  # fmt: skip
        with reading(self.engine) as connection:
            found = pen.read(connection, ward, wish)
        return pen.write(found, wish, pen.check(found, self.now, one.language), True)

    def _envelope(self, ward: Ward, one: Subscription, letter: Letter) -> Envelope:
        settings = self.settings
        sender = settings.mail_from if not missing(settings) else "ops-center@localhost"
        return Envelope(
            sender=sender,
            recipient=one.email,
            message_id=message_id(sender, ward.id, letter.kind, letter.slot, one.id),
            name=one.name,
            link=link(settings.public_url, settings.secret_key, ward.id, one.id, one.language),
            zone=ward.zone,
            plain_only=one.format == "text",
        )


def _body(message: EmailMessage, kind: str) -> str:
    """As its reader gets it, with their own link; "" where the letter has none of that kind."""
    found = message.get_body((kind,))
    return str(found.get_content()).replace("\r\n", "\n") if found else ""


def _read(connection: Connection, ward: Ward, wish: Wish) -> Subscription:
    """The wish in the database's words; Problem for what is not understood."""
    known = {
        hub.code: str(hub.id) for hub in list_hubs(connection, ward.id) if hub.code != UNASSIGNED
    }
    for code in wish.hubs:
        if code not in known:
            raise Problem("post.command.unknown_hub", code=code, known=", ".join(known))
    for name in wish.sections:
        if name not in SECTIONS:
            raise Problem("post.command.unknown_section", name=name, known=", ".join(SECTIONS))
    reader = reader_of(connection, ward.id, wish.email, one_line(wish.name))
    return Subscription(
        ward_id=ward.id,
        person_id=reader.id,
        language=wish.language,
        hub_ids=tuple(sorted(known[code] for code in set(wish.hubs))),
        sections=tuple(name for name in SECTIONS if name in wish.sections),
        days=_understood(read_days, wish.days, "wrong_days"),
        local_time=_understood(read_time, wish.time, "wrong_time"),
        time_zone=_understood(_zone, wish.zone or ward.time_zone, "wrong_zone"),
        format=wish.format,
        workbook=wish.workbook,
        report=wish.report,
    )


def _understood(read: Callable[[str], str], value: str, key: str) -> str:
    try:
        return read(value)
    except ValueError:
        raise Problem(f"post.command.{key}", value=value) from None


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(name) from error


def _now() -> datetime:
    return datetime.now(UTC)
