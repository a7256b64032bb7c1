"""An instant comes back as the same millisecond in UTC, from either database."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import StatementError

from ops_center.store.instant import SPELLING, spelled, to_millisecond
from ops_center.store.session import reading, writing
from ops_center.store.tables import heartbeat

HANOI = timezone(timedelta(hours=7))
MOMENTS = (
    datetime(2026, 8, 5, 23, 59, 59, 999_999, UTC),
    datetime(2026, 8, 5, 0, 0, tzinfo=HANOI),
    datetime(2026, 12, 31, 23, 59, 59, 1_001, HANOI),
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_instant_comes_back_in_utc_to_the_millisecond(engine: Engine, moment: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(insert(heartbeat).values(process="p", at=moment))
    with reading(engine) as connection:
        found = connection.execute(select(heartbeat.c.at)).scalar_one()
    assert found == to_millisecond(moment)
    assert found.utcoffset() == timedelta(0)


def test_postgresql_itself_keeps_no_more_than_milliseconds(postgres_fresh_url: str) -> None:
    from tests.store.foreign import foreign_writer

    with foreign_writer(postgres_fresh_url) as writer:
        writer.run(
            "INSERT INTO heartbeat (process, at) VALUES ('p', '2026-08-05T01:30:00.123456Z')"
        )
        assert writer.ask("SELECT at FROM heartbeat")[0][0].microsecond == 123_000


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 8, 5)  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"), writing(engine) as connection:
        connection.execute(insert(heartbeat).values(process="p", at=naive))


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(HANOI)))  # noqa: DTZ001
def test_sqlite_itself_agrees_with_our_spelling(moment: datetime) -> None:
    with sqlite3.connect(":memory:") as connection:
        query = f"SELECT strftime('{SPELLING}', ?)"
        assert connection.execute(query, (spelled(moment),)).fetchone() == (spelled(moment),)
    connection.close()


def test_every_millisecond_of_a_minute_passes_sqlites_check() -> None:
    """Its check computes with floating point; a rounding slip would refuse an honest instant."""
    start = datetime(2026, 8, 5, 1, 30, tzinfo=UTC)
    connection = sqlite3.connect(":memory:")
    connection.create_function("ours", 1, lambda n: spelled(start + timedelta(milliseconds=n)))
    slips = connection.execute(
        "WITH RECURSIVE n(ms) AS (SELECT 0 UNION ALL SELECT ms + 1 FROM n WHERE ms < 59999) "
        f"SELECT ours(ms) FROM n WHERE strftime('{SPELLING}', ours(ms)) IS NOT ours(ms)"
    ).fetchall()
    connection.close()
    assert slips == []


def test_the_databases_own_clock_writes_the_same_spelling(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO change (ward_id, dossier_id) VALUES ('w', 'd')"))
    with reading(engine) as connection:
        found = connection.execute(text("SELECT at FROM change")).scalar_one()
    if isinstance(found, str):
        assert found == spelled(datetime.fromisoformat(found))
    else:
        assert found == to_millisecond(found)
