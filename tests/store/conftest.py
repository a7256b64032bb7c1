"""A database for the tests that leave nothing behind: made once, each test rolled back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from ops_center.store.session import writing
from tests.fixtures.databases import opened, postgres_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated database for all tests of a module: they must tidy up."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "ward.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    with postgres_database(server, request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture(scope="module")
def _shared_engine(shared_url: str) -> Iterator[Engine]:
    with opened(shared_url) as engine:
        yield engine


@pytest.fixture
def connection(_shared_engine: Engine) -> Iterator[Connection]:
    """A transaction on a migrated database, rolled back after the test; on both databases."""
    with _shared_engine.connect() as shared:
        yield shared
        shared.rollback()


@pytest.fixture
def shared(_shared_engine: Engine) -> Engine:
    """The engine of the module's database, on which tests may commit."""
    return _shared_engine


@pytest.fixture
def ward_id(_shared_engine: Engine) -> str:
    """A ward of the test's own in the module's database, without dossiers."""
    from tests.store.ward_of_two import plant

    with writing(_shared_engine) as connection:
        return plant(connection)
