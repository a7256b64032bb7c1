"""The import commands as a reader meets them: words, exit codes, files left behind."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.__main__ import run
from ops_center.intake.columns import COLUMNS
from ops_center.intake.mapping import load_mapping
from ops_center.material import folder
from ops_center.store.session import reading
from ops_center.store.tables import dossier, hub
from ops_center.store.wards import Ward, find_ward
from tests.intake.given import count, line, lines
from tests.intake.test_boundary import POLYGON, written

TEMPLATES = folder("db") / "seeds" / "templates"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str, ward: Ward) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPS_CENTER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("OPS_CENTER_LANGUAGE", "en")


def test_a_clean_file_ends_with_0_and_leaves_nothing_behind(
    tmp_path: Path, lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_text(lines(line("H-1"), line("H-2")))
    assert run(["import", "dossiers", "good.csv"]) == 0
    said = capsys.readouterr().out
    assert "Rows: 2 = 2 imported + 0 unchanged + 0 rejected." in said
    assert "Dossiers: 2 = 2 new" in said
    assert count(lite, dossier) == 2
    assert not list(tmp_path.glob("*.rejects.csv"))


def test_rejected_rows_end_with_3_and_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "some.csv").write_text(lines(line("H-1"), line("H-2", received="soon")))
    assert run(["import", "dossiers", "some.csv"]) == 3
    said = capsys.readouterr().out
    assert "Rejected: 1 dossiers – unreadable date or time" in said
    assert "some.csv.rejects.csv" in said
    assert (tmp_path / "some.csv.rejects.csv").exists()


def test_a_refused_file_ends_with_2_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "dossiers", "gone.csv"]) == 2
    assert "There is no file gone.csv" in capsys.readouterr().err


def test_a_dry_run_leaves_neither_dossiers_nor_files(
    tmp_path: Path, lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "some.csv").write_text(lines(line("H-1"), line("H-2", received="soon")))
    assert run(["import", "dossiers", "some.csv", "--dry-run"]) == 3
    assert "A dry run" in capsys.readouterr().out
    assert count(lite, dossier) == 0
    assert not list(tmp_path.glob("*.rejects.csv"))
    assert run(["import", "dossiers", "some.csv", "--dry-run", "--rejects", "out.csv"]) == 3
    assert (tmp_path / "out.csv").exists()


def test_unassigned_places_are_counted_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "MaHoSo,MaTTHC,KenhThucHien,NgayTiepNhan,NoiNopHoSo,STT"
    rows = (f"H-{n},1.004873,1,03/08/2026 08:30,Ao {n % 7},{n}" for n in range(9))
    (tmp_path / "in.csv").write_text(lines(*rows, header=header))
    assert run(["import", "dossiers", "in.csv"]) == 0
    said = capsys.readouterr().out
    assert "Unassigned: 9 dossiers, from “Ao 0”, “Ao 1”," in said
    assert ", …" in said
    assert "Columns not used: STT." in said


def test_the_shipped_templates_can_be_imported_as_they_are(
    lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("hubs", "procedures", "calendar", "dossiers"):
        assert run(["import", kind, str(TEMPLATES / f"{kind}.csv")]) == 0, kind
    assert (count(lite, hub), count(lite, dossier)) == (3, 2)
    assert "Unassigned" not in capsys.readouterr().out


def test_a_dry_run_of_a_list_writes_nothing(
    lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "hubs", str(TEMPLATES / "hubs.csv"), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "A dry run" in said
    assert "2 added" in said
    assert count(lite, hub) == 1


def test_a_boundary_is_kept_for_the_ward(
    tmp_path: Path, lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, POLYGON)
    assert run(["import", "boundary", str(path), "--dry-run"]) == 0
    with reading(lite) as connection:
        assert find_ward(connection).boundary is None
    assert run(["import", "boundary", str(path)]) == 0
    assert "3.45 km²" in capsys.readouterr().out
    with reading(lite) as connection:
        assert '"exact"' in (find_ward(connection).boundary or "")


# ---------------------------------------------------------------- explaining

LOG = ["step,case,begun,wie,note"] + [
    f"{case}.{step},C-{case:03d},2026-08-03 08:{case:02d},{('Internet', 'Desk')[case % 2]},x"
    for step in range(3)
    for case in range(20)
]


def test_explain_shows_what_was_understood_and_drafts_a_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.csv").write_text("\n".join(LOG))
    assert run(["import", "--explain", "log.csv"]) == 0
    said = capsys.readouterr().out
    assert "log.csv: text, encoding UTF-8, separator “,”, header in line 1." in said
    assert "“case” → (not used)   such as: “C-000”, “C-001”, “C-002”" in said
    drafted = said[said.index("source = ") :]
    assert 'key = "case"' in drafted
    assert '# …_at = "begun"' in drafted
    (tmp_path / "draft.toml").write_text(drafted)
    assert load_mapping(tmp_path / "draft.toml").key == "case"


def test_a_draft_corrected_by_hand_imports_the_file(
    tmp_path: Path, lite: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.csv").write_text("\n".join(LOG))
    assert run(["import", "dossiers", "log.csv", "--explain"]) == 0
    said = capsys.readouterr().out
    drafted = said[said.index("source = ") :]
    for before, after in (
        ('# …_at = "begun"', 'received_at = "begun"'),
        ('# … = "wie"', 'channel = "wie"'),
        ('# procedure = "…"', 'procedure = "1.004873"'),
    ):
        assert before in drafted
        drafted = drafted.replace(before, after)
    (tmp_path / "map.toml").write_text(drafted)
    assert run(["import", "dossiers", "log.csv", "--mapping", "map.toml", "--explain"]) == 0
    said = capsys.readouterr().out
    assert '# "Internet" = "…"' in said
    (tmp_path / "map.toml").write_text(
        said[said.index("source = ") :]
        .replace('# "Internet" = "…"', '"Internet" = "online"')
        .replace('# "Desk" = "…"', '"Desk" = "in_person"')
        .replace('# procedure = "…"', 'procedure = "1.004873"')
        + "[defaults]\nprocedure = '1.004873'\n" * ("[defaults]" not in said)
    )
    assert run(["import", "dossiers", "log.csv", "--mapping", "map.toml"]) == 0
    assert count(lite, dossier) == 20


def test_a_draft_of_an_official_file_needs_no_correction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "--explain", str(TEMPLATES / "dossiers.csv")]) == 0
    said = capsys.readouterr().out
    drafted = tomllib.loads(said[said.index("source = ") :])
    assert drafted["columns"]["code"] == "MaHoSo"
    assert set(drafted["columns"]) <= set(COLUMNS)
    assert "defaults" not in drafted
    assert "(not used)" not in said
