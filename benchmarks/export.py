"""What an export of many rows takes: `python -m benchmarks.export --rows 1000000`.

A real database of that size; each file is sent by a fresh process, which reads it as a browser
does, part by part, and tells the most memory it ever had. Then the same of a few rows: what the
two differ by is what the length costs.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

import click

from benchmarks import figures
from benchmarks.figures import Figure

PAGE = Path(__file__).parent / "EXPORT.md"
NOTES = (
    "Each file is sent by a process of its own; memory is the most that process ever had, of which "
    "`few rows` is what any export takes."
)
KINDS = ("csv", "xlsx")
FEW_DAYS, ALL_DAYS = 1, 3650
KEPT = 80  # megabytes: the 64 that SQLite keeps of its pages, and what a reply has in hand
MEGABYTE = 1e6


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--rows", default=1_000_000, show_default=True, help="Dossiers in the database.")
@click.option("--database", default="sqlite", type=click.Choice(("sqlite", "postgresql")))
@click.option("--url", default="", help="A database of your own, loaded once and kept.")
@click.option("--keep/--no-keep", default=True, help="Whether EXPORT.md is written.")
def main(context: click.Context, rows: int, database: str, url: str, keep: bool) -> None:
    """Measure exports of all rows, as CSV and as XLSX."""
    if context.invoked_subcommand:
        return
    from benchmarks.ground import vast_ground

    with vast_ground(url.split(":")[0] if url else database, rows, url) as ground:
        after = (ground.now + timedelta(days=1)).astimezone(ground.ward.zone).date()
        first = {days: after - timedelta(days=days) for days in (FEW_DAYS, ALL_DAYS)}
        asked = {days: f"{one}..{after - timedelta(days=1)}" for days, one in first.items()}
        found = [*_measured(ground.name, ground.url, ground.ward.id, asked)]
        title = f"{ground.name}, {ground.rows:,} dossiers"
    click.echo(f"{title}\n\n{figures.table(found)}")
    if keep:
        figures.keep(title, found, NOTES, PAGE)


def _measured(name: str, url: str, ward: str, periods: dict[int, str]) -> Iterator[Figure]:
    for kind in KINDS:
        few, whole = (_in_a_process(url, ward, kind, period) for period in periods.values())
        what = f"{name}: {kind.upper()}"
        yield Figure(f"{what}, rows of {whole['asked']:,.0f}", whole["rows"], "",
                     least=whole["asked"])  # fmt: skip
        yield Figure(f"{what}, sent", whole["bytes"] / MEGABYTE, "MB")
        yield Figure(f"{what}, in", whole["seconds"], "s")
        yield Figure(f"{what}, first part after", whole["first"] * 1000, "ms")
        yield Figure(f"{what}, most memory, few rows", few["most"] / MEGABYTE, "MB")
        yield Figure(f"{what}, most memory, all rows", whole["most"] / MEGABYTE, "MB")
        grown = (whole["most"] - few["most"]) / MEGABYTE
        yield Figure(f"{what}, the length costs", grown, "MB", limit=KEPT)


def _in_a_process(url: str, ward: str, kind: str, period: str) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.export", "send", url, ward, kind, period],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return told


@main.command("send")
@click.argument("url")
@click.argument("ward")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("period")
def send(url: str, ward: str, kind: str, period: str) -> None:
    """Send one file to nobody and tell what it took, as JSON."""
    from ops_center.settings import Settings
    from ops_center.web.app import create_app

    app = create_app(Settings(database_url=url, ward=ward))
    begun = time.perf_counter()
    address = f"/export/rows.{kind}?period={period}"
    answer = app.server.test_client().get(address, headers={"Host": "localhost"})
    first, sent = time.perf_counter() - begun, 0
    with tempfile.TemporaryFile() as file:
        for part in answer.iter_encoded():
            sent += len(part)
            file.write(part)
        answer.close()
        seconds = time.perf_counter() - begun
        app.desk.live.pulse.close()
        most = _most()
        rows = count_csv(file) if kind == "csv" else count_workbook(file)
    told = {"rows": rows, "asked": _asked(url, ward, period), "bytes": sent, "seconds": seconds,
            "first": first, "most": most}  # fmt: skip
    click.echo(json.dumps(told))


def _most() -> int:
    """The most bytes this process had in memory; getrusage would tell its parent's, if more."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines()
               if one.startswith("VmHWM"))  # fmt: skip
    return int(line.split()[1]) * 1024


def count_csv(file: IO[bytes]) -> int:
    """Rows behind the statement, a blank line and the head."""
    file.seek(0)
    lines = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""))
    behind = itertools.dropwhile(bool, lines)
    return sum(1 for _ in behind) - 2


def count_workbook(file: IO[bytes]) -> int:
    """Rows of all sheets but the first, which tells about the file, without their heads."""
    found = 0
    with zipfile.ZipFile(file) as book:
        sheets = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/"))
        for name in sheets[1:]:
            with book.open(name) as sheet:
                rest = b""
                while part := sheet.read(1 << 20):
                    found += (rest + part).count(b"<row ")
                    rest = part[-4:]
            found -= 1
    return found


def _asked(url: str, ward: str, period: str) -> int:
    """How many the screen counts."""
    from datetime import UTC, datetime

    from ops_center.metrics.dossiers import list_dossiers
    from ops_center.store.session import open_engine, reading
    from ops_center.web.known import find_known

    engine = open_engine(url)
    with reading(engine) as connection:
        known = find_known(connection, ward, datetime.now(UTC))
        view, _ = known.view({"period": period}, "vi")
        page = list_dossiers(connection, known.ward, known.scope(view), known.now, limit=1)
    engine.dispose()
    return page.total


if __name__ == "__main__":
    main()
