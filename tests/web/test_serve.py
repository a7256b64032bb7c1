"""`ops-center serve` as it is really run: processes, ports, signals."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from ops_center.i18n import Problem
from ops_center.settings import Settings
from ops_center.store.session import open_engine, writing
from ops_center.web import serve
from tests.fixtures.running import eventually, free_port, get, running, serving, stop


def test_a_taken_port_is_named_with_the_remedy(sqlite_ward_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=rf"{port} on 127.0.0.1 is taken.*--port {port + 1}"):
            serve.run(Settings(database_url=sqlite_ward_url, port=port))


@pytest.mark.parametrize(("host", "port"), [("::1%none", 8050), ("127.0.0.1", 99_999)])
def test_an_address_that_cannot_be_listened_on_is_named(host: str, port: int) -> None:
    with pytest.raises(Problem, match="cannot be listened on"):
        serve.listen(Settings(host=host, port=port))


def test_a_missing_sqlite_file_is_said_before_serving(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="ops-center db upgrade"):
        serve.run(Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}"))


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    engine = open_engine(database_url, timeout=60)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Problem, match="newer version"):
        serve.check_database(Settings(database_url=database_url))


def test_a_postgresql_that_is_not_there_yet_keeps_no_server_from_starting() -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    serve.check_database(Settings(database_url=url))


def test_the_server_answers_from_several_processes_and_ends_when_asked(
    sqlite_ward_url: str, tmp_path: Path
) -> None:
    port = free_port()
    log = tmp_path / "log"
    with serving(log, port, database_url=sqlite_ward_url, web_workers="2") as process:
        status, body, _ = get(f"http://127.0.0.1:{port}/health")
        assert status == 503  # no worker runs
        assert json.loads(body)["state"] == "worker_late"
        eventually(lambda: len(psutil.Process(process.pid).children()) == 2)
        keys = {get(f"http://127.0.0.1:{port}/api/snapshot/overview")[2]["X-Build"]}
        assert len(keys) == 1
        long = f"http://127.0.0.1:{port}/explore?lang=en&hub=" + "x" * 10_000
        assert get(long)[0] == 200, "sent on to a shorter address"
        assert get(long + "x" * 60_000)[0] == 414
        assert stop(process) == 0
    assert "Traceback" not in log.read_text()


def test_on_the_command_line_a_refusal_is_a_sentence_and_not_a_traceback(
    sqlite_ward_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    settings = {"database_url": sqlite_ward_url, "host": "0.0.0.0", "language": "en"}
    with running("serve", log=log, settings=settings) as process:
        assert process.wait(120) == 2
    assert "no accounts yet" in log.read_text()
    assert "Traceback" not in log.read_text()
