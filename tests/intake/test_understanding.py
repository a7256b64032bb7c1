"""Columns, statuses, dates, waits: what a file of dossiers means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from ops_center.intake.columns import COLUMNS
from ops_center.intake.report import about_import
from ops_center.store.dossiers import Recorded
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.session import writing
from ops_center.store.tables import dossier, waiting
from ops_center.store.wards import UNASSIGNED
from tests.intake.given import (
    Bring,
    at,
    line,
    lines,
    only,
    rows_of,
)

OFFICIAL = (
    "MaHoSo,MaTTHC,KenhThucHien,NgayNopHoSo,NgayTiepNhan,NgayHenTra,NgayKetThucXuLy,NgayTra,"
    "TrangThaiHoSoId,NoiNopHoSo,HoSoCoThanhPhanSoHoa,TaiKhoanDuocXacThucVoiVNeID,"
    "DuocThanhToanTrucTuyen"
)


@pytest.mark.parametrize("change", [str, str.upper, lambda name: name.replace("Ngay", "Ngày ")])
def test_official_names_need_no_mapping(bring: Bring, lite: Engine, change: Any) -> None:
    row = (
        "H26.100-260803-0001,1.000894.01,2,03/08/2026 08:00,03/08/2026 08:30,"
        "04/08/2026 08:30,03/08/2026 15:00,03/08/2026 16:00,10,,1,0,1"
    )
    report = bring(lines(row, header=change(OFFICIAL)))
    assert (report.rows, report.imported, report.unused) == (1, 1, ())
    found = only(lite)
    assert (found["code"], found["procedure_id"]) == ("H26.100-260803-0001", "1.000894")
    assert (found["channel"], found["status"], found["hub_id"]) == ("online", 10, UNASSIGNED)
    assert (found["submitted_at"], found["received_at"]) == (at(3, 8), at(3, 8, 30))
    assert (found["due_at"], found["processed_at"]) == (at(4, 8, 30), at(3, 15))
    assert found["returned_at"] == at(3, 16)
    assert (found["components_digitised"], found["population_data_used"]) == (True, False)
    assert found["payment"] == "online"


def test_every_column_of_ours_is_accepted_under_its_own_name(bring: Bring) -> None:
    header = ",".join(name for name in COLUMNS if name != "ward")
    report = bring(lines("," * (len(COLUMNS) - 2), "x" + "," * (len(COLUMNS) - 2), header=header))
    assert report.unused == ()


@pytest.mark.parametrize(
    ("written", "status"),
    [("Đang xử lý", 4), ("ĐÃ TRẢ KẾT QUẢ", 10), ("Dừng xử lý", 8), ("5", 5), ("", 9)],
)
def test_a_status_is_read_by_code_or_name_or_inferred(
    bring: Bring, lite: Engine, written: str, status: int
) -> None:
    bring(lines(line("H-1", rest=f",04/08/2026 10:00,{written}")))
    assert only(lite)["status"] == status


def test_an_end_date_of_a_stopped_or_withdrawn_dossier_is_no_result(
    bring: Bring, lite: Engine
) -> None:
    bring(lines(*(line(f"H-{s}", rest=f",04/08/2026 10:00,{s}") for s in (7, 8, 9))))
    found = {row["status"]: row for row in rows_of(lite, dossier)}
    ended = {"processed_at", "stopped_at", "withdrawn_at"}
    told = {s: {n: row[n] for n in ended if row[n]} for s, row in found.items()}
    assert told == {
        7: {"withdrawn_at": at(4, 10)},
        8: {"stopped_at": at(4, 10)},
        9: {"processed_at": at(4, 10)},
    }


def test_a_stop_that_turns_out_a_result_is_corrected(bring: Bring, lite: Engine) -> None:
    bring(lines(line("H-1", rest=",04/08/2026 10:00,8")))
    bring(lines(line("H-1", rest=",04/08/2026 10:00,9")))
    assert (only(lite)["stopped_at"], only(lite)["processed_at"]) == (None, at(4, 10))


def test_a_due_date_without_a_time_is_kept_as_a_date(bring: Bring, lite: Engine) -> None:
    bring(lines(line("H-1", rest="07/08/2026,,4")))
    assert (only(lite)["due_on"], only(lite)["due_at"]) == (date(2026, 8, 7), None)


def test_dates_without_times_begin_and_close_the_day_but_never_break_the_order(
    bring: Bring, lite: Engine
) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayNopHoSo,NgayTiepNhan,NgayKetThucXuLy,NgayTra"
    bring(
        lines(
            "A,1.004873,1,,03/08/2026,04/08/2026,",
            "B,1.004873,1,03/08/2026 09:00,03/08/2026,03/08/2026,03/08/2026",
            "C,1.004873,1,,03/08/2026 18:20,03/08/2026,04/08/2026",
            header=header,
        )
    )
    found = {row["code"]: row for row in rows_of(lite, dossier)}
    assert (found["A"]["received_at"], found["A"]["processed_at"]) == (at(3, 0), at(4, 17, 30))
    assert (found["B"]["received_at"], found["B"]["processed_at"]) == (at(3, 9), at(3, 17, 30))
    assert found["B"]["returned_at"] == at(3, 17, 30)
    assert (found["C"]["processed_at"], found["C"]["returned_at"]) == (at(3, 18, 20), at(4, 17, 30))


def test_waits_are_intervals_and_count_as_requests(bring: Bring, lite: Engine) -> None:
    header = (
        f"{'MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan'},supplement_from,supplement_to,payment_from"
    )
    begin = "H-1,1.004873,1,03/08/2026 08:30"
    bring(
        lines(
            f"{begin},03/08/2026 10:00,03/08/2026 14:00,",
            f"{begin},04/08/2026 10:00,,04/08/2026 11:00",
            header=header,
        )
    )
    assert (only(lite)["supplement_count"], only(lite)["status"]) == (2, 5)
    assert [(row["kind"], row["from_at"], row["to_at"]) for row in rows_of(lite, waiting)] == [
        ("payment", at(4, 11), None),
        ("supplement", at(3, 10), at(3, 14)),
        ("supplement", at(4, 10), None),
    ]


def test_a_thin_export_leaves_other_facts_alone(bring: Bring, lite: Engine) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,fee,rating,NoiNopHoSo"
    with writing(lite) as connection:
        add_hub(connection, Hub("w", "T1", "Tổ 1", id="t1"))
    bring(lines("H-1,1.004873,1,03/08/2026 08:30,15000,4,T1", header=header))
    report = bring(lines(line("H-1", rest=",04/08/2026 10:00,9")))
    assert report.dossiers == Recorded(changed=1)
    found = only(lite)
    assert (found["fee"], found["rating"], found["hub_id"], found["status"]) == (15000, 4, "t1", 9)


def test_a_wait_whose_beginning_nobody_tells_is_counted_and_not_invented(
    bring: Bring, lite: Engine
) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,TrangThaiHoSoId,supplement_from,payment_from"
    start = "1.004873,1,03/08/2026 08:30"
    report = bring(
        lines(
            f"H-1,{start},5,,",
            f"H-2,{start},5,04/08/2026 09:00,",
            f"H-3,{start},6,04/08/2026 09:00,",
            f"H-4,{start},4,,",
            header=header,
        )
    )
    assert (report.imported, report.undated_waits) == (4, 2)
    assert len(rows_of(lite, waiting)) == 2
    assert any("2" in line and "supplement_from" in line for line in about_import(report, "en"))
