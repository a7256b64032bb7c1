"""Files of dossiers as a whole: all or nothing, twice or once, in parts, in any order."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.intake.importing import Order, import_dossiers
from ops_center.intake.mapping import FileMapping
from ops_center.store.dossiers import Recorded
from ops_center.store.tables import dossier, dossier_event, hub, procedure, source, waiting
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened
from tests.fixtures.running import eventually
from tests.intake.given import (
    HEADER,
    NOW,
    Bring,
    count,
    line,
    lines,
    planted,
    rejects,
    rows_of,
)


@pytest.mark.parametrize("end", [b'H-9,"open', b"H-9,\xff\xfe\x8a", b"x" * 1_100_000])
def test_a_file_broken_at_its_end_writes_nothing(bring: Bring, lite: Engine, end: bytes) -> None:
    good = lines(*(line(f"H-{n}") for n in range(3000)))
    with pytest.raises(Problem):
        bring(good.encode() + end)
    assert count(lite, dossier) == count(lite, source) == 0


def test_a_dry_run_tells_all_and_writes_nothing(bring: Bring, lite: Engine, ward: Ward) -> None:
    making = FileMapping(unknown_hubs="create", unknown_procedures="create")
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,NoiNopHoSo,official"
    rows = [f"H-{n},9.000001,1,03/08/2026 08:30,Ao {n % 3},Hoa" for n in range(2500)]
    content = lines(*rows, "H-X,9.000001,1,never,Ao,Hoa", header=header)
    tables = (dossier, dossier_event, waiting, hub, procedure, source)
    before = [count(lite, table) for table in tables]
    tried = bring(content, mapping=making, dry_run=True)
    assert [count(lite, table) for table in tables] == before
    done = bring(content, mapping=making)
    assert (tried.imported, tried.rejected, tried.hubs_made) == (2500, 1, 3)
    for name in ("rows", "imported", "rejected", "dossiers", "hubs_made", "procedures_made"):
        assert getattr(tried, name) == getattr(done, name)
    assert bring(content, mapping=making, dry_run=True).unchanged == 2500


# ---------------------------------------------------------------- many rows of one dossier


EVENTS = FileMapping(
    key="case",
    columns={
        "received_at": "begun", "channel": "how", "event_at": "when", "event_kind": "what",
        "event_key": "task",
    },
    defaults={"procedure": "1.004873"},
)  # fmt: skip


def steps(cases: int, each: int) -> list[str]:
    """Rows of an event log; each case has so many steps."""
    return [
        f"C-{case},03/08/2026 08:{case % 60:02d},{case % 3 + 1},"
        f"04/08/2026 09:{step:02d},step,{case}.{step}"
        for step in range(each)
        for case in range(cases)
    ]


STEPS = "case,begun,how,when,what,task"


def test_rows_of_a_dossier_meet_wherever_they_stand(bring: Bring, lite: Engine) -> None:
    report = bring(lines(*steps(50, 4), header=STEPS), mapping=EVENTS)
    assert (report.rows, report.imported, report.dossiers) == (200, 200, Recorded(new=50))
    assert (count(lite, dossier), count(lite, dossier_event)) == (50, 200)


def test_a_file_comes_in_alike_on_both_databases(engine: Engine, tmp_path: Path) -> None:
    making = replace(
        EVENTS,
        columns={**EVENTS.columns, "hub": "how", "official": "how"},
        defaults={"procedure": "9.000001"},
        unknown_hubs="create",
        unknown_procedures="create",
    )
    (tmp_path / "in.csv").write_text(lines(*steps(7, 3), header=STEPS))
    order = Order(tmp_path / "in.csv", making, "portal", "vi", NOW)
    ward = planted(engine)
    tried = import_dossiers(engine, ward, replace(order, dry_run=True))
    first, second = (import_dossiers(engine, ward, order) for _ in range(2))
    assert tried.dossiers == first.dossiers == Recorded(new=7)
    assert (first.hubs_made, first.procedures_made, second.unchanged) == (3, 1, 21)
    assert (count(engine, dossier), count(engine, dossier_event)) == (7, 21)


def test_one_bad_row_rejects_its_dossier_with_all_its_rows(
    bring: Bring, lite: Engine, tmp_path: Path
) -> None:
    rows = steps(10, 3)
    rows[13] = rows[13].replace("04/08/2026 09:01", "yesterday")
    report = bring(lines(*rows, header=STEPS), mapping=EVENTS, language="en")
    assert (report.imported, report.rejected, report.rejected_dossiers) == (27, 3, 1)
    found = rejects(tmp_path / "out.csv")
    assert [row["Line"] for row in found] == ["5", "15", "25"]
    assert [row["Column"] for row in found] == ["", "when", ""]
    assert (count(lite, dossier), count(lite, dossier_event)) == (9, 27)


# ---------------------------------------------------------------- again, in parts, in any order


def everything(engine: Engine) -> list[list[dict[str, Any]]]:
    left_out = ("dossier_id", "official_id", "hub_id")
    return [rows_of(engine, table, *left_out) for table in (dossier, dossier_event, waiting)]


def test_the_same_file_twice_changes_nothing(bring: Bring, lite: Engine) -> None:
    content = lines(*(line(f"H-{n}", rest=",04/08/2026 10:00,9") for n in range(30)), "x")
    first = bring(content)
    before = everything(lite)
    again = bring(content)
    assert (first.imported, first.unchanged, first.rejected) == (30, 0, 1)
    assert (again.imported, again.unchanged, again.rejected) == (0, 30, 1)
    assert everything(lite) == before


@settings(max_examples=10)
@given(order=st.permutations(range(24)), cut=st.integers(1, 23))
def test_neither_order_nor_cuts_between_files_matter(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    order: list[int],
    cut: int,
) -> None:
    rows = steps(6, 4)
    shuffled = [rows[place] for place in order]
    found = []
    for files in ([rows], [shuffled], [shuffled[:cut], shuffled[cut:]], [rows, shuffled]):
        folder = tmp_path_factory.mktemp("order")
        shutil.copyfile(sqlite_template, folder / "ward.db")
        with opened(f"sqlite:///{folder / 'ward.db'}") as engine:
            ward = planted(engine)
            for content in files:
                (folder / "in.csv").write_text(lines(*content, header=STEPS))
                order_ = Order(folder / "in.csv", EVENTS, "portal", "vi", NOW)
                assert import_dossiers(engine, ward, order_).rejected == 0
            found.append(everything(engine))
    assert all(one == found[0] for one in found)


# `ops-center …` that has written its second batch, not committed it, and waits for its end.
_STOPPED = """
import time
from pathlib import Path
from ops_center import __main__
from ops_center.intake import importing

receive, calls = importing.receive, []

def stopping(*given, **named):
    outcomes = receive(*given, **named)
    calls.append(outcomes)
    if len(calls) == 2:
        Path("flag").touch()
        time.sleep(600)
    return outcomes

importing.receive = stopping
__main__.main()
"""


@pytest.mark.parametrize(("sign", "ended"), [("SIGKILL", -9), ("SIGTERM", 130)])
def test_an_import_killed_in_the_middle_can_be_run_again(
    bring: Bring, lite: Engine, sqlite_url: str, tmp_path: Path, sign: str, ended: int
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(lines(*(line(f"H-{n:05d}") for n in range(5_000))))
    environment = os.environ | {
        "OPS_CENTER_DATABASE_URL": sqlite_url,
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, "-c", _STOPPED, "import", "dossiers", "in.csv"]
    process = subprocess.Popen([*command, "--source", "portal"], env=environment, cwd=tmp_path)
    eventually(lambda: (tmp_path / "flag").exists() or process.poll() is not None)
    process.send_signal(signal.Signals[sign])
    assert process.wait() == ended
    assert sign == "SIGKILL" or not list(tmp_path.glob(".*.part"))
    assert count(lite, dossier) == 2_000, "a batch came in by half, or one is lost"
    report = bring(path)
    assert (report.dossiers, count(lite, dossier)) == (
        Recorded(new=3_000, unchanged=2_000),
        5_000,
    )


def test_memory_does_not_grow_with_the_file(bring: Bring, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write(lines(header=f"{HEADER},unused"))
            for number in range(rows):
                file.write(f"{line(f'H-{number * 7919 % 1_000_003}')},{number:0300d}\n")
        tracemalloc.start()
        try:
            assert bring(path, dry_run=True).imported == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(2_200), peak(6_200)
    assert large < small + 2**20, (small, large)


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["", ",", "x"]), st.integers(0, 3)), max_size=25
)


@settings(max_examples=20)
@given(rows=ROWS)
def test_counts_add_up_and_rejected_lines_are_exactly_those_not_in(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, str, int]],
) -> None:
    folder = tmp_path_factory.mktemp("counts")
    shutil.copyfile(sqlite_template, folder / "ward.db")
    told = [line(f"H-{code}", rest=f"0{day + 4}/08/2026{flaw},,4") for code, flaw, day in rows]
    (folder / "in.csv").write_text(lines(*told, line("last")))
    with opened(f"sqlite:///{folder / 'ward.db'}") as engine:
        order = Order(
            folder / "in.csv", FileMapping(), "portal", "vi", NOW, rejects=folder / "out.csv"
        )
        report = import_dossiers(engine, planted(engine), order)
        kept = {row["code"] for row in rows_of(engine, dossier)}
    days: dict[int, set[int]] = {}
    flawed = {code for code, flaw, _ in rows if flaw}
    for code, _, day in rows:
        days.setdefault(code, set()).add(day)
    good = {code for code, found in days.items() if len(found) == 1} - flawed
    assert kept == {f"H-{code}" for code in good} | {"last"}
    bad_lines = [str(n) for n, (code, _, _) in enumerate(rows, 2) if code not in good]
    out = folder / "out.csv"
    assert [row["Dòng"] for row in rejects(out)] == bad_lines if bad_lines else not out.exists()
    assert report.balanced
    assert report.imported == len(rows) + 1 - len(bad_lines)
