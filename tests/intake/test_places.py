"""Which hub and which procedure a file means."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from ops_center.intake.mapping import FileMapping
from ops_center.store.dossiers import Recorded
from ops_center.store.hubs import Hub, add_alias, add_hub, list_hubs
from ops_center.store.procedures import list_procedures
from ops_center.store.session import reading, writing
from ops_center.store.sources import Source, add_source
from ops_center.store.tables import dossier
from ops_center.store.wards import UNASSIGNED
from tests.intake.given import (
    Bring,
    lines,
    only,
    planted,
    rejects,
    rows_of,
)


def places(lite: Engine) -> None:
    planted(lite, "v")
    with writing(lite) as connection:
        for ward_id, code, name in (
            ("w", "TDP01", "Tổ dân phố số 1"), ("w", "A", "Hai"), ("w", "B", "Hai"),
            ("v", "V9", "Tổ dân phố số 9"), ("v", "TDP01", "Tổ khác"),
        ):  # fmt: skip
            add_hub(connection, Hub(ward_id, code, name, id=f"{ward_id}-{code}"))
        add_hub(connection, Hub("w", "OLD", "Tổ dân phố số 1", id="w-OLD", replaced_by="w-TDP01"))
        for source_id, text in (("portal", "Nhà văn hoá"), ("desk", "Chợ")):
            add_source(connection, Source("w", source_id, source_id))
            add_alias(connection, "w", source_id, text, "w-TDP01")


def placed(*texts: str) -> str:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,NoiNopHoSo"
    rows = (f"H-{n},1.004873,1,03/08/2026 08:30,{text}" for n, text in enumerate(texts))
    return lines(*rows, header=header)


def test_a_place_is_an_alias_a_code_or_a_name_of_one_hub(bring: Bring, lite: Engine) -> None:
    places(lite)
    report = bring(placed("tdp01", "TỔ DÂN PHỐ SỐ 1", "nha van hoa", "A", "Hai", "Chợ", "Ao", ""))
    found = [row["hub_id"] for row in sorted(rows_of(lite, dossier), key=lambda row: row["code"])]
    assert found == ["w-TDP01"] * 3 + ["w-A"] + [UNASSIGNED] * 4
    assert report.unmapped == {"Hai": 1, "Chợ": 1, "Ao": 1}


def test_a_hub_of_another_ward_is_rejected_with_its_name(
    bring: Bring, lite: Engine, tmp_path: Path
) -> None:
    places(lite)
    report = bring(placed("TDP01", "V9"), language="en")
    assert (report.imported, report.rejected) == (1, 1)
    [row] = rejects(tmp_path / "out.csv")
    assert (row["Line"], row["Column"], row["Value"]) == ("3", "NoiNopHoSo", "V9")
    assert "Phường V" in row["Reason"]
    assert "--ward" in row["Remedy"]


def test_a_row_of_another_ward_is_rejected(bring: Bring) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,ward"
    rows = (f"{code},1.004873,1,03/08/2026 08:30,{code}" for code in ("w", "v"))
    report = bring(lines(*rows, header=header))
    assert (report.imported, report.reasons) == (1, {"foreign_ward": 1})


def test_unknown_hubs_are_refused_or_made_as_the_mapping_says(bring: Bring, lite: Engine) -> None:
    refusing = FileMapping(unknown_hubs="refuse")
    report = bring(placed("Ao", "", "Ao"), mapping=refusing)
    assert (report.imported, report.reasons) == (1, {"unknown_hub": 2})
    making = FileMapping(unknown_hubs="create")
    report = bring(placed("Ao", "", "AO", "Hồ"), mapping=making)
    assert report.hubs_made == 2
    with reading(lite) as connection:
        assert {one.code for one in list_hubs(connection, "w")} == {"Ao", "Hồ", UNASSIGNED}
    assert bring(placed("Ao", "", "AO", "Hồ"), mapping=making).unchanged == 4


def test_a_name_of_two_hubs_makes_no_third_and_long_names_stay_apart(
    bring: Bring, lite: Engine
) -> None:
    places(lite)
    long = "Nhà văn hoá " * 10
    report = bring(
        placed("Hai", f"{long}1", f"{long}2"), mapping=FileMapping(unknown_hubs="create")
    )
    assert (report.hubs_made, report.unmapped) == (2, {"Hai": 1})
    assert len({row["hub_id"] for row in rows_of(lite, dossier)}) == 3


def test_new_aliases_move_dossiers_when_the_file_comes_again(bring: Bring, lite: Engine) -> None:
    places(lite)
    assert bring(placed("Ao")).unmapped.total() == 1
    with writing(lite) as connection:
        add_alias(connection, "w", "portal", "Ao", "w-A")
    assert bring(placed("Ao")).dossiers == Recorded(changed=1)
    assert only(lite)["hub_id"] == "w-A"


def test_procedures_match_on_two_parts_or_by_name(bring: Bring, lite: Engine) -> None:
    codes = ("1.004873", "1.004873.01", "1.004873.000.00.00.H55", "Đăng ký KẾT hôn")
    rows = (f'H-{n},"{code}",1,03/08/2026 08:30,,,4' for n, code in enumerate(codes))
    assert bring(lines(*rows)).imported == 4
    assert sorted(row["procedure_id"] for row in rows_of(lite, dossier)) == [
        "1.000894", "1.004873", "1.004873", "1.004873",
    ]  # fmt: skip


def test_unknown_procedures_are_refused_or_made_as_the_mapping_says(
    bring: Bring, lite: Engine
) -> None:
    content = lines("H-1,9.999999.05,1,03/08/2026 08:30,,,4")
    assert bring(content).reasons == {"unknown_procedure": 1}
    report = bring(content, mapping=FileMapping(unknown_procedures="create"))
    assert (report.imported, report.procedures_made) == (1, 1)
    with reading(lite) as connection:
        made = {one.id: one for one in list_procedures(connection)}["9.999999"]
    assert (made.name, made.field_id, made.limit_kind) == ("9.999999.05", "khac", None)
