"""What the tests of the entrance share: a ward, an instant, files, and looks into tables."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import Engine, Table, func, select

from ops_center.intake.importing import Report
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier
from ops_center.store.wards import Ward, add_ward

NOW = datetime(2026, 8, 5, 3, tzinfo=UTC)

Bring = Callable[..., Report]

HEADER = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,NgayHenTra,NgayKetThucXuLy,TrangThaiHoSoId"


def planted(engine: Engine, ward_id: str = "w", zone: str = "Asia/Ho_Chi_Minh") -> Ward:
    """A ward in this database."""
    ward = Ward(ward_id, f"Phường {ward_id.upper()}", time_zone=zone)
    with writing(engine) as connection:
        add_ward(connection, ward)
    return ward


def lines(*rows: str, header: str = HEADER) -> str:
    """A CSV file of these lines below a header."""
    return "\n".join([header, *rows]) + "\n"


def line(code: str, *, received: str = "03/08/2026 08:30", rest: str = ",,4") -> str:
    """A line below HEADER; `rest`: due, processed and status."""
    return f"{code},1.004873,1,{received},{rest}"


def sheet(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    """An XLSX file with these rows."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(tuple(row))
    book.save(path)
    return path


def rejects(path: Path) -> list[dict[str, str]]:
    """The rejects file, its header's words as keys."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(engine: Engine, table: Table, *left_out: str) -> list[dict[str, Any]]:
    """All rows of a table in a fixed order, without ids and stamps."""
    with reading(engine) as connection:
        found = [dict(row._mapping) for row in connection.execute(select(table))]
    for row in found:
        for name in ("id", "written_at", *left_out):
            row.pop(name, None)
    return sorted(found, key=str)


def count(engine: Engine, table: Table) -> int:
    """How many rows a table has."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Local time in August 2026, as an instant."""
    return datetime(2026, 8, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def only(engine: Engine) -> dict[str, Any]:
    """The only dossier there is."""
    [found] = rows_of(engine, dossier)
    return found
