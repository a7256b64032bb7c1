"""Lists of hubs, procedures and days: whole or not at all, and what they do not say stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.intake.list_files import CALENDAR, HUBS, PROCEDURES, read_list
from ops_center.intake.lists import keep_calendar, keep_hubs, keep_procedures
from ops_center.material import folder
from ops_center.store.calendars import list_calendar
from ops_center.store.hubs import Hub, find_aliases, list_hubs
from ops_center.store.procedures import list_procedures
from ops_center.store.session import reading, writing
from ops_center.store.wards import UNASSIGNED
from tests.intake.given import lines, planted, sheet

SQUARE = (
    '{"type":"Polygon","coordinates":'
    "[[[105.76,21.06],[105.77,21.06],[105.77,21.07],[105.76,21.06]]]}"
)


def file(tmp_path: Path, header: str, *rows: str) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(lines(*rows, header=header), "utf-8")
    return path


def take(engine: Engine, path: Path, kind: str = "hubs") -> Counter[str]:
    with writing(engine) as connection:
        if kind == "hubs":
            return Counter(keep_hubs(connection, "w", "portal", path, "en"))
        keep = keep_procedures if kind == "procedures" else keep_calendar
        return Counter(keep(connection, path, "en"))


def hubs(engine: Engine) -> dict[str, Hub]:
    with reading(engine) as connection:
        return {one.code: one for one in list_hubs(connection, "w") if one.code != UNASSIGNED}


def refused(engine: Engine, path: Path, kind: str = "hubs") -> Problem:
    with pytest.raises(Problem) as caught:
        take(engine, path, kind)
    for language in ("vi", "en", "ar"):
        assert path.name in caught.value.text(language)
    return caught.value


def test_hubs_come_with_points_people_and_aliases(engine: Engine, tmp_path: Path) -> None:
    planted(engine)
    path = file(
        tmp_path,
        "Mã;Tên;Kinh độ;Vĩ độ;Dân số;Bí danh",
        'T1;Tổ dân phố số 1;105,7712;21.0781;1.740;"TDP 1; Tổ 1"',
        "T2;Tổ 2;;;;",
    )
    path.write_text(path.read_text().replace("Bí danh", "aliases"))
    assert take(engine, path) == {"added": 2}
    assert take(engine, path) == {"unchanged": 2}
    found = hubs(engine)["T1"]
    assert (found.longitude, found.latitude, found.population) == (105.7712, 21.0781, 1740)
    with reading(engine) as connection:
        aliases = find_aliases(connection, "w", "portal")
    assert aliases == dict.fromkeys(("TDP 1", "Tổ 1"), found.id)


def test_columns_a_list_does_not_have_stay_as_they_are(engine: Engine, tmp_path: Path) -> None:
    planted(engine)
    take(engine, file(tmp_path, "code,name,lon,lat,households", "T1,Một,105.7,21.0,500"))
    before = hubs(engine)["T1"]
    assert take(engine, file(tmp_path, "code,name", "T1,Mười")) == {"changed": 1}
    after = hubs(engine)["T1"]
    assert after == replace(before, name="Mười", sort_key=after.sort_key)
    assert after.sort_key != before.sort_key


def test_hubs_merge_into_one_another_in_any_order_of_lines(engine: Engine, tmp_path: Path) -> None:
    planted(engine)
    take(engine, file(tmp_path, "code,name,replaced_by", "T1,Một,T3", "T2,Hai,", "T3,Ba,T2"))
    found = hubs(engine)
    assert (found["T1"].replaced_by, found["T3"].replaced_by) == (found["T3"].id, found["T2"].id)
    take(engine, file(tmp_path, "code,name,replaced_by", "T1,Một,"))
    assert hubs(engine)["T1"].replaced_by is None


@pytest.mark.parametrize(
    ("rows", "key", "named"),
    [
        (["T1,Một,T2", "T2,Hai,T1"], "circle", "T1 → T2 → T1"),
        (["T1,Một,T1"], "circle", "T1 → T1"),
        (["T1,Một,T9"], "no_replacement", "T9"),
        (["T1,Một,", "T2,Hai,", "T1,Một,"], "twice", "line 4"),
        (["T1,Một,", ",Hai,"], "bad_cell", "code is missing"),
        (["T1,Một,", "T2,Hai"], "bad_cell", "2 cells"),
    ],
)
def test_a_wrong_list_of_hubs_is_refused_whole(
    engine: Engine, tmp_path: Path, rows: list[str], key: str, named: str
) -> None:
    planted(engine)
    problem = refused(engine, file(tmp_path, "code,name,replaced_by", *rows))
    assert problem.key == f"intake.list.{key}"
    assert named in str(problem)
    assert hubs(engine) == {}


def test_a_circle_with_hubs_already_known_is_seen(engine: Engine, tmp_path: Path) -> None:
    planted(engine)
    take(engine, file(tmp_path, "code,name,replaced_by", "T1,Một,T2", "T2,Hai,"))
    problem = refused(engine, file(tmp_path, "code,name,replaced_by", "T2,Hai,T1"))
    assert problem.key == "intake.list.circle"


@pytest.mark.parametrize(
    ("cell", "named"),
    [("181,21", "±180°"), ("105.7,abc", "no number"), ("105.7,nan", "no number")],
)
def test_a_point_off_the_globe_is_refused(
    lite: Engine, ward: object, tmp_path: Path, cell: str, named: str
) -> None:
    problem = refused(lite, file(tmp_path, "code,name,lon,lat", f"T1,Một,{cell}"))
    assert "line 2" in str(problem)
    assert named in str(problem)


def test_areas_come_in_a_cell_or_as_a_geojson_of_hubs(
    lite: Engine, ward: object, tmp_path: Path
) -> None:
    take(lite, file(tmp_path, "code\tname\tarea", f"T1\tMột\t{SQUARE}"))
    path = tmp_path / "areas.geojson"
    features = ",".join(
        f'{{"type":"Feature","properties":{{"code":"{code}","name":"{code}","population":7}},'
        f'"geometry":{geometry}}}'
        for code, geometry in (
            ("T2", SQUARE),
            ("T3", '{"type":"Point","coordinates":[105.7,21]}'),
        )
    )
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    assert take(lite, path) == {"added": 2}
    found = hubs(lite)
    assert found["T1"].area == found["T2"].area
    assert found["T2"].population == 7
    assert 105.76 < (found["T2"].longitude or 0) < 105.77
    assert (found["T3"].longitude, found["T3"].area) == (105.7, None)


def test_an_area_that_crosses_itself_is_refused_in_the_readers_words(
    lite: Engine, ward: object, tmp_path: Path
) -> None:
    bow = SQUARE.replace("[105.77,21.07],", "[105.77,21.07],[105.77,21.05],")
    problem = refused(lite, file(tmp_path, "code\tname\tarea", f"T1\tMột\t{bow}"))
    assert "crosses itself at longitude" in str(problem)


def test_a_list_may_be_a_sheet(lite: Engine, ward: object, tmp_path: Path) -> None:
    path = sheet(tmp_path / "hubs.xlsx", [("code", "name", "active"), ("T1", "Một", False)])
    assert take(lite, path) == {"added": 1}
    assert not hubs(lite)["T1"].active
    formula = sheet(tmp_path / "bad.xlsx", [("code", "name"), ("T1", "=A1")])
    assert "Cell B2" in str(refused(lite, formula))


def test_procedures_are_kept_by_their_short_code(engine: Engine, tmp_path: Path) -> None:
    planted(engine)
    header = "code,name,field,limit_kind,limit_days"
    path = file(
        tmp_path,
        header,
        "1.004873.01,Xác nhận,Hộ tịch,working_days,5",
        "9.000001,Mới,dat-dai,,",
    )
    assert take(engine, path, "procedures") == {"changed": 1, "added": 1}
    assert take(engine, path, "procedures") == {"unchanged": 2}
    with reading(engine) as connection:
        found = {one.id: one for one in list_procedures(connection)}
    known = found["1.004873"]
    assert (known.name, known.limit_days, known.fee) == ("Xác nhận", 5, 15000)
    assert (found["9.000001"].field_id, found["9.000001"].limit_kind) == ("dat-dai", None)
    wrong = file(tmp_path, header, "1.000894,Kết hôn,Hộ khẩu,,")
    assert "Hộ tịch" in str(refused(engine, wrong, "procedures"))


def test_days_are_added_and_corrected(engine: Engine, tmp_path: Path) -> None:
    rows = ("10/02/2028,nghỉ lễ,Tết", "2028-02-12,Làm bù,")
    assert take(engine, file(tmp_path, "Ngày,Loại,Tên", *rows), "calendar") == {"added": 2}
    corrected = file(tmp_path, "day,kind", "2028-02-10,nghỉ bù", "2028-02-12,working_extra")
    assert take(engine, corrected, "calendar") == {"changed": 1, "unchanged": 1}
    with reading(engine) as connection:
        found = {one.day: one for one in list_calendar(connection)}
    assert found[date(2028, 2, 12)].kind == "working_extra"
    day = found[date(2028, 2, 10)]
    assert (day.kind, day.name) == ("compensatory", "Tết")
    timed = file(tmp_path, "day,kind", "10/02/2028 10:00,holiday")
    assert refused(engine, timed, "calendar").key == "intake.list.bad_cell"


def test_a_list_without_a_needed_column_names_it(lite: Engine, tmp_path: Path) -> None:
    problem = refused(lite, file(tmp_path, "code,kind", "1,2"), "calendar")
    assert (problem.key, problem.values["name"]) == ("intake.list.no_column", "day")


@pytest.mark.parametrize(
    ("name", "kind"), [("hubs", HUBS), ("procedures", PROCEDURES), ("calendar", CALENDAR)]
)
def test_the_shipped_templates_can_be_read(name: str, kind: object) -> None:
    path = folder("db") / "seeds" / "templates" / f"{name}.csv"
    assert read_list(path, kind, "vi")  # type: ignore[arg-type]
