"""Upgrading: once, twice, by two at once, from elsewhere, and never by half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, Inspector, inspect, text

from ops_center.i18n import Problem
from ops_center.material import folder
from ops_center.store import migrate, seeds
from ops_center.store.migrate import require_current, revisions, state, upgrade
from ops_center.store.session import open_engine, reading, writing
from ops_center.store.tables import metadata
from tests.fixtures.databases import opened
from tests.store.foreign import foreign_writer

NEWEST = revisions()[-1]


def test_an_upgraded_database_has_exactly_the_tables_of_the_program(engine: Engine) -> None:
    def is_of_this_database(thing: Any, *_: object) -> bool:
        return bool(thing.info.get("dialect", engine.dialect.name) == engine.dialect.name)

    with reading(engine) as connection:
        options = {"include_object": is_of_this_database}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_an_upgraded_database_has_the_very_constraints_a_fresh_one_would_have(
    engine: Engine,
) -> None:
    """What Alembic does not compare: checks, keys, defaults and precision, as reflected."""
    migrated = _reflected(inspect(engine))
    with writing(engine) as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert migrated == _reflected(inspect(engine))


def _reflected(found: Inspector) -> dict[str, Any]:
    return {
        table: {
            "columns": [
                (c["name"], str(c["type"]), getattr(c["type"], "precision", None),
                 c["nullable"], str(c["default"]))
                for c in found.get_columns(table)
            ],
            "primary": found.get_pk_constraint(table),
            "checks": sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "foreign": sorted(map(str, found.get_foreign_keys(table))),
            "indexes": sorted(map(_index, found.get_indexes(table))),
        }
        for table in metadata.tables
    }  # fmt: skip


def _index(found: Any) -> str:
    where = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return str({**found, "dialect_options": where})


def test_the_comparison_sees_the_checks(engine: Engine) -> None:
    checks = _reflected(inspect(engine))["dossier"]["checks"]
    declared = [c for c in metadata.tables["dossier"].constraints if isinstance(c, CheckConstraint)]
    assert len(declared) > 5
    assert "ck_dossier_rating" in [name for name, _ in checks]


def test_a_second_upgrade_finds_nothing_to_do(empty_database_url: str) -> None:
    with opened(empty_database_url) as engine:
        assert upgrade(engine) == tuple(revisions())
        assert upgrade(engine) == ()
        assert state(engine) == "current"
        require_current(engine)


def test_two_upgrades_at_once_both_end_well(empty_database_url: str) -> None:
    script = (
        "import sys; from ops_center.store.session import open_engine\n"
        "from ops_center.store.migrate import upgrade\n"
        "sys.stdin.readline(); print(len(upgrade(open_engine(sys.argv[1]))))"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, empty_database_url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60) for racer in racers]
    assert sorted(out.strip() for out, _ in answers) == ["0", "0", str(len(revisions()))], answers


def test_a_failed_upgrade_leaves_nothing_behind(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: object) -> None:
        raise RuntimeError("the power went off")

    with opened(empty_database_url) as engine:
        monkeypatch.setattr(seeds, "plant", fail)
        with pytest.raises(RuntimeError):
            upgrade(engine)
        assert inspect(engine).get_table_names() == []
        assert state(engine) == "empty"
        monkeypatch.undo()
        assert upgrade(engine) == tuple(revisions())


def test_an_upgrade_waits_only_so_long_for_a_locked_database(sqlite_url: str) -> None:
    with opened(sqlite_url) as engine, writing(engine), pytest.raises(Problem) as raised:
        upgrade(engine, patience=0.05)
    assert raised.value.key == "store.locked"


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DELETE FROM calendar_day"))
    assert state(engine) == "ahead"
    for attempt in (upgrade, require_current):
        with pytest.raises(Problem) as raised:
            attempt(engine)
        assert raised.value.key == "store.ahead"
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM calendar_day")).scalar() == 0


def test_a_database_of_an_older_version_asks_for_the_upgrade(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "revisions", lambda: [NEWEST, "9998"])
    assert state(engine) == "behind"
    with pytest.raises(Problem, match="db upgrade") as raised:
        require_current(engine)
    assert raised.value.key == "store.behind"


def test_a_database_without_tables_asks_for_the_upgrade(empty_database_url: str) -> None:
    if empty_database_url.startswith("sqlite"):
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    with opened(empty_database_url) as engine, pytest.raises(Problem, match="db upgrade") as raised:
        require_current(engine)
    assert raised.value.key == "store.not_migrated"


def test_another_programs_tables_are_left_alone(empty_database_url: str) -> None:
    if empty_database_url.startswith("sqlite"):
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    with opened(empty_database_url) as engine:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE hub (port INTEGER)"))
        with pytest.raises(Problem, match="hub") as raised:
            upgrade(engine)
        assert raised.value.key == "store.occupied"
        assert inspect(engine).get_table_names() == ["hub"]


def test_a_database_that_cannot_hold_vietnamese_is_refused(postgres_url: str) -> None:
    with foreign_writer(postgres_url) as administrator:
        administrator.alone("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        try:
            url = postgres_url.removesuffix("/postgres") + "/latin"
            with opened(url) as engine, pytest.raises(Problem, match="createdb") as raised:
                upgrade(engine)
        finally:
            administrator.alone("DROP DATABASE latin")
    assert raised.value.key == "store.encoding"


def test_a_server_that_is_too_old_is_refused(
    postgres_fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_POSTGRESQL", (99,))
    with opened(postgres_fresh_url) as engine, pytest.raises(Problem) as raised:
        upgrade(engine)
    assert raised.value.key == "store.old_server"


def test_a_missing_folder_is_named_and_not_created(tmp_path: Path) -> None:
    missing = tmp_path / "data"
    with opened(f"sqlite:///{missing / 'ward.db'}") as engine, pytest.raises(Problem) as raised:
        upgrade(engine)
    assert raised.value.key == "store.no_folder"
    assert str(missing) in str(raised.value)
    assert not missing.exists()


def test_the_file_names_tell_alembics_own_order_of_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(folder("db") / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [one.revision for one in reversed(scripts)] == revisions()


def test_no_migration_imports_the_program() -> None:
    for path in (folder("db") / "migrations").rglob("*.py"):
        assert "ops_center" not in path.read_text("utf-8"), path


def test_the_engine_given_may_be_an_impatient_one(empty_database_url: str) -> None:
    impatient = open_engine(empty_database_url, timeout=0.05)
    assert upgrade(impatient) == tuple(revisions())
    impatient.dispose()
