"""Wards filled once for all tests that only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ops_center.store.session import reading
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened, postgres_database
from tests.metrics.oracle import Oracle
from tests.metrics.world import AUTUMN, HANOI, SPRING, fill, make

CASES = (("sqlite", HANOI), ("postgresql", HANOI), ("sqlite", SPRING), ("postgresql", AUTUMN))
"""Both databases, and on each one of the nights in which summer time begins or ends."""


@pytest.fixture(scope="session")
def sqlite_wards(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("wards") / "wards.db"
    shutil.copyfile(sqlite_template, path)
    yield from _wards(f"sqlite:///{path}", "sqlite")


@pytest.fixture(scope="session")
def postgresql_wards(postgres_url: str, postgres_template: str) -> Any:
    with postgres_database(postgres_url, postgres_template) as url:
        yield from _wards(url, "postgresql")


def _wards(url: str, name: str) -> Iterator[Any]:
    with opened(url) as engine:
        for database, ward in CASES:
            if database == name:
                fill(engine, ward, make(ward))
        yield engine


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1].id}")
def case(request: pytest.FixtureRequest) -> tuple[Any, Ward]:
    """An engine on filled wards, and one of them."""
    database, ward = request.param
    return request.getfixturevalue(f"{database}_wards"), ward


@pytest.fixture
def ward(case: tuple[Any, Ward]) -> Ward:
    return case[1]


@pytest.fixture
def connection(case: tuple[Any, Ward]) -> Iterator[Connection]:
    with reading(case[0]) as open_connection:
        yield open_connection


_oracles: dict[tuple[str, str], Oracle] = {}


@pytest.fixture
def oracle(connection: Connection, ward: Ward) -> Oracle:
    key = connection.dialect.name, ward.id
    if key not in _oracles:
        _oracles[key] = Oracle(connection, ward.id)
    return _oracles[key]
