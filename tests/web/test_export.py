"""An export has exactly the rows on the screen, says what it is, and starts no formula."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from sqlalchemy import Connection, select, update

from benchmarks.export import count_csv, count_workbook
from benchmarks.many import multiply
from ops_center.metrics import dossiers
from ops_center.metrics.dossiers import list_dossiers
from ops_center.settings import Settings
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.tables import dossier, hub
from ops_center.web import export, workbook
from ops_center.web.app import create_app
from ops_center.web.export import safe
from ops_center.web.known import find_known
from ops_center.web.workbook import Share, Sheet
from tests.metrics.world import HANOI, fill, make

PERIOD = "period=2026-08-24..2026-09-10"
SCOPES = (
    "", "&hub=a,b&rows=late", "&field=ho-tich&rows=overdue", "&channel=online&rows=online_share",
    "&status=overdue,suspended", "&official=An,none&rows=done", "&rows=services_used",
    "&hub=nowhere&rows=waiting_reception", "&took=0-4.5,16-&rows=done",
    "&rows=to_process&where=code:1,hub:ĐIỂM B,received_at:2026-08-25..2026-08-31,outcome:early",
    "&where=official:chua phan cong,due_at:..2026-09-04&sort=name",
)  # fmt: skip


@pytest.fixture
def client(database_url: str) -> Iterator[Any]:
    engine = open_engine(database_url, timeout=60)
    fill(engine, HANOI, make(HANOI, 120))
    app = create_app(Settings(database_url=database_url))
    yield app.server.test_client()
    app.desk.live.pulse.close()
    engine.dispose()


def fetched(client: Any, address: str) -> bytes:
    answer = client.get(address, headers={"Host": "localhost"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def lines(body: bytes) -> tuple[dict[str, str], list[list[str]]]:
    """The statement and the data below it."""
    assert body.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    blank = rows.index([])
    return {row[0]: row[1] for row in rows[:blank]}, rows[blank + 1 :]


def test_an_export_has_the_rows_that_the_screen_counts(
    client: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_PART", 7)  # rows sent at once: no row is lost between two parts
    monkeypatch.setattr(workbook, "_PART", 7)
    engine = open_engine(database_url, timeout=60)
    for scope in SCOPES:
        told, rows = lines(fetched(client, f"/export/rows.csv?{PERIOD}{scope}&lang=en"))
        sheet = workbook_of(fetched(client, f"/export/rows.xlsx?{PERIOD}{scope}&lang=en"))["Data"]
        with reading(engine) as connection:
            page = _page(connection, f"{PERIOD}{scope}")
        assert len(rows) - 1 == int(told["Rows"]) == page.total == sheet.max_row - 1, scope
        assert {row[0] for row in rows[1:]} == {row.code for row in page.rows}
        assert told["Revision of the data"] == "1"
        assert told["Address"].startswith("/explore?period=")
    engine.dispose()


def test_what_the_benchmark_counts_is_what_a_file_has(client: Any) -> None:
    bodies = [fetched(client, f"/export/rows.{kind}?{PERIOD}&lang=en") for kind in ("csv", "xlsx")]
    _, rows = lines(bodies[0])
    csv_file, book = map(io.BytesIO, bodies)
    assert count_csv(csv_file) == count_workbook(book) == len(rows) - 1 > 50


def _page(connection: Connection, question: str) -> Any:
    known = find_known(connection, None, datetime.now().astimezone())
    view, _ = known.view(dict(part.split("=") for part in question.split("&") if part), "vi")
    return list_dossiers(
        connection, known.ward, known.listed(view), known.now, name=view.rows, limit=1000
    )


def workbook_of(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def test_the_tables_foot_is_the_sum_of_its_lines(client: Any) -> None:
    question = f"{PERIOD}&by=field&show=received,late,on_time_rate&sort=-late&lang=vi"
    _, rows = lines(fetched(client, f"/export/table.csv?{question}"))
    *body, foot = rows[1:]
    assert foot[0] == "Cộng"
    for column in (2, 3):
        assert sum(int(row[column]) for row in body) == int(foot[column])
    assert [int(row[3]) for row in body] == sorted((int(row[3]) for row in body), reverse=True)
    sheet = workbook_of(fetched(client, f"/export/table.xlsx?{question}"))["Dữ liệu"]
    assert isinstance(sheet.cell(2, 3).value, int)
    assert sheet.cell(2, 5).number_format == "0.00%"


def test_nothing_a_source_wrote_becomes_a_formula(client: Any, database_url: str) -> None:
    engine = open_engine(database_url, timeout=60)
    with writing(engine) as connection:
        ids = list(connection.execute(select(dossier.c.id).limit(3)).scalars())
        for id, code in zip(ids, ("=1+1", "@SUM(A1)", "-2+3"), strict=True):
            connection.execute(update(dossier).where(dossier.c.id == id).values(code=code))
        connection.execute(update(hub).where(hub.c.code == "a").values(name="+cmd|' /C calc'!A0"))
    engine.dispose()
    question = f"{PERIOD}&rows=to_process&lang=en"
    _, rows = lines(fetched(client, f"/export/rows.csv?{question}"))
    cells = [cell for row in rows for cell in row]
    sheet = workbook_of(fetched(client, f"/export/rows.xlsx?{question}"))["Data"]
    texts = [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert any(cell.startswith(("'=", "'+")) for cell in cells)
    assert not [
        cell for cell in (*cells, *texts) if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_longer_export_takes_no_more_memory(
    client: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "_PART", 50)  # rows read at once
    few, held = most_held(client)
    engine = open_engine(database_url, timeout=60)
    with writing(engine) as connection:
        multiply(connection, HANOI.id, 30)
    engine.dispose()
    many, later = most_held(client)
    assert many > 20 * few
    assert later < held + 1_000_000


def most_held(client: Any) -> tuple[int, int]:
    """(bytes sent, most bytes held at once) of an export that is read part by part."""
    tracemalloc.start()
    answer = client.get(f"/export/rows.csv?{PERIOD}", headers={"Host": "localhost"})
    sent = sum(len(part) for part in answer.iter_encoded())
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    return sent, held


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_a_text_that_would_be_a_formula_is_made_harmless(text: str) -> None:
    assert safe(text) == "'" + text
    assert safe(-1) == -1


def test_a_hostile_address_is_answered_with_what_can_be_had(client: Any) -> None:
    bad = quote("<script>'; DROP TABLE dossier; --")
    for question in (
        f"hub={bad}&period={bad}",
        "period=9999-12-31..0001-01-01",
        "by=" + "x" * 9000,
    ):
        told, _ = lines(fetched(client, f"/export/rows.csv?{question}"))
        assert "script" not in str(told)


def test_a_workbook_goes_on_in_further_sheets_and_keeps_its_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    moment = datetime(2026, 8, 5, 14, 30)  # noqa: DTZ001 – as a sheet shows it
    rows = [(n, Share(0.25), moment, moment.date(), "Đặng\x00 <&>", None) for n in range(5)]
    body = b"".join(workbook.stream([Sheet("Dữ liệu", list("abcdef"), iter(rows))]))
    book = workbook_of(body)
    assert book.sheetnames == ["Dữ liệu", "Dữ liệu 2", "Dữ liệu 3"]
    found = [[c.value for c in row] for sheet in book for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in found] == [0, 1, 2, 3, 4]
    assert found[0][1:5] == [0.25, moment, datetime(2026, 8, 5), "Đặng <&>"]  # noqa: DTZ001


def test_a_long_workbook_is_sent_while_it_is_read() -> None:
    taken = 0

    def rows() -> Iterator[tuple[int, str]]:
        nonlocal taken
        for taken in range(20_000):
            yield taken, f"row {taken}"

    sizes = []
    for part in workbook.stream([Sheet("s", ("n", "t"), rows())]):
        sizes.append((taken, len(part)))
    assert sizes[0][0] < 1000
    assert max(size for _, size in sizes) < 200_000
