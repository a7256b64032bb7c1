"""The letter's commands, as they are typed; letters go to a real server on loopback."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops_center.cli import commands
from ops_center.i18n import Problem
from ops_center.jobs import command
from ops_center.jobs.command import Clerk
from ops_center.store.letters import UNSUBSCRIBE
from ops_center.store.outbox import list_outbox
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import (
    Subscription,
    find_subscriptions,
    list_subscriptions,
    pause,
    unsubscribe,
)
from tests.fixtures.databases import opened
from tests.fixtures.mailbox import SENDER, Mailbox, mailbox
from tests.jobs.post import MORNING, Office, Pen, plant, settings_for

Run = Callable[..., tuple[int, str]]
AN = "an@dongngac.test"


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    with opened(sqlite_url) as engine:
        plant(engine)
    monkeypatch.setenv("OPS_CENTER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("OPS_CENTER_LANGUAGE", "en")

    def call(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands, ["letter", *words], standalone_mode=False)
        if done.exception is not None:
            return 2, str(done.exception)
        return int(done.return_value or 0), done.output

    yield call


def test_readers_subscribe_pause_resume_and_are_listed(run: Run, sqlite_url: str) -> None:
    assert "Nobody has subscribed" in run("list")[1]
    words = ["--name", "Trần An", "--hub", "TWO", "--hub", "ONE", "--section", "map", "--days",
             "thu,mon", "--time", "7h30", "--language", "en", "--workbook"]  # fmt: skip
    assert run("subscribe", AN, *words) == (
        0, f"Trần An <{AN}> gets the letter: ONE, TWO, mon,thu at 07:30 (Asia/Ho_Chi_Minh), en.\n"
    )
    assert "already" in run("subscribe", AN, *words)[1]
    assert "otherwise: the whole ward, daily" in run("subscribe", AN, "--time", "07:30")[1]
    assert "[active]" in run("list")[1]
    assert run("pause", AN) == (0, f"Paused: Trần An <{AN}>, 07:30.\n")
    assert "[paused]" in run("list")[1]
    with opened(sqlite_url) as engine, reading(engine) as connection:
        (one,) = list_subscriptions(connection, "w1")
    assert "Resumed" in run("resume", one.id[:8])[1]
    assert "[active]" in run("list")[1]


OFFICE = "vanphong@dongngac.test"


def test_two_people_of_one_office_subscribe_each_to_their_own_hubs(
    run: Run, sqlite_url: str
) -> None:
    assert run("subscribe", OFFICE, "--name", "Trần An", "--hub", "ONE")[0] == 0
    code, said = run("subscribe", OFFICE, "--name", "Lê Bình", "--hub", "TWO")
    assert code == 0
    assert f"{OFFICE} is also the address of Trần An: each gets a letter of their own." in said
    with opened(sqlite_url) as engine, reading(engine) as connection:
        found = {one.name: one.hub_ids for one in list_subscriptions(connection, "w1")}
    assert found == {"Trần An": ("one",), "Lê Bình": ("two",)}
    code, said = run("subscribe", OFFICE, "--hub", "TWO")  # whose?
    assert (code, "Lê Bình, Trần An" in said) == (2, True)
    assert "otherwise: the whole ward" in run("subscribe", OFFICE, "--name", "tran an")[1]


def test_the_very_same_letter_twice_at_one_address_is_refused_with_whose_it_is(run: Run) -> None:
    assert run("subscribe", OFFICE, "--name", "Trần An", "--hub", "ONE")[0] == 0
    code, said = run("subscribe", OFFICE, "--name", "Lê Bình", "--hub", "ONE")
    assert code == 2
    assert f"Trần An <{OFFICE}> already gets this very letter at 07:00" in said
    assert "Lê Bình" not in run("list")[1]
    assert run("subscribe", OFFICE, "--name", "Lê Bình", "--hub", "ONE", "--time", "17:00")[0] == 0
    run("pause", OFFICE)
    assert run("subscribe", OFFICE, "--name", "Lê Bình", "--hub", "ONE")[0] == 0


def test_who_was_subscribed_without_a_name_gets_it_later(run: Run) -> None:
    assert f"{AN} <{AN}> gets" in run("subscribe", AN)[1]
    code, said = run("subscribe", AN, "--name", "Trần An")
    assert (code, f"Trần An <{AN}> gets this letter already" in said) == (0, True)


def test_a_name_of_several_lines_is_kept_as_one(run: Run) -> None:
    assert run("subscribe", AN, "--name", "An\r\nBcc: x@y.test\n\n")[0] == 0
    assert f"An Bcc: x@y.test <{AN}>" in run("list")[1]
    assert run("subscribe", "nameless@dongngac.test", "--name", "\n")[0] == 0
    assert "nameless@dongngac.test <nameless@dongngac.test>" in run("list")[1]


@pytest.mark.parametrize("words, told", [
    (["subscribe", "an"], "no mail address"), (["subscribe", AN, "--hub", "X"], "hub X"),
    (["subscribe", AN, "--section", "x"], "section x"),
    (["subscribe", AN, "--days", "x"], "x names no days"),
    (["subscribe", AN, "--time", "25:00"], "25:00"),
    (["subscribe", AN, "--zone", "x/y"], "x/y"), (["pause", AN], AN), (["send", AN], AN),
])  # fmt: skip
def test_what_is_not_understood_is_told_and_changes_nothing(
    run: Run, words: list[str], told: str
) -> None:
    code, said = run(*words)
    assert code == 2
    assert told in said
    assert "Nobody has subscribed" in run("list")[1]


def test_status_says_honestly_that_no_server_is_set(run: Run) -> None:
    code, said = run("status")
    assert code == 0
    assert "No mail server is set (OPS_CENTER_SMTP_HOST)" in said
    assert "No letter was due" in said


@pytest.fixture
def office(sqlite_url: str) -> Iterator[tuple[Office, Mailbox, list[str]]]:
    said: list[str] = []
    with opened(sqlite_url) as engine, mailbox() as box:
        settings = settings_for(box, language="en", ward="w1")
        yield Office(engine, settings, plant(engine)), box, said


def clerk(office: Office, said: list[str]) -> Clerk:
    return Clerk(office.engine, office.settings, said.append, MORNING)


def test_a_letter_is_sent_by_hand_and_told(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, box, said = office
    monkeypatch.setattr(command, "_now", lambda: MORNING)
    here.subscribe(AN, hub_ids=("one",))
    here.turn()
    pen = Pen()
    assert clerk(here, said).send(AN, pen=lambda: pen) == 0
    assert said == [f"{AN}: sent."]
    assert box.recipients() == [AN, AN]  # the planned one and the one by hand
    assert box.received[1].message["Subject"] == "2026-08-14T07:00:05+07:00 vi one"


def by_hand(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch, wanted: str
) -> tuple[int, list[str], list[str]]:
    """A minute later: the exit code, what is said, and the letters that went out for it."""
    here, box, said = office
    here.clock.at += timedelta(minutes=1)
    monkeypatch.setattr(command, "_now", here.clock)
    said.clear()
    asked = Clerk(here.engine, here.settings, said.append, here.clock())
    code = asked.send(wanted, pen=Pen)
    slot = (here.clock() + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S+07:00 ")
    subjects = [str(one.message["Subject"]) for one in box.received]
    return code, said, [one.removeprefix(slot) for one in subjects if one.startswith(slot)]


def test_who_unsubscribed_gets_no_letter_by_hand_however_named(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _, _ = office
    one = here.subscribe(AN)
    with writing(here.engine) as connection:
        assert unsubscribe(connection, "w1", one.id, MORNING)
    for wanted in (AN, one.id, one.id[:8]):
        code, said, sent = by_hand(office, monkeypatch, wanted)
        assert (code, sent) == (1, [])
        assert said == [f"Not sent: {one.name} <{AN}>, 07:00, unsubscribed on 14 Aug 2026 07:00."
                        " They get letters again only when they ask for them."]  # fmt: skip
    assert here.history() == []


def test_who_is_paused_gets_a_letter_by_hand_only_when_named_by_id(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _, _ = office
    one = here.subscribe(AN, hub_ids=("one",))
    here.subscribe(AN, local_time="17:00", hub_ids=("two",))
    with writing(here.engine) as connection:
        pause(connection, "w1", one.id)
    code, said, sent = by_hand(office, monkeypatch, AN)
    assert (code, sent) == (1, ["vi two"])
    assert said[0] == (f"Not sent: the letter of {one.name} <{AN}>, 07:00, is paused. To send it "
                       f"all the same: ops-center letter send {one.id[:8]}")  # fmt: skip
    assert said[1:] == [f"{AN}: sent."]
    code, said, sent = by_hand(office, monkeypatch, one.id[:8])
    assert (code, sent) == (0, ["vi one"])
    assert said == [f"The letter of {one.name} <{AN}>, 07:00, is paused; it is sent this once.",
                    f"{AN}: sent."]  # fmt: skip
    assert [found.active for found in find(here, AN)] == [False, True]


def test_morning_and_evening_letters_are_both_sent_by_hand(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _, _ = office
    here.subscribe(AN, hub_ids=("one",))
    here.subscribe(AN, local_time="17:00", hub_ids=("two",))
    code, _, sent = by_hand(office, monkeypatch, AN)
    assert (code, sorted(sent)) == (0, ["vi one", "vi two"])


def find(here: Office, wanted: str) -> list[Subscription]:
    with reading(here.engine) as connection:
        return find_subscriptions(connection, "w1", wanted)


def test_a_letter_by_hand_that_is_refused_is_told_with_the_reason(
    office: tuple[Office, Mailbox, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, box, said = office
    monkeypatch.setattr(command, "_now", lambda: MORNING)
    here.subscribe(AN)
    box.at_rcpt = {AN: ("550 5.1.1 nobody", 9)}
    pen = Pen()
    assert clerk(here, said).send(AN, pen=lambda: pen) == 1
    assert said == [f"{AN}: refused for good · the server refuses it · (550 5.1.1 nobody)."]
    said.clear()
    assert clerk(here, said).status() == 1
    assert SENDER in said[0]
    assert "refused for good" in said[1]
    assert any(AN in line and "550 5.1.1 nobody" in line for line in said[2:])


def test_there_is_no_preview_of_a_day_to_come(
    office: tuple[Office, Mailbox, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _, said = office
    monkeypatch.setattr(command, "content", Pen)
    here.subscribe(AN)
    with pytest.raises(Problem, match="2027-01-01 is still to come"):
        clerk(here, said).preview(AN, "2027-01-01", tmp_path)
    assert list(tmp_path.glob("*.eml")) == []


def test_a_preview_is_written_and_nothing_is_sent_or_planned(
    office: tuple[Office, Mailbox, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, box, said = office
    pen = Pen()
    monkeypatch.setattr(command, "content", lambda: pen)
    here.subscribe(AN, language="ar")
    clerk(here, said).preview(AN, "2026-08-12", tmp_path / "out")
    (name,) = {path.stem for path in (tmp_path / "out").iterdir()}
    assert name == f"2026-08-12-0700-{AN}-ar"
    parsed = email.message_from_bytes(
        (tmp_path / "out" / f"{name}.eml").read_bytes(), policy=default
    )
    assert parsed["To"].addresses[0].addr_spec == AN
    written = {path.suffix: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert set(written) == {".eml", ".html", ".txt"}
    assert UNSUBSCRIBE not in written[".html"] + written[".txt"]
    assert pen.reads[0].as_of.isoformat() == "2026-08-12T00:00:00+00:00"
    assert box.received == []
    with reading(here.engine) as connection:
        assert list_outbox(connection, "w1") == []
