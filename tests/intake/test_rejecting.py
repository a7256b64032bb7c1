"""Rows that cannot be: rejected with place, reason and remedy, never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.intake.mapping import FileMapping
from ops_center.store.dossiers import Recorded
from ops_center.store.tables import dossier
from tests.intake.given import (
    Bring,
    at,
    count,
    line,
    lines,
    only,
    rejects,
    rows_of,
    sheet,
)

BAD = [
    ("H-1,1.004873,1,31/02/2026,,,4", "date", "NgayTiepNhan"),
    ("H-1,1.004873,1,03/08/0202 08:30,,,4", "year", "NgayTiepNhan"),
    ("H-1,1.004873,1,03/08/2026 08:30,2206-01-01,,4", "year", "NgayHenTra"),
    ("H-1,1.004873,9,03/08/2026 08:30,,,4", "choice", "KenhThucHien"),
    ("H-1,1.004873,,03/08/2026 08:30,,,4", "missing", "KenhThucHien"),
    ("H-1,,1,03/08/2026 08:30,,,4", "missing", "MaTTHC"),
    (",1.004873,1,03/08/2026 08:30,,,4", "missing", "MaHoSo"),
    ("H-1,1.004873,1,03/08/2026 08:30,,,99", "choice", "TrangThaiHoSoId"),
    ("H-1,1.004873,1,,,,", "missing", "NgayTiepNhan"),
    ("H-1,1.004873,1,,,04/08/2026 10:00,9", "reception_missing", "NgayTiepNhan"),
    ("H-1,1.004873,1,03/08/2026 08:30,,,9", "end_missing", "NgayKetThucXuLy"),
    ("H-1,1.004873,1,03/08/2026 08:30,,03/08/2026 08:29,9", "contradiction", "NgayKetThucXuLy"),
    ("H-1,1.004873,1,07/08/2026 08:30,,,4", "future", "NgayTiepNhan"),
    ("H-1,1.004873,1,03/08/2026 08:30,,4", "cell_count", ""),
    ("H-1,1.004873,1,03/08/2026 08:30,,,4,5", "cell_count", ""),
    ("H-1,1.004873,1,03/08/2026 08:30,,,4\0", "control_characters", ""),
    (f"{'H' * 101},1.004873,1,03/08/2026 08:30,,,4", "too_long", "MaHoSo"),
]


@pytest.mark.parametrize(("bad", "why", "column"), BAD, ids=[f"{b[1]}-{b[2]}" for b in BAD])
def test_a_row_that_cannot_be_is_rejected_with_place_reason_and_remedy(
    bring: Bring, lite: Engine, tmp_path: Path, bad: str, why: str, column: str
) -> None:
    for language in i18n.LANGUAGES:
        report = bring(lines(line("H-0"), bad, line("H-2")), language=language)
        assert (report.rows, report.rejected, report.reasons) == (3, 1, {why: 1})
        [row] = rejects(tmp_path / "out.csv")
        words = [i18n.text(f"intake.rejects.{name}", language) for name in ROW]
        assert list(row) == words
        assert (row[words[0]], row[words[1]]) == ("3", column)
        assert row[words[3]]
        assert row[words[4]]
    assert {row["code"] for row in rows_of(lite, dossier)} == {"H-0", "H-2"}


ROW = ("line", "column", "value", "reason", "remedy")


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("fee", "-8000", "negative"),
        ("fee", "99999999999", "too_large"),
        ("rating", "6", "too_large"),
        ("rating", "0", "rating"),
        ("data_reused", "maybe", "flag"),
        ("payment", "shells", "choice"),
        ("level", "full", "choice"),
        ("applicant", "x" * 301, "too_long"),
        ("supplement_to", "04/08/2026 10:00", "answer_without_request"),
        ("supplement_count", "-1", "negative"),
        ("stopped_at", "02/08/2026", "contradiction"),
    ],
)
def test_other_columns_are_judged_too(
    bring: Bring, tmp_path: Path, column: str, cell: str, why: str
) -> None:
    header = f"MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,{column}"
    report = bring(lines(f"H-1,1.004873,1,03/08/2026 08:30,{cell}", header=header))
    assert report.reasons == {why: 1}
    [row] = rejects(tmp_path / "out.csv")
    assert row["Cột"] == column


def test_both_times_of_a_contradiction_are_named(bring: Bring, tmp_path: Path) -> None:
    bring(lines(BAD[11][0]), language="en")
    [row] = rejects(tmp_path / "out.csv")
    assert row["Value"] == "03/08/2026 08:29"
    expected = "NgayKetThucXuLy (3 Aug 2026 08:29) comes before NgayTiepNhan (3 Aug 2026 08:30)."
    assert row["Reason"] == expected


def test_rows_that_contradict_each_other_are_all_rejected_wherever_they_stand(
    bring: Bring, lite: Engine, tmp_path: Path
) -> None:
    report = bring(
        lines(line("H-1"), line("H-2"), line("H-3"), line("H-1", received="03/08/2026 09:30")),
        language="en",
    )
    assert (report.imported, report.rejected, report.rejected_dossiers) == (2, 2, 1)
    first, second = rejects(tmp_path / "out.csv")
    assert (first["Line"], second["Line"], second["Column"]) == ("2", "5", "NgayTiepNhan")
    assert second["Value"] == "03/08/2026 09:30"
    assert "line 2 says “03/08/2026 08:30”" in second["Reason"]
    assert "line 5" in first["Reason"]
    assert {row["code"] for row in rows_of(lite, dossier)} == {"H-2", "H-3"}


def test_the_row_that_is_contradicted_is_named_where_the_first_is_silent(
    bring: Bring, tmp_path: Path
) -> None:
    due = ("", "07/08/2026", "08/08/2026")
    bring(lines(*(line("H-1", rest=f"{day},,4") for day in due)), language="en")
    last = rejects(tmp_path / "out.csv")[-1]
    assert last["Reason"].endswith("line 3 says “07/08/2026”, this line says “08/08/2026”.")


def test_rows_that_say_the_same_in_other_words_are_one_dossier(bring: Bring, lite: Engine) -> None:
    report = bring(
        lines(line("H-1"), line("H-1", received="2026-08-03T01:30:00Z", rest="07/08/2026,,4"))
    )
    assert (report.imported, report.dossiers) == (2, Recorded(new=1))
    assert only(lite)["due_on"] == date(2026, 8, 7)


def test_the_rejects_file_is_safe_to_open_in_a_spreadsheet(bring: Bring, tmp_path: Path) -> None:
    bring(lines('H-1,1.004873,"=1+1",03/08/2026 08:30,,,4', 'H-2,1.004873,"@x",03/08/2026,,,4'))
    assert [row["Giá trị"] for row in rejects(tmp_path / "out.csv")] == ["'=1+1", "'@x"]
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_without_rejected_rows_no_rejects_file_stays(bring: Bring, tmp_path: Path) -> None:
    bring(lines(line("H-1", received="gestern")))
    assert (tmp_path / "out.csv").exists()
    bring(lines(line("H-1")))
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_a_formula_cell_is_rejected_with_its_place(
    bring: Bring, lite: Engine, tmp_path: Path
) -> None:
    header = ["MaHoSo", "MaTTHC", "KenhThucHien", "NgayTiepNhan", "STT"]
    path = sheet(
        tmp_path / "in.xlsx",
        [header, ("H-1", "1.004873", 1, "=NOW()", 1), ("H-2", "1.004873", 2, 46237.5, "=ROW()")],
    )
    report = bring(path, language="en")
    assert (report.imported, report.reasons) == (1, {"formula": 1})
    [row] = rejects(tmp_path / "out.csv")
    assert "Cell D2" in row["Reason"]
    assert "Paste Special" in row["Remedy"]
    assert (only(lite)["code"], only(lite)["received_at"]) == ("H-2", at(3, 12))


def test_one_key_for_a_whole_file_is_refused_as_the_wrong_column(bring: Bring) -> None:
    rows = "".join(line("H-1") + "\n" for _ in range(5001))
    with pytest.raises(Problem) as caught:
        bring(lines() + rows)
    assert caught.value.key == "intake.one_key"


def test_rejects_that_cannot_be_written_are_told_before_anything_is(
    bring: Bring, lite: Engine, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as caught:
        bring(lines(line("H-1")), rejects=tmp_path / "gone" / "out.csv")
    assert caught.value.key == "intake.no_rejects_file"
    assert count(lite, dossier) == 0


def test_codes_that_are_kept_alike_are_one_dossier(bring: Bring, lite: Engine) -> None:
    alike = [line(code) for code in ('"H\n1"', '"H 1 "', '"H\u200b1"', "")]
    filled = FileMapping(defaults={"code": "H 1"})
    other = line("H 1", received="03/08/2026 09:00")
    report = bring(lines(*alike, other), mapping=filled)
    assert (report.rows, report.rejected, report.rejected_dossiers) == (5, 5, 1)
    report = bring(lines(*alike), mapping=filled)
    assert (report.imported, report.dossiers) == (4, Recorded(new=1))
    assert only(lite)["code"] == "H 1"


def test_a_fault_of_a_wait_is_named_by_the_files_own_header(bring: Bring, tmp_path: Path) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,Ngày yêu cầu bổ sung,Ngày bổ sung"
    begin = "1.004873,1,03/08/2026 08:30"
    report = bring(
        lines(
            f"H-1,{begin},,04/08/2026 10:00",
            f"H-2,{begin},04/08/2026 10:00,04/08/2026 09:00",
            header=header,
        ),
        language="en",
    )
    assert report.reasons == {"answer_without_request": 1, "contradiction": 1}
    first, second = rejects(tmp_path / "out.csv")
    assert (first["Column"], first["Value"]) == ("Ngày bổ sung", "04/08/2026 10:00")
    assert second["Column"] == "Ngày bổ sung"
    assert "Ngày yêu cầu bổ sung (4 Aug 2026 10:00)" in second["Reason"]


def test_what_a_killed_import_left_is_swept_away(bring: Bring, tmp_path: Path) -> None:
    left, other = (tmp_path / f".out.csv.{name}.part" for name in ("999999999", "mine"))
    left.touch()
    other.touch()
    bring(lines(line("H-1")))
    assert (left.exists(), other.exists()) == (False, True)
