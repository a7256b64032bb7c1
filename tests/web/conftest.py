"""A ward with nothing but itself, a clock that stands still, and a page of the simplest kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash, html
from sqlalchemy import Connection, text

from ops_center.settings import Settings
from ops_center.store import system, wards
from ops_center.store.session import open_engine, writing
from ops_center.web.app import create_app
from ops_center.web.condition import Clock
from ops_center.web.live import Live
from ops_center.web.pulse import Pulse

NOON = datetime(2026, 8, 5, 5, 0, tzinfo=UTC)  # 12:00 in Hanoi, a Wednesday


@dataclass
class Standstill:
    """A clock that moves only when told to."""

    wall: datetime = NOON
    tick: float = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.tick += seconds

    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.tick)


@dataclass
class StandIn:
    """Takes snapshots and draws scenes as simply as can be, and counts."""

    takes: int = 0
    draws: int = 0
    failure: Exception | None = None
    during: Callable[[], None] = field(default=lambda: None)

    def take(self, connection: Connection, ward_id: str, now: datetime) -> Any:
        self.takes += 1
        self.during()
        if self.failure:
            raise self.failure
        received = connection.execute(text("SELECT count(*) FROM dossier")).scalar_one()
        return SimpleNamespace(
            revision=system.find_revision(connection, ward_id).number, received=received, now=now
        )

    def draw(self, scene: str, snapshot: Any, language: str, theme: str) -> dict[str, Any]:
        self.draws += 1
        return {f"{scene}-number": {"children": f"{snapshot.received} {language} {theme}"}}


def plain_layout(query: Any, first: dict[str, Any]) -> html.Main:
    shown = [html.Div(id=name, **props) for name, props in first.items()]
    return html.Main(shown, id="main", lang=query.language)


def nothing_to_register(app: Dash, desk: Any) -> None:
    pass


PLAIN = {"/wall": SimpleNamespace(layout=plain_layout, register=nothing_to_register)}
SCENES = ("overview", "hubs")


def plant(url: str, now: datetime = NOON) -> None:
    """One ward, its worker just seen alive."""
    engine = open_engine(url, timeout=60)
    with writing(engine) as connection:
        wards.add_ward(connection, wards.Ward(id="w1", name="Phường Đông Ngạc"))
        system.beat(connection, "worker", now)
    engine.dispose()


def write(url: str, statement: str, **values: object) -> None:
    engine = open_engine(url, timeout=60)
    with writing(engine) as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def summed(url: str) -> None:
    """As the refresher does at the end of a round."""
    write(url, "UPDATE revision SET number = number + 1")


@pytest.fixture
def standstill() -> Standstill:
    return Standstill()


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def ward_url(database_url: str) -> str:
    """A database with one ward, on SQLite and on PostgreSQL."""
    plant(database_url)
    return database_url


@pytest.fixture
def sqlite_ward_url(sqlite_url: str) -> str:
    plant(sqlite_url)
    return sqlite_url


@pytest.fixture
def open_live(
    standstill: Standstill, stand_in: StandIn
) -> Iterator[Callable[[str], Live]]:
    """Make a Live on a database, with the clock at a standstill; its pulse beats when told."""
    opened: list[Live] = []

    def make(url: str) -> Live:
        pulse = Pulse(Settings(database_url=url, database_timeout=60), standstill.clock())
        opened.append(Live(pulse, "b1", SCENES, stand_in.draw, stand_in.take))
        return opened[-1]

    yield make
    for live in opened:
        live.pulse.close()


@pytest.fixture
def app(sqlite_ward_url: str, open_live: Callable[[str], Live]) -> Dash:
    """An app with a plain page on a quiet ward."""
    return create_app(
        Settings(database_url=sqlite_ward_url), live=open_live(sqlite_ward_url), pages=PLAIN
    )


