"""Letters with their real content, from the ward's dossiers to a mail server's hands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from ops_center.jobs.letters import content
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened
from tests.fixtures.mailbox import mailbox
from tests.jobs.post import Hands, Office, settings_for
from tests.mail.world import NOW, fill

LEADER, OFFICIAL = "lanh.dao@dongngac.test", "to.hai@dongngac.test"


@pytest.fixture(scope="module")
def got(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, EmailMessage]]:
    """What two readers got: the whole ward with files, and one hub."""
    path = tmp_path_factory.mktemp("whole") / "ward.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as engine, mailbox() as box:
        fill(engine)
        settings = settings_for(
            box, public_url="https://ioc.dongngac.test", secret_key="0123456789abcdef"
        )
        office = Office(engine, settings, Ward("w1", "Phường Thử"), Hands(NOW))
        before = NOW - timedelta(hours=2)
        office.subscribe(LEADER, now=before, local_time="14:00", workbook=True, report=True)
        office.subscribe(OFFICIAL, now=before, local_time="14:00", hub_ids=("two",), language="en")
        office.worker(pen=content).turn_of(office.ward)
        yield {one.recipient: one.message for one in box.received}


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_each_reader_has_a_letter_of_the_own_scope_only(got: dict[str, EmailMessage]) -> None:
    assert set(got) == {LEADER, OFFICIAL}
    assert "TDP-02" in words(got[OFFICIAL]) or "Đường Đông Ngạc" in words(got[OFFICIAL])
    for other in ("Tổ dân phố số 1", "TDP-01", "TDP-03"):
        assert other not in words(got[OFFICIAL])
        assert other not in str(got[OFFICIAL]["Subject"])
    assert "Tổ dân phố số 1" in words(got[LEADER])


def test_every_picture_that_the_html_shows_comes_along_and_none_else(
    got: dict[str, EmailMessage],
) -> None:
    for message in got.values():
        body = message.get_body(("html",))
        assert body is not None
        shown = set(re.findall(r'src="cid:([^"]+)"', str(body.get_content())))
        sent = {
            str(part["Content-ID"]).strip("<>")
            for part in message.walk() if part.get_content_maintype() == "image"
        }  # fmt: skip
        assert shown == sent
        assert shown


def test_files_come_to_who_wants_them(got: dict[str, EmailMessage]) -> None:
    kinds = {name: [part.get_content_type() for part in one.iter_attachments()]
             for name, one in got.items()}  # fmt: skip
    assert len(kinds[LEADER]) == 2
    assert kinds[OFFICIAL] == []


def test_each_letter_has_its_reader_s_own_way_out(got: dict[str, EmailMessage]) -> None:
    links = {str(one["List-Unsubscribe"]).strip("<>") for one in got.values()}
    assert len(links) == 2
    for message in got.values():
        link = str(message["List-Unsubscribe"]).strip("<>")
        assert link in words(message)
        assert "{{" not in words(message)
