"""A digital team's day typed into a browser: what is kept, corrected and refused, and by whom."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from ops_center.i18n import LANGUAGES, Problem
from ops_center.intake.campaign_lists import List, keep
from ops_center.metrics import snapshot
from ops_center.settings import Settings
from ops_center.store.activities import Activity, add_activity, list_past
from ops_center.store.campaign_tables import support_activity
from ops_center.store.session import reading, writing
from ops_center.store.wards import find_ward
from ops_center.web import scenes
from ops_center.web.app import create_app
from ops_center.web.condition import Clock
from ops_center.web.live import Live
from ops_center.web.pulse import Pulse
from tests.fixtures.databases import opened as database_at
from tests.fixtures.databases import postgres_database
from tests.fixtures.small_ward import NOW, fill

KEY = "a long and random key of the keeper's own 0123456789"
DAY = date(2026, 9, 3)
WHO = {"hub": "TDP-01", "day": "2026-09-03", "by": "Lê Thị Bình"}
DAYS = {"team": "2026-08-20", "file": "2026-08-18", "form": "2026-08-19"}


@dataclass
class Office:
    """The application, a browser, and the database."""

    app: Dash
    client: FlaskClient
    engine: Engine

    def unlock(self) -> None:
        answer = self.client.post("/report/key", data={"key": KEY, **WHO})
        assert answer.status_code == 303 and "key=wrong" not in answer.location

    def send(self, **fields: str) -> str:
        """The address that the browser is sent to."""
        answer = self.client.post("/report/save", data={**WHO, **fields})
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def page(self, path: str) -> str:
        """The page as Dash's script would fetch it."""
        answer = self.client.get("/_dash-layout", headers={"Referer": f"http://localhost{path}"})
        assert answer.status_code == 200
        shown = answer.get_data(as_text=True).encode().decode("unicode_escape", "ignore")
        return unescape(shown.encode("utf-16", "surrogatepass").decode("utf-16"))

    def rows(self) -> dict[str, tuple[int, str]]:
        """Topic → amount and who reported it, of that hub, day and the only team."""
        c = support_activity.c
        with reading(self.engine) as connection:
            found = connection.execute(select(c.topic_id, c.amount, c.reported_by).where(
                c.hub_id == "one", c.day == DAY, c.team == ""))
            return {topic: (amount, by) for topic, amount, by in found}


def opened(engine: Engine, key: str) -> Iterator[Office]:
    fill(engine)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, keeper_key=key)
    live = Live(Pulse(settings, Clock(lambda: NOW)), "b1", scenes.SCENES, scenes.draw,
                snapshot.take)  # fmt: skip
    app = create_app(settings, live=live)
    yield Office(app, app.server.test_client(), engine)
    live.pulse.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Office]:
    """One ward on each database for all tests; each test has days of its own."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("report") / "ward.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        with database_at(f"sqlite:///{path}") as engine:
            yield from opened(engine, KEY)
        return
    server, template = (request.getfixturevalue(f"postgres_{one}") for one in ("url", "template"))
    with postgres_database(server, template) as url, database_at(url) as engine:
        yield from opened(engine, KEY)


@pytest.fixture
def office(shared: Office) -> Office:
    """A browser that has shown no key yet."""
    return Office(shared.app, shared.app.server.test_client(), shared.engine)


def test_a_day_is_kept_and_told_again_corrected(office: Office) -> None:
    office.unlock()
    before = office.rows()
    assert "saved=2-0-0" in office.send(**{"t.vneid": "12", "t.sessions": "0", "t.cashless": ""})
    told = {"vneid": (12, WHO["by"]), "sessions": (0, WHO["by"])}
    assert office.rows() == before | told, "an empty field is no report, 0 is one"
    page = office.page("/report?hub=TDP-01&day=2026-09-03&by=B%C3%ACnh&saved=2-0-0")
    assert "Đã lưu: 2 số mới" in page and 'name="t.vneid" value="12"' in page
    assert 'name="t.cashless" value=""' in page
    assert "saved=0-1-1" in office.send(**{"t.vneid": "15", "t.sessions": "0"})
    assert office.rows()["vneid"] == (15, WHO["by"])
    with reading(office.engine) as connection:
        (past,) = list_past(connection, "w1", DAY, DAY + timedelta(1))
    assert (past.topic_id, past.amount, past.reported_by) == ("vneid", 12, WHO["by"])
    assert "saved=0-1-1" in office.send(**{"t.vneid": "15", "t.sessions": "1", "by": "An"})
    assert office.rows()["vneid"] == (15, WHO["by"]), "who corrects one number signs that one"
    assert office.rows()["sessions"] == (1, "An")
    page = office.page("/report?hub=TDP-01&day=2026-09-03")
    assert "trước là 12 (Lê Thị Bình)" in page and 'name="t.vneid" value="15"' in page


def test_another_team_of_the_hub_has_a_report_of_its_own(office: Office) -> None:
    office.unlock()
    day = DAYS["team"]
    office.send(**{"t.vneid": "12", "day": day})
    assert "saved=1-0-0" in office.send(**{"t.vneid": "7", "team": "Tổ 2", "day": day})
    for team, amount in (("", "12"), ("&team=Tổ 2", "7")):
        page = office.page(f"/report?hub=TDP-01&day={day}{team}")
        assert f'name="t.vneid" value="{amount}"' in page


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"t.vneid": "mười hai"}, "“mười hai”"),
    ({"t.vneid": "-3"}, "-3"),
    ({"t.vneid": "99999999999"}, "99999999999"),
    ({"t.vneid": "4", "day": "2026-09-04"}, "2026-09-04"),
    ({"t.vneid": "4", "hub": "TDP-99"}, "TDP-99"),
    ({"t.vneid": "4", "by": " "}, "Người báo cáo"),
    ({"t.nonsense": "4"}, "4"),
    ({}, "hãy điền ít nhất một chủ đề"),
)


def test_what_an_import_would_refuse_is_refused_with_what_was_typed(office: Office) -> None:
    office.unlock()
    before = office.rows()
    for fields, words in REFUSED:
        location = office.send(**fields)
        question = parse_qs(urlsplit(location).query)
        assert question["typed"] == ["1"] and "saved" not in question, fields
        page = office.page(location)
        assert words in page and re.search(r'"className": ?"wrong"', page), fields
        if "t.vneid" in fields and question.get("hub") == ["TDP-01"]:
            assert f'name="t.vneid" value="{fields["t.vneid"]}"' in page, "nothing typed is lost"
    assert office.rows() == before
    for language in LANGUAGES:
        told = office.page(f"{location}&lang={language}")
        assert "report.nothing" not in told and "report.title" not in told


def test_the_form_takes_what_a_file_takes_and_says_the_same_of_the_rest(
    office: Office, tmp_path: Path
) -> None:
    """The same cells, by import and by form, on two days."""
    office.unlock()
    for cell in ("1.200", "8", "mười", "2,5"):
        file = tmp_path / "day.csv"
        file.write_text(f'hub,day,vneid\nTDP-01,{DAYS["file"]},"{cell}"\n', "utf-8")
        refused = ""
        with writing(office.engine) as connection:
            try:
                keep("activities", connection, List(file, find_ward(connection), "vi", NOW))
            except Problem as problem:
                refused = problem.text("vi")
        location = office.send(**{"t.vneid": cell, "day": DAYS["form"]})
        assert ("typed=1" in location) == bool(refused), cell
        if not refused:
            c = support_activity.c
            with reading(office.engine) as connection:
                amounts = connection.execute(select(c.amount).where(
                    c.hub_id == "one", c.topic_id == "vneid",
                    c.day.in_([date.fromisoformat(DAYS[one]) for one in ("file", "form")])
                )).scalars().all()  # fmt: skip
            assert len(set(amounts)) == 1 and len(amounts) == 2


def test_who_has_not_shown_the_key_writes_nothing_and_loses_nothing(office: Office) -> None:
    before = office.rows()
    location = office.send(**{"t.vneid": "12"})
    assert office.rows() == before and "t.vneid=12" in location
    page = office.page(location)
    assert 'action="/report/key"' in page and 'action="/report/save"' not in page
    wrong = office.client.post("/report/key", data={"key": "guessed", **WHO}).location
    assert "Khóa không đúng" in office.page(wrong)
    assert "guessed" not in wrong
    office.unlock()
    answer = office.client.post("/report/save", data={**WHO, "t.vneid": "12"},
                                headers={"Origin": "https://elsewhere.test"})  # fmt: skip
    assert answer.status_code == 403 and office.rows() == before


def test_without_a_key_the_page_says_how_else(office: Office) -> None:
    settings = replace(office.app.desk.settings, keeper_key="")
    app = create_app(settings, live=office.app.desk.live)
    off, before = Office(app, app.server.test_client(), office.engine), office.rows()
    page = off.page("/report?hub=TDP-01")
    assert "OPS_CENTER_KEEPER_KEY" in page and "/report/save" not in page
    assert "typed=1" in off.send(**{"t.vneid": "13"})
    assert office.rows() == before


def test_what_a_browser_types_is_shown_as_text(office: Office) -> None:
    office.unlock()
    location = office.send(**{"t.vneid": '"><script>alert(1)</script>', "by": "<b>"})
    answer = office.client.get("/_dash-layout", headers={"Referer": f"http://localhost{location}"})
    assert "<script>alert" not in answer.text and "\\u003cscript>alert" not in answer.text.lower()


def test_a_report_of_a_merged_hub_stays_where_it_was_made(office: Office) -> None:
    with writing(office.engine) as connection:
        add_activity(connection, "w1", Activity("old", DAY, "ihanoi", 9))
    office.unlock()
    assert 'name="t.ihanoi" value="9"' not in office.page("/report?hub=TDP-01&day=2026-09-03")
