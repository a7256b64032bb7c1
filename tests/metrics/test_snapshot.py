"""The wall's snapshot: its numbers are readings, and it is right on odd days and in odd wards."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, update

from ops_center.metrics.catalog import MEASURES, METRICS
from ops_center.metrics.number import Values
from ops_center.metrics.reading import Reading, by, read, series
from ops_center.metrics.scope import Scope
from ops_center.metrics.snapshot import Snapshot, take
from ops_center.metrics.tiles import FEW, NOW, RATES, _tile
from ops_center.store.activities import Activity, add_activity
from ops_center.store.calendars import CalendarDay, add_calendar_day
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.rollup import refresh
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier, hub, source
from ops_center.store.wards import UNASSIGNED, Ward, add_ward
from tests.metrics.world import FIRST, HANOI, fill, make, now

DAY = timedelta(days=1)
CLOCKS = (time(0), time(7, 59), time(8), time(14, 20), time(17, 30), time(23, 59, 59, 999000))


def at(ward: Ward, day: date, clock: time = time(14, 20)) -> datetime:
    return datetime.combine(day, clock, ward.zone).astimezone(UTC)


def of_today(ward: Ward, moment: datetime, days: int = 1) -> Scope:
    today = moment.astimezone(ward.zone).date()
    return Scope(ward.id, today - (days - 1) * DAY, today + DAY)


def values(found: Reading) -> dict[str, Any]:
    return {name: one.value for name, one in found.numbers.items()}


def instants(ward: Ward) -> list[datetime]:
    """Each hour of the list on some day of the two weeks, weekends included."""
    days = [FIRST[ward.id] + n * DAY for n in (3, 5, 6, 7, 10, 12)]
    return [at(ward, day, clock) for day, clock in zip(days, CLOCKS, strict=True)]


@pytest.mark.parametrize("index", range(len(CLOCKS)))
def test_tiles_and_lists_are_readings(connection: Connection, ward: Ward, index: int) -> None:
    moment = instants(ward)[index]
    _same_tiles(connection, ward, moment)
    _same_lists(connection, ward, moment)


def _same_tiles(connection: Connection, ward: Ward, moment: datetime) -> None:
    tiles = take(connection, ward.id, moment).tiles
    today = read(connection, ward, of_today(ward, moment), moment, NOW, rollup=False)
    month = read(connection, ward, of_today(ward, moment, 30), moment, RATES, rollup=False)
    for name, number in (today.numbers | month.numbers).items():
        tile = tiles[name]
        found = tile.value, tile.numerator, tile.denominator, tile.unit
        assert found == (number.value, number.numerator, number.denominator, number.unit), name
        assert tile.n == number.denominator


def _same_lists(connection: Connection, ward: Ward, moment: datetime) -> None:
    snapshot = take(connection, ward.id, moment)
    _same_hubs(connection, ward, moment, snapshot)
    _same_fields(connection, ward, moment, snapshot)
    levels = _keyed(connection, ward, moment, "channel_level", 1)
    month = _keyed(connection, ward, moment, "channel_level", 30)
    assert snapshot.channels == tuple(
        (level, _of(levels, level, "received"), _of(month, level, "received"))
        for level, _, _ in snapshot.channels
    )


def _keyed(
    connection: Connection, ward: Ward, moment: datetime, dimension: str, days: int
) -> dict[str, dict[str, Any]]:
    scope = of_today(ward, moment, days)
    names = ["received", "done", "overdue", "on_time_rate", "online_share", "mean_time"]
    found = by(connection, ward, scope, moment, dimension, names, rollup=False)
    return {(one.key or {})[dimension]: values(one) for one in found}


def _of(groups: dict[str, dict[str, Any]], key: str, name: str) -> Any:
    """A group in which nothing happened is absent from a breakdown."""
    return groups.get(key, {}).get(name, 0 if METRICS[name].kind == "amount" else None)


def _same_hubs(connection: Connection, ward: Ward, moment: datetime, snapshot: Snapshot) -> None:
    today = _keyed(connection, ward, moment, "hub", 1)
    month = _keyed(connection, ward, moment, "hub", 30)
    lines = {line.id: line for line in snapshot.hubs}
    assert {"a", "b", "c"} <= set(lines)
    assert "merged" not in lines
    for key, line in lines.items():
        assert line.received_today == _of(today, key, "received")
        assert line.done_today == _of(today, key, "done")
        assert line.overdue == _of(today, key, "overdue")
        assert line.on_time_rate == _of(month, key, "on_time_rate")
        assert line.online_share == _of(month, key, "online_share")
    assert snapshot.unassigned_today == _of(today, UNASSIGNED, "received")


def _same_fields(connection: Connection, ward: Ward, moment: datetime, snapshot: Snapshot) -> None:
    today = _keyed(connection, ward, moment, "field", 1)
    month = _keyed(connection, ward, moment, "field", 30)
    for line in snapshot.fields:
        assert line.received_today == _of(today, line.id, "received")
        assert line.received_30d == _of(month, line.id, "received")
        assert line.on_time_rate == _of(month, line.id, "on_time_rate")
        assert line.overdue == _of(today, line.id, "overdue")
        assert line.mean_time == _of(month, line.id, "mean_time")


def test_a_change_is_against_this_clock_time_on_the_previous_working_day(
    connection: Connection, ward: Ward
) -> None:
    monday = FIRST[ward.id] + 7 * DAY
    friday = monday - 3 * DAY
    tiles = take(connection, ward.id, at(ward, monday)).tiles
    here = values(read(connection, ward, of_today(ward, at(ward, monday)), at(ward, monday), NOW))
    then = at(ward, friday)
    there = values(read(connection, ward, of_today(ward, then), then, NOW))
    assert {name: tiles[name].change for name in NOW} == {
        name: here[name] - there[name] for name in NOW
    }


def test_a_sparkline_is_the_daily_series(connection: Connection, ward: Ward) -> None:
    moment = now(ward)
    tiles = take(connection, ward.id, moment).tiles
    for name in ("received", "overdue", "in_process", "on_time_rate", "late_share"):
        points = series(connection, ward, of_today(ward, moment, 30), moment, name)
        *before, today = (value for _, value, _, _ in points)
        below = points[-1][3]
        few = below is not None and below < FEW
        assert tiles[name].series == (*before, None if few else today), name


def test_the_first_dossiers_of_a_morning_make_no_rate_yet() -> None:
    day = [Values(Counter(early=done)) for done in (1, FEW - 1)]
    enough = Values(Counter(early=FEW))
    assert _tile("on_time_rate", enough, enough, day).series == (1.0, None)
    assert _tile("on_time_rate", enough, enough, [*day, enough]).series == (1.0, 1.0, 1.0)


def test_two_looks_at_one_instant_are_equal(connection: Connection, ward: Ward) -> None:
    assert take(connection, ward.id, now(ward)) == take(connection, ward.id, now(ward))


def test_a_ticker_names_neither_dossiers_nor_sensitive_fields(
    connection: Connection, ward: Ward
) -> None:
    snapshot = take(connection, ward.id, now(ward))
    assert snapshot.ticker
    times = [one.at for one in snapshot.ticker]
    assert times == sorted(times, reverse=True)
    assert len(snapshot.ticker) <= 12
    assert not {"giam-ngheo", "nuoi-con-nuoi"} & {one.field_id for one in snapshot.ticker}
    told = repr((snapshot.ticker, snapshot.arrivals))
    assert not any(row["code"] in told for row in make(ward).dossiers)
    assert not any(f"'{row['id']}'" in told for row in make(ward).dossiers)
    assert len({one.key for one in snapshot.ticker}) == len(snapshot.ticker)


def test_a_snapshot_takes_few_statements(engine: Engine) -> None:
    fill(engine, HANOI, make(HANOI, 40))
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    for _ in range(2):
        statements.clear()
        with reading(engine) as connection:
            take(connection, HANOI.id, now(HANOI))
    assert sum(one.lstrip().startswith("SELECT") for one in statements) <= 15


# ---------------------------------------------------------------- what was touched is read anew


def test_a_correction_of_a_past_day_is_seen_at_once(engine: Engine) -> None:
    fill(engine, HANOI, make(HANOI, 60))
    with reading(engine) as connection:
        take(connection, HANOI.id, now(HANOI))
    for change in _corrections():
        with writing(engine, repeatable=True) as connection:
            connection.execute(change)
            assert refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
        with reading(engine) as connection:
            _same_tiles(connection, HANOI, instants(HANOI)[4])
            _same_lists(connection, HANOI, instants(HANOI)[4])


def _corrections() -> list[Any]:
    """Move a hub, a procedure, a received day; un-finish; delete."""
    this = dossier.c.ward_id == HANOI.id
    ended = [row for row in make(HANOI, 60).dossiers if row["processed_at"]]
    moved = next(row["id"] for row in ended if row["hub_id"] != "c")
    named = next(row["id"] for row in ended if row["procedure_id"] != "1.012753")
    earlier = at(HANOI, FIRST[HANOI.id] - 2 * DAY)
    shifted = {"submitted_at": earlier, "received_at": earlier}
    undone = {"processed_at": None, "returned_at": None, "status": 4}
    ids = [row["id"] for row in ended]
    return [
        update(dossier).where(this, dossier.c.id == moved).values(hub_id="c"),
        update(dossier).where(this, dossier.c.id == named).values(procedure_id="1.012753"),
        update(dossier).where(this, dossier.c.id == ids[2]).values(shifted),
        update(dossier).where(this, dossier.c.id == ids[3]).values(undone),
        dossier.delete().where(this, dossier.c.id == ids[4]),
    ]


# ---------------------------------------------------------------- odd days, odd wards


@pytest.fixture
def empty(engine: Engine) -> Engine:
    with writing(engine) as connection:
        add_ward(connection, HANOI)
    return engine


def snapshot_of(engine: Engine, moment: datetime) -> Snapshot:
    with reading(engine) as connection:
        return take(connection, HANOI.id, moment)


def test_an_empty_ward_has_noughts_and_no_rates(empty: Engine) -> None:
    snapshot = snapshot_of(empty, now(HANOI))
    assert {name: snapshot.tiles[name].value for name in NOW} == dict.fromkeys(NOW, 0)
    assert {snapshot.tiles[name].value for name in RATES} == {None}
    assert {snapshot.tiles[name].state for name in RATES} == {"none"}
    assert (snapshot.hubs, snapshot.best, snapshot.worst, snapshot.ticker) == ((), (), (), ())
    assert snapshot.campaign is None
    assert snapshot.not_reported == 0
    assert snapshot.durations == ()


@pytest.mark.parametrize("count", [1, 200])
def test_a_hub_that_was_silent_since_opening_has_not_reported(empty: Engine, count: int) -> None:
    day = FIRST[HANOI.id] + 3 * DAY
    with writing(empty, repeatable=True) as connection:
        hubs = [{"ward_id": HANOI.id, "id": f"h{n}", "code": f"{n:03d}", "name": "x" * 60}
                for n in range(count)]  # fmt: skip
        connection.execute(insert(hub), hubs)
        connection.execute(insert(source).values(ward_id=HANOI.id, id="s", name="s"))
        connection.execute(insert(dossier), [
            _dossier("one", "h0", at(HANOI, day, time(8, 5))),
            _dossier("two", UNASSIGNED, at(HANOI, day, time(8, 6))),
        ])  # fmt: skip
        refresh(connection, HANOI.id, MEASURES, now=now(HANOI))
    for clock, silent in ((time(7, 59), 0), (time(8, 0), count), (time(9), count - 1)):
        snapshot = snapshot_of(empty, at(HANOI, day, clock))
        assert snapshot.not_reported == silent, clock
        assert sum(not line.reported for line in snapshot.hubs) == silent
    later = snapshot_of(empty, at(HANOI, day, time(9)))
    assert later.unassigned_today == 1
    assert {line.id for line in later.hubs} == {f"h{n}" for n in range(count)} | {UNASSIGNED}
    assert {line.last_at for line in later.hubs if line.id == "h0"} == {at(HANOI, day, time(8, 5))}


def test_a_hub_whose_team_reported_since_opening_has_reported(empty: Engine) -> None:
    day = FIRST[HANOI.id] + 3 * DAY
    with writing(empty) as connection:
        for code, to in (("a", None), ("b", None), ("c", None), ("old", "b")):
            add_hub(connection, Hub(HANOI.id, code, f"Điểm {code}", id=code, replaced_by=to))
        for hub_id, about, clock in (
            ("a", day, time(7, 30)), ("old", day - 2 * DAY, time(9)), ("c", day, time(16)),
        ):  # fmt: skip
            said = Activity(hub_id, about, "vneid", 0, reported_at=at(HANOI, day, clock))
            add_activity(connection, HANOI.id, said)
    lines = {line.id: line for line in snapshot_of(empty, at(HANOI, day, time(10))).hubs}
    assert {key: line.reported for key, line in lines.items()} == {
        "a": False, "b": True, "c": False
    }, "too early today, of whatever day but now, and not yet"  # fmt: skip
    assert lines["b"].last_at == at(HANOI, day, time(9))
    assert snapshot_of(empty, at(HANOI, day, time(10))).not_reported == 2


def _dossier(name: str, hub_id: str, received: datetime) -> dict[str, Any]:
    return {
        "ward_id": HANOI.id, "id": name, "code": name, "source_id": "s", "hub_id": hub_id,
        "procedure_id": "1.001193", "channel": "online", "status": 2, "received_at": received,
    }  # fmt: skip


def test_arrivals_are_those_of_the_last_twenty_seconds(empty: Engine) -> None:
    moment = now(HANOI)
    with writing(empty, repeatable=True) as connection:
        add_hub(connection, Hub(HANOI.id, "a", "Điểm a", id="a"))
        connection.execute(insert(source).values(ward_id=HANOI.id, id="s", name="s"))
        for seconds in (0, 1, 20, 21):
            row = _dossier(f"{seconds} s", "a", moment - timedelta(seconds=seconds))
            connection.execute(insert(dossier).values(row))
        refresh(connection, HANOI.id, MEASURES, now=moment)
    arrivals = snapshot_of(empty, moment).arrivals
    assert [(hub, (moment - at).seconds) for _, hub, at in arrivals] == [("a", 20), ("a", 1)]


def test_on_a_holiday_nothing_is_expected(empty: Engine) -> None:
    day = FIRST[HANOI.id] + 3 * DAY
    with writing(empty) as connection:
        add_hub(connection, Hub(HANOI.id, "a", "Điểm a"))
        add_calendar_day(connection, CalendarDay(day, "holiday", "Ngày hội"))
    snapshot = snapshot_of(empty, at(HANOI, day))
    assert (snapshot.holiday, snapshot.opening, snapshot.is_open) == ("Ngày hội", None, False)
    assert snapshot.not_reported == 0
    assert all(line.reported for line in snapshot.hubs)
    sunday = snapshot_of(empty, at(HANOI, FIRST[HANOI.id] + 6 * DAY))
    assert (sunday.holiday, sunday.opening) == (None, None)


@pytest.mark.parametrize(
    ("offset", "day", "clock", "plan"),
    [(-3, -2, time(14), 0), (0, 1, time(7), 0), (0, 1, time(10), 2.5), (4, 5, time(17, 30), 50),
     (4, 5, time(12, 30), 45), (5, 6, time(10), 50), (20, 21, time(7), 100)],
)  # fmt: skip
def test_a_campaign_counts_its_days_and_its_plan(
    engine: Engine, offset: int, day: int, clock: time, plan: float
) -> None:
    """Fourteen days from a Monday: ten working days, so ten of a hundred each, hour by hour."""
    fill(engine, HANOI, make(HANOI, 60))
    start = FIRST[HANOI.id] + 14 * DAY
    with writing(engine) as connection:
        add_calendar_day(connection, CalendarDay(start, "working_extra"))
        add_campaign(connection, HANOI.id, Campaign("45 ngày đêm", start, 14, 100))
    campaign = snapshot_of(engine, at(HANOI, start + offset * DAY, clock)).campaign
    assert campaign is not None
    assert (campaign.day, campaign.days, campaign.target) == (day, 14, 100)
    assert campaign.plan == pytest.approx(plan)
    assert len(campaign.bars) == min(max(day, 0), 14)
    assert campaign.total == sum(n for _, n in campaign.bars)
    assert list(campaign.cumulative)[-1:] == ([campaign.total] if campaign.bars else [])
