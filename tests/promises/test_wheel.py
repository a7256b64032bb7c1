"""The wheel holds everything and works when it is installed elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops_center.material import folder

ROOT = Path(__file__).parents[2]
FOLDERS = ("ops_center", "assets", "db")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel made from a copy of the sources was installed."""
    home = tmp_path_factory.mktemp("wheel")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, home / "src" / name, ignore=IGNORED)
    for name in FILES:
        shutil.copyfile(ROOT / name, home / "src" / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(home), str(home / "src"))
    [wheel] = home.glob("ops_center-*.whl")
    pip("install", "--no-deps", "--target", str(home / "site"), str(wheel))
    return home / "site"


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def elsewhere(installed: Path, folder: Path, *arguments: str, **environment: str) -> str:
    """What that installation's Python prints, started in a folder of its own."""
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(installed), **environment},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def names(top: Path) -> set[str]:
    return {
        str(path.relative_to(top))
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", ["assets", "db"])
def test_the_wheel_holds_all_the_material(installed: Path, name: str) -> None:
    assert names(installed / "ops_center" / f"_{name}") == names(folder(name))  # type: ignore[arg-type]


def test_the_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    ours = {name for name in names(ROOT / "ops_center") if not name.endswith(".pyc")}
    shipped = {name for name in names(installed / "ops_center") if not name.startswith("_assets")}
    assert ours - shipped == set()


def test_the_installed_program_finds_its_own_material(installed: Path, tmp_path: Path) -> None:
    code = "from ops_center.material import folder; print(folder('db'), folder('assets'))"
    shown = elsewhere(installed, tmp_path, "-c", code)
    assert shown == f"{installed}/ops_center/_db {installed}/ops_center/_assets"


def test_the_installed_program_makes_a_database(installed: Path, tmp_path: Path) -> None:
    url = "sqlite:///made.db"
    upgrade = ("-m", "ops_center", "db", "upgrade")
    elsewhere(installed, tmp_path, *upgrade, OPS_CENTER_DATABASE_URL=url)
    code = (
        "from ops_center.store import migrate, session;"
        f"print(migrate.state(session.open_engine('{url}')))"
    )
    assert elsewhere(installed, tmp_path, "-c", code) == "current"
