"""What every room's tests share: databases, a browser, real data, and how hypothesis behaves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fixtures.browser import MISSING, browser
from tests.fixtures.databases import (
    database_url,
    empty_database_url,
    engine,
    postgres_fresh_url,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "browser", "database_url", "empty_database_url", "engine", "postgres_fresh_url",
    "postgres_template", "postgres_url", "real_data", "sqlite_template", "sqlite_url",
]

_SUPPRESSED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

# The same examples at every run: what is green stays green. "thorough" looks for new ones.
settings.register_profile(
    "default", derandomize=True, deadline=None, max_examples=20, database=None,
    suppress_health_check=_SUPPRESSED,
)
settings.register_profile(
    "thorough", deadline=None, max_examples=300, suppress_health_check=_SUPPRESSED,
)
settings.load_profile(os.environ.get("OPS_CENTER_HYPOTHESIS", "default"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own OPS_CENTER_… must not change what a test sees."""
    for name in list(os.environ):
        if name.startswith("OPS_CENTER_") and name not in ("OPS_CENTER_REAL_DATA",):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real files, which are not part of the project."""
    named = os.environ.get("OPS_CENTER_REAL_DATA")
    if not named:
        pytest.skip("NO REAL DATA: name its folder in OPS_CENTER_REAL_DATA")
    folder = Path(named)
    assert folder.is_dir(), f"OPS_CENTER_REAL_DATA names {folder}, which is no folder"
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said so that nobody can overlook it."""
    skipped = terminalreporter.stats.get("skipped", [])
    for sign in (MISSING, "NO POSTGRESQL", "NO REAL DATA"):
        count = sum(sign in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_sep("!", f"{sign}: {count} tests were skipped", red=True)
