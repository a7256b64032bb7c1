"""What teams report is heard at once, whoever writes it, and a correction keeps what was said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from ops_center.metrics.catalog import MEASURES
from ops_center.store import rollup
from ops_center.store.activities import (
    Activity,
    Topic,
    activity_sums,
    add_activity,
    add_topic,
    heard_days,
    last_reports,
    list_activities,
    list_past,
    list_topics,
)
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.rollup import refresh
from ops_center.store.session import reading, writing
from ops_center.store.sources import list_sources
from ops_center.store.system import find_revision, oldest_change
from tests.store.foreign import DOSSIER, PLANTED, Foreign, foreign_writer, plant

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
NEWS = ("w", "", None)
DAY = date(2026, 8, 5)
AT = datetime(2026, 8, 5, 9, tzinfo=UTC)

REPORT = """
INSERT INTO support_activity (ward_id, id, hub_id, day, topic_id, amount, reported_by, reported_at)
VALUES ('w', 'a1', 'h1', '2026-08-05', 'households', 14, 'Tổ 1', '2026-08-05T09:00:00.000Z')
"""
UPSERT = """
INSERT INTO support_activity (ward_id, hub_id, day, topic_id, amount, reported_by, reported_at)
VALUES ('w', 'h1', '2026-08-05', 'households', {}, 'Tổ 1', '2026-08-05T09:00:00.000Z')
ON CONFLICT (ward_id, hub_id, day, topic_id, team) {}
"""
ITEM = """
INSERT INTO plan_item (ward_id, id, campaign_id, code, content, starts_on, due_on)
VALUES ('w', 'i1', 'c', 'KH-1', 'Tập huấn', '2026-08-01', '2026-08-10')
"""


@pytest.fixture
def writer(shared_url: str) -> Iterator[Foreign]:
    """Another system's connection to a ward with one report and no marks."""
    with foreign_writer(shared_url) as found:
        plant(found)
        found.run(REPORT, "DELETE FROM change")
        yield found
        found.undo()
        for name in ("plan_item", "campaign", "support_activity", "activity_past", "dossier"):
            found.run(f"DELETE FROM {name}")
        found.run("DELETE FROM activity_past", *(f"DELETE FROM {name}" for name in PLANTED))


def past(writer: Foreign) -> list[int]:
    """What was said before, the first first."""
    rows = writer.ask("SELECT amount, replaced_at FROM activity_past")
    return [amount for amount, _ in sorted(rows, key=lambda row: str(row[1]))]


def test_a_report_is_news_without_a_dossier(writer: Foreign) -> None:
    writer.run(REPORT.replace("'a1'", "'a2'").replace("'h1'", "'h2'"))
    assert writer.marks() == [NEWS]
    assert past(writer) == []


def test_a_report_says_whose_source_was_heard(writer: Foreign) -> None:
    writer.run("UPDATE support_activity SET source_id = 'portal'")
    assert writer.marks() == [("w", "", "portal")]
    assert past(writer) == [], "what was reported is the same"


def test_a_correction_is_news_and_keeps_what_was_said(writer: Foreign) -> None:
    for amount in (20, 20, 3):
        writer.run(f"UPDATE support_activity SET amount = {amount}")
    assert writer.marks() == [NEWS, NEWS], "the second time nothing changed"
    assert sorted(past(writer)) == [14, 20]
    ((activity, hub, topic, by),) = writer.ask(
        "SELECT DISTINCT activity_id, hub_id, topic_id, reported_by FROM activity_past"
    )
    assert (activity, hub, topic, by) == ("a1", "h1", "households", "Tổ 1")


def test_a_deleted_report_is_news_and_is_kept(writer: Foreign) -> None:
    writer.run("DELETE FROM support_activity")
    assert writer.marks() == [NEWS]
    assert past(writer) == [14]


def test_an_upsert_that_corrects_keeps_the_past_once(writer: Foreign) -> None:
    writer.run(UPSERT.format(9, "DO UPDATE SET amount = excluded.amount"))
    assert past(writer) == [14]
    assert writer.ask("SELECT id, amount FROM support_activity") == [("a1", 9)]
    assert writer.marks() == [NEWS]


def test_an_upsert_that_says_the_same_leaves_no_past(writer: Foreign) -> None:
    writer.run(UPSERT.format(14, "DO UPDATE SET amount = excluded.amount"))
    assert past(writer) == []
    assert writer.marks() == []


def test_an_upsert_that_does_nothing_leaves_no_past_that_is_read(
    shared: Engine, writer: Foreign
) -> None:
    writer.run(UPSERT.format(9, "DO NOTHING"))
    assert writer.marks() == []
    with reading(shared) as connection:
        assert list_past(connection, "w", DAY, DAY + timedelta(days=1)) == []
    writer.run("UPDATE support_activity SET amount = 15")
    assert past(writer) == [14], "and what SQLite kept for it is gone with the next write"


@pytest.mark.parametrize("id", ["a1", "a2"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlites_replace_keeps_the_row_that_vanishes(
    sqlite_url: str, id: str, recursive: str
) -> None:
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        writer.run(f"PRAGMA recursive_triggers = {recursive}", REPORT)
        said_anew = REPORT.replace("INSERT", "INSERT OR REPLACE").replace("'a1'", f"'{id}'")
        writer.run(said_anew.replace("14", "8"))
        assert writer.ask("SELECT id, amount FROM support_activity") == [(id, 8)]
        assert past(writer) == [14]
        writer.run(said_anew.replace("14", "7"))
        assert past(writer) == [14, 8]


def test_sqlites_replace_that_says_the_same_is_no_correction(sqlite_url: str) -> None:
    with foreign_writer(sqlite_url) as writer:
        plant(writer)
        writer.run(REPORT, REPORT.replace("INSERT", "INSERT OR REPLACE"))
        assert past(writer) == []


def test_a_rolled_back_correction_leaves_nothing(shared_url: str, writer: Foreign) -> None:
    with foreign_writer(shared_url) as other:
        other.execute("UPDATE support_activity SET amount = 1")
        other.undo()
    assert past(writer) == []
    assert writer.marks() == []


@pytest.mark.parametrize(
    "column", ["hub_id = 'nowhere'", "topic_id = 'nothing'", "source_id = 'nobody'", "amount = -1"]
)
def test_what_cannot_be_is_refused_even_from_an_indifferent_writer(
    writer: Foreign, column: str
) -> None:
    name, value = column.split(" = ")
    with pytest.raises(REFUSED):
        writer.run(f"UPDATE support_activity SET {column}")
    writer.undo()
    columns = "ward_id, hub_id, day, topic_id, amount, source_id"
    said = {"hub_id": "'h2'", "topic_id": "'households'", "amount": "1", "source_id": "NULL"}
    said[name] = value
    values = f"'w', {said['hub_id']}, '2026-08-05', {said['topic_id']}, {said['amount']}"
    with pytest.raises(REFUSED):
        writer.run(
            f"INSERT INTO support_activity ({columns}) VALUES ({values}, {said['source_id']})"
        )
    writer.undo()


def test_what_becomes_of_the_plan_is_news(writer: Foreign) -> None:
    writer.run(
        "INSERT INTO campaign (ward_id, id, name, starts_on) VALUES ('w', 'c', 'C', '2026-08-01')",
        ITEM,
    )
    assert writer.marks() == [NEWS]
    for _ in range(2):
        writer.run("UPDATE plan_item SET progress = 50")
    assert writer.marks() == [NEWS]
    writer.run("DELETE FROM plan_item")
    assert writer.marks() == [NEWS]


# --- the refresher


def _round(engine: Engine) -> rollup.Round | None:
    with writing(engine, repeatable=True) as connection:
        return refresh(connection, "w", MEASURES, now=AT)


def test_news_bumps_the_revision_and_is_settled(shared: Engine, writer: Foreign) -> None:
    writer.run("UPDATE support_activity SET amount = 20")
    with reading(shared) as connection:
        before = find_revision(connection, "w").number
        assert oldest_change(connection, "w") is not None
    done = _round(shared)
    assert done is not None
    assert (done.marks, done.dossiers, done.cells) == (1, 0, 0)
    with reading(shared) as connection:
        assert find_revision(connection, "w").number == before + 1
        assert oldest_change(connection, "w") is None
        assert list(rollup.check(connection, "w", MEASURES)) == []
    assert _round(shared) is None
    writer.run("DELETE FROM revision")


def test_news_beside_a_dossier_is_one_round_and_its_source_was_heard(
    shared: Engine, writer: Foreign
) -> None:
    writer.run(
        "INSERT INTO source (ward_id, id, name) VALUES ('w', 'teams', 'Tổ công nghệ số')",
        DOSSIER,
        "UPDATE support_activity SET source_id = 'teams'",
    )
    done = _round(shared)
    assert done is not None
    assert (done.marks, done.dossiers) == (2, 1)
    with reading(shared) as connection:
        heard = {one.id: one.last_heard_at for one in list_sources(connection, "w")}
    assert all(heard.values()) and set(heard) == {"portal", "teams"}
    writer.run("DELETE FROM dossier")
    _round(shared)
    writer.run("DELETE FROM revision")


# --- written and read by the program


@pytest.fixture
def hub_id(connection: Connection, ward_id: str) -> str:
    add_hub(connection, Hub(ward_id, "TDP-77", "Tổ 77", "here"))
    add_hub(connection, Hub(ward_id, "TDP-78", "Tổ 78", "old", replaced_by="here"))
    return "here"


def test_a_report_said_again_stays_and_one_said_otherwise_is_corrected(
    connection: Connection, ward_id: str, hub_id: str
) -> None:
    said = Activity(hub_id, DAY, "households", 14, reported_by="Tổ 1", reported_at=AT, id="r1")
    later = Activity(hub_id, DAY, "households", 14, reported_by="Tổ 1")
    assert add_activity(connection, ward_id, said) == "added"
    assert add_activity(connection, ward_id, later) == "unchanged"
    assert list_activities(connection, ward_id, DAY, DAY + timedelta(days=1)) == [said]
    lower = Activity(hub_id, DAY, "households", 9, reported_at=AT + timedelta(hours=3))
    assert add_activity(connection, ward_id, lower) == "changed"
    (kept,) = list_past(connection, ward_id, DAY, DAY + timedelta(days=1))
    assert (kept.activity_id, kept.amount, kept.reported_by) == ("r1", 14, "Tổ 1")
    assert kept.reported_at == AT
    assert abs(kept.replaced_at - datetime.now(UTC)) < timedelta(hours=1)


def test_sums_are_the_rows_added_up_where_hubs_merged(
    connection: Connection, ward_id: str, hub_id: str
) -> None:
    rows = [
        Activity(hub_id, DAY, "households", 3),
        Activity(hub_id, DAY, "households", 4, team="2"),
        Activity("old", DAY, "households", 5),
        Activity(hub_id, DAY + timedelta(days=1), "households", 0),
        Activity(hub_id, DAY, "vneid", 7),
    ]
    for row in rows:
        add_activity(connection, ward_id, row)
    span = DAY, DAY + timedelta(days=9)
    found = activity_sums(connection, ward_id, ["households"], *span)
    assert found == {"households": {"here": {DAY: 12, DAY + timedelta(days=1): 0}}}
    shown = list_activities(connection, ward_id, *span, topics=["households"], hub_ids=["here"])
    assert sum(one.amount for one in shown if one.day == DAY) == 12
    assert len(shown) == 4
    assert heard_days(connection, ward_id, *span) == {"here": {DAY, DAY + timedelta(days=1)}}


def test_a_hub_is_heard_when_it_reports_whatever_day_the_report_is_about(
    connection: Connection, ward_id: str, hub_id: str
) -> None:
    for minutes, day in ((0, DAY), (30, DAY - timedelta(days=3))):
        when = AT + timedelta(minutes=minutes)
        add_activity(connection, ward_id, Activity("old", day, "vneid", 0, reported_at=when))
    last = AT + timedelta(minutes=30)
    end = AT + timedelta(hours=1)
    assert last_reports(connection, ward_id, AT, end) == {"here": last}
    assert last_reports(connection, ward_id, AT, last) == {"here": AT}
    assert last_reports(connection, ward_id, end, end + timedelta(hours=1)) == {}


def test_a_topic_is_known_by_its_id(connection: Connection) -> None:
    new = Topic("market", "Chợ không tiền mặt", unit="turn", position=99)
    assert add_topic(connection, new) == "added"
    assert add_topic(connection, new) == "unchanged"
    assert list_topics(connection)[-1] == new
