"""A campaign's numbers are those of the raw rows, and the hubs' add up to the ward's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, text

from ops_center.metrics.catalog import MEASURES
from ops_center.metrics.pace import Board, Pace, find_board, heat, league
from ops_center.store.activities import Activity, add_activity
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.indicators import Indicator, add_indicator
from ops_center.store.rollup import refresh
from ops_center.store.tables import dossier
from ops_center.store.wards import Ward
from tests.metrics.oracle import Oracle
from tests.metrics.world import FIRST, HUBS, now

DAY = timedelta(days=1)
COUNTS = ("received", "done", "late", "submitted")
RATIOS = ("on_time_rate", "online_share", "satisfaction", "mean_time", "rating")
LEVELS = ("overdue", "within_due", "late_share", "median_time", "services_used", "received")
TOPICS = ("households", "vneid", "ihanoi")
PEOPLE = {"a": 4100, "b": 2300, "c": None}
PLACES = ("a", "b", "c", "quiet", "unassigned")
"""Where something counts, after all mergers; at "quiet" next to nothing happens."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def planted(request: pytest.FixtureRequest) -> Iterator[tuple[Connection, Ward, Oracle]]:
    """The ward of many awkward dossiers with a campaign of twelve days; rolled back at the end."""
    from tests.metrics.world import HANOI

    engine = request.getfixturevalue(f"{request.param}_wards")
    with engine.connect() as connection:
        _plant(connection, HANOI)
        yield connection, HANOI, Oracle(connection, HANOI.id)
        connection.rollback()


def _plant(connection: Connection, ward: Ward) -> None:
    start, chance = FIRST[ward.id] + DAY, random.Random(7)
    add_campaign(connection, ward.id, Campaign("Đợt", start, 12, None, "c"))
    for id, people in PEOPLE.items():
        add_hub(connection, Hub(ward.id, f"TDP-{id}", f"Điểm {id}", population=people))
    add_hub(connection, Hub(ward.id, "TDP-q", "Điểm q", id="quiet"))
    connection.execute(insert(dossier).values(
        ward_id=ward.id, id="q1", code="q1", source_id="strict", hub_id="quiet",
        procedure_id="1.001193", channel="post", status=4,
        received_at=_moment(ward, 2), due_at=_moment(ward, 5),
    ))  # fmt: skip
    refresh(connection, ward.id, MEASURES, now=now(ward))
    for kind, names in (("count", COUNTS), ("ratio", RATIOS), ("level", LEVELS)):
        for name in names:
            _indicator(connection, ward, f"{kind}-{name}", kind, metric=name)
    for topic in TOPICS[:2]:
        _indicator(connection, ward, f"count-{topic}", "count", topic_id=topic)
    _indicator(connection, ward, "ratio-topics", "ratio", topic_id="vneid",
               base_topic_id="households")  # fmt: skip
    _indicator(connection, ward, "level-ihanoi", "level", topic_id="ihanoi")
    add_activity(connection, ward.id, Activity("quiet", start - 2 * DAY, "ihanoi", 3))
    for day in (start + n * DAY for n in range(-3, 14)):
        for hub_id in HUBS:
            for topic in TOPICS:
                for team in ("", "2"):
                    if chance.random() < 0.4:
                        said = Activity(hub_id, day, topic, chance.randrange(9), team)
                        add_activity(connection, ward.id, said)


def _indicator(connection: Connection, ward: Ward, code: str, kind: Any, **values: Any) -> None:
    target = 0.61 if kind == "ratio" else 137.0
    new = Indicator("c", code, code, kind, target=target, split="population", **values)
    add_indicator(connection, ward.id, new)


def _board(planted: tuple[Connection, Ward, Oracle], day: int, hubs: Sequence[str] = ()) -> Board:
    """As of the afternoon of the campaign's day of that number."""
    connection, ward, _ = planted
    found = find_board(connection, ward, _moment(ward, day), hub_ids=hubs, forecasts=False)
    assert found is not None
    return found


def _moment(ward: Ward, day: int) -> datetime:
    return now(ward) + (day - 10) * DAY


def _pace(board: Board, code: str) -> Pace:
    return next(one for one in board.paces if one.indicator.code == code)


def _of(hubs: Sequence[str]) -> Any:
    return (lambda frame: frame.hub.isin(hubs)) if hubs else None


@pytest.mark.parametrize(("day", "hubs"), [(4, ()), (20, ("a", "merged")), (10, ("b",))])
def test_metrics_are_those_of_the_raw_dossiers(
    planted: tuple[Connection, Ward, Oracle], day: int, hubs: tuple[str, ...]
) -> None:
    _, ward, oracle = planted
    board = _board(planted, day, hubs)
    where, as_of = _of(["b" if one == "merged" else one for one in hubs]), _moment(ward, day)
    begun = [one for one in board.paces[0].days if one <= board.today]
    daily = [oracle.read(one, one + DAY, as_of, where) for one in begun]
    running = [oracle.read(begun[0], one + DAY, as_of, where) for one in begun]
    for name in COUNTS:
        pace = _pace(board, f"count-{name}")
        assert list(pace.daily[: len(begun)]) == [one[name][0] for one in daily], name
        so_far = [one[name][0] for one in running]
        assert list(pace.total[: len(begun)]) == so_far, name
        assert pace.now == so_far[-1]
    for name in RATIOS:
        pace = _pace(board, f"ratio-{name}")
        assert list(pace.daily[: len(begun)]) == [one[name][1] for one in daily], name
        assert list(pace.base[: len(begun)]) == [one[name][2] for one in daily], name
        so_far = [one[name][0] for one in running]
        assert list(pace.total[: len(begun)]) == pytest.approx(so_far), name
    for name in LEVELS:
        pace = _pace(board, f"level-{name}")
        assert list(pace.total[: len(begun)]) == [one[name][0] for one in daily], name
        assert pace.total == pace.daily


Rows = list[tuple[str, date, str, int]]


@pytest.mark.parametrize("minutes", [0, 425, 610, 765, 950, 1439])
def test_the_plan_by_now_is_counted_minute_by_minute(
    planted: tuple[Connection, Ward, Oracle], minutes: int
) -> None:
    connection, ward, _ = planted
    midnight = datetime.combine(FIRST[ward.id] + 6 * DAY, time(), ward.zone)
    as_of = midnight + timedelta(minutes=minutes)
    board = find_board(connection, ward, as_of, forecasts=False)
    assert board is not None
    at = board.paces[0].days.index(board.today)
    worked = [any(a <= clock < b for a, b in ((480, 720), (810, 1050))) for clock in range(1440)]
    share = sum(worked[:minutes]) / sum(worked)
    for pace in board.paces:
        if pace.indicator.kind != "count":
            continue
        target = pace.indicator.target or 0
        assert pace.planned == pytest.approx(target * (at + share) / len(pace.days))
        assert pace.gap == pytest.approx((pace.now or 0) - target * (at + share) / 12)
        lines = league(board, pace.indicator)
        parts = sum(line.planned or 0 for line in lines)
        assert parts == pytest.approx(pace.planned), "the hubs' plans are the ward's, at any minute"


def _rows(connection: Connection, ward: Ward) -> Rows:
    """(hub after mergers, day, topic, amount) of every single report."""
    found = connection.execute(
        text("SELECT hub_id, day, topic_id, amount FROM support_activity WHERE ward_id = :w"),
        {"w": ward.id},
    )
    return [
        ("b" if hub == "merged" else hub, date.fromisoformat(str(day)), topic, n)
        for hub, day, topic, n in found
    ]


@pytest.mark.parametrize(("day", "hubs"), [(20, ()), (10, ("a", "merged")), (4, ("b",))])
def test_topics_are_those_of_the_raw_reports(
    planted: tuple[Connection, Ward, Oracle], day: int, hubs: tuple[str, ...]
) -> None:
    connection, ward, _ = planted
    board = _board(planted, day, hubs)
    places = {"b" if one == "merged" else one for one in hubs or PLACES}
    rows = [row for row in _rows(connection, ward) if row[0] in places]
    begun = [one for one in board.paces[0].days if one <= board.today]

    def told(topic: str, one: date, hub: str | None = None) -> list[int]:
        return [n for h, d, t, n in rows if (t, d) == (topic, one) and hub in (None, h)]

    for topic in TOPICS[:2]:
        pace = _pace(board, f"count-{topic}")
        expected = [sum(n) if (n := told(topic, one)) else None for one in begun]
        assert list(pace.daily[: len(begun)]) == expected
        assert list(pace.total[: len(begun)]) == list(accumulate(n or 0 for n in expected))
    ratio, top, base = _pace(board, "ratio-topics"), 0, 0
    for place, one in enumerate(begun):
        both = [h for h in places if told("vneid", one, h) and told("households", one, h)]
        top += sum(sum(told("vneid", one, h)) for h in both)
        base += sum(sum(told("households", one, h)) for h in both)
        assert ratio.total[place] == (pytest.approx(top / base) if base else None)
    level = _pace(board, "level-ihanoi")
    for place, one in enumerate(begun):
        last = {h: max((d for g, d, t, _ in rows if (g, t) == (h, "ihanoi") and d <= one),
                       default=None) for h in places}  # fmt: skip
        held = [sum(told("ihanoi", d, h)) for h, d in last.items() if d]
        assert level.total[place] == (sum(held) if held else None)


ADDING = [f"count-{name}" for name in (*COUNTS, *TOPICS[:2])] + [
    "level-overdue", "level-within_due", "level-received", "level-ihanoi"
]  # fmt: skip


def test_the_parts_of_any_division_add_up_to_the_ward(
    planted: tuple[Connection, Ward, Oracle],
) -> None:
    @examples(max_examples=3, deadline=None)
    @given(st.integers(1, 16), st.lists(st.integers(0, 2), min_size=5, max_size=5))
    def holds(day: int, division: list[int]) -> None:
        whole = _board(planted, day)
        groups = [[hub for hub, group in zip(PLACES, division, strict=True) if group == one]
                  for one in set(division)]  # fmt: skip
        parts = [_board(planted, day, group) for group in groups]
        for code in (*ADDING, *(f"ratio-{name}" for name in (*RATIOS, "topics"))):
            ward, here = _pace(whole, code), [_pace(one, code) for one in parts]
            assert _sum(one.daily for one in here) == list(ward.daily), code
            assert _sum(one.base for one in here) == list(ward.base), code
        for code in ADDING:
            ward, here = _pace(whole, code), [_pace(one, code) for one in parts]
            assert sum(one.now or 0 for one in here) == (ward.now or 0), code
            assert sum(one.target or 0 for one in here) == ward.target, code
            if ward.indicator.kind == "count":
                plans = [sum(day) for day in zip(*(p.plan for p in here if p.plan), strict=True)]
                assert plans == pytest.approx(list(ward.plan)), code

    holds()


def test_a_metrics_silent_days_are_those_on_which_nothing_happened(
    planted: tuple[Connection, Ward, Oracle],
) -> None:
    connection, ward, oracle = planted
    board = _board(planted, 20)
    frame = oracle.frame
    heard = {(row[0], row[1]) for row in _rows(connection, ward)}
    for name in ("submitted_at", "received_at", "ended_at", "returned_at", "left_at"):
        heard |= {(hub, oracle.hours.day(at)) for hub, at in
                  zip(frame.hub, frame[name], strict=True) if at is not None}  # fmt: skip
    for code in ("count-received", "ratio-on_time_rate"):
        found = heat(board, _pace(board, code).indicator)
        for hub, marks in zip(found.hubs, found.marks, strict=True):
            expected = ["reported" if (hub.id, day) in heard else "not_reported"
                        for day in found.days]  # fmt: skip
            assert list(marks) == expected, hub.id
    assert "not_reported" in {mark for row in found.marks for mark in row}


def _sum(columns: Any) -> list[float | None]:
    return [
        sum(n for n in day if n is not None) if any(n is not None for n in day) else None
        for day in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize("day", [1, 10])
def test_league_and_heat_are_the_boards_of_single_hubs(
    planted: tuple[Connection, Ward, Oracle], day: int
) -> None:
    whole = _board(planted, day)
    single = {hub: _board(planted, day, [hub]) for hub in PLACES}
    for pace in whole.paces:
        code = pace.indicator.code
        lines = league(whole, pace.indicator)
        for line in lines:
            here = _pace(single[line.hub.id or ""], code)
            assert (line.now, line.target, line.gap, line.state) == (
                here.now, here.target, here.gap, here.state
            ), code  # fmt: skip
        shares = [one.share_of_shortfall for one in lines if one.share_of_shortfall is not None]
        assert sum(shares) == pytest.approx(1 if any(shares) else 0)
        gaps = [one.gap for one in lines if one.gap is not None]
        assert gaps == sorted(gaps)
        _same_heat(whole, pace, single)


def _same_heat(whole: Board, pace: Pace, single: dict[str, Board]) -> None:
    found = heat(whole, pace.indicator)
    for hub, values, marks in zip(found.hubs, found.values, found.marks, strict=True):
        here = _pace(single[hub.id or ""], pace.indicator.code)
        for place, (value, mark) in enumerate(zip(values, marks, strict=True)):
            top, base = here.daily[place], here.base[place] if here.base else 1
            expected = None if top is None or not base else top / base
            if mark == "reported":
                assert value == expected
            else:
                assert value is None
                assert not top, "nothing was counted where nothing was heard"
            assert (mark == "to_come") == (found.days[place] > whole.today)
