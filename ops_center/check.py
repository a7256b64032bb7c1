"""What is wrong with this set-up, in sentences: each names the remedy."""

from __future__ import annotations

import json
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.settings import KEY_LENGTH, Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from ops_center.store.wards import Ward

State = Literal["good", "watch", "bad"]
MARKS: dict[State, str] = {"good": "●", "watch": "◆", "bad": "▲"}

WORKER_LATE = timedelta(seconds=6)
CHANGE_LATE = timedelta(seconds=15)
LEAST_DISK = 1_000_000_000  # bytes
LETTER_LATE = timedelta(hours=1)
LETTERS_OF = timedelta(days=7)
MAIL_WITHIN = 5.0  # seconds
CALENDAR_DUE_MONTH = 10  # the next year's days off are published in autumn


@dataclass(frozen=True)
class Finding:
    """One sentence and whether it is well, to be looked at, or wrong."""

    state: State
    sentence: str

    @property
    def mark(self) -> str:
        return MARKS[self.state]


def look(settings: Settings, now: datetime) -> list[Finding]:
    """Every finding, good ones too. `now` is aware."""
    inspection = Inspection(settings, now)
    return [
        *inspection.disk(),
        *inspection.secret(),
        *inspection.rules(),
        *inspection.web(),
        *inspection.database(),
    ]


@dataclass(frozen=True)
class Inspection:
    settings: Settings
    now: datetime

    def _found(self, state: State, key: str, **values: object) -> Finding:
        problem = Problem(f"hall.check.{key}", **values)
        return Finding(state, problem.text(self.settings.language))

    # --- this machine ------------------------------------------------------------------------

    def disk(self) -> Iterator[Finding]:
        folder = self._folder()
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield self._found("bad", "no_folder", folder=folder, reason=error.strerror)
            return
        shown = i18n.number(free / 1e9, self.settings.language, 1)
        key = "disk_low" if free < LEAST_DISK else "disk"
        yield self._found(
            "bad" if free < LEAST_DISK else "good", key, folder=folder, free=shown
        )

    def _folder(self) -> Path:
        """Where this machine writes: beside the SQLite file, else the current folder."""
        scheme, _, path = self.settings.database_url.partition(":///")
        return Path(path).absolute().parent if scheme == "sqlite" else Path.cwd()

    def secret(self) -> Iterator[Finding]:
        if self.settings.public_url and not self.settings.secret_key:
            yield self._found("bad", "no_secret", url=self.settings.public_url)

    def rules(self) -> Iterator[Finding]:
        """Rule files are wrong or right before anything else is looked at."""
        from ops_center.metrics.scheme import read_rules

        try:
            names = ", ".join(one.code for one in read_rules(self.settings.rules_folder))
        except Problem as problem:
            yield Finding("bad", problem.text(self.settings.language))
        else:
            good = Problem("evaluation.rules.found", names=names)
            yield Finding("good", good.text(self.settings.language))
        if 0 < len(self.settings.keeper_key) < KEY_LENGTH:
            yield self._found("bad", "short_key", least=KEY_LENGTH)

    def web(self) -> Iterator[Finding]:
        port = self.settings.port
        if not _listens(port):
            yield self._found("watch", "web_off", port=port)
        elif _is_ours(port):
            yield self._found("good", "web", port=port)
        else:
            yield self._found("bad", "port_taken", port=port, other=port + 1)

    # --- the database ------------------------------------------------------------------------

    def database(self) -> Iterator[Finding]:
        from ops_center.store import migrate
        from ops_center.store.failures import place

        try:
            with self._opened() as engine:
                migrate.require_current(engine)
                yield self._found("good", "database", database=place(engine))
                _try_to_write(engine, self.now)
                yield from self._contents(engine)
        except Problem as problem:
            yield Finding("bad", problem.text(self.settings.language))

    @contextmanager
    def _opened(self) -> Iterator[Engine]:
        from ops_center.store.session import open_engine

        engine = open_engine(
            self.settings.database_url, timeout=self.settings.database_timeout
        )
        try:
            yield engine
        finally:
            engine.dispose()

    def _contents(self, engine: Engine) -> Iterator[Finding]:
        from ops_center.store.session import reading
        from ops_center.store.wards import find_ward

        with reading(engine) as connection:
            ward = find_ward(connection, self.settings.ward or None)
            yield self._found("good", "ward", name=ward.name, id=ward.id)
            yield from self._calendar(connection, ward)
            yield from self._hubs(connection, ward)
            yield from self._worker(connection, ward)
            yield from self._aside(connection, ward)
            yield from self._sources(connection, ward)
            yield from self._letters(connection, ward)

    def _calendar(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.calendars import find_calendar

        today = self.now.astimezone(ward.zone).date()
        filled = find_calendar(connection, ward).filled_until() or 0
        if filled < today.year:
            yield self._found("bad", "calendar", year=today.year)
        elif filled == today.year and today.month >= CALENDAR_DUE_MONTH:
            yield self._found("watch", "calendar", year=today.year + 1)

    def _hubs(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.hubs import list_hubs
        from ops_center.store.wards import UNASSIGNED

        hubs = [
            hub for hub in list_hubs(connection, ward.id)
            if hub.active and hub.code != UNASSIGNED and hub.replaced_by is None
        ]
        if not hubs:
            yield self._found("bad", "no_hubs")
        if pointless := [hub.code for hub in hubs if hub.longitude is None]:
            yield self._found("watch", "no_point", count=len(pointless), codes=_some(pointless))

    def _worker(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.system import find_heartbeats, oldest_change

        beat = find_heartbeats(connection).get("worker")
        oldest = oldest_change(connection, ward.id)
        if beat is None or self.now - beat.at > WORKER_LATE:
            last = None if beat is None else beat.at
            yield self._found("bad", "worker_off", since=self._moment(last, ward))
        elif oldest is not None and self.now - oldest > CHANGE_LATE:
            yield self._found("bad", "worker_behind", since=self._moment(oldest, ward))
        else:
            yield self._found("good", "worker")

    def _aside(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.aside import find_aside

        if found := find_aside(connection, ward.id):
            codes = _some([one.code or one.dossier_id for one in found])
            yield self._found("bad", "set_aside", count=len(found), codes=codes)

    def _sources(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.calendars import find_calendar
        from ops_center.store.sources import list_sources

        calendar = find_calendar(connection, ward)
        for source in list_sources(connection, ward.id):
            heard, name = source.last_heard_at, source.name
            if heard is None:
                yield self._found("watch", "source_never", name=name)
            elif calendar.minutes_between(heard, self.now) > source.silent_after_minutes:
                yield self._found(
                    "watch", "source_silent", name=name, since=self._moment(heard, ward)
                )

    def _letters(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.mail.message import is_address
        from ops_center.mail.smtp import missing
        from ops_center.store.subscriptions import list_subscriptions

        readers = sum(one.active for one in list_subscriptions(connection, ward.id))
        unset = missing(self.settings)
        if not readers:
            yield self._of_letters("good", f"nobody_{unset}" if unset else "nobody")
            return
        if unset:
            yield self._of_letters("bad", unset, count=readers)
        else:
            yield self._mail_server()
        if not is_address(self.settings.mail_keeper):
            yield self._of_letters("watch", "no_keeper")
        if not (self.settings.public_url and self.settings.secret_key):
            yield self._of_letters("watch", "no_link")
        yield from self._outbox(connection, ward)

    def _mail_server(self) -> Finding:
        """Whether it lets us in; nothing is sent."""
        from ops_center.mail.reasons import reason_words
        from ops_center.mail.smtp import Carrier, TransportError, server_of

        server = server_of(self.settings)
        assert server is not None, "nothing is missing"
        carrier = Carrier(replace(server, timeout=min(server.timeout, MAIL_WITHIN)))
        try:
            carrier.open()
        except TransportError as error:
            why = reason_words(f"{error.reason} {error.reply}".strip(), self.settings.language)
            host = f"{server.host}:{server.port}"
            return self._of_letters("bad", "unreachable", host=host, why=why)
        finally:
            carrier.close()
        return self._of_letters("good", "server", host=server.host)

    def _outbox(self, connection: Connection, ward: Ward) -> Iterator[Finding]:
        from ops_center.store.outbox import numbers

        found = numbers(connection, ward.id, self.now - LETTERS_OF)
        if refused := found.states.get("refused"):
            yield self._of_letters("watch", "refused", count=refused)
        if found.oldest is not None and self.now - found.oldest > LETTER_LATE:
            yield self._of_letters("bad", "late", since=self._moment(found.oldest, ward))

    def _of_letters(self, state: State, key: str, **values: object) -> Finding:
        words = Problem(f"post.check.{key}", **values)
        return Finding(state, words.text(self.settings.language))

    def _moment(self, at: datetime | None, ward: Ward) -> str:
        return i18n.moment(at, ward.zone, self.settings.language)


class _Undo(Exception):
    """Rolls a trial write back."""


def _try_to_write(engine: Engine, now: datetime) -> None:
    """Problem when the database is read-only, locked or full; leaves nothing behind."""
    from ops_center.store.session import writing
    from ops_center.store.system import beat

    try:
        with writing(engine) as connection:
            beat(connection, "check", now)
            raise _Undo
    except _Undo:
        return


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_ours(port: int) -> bool:
    """Whether what listens there answers /health as our web server does, well or not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=4) as reply:
            body = reply.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError:
        return False
    try:
        return "worker_heartbeat_age" in json.loads(body)
    except (ValueError, TypeError):
        return False


def _some(codes: list[str], most: int = 5) -> str:
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")
