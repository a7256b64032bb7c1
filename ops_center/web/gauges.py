"""/metrics: what /health tells, as Prometheus reads it, from memory too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from flask import Flask, Response

from ops_center.mail.smtp import missing
from ops_center.store.letter_tables import OUTBOX_STATES
from ops_center.web.condition import DATABASE_GONE, LIVE

if TYPE_CHECKING:
    from ops_center.settings import Settings
    from ops_center.web.condition import Condition
    from ops_center.web.live import Live

KIND = "text/plain; version=0.0.4; charset=utf-8"
Samples = Mapping[tuple[tuple[str, str], ...], float | None]


def register(server: Flask, live: Live, settings: Settings) -> None:
    """Add the route. It answers 200 whatever the state, which is one of the numbers."""

    @server.get("/metrics")
    def metrics() -> Response:
        told = "".join(lines(live.condition(), live, settings))
        response = Response(told, content_type=KIND)
        response.headers["Cache-Control"] = "no-store"
        return response


def lines(condition: Condition, live: Live, settings: Settings) -> Iterator[str]:
    """Each gauge with its help; what is not known has no sample."""
    ages = condition.ages()
    yield from _one("live", "1 while database and worker are well", condition.state == LIVE)
    yield from _one("database_up", "1 while the database answers",
                    condition.state != DATABASE_GONE)  # fmt: skip
    yield from _one("data_age_seconds", "Since data was last summed", ages["data"])
    yield from _one("worker_heartbeat_age_seconds", "Since the worker's last sign of life",
                    ages["worker"])  # fmt: skip
    yield from _one("oldest_unsummed_change_age_seconds", "Of the oldest change not yet summed",
                    condition.waiting_age)  # fmt: skip
    yield from _one("dossiers_set_aside", "Dossiers that a defect keeps out of the sums",
                    condition.aside)  # fmt: skip
    sources: Samples = {(("source", name),): age for name, age in ages["sources"].items()}
    yield from _gauge("source_age_seconds", "Since each source was last heard", sources)
    yield from _letters(live, settings)


def _letters(live: Live, settings: Settings) -> Iterator[str]:
    yield from _one("mail_server_set", "1 when a mail server and a sender are set",
                    not missing(settings))  # fmt: skip
    look = live.pulse.look
    if look is None or look.letters is None:
        return
    numbers, now = look.letters, live.pulse.clock.now()
    states: Samples = {(("state", name),): numbers.states.get(name, 0) for name in OUTBOX_STATES}
    yield from _gauge("letters", "Letters due in the last 7 days, by what became of them", states)
    waits = 0.0 if numbers.oldest is None else max(0.0, (now - numbers.oldest).total_seconds())
    yield from _one("letter_oldest_waiting_seconds", "Since the longest waiting letter is due",
                    waits)  # fmt: skip
    yield from _one("letters_refused_untold", "Refused letters that the keeper was not told of",
                    numbers.untold)  # fmt: skip
    sent = None if numbers.last_sent is None else numbers.last_sent.timestamp()
    yield from _one("letter_last_sent_timestamp_seconds", "When a letter was last sent", sent)


def _one(name: str, help: str, value: float | None) -> Iterator[str]:
    yield from _gauge(name, help, {(): value})


def _gauge(name: str, help: str, samples: Samples) -> Iterator[str]:
    known = {labels: value for labels, value in samples.items() if value is not None}
    if not known:
        return
    yield f"# HELP ops_center_{name} {help}\n# TYPE ops_center_{name} gauge\n"
    for labels, value in known.items():
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
        yield f"ops_center_{name}{'{' + shown + '}' if shown else ''} {float(value):.15g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
