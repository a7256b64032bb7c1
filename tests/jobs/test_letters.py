"""A letter's way through the outbox: planned, written, delivered, settled; what may go wrong."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from ops_center.i18n import Problem
from ops_center.jobs.beat import Heart
from ops_center.jobs.statistics import Survey
from ops_center.jobs.summing import Summing
from ops_center.jobs.timetable import timetable
from ops_center.mail.unsubscribe import PATH, read
from ops_center.metrics.catalog import MEASURES
from ops_center.store import outbox
from ops_center.store.calendars import CalendarDay, add_calendar_day
from ops_center.store.letter_tables import letter, letter_part, subscription
from ops_center.store.outbox import Entry, Planned
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import pause, resume, unsubscribe
from ops_center.store.tables import person
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened, postgres_database
from tests.fixtures.mailbox import Mailbox, mailbox
from tests.jobs.post import (
    BEGIN,
    MORNING,
    SLOT,
    Findings,
    Hands,
    Office,
    addresses,
    plant,
    settings_for,
    tidy,
)

BINH, AN, CHI = "binh@dongngac.test", "an@dongngac.test", "chi@dongngac.test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def read_token(secret: str, header: str) -> str:
    """The subscription that a letter's way out ends."""
    named = read(secret, header.strip("<>").partition(f"{PATH}")[2].partition("?")[0])
    assert named is not None
    return named[1]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@pytest.fixture(scope="module")
def on_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Ward]]:
    path = tmp_path_factory.mktemp("office") / "ward.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as engine:
        yield engine, plant(engine)


@pytest.fixture(scope="module")
def on_postgresql(postgres_url: str, postgres_template: str) -> Iterator[tuple[Engine, Ward]]:
    with postgres_database(postgres_url, postgres_template) as url, opened(url) as engine:
        yield engine, plant(engine)


@pytest.fixture
def office(request: pytest.FixtureRequest, box: Mailbox) -> Iterator[Office]:
    """An office that nobody has used: on one database for all tests, whose statements it knows."""
    engine, ward = request.getfixturevalue(getattr(request, "param", "on_sqlite"))
    yield Office(engine, settings_for(box), ward)
    tidy(engine)


on_both = pytest.mark.parametrize(
    "office", ["on_sqlite", "on_postgresql"], indirect=True, ids=["sqlite", "postgresql"]
)


# --- once ------------------------------------------------------------------------------------


@on_both
def test_a_subscriber_gets_the_letter_once_however_often_workers_go_round(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    for _ in range(3):
        office.turn()
        office.worker("other").turn_of(office.ward)
    (found,) = box.received
    assert found.recipient == BINH
    assert found.message["Subject"] == f"{SLOT} vi ward"
    entry = office.entries()[BINH]
    assert (entry.state, entry.attempts, entry.slot) == ("sent", 1, SLOT)
    assert entry.message_id == found.id
    assert entry.reply.startswith("250")
    assert entry.sent_at == MORNING.replace(microsecond=0)


def test_nothing_is_due_before_its_time(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.clock.at = datetime(2026, 8, 13, 23, 59, 59, tzinfo=UTC)
    office.turn()
    assert office.history() == []


@on_both
def test_each_reader_gets_the_hubs_language_and_files_of_their_own(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH, hub_ids=("two", "one"))
    office.subscribe(AN, hub_ids=("two",), language="en", workbook=True)
    office.subscribe(CHI, language="ar", format="text")
    office.turn()
    got = {one.recipient: one.message for one in box.received}
    assert {name: str(one["Subject"]).removeprefix(f"{SLOT} ") for name, one in got.items()} == {
        BINH: "vi one,two", AN: "en two", CHI: "ar ward"
    }
    assert [part.get_filename() for part in got[AN].iter_attachments()] == ["workbook.xlsx"]
    assert list(got[BINH].iter_attachments()) == []
    assert got[CHI].get_content_type() == "text/plain"


@on_both
def test_what_many_read_is_read_and_written_once(office: Office, box: Mailbox) -> None:
    for n, email in enumerate(addresses(12)):
        office.subscribe(email, language=("vi", "en")[n % 2], hub_ids=((), ("one",))[n // 2 % 2])
    office.turn()
    assert len(box.received) == 12
    assert len(office.pen.reads) == 2
    assert len(office.pen.writes) == 4
    assert len({id(one.connection) for one in box.received}) == 1


def test_all_letters_of_a_round_tell_of_one_instant(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.subscribe(AN, hub_ids=("one",))
    moment = iter(range(10_000))
    letters = office.worker()
    letters._writer._clock = lambda: MORNING + timedelta(milliseconds=next(moment))
    letters.turn_of(office.ward)
    assert len(office.pen.reads) == 2
    assert len({one.as_of for one in office.pen.reads}) == 1


def test_two_addresses_spelled_alike_are_one(office: Office, box: Mailbox) -> None:
    office.subscribe("Binh@DongNgac.test")
    office.turn()
    assert box.recipients() == [BINH]


@on_both
def test_two_people_with_one_address_get_each_their_own_letter_and_their_own_way_out(
    office: Office, box: Mailbox
) -> None:
    """An office's mailbox that several read, each about hubs of their own."""
    office.settings = replace(
        office.settings, public_url="https://ioc.dongngac.test", secret_key="k" * 40
    )
    first = office.subscribe(BINH, hub_ids=("one",))
    second = office.subscribe(AN, hub_ids=("two",), language="en")
    with writing(office.engine) as connection:
        connection.execute(update(person).values(email=BINH))
    for _ in range(2):
        office.turn()
        office.worker("other").turn_of(office.ward)
    assert box.recipients() == [BINH, BINH]
    told = {str(one.message["To"].addresses[0].display_name): one for one in box.received}
    assert {name: str(one.message["Subject"]) for name, one in told.items()} == {
        first.name: f"{SLOT} vi one", second.name: f"{SLOT} en two"
    }
    assert len({one.id for one in box.received}) == 2
    ways = {
        name: read_token(office.settings.secret_key, str(one.message["List-Unsubscribe"]))
        for name, one in told.items()
    }
    assert ways == {first.name: first.id, second.name: second.id}


def test_who_leaves_a_shared_address_ends_their_own_letter_only(
    office: Office, box: Mailbox
) -> None:
    first, second = office.subscribe(BINH), office.subscribe(AN, hub_ids=("two",))
    with writing(office.engine) as connection:
        connection.execute(update(person).values(email=BINH))
        assert unsubscribe(connection, "w1", first.id, BEGIN)
    office.turn()
    (found,) = box.received
    assert found.message["To"].addresses[0].display_name == second.name


@on_both
def test_a_reader_whose_address_is_corrected_does_not_get_the_letter_twice(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    office.turn()
    with writing(office.engine) as connection:
        connection.execute(update(person).values(email=AN))
    office.clock.at = MORNING + HOUR
    office.turn()
    assert box.recipients() == [BINH]
    office.clock.at = MORNING + DAY
    office.turn()
    assert box.recipients() == [BINH, AN]


def test_morning_and_evening_are_two_letters(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.subscribe(BINH, local_time="17:30")
    office.turn()
    office.clock.at = MORNING + 10 * HOUR + timedelta(minutes=30)
    office.turn()
    assert [str(one.message["Subject"])[:16] for one in box.received] == [
        "2026-08-14T07:00", "2026-08-14T17:30"
    ]


def test_working_days_are_the_ward_s(office: Office, box: Mailbox) -> None:
    with writing(office.engine) as connection:
        add_calendar_day(connection, CalendarDay(datetime(2026, 8, 14).date(), "holiday"))  # noqa: DTZ001
    office.subscribe(BINH, days="working")
    office.subscribe(AN, days="daily")
    office.turn()
    assert box.recipients() == [AN]


@on_both
def test_two_workers_at_once_send_each_letter_once(office: Office, box: Mailbox) -> None:
    for email in addresses(15):
        office.subscribe(email)
    workers = [office.worker(f"w{n}") for n in range(3)]
    threads = [threading.Thread(target=one.turn) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    office.turn()
    assert sorted(box.recipients()) == list(addresses(15))
    assert {one.state for one in office.history()} == {"sent"}


# --- what was missed, and clocks -------------------------------------------------------------


@on_both
def test_what_was_missed_is_caught_up_once(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.clock.at = MORNING + 2 * DAY + 3 * HOUR
    office.turn()
    office.turn()
    assert [one.message["Subject"] for one in box.received] == ["2026-08-16T07:00+07:00 vi ward"]
    notes = {one.slot[:10]: (one.state, one.reason) for one in office.history()}
    assert notes == {
        "2026-08-14": ("skipped", "too_old"), "2026-08-15": ("skipped", "too_old"),
        "2026-08-16": ("sent", ""),
    }  # fmt: skip


def test_what_was_missed_for_too_long_is_skipped_with_a_note(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.clock.at = MORNING + 12 * HOUR
    office.turn()
    assert box.received == []
    assert office.states() == {BINH: ("skipped", "too_old")}


def test_a_clock_that_is_set_back_sends_nothing_twice(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    for hours in (0, -3, 0, -30, 1):
        office.clock.at = MORNING + hours * HOUR
        office.turn()
    assert box.recipients() == [BINH]


def test_a_letter_on_its_way_when_the_clock_is_set_back_goes_at_once(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    box.at_rcpt = {BINH: ("451 later", 1)}
    office.turn()
    office.clock.at = MORNING - 5 * HOUR
    office.turn()
    assert box.recipients() == [BINH]


def test_a_subscription_written_by_a_clock_ahead_is_served(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH, now=BEGIN + 400 * DAY)
    office.turn()
    assert BINH in box.recipients()


@on_both
def test_who_subscribes_or_resumes_later_gets_nothing_of_before(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(AN, now=MORNING + HOUR)
    late = office.subscribe(BINH)
    with writing(office.engine) as connection:
        pause(connection, "w1", late.id)
    office.turn()
    with writing(office.engine) as connection:
        resume(connection, "w1", late.id, MORNING + HOUR)
    office.clock.at = MORNING + 2 * HOUR
    office.turn()
    assert office.history() == []
    office.clock.at = MORNING + DAY
    office.turn()
    assert sorted(box.recipients()) == [AN, BINH]


def test_other_days_do_not_send_the_morning_again(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.turn()
    office.clock.at = MORNING + HOUR
    office.subscribe(BINH, now=office.clock.at, time_zone="Asia/Singapore")
    office.turn()
    assert box.recipients() == [BINH]


def test_a_time_that_nobody_understands_stops_nobody_else(office: Office, box: Mailbox) -> None:
    for email, column, value in [
        (BINH, "time_zone", "Asia/Nowhere"), (CHI, "days", "often"),
        ("dung@dongngac.test", "local_time", "25:00"),
    ]:  # fmt: skip
        wrong = office.subscribe(email)
        with writing(office.engine) as connection:
            connection.execute(
                update(subscription).where(subscription.c.id == wrong.id).values({column: value})
            )
    office.subscribe(AN)
    office.turn()
    assert box.recipients() == [AN]


# --- nobody who does not want or cannot have it ----------------------------------------------


@pytest.mark.parametrize("reason", ["paused", "unsubscribed", "no_address"])
@pytest.mark.parametrize("written", [False, True])
def test_who_does_not_want_a_planned_letter_does_not_get_it(
    office: Office, box: Mailbox, reason: str, written: bool
) -> None:
    one = office.subscribe(BINH)
    box.at_rcpt = {BINH: ("451 later", 1)}
    office.pen.findings = Findings(revision_behind=not written)
    office.turn()
    with writing(office.engine) as connection:
        if reason == "paused":
            pause(connection, "w1", one.id)
        elif reason == "unsubscribed":
            assert unsubscribe(connection, "w1", one.id, MORNING)
        else:
            connection.execute(update(person).values(active=False))
    office.clock.at += HOUR
    office.pen.findings = Findings()
    office.turn()
    assert box.received == []
    assert office.states() == {BINH: ("skipped", reason)}


@on_both
@pytest.mark.parametrize("kind", ["again", "manual"])
def test_who_unsubscribes_while_a_letter_by_hand_is_on_its_way_does_not_get_it(
    office: Office, box: Mailbox, kind: str
) -> None:
    one = office.subscribe(BINH)
    office.turn()
    old = office.entries()[BINH]
    with writing(office.engine) as connection:
        if kind == "again":
            assert outbox.send_again(connection, old, office.clock(), "<again@x.test>")
        else:
            now = office.clock()
            by_hand = Planned("manual", "now", BINH, one.id, now, now, "<hand@x.test>",
                              letter_id=old.letter_id)  # fmt: skip
            assert outbox.plan(connection, "w1", [by_hand]) == 1
        assert unsubscribe(connection, "w1", one.id, MORNING)
    office.turn()
    assert box.recipients() == [BINH]
    (mine,) = [found for found in office.history() if found.kind == kind]
    assert (mine.state, mine.reason) == ("skipped", "unsubscribed")


# --- the server ------------------------------------------------------------------------------


@on_both
def test_without_a_server_letters_wait_and_say_so_and_are_never_marked_sent(
    office: Office, box: Mailbox
) -> None:
    office.settings = settings_for(None)
    office.subscribe(BINH)
    office.turn()
    assert office.states() == {BINH: ("waiting", "no_server")}
    assert office.pen.writes == []
    office.settings = settings_for(box)
    office.clock.at += HOUR
    office.turn()
    assert office.states() == {BINH: ("sent", "")}


@on_both
def test_a_letter_that_waited_too_long_for_a_server_is_skipped_with_the_reason(
    office: Office,
) -> None:
    office.settings = settings_for(None, mail_keeper=AN)
    office.subscribe(BINH)
    office.turn()
    office.clock.at = MORNING + 13 * HOUR
    office.turn()
    assert office.states() == {BINH: ("skipped", "no_server")}


@on_both
def test_a_server_that_is_gone_is_said_by_each_letter_and_waited_for(
    office: Office, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    gone = replace(settings_for(box), smtp_port=1)
    office.settings = gone
    office.subscribe(BINH)
    office.subscribe(AN)
    office.turn()
    assert {state for state, _ in office.states().values()} == {"waiting"}
    assert all(reason.startswith("unreachable") for _, reason in office.states().values())
    (said,) = [one for one in caplog.records if one.message == "worker.kept_waiting"]
    assert said.exc_info is None  # it is no defect of ours
    office.settings = settings_for(box)
    office.clock.at += HOUR
    office.turn()
    assert sorted(box.recipients()) == [AN, BINH]


@on_both
def test_a_greylisted_letter_is_sent_after_a_while(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    box.at_rcpt = {BINH: ("451 4.7.1 greylisted", 2)}
    office.turn()
    entry = office.entries()[BINH]
    assert (entry.state, entry.reason, entry.reply) == ("retry", "later", "451 4.7.1 greylisted")
    for seconds, tried in ((59, 1), (60, 2), (359, 2), (360, 3)):
        office.clock.at = MORNING + timedelta(seconds=seconds)
        office.turn()
        assert office.entries()[BINH].attempts == tried
    assert office.states() == {BINH: ("sent", "")}
    assert box.recipients() == [BINH]


def test_a_letter_that_is_asked_to_come_later_for_ever_is_given_up(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    box.at_rcpt = {BINH: ("451 later", 999)}
    office.turn()
    office.clock.at = MORNING + 13 * HOUR
    office.turn()
    assert office.states() == {BINH: ("refused", "gave_up later")}


@on_both
def test_one_refused_recipient_of_many_is_refused_alone_with_the_reason(
    office: Office, box: Mailbox
) -> None:
    for email in addresses(5):
        office.subscribe(email)
    wrong = addresses(5)[2]
    box.at_rcpt = {wrong: ("550 5.1.1 no such person", 9)}
    office.turn()
    entry = office.entries()[wrong]
    assert (entry.state, entry.reason, entry.reply) == (
        "refused", "refused", "550 5.1.1 no such person"
    )
    assert sorted(box.recipients()) == [one for one in addresses(5) if one != wrong]
    office.clock.at += DAY / 4
    office.turn()
    assert office.entries()[wrong].attempts == 1


def test_a_letter_whose_answer_was_lost_goes_again_as_the_same_letter(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    box.drops = {BINH}
    office.turn()
    assert office.states() == {BINH: ("retry", "no_answer")}
    office.clock.at += timedelta(minutes=2)
    office.turn()
    assert box.recipients() == [BINH, BINH]
    assert len({one.id for one in box.received}) == 1


def test_a_wrong_password_refuses_nobody_s_letter(office: Office, box: Mailbox) -> None:
    wrong = settings_for(box, smtp_user="x", smtp_password="y")
    office.settings = wrong
    office.subscribe(BINH)
    office.turn()
    ((state, reason),) = office.states().values()
    assert (state, reason.partition(" ")[0]) == ("waiting", "no_login")


# --- the keeper ------------------------------------------------------------------------------


@on_both
def test_the_keeper_is_told_once_of_what_was_refused(office: Office, box: Mailbox) -> None:
    keeper = "Keeper@dongngac.test"
    office.settings = settings_for(box, mail_keeper=keeper, language="en")
    for email in (BINH, AN, CHI):
        office.subscribe(email)
    box.at_rcpt = dict.fromkeys((BINH, AN), ("550 no such person", 9))
    for _ in range(3):
        office.turn()
        office.worker("other").turn_of(office.ward)
    notices = [one for one in box.received if one.recipient == keeper.lower()]
    (notice,) = notices
    told = notice.message.get_content()
    assert "2 letters" in notice.message["Subject"]
    for part in (BINH, AN, "550 no such person", "14 Aug"):
        assert part in told
    assert CHI not in told
    assert all(one.told_at for one in office.history() if one.state == "refused")


def test_a_second_refusal_is_told_in_a_notice_of_its_own(office: Office, box: Mailbox) -> None:
    keeper = "keeper@dongngac.test"
    office.settings = settings_for(box, mail_keeper=keeper)
    office.subscribe(BINH)
    box.at_rcpt = {BINH: ("550 no", 9)}
    for day in range(2):
        office.clock.at = MORNING + day * DAY
        office.turn()
        office.turn()
    assert box.recipients() == [keeper, keeper]


def test_nobody_is_told_that_the_keeper_s_own_notice_was_refused(
    office: Office, box: Mailbox
) -> None:
    keeper = "keeper@dongngac.test"
    office.settings = settings_for(box, mail_keeper=keeper)
    office.subscribe(BINH)
    box.at_rcpt = dict.fromkeys((BINH, keeper), ("550 no", 9))
    for _ in range(3):
        office.turn()
    assert [(one.kind, one.state) for one in office.history()].count(("notice", "refused")) == 1
    assert len(office.history()) == 2


# --- it refuses to lie -----------------------------------------------------------------------


@on_both
def test_an_incomplete_letter_is_held_until_it_is_complete(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.pen.findings = Findings(missing_sections=("campaign",))
    office.turn()
    office.turn()
    assert office.states() == {BINH: ("held", "incomplete campaign")}
    assert len(office.pen.reads) == 1  # looked at again after a minute, not in every round
    office.pen.findings = Findings()
    office.clock.at += timedelta(minutes=1)
    office.turn()
    assert office.states() == {BINH: ("sent", "")}
    assert [final for _, final in office.pen.writes] == [False]


@on_both
def test_after_the_deadline_it_is_sent_and_says_what_is_missing(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    office.pen.findings = Findings(missing_sections=("campaign",), blank_pictures=("map",))
    for minutes in (0, 10, 29):
        office.clock.at = MORNING + timedelta(minutes=minutes)
        office.turn()
        assert office.states() == {BINH: ("held", "incomplete campaign,map")}
    office.clock.at = MORNING + timedelta(minutes=30)
    office.turn()
    assert office.states() == {BINH: ("sent", "")}
    assert [final for _, final in office.pen.writes] == [True]
    with reading(office.engine) as connection:
        assert connection.execute(select(letter.c.missing)).scalar() == "campaign"


def test_a_deadline_counts_from_the_first_look_not_from_the_slot(
    office: Office, box: Mailbox
) -> None:
    """After a night without a worker nothing is summed at seven: that is no reason to hurry."""
    office.subscribe(BINH)
    office.pen.findings = Findings(revision_behind=True)
    office.clock.at = MORNING + 3 * HOUR
    office.turn()
    assert office.states() == {BINH: ("held", "behind")}


def test_a_defect_in_one_scope_holds_that_letter_only_and_is_said(
    office: Office, box: Mailbox
) -> None:
    office.subscribe(BINH)
    office.pen.error = ZeroDivisionError("at the map")
    office.turn()
    assert office.states() == {BINH: ("held", "failed ZeroDivisionError: at the map")}
    office.clock.at = MORNING + 13 * HOUR
    office.turn()
    assert office.states() == {BINH: ("refused", "gave_up failed ZeroDivisionError: at the map")}
    assert box.received == []


def test_a_database_that_is_gone_is_no_defect_of_a_letter(office: Office) -> None:
    office.subscribe(BINH)
    office.pen.error = Problem("store.gone", database="x", reason="y")
    with pytest.raises(Problem):
        office.turn()
    assert office.states() == {BINH: ("waiting", "")}


# --- leases ----------------------------------------------------------------------------------


def claim(office: Office, holder: str) -> Entry | None:
    with writing(office.engine) as connection:
        return outbox.claim(connection, "w1", holder, office.clock(), 60)


@pytest.fixture
def ready(office: Office) -> Office:
    """A letter that is written and asked to come later: it is ready two minutes on."""
    office.subscribe(BINH)
    office.settings = replace(office.settings, smtp_port=1)
    office.turn()
    return office


@on_both
def test_a_claimed_letter_is_nobody_else_s_until_the_lease_runs_out(ready: Office) -> None:
    first = claim(ready, "first")
    assert first is not None
    assert claim(ready, "second") is None
    ready.clock.at += timedelta(seconds=60)
    second = claim(ready, "second")
    assert second is not None
    with writing(ready.engine) as connection:
        assert not outbox.settle_sent(connection, first, ready.clock(), "250")
        assert outbox.settle_sent(connection, second, ready.clock(), "250")
        assert not outbox.settle_refused(connection, second, ready.clock(), "", "late")
    assert ready.states() == {BINH: ("sent", "")}


def test_a_worker_does_not_settle_an_earlier_claim_of_its_own(ready: Office) -> None:
    first = claim(ready, "me")
    ready.clock.at += timedelta(seconds=60)
    assert first is not None
    assert claim(ready, "me") is not None
    with writing(ready.engine) as connection:
        assert not outbox.settle_sent(connection, first, ready.clock(), "250")


@on_both
def test_a_lease_of_a_clock_that_was_hours_ahead_has_run_out(ready: Office) -> None:
    ready.clock.at += 6 * HOUR
    assert claim(ready, "ahead") is not None
    ready.clock.at -= 5 * HOUR
    assert claim(ready, "now") is not None


@on_both
def test_a_letter_can_be_sent_again_by_hand(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.turn()
    old = office.entries()[BINH]
    with writing(office.engine) as connection:
        assert outbox.send_again(connection, old, office.clock(), "<again@x.test>") is not None
        assert outbox.send_again(connection, old, office.clock(), "<again@x.test>") is None
    office.turn()
    assert [one.message["Subject"] for one in box.received] == [f"{SLOT} vi ward"] * 2
    assert [one.id for one in box.received][1] == "<again@x.test>"


# --- old pictures ----------------------------------------------------------------------------


@on_both
def test_old_pictures_go_and_words_stay(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    office.turn()
    office.worker().tidy()
    counted: list[Any] = []
    for days in (0, 91):
        office.clock.at = MORNING + days * DAY
        office.worker().tidy()
        with reading(office.engine) as connection:
            parts = connection.execute(select(letter_part.c.name)).all()
            words = connection.execute(select(letter.c.plain)).all()
        counted.append((len(parts), len(words)))
    assert counted == [(1, 1), (0, 1)]


@on_both
def test_pictures_of_a_letter_on_its_way_stay(office: Office, box: Mailbox) -> None:
    office.subscribe(BINH)
    box.at_rcpt = {BINH: ("451 later", 1)}
    office.turn()
    office.clock.at = MORNING + 91 * DAY
    office.worker().tidy()
    with reading(office.engine) as connection:
        assert connection.execute(select(letter_part.c.name)).all()


def test_the_worker_s_timetable_sends_letters_and_tidies_up(office: Office) -> None:
    summing = Summing(office.engine, "w", MEASURES, office.clock)
    heart, survey = Heart(office.engine, summing, office.clock), Survey(office.engine, summing)
    jobs = {one.id: one for one in timetable(heart, survey, office.worker()).get_jobs()}
    assert {"letters", "tidying"} <= set(jobs)
    office.subscribe(BINH)
    jobs["letters"].func()
    assert office.states() == {BINH: ("sent", "")}


def test_the_clock_of_these_tests_is_held() -> None:
    assert Hands()() == MORNING
