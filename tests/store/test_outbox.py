"""The outbox's questions go by its small index, however long the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from ops_center.store import outbox
from ops_center.store.outbox import Planned
from ops_center.store.people import add_person
from ops_center.store.session import writing
from ops_center.store.subscriptions import (
    Subscription,
    keep_subscription,
    list_subscriptions,
)
from ops_center.store.wards import Ward, add_ward
from tests.fixtures.databases import opened

NOW = datetime(2026, 8, 14, 0, 0, 5, tzinfo=UTC)

ASKED: dict[str, Callable[[Connection], Any]] = {
    "is ready": lambda it: outbox.is_ready(it, "w", NOW),
    "claim": lambda it: outbox.claim(it, "w", "h", NOW, 60),
    "unwritten": lambda it: outbox.list_unwritten(it, "w", NOW),
    "note": lambda it: outbox.note(it, "w", NOW, "no_server"),
    "give up": lambda it: outbox.give_up(it, "w", NOW - timedelta(hours=12), NOW, ["no_server"]),
    "numbers": lambda it: outbox.numbers(it, "w", NOW - timedelta(days=7)),
    "untold": lambda it: outbox.count_untold(it, "w", NOW - timedelta(days=7)),
}


@pytest.mark.parametrize("question", ASKED)
def test_no_question_walks_through_the_history(question: str, sqlite_url: str) -> None:
    with opened(sqlite_url) as engine:
        with writing(engine) as connection:
            add_ward(connection, Ward("w", "Phường W"))
        asked = _statements(engine, ASKED[question])
        with engine.connect() as connection:
            for statement, values in asked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps = [step for *_, step in plan if "outbox" in step]
                assert steps, statement
                for step in steps:
                    by_key = "sqlite_autoindex" in step or "id=?" in step
                    few = "ix_outbox_unsettled" in step or "due_at>?" in step
                    assert by_key or few, step


def _statements(
    engine: Engine, ask: Callable[[Connection], Any]
) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *rest: Any) -> None:
        if "outbox" in statement:
            found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with writing(engine) as connection:
        ask(connection)
    event.remove(engine, "before_cursor_execute", note)
    return found


def test_what_is_planned_twice_is_there_once(engine: Engine) -> None:
    rows = [
        Planned("daily", f"s{n % 3}", f"p{n % 2}@x.test", None, NOW, NOW, f"<{n}>")
        for n in range(12)
    ]
    with writing(engine) as connection:
        add_ward(connection, Ward("w", "Phường W"))
        assert outbox.plan(connection, "w", rows) == 6
        assert outbox.plan(connection, "w", rows) == 0
        assert len(outbox.list_outbox(connection, "w")) == 6


def test_two_readers_of_one_address_have_each_their_row(engine: Engine) -> None:
    with writing(engine) as connection:
        add_ward(connection, Ward("w", "Phường W"))
        readers: list[str] = []
        for name in ("An", "Bình"):
            id = add_person(connection, "w", name, email="office@x.test")
            language = ("vi", "en")[len(readers)]
            keep_subscription(connection, Subscription("w", id, language=language), NOW)
            readers = [one.id for one in list_subscriptions(connection, "w")]
        rows = [Planned("daily", "s", "office@x.test", id, NOW, NOW, f"<{id}>") for id in readers]
        assert outbox.plan(connection, "w", rows) == 2
        assert outbox.plan(connection, "w", rows) == 0
