"""A campaign's pace, day by day and hub by hub, in every way that a campaign can stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ops_center.domain.campaign import DayCount, forecast
from ops_center.metrics.pace import Board, HubPace, find_board, heat, league
from ops_center.store.activities import list_activities, list_past
from ops_center.store.calendars import CalendarDay, add_calendar_day, find_calendar
from ops_center.store.campaigns import Campaign, add_campaign, list_campaigns
from ops_center.store.hubs import Hub, add_hub
from tests.metrics.drive import DAY, DRIVE, START, Drive, begin


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction on either database, rolled back after the test."""
    engine = request.getfixturevalue(f"{request.param}_wards")
    with engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def drive(blank: Connection) -> Drive:
    return begin(blank)


def by_hub(board: Board, place: int = 0) -> dict[str, HubPace]:
    found = league(board, board.paces[place].indicator)
    return {one.hub.id or "": one for one in found}


# ---------------------------------------------------------------- when


def test_before_the_start_nothing_is_behind(drive: Drive) -> None:
    drive.indicator(split="equal")
    drive.report("a", 0, 7)
    board = drive.board(-1)
    (pace,) = board.paces
    assert (board.day.phase, board.day.n) == ("before", -1)
    assert pace.total == pace.daily == (None,) * 10
    assert (pace.now, pace.gap, pace.state, pace.lately) == (None, None, "none", None)
    assert pace.needed == 10
    assert pace.plan[-1] == 100
    assert pace.forecast is None
    assert {one.state for one in by_hub(board).values()} == {"none"}
    assert {mark for row in heat(board, pace.indicator).marks for mark in row} == {"to_come"}


def test_on_day_one_the_day_is_not_over_yet(drive: Drive) -> None:
    drive.indicator()
    pace = drive.pace(1, clock=time(7))
    assert (pace.now, pace.planned, pace.gap, pace.state) == (0, 0, 0, "good"), "nobody is late yet"
    assert pace.daily == (None,) * 10
    assert pace.total == (0, *[None] * 9)
    assert (pace.needed, pace.lately, pace.forecast) == (10, None, None)
    pace = drive.pace(1)
    assert (pace.now, pace.planned, pace.gap, pace.state) == (0, 10, -10, "watch")
    assert pace.needed == pytest.approx(100 / 9), "the day is worked, nine are left"
    drive.report("a", 1, 10)
    pace = drive.pace(1)
    assert (pace.now, pace.gap, pace.state) == (10, 0, "good")
    assert pace.needed == 10
    assert pace.lately is None, "only finished days tell of the pace"


@pytest.mark.parametrize(
    ("clock", "planned", "state", "needed"),
    [
        (time(0), 40, "good", 60 / 6),
        (time(7), 40, "good", 60 / 6),  # the plan to the end of yesterday
        (time(10), 42.5, "watch", 60 / 5.75),
        (time(12, 45), 45, "watch", 60 / 5.5),
        (time(15, 30), 47.5, "watch", 60 / 5.25),
        (time(17, 30), 50, "watch", 60 / 5),
        (time(23, 59), 50, "watch", 60 / 5),
    ],
)
def test_the_plan_grows_through_the_working_hours(
    drive: Drive, clock: time, planned: float, state: str, needed: float
) -> None:
    """Who kept yesterday's plan is on pace in the morning, and never red before midnight."""
    drive.indicator(split="equal")
    for hub_id in "ab":
        drive.report(hub_id, 4, 20)
    board = drive.board(5, clock=clock)
    (pace,) = board.paces
    assert (pace.now, pace.planned, pace.gap, pace.state) == (40, planned, 40 - planned, state)
    assert pace.needed == pytest.approx(needed)
    assert pace.plan[3:5] == (40, 50), "the curve says what a day asks for by its end"
    for line in by_hub(board).values():
        assert (line.planned, line.gap, line.state) == (planned / 2, 20 - planned / 2, state)


def test_on_a_day_off_a_straight_plan_grows_by_the_same_hours(blank: Connection) -> None:
    """The campaign lasts days and nights: its Saturday is asked for as its Friday."""
    drive = begin(blank, start=date(2026, 8, 10))
    drive.indicator()
    drive.indicator("W", plan="working_days", topic_id="vneid")
    straight = [drive.pace(6, clock=time(hour)).planned for hour in (7, 10, 19)]  # a Saturday
    assert straight == [50, 52.5, 60]
    by_days = [drive.pace(6, code="W", clock=time(hour)) for hour in (7, 10, 19)]
    assert [one.planned for one in by_days] == [pytest.approx(100 * 5 / 8)] * 3
    assert [one.needed for one in by_days] == [pytest.approx(100 / 3)] * 3, "three days are left"


def test_the_last_day_asks_for_what_is_missing(drive: Drive) -> None:
    drive.indicator()
    drive.report("a", 9, 92)
    for clock in (time(7), time(16), time(20)):
        pace = drive.pace(10, clock=clock)
        assert pace.needed == 8, "however little of the day is left"
    over = drive.pace(11, clock=time(7))
    assert (over.planned, over.gap, over.state, over.needed) == (100, -8, "watch", None)


def test_a_level_starts_its_first_day_from_where_it_stood(drive: Drive) -> None:
    """It was compared with 0 on the first morning: whatever falls was behind."""
    drive.indicator(kind="level", target=20.0, lower_is_better=True)
    drive.report("a", 0, 60)
    morning, noon = (drive.pace(1, clock=time(hour)) for hour in (7, 12))
    assert (morning.planned, morning.gap, morning.state) == (60, 0, "good")
    assert (noon.planned, noon.gap, noon.state) == (58, -2, "watch")


def test_in_the_middle_what_is_needed_stands_beside_what_is_done(drive: Drive) -> None:
    drive.indicator()
    for day, amount in ((1, 3), (2, 5), (4, 4), (5, 9)):
        drive.report("a", day, amount)
    pace = drive.pace(5)
    assert pace.daily[:6] == (3, 5, None, 4, 9, None)
    assert pace.total[:6] == (3, 8, 8, 12, 21, None)
    assert (pace.now, pace.gap, pace.state) == (21, -29, "bad")
    assert pace.needed == pytest.approx(79 / 5)
    assert pace.lately == 4, "12 on three days with a report"
    assert pace.forecast is not None
    assert pace.forecast.days == pace.days[4:]
    assert pace.forecast.low[0] >= 21, "what is done stays done"
    assert pace.forecast.basis == 3


def test_lately_looks_at_the_last_seven_finished_days_with_a_report(blank: Connection) -> None:
    drive = begin(blank, days=20)
    drive.indicator()
    for day in (*range(1, 5), *range(6, 11)):
        drive.report("a", day, day)
    assert drive.pace(10).lately == pytest.approx((2 + 3 + 4 + 6 + 7 + 8 + 9) / 7)


def test_a_forecast_is_made_of_the_days_so_far_and_those_ahead_of_the_campaign(
    drive: Drive,
) -> None:
    drive.indicator()
    works = find_calendar(drive.connection, DRIVE).is_working
    for day in range(-40, -20):
        drive.report("a", day, 0)  # not begun yet
    for day in range(-20, 5):
        drive.report("a", day, 0 if drive.on(day).weekday() > 4 else 9)

    def counts(first: int, last: int) -> list[DayCount]:
        days = [drive.on(n) for n in range(first, last)]
        return [DayCount(day, 0.0 if day.weekday() > 4 else 9.0, works(day)) for day in days]

    coming = [one if one.day == drive.on(4) else replace(one, n=None) for one in counts(4, 11)]
    ahead = counts(-20, 1)  # from when the teams began, not from eight weeks before
    expected = forecast(counts(1, 4), coming, target=100.0, before=ahead)
    assert drive.pace(4).forecast == expected
    assert expected != forecast(counts(1, 4), coming, target=100.0), "they teach the week"


def test_after_the_end_it_stays_as_it_ended(drive: Drive) -> None:
    drive.indicator()
    for day in range(1, 14):
        drive.report("a", day, 8)
    board = drive.board(13)
    (pace,) = board.paces
    assert (board.day.phase, board.day.n) == ("after", 10)
    assert (pace.now, pace.gap, pace.state, pace.needed) == (80, -20, "bad", None)
    assert pace.total[-1] == 80
    assert pace.forecast is not None
    assert (pace.forecast.days, pace.forecast.probability) == ((), 0)
    assert pace.forecast.shortfall == 20


def test_a_target_reached_early_needs_nothing_more(drive: Drive) -> None:
    drive.indicator()
    for day in (1, 2, 3):
        drive.report("a", day, 40)
    pace = drive.pace(4)
    assert (pace.now, pace.needed, pace.state) == (120, 0, "good")
    assert pace.forecast is not None
    assert (pace.forecast.probability, pace.forecast.shortfall) == (1, 0)
    assert pace.forecast.reached_on == drive.on(3)


@pytest.mark.parametrize(("lower", "states"), [(False, ("good", "good")), (True, ("good", "bad"))])
def test_a_target_of_zero(drive: Drive, lower: bool, states: tuple[str, str]) -> None:
    drive.indicator(target=0.0, lower_is_better=lower, split="equal")
    drive.report("a", 1, 0)
    pace = drive.pace(3)
    assert (pace.now, pace.target, pace.needed, pace.gap, pace.state) == (0, 0, 0, 0, states[0])
    drive.report("a", 2, 1)
    board = drive.board(3)
    assert board.paces[0].state == states[1]
    assert {key: one.target for key, one in by_hub(board).items()} == {"a": 0, "b": 0}


def test_without_a_target_there_is_no_plan_to_be_behind(drive: Drive) -> None:
    drive.indicator(target=None, split="population")
    drive.report("a", 1, 5)
    pace = drive.pace(3)
    assert (pace.now, pace.target, pace.plan, pace.gap, pace.needed) == (5, None, (), None, None)
    assert pace.state == "none"
    assert pace.forecast is not None
    assert pace.forecast.probability is None


def test_a_campaign_over_tet_asks_nothing_of_its_holidays(blank: Connection) -> None:
    start = date(2027, 2, 1)  # the Monday before Tết: the new year begins on Saturday, 6 February
    drive = begin(blank, start=start, days=15)
    for off in (date(2027, 2, 4) + n * DAY for n in range(7)):
        add_calendar_day(blank, CalendarDay(off, "holiday", "Tết Nguyên đán"))
    drive.indicator(plan="working_days", target=60.0)
    drive.indicator("S", target=60.0, topic_id="ihanoi")
    for day in (1, 2, 3):
        drive.report("a", day, 10)
    drive.report("a", 7, 2)  # some work on Sunday
    board = drive.board(9)
    working = [day.weekday() < 5 and not date(2027, 2, 4) <= day <= date(2027, 2, 10)
               for day in board.paces[0].days]  # fmt: skip
    assert list(board.working) == working
    assert sum(working) == 6
    assert [day for day, _ in board.holidays] == [start + n * DAY for n in range(3, 10)]
    assert {name for _, name in board.holidays} == {"Tết Nguyên đán"}
    pace, straight = board.paces
    assert pace.plan[:3] == (10, 20, 30)
    assert pace.plan[2:10] == (30,) * 8, "nothing is asked for on Tết"
    assert straight.plan[9] == 40
    assert (pace.now, pace.gap, pace.state) == (32, 2, "good")
    assert pace.needed == pytest.approx(28 / 3), "three working days are left"
    assert pace.lately == 10, "per working day, as the plan counts"


def test_on_pace_now_and_short_in_the_end_has_a_reason(blank: Connection) -> None:
    drive = begin(blank, start=date(2026, 8, 10), days=20)
    drive.indicator()
    drive.report("a", 1, 60)
    for day in range(2, 11):
        drive.report("a", day, 1)
    pace = drive.pace(11)
    assert pace.state == "good" and (pace.gap or 0) > 0
    assert pace.lately == 1
    assert pace.needed == pytest.approx(31 / 9)
    assert pace.forecast is not None and (pace.forecast.shortfall or 0) > 0
    assert pace.why == "slower"
    assert drive.board(11, forecasts=False).paces[0].why is None, "nothing is foretold"


# ---------------------------------------------------------------- what


def test_a_correction_lowers_yesterday_and_is_remembered(drive: Drive) -> None:
    drive.indicator()
    drive.report("a", 1, 30)
    drive.report("a", 2, 30)
    assert drive.pace(3).total[:3] == (30, 60, 60)
    drive.report("a", 2, 5)
    pace = drive.pace(3)
    assert pace.daily[:2] == (30, 5)
    assert (pace.total[:3], pace.now) == ((30, 35, 35), 35)
    (past,) = list_past(drive.connection, DRIVE.id, drive.start, drive.on(10))
    assert (past.amount, past.day) == (30, drive.on(2))


def test_a_count_of_which_less_is_better_may_use_up_its_target(drive: Drive) -> None:
    drive.indicator(lower_is_better=True, target=20.0, split="equal")
    for day, amount in ((1, 1), (2, 1), (3, 4)):
        drive.report("a", day, amount)
    drive.report("b", 1, 0)
    board = drive.board(4)
    (pace,) = board.paces
    assert (pace.now, pace.gap, pace.state) == (6, 2, "good")
    assert pace.needed == pytest.approx(14 / 6), "so much a day is still allowed"
    lines = by_hub(board)
    assert (lines["a"].gap, lines["a"].share_of_shortfall) == (-2, 1)
    assert (lines["b"].gap, lines["b"].share_of_shortfall) == (4, 0)
    drive.report("b", 4, 40)
    pace = drive.pace(4)
    assert (pace.gap, pace.state, pace.needed) == (-38, "bad", 0)


def test_a_ratio_of_topics_is_one_of_sums_over_what_both_told(drive: Drive) -> None:
    drive.indicator(kind="ratio", topic_id="vneid", base_topic_id="households", target=0.5)
    for hub_id, day, top, base in (("a", 1, 2, 10), ("b", 1, 9, 10), ("a", 2, 5, 10)):
        drive.report(hub_id, day, base)
        drive.report(hub_id, day, top, "vneid")
    drive.report("b", 2, 7)  # nobody told how many of them
    drive.report("b", 3, 4, "vneid")  # nor of how many
    board = drive.board(5)
    (pace,) = board.paces
    assert (pace.daily[:4], pace.base[:4]) == ((11, 5, None, None), (20, 10, None, None))
    assert pace.total[:5] == (0.55, *[pytest.approx(16 / 30)] * 4)
    assert pace.plan == (0.5,) * 10
    assert pace.gap == pytest.approx(1 / 30)
    assert pace.state == "good"
    assert pace.lately == pytest.approx(16 / 30)
    assert pace.needed == pytest.approx((0.5 * (30 + 15 * 5) - 16) / (15 * 5))
    assert pace.forecast is not None
    lines = by_hub(board)
    assert (lines["a"].now, lines["a"].target, lines["a"].share_of_shortfall) == (0.35, 0.5, 1)
    assert lines["b"].now == 0.9
    assert lines["b"].gap == pytest.approx(0.4)
    values = heat(board, pace.indicator).values
    assert [row[:3] for row in values] == [(0.2, 0.5, None), (0.9, None, None)]


def test_of_a_ratio_what_is_left_of_today_is_a_part_of_what_a_day_brings(drive: Drive) -> None:
    drive.indicator(kind="ratio", topic_id="vneid", base_topic_id="households", target=0.5)
    for day, top, base in ((1, 2, 10), (2, 1, 4)):
        drive.report("a", day, base)
        drive.report("a", day, top, "vneid")
    for clock, left in ((time(7), 9), (time(15, 30), 8.25), (time(17, 30), 8)):
        rest = 10 * left
        needed = drive.pace(2, clock=clock).needed
        assert needed == pytest.approx((0.5 * (14 + rest) - 3) / rest), clock


def test_of_a_ratio_the_larger_hub_lacks_more(drive: Drive) -> None:
    drive.indicator(kind="ratio", topic_id="vneid", base_topic_id="households", target=0.5)
    for hub_id, top, base in (("a", 4, 10), ("b", 27, 60)):
        drive.report(hub_id, 1, base)
        drive.report(hub_id, 1, top, "vneid")
    lines = by_hub(drive.board(2))
    assert lines["a"].gap == pytest.approx(-0.1)
    assert lines["b"].gap == pytest.approx(-0.05)
    assert lines["a"].share_of_shortfall == pytest.approx(1 / 4)
    assert lines["b"].share_of_shortfall == pytest.approx(3 / 4)


def test_a_share_out_of_reach_is_above_one(drive: Drive) -> None:
    drive.indicator(kind="ratio", topic_id="vneid", base_topic_id="households", target=0.9)
    for day in range(1, 9):
        drive.report("a", day, 10)
        drive.report("a", day, 1, "vneid")
    needed = drive.pace(9).needed
    assert needed == pytest.approx((0.9 * 90 - 8) / 10)
    assert needed is not None and needed > 1


def test_a_reported_level_holds_at_its_hub_until_the_next_report(drive: Drive) -> None:
    drive.indicator(kind="level", target=40.0, split="equal")
    drive.report("a", -2, 10)
    drive.report("b", 2, 4)
    drive.report("a", 3, 16)
    board = drive.board(5)
    (pace,) = board.paces
    assert pace.daily[:5] == (None, 4, 16, None, None)
    assert pace.total[:6] == (10, 14, 20, 20, 20, None)
    assert (pace.now, pace.needed, pace.lately) == (20, None, None)
    assert pace.plan[-1] == 40
    assert pace.plan[4] == pytest.approx(14 + 26 / 2), "from where each hub was first seen"
    lines = by_hub(board)
    assert lines["a"].now == 16
    assert lines["a"].planned == pytest.approx(15)
    assert lines["b"].planned == pytest.approx(12)
    assert (lines["a"].gap or 0) + (lines["b"].gap or 0) == pytest.approx(pace.gap)


def test_milestones_bend_the_plan(drive: Drive) -> None:
    indicator = drive.indicator(plan="milestones", split="equal")
    drive.milestone(indicator, 5, 80.0)
    drive.milestone(None, 3, None)
    board = drive.board(5)
    (pace,) = board.paces
    assert pace.plan[4] == 80
    assert pace.plan[9] == 100
    assert pace.plan[6] == pytest.approx(88)
    assert by_hub(board)["b"].planned == pytest.approx(40)
    assert [(one.name, one.value) for one in board.milestones] == [("M3", None), ("M5", 80)]


def test_what_the_catalogue_cannot_give_so_has_no_value(drive: Drive) -> None:
    drive.indicator("U", metric="no_such_metric")
    drive.indicator("K", kind="count", metric="overdue")
    board = drive.board(5)
    for place, pace in enumerate(board.paces):
        assert (pace.now, pace.gap, pace.state, pace.forecast) == (None, None, "none", None)
        assert set(pace.total) == {None}
        assert {one.now for one in by_hub(board, place).values()} == {None}
        assert heat(board, pace.indicator).hubs


# ---------------------------------------------------------------- where


def test_the_league_tells_who_holds_the_ward_back(blank: Connection) -> None:
    drive = begin(blank, "abc")
    for id, people in (("a", 200), ("b", 100), ("c", 100)):
        add_hub(blank, Hub(DRIVE.id, f"TDP-{id}", f"Điểm {id}", population=people))
    drive.hub("closed", active=False)
    drive.indicator(split="population")
    for hub_id, amount in (("a", 10), ("b", 5), ("c", 20)):
        drive.report(hub_id, 2, amount)
    found = league(drive.board(4), drive.board(4).paces[0].indicator)
    assert [one.hub.id for one in found] == ["a", "b", "c"]
    assert [one.target for one in found] == [50, 25, 25]
    assert [one.planned for one in found] == [20, 10, 10]
    assert [one.gap for one in found] == [-10, -5, 10]
    assert [one.share_of_shortfall for one in found] == [
        pytest.approx(2 / 3), pytest.approx(1 / 3), 0
    ]  # fmt: skip
    assert [one.state for one in found] == ["bad", "bad", "good"]
    assert {one.last_reported for one in found} == {drive.on(2)}


def test_a_hub_that_never_reports_is_behind_and_not_excused(drive: Drive) -> None:
    drive.indicator(split="equal")
    drive.report("a", 1, 50)
    lines = by_hub(drive.board(6))
    assert (lines["b"].now, lines["b"].gap, lines["b"].last_reported) == (0, -30, None)
    assert lines["b"].share_of_shortfall == 1


def test_given_targets_are_those_that_were_given(drive: Drive) -> None:
    drive.hub("old", replaced_by="a")
    indicator = drive.indicator(split="given", target=None)
    drive.target(indicator, "a", 30)
    drive.target(indicator, "old", 5)
    board = drive.board(5)
    assert board.paces[0].target == 35
    lines = by_hub(board)
    assert (lines["a"].target, lines["b"].target) == (35, None)
    assert (lines["b"].gap, lines["b"].share_of_shortfall, lines["b"].state) == (None, None, "none")
    assert drive.pace(5, "b").target is None
    assert drive.pace(5, "old", "b").target == 35


def test_a_share_is_asked_of_each_hub_alike_unless_given(drive: Drive) -> None:
    shares: Any = {"kind": "ratio", "topic_id": "vneid", "base_topic_id": "households"}
    drive.indicator("A", **shares, target=0.5, split="population")
    indicator = drive.indicator("G", **shares, target=0.5, split="given")
    drive.target(indicator, "b", 0.8)
    board = drive.board(5)
    assert {one.target for one in by_hub(board, 0).values()} == {0.5}
    assert {key: one.target for key, one in by_hub(board, 1).items()} == {"a": 0.5, "b": 0.8}
    assert [one.target for one in drive.board(5, "b").paces] == [0.5, 0.8]


def test_a_hub_of_the_middle_has_its_own_days_only(drive: Drive) -> None:
    drive.hub("n")
    drive.indicator(split="equal", target=90.0)
    drive.report("n", 6, 0)
    drive.report("n", 7, 8)
    drive.report("a", 7, 8)
    board = drive.board(8)
    lines = by_hub(board)
    assert lines["n"].target == lines["a"].target == 30
    assert lines["n"].planned == pytest.approx(18)
    assert lines["a"].planned == pytest.approx(24)
    assert drive.pace(8, "n").plan == tuple(pytest.approx(30 * n / 5) for n in
                                            (0, 0, 0, 0, 0, 1, 2, 3, 4, 5))  # fmt: skip
    works = find_calendar(drive.connection, DRIVE).is_working
    told = {6: 0.0, 7: 8.0}
    own = [DayCount(drive.on(n), told.get(n), works(drive.on(n))) for n in range(6, 11)]
    expected = forecast(own[:2], own[2:], target=30.0)
    assert expected is not None
    got = drive.pace(8, "n").forecast
    assert got is not None
    assert got.basis == 2
    assert got.middle == expected.middle, "days before it was there are not held against it"
    found = heat(board, board.paces[0].indicator)
    marks = dict(zip((hub.id for hub in found.hubs), found.marks, strict=True))
    assert marks["n"] == (
        *["not_yet"] * 5, "reported", "reported", "not_reported", *["to_come"] * 2
    )  # fmt: skip
    assert set(marks["b"][:8]) == {"not_reported"}, "b was there, and silent"


def test_where_nothing_is_known_from_before_no_hub_is_new(drive: Drive) -> None:
    drive.indicator()
    for one in list_activities(drive.connection, DRIVE.id, drive.on(-9), drive.on(1)):
        drive.connection.exec_driver_sql(f"DELETE FROM support_activity WHERE id = '{one.id}'")
    drive.report("a", 1, 1)
    drive.report("b", 4, 1)
    board = drive.board(5)
    found = heat(board, board.paces[0].indicator)
    assert {mark for row in found.marks for mark in row} == {
        "reported", "not_reported", "to_come"
    }  # fmt: skip


def test_a_report_of_zero_is_no_silence(drive: Drive) -> None:
    drive.indicator()
    drive.report("a", 1, 0)
    found = heat(drive.board(2), drive.board(2).paces[0].indicator)
    assert found.marks[0][:2] == ("reported", "not_reported")
    assert found.values[0][:2] == (0, None)
    assert drive.pace(2).daily[:2] == (0, None)


def test_everything_narrows_to_the_hubs_asked_for(blank: Connection) -> None:
    drive = begin(blank, "abc")
    drive.hub("old", replaced_by="b")
    drive.indicator(split="equal", target=91.0)
    for place, hub_id in enumerate(("a", "b", "c", "old", "unassigned")):
        drive.report(hub_id, 1, 10**place)
    whole, some = drive.board(2), drive.board(2, "a", "old")
    assert some.hub_ids == ("a", "b")
    assert whole.paces[0].now == 11111
    assert (some.paces[0].now, some.paces[0].hub_id) == (1011, None)
    assert some.paces[0].target == sum(by_hub(whole)[one].target or 0 for one in ("a", "b"))
    assert (drive.pace(2, "old").hub_id, drive.pace(2, "old").now) == ("b", 1010)
    assert set(by_hub(whole)) == {"a", "b", "c", "unassigned"}
    assert set(by_hub(some)) == {"a", "b"}
    assert [hub.id for hub in heat(some, some.paces[0].indicator).hubs] == ["a", "b"]
    assert by_hub(whole)["unassigned"].target is None
    assert drive.pace(2, "nowhere").now == 0


# ---------------------------------------------------------------- which


def test_the_current_campaign_is_shown_and_past_ones_stay(drive: Drive) -> None:
    later = Campaign("Đợt hai", START + 100 * DAY, 5, None, "c2")
    add_campaign(drive.connection, DRIVE.id, later)
    drive.indicator()
    assert [one.id for one in list_campaigns(drive.connection, DRIVE.id)] == ["c", "c2"]
    assert drive.board(3).campaign.id == "c"
    assert drive.board(60).campaign == later
    assert drive.board(60, campaign_id="c").day.phase == "after"
    assert len(drive.board(60, campaign_id="c").paces) == 1
    asked: Any = {"connection": drive.connection, "ward": DRIVE, "as_of": drive.at(3)}
    assert find_board(**asked, campaign_id="c9") is None
    far = drive.at(3) + timedelta(days=400)
    assert find_board(drive.connection, DRIVE, far) is None


def test_a_forecast_is_left_out_where_it_is_not_wanted(drive: Drive) -> None:
    drive.indicator()
    drive.report("a", 1, 3)
    assert drive.board(4).paces[0].forecast is not None
    assert drive.board(4, forecasts=False).paces[0].forecast is None


def test_what_is_reported_for_tomorrow_waits(drive: Drive) -> None:
    drive.indicator()
    drive.report("a", 4, 5)
    assert drive.pace(3).now == 0
    assert drive.board(3, clock=time(23, 59)).paces[0].now == 0
    assert drive.board(4, clock=time(0)).paces[0].now == 5


def test_a_board_takes_few_statements_whatever_its_history(drive: Drive) -> None:
    drive.indicator("A", split="equal")
    drive.indicator("B", metric="received")
    drive.indicator("C", kind="ratio", metric="on_time_rate")
    drive.indicator("D", kind="level", metric="overdue", lower_is_better=True)
    drive.indicator("E", kind="level", metric="median_time", lower_is_better=True)
    statements: list[str] = []
    engine = drive.connection.engine
    note = lambda *call: statements.append(call[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for days in (1, 9):
        for day in range(1, days):
            drive.report("a", day, day)
        statements.clear()
        board = drive.board(9)
        for pace in board.paces:
            league(board, pace.indicator)
            heat(board, pace.indicator)
        counts.append(sum(one.lstrip().startswith(("SELECT", "WITH")) for one in statements))
    event.remove(engine, "before_cursor_execute", note)
    assert counts[0] <= counts[1] <= 17
