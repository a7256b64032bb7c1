"""One ward for all tests that only read, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ops_center.mail.letter import Findings, Reading, Wish, check, read, write
from ops_center.store.letters import Letter
from ops_center.store.session import reading
from ops_center.store.wards import find_ward
from tests.fixtures.databases import opened, postgres_database
from tests.mail.world import NOW, fill, wish


@pytest.fixture(scope="session")
def on_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("letters") / "ward.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as engine:
        fill(engine)
        yield engine


@pytest.fixture(scope="session")
def on_postgresql(postgres_url: str, postgres_template: str) -> Iterator[Engine]:
    with postgres_database(postgres_url, postgres_template) as url, opened(url) as engine:
        fill(engine)
        yield engine


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def filled(request: pytest.FixtureRequest) -> Engine:
    """The ward, on each database."""
    found: Engine = request.getfixturevalue(request.param)
    return found


def take(engine: Engine, asked: Wish) -> Reading:
    """The reading of that wish."""
    with reading(engine) as connection:
        return read(connection, find_ward(connection), asked)


class Post:
    """The ward's letters, each written once for all tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reading = take(engine, wish())
        self._written: dict[Any, Letter] = {}

    def findings(self, language: str = "vi") -> Findings:
        return check(self.reading, NOW, language)

    def letter(self, language: str = "vi", **more: Any) -> Letter:
        """The whole ward's letter, whatever it lacks."""
        key = language, tuple(sorted(more.items()))
        if key not in self._written:
            asked = wish(language, **more)
            self._written[key] = write(self.reading, asked, self.findings(language), final=True)
        return self._written[key]

    def without(self, language: str = "vi", **parts: Any) -> Letter:
        """The letter of a reading that is changed so."""
        changed = replace(self.reading, drawn={}, **parts)
        return write(changed, wish(language), check(changed, NOW, language), final=True)


@pytest.fixture(scope="session")
def post(on_sqlite: Engine) -> Post:
    return Post(on_sqlite)
