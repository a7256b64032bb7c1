"""A wrong rule file is said when the program starts, not when somebody opens the page."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops_center.check import look
from ops_center.i18n import Problem
from ops_center.jobs import worker
from ops_center.settings import Settings
from ops_center.web import serve

NOW = datetime(2026, 9, 3, 7, 0, tzinfo=UTC)


@pytest.fixture
def spoilt(tmp_path: Path) -> Settings:
    """Settings that name a folder with a rule file without a code."""
    (tmp_path / "own.toml").write_text('kind = "boards"\n', "utf-8")
    return Settings(
        database_url="sqlite:///none.db", port=1, language="en", rules_folder=str(tmp_path)
    )


@pytest.mark.parametrize("run", [serve.run, worker.run])
def test_no_process_starts_with_a_wrong_rule_file(
    run: Callable[[Settings], None], spoilt: Settings
) -> None:
    with pytest.raises(Problem, match=r"own\.toml: the key board is missing"):
        run(spoilt)


def test_check_says_what_is_wrong_with_it_and_names_those_that_are_right(spoilt: Settings) -> None:
    bad = [one.sentence for one in look(spoilt, NOW) if one.state == "bad"]
    assert any("own.toml: the key board is missing" in sentence for sentence in bad)
    good = look(Settings(database_url="sqlite:///none.db", port=1, language="en"), NOW)
    assert any("qd766-2022" in one.sentence for one in good if one.state == "good")


def test_a_keeper_s_key_that_could_be_guessed_is_said() -> None:
    guessed = "secret"
    settings = Settings(database_url="sqlite:///none.db", port=1, language="en", keeper_key=guessed)
    assert any("at least 16" in one.sentence for one in look(settings, NOW) if one.state == "bad")
