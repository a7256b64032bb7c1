"""A real letter on its way through a real mail server: what arrives is whole."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

from ops_center.jobs.letters import Letters
from ops_center.store.letters import UNSUBSCRIBE
from ops_center.store.outbox import list_outbox
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import Subscription, keep_subscription
from ops_center.store.tables import person
from tests.fixtures.databases import opened
from tests.fixtures.mailbox import mailbox
from tests.jobs.post import settings_for
from tests.mail.world import at, fill


def test_each_reader_gets_a_whole_letter_in_their_own_language_and_scope(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ward.db"
    shutil.copyfile(sqlite_template, path)
    morning = at("2026-09-04 07:00") + timedelta(seconds=5)
    with opened(f"sqlite:///{path}") as engine, mailbox() as box:
        fill(engine)
        with writing(engine) as connection:
            for id, wanted in (("p1", {"language": "vi"}),
                               ("p2", {"language": "ar", "hub_ids": ("two",)})):  # fmt: skip
                address = f"{id}@dongngac.test"
                connection.execute(
                    person.update().where(person.c.id == id).values(email=address)
                )
                keep_subscription(connection, Subscription("w1", id, **wanted),
                                  morning - timedelta(days=1))  # fmt: skip
        settings = settings_for(box, public_url="https://ioc.example.vn", secret_key="k" * 40)
        Letters(engine, settings, "w", lambda: morning).turn()
        with reading(engine) as connection:
            told = [(one.state, one.reason) for one in list_outbox(connection, "w1")]
        assert told == [("sent", ""), ("sent", "")]
        messages = {one.recipient: one.message for one in box.received}
    ward, hub = messages["p1@dongngac.test"], messages["p2@dongngac.test"]
    assert str(ward["Subject"]).startswith("Phường Thử 04/09 · ngày 12/45 · ")
    assert "Đường Đông Ngạc" in str(hub["Subject"])
    for message in (ward, hub):
        html = message.get_body(("html",))
        plain = message.get_body(("plain",))
        assert html is not None
        assert plain is not None
        shown = set(re.findall(r'src="cid:([^"]+)"', html.get_content()))
        come_along = {str(part["Content-ID"]).strip("<>") for part in message.walk()
                      if part.get_content_maintype() == "image"}  # fmt: skip
        assert shown == come_along
        assert len(shown) == 2
        for text in (html.get_content(), plain.get_content()):
            assert UNSUBSCRIBE not in text
            assert "/unsubscribe" in text
    body = hub.get_body(("plain",))
    assert body is not None
    assert "TDP-01" not in body.get_content()
