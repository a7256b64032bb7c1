"""A ward with subscribers, a stand-in for the letters' content, and a clock the tests hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete

from ops_center.jobs.letters import Letters
from ops_center.jobs.writing import Pace
from ops_center.settings import Settings
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.letter_tables import (
    letter,
    letter_part,
    outbox,
    subscription,
    subscription_hub,
)
from ops_center.store.letters import UNSUBSCRIBE, Letter, Part
from ops_center.store.outbox import Entry, list_outbox
from ops_center.store.people import add_person
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import (
    Subscription,
    keep_subscription,
    list_subscriptions,
)
from ops_center.store.tables import calendar_day, heartbeat, job_run, lease, person
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.mailbox import SENDER, Mailbox

BEGIN = datetime(2026, 8, 13, 9, tzinfo=UTC)  # Thursday 16:00 in Hanoi: subscribed
MORNING = datetime(2026, 8, 14, 0, 0, 5, tzinfo=UTC)  # Friday 07:00:05 in Hanoi
SLOT = "2026-08-14T07:00+07:00"
HUBS = ("one", "two")
IMPATIENT = Pace(writing_lease=2.0, look_again=60.0, lease=2.0, back_off=(60.0, 300.0))


@dataclass(frozen=True)
class Wish:
    """As mail.letter's."""

    hub_ids: tuple[str, ...]
    language: str
    sections: tuple[str, ...]
    kind: str
    slot: str
    as_of: datetime
    public_url: str = ""
    workbook: bool = False
    report: bool = False


@dataclass(frozen=True)
class Findings:
    missing_sections: tuple[str, ...] = ()
    blank_pictures: tuple[str, ...] = ()
    revision_behind: bool = False

    @property
    def holds(self) -> bool:
        return bool(self.missing_sections or self.blank_pictures or self.revision_behind)


@dataclass
class Pen:
    """Writes letters that say which they are, and counts how often it was asked."""

    findings: Findings = Findings()
    error: Exception | None = None
    reads: list[Wish] = field(default_factory=list)
    writes: list[tuple[Wish, bool]] = field(default_factory=list)
    Wish: Any = Wish

    def read(
        self, connection: Connection, ward: Ward, wish: Wish, like: Wish | None = None
    ) -> Wish:
        if self.error is not None:
            raise self.error
        self.reads.append(wish)
        return wish

    def check(self, reading: Wish, now: datetime, language: str) -> Findings:
        return self.findings

    def write(self, reading: Wish, wish: Wish, findings: Findings, final: bool) -> Letter:
        self.writes.append((wish, final))
        told = f"{wish.slot} {wish.language} {','.join(wish.hub_ids) or 'ward'}"
        files = [("workbook.xlsx", wish.workbook), ("report.pdf", wish.report)]
        return Letter(
            kind=wish.kind, slot=wish.slot, language=wish.language, revision=1, as_of=wish.as_of,
            subject=told, html=f"<p>{told}</p><p>{UNSUBSCRIBE}</p>",
            plain=f"{told}\n{UNSUBSCRIBE}\n", missing=findings.missing_sections,
            parts=(Part("map.png", "image/png", b"png"),
                   *(Part(name, "application/pdf", b"x") for name, wanted in files if wanted)),
        )  # fmt: skip


@dataclass
class Hands:
    """A clock that moves when it is told to."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Office:
    """One ward's letters, as one or several workers do them."""

    engine: Engine
    settings: Settings
    ward: Ward
    clock: Hands = field(default_factory=Hands)
    pen: Pen = field(default_factory=Pen)

    def worker(self, name: str = "w", **changed: Any) -> Letters:
        told: dict[str, Any] = {"pen": lambda: self.pen, "pace": IMPATIENT, **changed}
        return Letters(self.engine, self.settings, name, self.clock, **told)

    def turn(self) -> None:
        """A round of a worker that was started just now."""
        self.worker().turn_of(self.ward)

    def subscribe(self, email: str, **wanted: Any) -> Subscription:
        return subscribe(self.engine, self.ward.id, email, **wanted)

    def entries(self) -> dict[str, Entry]:
        """By recipient; each has one."""
        found = self.history()
        assert len({one.recipient for one in found}) == len(found)
        return {one.recipient: one for one in found}

    def history(self) -> list[Entry]:
        with reading(self.engine) as connection:
            return list_outbox(connection, self.ward.id, most=10_000)

    def states(self) -> dict[str, tuple[str, str]]:
        return {name: (one.state, one.reason) for name, one in self.entries().items()}


def plant(engine: Engine) -> Ward:
    ward = Ward("w1", "Phường Thử")
    with writing(engine) as connection:
        add_ward(connection, ward)
        for code in HUBS:
            add_hub(connection, Hub("w1", code.upper(), f"Điểm {code}", id=code))
    return ward


WRITTEN = (outbox, letter_part, letter, subscription_hub, subscription, person, calendar_day,
           lease, job_run, heartbeat)  # fmt: skip
"""What letters' tests write, in the order in which it can be deleted."""


def tidy(engine: Engine) -> None:
    """As the ward was planted: the next test finds nothing of the last one's."""
    with writing(engine) as connection:
        for table in WRITTEN:
            connection.execute(delete(table))


def subscribe(
    engine: Engine, ward_id: str, email: str, now: datetime = BEGIN, **wanted: Any
) -> Subscription:
    with writing(engine) as connection:
        name = f"Người {email.partition('@')[0]}"
        person_id = add_person(connection, ward_id, name, email=email)
        keep_subscription(connection, Subscription(ward_id, person_id, **wanted), now)
        (found,) = [
            one for one in list_subscriptions(connection, ward_id)
            if one.person_id == person_id
            and one.local_time == wanted.get("local_time", "07:00")
        ]  # fmt: skip
    return found


def settings_for(box: Mailbox | None, url: str = "", **changed: Any) -> Settings:
    """Settings of an installation that sends by that server."""
    told: dict[str, Any] = {"database_url": url, "mail_from": f"IOC <{SENDER}>"}
    if box is not None:
        told |= {"smtp_host": box.server.host, "smtp_port": box.server.port,
                 "smtp_security": "none", "smtp_timeout": 5.0}  # fmt: skip
    return Settings(**{**told, **changed})


def addresses(count: int) -> Sequence[str]:
    return [f"p{n:03}@dongngac.test" for n in range(count)]
