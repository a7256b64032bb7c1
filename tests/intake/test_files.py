"""Files of every kind: what is no table is named, what is one is read as text."""

from __future__ import annotations

import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ops_center.i18n import Problem
from ops_center.intake.files import open_table
from ops_center.intake.sheets import UNCOMPUTED
from tests.intake.given import sheet

HEADER = ("code", "at", "fee", "yes")


def local(hour: int = 0, minute: int = 0) -> datetime:
    """A time as sheets hold it: of no zone."""
    return datetime(2026, 8, 5, hour, minute)  # noqa: DTZ001


def refused(path: Path, wanted: str | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        list(open_table(path, wanted).rows())
    for language in ("vi", "en", "ar"):
        assert path.name in caught.value.text(language)
    return caught.value


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"\x1f\x8b\x08\0", "GZIP"), (b"<html><table>", "HTML/XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "HTML/XML"), (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x0e\x0f binary", "?"),
    ],
)  # fmt: skip
def test_other_kinds_of_files_are_called_by_their_name(
    tmp_path: Path, start: bytes, kind: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(start + b"a" * 200)
    problem = refused(path)
    assert (problem.key, problem.values["kind"]) == ("intake.wrong_type", kind)


def test_no_file_a_folder_and_a_pipe_are_told_apart(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.csv").key == "intake.no_file"
    assert refused(tmp_path).key == "intake.directory"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv").key == "intake.no_regular_file"


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", " \n ,, \n"])
def test_an_empty_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(content, "utf-8")
    assert refused(path).key == "intake.empty"


def test_a_header_without_rows_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("\ncode,name\n\n,\n")
    problem = refused(path)
    assert (problem.key, problem.values["line"]) == ("intake.header_only", 2)
    assert refused(sheet(tmp_path / "in.xlsx", [HEADER])).key == "intake.header_only"


def test_a_header_that_repeats_itself_is_named_with_both_places(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("code,Ngày nộp,x,ngay nop\n1,2,3,4\n")
    problem = refused(path)
    assert problem.key == "intake.duplicate_header"
    assert (problem.values["first"], problem.values["second"]) == (2, 4)


# ---------------------------------------------------------------- sheets


def test_cells_of_a_sheet_become_the_text_a_csv_would_hold(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "in.xlsx",
        [
            HEADER,
            ("Mã 1", local(14, 30), 8000, True),
            (),
            (2, local(), 8000.5, False),
            ("3", date(2026, 8, 5), None, "  x\u00a0"),
        ],
    )
    assert list(open_table(path).rows()) == [
        (2, ["Mã 1", "2026-08-05 14:30:00.000", "8000", "1"]),
        (4, ["2", "2026-08-05", "8000.5", "0"]),
        (5, ["3", "2026-08-05", "", "x"]),
    ]


def test_a_formula_and_an_error_are_marked_with_their_cell(tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", [HEADER, ("1", "=NOW()", "#REF!", "'=no formula")])
    [(_, cells)] = open_table(path).rows()
    assert cells[1] == f"{UNCOMPUTED}B2: =NOW()"
    assert cells[2] == f"{UNCOMPUTED}C2: #REF!"
    assert cells[3] == "'=no formula"


def test_a_formula_in_the_header_is_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", [("code", "=A1"), ("1", "2")])
    assert refused(path).key == "intake.header_formula"


def test_the_first_visible_sheet_is_read_unless_another_is_wanted(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].sheet_state = "hidden"
    for name in ("Hồ sơ", "Khác"):
        book.create_sheet(name).append(("code", name))
        book[name].append(("1", "2"))
    path = tmp_path / "in.xlsx"
    book.save(path)
    assert open_table(path).header == ("code", "Hồ sơ")
    assert open_table(path, "Khác").header == ("code", "Khác")
    problem = refused(path, "Gone")
    assert problem.key == "intake.no_sheet"
    assert "Hồ sơ, Khác" in problem.text("en")


def test_the_calendar_of_old_macintosh_workbooks_is_known(tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", [HEADER, ("1", 44777, 1, 1)])
    book = load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    assert open_table(path).origin == date(1904, 1, 1)


def test_a_size_the_sheet_lies_about_is_not_believed(tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", [HEADER, *((str(n), None, 1, 1) for n in range(20))])
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b'ref="A1:D21"', b'ref="A1:A2"')
            new.writestr(name, content)
    assert len(list(open_table(lying).rows())) == 20


def test_a_truncated_workbook_is_named_wherever_it_was_cut(tmp_path: Path) -> None:
    whole = sheet(tmp_path / "whole.xlsx", [HEADER, *((n, None, n, 1) for n in range(300))])
    content = whole.read_bytes()
    cut = tmp_path / "cut.xlsx"
    for share in (0.1, 0.5, 0.9, 0.999):
        cut.write_bytes(content[: int(len(content) * share)])
        assert refused(cut).key == "intake.broken_xlsx"


def test_a_damaged_sheet_within_a_sound_archive_is_named(tmp_path: Path) -> None:
    whole = sheet(tmp_path / "whole.xlsx", [HEADER, *((n, None, n, 1) for n in range(300))])
    damaged = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    assert refused(damaged).key == "intake.broken_xlsx"


def test_an_archive_that_is_no_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(path).key == "intake.broken_xlsx"
