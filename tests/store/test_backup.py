"""A backup is whole, taken while others write, and never costs a file that was there."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ops_center.i18n import Problem
from ops_center.store.backup import back_up
from ops_center.store.migrate import state
from ops_center.store.session import writing
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened


@pytest.fixture
def ward(sqlite_url: str) -> Iterator[Engine]:
    with opened(sqlite_url) as engine:
        with writing(engine) as connection:
            add_ward(connection, Ward("dong-ngac", "Đông Ngạc"))
        yield engine


def test_a_backup_is_a_database_of_its_own_with_the_same_rows(ward: Engine, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    assert back_up(ward, file) == file.stat().st_size > 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*kept*")] == ["kept.db"]
    with opened(f"sqlite:///{file}") as copy:
        assert state(copy) == "current"
        with copy.connect() as connection:
            assert connection.execute(text("SELECT id, name FROM ward")).one() == (
                "dong-ngac", "Đông Ngạc")


def test_a_backup_shows_one_instant_while_others_write(ward: Engine, tmp_path: Path) -> None:
    """Each write adds to two tables at once: a copy in between would tell them apart."""
    with writing(ward) as connection:
        connection.execute(text("CREATE TABLE first (n INTEGER)"))
        connection.execute(text("CREATE TABLE second (n INTEGER)"))
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with writing(ward) as connection:
                connection.execute(text("INSERT INTO first VALUES (1)"))
                connection.execute(text("INSERT INTO second VALUES (1)"))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        for n in range(5):
            back_up(ward, tmp_path / f"{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"{n}.db")) as copy:
            first, second = (copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                             for name in ("first", "second"))
            assert first == second > 0


def test_a_file_that_is_there_is_never_overwritten(ward: Engine, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    file.write_text("of yesterday")
    with pytest.raises(Problem) as caught:
        back_up(ward, file)
    assert caught.value.key == "store.backup.exists"
    assert file.read_text() == "of yesterday"


def test_a_backup_that_fails_leaves_no_file(ward: Engine, tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        back_up(ward, tmp_path / "nowhere" / "kept.db")
    assert caught.value.key == "store.backup.failed"
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with opened(f"sqlite:///{damaged}") as engine, pytest.raises(Problem) as caught:
        back_up(engine, tmp_path / "kept.db")
    assert caught.value.key == "store.backup.failed"
    with opened(f"sqlite:///{tmp_path / 'missing.db'}") as engine, pytest.raises(Problem):
        back_up(engine, tmp_path / "kept.db")
    assert not (tmp_path / "missing.db").exists()
    assert list(tmp_path.glob("*kept*")) == []


def test_postgresql_is_sent_to_its_own_tool(postgres_fresh_url: str, tmp_path: Path) -> None:
    with opened(postgres_fresh_url) as engine, pytest.raises(Problem) as caught:
        back_up(engine, tmp_path / "kept.db")
    assert "pg_dump" in str(caught.value)
