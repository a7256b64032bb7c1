"""A ward to bring files into, and a short way to write a file and import it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ops_center.intake.importing import Order, Report, import_dossiers
from ops_center.intake.mapping import FileMapping
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened
from tests.intake.given import NOW, Bring, planted


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Engine]:
    """SQLite alone, where the other database would tell nothing new."""
    with opened(sqlite_url) as engine:
        yield engine


@pytest.fixture
def ward(lite: Engine) -> Ward:
    return planted(lite)


@pytest.fixture
def bring(lite: Engine, ward: Ward, tmp_path: Path) -> Bring:
    """Imports text (or bytes, or a path) as a file of dossiers; rejects go to out.csv."""

    def bring(content: str | bytes | Path, **wanted: Any) -> Report:
        path = content if isinstance(content, Path) else tmp_path / "in.csv"
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            path.write_bytes(content)
        order = Order(path, FileMapping(), "portal", "vi", NOW, rejects=tmp_path / "out.csv")
        return import_dossiers(lite, ward, replace(order, **wanted))

    return bring
