"""The front door: commands answer, and what goes wrong is a sentence with an exit code."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ops_center.cli import commands


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ops_center", *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )


def test_every_command_of_the_front_door_is_there() -> None:
    wanted = {"serve", "work", "demo", "db", "import", "metrics", "simulate", "check", "ward"}
    assert wanted <= set(commands.commands)
    db = commands.commands["db"]
    assert isinstance(db, click.Group)
    assert {"upgrade", "check", "rebuild", "backup"} <= set(db.commands)


def test_every_command_says_what_it_does() -> None:
    silent = [name for name, command in commands.commands.items() if not command.help]
    assert silent == []


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "không phải là thiết lập"), ("en", "is no setting")]
)
def test_a_mistake_in_the_settings_is_told_in_the_readers_language(
    tmp_path: Path, language: str, words: str
) -> None:
    done = run("check", cwd=tmp_path, OPS_CENTER_LANGUAGE=language, OPS_CENTER_PROT="1")
    assert done.returncode == 2
    assert words in done.stderr and "OPS_CENTER_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_option_is_told_with_the_usage(tmp_path: Path) -> None:
    done = run("serve", "--prot", "1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_command_on_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    done = run("ward", "add", "x", "X", cwd=tmp_path, OPS_CENTER_LANGUAGE="en")
    assert done.returncode == 2
    assert "ops-center db upgrade" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_ward_is_added_once(tmp_path: Path) -> None:
    words = {"OPS_CENTER_LANGUAGE": "en"}
    assert run("db", "upgrade", cwd=tmp_path, **words).returncode == 0
    first = run("ward", "add", "dong-ngac", "Đông Ngạc", cwd=tmp_path, **words)
    again = run("ward", "add", "dong-ngac", "Đông Ngạc", cwd=tmp_path, **words)
    assert (first.returncode, first.stdout) == (0, "Added the ward Đông Ngạc (dong-ngac).\n")
    assert again.returncode == 2 and "already" in again.stderr


def test_a_backup_says_where_it_is_and_is_not_made_twice(tmp_path: Path) -> None:
    words = {"OPS_CENTER_LANGUAGE": "en"}
    run("db", "upgrade", cwd=tmp_path, **words)
    first = run("db", "backup", "kept.db", cwd=tmp_path, **words)
    again = run("db", "backup", "kept.db", cwd=tmp_path, **words)
    assert first.returncode == 0 and str(tmp_path / "kept.db") in first.stdout
    assert again.returncode == 2 and "another name" in again.stderr


def test_check_ends_with_1_when_something_is_wrong(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path, OPS_CENTER_LANGUAGE="en", OPS_CENTER_PORT="1")
    assert done.returncode == 1
    assert "▲ The database" in done.stdout


def test_a_defect_is_logged_with_its_trace_and_told_in_a_sentence(tmp_path: Path) -> None:
    code = (
        "import sys; from ops_center import check, __main__\n"
        "def broken(*_): raise RuntimeError('broken')\n"
        "check.look = broken\n"
        "sys.exit(__main__.run(['check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "OPS_CENTER_LANGUAGE": "en"},
    )
    line, sentence = done.stderr.splitlines()
    assert done.returncode == 1
    assert "error command.failed command=check" in line and "in broken" in line
    assert sentence.startswith("An unexpected error of the program: broken.")


def test_the_front_door_opens_no_room_before_it_is_asked() -> None:
    code = (
        "import sys, ops_center.cli\n"
        "print({'sqlalchemy', 'pandas', 'dash', 'babel', 'shapely'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
