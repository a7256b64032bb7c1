"""A tab's newer question ends its older one, on both databases, and nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from ops_center.i18n import Problem
from ops_center.store.session import open_engine, reading
from ops_center.web.asking import Asking, Superseded, asked
from tests.fixtures.running import eventually

_FOREVER = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
    "SELECT max(x) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def ask_for_ever(connection: Connection) -> None:
    connection.execute(text(_FOREVER[connection.dialect.name])).all()


class Asker(threading.Thread):
    """Asks something endless in a thread, and keeps how it ended."""

    def __init__(self, asking: Asking, engine: Engine, tab: str) -> None:
        super().__init__(daemon=True)
        self.begun, self.ended = threading.Event(), ""
        self._question = asking, engine, tab
        self.start()

    def run(self) -> None:
        asking, engine, tab = self._question
        try:
            with asking.asked(engine, tab, "view") as connection:
                self.begun.set()
                ask_for_ever(connection)
        except Superseded:
            self.ended = "superseded"
        except Exception as error:
            self.ended = repr(error)


def await_statements(engine: Engine, *askers: Asker) -> None:
    """Until the database works on what they ask: PostgreSQL forgets a cancellation before that."""
    assert all(asker.begun.wait(60) for asker in askers)
    if engine.dialect.name == "postgresql":
        eventually(lambda: _sleeping(engine) == len(askers))


def _sleeping(engine: Engine) -> int:
    asleep = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event = 'PgSleep'"
    )
    with reading(engine) as connection:
        return int(connection.execute(text(asleep)).scalar_one())


@pytest.mark.parametrize("ask", [None, 5, "x", [], {}, {"search": 5, "tab": {}, "number": -1},
                                 {"number": 2**60}, {"number": "7"}])
def test_whatever_a_browser_sends_is_read(ask: Any) -> None:
    one = asked(ask, "/explore", "en")
    assert one.query.path == "/explore" and one.query.language == "en"
    assert isinstance(one.tab, str) and one.number == 0


def test_a_question_is_read_as_it_was_put() -> None:
    one = asked({"search": "?hub=A&lang=ar", "tab": "t" * 60, "number": 3}, "/campaign", "vi")
    assert (one.query["hub"], one.query.language, one.tab, one.number) == ("A", "ar", "t" * 40, 3)


def test_a_newer_question_of_the_tab_ends_the_older(engine: Engine) -> None:
    asking = Asking()
    older = Asker(asking, engine, "tab")
    await_statements(engine, older)
    with asking.asked(engine, "tab", "view") as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    older.join(60)
    assert older.ended == "superseded"
    with asking.asked(engine, "tab", "view") as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2


def test_a_question_overtaken_between_two_statements_begins_no_other(engine: Engine) -> None:
    asking = Asking()
    with pytest.raises(Superseded), asking.asked(engine, "tab", "view") as older:
        older.execute(text("SELECT 1")).all()
        with asking.asked(engine, "tab", "view"):
            pass
        older.execute(text("SELECT 2")).all()
        pytest.fail("it went on")


def test_other_tabs_and_other_questions_go_on(engine: Engine) -> None:
    asking = Asking()
    mine = Asker(asking, engine, "mine")
    await_statements(engine, mine)
    for tab, what in (("yours", "view"), ("mine", "rows"), ("", "view")):
        with asking.asked(engine, tab, what) as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    assert mine.is_alive()
    with asking.asked(engine, "mine", "view"):
        pass
    mine.join(60)
    assert mine.ended == "superseded"


@pytest.fixture
def two_processes(postgres_fresh_url: str) -> Iterator[list[tuple[Asking, Engine]]]:
    """What each of two web processes has of its own."""
    engines = [open_engine(postgres_fresh_url, timeout=60) for _ in range(2)]
    yield [(Asking(), engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def test_a_newer_question_ends_the_older_in_another_process(
    two_processes: list[tuple[Asking, Engine]],
) -> None:
    (first, its_engine), (second, other_engine) = two_processes
    older, stranger = Asker(first, its_engine, "tab"), Asker(first, its_engine, "stranger")
    await_statements(other_engine, older, stranger)
    with second.asked(other_engine, "tab", "view") as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    older.join(60)
    assert older.ended == "superseded"
    assert stranger.is_alive()
    with second.asked(other_engine, "stranger", "view"):
        pass
    stranger.join(60)
    assert stranger.ended == "superseded"
    with first.asked(its_engine, "tab", "view") as connection:
        assert connection.execute(text("SHOW application_name")).scalar() != "ops-center"
    with reading(its_engine) as connection:
        assert connection.execute(text("SHOW application_name")).scalar() == "ops-center"


def test_a_question_that_comes_late_to_another_process_ends_itself(
    two_processes: list[tuple[Asking, Engine]],
) -> None:
    (first, its_engine), (second, other_engine) = two_processes
    with (
        first.asked(its_engine, "tab", number=5) as newer,
        pytest.raises(Superseded),
        second.asked(other_engine, "tab", number=4),
    ):
        pass
    assert newer.closed


def test_a_time_out_is_no_newer_question(postgres_fresh_url: str) -> None:
    engine = open_engine(postgres_fresh_url, timeout=0.2)
    with (
        pytest.raises(Problem, match="did not answer in time"),
        Asking().asked(engine, "tab", "view") as connection,
    ):
        ask_for_ever(connection)
    engine.dispose()


def test_a_question_that_comes_after_a_newer_one_ends_itself(engine: Engine) -> None:
    asking = Asking()
    with (
        asking.asked(engine, "tab", number=5),
        pytest.raises(Superseded),
        asking.asked(engine, "tab", number=4),
    ):
        pass
