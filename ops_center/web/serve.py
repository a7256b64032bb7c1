"""`ops-center serve`: the web server, a few processes of a few threads each."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.metrics.scheme import read_rules
from ops_center.store.migrate import require_current
from ops_center.store.session import open_engine
from ops_center.web.guard import check_address

if TYPE_CHECKING:
    from flask import Flask

    from ops_center.settings import Settings

BACKLOG = 512  # connections that wait while all threads are busy
KEEP_ALIVE = 75  # seconds, longer than any screen waits between two questions
PATIENCE = 10  # seconds that running replies get when the server is told to stop
LONGEST_LINE = 65_536  # characters of an address that are read at all; pages cut it (shortening)
STUCK = 30  # seconds after which a process without a sign of life is replaced

# What may pass by itself: the server starts all the same, and the screens say so and come back.
_PASSING = frozenset(f"store.{kind}" for kind in ("gone", "slow", "crowded", "locked"))


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Problem for an address that may not be used, a port that is
    taken, a rule file with an error, or a database of another version."""
    check_address(settings)
    read_rules(settings.rules_folder)
    check_database(settings)
    if not settings.secret_key:  # one for all processes
        settings = replace(settings, secret_key=secrets.token_hex(32))
    with closing(listen(settings)) as listener:
        host, port = listener.getsockname()[:2]
        logs.event("web.listening", host=host, port=port, processes=settings.web_workers)
        if hasattr(os, "fork"):
            _serve_with_processes(settings, listener)
        else:
            _serve_with_threads(settings, listener)


def check_database(settings: Settings) -> None:
    """Problem when the database can't be used by this program, or an SQLite file is missing."""
    engine = open_engine(settings.database_url, timeout=settings.database_timeout)
    try:
        require_current(engine)
    except Problem as problem:
        if problem.key not in _PASSING or engine.dialect.name == "sqlite":
            raise
        logs.warning("web.database_not_there_yet", reason=str(problem))
    finally:
        engine.dispose()


def listen(settings: Settings) -> socket.socket:
    """The listening socket; Problem when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _refusal(error, settings) from error
    return listener


def _refusal(error: Exception, settings: Settings) -> Problem:
    code = getattr(error, "errno", None)
    place: dict[str, Any] = {"host": settings.host, "port": settings.port}
    if code == errno.EADDRINUSE:
        return Problem("live.port_taken", other=settings.port + 1, **place)
    if code == errno.EACCES:
        return Problem("live.port_forbidden", **place)
    return Problem("live.no_address", reason=error, **place)


def _serve_with_processes(settings: Settings, listener: socket.socket) -> None:
    """gunicorn. Each process makes its own application after the fork: no thread, connection or
    lock is shared with another."""
    from gunicorn.app.base import BaseApplication
    from gunicorn.http import message

    message.MAX_REQUEST_LINE = LONGEST_LINE  # gunicorn takes no limit above its own 8,190, or none

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _gunicorn_options(settings, listener).items():
                self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            return _application(settings)

    Server().run()


def _gunicorn_options(settings: Settings, listener: socket.socket) -> dict[str, Any]:
    return {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "backlog": BACKLOG,
        "workers": settings.web_workers,
        "worker_class": "gthread",
        "threads": settings.web_threads,
        "keepalive": KEEP_ALIVE,
        "limit_request_line": LONGEST_LINE,
        "timeout": STUCK,
        "graceful_timeout": PATIENCE,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "ops-center-web",
    }


def _application(settings: Settings) -> Flask:
    from ops_center.web.app import create_app

    server: Flask = create_app(settings).server
    return server


def _serve_with_threads(settings: Settings, listener: socket.socket) -> None:
    """One process with threads, where the system has no fork (Windows): enough for a desk."""
    from werkzeug.serving import make_server

    logs.warning("web.one_process", reason="this system cannot fork; fewer screens are served")
    make_server(
        settings.host, settings.port, _application(settings), threaded=True, fd=listener.fileno()
    ).serve_forever()
