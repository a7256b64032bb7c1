"""What comes along: a workbook that computes nothing it should not, an official paper."""

from __future__ import annotations

import io
import unicodedata

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from ops_center import i18n
from ops_center.mail import report, sections, workbook
from ops_center.mail.edition import Cell, Column, Edition, Table
from ops_center.mail.message import REPORT, WORKBOOK
from tests.mail.conftest import Post
from tests.mail.world import FORMULA


def laid(post: Post, language: str) -> Edition:
    return sections.laid_out(post.reading, post.findings(language), language)


def test_files_come_along_only_where_they_are_wanted(post: Post) -> None:
    assert [part.name for part in post.letter().parts] == ["burnup.png", "map.png"]
    letter = post.letter("vi", workbook=True, report=True)
    assert [(part.name, part.media_type) for part in letter.parts if not part.inline] == [
        ("w1-2026-09-03-vi.xlsx", WORKBOOK), ("w1-2026-09-03-vi.pdf", REPORT),
    ]  # fmt: skip
    assert letter.sections == "workbook,report"


def test_the_workbook_has_the_letter_s_tables_with_numbers_as_numbers(post: Post) -> None:
    edition = laid(post, "ar")
    book = load_workbook(io.BytesIO(workbook.written(edition)))
    tables = {table.name: table for block in edition.blocks for table in block.tables}
    assert book.sheetnames == ["letter", *tables, "sources"]
    assert book["numbers"].sheet_view.rightToLeft
    for name, table in tables.items():
        assert book[name].max_row == len(table.rows) + 1
    figure = post.reading.figure("on_time_rate")
    assert figure is not None
    called = i18n.text("metrics.on_time_rate.name", "ar")
    (row,) = [row for row in book["numbers"].iter_rows() if row[0].value == called]
    assert row[2].value == figure.now.value
    assert row[2].number_format == "0.0%"


def test_text_that_looks_like_a_formula_stays_text(post: Post) -> None:
    rows = tuple((Cell(words), Cell("\x01")) for words in (FORMULA, "+1", "@x", "-2"))
    table = Table("sources", "", (Column("a"), Column("b")), rows)
    from dataclasses import replace

    edition = replace(laid(post, "en"), sources=table)
    sheet = load_workbook(io.BytesIO(workbook.written(edition)))["sources"]
    assert [cell.data_type for cell in sheet["A"][1:]] == ["s"] * 4
    assert sheet["A2"].value == FORMULA
    assert sheet["A2"].quotePrefix


def read_pdf(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_the_report_has_the_official_head_and_says_that_nobody_wrote_it(post: Post) -> None:
    content = report.written(post.reading, laid(post, "vi"))
    text = read_pdf(content)
    for words in (
        "ỦY BAN NHÂN DÂN", "PHƯỜNG THỬ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Thử, ngày 03 tháng 9 năm 2026", "Số:",
        "được tạo tự động", "Đường Đông Ngạc",
    ):  # fmt: skip
        assert words in text, words
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_report_is_written_in_other_languages_too(post: Post, language: str) -> None:
    content = report.written(post.reading, laid(post, language))
    text = read_pdf(content)
    assert "HỘI CHỦ NGHĨA" in text
    assert "notdef" not in text
    assert len(PdfReader(io.BytesIO(content)).pages) >= 2
