"""A newcomer's first minute: the demo starts, shows its wall, and ends as one."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ops_center.demo import Demo, environment, prepare, refuse_taken_port
from ops_center.i18n import Problem
from ops_center.store.session import writing
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened
from tests.fixtures.running import eventually, free_port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`ops-center demo` in a folder of its own, with a week of history."""
    words = ["demo", "--days", "7", "--port", str(free_port())]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ops_center", *words],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OPS_CENTER_LANGUAGE": "en"},
    )
    yield process
    process.terminate()
    process.communicate()


def wall(process: subprocess.Popen[str]) -> str:
    """The address it prints; fails when it ends without one."""
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if found := re.search(r"http://\S+/wall", line):
            return found[0]
    raise AssertionError("".join(told))


def ended(process: psutil.Process) -> bool:
    """Even if nobody has asked yet how."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_the_demo_shows_its_wall_and_ctrl_c_ends_everything(
    demo: subprocess.Popen[str], tmp_path: Path
) -> None:
    with urllib.request.urlopen(wall(demo), timeout=60) as reply:
        assert reply.status == 200
    children = psutil.Process(demo.pid).children(recursive=True)
    assert len(children) >= 3

    demo.send_signal(signal.SIGINT)
    said, _ = demo.communicate(timeout=120)

    assert demo.returncode == 0
    assert said.endswith("Everything is stopped.\n")
    eventually(lambda: all(map(ended, children)))
    assert (tmp_path / "demo.db").exists()


def test_a_taken_port_is_named_with_another_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} is taken .*--port {port + 1}"):
            refuse_taken_port(port)


def test_the_demo_is_not_led_astray_by_the_shells_settings() -> None:
    outside = {"OPS_CENTER_DATABASE_URL": "postgresql://real/ward", "OPS_CENTER_WARD": "real"}
    ours = environment(Demo(port=9000), outside)
    assert ours["OPS_CENTER_DATABASE_URL"] == "sqlite:///demo.db"
    assert (ours["OPS_CENTER_WARD"], ours["OPS_CENTER_PORT"]) == ("", "9000")
    assert "OPS_CENTER_KEEPER_KEY" not in ours
    keyed = environment(Demo(keeper_key="k"), outside)
    assert keyed["OPS_CENTER_KEEPER_KEY"] == "k"


def test_the_demo_does_not_write_into_a_real_wards_database(database_url: str) -> None:
    with opened(database_url) as engine, writing(engine) as connection:
        add_ward(connection, Ward("real", "Real"))
    said: list[str] = []
    with pytest.raises(Problem, match=r"real ward \(real\)"):
        prepare(Demo(database_url=database_url), said.append)
    assert said == []
