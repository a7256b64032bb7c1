"""Transactions that do not trip over one another, and failures that read as sentences."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from ops_center.i18n import LANGUAGES, Problem
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.tables import heartbeat, hub, ward
from tests.fixtures.databases import opened


@pytest.fixture
def other(database_url: str) -> Iterator[Engine]:
    """A second process's engine on the same database, which soon gives up."""
    impatient = open_engine(database_url, timeout=2)
    yield impatient
    impatient.dispose()


def _add_ward(engine: Engine, ward_id: str) -> None:
    with writing(engine) as connection:
        connection.execute(insert(ward).values(id=ward_id, name=ward_id))


def _names(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(ward.c.id).order_by(ward.c.id)).scalars())


def test_what_was_written_can_be_read(engine: Engine) -> None:
    _add_ward(engine, "a")
    assert _names(engine) == ["a"]


def test_an_exception_takes_back_all_that_was_written(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(insert(ward).values(id="a", name="a"))
        1 / 0  # noqa: B018
    assert _names(engine) == []


def test_a_reading_cannot_write(engine: Engine) -> None:
    with pytest.raises(Problem) as raised, reading(engine) as connection:
        connection.execute(insert(ward).values(id="a", name="a"))
    assert raised.value.key == "store.read_only"


def test_a_connection_that_read_can_write_afterwards(engine: Engine) -> None:
    for number in range(3):
        _names(engine)
        _add_ward(engine, f"w{number}")
    assert _names(engine) == ["w0", "w1", "w2"]


def test_a_database_that_its_owner_made_read_only_is_not_overruled(
    postgres_fresh_url: str,
) -> None:
    with opened(postgres_fresh_url) as owner, writing(owner) as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    with opened(postgres_fresh_url) as engine:
        assert _names(engine) == []
        for repeatable in (False, True):
            with pytest.raises(Problem) as raised, writing(engine, repeatable) as connection:
                connection.execute(insert(ward).values(id="a", name="a"))
            assert raised.value.key == "store.read_only"


def test_a_reading_sees_one_instant(engine: Engine, other: Engine) -> None:
    with reading(engine) as connection:
        before = connection.execute(select(ward.c.id)).all()
        _add_ward(other, "a")
        assert connection.execute(select(ward.c.id)).all() == before == []
    assert _names(engine) == ["a"]


def test_a_foreign_key_to_another_wards_hub_is_refused(engine: Engine) -> None:
    _add_ward(engine, "a")
    _add_ward(engine, "b")
    with writing(engine) as connection:
        connection.execute(insert(hub).values(ward_id="a", id="h", code="h", name="h"))
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(
            insert(hub).values(ward_id="b", id="x", code="x", name="x", replaced_by="h")
        )


def test_a_writing_transaction_takes_sqlites_lock_before_its_first_statement(
    sqlite_url: str,
) -> None:
    with opened(sqlite_url) as engine, writing(engine):
        foreign = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            foreign.execute("BEGIN IMMEDIATE")
        foreign.close()


def test_a_reading_neither_waits_for_a_writer_nor_stops_one(sqlite_url: str) -> None:
    with opened(sqlite_url) as engine, opened(sqlite_url) as other, reading(engine) as connection:
        assert connection.execute(select(ward.c.id)).all() == []
        with writing(other) as writer:
            writer.execute(insert(ward).values(id="a", name="a"))
            assert _names(engine) == []


def test_a_locked_database_is_named_as_locked(engine: Engine, other: Engine) -> None:
    _add_ward(engine, "a")
    with writing(engine) as connection:
        connection.execute(update(ward).values(name="x"))
        with pytest.raises(Problem) as raised, writing(other) as second:
            second.execute(update(ward).values(name="y"))
    assert raised.value.key == "store.locked"


def test_two_repeatable_writers_of_one_row_are_told_to_try_again(
    postgres_fresh_url: str,
) -> None:
    with opened(postgres_fresh_url) as engine:
        _add_ward(engine, "a")
        with pytest.raises(Problem) as raised, writing(engine, repeatable=True) as connection:
            connection.execute(select(ward.c.id)).all()
            with writing(engine) as second:
                second.execute(update(ward).values(name="y"))
            connection.execute(update(ward).values(name="x"))
    assert raised.value.key == "store.conflict"


def test_a_statement_that_takes_too_long_is_given_up(postgres_fresh_url: str) -> None:
    impatient = open_engine(postgres_fresh_url, timeout=0.1)
    with pytest.raises(Problem) as raised, reading(impatient) as connection:
        connection.execute(text("SELECT pg_sleep(30)"))
    impatient.dispose()
    assert raised.value.key == "store.slow"


def test_postgresql_plans_each_statement_for_its_own_values(postgres_fresh_url: str) -> None:
    asked = text("SELECT code FROM hub WHERE ward_id = :ward AND code > :code")
    with opened(postgres_fresh_url) as engine, reading(engine) as connection:
        for number in range(20):
            connection.execute(asked, {"ward": "w", "code": str(number)}).all()
        plans = "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements"
        own, general = connection.execute(text(plans)).one()
    assert own > 5
    assert general == 0


def test_postgresql_speaks_utc_whatever_the_server_prefers(postgres_fresh_url: str) -> None:
    with opened(postgres_fresh_url) as engine, reading(engine) as connection:
        assert connection.execute(text("SHOW timezone")).scalar() == "UTC"


def test_connecting_does_not_create_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with opened(f"sqlite:///{path}") as engine, pytest.raises(Problem) as raised:
        _names(engine)
    assert raised.value.key == "store.gone"
    assert str(path) in str(raised.value)
    assert not path.exists()


def test_a_file_deleted_under_an_open_engine_is_missed(sqlite_url: str) -> None:
    with opened(sqlite_url) as engine:
        assert _names(engine) == []
        Path(sqlite_url.removeprefix("sqlite:///")).unlink()
        with pytest.raises(Problem) as raised:
            _names(engine)
    assert raised.value.key == "store.gone"


def test_a_file_restored_under_an_open_engine_is_read(sqlite_url: str, tmp_path: Path) -> None:
    path, backup = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    shutil.copyfile(path, backup)
    with opened(f"sqlite:///{backup}") as saved:
        _add_ward(saved, "restored")
    with opened(sqlite_url) as engine:
        assert _names(engine) == []
        backup.replace(path)
        assert _names(engine) == ["restored"]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Kính gửi Ủy ban nhân dân phường, " * 100, "utf-8")
    with opened(f"sqlite:///{path}") as engine, pytest.raises(Problem) as raised:
        _names(engine)
    assert raised.value.key == "store.not_a_database"


def test_a_path_with_odd_letters_is_opened(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "phường 100% #1.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as engine:
        assert _names(engine) == []


def test_a_first_connection_waits_while_another_holds_the_new_file(tmp_path: Path) -> None:
    """Switching a file to WAL is refused at once by SQLite while anybody else holds it."""
    path = tmp_path / "new.db"
    holder = sqlite3.connect(path, check_same_thread=False)
    holder.execute("CREATE TABLE t (n)")
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, holder.commit)
    with opened(f"sqlite:///{path}") as engine:
        release.start()
        with reading(engine) as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    release.join()
    holder.close()


@pytest.mark.parametrize("running", [False, True])
def test_a_file_without_right_to_write_is_named(sqlite_template: Path, running: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="ops-center-"))
    url = f"sqlite:///{folder / 'ward.db'}"
    shutil.copyfile(sqlite_template, folder / "ward.db")
    try:
        with opened(url) as engine:
            if running:
                assert _names(engine) == []
            (folder / "ward.db").chmod(0o444)
            folder.chmod(0o555)
            assert _key_of_writing_as_nobody(url) == "store.read_only"
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _key_of_writing_as_nobody(url: str) -> str:
    """The key of the problem that a user without rights gets; root has all rights, so fork."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.write(writer, _key_of_writing(url).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as answer:
        return answer.read()


def _key_of_writing(url: str) -> str:
    try:
        if os.geteuid() == 0:
            os.setuid(pwd.getpwnam("nobody").pw_uid)
        _add_ward(open_engine(url), "a")
    except Problem as problem:
        return problem.key
    except BaseException as error:
        return repr(error)
    return "written"


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    engine = open_engine("postgresql://clerk:s3cret@127.0.0.1:9/ward")
    with pytest.raises(Problem) as raised:
        _names(engine)
    assert raised.value.key == "store.gone"
    for language in LANGUAGES:
        assert "127.0.0.1" in raised.value.text(language)
        assert "s3cret" not in raised.value.text(language)


def test_a_database_the_server_does_not_have_is_named(postgres_url: str) -> None:
    with (
        opened(postgres_url.removesuffix("/postgres") + "/nowhere") as engine,
        pytest.raises(Problem) as raised,
    ):
        _names(engine)
    assert raised.value.key == "store.no_database"


def test_a_session_ended_by_the_server_is_named_and_the_next_one_works(
    postgres_fresh_url: str,
) -> None:
    with opened(postgres_fresh_url) as engine:
        with pytest.raises(Problem) as raised, writing(engine) as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            _end_session(postgres_fresh_url, pid)
            connection.execute(text("SELECT 1"))
        assert raised.value.key == "store.gone"
        assert _names(engine) == []


def test_a_copy_cut_off_by_the_server_is_named_and_the_next_one_works(
    postgres_fresh_url: str,
) -> None:
    """COPY goes past SQLAlchemy, so its errors come straight from the driver."""
    with opened(postgres_fresh_url) as engine:
        with pytest.raises(Problem) as raised, writing(engine) as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            driver = connection.connection.driver_connection
            assert driver
            with driver.cursor() as cursor, cursor.copy("COPY ward (id, name) FROM STDIN") as copy:
                _end_session(postgres_fresh_url, pid)
                for number in range(100_000):
                    copy.write_row((f"w{number}", "x" * 100))
        assert raised.value.key == "store.gone"
        assert _names(engine) == []


def test_an_idle_session_ended_by_the_server_is_not_noticed(postgres_fresh_url: str) -> None:
    with opened(postgres_fresh_url) as engine:
        with reading(engine) as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        _end_session(postgres_fresh_url, pid)
        assert _names(engine) == []


def _end_session(url: str, pid: int) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ward.db",
        "mysql://host/ward",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+asyncpg://h/d",
    ],
)
def test_an_address_of_no_use_is_refused_with_the_right_form(url: str) -> None:
    with pytest.raises(Problem) as raised:
        open_engine(url)
    assert raised.value.key == "store.wrong_url"
    assert "sqlite:///" in str(raised.value)


def test_a_mistake_of_the_program_stays_a_mistake(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(heartbeat).values(process=None, at=None))


def test_a_database_without_tables_is_named(empty_database_url: str) -> None:
    if empty_database_url.startswith("sqlite"):
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    with opened(empty_database_url) as engine, pytest.raises(Problem) as raised:
        _names(engine)
    assert raised.value.key == "store.not_migrated"
