"""What a fresh machine lacks is named with its remedy."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIND_PYTHON = ROOT / "scripts" / "find-python"


def machine(tmp_path: Path, **pythons: str) -> Path:
    """A folder of programs: each Python a shell script, as fake as it must be."""
    for name, script in pythons.items():
        path = tmp_path / name.replace("_", ".")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return tmp_path


def find_python(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(FIND_PYTHON)], capture_output=True, text=True, check=False,
        env={"PATH": str(path)},
    )


OLD = 'case "$2" in *platform*) echo 3.9.2;; *version_info*) exit 1;; esac'
WITHOUT_VENV = (
    'case "$2" in *platform*) echo 3.12.1;; *ensurepip*) exit 1;; *%d.%d*) echo 3.12;; esac'
)
REAL = f'exec {sys.executable} "$@"'


def test_a_python_that_is_new_enough_is_found(tmp_path: Path) -> None:
    run = find_python(machine(tmp_path, python3=REAL))
    assert (run.returncode, run.stdout.strip()) == (0, str(tmp_path / "python3"))


def test_a_newer_python_is_found_beside_one_that_is_too_old(tmp_path: Path) -> None:
    run = find_python(machine(tmp_path, python3=OLD, python3_13=REAL))
    assert run.stdout.strip() == str(tmp_path / "python3.13")


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    run = find_python(machine(tmp_path, python3=OLD))
    assert run.returncode == 1
    assert "3.11 or newer; found: python3=3.9.2" in run.stderr


def test_a_missing_venv_is_named_with_its_debian_package(tmp_path: Path) -> None:
    run = find_python(machine(tmp_path, python3=WITHOUT_VENV))
    assert run.returncode == 1
    assert "apt-get install python3.12-venv" in run.stderr


def test_no_python_at_all_is_named(tmp_path: Path) -> None:
    run = find_python(tmp_path)
    assert run.returncode == 1
    assert "none was found" in run.stderr


def test_make_help_lists_the_two_commands() -> None:
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "make demo" in shown and "make test" in shown


def test_the_lock_pins_every_dependency_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    lines = [line for line in lock.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==\S+", line)] == []
    assert "//" not in lock
    declared = set(re.findall(r'^    "([a-z0-9-]+)', (ROOT / "pyproject.toml").read_text(), re.M))
    pinned = {line.split("==")[0] for line in lines}
    assert {"dash", "pytest", "setuptools"} <= pinned
    assert declared & {"dash", "pandas", "sqlalchemy", "babel"} <= pinned


@pytest.mark.parametrize("name", ["find-python", "ensure-browser"])
def test_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / "scripts" / name, os.X_OK)
