"""An invented instant of a ward, for looking at the wall in every state it can be in."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ops_center.metrics.campaign_wall import OnTheWall
from ops_center.metrics.snapshot import CampaignDay, Event, FieldLine, HubLine, Snapshot, Tile
from tests.web import campaign_boards as boards

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 27, 7, 32, 10, tzinfo=UTC)  # Friday, 14:32 in Hanoi
OUTLINE = [(105.786, 21.098), (105.788, 21.081), (105.782, 21.056), (105.772, 21.054),
           (105.756, 21.066), (105.771, 21.072), (105.773, 21.098), (105.786, 21.098)]
_FIELDS = [
    ("civil", "Hộ tịch", "Civil status", "الأحوال المدنية"),
    ("copies", "Chứng thực", "Certification", "التصديق"),
    ("health", "Bảo hiểm y tế", "Health insurance", "التأمين الصحي"),
    ("trade", "Hộ kinh doanh", "Household business", "المنشآت الأسرية"),
]
_LONG = "Điểm tiếp nhận Tổ dân phố số {n} – Nhà văn hoá Đông Ngạc Thượng Ữ"


@dataclass(frozen=True)
class Case:
    """What is peculiar about the instant."""

    hubs: int = 48
    data: bool = True  # anything at all in the last 30 days
    today: bool = True  # anything today
    campaign: bool = True
    holiday: str | None = None
    before_opening: bool = False
    long_names: bool = False
    seed: int = 1
    goals: int = 3  # the campaign's indicators


CASES = {
    "normal": Case(),
    "empty": Case(hubs=0, data=False, today=False, campaign=False),
    "no data": Case(data=False, today=False),
    "one hub": Case(hubs=1),
    "200 hubs": Case(hubs=200),
    "long names": Case(long_names=True),
    "quiet day": Case(today=False),
    "no campaign": Case(campaign=False),
    "no indicators": Case(goals=0),
    "one indicator": Case(goals=1),
    "many indicators": Case(goals=10),
    "before opening": Case(today=False, before_opening=True),
    "holiday": Case(today=False, holiday="Ngày Văn hoá Việt Nam"),
}


def sample(case: Case = CASES["normal"]) -> Snapshot:
    """The same snapshot for the same case."""
    dice = random.Random(case.seed)
    now = NOW.replace(hour=0, minute=20) if case.before_opening else NOW
    today = now.astimezone(ZONE).date()
    hubs = tuple(_hub(at, case, dice, now) for at in range(case.hubs))
    ranked = sorted(
        (hub for hub in hubs if hub.on_time_rate is not None and hub.on_time_n >= 10),
        key=lambda hub: (hub.on_time_rate, hub.id),
    )
    busy = case.today and bool(hubs)
    return Snapshot(
        ward_id="w1", ward_name="Phường Đông Ngạc", zone=ZONE, now=now, today=today, revision=17,
        data_at=now, illustrative=True, campaign=_campaign(case, today, dice),
        tiles=_tiles(case, dice), hubs=hubs,
        best=tuple(hub.id for hub in ranked[::-1][:3]), worst=tuple(h.id for h in ranked[:3]),
        fields=tuple(_field(one, case, dice) for one in _FIELDS),
        channels=tuple((level, count // 20 * case.today, count * case.data) for level, count in
                       (("in_person", 1400), ("post", 90), ("online_partial", 1230),
                        ("online_end_to_end", 400))),
        online_series=tuple(
            (today - timedelta(29 - at), dice.randint(40, 70) * case.data, 110 * case.data)
            for at in range(30)),
        ticker=tuple(_events(hubs, now, dice)) if busy else (),
        sensitive_today=7 if busy else 0,
        arrivals=((f"a{case.seed}", hubs[0].id, now),) if busy else (),
        unassigned_today=4 if busy else 0,
        not_reported=sum(not hub.reported for hub in hubs),
        opening=None if case.holiday else now.replace(hour=1, minute=0, second=0),
        is_open=not case.holiday and not case.before_opening, holiday=case.holiday,
        durations=tuple((b, int(900 * 2.7 ** (-b / 22))) for b in range(1, 200)) * case.data,
        on_the_wall=_on_the_wall(case, today),
    )  # fmt: skip


def place(at: int) -> tuple[float, float]:
    """Where the hub stands: longitude, latitude."""
    return 105.760 + 0.0018 * (at % 14), 21.058 + 0.0026 * (at // 14)


def _hub(at: int, case: Case, dice: random.Random, now: datetime) -> HubLine:
    n = dice.randint(4, 70) if case.data else 0
    rate = dice.choice([dice.uniform(0.55, 0.8), dice.uniform(0.9, 1), 1.0]) if n > 5 else None
    expected = not case.before_opening and not case.holiday
    reported = not expected or (case.today and dice.random() > 0.1)
    name = _LONG if case.long_names else "Tổ dân phố số {n}"
    longitude, latitude = place(at)
    return HubLine(
        id=f"hub-{at}", code=f"TDP-{at + 1:02d}", name=name.format(n=at + 1), sort_key=f"{at:09d}",
        longitude=longitude, latitude=latitude,
        received_today=dice.randint(0, 12) if case.today and reported else 0, done_today=0,
        overdue=dice.choice([0, 0, 1, 5]) if case.data else 0, on_time_rate=rate, on_time_n=n,
        online_share=rate, online_n=n, reported=reported, last_at=now if reported else None,
    )  # fmt: skip


def _field(names: tuple[str, str, str, str], case: Case, dice: random.Random) -> FieldLine:
    rate = round(dice.uniform(0.7, 1), 3) if case.data else None
    return FieldLine(*names, received_today=3, received_30d=200, on_time_rate=rate,
                     on_time_n=150 * case.data, overdue=2 * case.data, mean_time=900.0)


def _events(hubs: tuple[HubLine, ...], now: datetime, dice: random.Random) -> list[Event]:
    kinds = ["received", "early", "on_time", "late", "no_due", "stopped", "withdrawn"]
    return [
        Event(now - timedelta(seconds=47 * at), dice.choice(hubs).id,
              dice.choice(_FIELDS)[0], kinds[at % len(kinds)], f"secret-{at}")
        for at in range(12)
    ]


def _campaign(case: Case, today: date, dice: random.Random) -> CampaignDay | None:
    if not case.campaign:
        return None
    start = today - timedelta(11)
    days = [start + timedelta(at) for at in range(45)]
    works = tuple(day.weekday() < 5 for day in days)
    bars = tuple(
        (day, dice.randint(90, 170) * work * (case.today or day < today) * case.data)
        for day, work in zip(days, works, strict=True) if day <= today
    )
    total = sum(count for _, count in bars)
    return CampaignDay("45 ngày đêm", 12, 45, start, 3600, bars, (), 980.0, total, works, ())


def _on_the_wall(case: Case, today: date) -> OnTheWall | None:
    if not case.campaign:
        return None
    found = boards.many(today, max(case.goals, 3))
    paces = found.paces[: case.goals] if case.data else ()
    holding = boards.holding() if paces else ()
    return OnTheWall(replace(found, paces=paces), holding, bool(paces), boards.promised(today))


# name, value, unit, change, target, state
_TILES: list[tuple[str, float, str, float, float | None, str]] = [
    ("received", 137, "dossiers", 12, None, "none"),
    ("done", 118, "dossiers", -9, None, "none"),
    ("in_process", 1412, "dossiers", 31, None, "none"),
    ("overdue", 38, "dossiers", 3, None, "none"),
    ("due_soon", 64, "dossiers", -4, None, "none"),
    ("suspended", 57, "dossiers", 1, None, "none"),
    ("waiting_reception", 21, "dossiers", 2, None, "none"),
    ("on_time_rate", 0.9123, "ratio", 0.008, 1.0, "watch"),
    ("late_share", 0.061, "ratio", -0.002, 0.0, "bad"),
    ("online_share", 0.5512, "ratio", 0.031, 0.6, "watch"),
    ("end_to_end_share", 0.235, "ratio", 0.01, 0.2, "good"),
    ("cashless_share", 0.412, "ratio", -0.006, 0.6, "bad"),
    ("e_result_share", 0.713, "ratio", 0.02, 1.0, "bad"),
    ("digitised_share", 0.118, "ratio", 0.012, 0.8, "bad"),
    ("reused_share", 0.44, "ratio", 0.02, 0.5, "watch"),
    ("satisfaction", 0.902, "ratio", 0.0, 0.9, "good"),
    ("median_time", 810, "minutes", -30, None, "none"),
    ("p90_time", 2640, "minutes", 60, None, "none"),
]


def _tiles(case: Case, dice: random.Random) -> dict[str, Tile]:
    return {row[0]: _tile(*row, case, dice) for row in _TILES}


def _tile(
    name: str, value: float, unit: str, change: float, target: float | None, state: str,
    case: Case, dice: random.Random,
) -> Tile:  # fmt: skip
    counted = unit == "dossiers"
    known: Any = value if case.data else 0 if counted else None
    series = tuple(round(value * dice.uniform(0.8, 1), 3) for _ in range(30))
    return Tile(
        name=name, value=known, numerator=None, denominator=None, unit=unit,
        n=2764 if case.data and not counted else None, change=change if case.data else None,
        change_kind="ratio points" if unit == "ratio" else "absolute", target=target,
        state=state if case.data else "none", series=series if case.data else (),
    )  # fmt: skip
