"""A score equals its rows and an independent recomputation, on both databases, on random wards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, update

from ops_center.domain.evaluation import Period, Rules, parse_period, period_of
from ops_center.metrics.catalog import MEASURES
from ops_center.metrics.evaluation import Scored, applies, score, score_each
from ops_center.metrics.evaluation_sources import Asked, full_amount
from ops_center.metrics.evidence import evidence
from ops_center.metrics.rows import rows
from ops_center.metrics.scheme import find_rules, read_rules
from ops_center.metrics.scope import Scope
from ops_center.store.evaluation_tables import evaluation_input
from ops_center.store.people import add_person
from ops_center.store.rollup import refresh
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened, postgres_database
from tests.metrics.evaluated import INPUTS, PEOPLE, Again, enter, points_again
from tests.metrics.oracle import Oracle
from tests.metrics.world import AUTUMN, FIRST, HANOI, fill, make, now

CASES = (("sqlite", HANOI), ("postgresql", AUTUMN))
BOARDS = find_rules(read_rules(), "qd766-2022")
SHEET = find_rules(read_rules(), "official-2026")


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case[0])
def world(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[tuple[Any, Ward]]:
    """A random ward with petitions, entries, reports and a plan; only read, or put back."""
    name, ward = request.param
    if name == "sqlite":
        path = tmp_path_factory.mktemp("scored") / "ward.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        with opened(f"sqlite:///{path}") as engine:
            yield _filled(engine, ward)
        return
    server, template = (request.getfixturevalue(f"postgres_{one}") for one in ("url", "template"))
    with postgres_database(server, template) as url, opened(url) as engine:
        yield _filled(engine, ward)


def _filled(engine: Any, ward: Ward) -> tuple[Any, Ward]:
    fill(engine, ward, make(ward, 120, seed=4))
    enter(engine, ward)
    return engine, ward


@pytest.fixture
def connection(world: tuple[Any, Ward]) -> Iterator[Connection]:
    with reading(world[0]) as open_connection:
        yield open_connection


@pytest.fixture
def ward(world: tuple[Any, Ward]) -> Ward:
    return world[1]


_again: dict[str, Again] = {}


@pytest.fixture
def again(connection: Connection, ward: Ward) -> Again:
    if ward.id not in _again:
        _again[ward.id] = Again(connection, ward, Oracle(connection, ward.id))
    old = _again[ward.id]
    return Again(connection, ward, old.oracle)


def parts(scored: Scored) -> dict[str, tuple[Any, Any]]:
    return {line.indicator.code: (line.parts.top, line.parts.bottom) for line in scored.lines}


@st.composite
def questions(draw: Any, ward: Ward) -> tuple[Period, datetime, str]:
    day = FIRST[ward.id] + timedelta(days=draw(st.integers(0, 12)))
    kind = draw(st.sampled_from(("month", "quarter", "year", "days")))
    period = period_of(kind, day) if kind != "days" else Period("days", day, day + timedelta(9))
    as_of = now(ward) + timedelta(hours=draw(st.integers(-150, 400)))
    return period, as_of, draw(st.sampled_from(("", "hub:a", "hub:b", "hub:c")))


def test_boards_are_the_same_in_pandas_from_roll_ups_and_from_facts(
    connection: Connection, ward: Ward, again: Again
) -> None:
    @examples(max_examples=10)
    @given(questions(ward))
    def holds(question: tuple[Period, datetime, str]) -> None:
        period, as_of, subject = question
        found = score(connection, ward, BOARDS, period, subject, as_of)
        slow = score(connection, ward, BOARDS, period, subject, as_of, rollup=False)
        assert parts(found) == parts(slow)
        hub = subject.removeprefix("hub:") or None
        expected = again.boards(period.first, period.last, as_of, hub)
        ours = {code: value for code, value in parts(found).items()
                if BOARDS.indicator(code).source.kind != "input"}  # type: ignore[union-attr]  # fmt: skip
        assert ours == expected
        for line in found.lines:
            one = line.indicator
            if one.code in expected:
                wanted = points_again(one.maximum, one.threshold, one.empty, *expected[one.code])
                assert line.points == wanted, one.code
        _adds_up(found)

    holds()


def _adds_up(found: Scored) -> None:
    told: list[float] = [line.points for line in found.lines if line.points is not None]
    assert found.points == pytest.approx(sum(told))
    most = [line.indicator.maximum for line in found.lines if line.points is not None]
    assert found.maximum == pytest.approx(sum(most))
    assert found.possible == sum(line.indicator.maximum for line in found.lines)
    assert found.points <= found.maximum <= found.possible <= found.rules.maximum


def test_every_indicator_is_the_sum_of_its_rows(
    connection: Connection, ward: Ward, again: Again
) -> None:
    as_of, month = now(ward), period_of("month", FIRST[ward.id])
    year = period_of("year", month.first)
    for rules, period, subject in (
        (BOARDS, month, ""), (BOARDS, month, "hub:b"), (SHEET, year, "person:An"),
    ):  # fmt: skip
        asked = Asked(connection, ward, rules, period, (subject,), as_of)
        for line in score(connection, ward, rules, period, subject, as_of).lines:
            found = evidence(asked, line.indicator)
            full = line.indicator.source.full_at
            bottom = sum(one.weighs for one in found) if full is None else full_amount(asked, full)
            told = (line.parts.top or 0, line.parts.bottom or 0)
            assert (sum(one.counts for one in found), bottom) == pytest.approx(told), line
            assert evidence(asked, line.indicator, 3) == found[:3]
            if line.indicator.source.kind == "metric":
                ids = {row.dossier_id for row in rows(
                    connection, ward, Scope(ward.id, period.first, period.last,
                                            frozenset({"b"}) if subject == "hub:b" else None,
                                            officials=frozenset({"An"}) if "person" in subject
                                            else None),
                    as_of, line.indicator.source.top, 10_000)}  # fmt: skip
                assert {one.id for one in found} == ids, line


def test_several_hubs_at_once_are_as_each_alone(connection: Connection, ward: Ward) -> None:
    period, as_of = period_of("month", FIRST[ward.id]), now(ward)
    subjects = ["hub:a", "hub:b", "hub:c", "hub:unassigned"]
    together = score_each(connection, ward, BOARDS, period, subjects, as_of)
    alone = [score(connection, ward, BOARDS, period, one, as_of) for one in subjects]
    assert [parts(one) for one in together] == [parts(one) for one in alone]
    assert [one.points for one in together] == [one.points for one in alone]


def test_officials_sheets_are_the_same_in_pandas(
    connection: Connection, ward: Ward, again: Again
) -> None:
    year, as_of = period_of("year", FIRST[ward.id]), now(ward)
    subjects = [f"person:{name}" for name in PEOPLE]
    together = score_each(connection, ward, SHEET, year, subjects, as_of)
    for name, found in zip(PEOPLE, together, strict=True):
        expected = again.person(name, year.first, year.last, as_of)
        assert parts(found) == expected
        alone = score(connection, ward, SHEET, year, f"person:{name}", as_of)
        assert parts(alone) == expected
        _adds_up(found)


@pytest.mark.parametrize(
    ("empty", "points", "maximum"), [("", None, 0.0), ("zero", 0.0, 5.0), ("full", 5.0, 5.0)]
)
def test_who_has_no_dossiers_is_not_blamed_for_handling_none(
    connection: Connection, ward: Ward, tmp_path: Path, empty: str, points: float | None,
    maximum: float,
) -> None:  # fmt: skip
    """Leaders have no dossiers of their own: the line is left out, unless the file says else."""
    rule = f'empty = "{empty}"\n' if empty else ""
    rules = _own_rules(
        tmp_path, f'{rule}dossiers = {{ numerator = "done", full_at = 600 }}', kind="official"
    )
    year, as_of = period_of("year", FIRST[ward.id]), now(ward)
    leader, *others = score_each(
        connection, ward, rules, year, ["person:Chi", *(f"person:{one}" for one in PEOPLE)], as_of
    )
    alone = score(connection, ward, rules, year, "person:Chi", as_of)
    for found in (leader, alone):
        (line,) = found.lines
        assert (line.points, found.maximum, found.possible) == (points, maximum, 5.0)
        assert (line.parts.top, line.parts.bottom) == (0, 0)
    assert all(one.maximum == 5.0 and one.lines[0].parts.bottom for one in others)


def test_who_has_open_dossiers_and_ended_none_has_handled_none(
    world: tuple[Any, Ward], tmp_path: Path
) -> None:
    """A dossier of another year that still lies there is one to handle in this one."""
    engine, ward = world
    rules = _own_rules(
        tmp_path, 'dossiers = { numerator = "done", full_at = 600 }', kind="official"
    )
    year, as_of = period_of("year", FIRST[ward.id]), now(ward)
    came = datetime(year.first.year - 1, 12, 1, 3, tzinfo=UTC)
    new = {"ward_id": ward.id, "id": "lies", "code": "lies", "source_id": "strict", "hub_id": "a",
           "procedure_id": "1.001193", "channel": "post", "status": 4, "submitted_at": came,
           "received_at": came}  # fmt: skip
    with engine.connect() as connection:
        chi = add_person(connection, ward.id, "Lê Chi")
        connection.execute(insert(dossier).values(**new, official_id=chi))
        refresh(connection, ward.id, MEASURES, now=as_of)
        for rollup in (True, False):
            (line,) = score(
                connection, ward, rules, year, f"person:{chi}", as_of, rollup=rollup
            ).lines
            assert (line.points, line.parts.top) == (0.0, 0)
            assert line.parts.bottom == full_amount(
                Asked(connection, ward, rules, year, (f"person:{chi}",), as_of), 600
            )
        connection.rollback()


def test_an_official_is_scored_without_the_others_and_the_ward_by_no_hub_s_lines(
    connection: Connection, ward: Ward
) -> None:
    period = period_of("month", FIRST[ward.id])
    ward_lines = score(connection, ward, BOARDS, period, "", now(ward)).lines
    hub_lines = score(connection, ward, BOARDS, period, "hub:a", now(ward)).lines
    assert len(ward_lines) == len(BOARDS.indicators) == 21
    assert [line.indicator for line in hub_lines] == [
        one for one in BOARDS.indicators if applies(one, "hub:a")
    ]
    assert len(hub_lines) < 21


def test_what_nobody_entered_is_no_data_and_not_zero(connection: Connection, ward: Ward) -> None:
    scored = score(connection, ward, BOARDS, parse_period("2025-03"), "", now(ward))
    points = {line.indicator.code: line.points for line in scored.lines}
    assert points["published_on_time"] is points["on_time"] is points["certified_copies"] is None
    assert points["petitions_on_time"] == points["petitions_handled"] == 6.0  # none came in
    assert points["dossier_satisfaction"] == 0.0  # no dossiers: that one is 0 by its rule
    catalogue = sum(one.maximum for one in BOARDS.indicators if one.source.kind == "procedures")
    assert scored.maximum == 18 + catalogue
    assert scored.possible == 100


def test_an_official_score_stands_beside_the_points(connection: Connection, ward: Ward) -> None:
    period = period_of("month", FIRST[ward.id])
    scored = score(connection, ward, BOARDS, period, "", now(ward))
    given = {line.indicator.code: line.official for line in scored.lines if line.official}
    assert {code: one.points for code, one in given.items()} == {"on_time": 12.5}
    elsewhere = score(connection, ward, BOARDS, period, "hub:a", now(ward))
    assert not any(line.official for line in elsewhere.lines)


def test_a_quarter_is_the_sum_of_its_months_and_says_how_many_there_are(
    world: tuple[Any, Ward],
) -> None:
    engine, ward = world
    month = period_of("month", FIRST[ward.id])
    quarter, year = (period_of("quarter", month.first), period_of("year", month.first))
    other = next(one for one in quarter.parts() if one != month).spelled
    row = {"ward_id": ward.id, "indicator": INPUTS[0], "period": other, "subject": ""}
    with writing(engine) as connection:
        connection.execute(insert(evaluation_input).values(**row, numerator=3, denominator=4))
        own = _entered(connection, ward, month)
        two = _entered(connection, ward, quarter)
        assert (two.top, two.bottom, two.months) == (own.top + 3, own.bottom + 4, (2, 3))
        assert _entered(connection, ward, year).months == (2, 12)
        row["period"] = quarter.spelled
        connection.execute(insert(evaluation_input).values(**row, numerator=1, denominator=1))
        whole = _entered(connection, ward, quarter)
        assert (whole.top, whole.bottom, whole.months) == (1, 1, None)
        assert _entered(connection, ward, year).months == (3, 12)
        connection.execute(delete(evaluation_input).where(
            evaluation_input.c.period.in_((other, quarter.spelled))))
    assert own.months is None


def _entered(connection: Connection, ward: Ward, period: Period) -> Any:
    scored = score(connection, ward, BOARDS, period, "", now(ward))
    return next(one.parts for one in scored.lines if one.indicator.code == INPUTS[0])


def test_a_denominator_of_nothing_that_was_entered_follows_the_rule(
    world: tuple[Any, Ward],
) -> None:
    engine, ward = world
    period = period_of("month", FIRST[ward.id])
    this = (evaluation_input.c.indicator == INPUTS[0]) & (evaluation_input.c.subject == "")
    with writing(engine) as connection:
        before = _entered(connection, ward, period)
        connection.execute(update(evaluation_input).where(this).values(numerator=0, denominator=0))
        scored = score(connection, ward, BOARDS, period, "", now(ward))
        line = next(one for one in scored.lines if one.indicator.code == INPUTS[0])
        assert (line.points, line.ratio, line.parts.bottom) == (None, None, 0)
        connection.execute(update(evaluation_input).where(this).values(
            numerator=before.top, denominator=before.bottom))


def test_a_rule_of_the_ward_s_own_counts_measures_by_any_formula(
    connection: Connection, ward: Ward, again: Again, tmp_path: Path
) -> None:
    rules = _own_rules(tmp_path, 'dossiers = { numerator = "early + late", '
                                 'denominator = "received - post" }')
    period, as_of = period_of("month", FIRST[ward.id]), now(ward)
    found = score(connection, ward, rules, period, "", as_of)
    grid = again.oracle.read(period.first, period.last, as_of)
    expected = grid["early"][0] + grid["late"][0], grid["received"][0] - grid["post"][0]  # type: ignore[operator]
    assert parts(found)["a"] == expected
    asked = Asked(connection, ward, rules, period, ("",), as_of)
    facts = evidence(asked, rules.indicators[0])
    assert (sum(f.counts for f in facts), sum(f.weighs for f in facts)) == expected


def _own_rules(folder: Path, source: str, kind: str = "boards") -> Rules:
    name = 'name = { vi = "Tên", en = "Name", ar = "اسم" }'
    (folder / "own.toml").write_text(
        f'code = "own"\nkind = "{kind}"\n{name}\n[[board]]\ncode = "b"\nmaximum = 5\n{name}\n'
        f'[[board.indicator]]\ncode = "a"\nmaximum = 5\n{source}\n{name}\n', "utf-8",
    )  # fmt: skip
    return read_rules(str(folder))[0]


def test_a_yearly_amount_is_measured_by_the_days_that_have_passed(
    connection: Connection, ward: Ward
) -> None:
    year = parse_period("2026")

    def at(day: date) -> Asked:
        as_of = datetime.combine(day, datetime.min.time(), ward.zone) + timedelta(hours=9)
        return Asked(connection, ward, SHEET, year, ("person:An",), as_of)

    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 5, 1))
    assert [full_amount(at(day), 730) for day in days] == [0, 2, 730, 730]
