"""Delimited text: encodings, separators, quotes, and lines without an end."""

from __future__ import annotations

import tracemalloc
import unicodedata
from pathlib import Path

import pytest

from ops_center.i18n import Problem
from ops_center.intake.files import Table, open_table

NAMES = ["Đăng ký khai sinh", "Xác nhận tình trạng hôn nhân", "Nguyễn Thị Hường", "ườ ẫ ặ ỡ"]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def opened(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Table:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return open_table(written(tmp_path / "in.csv", data))


def refused(tmp_path: Path, content: str | bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        list(opened(tmp_path, content).rows())
    for language in ("vi", "en", "ar"):
        assert "in.csv" in caught.value.text(language)
    return caught.value


def windows_1258(text: str) -> bytes:
    """As Vietnamese Windows writes it: tones as marks of their own where there is no letter."""
    found = bytearray()
    for letter in text:
        try:
            found += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = list(unicodedata.normalize("NFD", letter))
            tone = next(m for m in parts if m in "\u0300\u0301\u0303\u0309\u0323")
            rest = unicodedata.normalize("NFC", "".join(m for m in parts if m != tone))
            found += (rest + tone).encode("cp1258")
    return bytes(found)


@pytest.mark.parametrize(
    ("encoding", "recognised"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("cp1258", "windows-1258"),
    ],
)  # fmt: skip
def test_encodings_are_recognised_and_letters_come_out_composed(
    tmp_path: Path, encoding: str, recognised: str
) -> None:
    content = "code,name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(NAMES))
    data = windows_1258(content) if encoding == "cp1258" else content.encode(encoding)
    table = opened(tmp_path, data)
    assert table.dialect and table.dialect.encoding == recognised
    assert table.header == ("code", "name")
    assert [cells[1] for _, cells in table.rows()] == NAMES


def test_letters_written_in_parts_are_composed(tmp_path: Path) -> None:
    table = opened(tmp_path, "code,name\n1,Nguye\u0302\u0303n\n")
    assert [cells for _, cells in table.rows()] == [["1", "Nguyễn"]]


def test_two_encodings_in_one_file_are_named_with_their_lines(tmp_path: Path) -> None:
    mixed = "code,name\n1,Hộ tịch\n2,plain\n".encode() + windows_1258("3,Đất đai\n")
    problem = refused(tmp_path, mixed)
    assert problem.key == "intake.mixed_encodings"
    assert (problem.values["first_line"], problem.values["line"]) == (2, 4)


def test_bytes_of_no_encoding_are_named_with_their_line(tmp_path: Path) -> None:
    problem = refused(tmp_path, b"code,name\n1,a\n2,\xff\x8a\x8d\n")
    assert (problem.key, problem.values["line"]) == ("intake.unknown_encoding", 3)


def test_a_cut_utf_16_file_is_named(tmp_path: Path) -> None:
    problem = refused(tmp_path, "code,name\n1,Hộ tịch\n".encode("utf-16")[:-1])
    assert problem.key == "intake.unknown_encoding"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_are_recognised_even_among_commas_in_numbers(tmp_path: Path, mark: str) -> None:
    rows = [["code", "fee", "note"], ["1", '"8,5"', '"a;b"'], ["2", '"1,0"', '"c|d"']]
    table = opened(tmp_path, "\n".join(mark.join(row) for row in rows))
    assert table.dialect and table.dialect.separator == mark
    assert [cells for _, cells in table.rows()] == [["1", "8,5", "a;b"], ["2", "1,0", "c|d"]]


def test_excels_own_separator_line_is_no_header(tmp_path: Path) -> None:
    table = opened(tmp_path, "sep=;\ncode;name\n1;a,b,c,d\n")
    assert table.header == ("code", "name")
    assert list(table.rows()) == [(3, ["1", "a,b,c,d"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_breaks_within_quotes_keep_the_line_numbers_right(tmp_path: Path, end: str) -> None:
    content = end.join(["code,name", '1,"two', 'lines"', "", '2,"with ""quotes"""', ""])
    rows = list(opened(tmp_path, content).rows())
    assert [line for line, _ in rows] == [2, 5]
    assert rows[1][1] == ["2", 'with "quotes"']
    assert rows[0][1][1].split() == ["two", "lines"]


@pytest.mark.parametrize("content", ['code,name\n1,"open\n2,b\n', 'code,name\n1,"a"b\n2,c\n'])
def test_a_quote_that_is_not_closed_is_named(tmp_path: Path, content: str) -> None:
    problem = refused(tmp_path, content)
    assert (problem.key, problem.values["line"]) == ("intake.broken_quotes", 2)


@pytest.mark.parametrize("filling", [b"\0", b"a", b'"a,'])
def test_a_line_without_an_end_is_refused_with_little_memory(
    tmp_path: Path, filling: bytes
) -> None:
    path = tmp_path / "in.csv"
    with path.open("wb") as file:
        file.write(b"code,name\n" + b"1,a\n" * 500)
        if filling == b"\0":
            file.truncate(200 * 2**20)  # a hole in the file, which reads as zeros
        else:
            file.write(filling * (20 * 2**20 // len(filling)))
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as caught:
            list(open_table(path).rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.key == "intake.line_too_long"
    assert caught.value.values["line"] == 502
    assert peak < 30 * 2**20
