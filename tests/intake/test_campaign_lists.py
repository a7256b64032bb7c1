"""The campaign's and the evaluation's lists: whole or not at all, again without effect, and every
refusal names file, line, column and remedy in three languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, Table

from ops_center.cli import commands
from ops_center.i18n import LANGUAGES, Problem, has
from ops_center.intake import templates
from ops_center.intake.campaign_lists import KINDS, List, keep
from ops_center.store import indicators as stored
from ops_center.store.activities import list_activities, list_past
from ops_center.store.campaign_tables import (
    campaign,
    indicator,
    milestone,
    plan_coordinator,
    plan_item,
    support_activity,
)
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.evaluation_tables import evaluation_input, official_score, petition
from ops_center.store.hubs import Hub, add_alias, add_hub
from ops_center.store.people import list_people
from ops_center.store.plans import PlanItem, list_items
from ops_center.store.session import reading, writing
from ops_center.store.sources import Source, add_source
from ops_center.store.tables import person
from ops_center.store.wards import Ward
from tests.intake.given import count, lines, planted, rows_of, sheet

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
FIRST = date(2026, 8, 10)


@pytest.fixture
def ward(engine: Engine) -> Ward:
    """A ward with two hubs, three people and a campaign in its eleventh day."""
    return _filled(engine)


@pytest.fixture
def lite_ward(lite: Engine) -> Ward:
    return _filled(lite)


def _filled(engine: Engine) -> Ward:
    made = planted(engine)
    with writing(engine) as connection:
        for code, name in (("T1", "Tổ dân phố số 1"), ("T2", "Tổ dân phố số 2")):
            add_hub(connection, Hub("w", code, name, id=f"hub-{code}", population=100))
        add_source(connection, Source("w", "zalo", "zalo"))
        add_alias(connection, "w", "zalo", "tổ một", "hub-T1")
        add_campaign(connection, "w", Campaign("45 ngày đêm", FIRST, 45))
    return made


def take(
    engine: Engine, ward: Ward, kind: str, content: str | Path, folder: Path, **wanted: Any
) -> Counter[str]:
    path = content if isinstance(content, Path) else folder / f"{kind}.csv"
    if isinstance(content, str):
        path.write_text(content, "utf-8")
    told = replace(List(path, ward, "en", NOW), **wanted)
    with writing(engine) as connection:
        return Counter(keep(kind, connection, told))


def refused(
    engine: Engine, ward: Ward, kind: str, content: str, folder: Path, **wanted: Any
) -> str:
    """The English words of the refusal; the others name the file too."""
    with pytest.raises(Problem) as caught:
        take(engine, ward, kind, content, folder, **wanted)
    for language in LANGUAGES:
        assert f"{kind}.csv" in caught.value.text(language)
    return caught.value.text("en")


PEOPLE = lines("Lê Thị Dung,Trung tâm,dung@p.example", "Phạm Quang Nam,Tổ,", "Lê Văn Nam,Tổ,",
               header="Họ tên,Đơn vị,Email")  # fmt: skip
INDICATORS = lines(
    "CT-01,Trực tuyến,ratio,online_share,,60%,none,",
    "CT-05,Hộ,count,,households,12.000,given,T1: 7.000; T2: 5000",
    header="code,name,kind,metric,topic,target,split,hub_targets",
)


# ---------------------------------------------------------------- people and campaigns


def test_people_are_kept_by_email_else_by_name(engine: Engine, ward: Ward, tmp_path: Path) -> None:
    assert take(engine, ward, "people", PEOPLE, tmp_path) == {"added": 3}
    assert take(engine, ward, "people", PEOPLE, tmp_path) == {"unchanged": 3}
    moved = lines("Lê Thị Dung Hạnh,DUNG@p.example", "Phạm Quang Nam,nam@p.example",
                  header="name,email")  # fmt: skip
    assert take(engine, ward, "people", moved, tmp_path) == {"changed": 2}
    with reading(engine) as connection:
        found = {one.name: (one.unit, one.email) for one in list_people(connection, "w")}
    assert found == {
        "Lê Thị Dung Hạnh": ("Trung tâm", "DUNG@p.example"),
        "Phạm Quang Nam": ("Tổ", "nam@p.example"),
        "Lê Văn Nam": ("Tổ", None),
    }


def test_two_people_of_one_name_are_told_apart_by_email(
    lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    twins = lines("Lê Nam,a@p.example", "Lê Nam,b@p.example", header="name,email")
    assert take(lite, lite_ward, "people", twins, tmp_path) == {"added": 2}
    assert take(lite, lite_ward, "people", twins, tmp_path) == {"unchanged": 2}
    words = refused(lite, lite_ward, "people", lines("Lê Nam", header="name"), tmp_path)
    assert "line 2" in words
    assert "2 people" in words
    plan = lines("A,x,Lê Nam,N1,N2", header="code,content,owner,starts_on,due_on")
    assert "e-mail" in refused(lite, lite_ward, "plan", plan, tmp_path)


def test_a_campaign_comes_by_its_first_day(lite: Engine, lite_ward: Ward, tmp_path: Path) -> None:
    first = lines("10/08/2026,Chiến dịch,30", header="Ngày bắt đầu,Tên,Số ngày")
    assert take(lite, lite_ward, "campaign", first, tmp_path) == {"changed": 1}
    second = lines("2026-10-01,Khác", header="starts_on,name")
    assert take(lite, lite_ward, "campaign", second, tmp_path) == {"added": 1}
    with reading(lite) as connection:
        found = [(one.name, one.days) for one in list_campaigns(connection, "w")]
    assert found == [("Chiến dịch", 30), ("Khác", 45)]


# ---------------------------------------------------------------- indicators and milestones


def test_indicators_come_with_targets_of_their_own_for_hubs(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    assert take(engine, ward, "indicators", INDICATORS, tmp_path) == {"added": 2}
    assert take(engine, ward, "indicators", INDICATORS, tmp_path) == {"unchanged": 2}
    one_less = INDICATORS.replace("T1: 7.000; T2: 5000", "T1: 8000")
    take(engine, ward, "indicators", one_less, tmp_path)
    with reading(engine) as connection:
        [now] = list_campaigns(connection, "w")
        online, homes = stored.list_indicators(connection, "w", str(now.id))
        targets = stored.hub_targets(connection, "w", str(now.id))
    assert (online.target, online.metric, online.position) == (0.6, "online_share", 1)
    assert (homes.target, homes.topic_id, homes.split) == (12000, "households", "given")
    assert targets == {homes.id: {"hub-T1": 8000}}


def test_what_a_list_of_indicators_does_not_tell_stays(
    lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    take(lite, lite_ward, "indicators", INDICATORS, tmp_path)
    short = lines("CT-05,Hộ được thăm,count,households", header="code,name,kind,topic")
    assert take(lite, lite_ward, "indicators", short, tmp_path) == {"changed": 1}
    with reading(lite) as connection:
        [now] = list_campaigns(connection, "w")
        _, homes = stored.list_indicators(connection, "w", str(now.id))
        targets = stored.hub_targets(connection, "w", str(now.id))
    assert (homes.name, homes.target, homes.split) == ("Hộ được thăm", 12000, "given")
    assert targets[str(homes.id)] == {"hub-T1": 7000, "hub-T2": 5000}


def test_a_milestone_is_a_date_or_a_day_of_the_campaign(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    take(engine, ward, "indicators", INDICATORS, tmp_path)
    told = lines("N15,CT-05,,3.000", "24/08/2026,,Sơ kết,", "ngày 45,CT-05,,12000",
                 header="day,indicator,name,value")  # fmt: skip
    assert take(engine, ward, "milestones", told, tmp_path) == {"added": 3}
    assert take(engine, ward, "milestones", told, tmp_path) == {"unchanged": 3}
    with reading(engine) as connection:
        [now] = list_campaigns(connection, "w")
        found = stored.list_milestones(connection, "w", str(now.id))
    half, last = date(2026, 8, 24), date(2026, 9, 23)
    assert {(one.day, one.name, one.value, one.indicator_id is None) for one in found} == {
        (half, "", 3000, False), (half, "Sơ kết", None, True), (last, "", 12000, False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "header", "row", "column", "said"),
    [
        ("people", "name,email", "Lê Nam,nam", "email", "no e-mail address"),
        ("indicators", "code,name,kind,metric,topic", "A,a,count,,", "metric", "not neither"),
        ("indicators", "code,name,kind,metric", "A,a,count,online_share", "kind", "ratio"),
        ("indicators", "code,name,kind,metric", "A,a,count,overdue", "kind", "level"),
        ("indicators", "code,name,kind,metric", "A,a,ratio,late_share", "kind", "level"),
        ("indicators", "code,name,kind,metric,target", "A,a,ratio,online_share,60", "target",
         "60%"),
        ("indicators", "code,name,kind,metric", "A,a,ratio,online_shar", "metric",
         "online_share"),
        ("indicators", "code,name,kind,topic,hub_targets", "A,a,count,vneid,T9: 5",
         "hub_targets", "T1, T2"),
        ("indicators", "code,name,kind,topic,hub_targets", "A,a,count,vneid,T1", "hub_targets",
         "TDP-01: 120"),
        ("milestones", "day,name", "2026-12-01,Xong", "day", "outside the campaign"),
        ("milestones", "day,name", "N46,Xong", "day", "outside the campaign"),
        ("activities", "hub,day,topic,amount", "T9,10/08/2026,vneid,1", "hub", "import hubs"),
        ("activities", "hub,day,topic,amount", "T1,21/08/2026,vneid,1", "day", "future"),
        ("activities", "hub,day,topic,amount", "T1,10/08/2026,vneids,1", "topic", "vneid"),
        ("activities", "hub,day,vneid", "T1,10/08/2026,-1", "vneid", "negative"),
        ("plan", "code,content,starts_on,due_on", "A,a,N5,N4", "due_on", "before it starts"),
        ("plan", "code,content,starts_on,due_on,owner", "A,a,N1,N4,Ai Đó", "owner",
         "import people"),
        ("plan", "code,content,starts_on,due_on,done_on,state", "A,a,N1,N4,N3,planned", "state",
         "planned"),
        ("plan", "code,content,starts_on,due_on,state", "A,a,N1,N4,done", "done_on", "missing"),
        ("plan", "code,content,starts_on,due_on,progress", "A,a,N1,N4,101", "progress", "100"),
        ("evaluation-inputs", "indicator,period,numerator,denominator",
         "published_on_time,2026-13,1,2", "period", "2026-Q3"),
        ("evaluation-inputs", "indicator,period,numerator,denominator",
         "published_on_time,2026-08,3,2", "numerator", "changed places"),
        ("evaluation-inputs", "indicator,period,numerator,denominator", "on_time,2026-08,1,2",
         "indicator", "published_on_time"),
        ("petitions", "code,received_on,answered_on", "P1,05/08/2026,04/08/2026", "answered_on",
         "before the day"),
        ("official-scores", "rules,indicator,period,points", "qd765,total,2026,70", "rules",
         "qd766-2022"),
        ("official-scores", "rules,indicator,period,points", "qd766-2022,all,2026,70",
         "indicator", "total"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_line_column_and_remedy(
    lite: Engine, lite_ward: Ward, tmp_path: Path,
    kind: str, header: str, row: str, column: str, said: str,
) -> None:  # fmt: skip
    words = refused(lite, lite_ward, kind, lines(row, header=header), tmp_path)
    assert f"line 2, column {column}" in words
    assert said in words
    assert "Nothing was written" in words
    for table in (indicator, milestone, support_activity, plan_item, evaluation_input, petition,
                  official_score, person):  # fmt: skip
        assert count(lite, table) == 0


def test_a_list_of_a_campaign_needs_one(lite: Engine, tmp_path: Path) -> None:
    bare = planted(lite)
    told = lines("A,a,N1,N2", header="code,content,starts_on,due_on")
    assert "import campaign" in refused(lite, bare, "plan", told, tmp_path)


def test_another_campaign_is_named_by_its_first_day(
    lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    old = date(2025, 8, 1)
    with writing(lite) as connection:
        add_campaign(connection, "w", Campaign("Năm ngoái", old))
    told = lines("A,a,N1,N2", header="code,content,starts_on,due_on")
    take(lite, lite_ward, "plan", told, tmp_path, campaign=old)
    [row] = rows_of(lite, plan_item)
    assert row["due_on"] == date(2025, 8, 2)
    words = refused(lite, lite_ward, "plan", told, tmp_path, campaign=date(2025, 8, 2))
    assert "2025-08-01, 2026-08-10" in words


# ---------------------------------------------------------------- activities


def test_a_report_again_is_a_correction_and_the_past_is_kept(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    told = lines("T1,10/08/2026,vneid,5", "Tổ dân phố số 2,10/08/2026,vneid,0",
                 header="hub,day,topic,amount")  # fmt: skip
    assert take(engine, ward, "activities", told, tmp_path) == {"added": 2}
    assert take(engine, ward, "activities", told, tmp_path) == {"unchanged": 2}
    later = NOW.replace(hour=9)
    less = told.replace("vneid,5", "vneid,3")
    assert take(engine, ward, "activities", less, tmp_path, now=later) == {
        "changed": 1, "unchanged": 1,
    }  # fmt: skip
    with reading(engine) as connection:
        found = list_activities(connection, "w", FIRST, date(2026, 9, 1))
        past = list_past(connection, "w", FIRST, date(2026, 9, 1))
    assert {one.hub_id: (one.amount, one.reported_at) for one in found} == {
        "hub-T1": (3, later), "hub-T2": (0, NOW),
    }  # fmt: skip
    assert [(one.amount, one.reported_at) for one in past] == [(5, NOW)]


def test_a_line_may_hold_a_teams_whole_day(engine: Engine, ward: Ward, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "day.xlsx",
        [
            ("Tổ dân phố", "Ngày", "Hộ gia đình được đến nhà hỗ trợ", "vneid", "Ghi chú"),
            ("tổ một", date(2026, 8, 11), 14, 0, "trời mưa"),
            ("T2", date(2026, 8, 11), None, 3, None),
        ],
    )
    assert take(engine, ward, "activities", path, tmp_path, source_id="zalo") == {"added": 3}
    found = {(r["hub_id"], r["topic_id"]): r["amount"] for r in rows_of(engine, support_activity)}
    assert found == {
        ("hub-T1", "households"): 14, ("hub-T1", "vneid"): 0, ("hub-T2", "vneid"): 3,
    }  # fmt: skip


def test_reports_without_any_topic_and_told_twice_are_refused(
    lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    bare = lines("T1,10/08/2026", header="hub,day")
    assert "households" in refused(lite, lite_ward, "activities", bare, tmp_path)
    twice = lines("T1,10/08/2026,1", "Tổ dân phố số 1,2026-08-10,2", header="hub,day,vneid")
    assert "line 2 and in line 3" in refused(lite, lite_ward, "activities", twice, tmp_path)
    assert count(lite, support_activity) == 0


# ---------------------------------------------------------------- the plan

PLAN = lines(
    "KH-1,Một,Lê Thị Dung,nam@p.example;Lê Văn Nam,N1,N5,CT-05,",
    "KH-2,Hai,,,N2,N9,,40",
    header="code,content,owner,coordinators,starts_on,due_on,indicator,progress",
)


def _plan(engine: Engine) -> dict[str, PlanItem]:
    with reading(engine) as connection:
        return {one.code: one for one in list_items(connection, "w")}


def test_a_plan_names_owners_helpers_and_indicators(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    people = PEOPLE.replace("Nam,Tổ,\nLê", "Nam,Tổ,nam@p.example\nLê")
    take(engine, ward, "people", people, tmp_path)
    take(engine, ward, "indicators", INDICATORS, tmp_path)
    assert take(engine, ward, "plan", PLAN, tmp_path) == {"added": 2}
    assert take(engine, ward, "plan", PLAN, tmp_path) == {"unchanged": 2}
    with reading(engine) as connection:
        names = {one.id: one.name for one in list_people(connection, "w")}
    first, second = _plan(engine)["KH-1"], _plan(engine)["KH-2"]
    assert names[first.owner_id or ""] == "Lê Thị Dung"
    assert {names[one] for one in first.coordinator_ids} == {"Phạm Quang Nam", "Lê Văn Nam"}
    assert (first.starts_on, first.due_on) == (date(2026, 8, 10), date(2026, 8, 14))
    assert first.indicator_id is not None
    assert (second.owner_id, second.progress, second.state) == (None, 40, "under_way")
    assert take(engine, ward, "plan", PLAN.replace(";Lê Văn Nam", ""), tmp_path) == {
        "changed": 1, "unchanged": 1,
    }  # fmt: skip
    assert count(engine, plan_coordinator) == 1


def test_what_is_done_is_done_whole_and_can_be_taken_up_again(
    lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    header = "code,content,starts_on,due_on,done_on"
    take(lite, lite_ward, "plan", lines("A,a,N1,N4,N3", header=header), tmp_path)
    done = _plan(lite)["A"]
    assert (done.state, done.progress, done.done_on) == ("done", 100, date(2026, 8, 12))
    again = lines("A,a,N1,N4,under_way,50", header="code,content,starts_on,due_on,state,progress")
    take(lite, lite_ward, "plan", again, tmp_path)
    taken_up = _plan(lite)["A"]
    assert (taken_up.state, taken_up.progress, taken_up.done_on) == ("under_way", 50, None)


# ---------------------------------------------------------------- the evaluation


def test_inputs_petitions_and_scores_are_kept_by_their_keys(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    take(engine, ward, "people", PEOPLE, tmp_path)
    inputs = lines("published_on_time,08/2026,,,118,120", "published_on_time,2026-08,T1,,9,10",
                   "published_on_time,2026-08,,dung@p.example,1,1",
                   header="indicator,period,hub,person,numerator,denominator")  # fmt: skip
    scores = lines('qd766-2022,total,2026-08,"78,4"', header="rules,indicator,period,points")
    petitions = lines("P1,T1,03/08/2026,13/08/2026,10/08/2026,1", "P2,,04/08/2026,,,",
                      header="code,hub,received_on,due_on,answered_on,resolved")  # fmt: skip
    for kind, told, rows in (
        ("evaluation-inputs", inputs, 3), ("official-scores", scores, 1),
        ("petitions", petitions, 2),
    ):  # fmt: skip
        assert take(engine, ward, kind, told, tmp_path) == {"added": rows}
        assert take(engine, ward, kind, told, tmp_path) == {"unchanged": rows}
    subjects = {row["subject"] for row in rows_of(engine, evaluation_input)}
    assert {one.partition(":")[0] for one in subjects} == {"", "hub", "person"}
    assert [row["points"] for row in rows_of(engine, official_score)] == [78.4]
    assert [row["resolved"] for row in rows_of(engine, petition)] == [True, None]
    mended = inputs.replace("118,120", "119,120")
    later = NOW.replace(hour=8)
    assert take(engine, ward, "evaluation-inputs", mended, tmp_path, now=later) == {
        "changed": 1, "unchanged": 2,
    }  # fmt: skip
    stamps = {row["numerator"]: row["entered_at"] for row in rows_of(engine, evaluation_input)}
    assert stamps == {119.0: later, 9.0: NOW, 1.0: NOW}


# ---------------------------------------------------------------- templates and the command


def test_every_template_comes_in_twice_the_second_time_without_effect(
    lite: Engine, tmp_path: Path
) -> None:
    ward = planted(lite)
    with writing(lite) as connection:
        for code in ("TDP01", "TDP02"):
            add_hub(connection, Hub("w", code, code))
    files = templates.files()
    for kind in KINDS:
        now = datetime(2026, 9, 1, tzinfo=UTC)
        added = take(lite, ward, kind, files[kind], tmp_path, now=now)
        assert added["added"] > 0, kind
        assert not added["changed"]
        assert set(take(lite, ward, kind, files[kind], tmp_path, now=now)) == {"unchanged"}
    assert all(has(f"intake.template.{name}") for name in files)


def test_a_template_is_written_once_and_never_over_a_file(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    run = CliRunner(env={"OPS_CENTER_LANGUAGE": "en"})
    done = run.invoke(commands, ["import", "template", "plan", "--to", str(target)])
    assert str(target) in done.output
    assert target.read_text("utf-8-sig").startswith("code,phase,content")
    again = run.invoke(commands, ["import", "template", "plan", "--to", str(target)])
    assert "left as it is" in str(again.exception)
    unknown = run.invoke(commands, ["import", "template", "pla"])
    assert "activities" in str(unknown.exception)


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_has_its_command_with_a_dry_run(
    kind: str, lite: Engine, lite_ward: Ward, tmp_path: Path
) -> None:
    told = {
        "people": PEOPLE, "indicators": INDICATORS,
        "campaign": lines("2026-10-01,Khác", header="starts_on,name"),
        "milestones": lines("N3,Xong", header="day,name"),
        "activities": lines("T1,10/08/2026,4", header="hub,day,vneid"),
        "plan": lines("A,a,N1,N4", header="code,content,starts_on,due_on"),
        "evaluation-inputs": lines("published_on_time,2026,1,2",
                                   header="indicator,period,numerator,denominator"),
        "petitions": lines("P1,03/08/2026", header="code,received_on"),
        "official-scores": lines("qd766-2022,total,2026,70",
                                 header="rules,indicator,period,points"),
    }[kind]  # fmt: skip
    path = tmp_path / "list.csv"
    path.write_text(told, "utf-8")
    run = CliRunner(env={"OPS_CENTER_DATABASE_URL": str(lite.url), "OPS_CENTER_LANGUAGE": "en"})
    tables: dict[str, Table] = {
        "people": person, "campaign": campaign, "indicators": indicator, "milestones": milestone,
        "activities": support_activity, "plan": plan_item, "evaluation-inputs": evaluation_input,
        "petitions": petition, "official-scores": official_score,
    }  # fmt: skip
    before = count(lite, tables[kind])
    tried = run.invoke(commands, ["import", kind, str(path), "--dry-run"])
    assert "nothing was written" in tried.output, tried.exception
    assert count(lite, tables[kind]) == before
    done = run.invoke(commands, ["import", kind, str(path)])
    assert "added" in done.output
    assert count(lite, tables[kind]) > before
