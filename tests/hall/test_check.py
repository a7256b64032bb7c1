"""`ops-center check` says in sentences what is wrong, and nothing when nothing is."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops_center.check import Finding, look
from ops_center.settings import Settings
from ops_center.store.calendars import CalendarDay, add_calendar_day
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.outbox import Planned, plan
from ops_center.store.people import add_person
from ops_center.store.session import writing
from ops_center.store.sources import Source, add_source
from ops_center.store.subscriptions import Subscription, keep_subscription
from ops_center.store.system import beat
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened
from tests.fixtures.mailbox import Mailbox, mailbox

NOW = datetime(2026, 8, 5, 3, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Hà Nội


def planted(database_url: str) -> Settings:
    """A ward with a hub, a source that was just heard, and a worker; no web server."""
    with opened(database_url) as engine, writing(engine) as connection:
        add_ward(connection, Ward("dong-ngac", "Đông Ngạc"))
        add_hub(connection, Hub("dong-ngac", "H1", "Tổ 1", longitude=105.77, latitude=21.08))
        add_source(connection, Source("dong-ngac", "portal", "Cổng", last_heard_at=NOW))
        beat(connection, "worker", NOW)
    return Settings(database_url=database_url, language="en", port=1)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return planted(database_url)


def wrong(settings: Settings, now: datetime = NOW) -> list[str]:
    """The sentences about what is wrong or to be looked at, but for the web server's."""
    return [
        finding.sentence
        for finding in look(settings, now)
        if finding.state != "good" and "web server" not in finding.sentence
    ]


def test_a_healthy_set_up_has_nothing_wrong(settings: Settings) -> None:
    assert wrong(settings) == []


def test_every_finding_is_told_in_the_language_of_the_settings(settings: Settings) -> None:
    sentences = [finding.sentence for finding in look(replace(settings, language="vi"), NOW)]
    assert "Tiến trình tổng hợp đang chạy." in sentences


def test_a_silent_worker_is_named_with_the_command_that_starts_it(settings: Settings) -> None:
    [sentence] = wrong(settings, NOW + timedelta(seconds=10))
    assert "worker is not running" in sentence
    assert "ops-center work" in sentence


def test_a_source_is_silent_by_working_time_only(settings: Settings) -> None:
    evening, midnight = NOW + timedelta(hours=7, minutes=40), NOW + timedelta(hours=14)
    assert [s for s in wrong(settings, evening) if "Cổng has been silent since 5 Aug" in s]
    with opened(settings.database_url) as engine, writing(engine) as connection:
        add_source(connection, Source("dong-ngac", "late", "Late", last_heard_at=evening))
    assert not [s for s in wrong(settings, midnight) if "Late has been silent" in s]


def test_hubs_without_a_point_are_counted_and_named(settings: Settings) -> None:
    with opened(settings.database_url) as engine, writing(engine) as connection:
        add_hub(connection, Hub("dong-ngac", "H2", "Tổ 2"))
    [sentence] = wrong(settings)
    assert sentence.startswith("1 hub has no coordinates") and "H2" in sentence


def test_next_years_days_off_are_asked_for_in_autumn(settings: Settings) -> None:
    autumn = datetime(2027, 10, 5, 3, 0, tzinfo=UTC)
    assert any("working calendar of 2028" in sentence for sentence in wrong(settings, autumn))
    with opened(settings.database_url) as engine, writing(engine) as connection:
        add_calendar_day(connection, CalendarDay(datetime(2028, 1, 1).date(), "holiday"))  # noqa: DTZ001
    assert not any("working calendar" in sentence for sentence in wrong(settings, autumn))


def test_a_database_without_a_ward_is_named(database_url: str) -> None:
    findings = look(Settings(database_url=database_url, language="en", port=1), NOW)
    assert findings[-1].state == "bad"
    assert "ward" in findings[-1].sentence


def test_an_unmigrated_database_is_named_with_the_remedy(empty_database_url: str) -> None:
    if empty_database_url.startswith("sqlite"):
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    findings = look(Settings(database_url=empty_database_url, language="en", port=1), NOW)
    assert findings[-1].state == "bad"
    assert "ops-center db upgrade" in findings[-1].sentence


def test_a_missing_database_is_named_and_not_created(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    findings = look(Settings(database_url=f"sqlite:///{file}", language="en", port=1), NOW)
    assert findings[-1].state == "bad" and str(file) in findings[-1].sentence
    assert not file.exists()


def test_a_locked_database_is_named(sqlite_url: str) -> None:
    quick = replace(planted(sqlite_url), database_timeout=0.2)
    with opened(sqlite_url) as engine, writing(engine):
        [sentence] = wrong(quick)
    assert "locked" in sentence


def test_a_public_address_without_a_secret_key_is_wrong(settings: Settings) -> None:
    [sentence] = wrong(replace(settings, public_url="https://ioc.example.vn"))
    assert "OPS_CENTER_SECRET_KEY" in sentence


class _Answers(http.server.BaseHTTPRequestHandler):
    body = b"{}"

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """A test's server has nothing to say."""


@pytest.fixture
def stranger() -> Iterator[http.server.HTTPServer]:
    """A program of somebody else's that listens on a port."""
    server = http.server.HTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def about_the_web(settings: Settings) -> Finding:
    return next(finding for finding in look(settings, NOW) if "ort " in finding.sentence)


def test_a_port_taken_by_another_program_is_wrong_our_own_server_is_not(
    tmp_path: Path, stranger: http.server.HTTPServer
) -> None:
    port = stranger.server_port
    chosen = Settings(database_url=f"sqlite:///{tmp_path}/x.db", language="en", port=port)
    taken = about_the_web(chosen)
    assert taken.state == "bad" and f"OPS_CENTER_PORT={port + 1}" in taken.sentence
    stranger.RequestHandlerClass.body = b'{"worker_heartbeat_age": null}'  # type: ignore[attr-defined]
    assert about_the_web(chosen).state == "good"


def subscribed(settings: Settings) -> None:
    with opened(settings.database_url) as engine, writing(engine) as connection:
        reader = add_person(connection, "dong-ngac", "An", email="an@x.test")
        keep_subscription(connection, Subscription("dong-ngac", reader), NOW)


def test_that_no_mail_server_is_set_is_told_and_wrong_once_somebody_waits(
    settings: Settings,
) -> None:
    told = [one for one in look(settings, NOW) if "OPS_CENTER_SMTP_HOST" in one.sentence]
    assert [one.state for one in told] == ["good"]
    subscribed(settings)
    told = [one for one in look(settings, NOW) if "OPS_CENTER_SMTP_HOST" in one.sentence]
    assert [one.state for one in told] == ["bad"]
    [sender] = wrong(replace(settings, smtp_host="mail.test", mail_keeper="a@x.test",
                             public_url="https://ioc.test", secret_key="x" * 32))  # fmt: skip
    assert "OPS_CENTER_MAIL_FROM" in sender


def test_letters_that_were_refused_or_are_late_are_told(settings: Settings) -> None:
    subscribed(settings)
    with mailbox() as box:
        refused, late = _told(settings, box)
    assert refused.startswith("1 letter of the last 7 days was refused")
    assert "due 5 Aug 2026" in late and "08:00" in late


def sending(settings: Settings, box: Mailbox) -> Settings:
    return replace(
        settings, smtp_host=box.server.host, smtp_port=box.server.port, smtp_security="none",
        mail_from="ioc@x.test", mail_keeper="a@x.test", public_url="https://ioc.test",
        secret_key="x" * 32,
    )  # fmt: skip


def _told(settings: Settings, box: Mailbox) -> list[str]:
    whole = sending(settings, box)
    assert wrong(whole) == []
    rows = [
        Planned("daily", state, "an@x.test", None, NOW - timedelta(hours=2), NOW, "<x>", state)
        for state in ("refused", "retry")
    ]
    with opened(settings.database_url) as engine, writing(engine) as connection:
        plan(connection, "dong-ngac", rows)
    return wrong(whole)


def test_a_mail_server_that_does_not_let_us_in_is_wrong_with_the_reason(
    settings: Settings,
) -> None:
    subscribed(settings)
    with mailbox() as box:
        whole = sending(settings, box)
        assert wrong(whole) == []
        (sealed,) = wrong(replace(whole, smtp_security="starttls"))
        assert box.received == []
    assert "STARTTLS" in sealed
    (gone,) = wrong(whole)
    assert gone.startswith(f"Letters do not go out by 127.0.0.1:{whole.smtp_port}: ")
