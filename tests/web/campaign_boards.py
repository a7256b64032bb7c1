"""Boards of invented campaigns, one for each way that a campaign can stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ops_center.domain.campaign import Forecast, day_of, plan_now
from ops_center.metrics.campaign_wall import Holding
from ops_center.metrics.pace import Board, Heat, HubPace, Pace
from ops_center.metrics.plan import Item, PlanStanding
from ops_center.store.campaigns import Campaign
from ops_center.store.hubs import Hub
from ops_center.store.indicators import Indicator, Milestone
from ops_center.store.people import Person

START = date(2026, 11, 16)  # a Monday
DAY = timedelta(days=1)
CAMPAIGN = Campaign("45 ngày đêm", START, 45, None, "c1")
DAYS = tuple(START + n * DAY for n in range(45))
VISITS = Indicator("c1", "CT-01", "Hộ được thăm", "count", "i1", name_en="Households visited",
                   name_ar="الأسر التي زيرت", topic_id="household", unit="household",
                   target=3600.0, split="households", plan="working_days")  # fmt: skip
ONLINE = Indicator("c1", "CT-02", "Nộp trực tuyến", "ratio", "i2", name_en="Filed online",
                   name_ar="التقديم عبر الإنترنت", metric="online_share", target=0.6)
OVERDUE = Indicator("c1", "CT-03", "Hồ sơ quá hạn", "level", "i3", name_en="Overdue dossiers",
                    name_ar="المعاملات المتأخرة", metric="overdue", target=20.0,
                    lower_is_better=True)  # fmt: skip
MILESTONES = (Milestone("c1", START + 14 * DAY, "Phủ kín tổ dân phố", "m1"),
              Milestone("c1", START + 29 * DAY, "Sơ kết", "m2"),
              Milestone("c1", START + 20 * DAY, "", "m3", "i1", 1500.0))  # fmt: skip
HUBS = tuple(Hub("w1", f"TDP-{at:02d}", f"Tổ dân phố số {at}", f"h{at}") for at in range(1, 5))


def works(day: date) -> bool:
    return day.weekday() < 5


def passed(today: date) -> float:
    """Half of the working day is over; all of it when the campaign is."""
    return 0.5 if today <= DAYS[-1] else 1.0


def visits(today: date, rate: float = 60, **changes: Any) -> Pace:
    """Done at a steady rate on working days until today, which is half over."""
    done = [rate * works(day) * (0.5 if day == today else 1) if day <= today else None
            for day in DAYS]  # fmt: skip
    daily = tuple(None if one is None else float(one) for one in done)
    total, so_far = [], 0.0
    for one in daily:
        so_far += one or 0
        total.append(None if one is None else so_far)
    share = 3600 / sum(map(works, DAYS))
    plan = tuple(share * sum(map(works, DAYS[: at + 1])) for at in range(45))
    planned = plan_now(0.0, plan, min(max((today - START).days + 1, 0), 45), passed(today))
    ends = heading(today, so_far, rate, 3600.0) if START <= today <= DAYS[-1] else None
    usual: dict[str, Any] = {
        "indicator": VISITS, "hub_id": None, "days": DAYS, "daily": daily, "base": (),
        "total": tuple(total), "plan": plan, "now": so_far if today >= START else None,
        "target": 3600.0, "planned": planned,
        "gap": None if planned is None else so_far - planned,
        "needed": 92.4, "lately": rate * 5 / 7, "forecast": ends,
        "state": "bad" if rate < 70 else "good",
    }  # fmt: skip
    return Pace(**usual | changes)


def heading(today: date, now: float, rate: float, target: float) -> Forecast:
    days = tuple(day for day in DAYS if day >= today)
    middle, value = [], now
    for day in days:
        value += rate * works(day)
        middle.append(value)
    missing = max(0.0, target - value)
    return Forecast(
        days, tuple(now + (one - now) * 0.85 for one in middle), tuple(middle),
        tuple(now + (one - now) * 1.15 for one in middle), 0.04 if missing else 0.93,
        None if missing else next(day for day, one in zip(days, middle, strict=True)
                                  if one >= target), missing, 12,
    )  # fmt: skip


def online(today: date, **changes: Any) -> Pace:
    known = [day <= today for day in DAYS]
    base = tuple(100.0 if one else None for one in known)
    daily = tuple(54.0 if one else None for one in known)
    ahead = tuple(day for day in DAYS if day >= today)
    flat = tuple(0.55 for _ in ahead)
    usual: dict[str, Any] = {
        "indicator": ONLINE, "hub_id": None, "days": DAYS, "daily": daily, "base": base,
        "total": tuple(0.54 if one else None for one in known),
        "plan": tuple(0.6 for _ in DAYS), "now": 0.54 if today >= START else None, "target": 0.6,
        "planned": 0.6 if today >= START else None,
        "gap": -0.06, "needed": 0.66, "lately": 0.55,
        "forecast": Forecast(ahead, tuple(0.5 for _ in ahead), flat, tuple(0.61 for _ in ahead),
                             0.35, None, 0.05, 12) if ahead else None,
        "state": "watch",
    }  # fmt: skip
    return Pace(**usual | changes)


def overdue(today: date, value: float = 38.0, **changes: Any) -> Pace:
    known = tuple(value if day <= today else None for day in DAYS)
    usual: dict[str, Any] = {
        "indicator": OVERDUE, "hub_id": None, "days": DAYS, "daily": known, "base": (),
        "total": known, "plan": tuple(60 - 40 * (at + 1) / 45 for at in range(45)), "now": value,
        "target": 20.0, "planned": value - 4.0, "gap": -4.0, "needed": None,
        "lately": value, "forecast": None, "state": "watch",
    }  # fmt: skip
    return Pace(**usual | changes)


def board(today: date, paces: Sequence[Pace] | None = None) -> Board:
    """The campaign on that day."""
    return Board(
        campaign=CAMPAIGN, day=day_of(CAMPAIGN, today),
        as_of=datetime.combine(today, time(5), UTC), today=today, revision=17, hub_ids=(),
        paces=tuple(paces if paces is not None else (visits(today), online(today), overdue(today))),
        milestones=MILESTONES, working=tuple(map(works, DAYS)),
        holidays=((date(2026, 11, 24), "Ngày Văn hoá Việt Nam"),), passed=passed(today),
    )  # fmt: skip


def many(today: date, count: int) -> Board:
    """As many indicators as that, which no wall could draw as charts."""
    paces = [visits(today), online(today), overdue(today)]
    names = ("Người được hướng dẫn cài VNeID mức 2", "Chữ ký số cá nhân",
             "Buổi bình dân học vụ số ở nhà văn hoá", "Thanh toán không tiền mặt")
    for at in range(count - 3):
        one = replace(VISITS, code=f"CT-{at + 4:02d}", id=f"i{at + 4}", name=names[at % 4],
                      name_en=None, name_ar=None)
        paces.append(visits(today, 40 + 30 * at, indicator=one,
                            state=("bad", "watch", "good", "none")[at % 4]))
    return board(today, paces)


def holding(count: int = 6) -> tuple[Holding, ...]:
    """Hubs that hold back, each less than the one before."""
    return tuple(Holding(Hub("w1", f"TDP-{at:02d}", f"Tổ dân phố số {at}", f"hub-{at - 1}"),
                         0.3 / at, 1) for at in range(1, count + 1))


def promised(today: date) -> PlanStanding:
    """Two late items, of which nobody answers for one."""
    def item(code: str, content: str, owner: Person | None) -> Item:
        return Item(
            id=code, code=code, phase="1", content=content, deliverable="", owner=owner,
            coordinators=(), starts_on=START, due_on=today - 2 * DAY, done_on=None,
            indicator=None, progress=40, state="under_way", evidence="", weight=1.0, today=today,
        )  # fmt: skip

    owner = Person("w1", "p1", "Nguyễn Thị Bích Ngọc")
    return PlanStanding(12, 5, 2, 1, (
        item("KH-01", "Tổ chức điểm hỗ trợ lưu động tại nhà văn hoá của tất cả tổ dân phố", owner),
        item("KH-02", "Tập huấn tổ công nghệ số cộng đồng", None),
    ))  # fmt: skip


def league() -> tuple[HubPace, ...]:
    """One hub far behind, one a little, one ahead, one without a target."""
    return (
        HubPace(HUBS[0], 100.0, 900.0, 300.0, -200.0, 0.8, "bad", START + 9 * DAY),
        HubPace(HUBS[1], 250.0, 900.0, 300.0, -50.0, 0.2, "watch", START + 10 * DAY),
        HubPace(HUBS[2], 310.0, 900.0, 300.0, 10.0, None, "good", START + 11 * DAY),
        HubPace(HUBS[3], 5.0, None, None, None, None, "none", None),
    )


def heat(today: date, indicator: Indicator = VISITS) -> Heat:
    """A hub that always tells, one that never does, one with a 0, and one created on day 6."""
    def row(at: int) -> tuple[tuple[float | None, ...], tuple[Any, ...]]:
        values: list[float | None] = []
        marks: list[Any] = []
        for place, day in enumerate(DAYS):
            mark = ("to_come" if day > today else "not_yet" if at == 3 and place < 5
                    else "not_reported" if at == 1 else "reported")
            marks.append(mark)
            values.append(None if mark != "reported" else 0.0 if at == 2 and place == 3
                          else float((place * 7 + at) % 23 + 1))  # fmt: skip
        return tuple(values), tuple(marks)

    rows = [row(at) for at in range(4)]
    return Heat(indicator, HUBS, DAYS, tuple(one for one, _ in rows), tuple(one for _, one in rows))
