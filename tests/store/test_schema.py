"""db/schema.*.sql say what tables and triggers are, and a migrated database is what they say."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, text

from ops_center.store import schema, triggers
from ops_center.store.session import reading, writing

FUNCTIONS = "mark_dossier(), mark_waiting(), mark_report(), mark_news(), keep_activity()"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_written_schema_is_up_to_date(dialect: str) -> None:
    assert schema.path(dialect).read_text("utf-8") == schema.text(dialect), (
        "renew it: python -m ops_center.store.schema --write"
    )


def test_the_command_tells_and_renews_an_outdated_schema(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schema, "folder", lambda name: tmp_path)
    assert schema.main([]) == 1
    assert "--write" in capsys.readouterr().err
    assert schema.main(["--write"]) == 0
    assert schema.main([]) == 0


def _installed(engine: Engine) -> list[str]:
    query = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT pg_get_functiondef(oid) FROM pg_proc "
            "WHERE proname LIKE 'mark_%' OR proname = 'keep_activity' "
            "UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
            "UNION ALL SELECT proname || proacl::text FROM pg_proc WHERE proname LIKE 'mark_%'"
        ),
    }[engine.dialect.name]
    with reading(engine) as connection:
        return sorted(connection.execute(text(query)).scalars())


def test_a_migrated_database_has_the_triggers_of_the_program(engine: Engine) -> None:
    migrated = _installed(engine)
    assert len(migrated) >= 8
    with writing(engine) as connection:
        for statement in triggers.statements(engine.dialect.name):
            name = re.match(r"CREATE (TRIGGER|FUNCTION) (\w+)", statement)
            if name and name[1] == "TRIGGER":
                table = re.search(r" ON (\w+)", statement)
                assert table
                of = f" ON {table[1]}" if engine.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {name[2]}{of}"))
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"DROP FUNCTION {FUNCTIONS}"))
        for statement in triggers.statements(engine.dialect.name):
            connection.exec_driver_sql(statement)
    assert _installed(engine) == migrated
