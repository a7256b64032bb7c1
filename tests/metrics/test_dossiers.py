"""A list has as many rows as its number says, in one order, whoever asks for which page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, update

from ops_center.metrics import listing, worklist
from ops_center.metrics.catalog import MEASURES, METRICS
from ops_center.metrics.columns import DAYS as DAYS_OF_ROWS
from ops_center.metrics.columns import ENDS, Columns
from ops_center.metrics.dossiers import (
    SORTS,
    Listed,
    find_dossier,
    list_dossiers,
    masked,
    stream_dossiers,
)
from ops_center.metrics.listing import natural_order
from ops_center.metrics.reading import read
from ops_center.metrics.scope import Scope, listed
from ops_center.metrics.standing import STANDINGS
from ops_center.store.rollup import refresh
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle
from tests.metrics.test_explore import limits
from tests.metrics.test_oracle import questions
from tests.metrics.world import DAYS, FIRST, HANOI, PROCEDURES, fill, make, now


def everything(ward: Ward) -> Scope:
    first = FIRST[ward.id]
    return Scope(ward.id, first, first + timedelta(days=DAYS))


def test_a_list_has_as_many_rows_as_its_number(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    @examples(max_examples=10)
    @given(questions(ward, oracle), limits(), st.sampled_from(sorted(METRICS)))
    def holds(question: Any, limit: Any, name: str) -> None:
        scope, as_of = replace(question[0], **limit), question[1]
        page = list_dossiers(connection, ward, scope, as_of, name=name, limit=1000)
        assert len(page.rows) == page.total
        number = read(connection, ward, scope, as_of, [name]).numbers[name]
        kind = METRICS[name].kind
        if kind == "amount":
            assert page.total == number.value
        elif kind != "distinct":
            assert page.total == number.denominator
        _, rows = stream_dossiers(connection, ward, scope, as_of, name=name)
        assert tuple(rows) == page.rows

    holds()


@pytest.mark.parametrize("name", ["received", "late", "overdue", "to_process", "online_share"])
def test_pages_put_together_are_the_whole_list(
    connection: Connection, ward: Ward, name: str
) -> None:
    scope, as_of = everything(ward), now(ward)
    for descending in (True, False):
        whole = list_dossiers(
            connection, ward, scope, as_of, name=name, descending=descending, limit=1000
        )
        pages = [
            row
            for start in range(0, whole.total + 40, 40)
            for row in list_dossiers(
                connection, ward, scope, as_of, name=name, descending=descending, start=start,
                limit=40,
            ).rows
        ]  # fmt: skip
        assert pages == list(whole.rows)
        order = [getattr(row, whole.sort) for row in whole.rows]
        assert order == sorted(order, reverse=descending)


Holds = Callable[[Listed], Any]


def _on(ward: Ward, name: str, first: date | None, last: date | None) -> tuple[Columns, Holds]:
    """The rows of those local days, and a plain test of a row."""

    def holds(row: Listed) -> bool:
        at = getattr(row, name)
        day = at and at.astimezone(ward.zone).date()
        return day is not None and (first or day) <= day <= (last or day)

    return Columns(days=((name, first, last),)), holds


def kept_rows(ward: Ward) -> list[tuple[Columns, Holds]]:
    """Each column's narrowing beside what it means, in plain Python over the rows."""
    first, code = FIRST[ward.id], first_code(ward)
    begin, end = first + timedelta(days=3), first + timedelta(days=6)
    kinds = frozenset(PROCEDURES[:2])
    some: list[tuple[Columns, Holds]] = [
        (Columns(code="-001"), lambda row: "-001" in row.code),
        (Columns(code=code.lower()), lambda row: row.code == code),
        (Columns(code="%"), lambda row: False),
        (Columns(worked=(60, 900)), lambda row: 60 <= (row.worked_minutes or 0) <= 900),
        (Columns(worked=(None, 0)), lambda row: row.worked_minutes == 0),
        (Columns(hubs=frozenset("ab")), lambda row: row.hub_id in "ab"),
        (Columns(hubs=frozenset()), lambda row: False),
        (Columns(officials=frozenset({None, "An"})), lambda row: row.official_id in (None, "An")),
        (Columns(channel_levels=frozenset({"post"})), lambda row: row.channel_level == "post"),
        (Columns(procedures=kinds), lambda row: row.procedure_id in kinds),
    ]
    some += [(Columns(standings=frozenset({name})), partial(_stands, name)) for name in STANDINGS]
    some += [(Columns(ends=frozenset({name})), partial(_ends, name)) for name in ENDS]
    some += [_on(ward, name, begin, end) for name in DAYS_OF_ROWS]
    return [*some, _on(ward, "due_at", None, end), _on(ward, "ended_at", first, None)]


def _stands(name: str, row: Listed) -> bool:
    return row.standing == name


def _ends(name: str, row: Listed) -> bool:
    return (row.outcome or row.end_kind) == name


def first_code(ward: Ward) -> str:
    return str(make(ward, 1).dossiers[0]["code"])


def test_a_column_keeps_the_rows_that_say_so(connection: Connection, ward: Ward) -> None:
    scope, as_of = everything(ward), now(ward)
    names = ("to_process", "received")  # without a day of its own, and with one
    whole = {
        name: list_dossiers(connection, ward, scope, as_of, name=name, limit=1000).rows
        for name in names
    }
    for number, (columns, holds) in enumerate(kept_rows(ward)):
        name, there = names[number % 2], listed(scope, columns)
        page = list_dossiers(connection, ward, there, as_of, name=name, limit=1000)
        assert page.rows == tuple(row for row in whole[name] if holds(row)), columns
        assert page.total == len(page.rows), columns


@pytest.mark.parametrize("few", [0, 3])
def test_a_part_of_a_code_that_many_have_is_found_as_well(
    connection: Connection, ward: Ward, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops_center.metrics.columns.FEW", few)
    scope, as_of = everything(ward), now(ward)
    whole = list_dossiers(connection, ward, scope, as_of, limit=1000).rows
    there = listed(scope, Columns(code="-00"))
    page = list_dossiers(connection, ward, there, as_of, limit=1000)
    assert page.rows == tuple(row for row in whole if "-00" in row.code)
    assert len(page.rows) > few


def test_columns_narrow_together_and_page_by_page(connection: Connection, ward: Ward) -> None:
    scope, as_of = everything(ward), now(ward)
    columns = Columns(
        hubs=frozenset("abc"), ends=frozenset({"early", "on_time"}), worked=(None, 5000)
    )
    there = listed(replace(scope, hubs=frozenset("bc")), columns)
    assert there.hubs == frozenset("bc")
    page = list_dossiers(connection, ward, there, as_of, name="done", limit=1000)
    assert len(page.rows) > 7
    parts = [
        row for start in range(0, page.total + 5, 5)
        for row in list_dossiers(
            connection, ward, there, as_of, name="done", start=start, limit=5
        ).rows
    ]  # fmt: skip
    assert parts == list(page.rows)
    _, streamed = stream_dossiers(connection, ward, there, as_of, name="done")
    assert tuple(streamed) == page.rows


@pytest.mark.parametrize("sort", SORTS)
def test_a_short_list_can_be_sorted_by_anything(
    connection: Connection, ward: Ward, sort: str
) -> None:
    found = {
        descending: list_dossiers(
            connection, ward, everything(ward), now(ward), sort=sort, descending=descending,
            limit=1000,
        )
        for descending in (True, False)
    }  # fmt: skip
    assert {page.sort for page in found.values()} == {sort}
    ids = {turned: [row.dossier_id for row in page.rows] for turned, page in found.items()}
    assert sorted(ids[True]) == sorted(ids[False])
    assert ids[True] != ids[False]
    if sort in ("due_at", "ended_at", "code", "worked_minutes"):
        known = [value for row in found[False].rows if (value := getattr(row, sort)) is not None]
        assert known == sorted(known)
        assert all(getattr(row, sort) is None for row in found[False].rows[len(known) :])


def test_a_long_list_keeps_its_natural_order_and_says_so(
    connection: Connection, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SORTABLE", 10)
    page = list_dossiers(connection, ward, everything(ward), now(ward), sort="code", limit=5)
    assert page.total > 10
    assert page.sort == natural_order(METRICS["received"]) == "received_at"


def test_an_unknown_order_is_the_natural_one(connection: Connection, ward: Ward) -> None:
    page = list_dossiers(
        connection, ward, everything(ward), now(ward), sort="code; DROP TABLE dossier"
    )
    assert page.sort == "received_at"


def test_what_comes_in_later_shifts_no_page(engine: Any) -> None:
    fill(engine, HANOI, make(HANOI, 60))
    scope, as_of = everything(HANOI), now(HANOI)
    with reading(engine) as connection:
        before = list_dossiers(connection, HANOI, scope, as_of, start=5, limit=10)
    with writing(engine, repeatable=True) as connection:
        newer = {"received_at": as_of + timedelta(seconds=1), "submitted_at": None}
        row = make(HANOI, 1, seed=9).dossiers[0] | newer | {"id": "new", "code": "N-1", "status": 4}
        connection.execute(insert(dossier), [row])
        assert refresh(connection, HANOI.id, MEASURES, now=as_of)
    with reading(engine) as connection:
        after = list_dossiers(connection, HANOI, scope, as_of, start=5, limit=10)
    assert after.rows == before.rows
    assert after.total == before.total


def test_a_name_is_never_shown(engine: Any) -> None:
    fill(engine, HANOI, make(HANOI, 40))
    with writing(engine) as connection:
        connection.execute(update(dossier).values(applicant="Nguyễn Thị  Ánh"))
    with reading(engine) as connection:
        page = list_dossiers(connection, HANOI, everything(HANOI), now(HANOI), limit=100)
        story = find_dossier(connection, HANOI, page.rows[0].code, None, now(HANOI))
    assert {row.applicant for row in page.rows} == {"N. T. Á."}
    assert story
    assert story.facts["applicant"] == "N. T. Á."
    assert masked("  ") is None


# ---------------------------------------------------------------- one dossier, one hub


def test_a_story_tells_how_the_due_time_came_about(connection: Connection, ward: Ward) -> None:
    page = list_dossiers(connection, ward, everything(ward), now(ward), limit=1000)
    kinds = set()
    for row in page.rows[:60]:
        story = find_dossier(connection, ward, row.code, row.source_id, now(ward))
        assert story is not None
        assert story.standing == row.standing
        assert story.steps[0].at == row.received_at
        assert (story.clock or {})["due_at"] == row.due_at
        if row.due_at is not None:
            last = [step.at for step in story.steps if step.kind != "second_supplement"][-1]
            assert last == row.due_at
        kinds |= {step.kind for step in story.steps}
    assert kinds >= {"received", "limit", "given", "waited", "no_limit"}


def test_there_is_no_story_of_an_unknown_code(connection: Connection, ward: Ward) -> None:
    at = now(ward)
    for code, source in (
        ("", None),
        ("' OR 1=1 --", None),
        ("H-0001", "nobody"),
        ("x" * 9000, None),
    ):
        assert find_dossier(connection, ward, code, source, at) is None


def test_the_same_code_of_two_sources_is_two_stories(engine: Any) -> None:
    fill(engine, HANOI, make(HANOI, 10))
    with writing(engine) as connection:
        row = make(HANOI, 1, seed=5).dossiers[0]
        twins = [
            row | {"id": name, "code": "SAME", "source_id": name} for name in ("pushing", "strict")
        ]
        connection.execute(insert(dossier), twins)
    with reading(engine) as connection:
        story = find_dossier(connection, HANOI, "SAME", None, now(HANOI))
        other = find_dossier(connection, HANOI, "SAME", "strict", now(HANOI))
    assert story
    assert other
    assert (story.facts["source_id"], story.twins) == ("pushing", ("strict",))
    assert (other.facts["id"], other.clock) == ("strict", None)


def test_a_worklist_holds_what_the_oracle_says_is_to_do(
    connection: Connection, ward: Ward, oracle: Oracle
) -> None:
    at = now(ward)
    for hub in ("a", "b", "c"):
        found = worklist.take(connection, ward, hub, at)
        mine = [row for row in oracle.frame.itertuples() if row.hub == hub]
        states = [(row, row.life.state(at)) for row in mine if row.life is not None]
        today = {row.id for row, _ in states if row.life.today(at)}
        assert {row.dossier_id for row in found.due_today.rows} == today
        scope = replace(found.scope, hubs=frozenset({hub}))
        number = read(connection, ward, scope, at, ["due_today"]).numbers["due_today"]
        assert number.value == found.due_today.total == len(today)
        for todo, name in ((found.overdue, "overdue"), (found.supplement, "suspended")):
            expected = {row.id for row, state in states if state == name}
            assert {row.dossier_id for row in todo.rows} == expected
            assert todo.total == len(expected)
        assert all(row.standing == "waiting_reception" for row in found.waiting_reception.rows)
        assert all(row.standing == "awaiting_return" for row in found.not_collected.rows)


def test_a_long_worklist_tells_how_many_more_there_are(
    connection: Connection, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = worklist.take(connection, ward, "b", now(ward))
    monkeypatch.setattr(worklist, "MOST", 1)
    short = worklist.take(connection, ward, "b", now(ward))
    for kind in worklist.KINDS:
        long, cut = getattr(whole, kind), getattr(short, kind)
        assert cut.total == long.total
        assert cut.rows == long.rows[:1]
