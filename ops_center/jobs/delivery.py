"""Letters go out: claimed by lease, handed over, settled.

A letter arrives once, with one exception that nobody can rule out: the server took it and we
ended, or lost the connection, before we could write that down. Then it goes once more, with the
same Message-ID, by which mail programs know it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.jobs.outage import Outage
from ops_center.jobs.writing import Pace, unwanted
from ops_center.mail.message import Envelope, Ready
from ops_center.mail.smtp import Carrier, Server, TransportError, tick
from ops_center.mail.unsubscribe import link
from ops_center.settings import Settings
from ops_center.store import outbox
from ops_center.store.letters import find_letter
from ops_center.store.outbox import Entry
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import Subscription, select_subscriptions
from ops_center.store.wards import Ward

_REMEMBERED = 4  # letters in memory: neighbours in the outbox are the same letter
_LOST = ("no_connection", "no_answer", "slow", "closing")
_MOST_LOST = 3  # letters in a row: then it is the server, and the others need not be tried
_SHOWN = 300


class Courier:
    """Delivers the letters of wards."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        holder: str,
        clock: Callable[[], datetime],
        *,
        pace: Pace,
        stop: threading.Event,
    ) -> None:
        self._engine, self._settings, self._holder = engine, settings, holder
        self._clock, self._pace, self._stop = clock, pace, stop
        self._letters: OrderedDict[tuple[str, bool], Ready] = OrderedDict()
        self._outage = Outage("mail")

    def deliver(self, ward: Ward, server: Server) -> None:
        """Send what is due, until nothing is or the server fails; Problem if the database does."""
        with reading(self._engine) as connection:
            if not outbox.is_ready(connection, ward.id, self._clock()):
                return
        carrier = Carrier(server)
        try:
            carrier.open()
            self._outage.ends()
            self._send_all(ward, carrier)
        except TransportError as error:
            self._fails(ward, error)
        finally:
            carrier.close()
            self._letters.clear()

    def _fails(self, ward: Ward, error: TransportError) -> None:
        """The server as a whole: each waiting letter says so, and the log says it once."""
        self._outage.begins(error, expected=True)
        with writing(self._engine) as connection:
            outbox.note(connection, ward.id, self._clock(), _reason(error))

    def _send_all(self, ward: Ward, carrier: Carrier) -> None:
        lost = 0
        while not self._stop.is_set() and lost < _MOST_LOST:
            held_until = tick() + self._pace.lease  # from before the claim: never too late
            with writing(self._engine) as connection:
                mine = outbox.claim(
                    connection, ward.id, self._holder, self._clock(), self._pace.lease
                )
                reader = _reader(connection, mine)
            if mine is None:
                return
            lost = lost + 1 if self._send(ward, carrier, mine, reader, held_until) else 0

    def _send(
        self,
        ward: Ward,
        carrier: Carrier,
        mine: Entry,
        reader: Subscription | None,
        held_until: float,
    ) -> bool:
        """Send and settle one letter; whether the connection was lost over it."""
        reason = unwanted(reader, mine.kind) if mine.subscription_id else ""
        if reason:
            self._settle(
                held_until, lambda it: outbox.settle_skipped(it, mine, self._clock(), reason)
            )
            return False
        try:
            envelope = self._envelope(ward, mine, reader)
            content = self._ready(mine, envelope.plain_only).addressed(envelope)
            reply = carrier.send(content, mine.recipient, held_until)
        except TransportError as error:
            self._settle_failure(mine, error, held_until)
            if error.of_server:
                raise
            return error.reason in _LOST
        except Problem:
            raise
        except Exception as error:  # a letter that cannot be made must not stop the others
            logs.failure("letter.not_made", error, ward=ward.id, letter=mine.letter_id)
            told = f"failed {type(error).__name__}: {error}"[:_SHOWN]
            self._settle(
                held_until, lambda it: outbox.settle_refused(it, mine, self._clock(), "", told)
            )
            return False
        self._settle(held_until, lambda it: outbox.settle_sent(it, mine, self._clock(), reply))
        logs.event("letter.sent", ward=ward.id, slot=mine.slot, id=mine.id, attempts=mine.attempts)
        return False

    def _settle_failure(self, mine: Entry, error: TransportError, held_until: float) -> None:
        now, reason = self._clock(), error.reason
        logs.warning("letter.not_taken", ward=mine.ward_id, id=mine.id, slot=mine.slot,
                     reason=reason, reply=error.reply, attempts=mine.attempts)  # fmt: skip
        if error.permanent:
            self._settle(
                held_until,
                lambda it: outbox.settle_refused(it, mine, now, error.reply, reason),
            )
            return
        again = now + timedelta(seconds=self._back_off(mine.attempts))
        self._settle(
            held_until,
            lambda it: outbox.settle_later(it, mine, again, error.reply, reason),
        )

    def _back_off(self, attempts: int) -> float:
        steps = self._pace.back_off
        return steps[min(attempts, len(steps)) - 1]

    def _settle(self, held_until: float, settle: Callable[[Connection], bool]) -> None:
        """Write down what became of it: a database that fails is tried for as long as it is ours,
        for what is not written down is sent again."""
        while True:
            try:
                with writing(self._engine) as connection:
                    if not settle(connection):
                        logs.warning("letter.lease_lost", holder=self._holder)
                return
            except Problem as problem:
                if tick() > held_until:
                    raise
                logs.warning("letter.not_settled", reason=str(problem))
                time.sleep(0.5)

    def _ready(self, mine: Entry, plain_only: bool) -> Ready:
        """Read and encoded once for all who get the same."""
        id = mine.letter_id or ""
        if (id, plain_only) not in self._letters:
            with reading(self._engine) as connection:
                found = find_letter(connection, mine.ward_id, id)
            if found is None:
                raise LookupError(f"no letter {id}")
            self._letters[id, plain_only] = Ready(found, plain_only=plain_only)
            if len(self._letters) > _REMEMBERED:
                self._letters.popitem(last=False)
        self._letters.move_to_end((id, plain_only))
        return self._letters[id, plain_only]

    def _envelope(self, ward: Ward, mine: Entry, reader: Subscription | None) -> Envelope:
        settings = self._settings
        told = Envelope(settings.mail_from, mine.recipient, mine.message_id, zone=ward.zone)
        if reader is None:
            return told
        return Envelope(
            sender=settings.mail_from,
            recipient=mine.recipient,
            message_id=mine.message_id,
            name=reader.name,
            link=link(
                settings.public_url, settings.secret_key, ward.id, reader.id, reader.language
            ),
            zone=_zone(reader, ward.zone),
            plain_only=reader.format == "text",
        )


def _reader(connection: Connection, mine: Entry | None) -> Subscription | None:
    if mine is None or mine.subscription_id is None:
        return None
    found = select_subscriptions(connection, mine.ward_id, [mine.subscription_id])
    return found.get(mine.subscription_id)


def _zone(reader: Subscription, otherwise: tzinfo) -> tzinfo:
    try:
        return ZoneInfo(reader.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


def _reason(error: TransportError) -> str:
    return f"{error.reason} {error.reply}".strip()[:_SHOWN]
