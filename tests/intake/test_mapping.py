"""Mapping files: read when right; when wrong, the file, the key and the remedy are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.intake.mapping import load_mapping
from ops_center.material import folder
from ops_center.store.tables import dossier
from tests.intake.given import NOW, Bring, lines, rows_of

GOOD = """
source = "clinic"
time_zone = "Europe/Amsterdam"
key = "case"
unknown_hubs = "create"
[columns]
received_at = "begun"
[values.channel]
"Quầy" = "in_person"
[defaults]
procedure = "1.004873"
rating = 5
complained = false
[events]
at = "when"
kind = "what"
"""


def load(tmp_path: Path, content: str) -> Problem:
    path = tmp_path / "map.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(Problem) as caught:
        load_mapping(path)
    for language in ("vi", "en", "ar"):
        assert "map.toml" in caught.value.text(language)
    return caught.value


def test_a_mapping_says_where_things_stand_and_what_they_mean(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(GOOD, "utf-8")
    found = load_mapping(path)
    assert found.columns == {"received_at": "begun", "event_at": "when", "event_kind": "what"}
    assert found.values == {"channel": {"quay": "in_person"}}
    assert found.defaults == {"procedure": "1.004873", "rating": "5", "complained": "0"}
    assert (found.source, found.key, found.unknown_procedures) == ("clinic", "case", "refuse")


@pytest.mark.parametrize(
    ("content", "key", "named"),
    [
        ("[columns\n", "no_toml", "line 1"),
        ("colums = 1", "unknown_key_near", "columns"),
        ("sauce = 1", "unknown_key_near", "source"),
        ("zzz = 1", "unknown_key", "time_zone"),
        ('[columns]\nrecieved_at = "x"', "unknown_key_near", "columns.recieved_at"),
        ('[defaults]\nqqq = "x"', "unknown_key", "defaults.qqq"),
        ('[events]\nwhen = "x"', "unknown_key", "events.when"),
        ('[values.chanel]\n"a" = "b"', "unknown_key_near", "values.chanel"),
        ("[columns]\nfee = [1]", "no_text", "columns.fee"),
        ('columns = "x"', "no_table", "columns"),
        ('[values]\nchannel = "x"', "no_table", "values.channel"),
        ('unknown_hubs = "guess"', "wrong_choice", "refuse, create, unassigned"),
        ('time_zone = "Hanoi"', "no_zone", "Hanoi"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_a_remedy(
    tmp_path: Path, content: str, key: str, named: str
) -> None:
    problem = load(tmp_path, content)
    assert problem.key == f"intake.mapping.{key}"
    assert named in problem.text("en")


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        load_mapping(tmp_path / "gone.toml")
    assert "gone.toml" in str(caught.value)


def test_the_shipped_example_can_be_read() -> None:
    found = load_mapping(folder("db") / "seeds" / "mappings" / "permits.toml")
    assert found.key == "case:concept:name"
    assert found.values["channel"]["e-mail"] == "online"


# ---------------------------------------------------------------- a mapping meets a file


def with_mapping(tmp_path: Path, content: str) -> dict[str, object]:
    path = tmp_path / "map.toml"
    path.write_text(content, "utf-8")
    return {"mapping": load_mapping(path)}


FOREIGN = "case,begun,where,what,when\nA,2026-08-03 10:00,Quầy,start,2026-08-03 10:00\n"


def test_a_column_the_file_does_not_have_is_named_with_the_nearest(
    tmp_path: Path, bring: Bring
) -> None:
    wanted = with_mapping(tmp_path, GOOD.replace('"begun"', '"begum"'))
    with pytest.raises(Problem) as caught:
        bring(FOREIGN, **wanted)
    assert caught.value.key == "intake.mapping.no_column"
    assert "columns.received_at" in str(caught.value)
    assert "begun?" in str(caught.value)


def test_a_key_and_a_code_in_two_columns_are_refused(tmp_path: Path, bring: Bring) -> None:
    content = GOOD.replace("[columns]", '[columns]\ncode = "when"\nchannel = "where"')
    with pytest.raises(Problem) as caught:
        bring(FOREIGN, **with_mapping(tmp_path, content))
    assert caught.value.key == "intake.mapping.two_keys"


def test_a_file_without_what_every_dossier_needs_is_refused_whole(
    tmp_path: Path, bring: Bring
) -> None:
    with pytest.raises(Problem) as caught:
        bring(FOREIGN, **with_mapping(tmp_path, GOOD))
    assert caught.value.key == "intake.no_column"
    assert "channel (KenhThucHien)" in str(caught.value)
    with pytest.raises(Problem) as caught:
        bring("MaTTHC,KenhThucHien,NgayTiepNhan\n1.004873,1,03/08/2026\n")
    assert caught.value.key == "intake.no_code"


def test_two_columns_of_one_meaning_are_refused_unless_the_mapping_chooses(
    tmp_path: Path, bring: Bring
) -> None:
    content = lines(
        "H-1,1.004873,1,03/08/2026 10:00,04/08/2026 10:00",
        header="MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,Ngày tiếp nhận ",
    )
    with pytest.raises(Problem) as caught:
        bring(content.replace("Ngày tiếp nhận ", "received_at"))
    assert caught.value.key == "intake.same_meaning"
    chosen = with_mapping(tmp_path, '[columns]\nreceived_at = "received_at"')
    report = bring(content.replace("Ngày tiếp nhận ", "received_at"), **chosen)
    assert (report.imported, report.unused) == (1, ("NgayTiepNhan",))


def test_defaults_fill_empty_cells_and_missing_columns(
    tmp_path: Path, bring: Bring, lite: Engine
) -> None:
    content = GOOD.replace("[columns]", '[columns]\nchannel = "where"')
    content = content.replace("[defaults]", '[defaults]\nchannel = "post"')
    report = bring(
        FOREIGN + "B,2026-08-03 10:00,,start,2026-08-03 10:00\n", **with_mapping(tmp_path, content)
    )
    assert report.imported == 2
    found = rows_of(lite, dossier)
    assert [row["channel"] for row in found] == ["in_person", "post"]
    assert {row["rating"] for row in found} == {5}
    assert all(row["received_at"] < NOW for row in found)
