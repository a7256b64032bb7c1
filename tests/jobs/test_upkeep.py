"""`db check` and `db rebuild`: proved and mended from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, update

from ops_center.i18n import LANGUAGES
from ops_center.jobs import upkeep
from ops_center.store.session import writing
from ops_center.store.tables import cell
from tests.jobs.world import Writer, new_ward
from tests.store.ward_of_two import MONDAY, sum_up

NOW = datetime(2026, 9, 30, tzinfo=UTC)


@pytest.fixture
def ward_id(engine: Engine) -> str:
    """A ward with one dossier, summed."""
    ward_id = new_ward(engine)
    Writer(engine, ward_id).do("insert", 1, 3)
    sum_up(engine, ward_id)
    return ward_id


def damage(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(cell).values(received=cell.c.received + 1))


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OPS_CENTER_DATABASE_URL": url, "OPS_CENTER_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-m", "ops_center", "db", *arguments],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def test_a_check_says_what_is_wrong_and_a_rebuild_mends_it(
    engine: Engine, database_url: str, ward_id: str
) -> None:
    right = command(database_url, "check")
    assert (right.returncode, right.stderr) == (0, "")
    assert "All sums of Phường Thử" in right.stdout
    damage(engine)
    wrong = command(database_url, "check")
    assert wrong.returncode == 1
    assert "received: 2 is written, 1 follows" in wrong.stdout
    assert "ops-center db rebuild" in wrong.stdout
    mended = command(database_url, "rebuild")
    assert (mended.returncode, mended.stdout) == (0, "Phường Thử is summed anew (revision 2).\n")
    assert command(database_url, "check").returncode == 0


def test_a_check_of_a_ward_that_is_not_there_names_those_that_are(
    sqlite_url: str,
) -> None:
    none = command(sqlite_url, "check", "--ward", "nowhere")
    assert none.returncode == 2
    assert "There is no ward" in none.stderr


def test_what_a_check_found_is_told_in_every_language(
    engine: Engine, database_url: str, ward_id: str
) -> None:
    damage(engine)
    Writer(engine, ward_id).do("insert", 2, 3)
    with writing(engine) as connection:
        for number in range(30):
            place = {"hub_id": f"x{number}", "procedure_id": "p", "channel_level": "post"}
            connection.execute(insert(cell).values(ward_id=ward_id, day=MONDAY.date(), **place))
    proof = upkeep.check(database_url, ward_id)
    assert proof.unsummed == 1 and proof.count > len(proof.differences)
    for language in LANGUAGES:
        sentences = proof.sentences(language)
        assert str(proof.count) in sentences[-1] and "Phường Thử" in sentences[-1]
        assert len(sentences) == len(proof.differences) + 3


def test_a_rebuild_tells_how_far_it_is(engine: Engine, database_url: str, ward_id: str) -> None:
    told: list[tuple[int, int]] = []
    upkeep.rebuild(
        database_url, None, NOW, dues=True, progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (1, 1)
