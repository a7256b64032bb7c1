"""The tests' own ground: both PostgreSQLs start, whoever runs the tests."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.fixtures.postgres import machine_folders, package_folders, running_server


@pytest.mark.parametrize(
    "folders", [machine_folders(), package_folders()], ids=["machine", "package"]
)
def test_each_kind_of_postgresql_on_this_machine_starts(folders: list[Path]) -> None:
    if not folders:
        pytest.skip("this machine has no PostgreSQL of its own")
    with running_server(folders) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            version = connection.execute(text("show server_version_num")).scalar_one()
        engine.dispose()
    assert int(version) >= 140000
