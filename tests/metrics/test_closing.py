"""A closed period keeps what it said; corrections and another rule file stand beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, insert, update

from ops_center.cli import commands
from ops_center.domain.evaluation import parse_period
from ops_center.i18n import Problem
from ops_center.metrics.catalog import MEASURES
from ops_center.metrics.choice import Choice, choose, subject_of, subjects_of
from ops_center.metrics.closing import close, closed_reading
from ops_center.metrics.evaluation import score
from ops_center.metrics.lists import find_lists
from ops_center.metrics.scheme import find_rules, read_rules
from ops_center.store.evaluation_tables import evaluation_input
from ops_center.store.rollup import rebuild
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier, person
from ops_center.store.wards import Ward, find_ward
from tests.fixtures.small_ward import NOW, at, fill

RULES = find_rules(read_rules(), "qd766-2022")
AUGUST = Choice(RULES, parse_period("2026-08"))
ENTRY = {"ward_id": "w1", "indicator": "published_on_time", "period": "2026-08", "subject": "",
         "numerator": 9, "denominator": 10}  # fmt: skip


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine)
    with writing(engine) as connection:
        connection.execute(insert(evaluation_input).values(**ENTRY))
    return engine


@pytest.fixture
def connection(filled: Engine) -> Iterator[Connection]:
    with writing(filled, repeatable=True) as open_connection:
        yield open_connection


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return find_ward(connection)


def test_a_closed_period_says_what_it_said_whatever_is_corrected_later(
    connection: Connection, ward: Ward
) -> None:
    scored = close(connection, ward, AUGUST, "", "Trần Văn Bình", NOW)
    before = closed_reading(connection, ward, AUGUST, "")
    assert before is not None and before.same_rules
    assert (before.points, before.maximum) == (scored.points, scored.maximum)
    assert before.changed(score(connection, ward, RULES, AUGUST.period, "", NOW)) == []
    connection.execute(update(evaluation_input).values(numerator=10))
    # the dossier that ended late was put in with a wrong hour
    connection.execute(update(dossier).where(dossier.c.id == "L-1").values(
        processed_at=at("2026-08-26 09:00"), returned_at=at("2026-08-26 09:00")))
    rebuild(connection, "w1", MEASURES, now=NOW)
    now = score(connection, ward, RULES, AUGUST.period, "", NOW)
    after = closed_reading(connection, ward, AUGUST, "")
    assert after is not None and after.closed == before.closed
    changed = {code: (then and then.points, line and line.points)
               for code, then, line in after.changed(now)}  # fmt: skip
    assert changed["published_on_time"] == (5.4, 6.0)
    assert changed["on_time"][0] < changed["on_time"][1]  # type: ignore[operator]
    assert changed.keys() == {"published_on_time", "on_time", "dossier_satisfaction"}
    kept = json.loads(after.closed.reading)
    assert (kept["points"], kept["digest"]) == (scored.points, RULES.digest)


def test_another_rule_file_is_said_and_its_new_and_lost_lines_too(
    connection: Connection, ward: Ward
) -> None:
    close(connection, ward, AUGUST, "", "Bình", NOW)
    board = RULES.boards[1]
    renamed = replace(board, indicators=(replace(board.indicators[0], code="other"),))
    changed = replace(RULES, digest="0", boards=(RULES.boards[0], renamed, *RULES.boards[2:]))
    choice = Choice(changed, AUGUST.period)
    before = closed_reading(connection, ward, choice, "")
    assert before is not None and not before.same_rules
    now = score(connection, ward, changed, AUGUST.period, "", NOW)
    lines = {code: (then is None, line is None) for code, then, line in before.changed(now)}
    assert lines == {"on_time": (False, True), "other": (True, False)}


def test_a_period_is_closed_once_after_its_end_by_somebody(
    connection: Connection, ward: Ward
) -> None:
    with pytest.raises(Problem, match=r"not over.*from 1 Oct 2026"):
        close(connection, ward, Choice(RULES, parse_period("2026-09")), "", "Bình", NOW)
    with pytest.raises(Problem, match="who answers"):
        close(connection, ward, AUGUST, "", "  ", NOW)
    last = datetime(2026, 8, 31, 23, 59, 59, tzinfo=ward.zone)
    with pytest.raises(Problem, match="not over"):
        close(connection, ward, AUGUST, "", "Bình", last)
    close(connection, ward, AUGUST, "", "Bình", last + timedelta(seconds=1))
    with pytest.raises(Problem, match=r"was closed by Bình at 01/09/2026 00:00"):
        close(connection, ward, AUGUST, "", "An", NOW)
    close(connection, ward, AUGUST, "hub:one", "An", NOW)  # a hub is another subject


def test_what_is_usual_is_chosen_and_what_is_not_known_is_said(
    connection: Connection, ward: Ward, tmp_path: Path
) -> None:
    rules, today = read_rules(), date(2026, 9, 3)
    usual = choose(connection, ward, rules, today)
    assert (usual.rules.code, usual.period.spelled) == ("qd766-2022", "2026-09")
    sheet = choose(connection, ward, rules, today, kind="official")
    assert (sheet.rules.code, sheet.period.spelled) == ("official-2026", "2026")
    campaign = choose(connection, ward, rules, today, kind="campaign")
    assert campaign.period.spelled == "2026-08-24..2026-10-07"
    assert campaign.campaign is not None and campaign.campaign_id
    again = choose(connection, ward, rules, today, kind="campaign", spelled=campaign.period.spelled)
    assert again == campaign
    for wrong, said in (
        ({"spelled": "2026-13"}, "2026-Q3"), ({"code": "qd7"}, "qd766-2022"),
        ({"kind": "official", "spelled": "2026-08"}, "such as: 2026"),
        ({"spelled": "2021-08"}, "valid_from"), ({"kind": "campaign", "spelled": "2025"}, "import"),
    ):  # fmt: skip
        with pytest.raises(Problem, match=said):
            choose(connection, ward, rules, today, **wrong)  # type: ignore[arg-type]


def test_a_subject_is_found_by_code_after_a_merger_by_name_and_never_guessed(
    connection: Connection, ward: Ward
) -> None:
    connection.execute(insert(person).values(ward_id="w1", id="p2", name="Lê Văn A"))
    connection.execute(insert(person).values(ward_id="w1", id="p3", name="LÊ VĂN A"))
    lists = find_lists(connection, ward.id)
    assert subject_of(lists, hub="tdp-01") == subject_of(lists, hub="OLD-9") == "hub:one"
    assert subject_of(lists, person="tran van binh") == "person:p1" == subject_of(lists, "", "p1")
    assert subject_of(lists) == ""
    for wrong, said in (({"hub": "X"}, "no hub"), ({"person": "X"}, "nobody"),
                        ({"person": "Lê Văn A"}, "Several")):  # fmt: skip
        with pytest.raises(Problem, match=said):
            subject_of(lists, **wrong)
    assert subjects_of(RULES, lists) == ("hub:two", "hub:rough", "hub:one")


def test_the_command_shows_closes_and_lists(
    filled: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_CENTER_DATABASE_URL", database_url)
    monkeypatch.setenv("OPS_CENTER_LANGUAGE", "en")

    def run(*words: str) -> str:
        found = CliRunner().invoke(commands, ["evaluation", *words], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    shown = run("show", "2026-08")
    assert "Timeliness" in shown and "no data" in shown and "not the official score" in shown
    told = json.loads(run("show", "2026-08", "--json"))
    # five came in in August; S-1 waited for a supplement at its end
    assert told["boards"][1]["indicators"][0]["denominator"] == 4
    assert run("show", "2026-08", "--csv", "--hub", "TDP-01").startswith("subject,period,board")
    everyone = run("show", "2026-08", "--each").splitlines()
    assert len(everyone) == 3
    closed = run("close", "2026-08", "--by", "Bình")
    assert f"{told['points']:.2f} of {told['maximum']:.2f} points" in closed
    assert "same rules" in run("list")
    assert "Closed by Bình" in run("show", "2026-08")
    with reading(filled) as connection:
        assert closed_reading(connection, find_ward(connection), AUGUST, "") is not None
    with pytest.raises(Problem, match="was closed by Bình"):
        run("close", "2026-08", "--by", "An")
    with pytest.raises(Problem, match="do not score"):
        run("show", "--rules", "official-2026", "--hub", "TDP-01")
    assert "Trần Văn Bình" in run("show", "--person", "p1")
