"""A planted demo ward, its world, and one ordinary history of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.domain.dossier import Clock
from ops_center.intake.row import DossierRow
from ops_center.simulator.history import rows
from ops_center.simulator.ward import plant
from ops_center.simulator.world import World
from ops_center.store.session import reading
from ops_center.store.wards import Ward, find_ward
from tests.fixtures.databases import opened
from tests.simulator.demo import NOW, clocks, world_of


@pytest.fixture(scope="session")
def planted_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo ward and no dossiers."""
    path = tmp_path_factory.mktemp("planted") / "planted.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as engine:
        plant(engine, until=NOW)
    return path


@pytest.fixture
def bare(sqlite_url: str) -> Iterator[Engine]:
    """A fresh SQLite database without a ward."""
    with opened(sqlite_url) as engine:
        yield engine


@pytest.fixture
def planted(planted_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite database with the demo ward."""
    path = tmp_path / "planted.db"
    shutil.copyfile(planted_file, path)
    with opened(f"sqlite:///{path}") as engine:
        yield engine


@pytest.fixture
def ward(planted: Engine) -> Ward:
    """The demo ward in `planted`."""
    with reading(planted) as connection:
        return find_ward(connection)


@pytest.fixture(scope="session")
def world(planted_file: Path) -> World:
    """The demo's world with its usual seed."""
    with opened(f"sqlite:///{planted_file}") as engine:
        return world_of(engine, plant(engine, until=NOW))


@pytest.fixture(scope="session")
def history(world: World) -> list[DossierRow]:
    """The 120 days before NOW."""
    return list(rows(world, NOW, 120))


@pytest.fixture(scope="session")
def told(world: World, history: list[DossierRow]) -> list[Clock]:
    """What the rules make of that history, in the same order."""
    return clocks(world, history)
