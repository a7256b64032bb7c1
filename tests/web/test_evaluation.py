"""The evaluation as it is sent: every address is understood, numbers lead to their rows, exports
have typed cells, and nobody writes without the key."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from openpyxl import load_workbook
from sqlalchemy import insert

from ops_center.i18n import LANGUAGES, Problem, text
from ops_center.material import folder
from ops_center.metrics.scheme import read_rules
from ops_center.settings import Settings
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.evaluation_tables import evaluation_input, official_score
from ops_center.store.session import writing
from ops_center.web.app import create_app
from ops_center.web.evaluation import entering, keeper, words
from ops_center.web.evaluation.asked import place_of
from ops_center.web.evaluation.entering import Typed
from ops_center.web.known import find_known
from tests.fixtures.databases import opened, postgres_database
from tests.fixtures.small_ward import NOW, ROUGH, fill

KEY = "a key that nobody guesses"
AUGUST = "/evaluation?period=2026-08&lang=en"
SHIPPED = folder("db") / "rules" / "qd766-2022.toml"
LINK = re.compile(r'"href": ?"(/evaluation/[^"]+)"')


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """The application on the small ward, at NOW, with a keeper's key."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("scored") / "ward.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield from _served(f"sqlite:///{path}")
    else:
        server, template = (request.getfixturevalue(f"postgres_{n}") for n in ("url", "template"))
        with postgres_database(server, template) as url:
            yield from _served(url)


def _served(url: str) -> Iterator[Dash]:
    from ops_center.metrics import snapshot
    from ops_center.web import scenes
    from ops_center.web.bundles import build_id
    from ops_center.web.condition import Clock
    from ops_center.web.live import Live
    from ops_center.web.pulse import Pulse

    with opened(url) as engine:
        fill(engine)
        with writing(engine) as connection:
            connection.execute(insert(evaluation_input).values(
                ward_id="w1", indicator="personal_store", period="2026-08", numerator=3,
                denominator=4, evidence=f"=HYPERLINK {ROUGH}"))  # fmt: skip
            connection.execute(insert(official_score).values(
                ward_id="w1", rules="qd766-2022", indicator="on_time", period="2026-08",
                points=12.5))  # fmt: skip
            add_campaign(connection, "w1", Campaign("Đợt hai", date(2027, 3, 1), 30))
    settings = Settings(database_url=url, keeper_key=KEY)
    pulse = Pulse(settings, Clock(lambda: NOW, lambda: 1000.0))
    yield create_app(settings, live=Live(pulse, build_id(), scenes.SCENES, scenes.draw,
                                         snapshot.take))  # fmt: skip
    pulse.close()


def page(app: Dash, address: str) -> str:
    referrer = {"Referer": f"http://localhost{address}"}
    reply = app.server.test_client().get("/_dash-layout", headers=referrer)
    assert reply.status_code == 200, reply.text
    return json.dumps(reply.json, ensure_ascii=False)


def book(app: Dash, address: str) -> Any:
    reply = app.server.test_client().get(address)
    assert reply.status_code == 200, reply.text
    return load_workbook(io.BytesIO(reply.data))


@pytest.mark.parametrize(
    ("question", "language"),
    [("", "vi"), ("period=2026-Q3&hub=TDP-01", "ar"), ("period=2026", "en"),
     ("kind=campaign", "ar"), ("kind=campaign&hub=TDP-01", "en"), ("kind=official", "en"),
     ("kind=official&person=p1", "ar"), ("rules=official-2026&person=p1", "vi")],
)  # fmt: skip
def test_every_kind_of_page_is_drawn(
    app: Dash, question: str, language: str
) -> None:
    told = page(app, f"/evaluation?lang={language}&{question}")
    assert text("evaluation.not_official", language) in told
    assert text("shell.failed", language) not in told


def test_every_indicator_opens_to_its_rule_and_rows(app: Dash) -> None:
    ways = set(LINK.findall(page(app, AUGUST)))
    assert len(ways) == 21
    for way in ways:
        told = page(app, way)
        assert "The rule" in told and "The rows behind the number" in told, way
        assert "not the official score" in told


def test_each_campaign_can_be_chosen_and_one_to_come_says_so(app: Dash) -> None:
    told = page(app, "/evaluation?kind=campaign&lang=en")
    assert "Đợt hai" in told and "45 ngày đêm" in told
    assert "nothing to score yet" not in told
    (way,) = re.findall(r'"(/evaluation\?[^"]*2027-03-01\.\.2027-03-30[^"]*)"', told)
    later = page(app, way)
    assert "This period begins on 1 Mar 2027: there is nothing to score yet" in later
    assert "Dropped" not in later
    assert "Đợt hai" not in page(app, "/evaluation?lang=en")


def test_a_column_that_no_row_fills_is_left_out(app: Dash) -> None:
    heads = {
        code: re.findall(r'<th scope=\\"col\\">([^<]*)</th>',
                         page(app, f"/evaluation/{code}?period=2026-08&lang=en"))
        for code in ("online_coverage", "on_time")
    }  # fmt: skip
    assert {"Day", "Hub"} <= set(heads["on_time"])
    assert heads["online_coverage"]
    assert not {"Day", "Hub"} & set(heads["online_coverage"])


def test_a_number_leads_to_the_same_dossiers_in_explore(app: Dash) -> None:
    told = page(app, "/evaluation/on_time?period=2026-08&hub=TDP-01&lang=en")
    assert "Open 4 dossiers in Explore" in told
    assert "/explore?period=2026-08-01..2026-08-31&hub=TDP-01&rows=progress_766&lang=en" in told
    assert told.count('<th scope=\\"row\\">') == 4


def test_what_an_address_says_that_is_not_known_is_dropped_and_said(app: Dash) -> None:
    told = page(app, "/evaluation?period=2026-13&rules=qd7&hub=NONE&lang=en")
    for sentence in ("no rules qd7", "2026-13 is not understood", "no hub NONE"):
        assert sentence in told
    assert "kind" in page(app, "/evaluation?kind=officials&lang=en").partition("officials")[0][-30:]
    assert "month 9/2026" in told  # the month under way, of the ward
    for address in ("/evaluation?period=%3Cscript%3E", "/evaluation?kind=x&person=y",
                    "/evaluation?period=9998-12", "/evaluation?period=0001"):  # fmt: skip
        page(app, address)


def test_an_indicator_that_is_none_is_not_found_and_shows_the_way(app: Dash) -> None:
    client = app.server.test_client()
    assert client.get("/evaluation/nothing").status_code == 404
    assert client.get("/evaluation/online_coverage").status_code == 200
    assert "All indicators" in page(app, "/evaluation/nothing?lang=en")
    # a hub is not scored by what the ward publishes
    assert "no indicator of that code" in page(
        app, "/evaluation/published_on_time?hub=TDP-01&lang=en"
    )


def test_the_workbook_has_typed_cells_and_says_what_it_is(app: Dash) -> None:
    found = book(app, "/export/evaluation.xlsx?period=2026-08&lang=en")
    about, lines, hubs = found.worksheets
    told = [[cell.value for cell in row] for row in about.iter_rows()]
    assert any("not the official score" in str(row[1]) for row in told)
    rows = {row[1].value: row for row in lines.iter_rows(min_row=2)}
    on_time = rows["Dossiers done on time or still within due"]
    assert [cell.value for cell in on_time[2:9]] == [2, 4, 0.5, 10, 20, 12.5, -2.5]
    assert on_time[4].number_format == "0.00%"
    none = rows["Procedures published on time"]
    assert [cell.value for cell in none[2:7]] == [None, None, None, None, 6]
    evidence = rows["Results kept in the citizens' own store"][10].value
    assert evidence.startswith("'=HYPERLINK")  # no formula comes in by hand
    assert hubs.max_row == 4  # three hubs and the head


def test_what_was_closed_stands_beside_what_reads_otherwise_today(
    app: Dash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = SHIPPED.read_text("utf-8")
    before = told.replace('code = "on_time"', 'code = "timely"').replace("threshold = 0.9", "")
    (tmp_path / "old.toml").write_text(before, "utf-8")
    desk: Any = app.desk
    settings = Settings(database_url=desk.settings.database_url, rules_folder=str(tmp_path))
    monkeypatch.setattr(desk, "settings", settings)
    question = {"period": "2026-07", "hub": "TDP-02"}
    with writing(desk.live.pulse.engine, repeatable=True) as connection:
        known = find_known(connection, None, NOW)
        place = place_of(connection, known, question, settings, "en")
        entering.close_period(connection, place, "Bình", NOW)
    same = page(app, "/evaluation?period=2026-07&hub=TDP-02&lang=en")
    assert "Closed by Bình at 3 Sep 2026 14:00" in same
    assert "rule file has changed" not in same and "no longer there" not in same
    (tmp_path / "old.toml").write_text(told, "utf-8")
    later = page(app, "/evaluation?period=2026-07&hub=TDP-02&lang=en")
    assert "rule file has changed" in later
    assert "no longer there: Dossiers done on time or still within due: no data" in later
    assert "rule file has changed" in str([cell.value for row in book(
        app, "/export/evaluation.xlsx?period=2026-07&hub=TDP-02&lang=en").worksheets[0].iter_rows()
        for cell in row])  # fmt: skip


def test_the_workbook_of_rows_has_all_of_them_and_their_sums_are_the_parts(app: Dash) -> None:
    found = book(app, "/export/evaluation-rows.xlsx?period=2026-08&lang=en&indicator=on_time")
    rows = [[cell.value for cell in row] for row in found.worksheets[1].iter_rows(min_row=2)]
    assert (sum(row[4] for row in rows), sum(row[5] for row in rows)) == (2, 4)
    assert all(isinstance(row[2], datetime) for row in rows)
    assert {row[0] for row in rows} == {"O-1", "R-1", "E-1", "L-1"}
    missing = app.server.test_client().get("/export/evaluation-rows.xlsx?indicator=none")
    assert missing.status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_has_the_form_and_escapes_what_people_wrote(app: Dash, language: str) -> None:
    reply = app.server.test_client().get(f"/paper/evaluation?period=2026-08&lang={language}")
    assert reply.status_code == 200
    for words_ in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số:",
                   "ngày 03 tháng 9 năm 2026"):  # fmt: skip
        assert words_ in reply.text
    assert ROUGH not in reply.text and "&lt;script&gt;" in reply.text
    assert "script-src" in reply.headers["Content-Security-Policy"]


def test_every_part_of_the_shipped_rules_has_a_name_in_every_language() -> None:
    for rules in read_rules():
        for one in rules.indicators:
            for language in LANGUAGES:
                told = f"{words.top(one, language)} {words.bottom(one, language)}"
                assert not re.search(r"[a-z]+_[a-z]+", told.replace("online_", "")), told
                assert all(words.rule(one, language))


# --- entering --------------------------------------------------------------------------------


def entered(app: Dash, question: dict[str, str], write: Any) -> Any:
    """What writing as on that page returns; undone at the end."""
    desk: Any = app.desk

    class Undo(Exception):
        pass

    found: list[Any] = []
    try:
        with writing(desk.live.pulse.engine, repeatable=True) as connection:
            known = find_known(connection, None, NOW)
            place = place_of(connection, known, question, desk.settings, "vi")
            found.append(write(connection, place))
            raise Undo
    except Undo:
        return found[0]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1234", 1234), ("1.234", 1234), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("12,5", 12.5),
     ("12.5", 12.5), ("1.234.567", 1234567), (" 7 ", 7), (7, 7), (0, 0), ("0", 0)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(app: Dash, typed: Any, value: float) -> None:
    def write(connection: Any, place: Any) -> Any:
        lines = [Typed("personal_store", typed, 9_999_999, None)]
        entering.enter_inputs(connection, place, lines, "Bình", NOW)
        from ops_center.store.evaluation_inputs import known_inputs

        return known_inputs(connection, "w1")["personal_store", "2026-08", ""].numerator

    assert entered(app, {"period": "2026-08"}, write) == value


@pytest.mark.parametrize(
    "line",
    [Typed("personal_store", "x", 1), Typed("personal_store", -1, 1), Typed("personal_store", 1),
     Typed("personal_store", 3, 2), Typed("personal_store", "1.23.4", 2), Typed("on_time", 1, 2),
     Typed(None, 1, 2), Typed("personal_store", "nan", 2), Typed("personal_store", "inf", "inf"),
     Typed("personal_store", {"a": 1}, 1), Typed("personal_store", "", "")],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused_in_words(app: Dash, line: Typed) -> None:
    with pytest.raises(Problem) as caught:
        entered(app, {"period": "2026-08"}, lambda connection, place: entering.enter_inputs(
            connection, place, [line], "Bình", NOW))  # fmt: skip
    assert caught.value.key.startswith("evaluation.enter.")
    assert len({caught.value.text(language) for language in LANGUAGES}) == 3


def test_nothing_is_entered_without_a_name(app: Dash) -> None:
    with pytest.raises(Problem, match="who enters"):
        entered(app, {"period": "2026-08"}, lambda connection, place: entering.enter_inputs(
            connection, place, [Typed("personal_store", 1, 2)], " \n", NOW))  # fmt: skip


@pytest.mark.parametrize(
    ("told", "said"),
    [({}, "code"), ({"code": "P"}, "received"), ({"code": "P", "received_on": "5/8"}, "no day"),
     ({"code": "P", "received_on": "2026-09-04"}, "future"),
     ({"code": "P", "received_on": "01/08/2026", "due_on": "31/07/2026"}, "before"),
     ({"code": "P", "received_on": "01/08/2026", "hub": "X"}, "no hub"),
     ({"code": "P", "received_on": "01/08/2026", "resolved": "maybe"}, "yes nor no")],
)  # fmt: skip
def test_a_petition_that_cannot_be_is_refused_in_words(app: Dash, told: Any, said: str) -> None:
    with pytest.raises(Problem, match=said):
        entered(app, {}, lambda connection, place: entering.enter_petition(
            connection, place, told))  # fmt: skip


# --- who may ---------------------------------------------------------------------------------


def test_without_a_key_in_the_settings_nobody_is_a_keeper(app: Dash) -> None:
    for weak in ("", "short"):
        settings = Settings(keeper_key=weak)
        with app.server.test_request_context("/"):
            for guess in ("", weak, KEY):
                with pytest.raises(Problem, match="takes nothing"):
                    keeper.unlock(settings, guess)
            with pytest.raises(Problem, match="takes nothing"):
                keeper.require(settings)


def test_only_the_key_unlocks_and_only_for_this_browser_and_site(app: Dash) -> None:
    settings = Settings(keeper_key=KEY)
    with app.server.test_request_context("/"):
        with pytest.raises(Problem, match="not the key"):
            keeper.unlock(settings, KEY[:-1])
        with pytest.raises(Problem, match="Only a keeper"):
            keeper.require(settings)
        keeper.unlock(settings, f" {KEY} ")
        keeper.require(settings)
        with pytest.raises(Problem, match="Only a keeper"):  # the key was changed since
            keeper.require(Settings(keeper_key=KEY + "2"))
        keeper.lock(settings)
        assert not keeper.is_keeper(settings)
    elsewhere = {"Origin": "https://elsewhere.example"}
    with (
        app.server.test_request_context("/", headers=elsewhere),
        pytest.raises(Problem, match="another page"),
    ):
        keeper.unlock(settings, KEY)
    with app.server.test_request_context("/", headers={"Origin": "http://localhost"}):
        keeper.unlock(settings, KEY)


def _press(
    client: Any, app: Dash, address: str, shown: Any, by: str = "Bình"
) -> str:
    """What the page is told after "save" with 1 of 2 for an entry."""
    [name] = [name for name in app.callback_map if "inputs-said" in name]
    duplicate = name.split("evaluation-again.")[1][:-2]

    def typed(kind: str, prop: str, value: Any) -> Any:
        return [{"id": {"type": kind, "code": "personal_store"}, "property": prop, "value": value}]

    outputs = [{"id": "inputs-said", "property": "children"},
               {"id": "evaluation-again", "property": duplicate}]  # fmt: skip
    state: list[Any] = [
        {"id": "evaluation-shown", "property": "data", "value": shown},
        typed("entry-top", "id", {"type": "entry-top", "code": "personal_store"}),
        typed("entry-top", "value", "1"), typed("entry-bottom", "value", "2"),
        typed("entry-evidence", "value", ""),
        {"id": "inputs-by", "property": "value", "value": by},
    ]  # fmt: skip
    asked = {
        "output": name, "outputs": outputs, "changedPropIds": ["inputs-save.n_clicks"],
        "inputs": [{"id": "inputs-save", "property": "n_clicks", "value": 1}], "state": state,
    }  # fmt: skip
    referrer = {"Referer": f"http://localhost{address}"}
    reply = client.post("/_dash-update-component", json=asked, headers=referrer)
    assert reply.status_code == 200
    return str(reply.text)


def _shown(period: str) -> list[str]:
    digest = next(one.digest for one in read_rules() if one.code == "qd766-2022")
    return [digest, period, ""]


def test_a_callback_writes_nothing_for_who_has_not_shown_the_key(app: Dash) -> None:
    told = _press(app.server.test_client(), app, AUGUST, _shown("2026-08"))
    assert "Only a keeper" in told and "saved" not in told


def test_a_keeper_writes_to_what_the_page_shows_and_to_nothing_else(app: Dash) -> None:
    client = app.server.test_client()
    with client.session_transaction() as session:
        session["keeper"] = keeper._print(KEY)
    # The month ended, the rules changed, or the page is another one since the form was drawn.
    for address, shown in (
        ("/evaluation?lang=en", _shown("2026-08")), (AUGUST, ["0", *_shown("2026-08")[1:]]),
        (AUGUST + "&hub=TDP-01", _shown("2026-08")), ("/hubs?period=2026-08&lang=en",
                                                     _shown("2026-08")), (AUGUST, None),
    ):  # fmt: skip
        assert "Load it again" in _press(client, app, address, shown)
    june = "/evaluation?period=2026-06&lang=en"
    assert "who enters" in _press(client, app, june, _shown("2026-06"), by=" ")
    assert "saved=inputs" in _press(client, app, june, _shown("2026-06"))
    assert "1 / 2" in page(app, june)


def test_without_a_key_the_page_says_how_to_bring_numbers_in(
    app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk: Any = app.desk
    monkeypatch.setattr(desk, "settings", Settings(database_url=desk.settings.database_url))
    told = page(app, AUGUST)
    assert "OPS_CENTER_KEEPER_KEY" in told
    assert "inputs-save" not in told and "keeper-unlock" not in told


def test_a_folder_of_rules_that_broke_later_is_said_on_the_page(
    app: Dash, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text("kind = 1", "utf-8")
    desk: Any = app.desk
    settings = Settings(database_url=desk.settings.database_url, rules_folder=str(tmp_path))
    monkeypatch.setattr(desk, "settings", settings)
    assert "own.toml, key kind" in page(app, AUGUST)
