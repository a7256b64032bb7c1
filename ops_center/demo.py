"""A believable ward on this machine: database, history, and web, worker and live traffic as
child processes, stopped together."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from ops_center.i18n import Problem, text

if TYPE_CHECKING:
    from sqlalchemy import Engine

FILE = Path("demo.db")
STARTED_WITHIN = 60.0  # seconds until the web server must have answered
STOPPED_WITHIN = 10.0  # seconds a child has to end before it is killed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]
Children = Mapping[str, subprocess.Popen[bytes]]


@dataclass(frozen=True)
class Demo:
    """What was asked for on the command line."""

    port: int = 8050
    speed: float = 1.0
    realistic: bool = False
    keep: bool = False
    database_url: str = ""  # empty: the file demo.db
    days: int = 120
    language: str = "vi"
    keeper_key: str = ""  # empty: that of the shell, if it has one

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{FILE}"

    @property
    def wall(self) -> str:
        return f"http://127.0.0.1:{self.port}/wall"


def run(demo: Demo, say: Say) -> int:
    """Prepare the ward and run it until Ctrl-C; the exit code.

    Problem when the port is taken or the database belongs to another ward.
    """
    if not os.environ.get("OPS_CENTER_KEEPER_KEY"):
        demo = replace(demo, keeper_key=secrets.token_urlsafe(12))
    try:
        with _ended_by_any_signal():
            refuse_taken_port(demo.port)
            prepare(demo, say)
            with running(demo) as children:
                if _wall_is_up(demo, children):
                    say(text("hall.demo.ready", demo.language, address=demo.wall))
                    if demo.keeper_key:
                        say(text("evaluation.keeper.demo", demo.language, secret=demo.keeper_key))
                return _watch(children, demo.language, say)
    except KeyboardInterrupt:
        say(text("hall.demo.stopped", demo.language))
        return 0


def refuse_taken_port(port: int) -> None:
    """Problem when another program listens on that port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Problem("hall.demo.port_taken", port=port, other=port + 1) from error


# --- the ward --------------------------------------------------------------------------------


def prepare(demo: Demo, say: Say) -> None:
    """A migrated database with the demo's ward and its history; as it is with `keep`."""
    from ops_center.store.migrate import state, upgrade
    from ops_center.store.session import open_engine

    if not demo.keep and not demo.database_url:
        _remove(FILE)
    engine = open_engine(demo.url, timeout=30.0)
    try:
        if demo.database_url and state(engine) != "empty":
            _has_ward(engine)  # a real ward's tables are not even brought up to date
        say(text("hall.demo.migrating", demo.language, database=engine.url.render_as_string()))
        upgrade(engine)
        if not _has_ward(engine):
            _fill(engine, demo, say)
    finally:
        engine.dispose()


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)


def _has_ward(engine: Engine) -> bool:
    """Whether the demo's ward is there; Problem when another one is: it is left alone."""
    from ops_center.store.session import reading
    from ops_center.store.wards import list_wards

    with reading(engine) as connection:
        wards = list_wards(connection)
    real = [ward.id for ward in wards if not ward.illustrative]
    if real:
        raise Problem("hall.demo.real_ward", wards=", ".join(real))
    return bool(wards)


def _fill(engine: Engine, demo: Demo, say: Say) -> None:
    """History by the simulator, summed here so that the first picture is whole."""
    from ops_center.simulator.command import Wish
    from ops_center.simulator.command import run as simulate

    say(text("hall.demo.filling", demo.language, days=demo.days))
    now = datetime.now(UTC)
    wish = Wish(days=demo.days)
    simulate(engine, wish, language=demo.language, say=say, stop=Event(), now=now)
    say(text("hall.demo.summing", demo.language))
    _sum(engine, now)


def _sum(engine: Engine, now: datetime) -> None:
    """What the worker does bit by bit, at once."""
    from ops_center.metrics.catalog import MEASURES
    from ops_center.store.rollup import rebuild
    from ops_center.store.session import writing
    from ops_center.store.wards import list_wards

    with writing(engine, repeatable=True) as connection:
        for ward in list_wards(connection):
            rebuild(connection, ward.id, MEASURES, now=now)


# --- the processes ---------------------------------------------------------------------------


def commands(demo: Demo) -> dict[str, list[str]]:
    """The children by name."""
    pace = ["--realistic"] if demo.realistic else []
    return {
        "work": ["work"],
        "serve": ["serve"],
        "simulate": ["simulate", "--live", "--speed", str(demo.speed), *pace],
    }


def environment(demo: Demo, outside: Mapping[str, str]) -> dict[str, str]:
    """The children's settings: those of the shell, with the demo's own on top."""
    ours = {
        "OPS_CENTER_DATABASE_URL": demo.url,
        "OPS_CENTER_PORT": str(demo.port),
        "OPS_CENTER_HOST": "127.0.0.1",
        "OPS_CENTER_WARD": "",
    }
    if demo.keeper_key:
        ours["OPS_CENTER_KEEPER_KEY"] = demo.keeper_key
    return {**outside, "OPS_CENTER_LOG_LEVEL": "warning", **ours}


@contextmanager
def running(demo: Demo) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The children, each in a session of its own, so that Ctrl-C reaches us alone."""
    settings = environment(demo, os.environ)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in commands(demo).items():
            children[name] = subprocess.Popen(
                [sys.executable, "-m", "ops_center", *words],
                env=settings, start_new_session=True,
                stdout=subprocess.DEVNULL,  # what goes wrong is logged on standard error
            )
        yield children
    finally:
        _deaf()
        stop(list(children.values()))


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end; kill the whole session of one that does not."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOPPED_WITHIN
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _deaf() -> None:
    """A second Ctrl-C must not leave half of the children behind."""
    for sign in SIGNALS:
        signal.signal(sign, signal.SIG_IGN)


@contextmanager
def _ended_by_any_signal() -> Iterator[None]:
    """`kill` and a closed terminal end the demo as cleanly as Ctrl-C."""
    before = {sign: signal.signal(sign, _interrupt) for sign in SIGNALS}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _wall_is_up(demo: Demo, children: Children) -> bool:
    """Wait until the web server answers; False as soon as a child has ended."""
    deadline = time.monotonic() + STARTED_WITHIN
    while not _dead(children):
        if _answers(demo.port):
            return True
        if time.monotonic() > deadline:
            raise Problem("hall.demo.no_answer", address=demo.wall)
        time.sleep(0.2)
    return False


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _dead(children: Children) -> list[str]:
    return [name for name, child in children.items() if child.poll() is not None]


def _watch(children: Children, language: str, say: Say) -> int:
    """Returns when a child has ended by itself, which none should."""
    while not (dead := _dead(children)):
        time.sleep(0.2)
    code = children[dead[0]].returncode
    say(text("hall.demo.child_ended", language, name=f"ops-center {dead[0]}", code=code))
    return 1
