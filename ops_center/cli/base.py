"""What every command is made with: the group, the database, an end by signal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import click

from ops_center import logs, settings
from ops_center.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

PATIENT = 30.0  # seconds a command waits for the database; screens wait much less

say = click.echo


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ops-center", message="ops-center %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """The operations centre of a ward: dossiers come in, are summed, and are seen live."""
    context.obj = settings.load()
    logs.configure(context.obj.log_format, context.obj.log_level)


@contextmanager
def database(chosen: Settings) -> Iterator[Engine]:
    """The migrated database of a command, closed at the end."""
    from ops_center.store import migrate
    from ops_center.store.session import open_engine

    engine = open_engine(chosen.database_url, timeout=PATIENT)
    try:
        migrate.require_current(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def ended_by_signal() -> Iterator[Event]:
    """An event that Ctrl-C and `kill` set, so that work ends between two writes."""
    stop = Event()
    signs = (signal.SIGINT, signal.SIGTERM)
    before = {sign: signal.signal(sign, lambda *_: stop.set()) for sign in signs}
    try:
        yield stop
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
