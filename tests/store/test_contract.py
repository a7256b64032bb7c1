"""db/README.md holds for other systems: every column is explained, every example runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from ops_center.material import folder
from ops_center.store.session import reading
from ops_center.store.tables import metadata
from tests.fixtures.databases import opened
from tests.store.foreign import Foreign, foreign_writer

README = (folder("db") / "README.md").read_text("utf-8")
GRANTS = (folder("db") / "grants.sql").read_text("utf-8")
EXAMPLES = re.findall(r"^```sql ?(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def _sections() -> dict[str, list[str]]:
    """Table → the columns that its section explains."""
    found: dict[str, list[str]] = {}
    for heading, body in re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", README, re.DOTALL | re.M):
        columns = re.findall(r"^\| `(\w+)` \| \S", body, re.MULTILINE)
        found |= dict.fromkeys(heading.split(", "), columns)
    return found


def _columns(table: str) -> set[str]:
    return set(metadata.tables[table].columns.keys())


_ROLL_UPS = ("cell", "hub_cell", "channel_cell", "kind_cell", "week_cell")
SHARED = dict.fromkeys(_ROLL_UPS, frozenset().union(*map(_columns, _ROLL_UPS)))
"""Tables explained in one section, with the columns of both."""


def test_every_table_is_explained_and_none_that_is_not_there() -> None:
    assert set(_sections()) == set(metadata.tables)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_column_is_explained_once(table: str) -> None:
    assert sorted(_sections()[table]) == sorted(SHARED.get(table, _columns(table)))


def _statements(role: str) -> list[str]:
    parts = (part for found, block in EXAMPLES if found == role for part in block.split(";\n"))
    return [part for part in parts if part.strip()]


@pytest.fixture
def logins(database_url: str) -> Iterator[dict[str, str]]:
    """URLs of the owner, a writer and a reader; on SQLite they are one."""
    if database_url.startswith("sqlite"):
        yield dict.fromkeys(("owner", "writer", "reader"), database_url)
        return
    with foreign_writer(database_url) as owner:
        owner.run(GRANTS, GRANTS)  # twice: it may be run again
        for role in ("writer", "reader"):
            owner.run(
                f"DROP ROLE IF EXISTS t_{role}",
                f"CREATE ROLE t_{role} LOGIN IN ROLE ops_center_{role}",
            )
    yield {
        "owner": database_url,
        **{role: _as(database_url, f"t_{role}") for role in ("writer", "reader")},
    }


def _as(url: str, user: str) -> str:
    return make_url(url).set(username=user).render_as_string(hide_password=False)


def test_every_example_does_something_when_run_in_order(logins: dict[str, str]) -> None:
    assert {role for role, _ in EXAMPLES} == {"", "writer", "reader"}
    with foreign_writer(logins["owner"]) as owner:
        owner.run(*_statements(""))
        for statement in _statements("writer"):
            with foreign_writer(logins["writer"]) as writer:
                assert writer.execute(statement) == 1, statement
                writer.commit()
            marked = owner.marks()
            assert bool(marked) is ("dossier_event" not in statement), statement
        assert owner.ask("SELECT status, supplement_count, rating FROM dossier") == [(10, 1, 5)]
        assert owner.ask("SELECT count(*) FROM waiting WHERE to_at IS NOT NULL") == [(1,)]
    for statement in _statements("reader"):
        with foreign_writer(logins["reader"]) as reader:
            reader.ask(statement)


def test_a_row_of_the_examples_reads_back_as_aware_instants(logins: dict[str, str]) -> None:
    with foreign_writer(logins["owner"]) as owner:
        owner.run(*_statements(""), *_statements("writer"))
    with opened(logins["owner"]) as engine, reading(engine) as connection:
        row = connection.execute(metadata.tables["dossier"].select()).one()
    assert row.received_at.isoformat() == "2026-08-05T01:30:00+00:00"
    assert row.result_electronic is True
    assert row.data_reused is False
    assert row.population_data_used is None


# ---------------------------------------------------------------- the roles of PostgreSQL

WRITTEN = (
    "dossier", "dossier_event", "waiting", "support_activity", "petition", "evaluation_input",
)  # fmt: skip
REFERRED_TO = (
    "ward", "hub", "hub_alias", "person", "source", "field", "procedure", "calendar_day",
    "topic", "campaign", "indicator", "activity_past",
)  # fmt: skip


@pytest.fixture
def roles(postgres_fresh_url: str) -> Iterator[dict[str, Foreign]]:
    with foreign_writer(postgres_fresh_url) as owner:
        owner.run(GRANTS, *_statements(""), *_statements("writer"))
        for role in ("writer", "reader"):
            owner.run(
                f"DROP ROLE IF EXISTS t_{role}",
                f"CREATE ROLE t_{role} LOGIN IN ROLE ops_center_{role}",
            )
    with (
        foreign_writer(_as(postgres_fresh_url, "t_writer")) as writer,
        foreign_writer(_as(postgres_fresh_url, "t_reader")) as reader,
    ):
        yield {"writer": writer, "reader": reader}


def _allowed(who: Foreign, statement: str) -> bool:
    try:
        who.ask(statement)
    except psycopg.errors.InsufficientPrivilege:
        who.undo()
        return False
    return True


def test_a_writer_reads_what_it_refers_to_and_nothing_derived(roles: dict[str, Foreign]) -> None:
    readable = {
        table
        for table in metadata.tables
        if _allowed(roles["writer"], f"SELECT * FROM {table} LIMIT 1")
    }
    assert readable == {*WRITTEN, *REFERRED_TO}


def test_a_writer_changes_only_what_sources_know(roles: dict[str, Foreign]) -> None:
    changeable = {
        table
        for table in metadata.tables
        if _allowed(roles["writer"], f"DELETE FROM {table} WHERE false RETURNING 1")
        and _allowed(
            roles["writer"], f"INSERT INTO {table} SELECT * FROM {table} WHERE false RETURNING 1"
        )
    }
    assert changeable == set(WRITTEN)


def test_a_reader_reads_everything_but_the_applicant(roles: dict[str, Foreign]) -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            allowed = _allowed(roles["reader"], f"SELECT {column.name} FROM {table.name} LIMIT 1")
            assert allowed is (str(column) != "dossier.applicant"), column
    assert not _allowed(roles["reader"], "SELECT * FROM dossier")


def test_a_reader_changes_nothing(roles: dict[str, Foreign]) -> None:
    for table in metadata.tables:
        assert not _allowed(roles["reader"], f"DELETE FROM {table} RETURNING 1"), table


@pytest.mark.parametrize("role", ["writer", "reader"])
def test_no_role_may_create_tables_or_forge_marks(roles: dict[str, Foreign], role: str) -> None:
    for statement in (
        "CREATE TABLE public.mine AS SELECT 1",
        "INSERT INTO change (ward_id, dossier_id) VALUES ('dong-ngac', 'x') RETURNING 1",
        "SELECT public.mark_dossier()",
    ):
        with pytest.raises(psycopg.Error):
            roles[role].ask(statement)
        roles[role].undo()
