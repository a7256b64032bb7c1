"""/metrics and the letters in /health: what a monitor watches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from ops_center.settings import Settings
from ops_center.store.outbox import Planned, plan
from ops_center.store.session import writing
from ops_center.web.app import create_app
from ops_center.web.live import Live
from tests.fixtures.databases import opened
from tests.web.conftest import PLAIN, Standstill, write

SAMPLE = re.compile(r'(ops_center_\w+)(\{\w+="(?:[^"\\\n]|\\.)*"\})? (\S+)')


def gauges(live: Live, **settings: str) -> dict[str, float]:
    """Every sample, once the whole text was understood."""
    client = create_app(Settings(**settings), live=live, pages=PLAIN).server.test_client()  # type: ignore[arg-type]
    reply = client.get("/metrics")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found: dict[str, float] = {}
    helped: set[str] = set()
    for line in reply.text.splitlines():
        if line.startswith("#"):
            helped.add(line.split()[2])
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert match[1] in helped
        found[match[1] + (match[2] or "")] = float(match[3])
    return found


def put_letters(url: str, standstill: Standstill) -> None:
    now = standstill.clock().now()
    states = [("sent", 1), ("sent", 2), ("refused", 1), ("waiting", 3), ("sent", 24 * 8)]
    rows = [
        Planned("daily", str(n), "an@x.test", None, now - timedelta(hours=hours), now,
                f"<{n}@x>", state=state)
        for n, (state, hours) in enumerate(states)
    ]  # fmt: skip
    with opened(url) as engine, writing(engine) as connection:
        assert plan(connection, "w1", rows) == len(rows)


def test_the_outbox_is_told_by_state_with_what_waits_longest(
    ward_url: str, open_live: Callable[[str], Live], standstill: Standstill
) -> None:
    put_letters(ward_url, standstill)
    live = open_live(ward_url)
    now = standstill.clock().now()
    write(ward_url, "UPDATE outbox SET sent_at = due_at WHERE state = 'sent'")
    found = gauges(live)
    last = (now - timedelta(hours=1)).timestamp()
    assert found["ops_center_letter_last_sent_timestamp_seconds"] == last
    assert found['ops_center_letters{state="sent"}'] == 2
    assert found['ops_center_letters{state="refused"}'] == 1
    assert found['ops_center_letters{state="held"}'] == 0
    assert found["ops_center_letters_refused_untold"] == 1
    assert found["ops_center_letter_oldest_waiting_seconds"] == 3 * 3600
    assert found["ops_center_mail_server_set"] == 0
    told = create_app(Settings(), live=live, pages=PLAIN).server.test_client().get("/health").json
    assert told is not None
    assert told["letters"] == {
        "states": {"sent": 2, "refused": 1, "waiting": 1}, "oldest_waiting_age": 3 * 3600,
        "refused_untold": 1,
    }


def test_a_quiet_ward_has_nothing_waiting_and_says_that_a_server_is_set(
    sqlite_ward_url: str, open_live: Callable[[str], Live]
) -> None:
    found = gauges(open_live(sqlite_ward_url), smtp_host="mail.test", mail_from="ioc@x.test")
    assert found["ops_center_mail_server_set"] == 1
    assert found["ops_center_letter_oldest_waiting_seconds"] == 0
    assert found["ops_center_live"] == found["ops_center_database_up"] == 1
    assert "ops_center_letter_last_sent_timestamp_seconds" not in found


def test_a_source_s_name_stays_one_label(
    sqlite_ward_url: str, open_live: Callable[[str], Live]
) -> None:
    write(
        sqlite_ward_url,
        "INSERT INTO source (ward_id, id, name, last_heard_at) VALUES ('w1', :id, 'C', :at)",
        id='a"b\\c\nd', at="2026-08-05T04:59:00.000Z",
    )  # fmt: skip
    found = gauges(open_live(sqlite_ward_url))
    assert found[r'ops_center_source_age_seconds{source="a\"b\\c\nd"}'] == 60


def test_a_database_that_is_gone_is_a_number_too(open_live: Callable[[str], Live]) -> None:
    found = gauges(open_live("sqlite:////nowhere/at-all.db"))
    assert (found["ops_center_live"], found["ops_center_database_up"]) == (0, 0)
    assert "ops_center_letters_refused_untold" not in found
