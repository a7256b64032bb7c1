"""A ward that a letter has something to tell of: what it must say is known beforehand."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from ops_center.mail.letter import Wish
from ops_center.metrics.catalog import MEASURES
from ops_center.store.activities import Activity, add_activity
from ops_center.store.campaigns import list_campaigns
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.indicators import Indicator, add_indicator
from ops_center.store.plans import PlanItem, add_item
from ops_center.store.rollup import rebuild
from ops_center.store.session import writing
from ops_center.store.tables import dossier, person, source
from tests.fixtures.small_ward import APPLICANT, NOW, ROUGH, ZONE, at
from tests.fixtures.small_ward import fill as fill_small

__all__ = ["APPLICANT", "NOW", "ROUGH", "ZONE", "at", "fill", "wish"]

MORNING = at("2026-09-03 07:00")
FORMULA = "=HYPERLINK(0)"
SECRET = "H-SECRET"  # the code of an overdue dossier in a field that is only counted


def wish(language: str = "vi", **more: Any) -> Wish:
    """The letter of the ward's afternoon, unless said otherwise."""
    usual: dict[str, Any] = {
        "hub_ids": (), "sections": (), "kind": "daily", "slot": "2026-09-03T14:00", "as_of": NOW,
    }  # fmt: skip
    return Wish(language=language, **usual | more)


def fill(engine: Engine) -> None:
    """The small ward, with areas, more dossiers, a campaign that is behind, and a plan."""
    fill_small(engine)
    with writing(engine, repeatable=True) as connection:
        _places(connection)
        connection.execute(insert(person).values(ward_id="w1", id="p2", name=f"Lê {ROUGH}"))
        connection.execute(
            update(source).where(source.c.id == "portal").values(last_heard_at=NOW)
        )
        connection.execute(insert(dossier), [*_done(), *_overdue()])
        _campaign(connection)
        rebuild(connection, "w1", MEASURES, now=NOW - timedelta(minutes=1))


def _places(connection: Connection) -> None:
    for number, (code, name, id) in enumerate(
        [("TDP-01", "Tổ dân phố số 1", "one"), ("TDP-02", "Đường Đông Ngạc", "two"),
         ("TDP-03", ROUGH, "rough")]
    ):  # fmt: skip
        west, south = 105.77 + 0.01 * number, 21.07
        corners = [[west, south], [west + 0.01, south], [west + 0.01, south + 0.01],
                   [west, south + 0.01], [west, south]]  # fmt: skip
        area = json.dumps({"type": "Polygon", "coordinates": [corners]})
        add_hub(connection, Hub("w1", code, name, id, longitude=west + 0.005,
                                latitude=south + 0.005, area=area))  # fmt: skip


def _row(code: str, hub: str, procedure: str, **facts: Any) -> dict[str, Any]:
    return {
        "ward_id": "w1", "id": code, "source_id": "portal", "code": code, "hub_id": hub,
        "procedure_id": procedure, "channel": "in_person", "official_id": "p1",
        "applicant": APPLICANT, "processed_at": None, "due_at": None, "status": 4,
        **facts,
    }  # fmt: skip


def _done() -> list[dict[str, Any]]:
    """Twelve in hub "two", two of them late; they make it a hub that can be compared."""
    begun = at("2026-08-25 08:30")
    return [
        _row(f"T-{n}", "two", "1.000894", status=9, received_at=begun + timedelta(minutes=n),
             processed_at=at("2026-08-27 15:00") if n < 2 else at("2026-08-25 15:00"))
        for n in range(12)
    ]  # fmt: skip


def _overdue() -> list[dict[str, Any]]:
    long_ago = at("2026-08-19 09:00")
    return [
        _row("V-1", "two", "1.000894", received_at=long_ago),
        _row("V-2", "two", "1.000894", received_at=at("2026-08-26 09:00"), official_id="p2"),
        _row(SECRET, "two", "1.001776", received_at=long_ago, due_at=at("2026-08-20 09:00")),
    ]


def _campaign(connection: Connection) -> None:
    (campaign,) = list_campaigns(connection, "w1")
    assert campaign.id
    households = Indicator(
        campaign.id, "households", "Hộ được thăm", "count", id="i1",
        name_en="Households visited", name_ar="أسر تمت زيارتها", topic_id="households",
        target=4500.0, split="equal",
    )  # fmt: skip
    online = Indicator(campaign.id, "online", "Nộp trực tuyến", "ratio", id="i2", position=1,
                       metric="online_share", target=0.6)  # fmt: skip
    for one in (households, online):
        add_indicator(connection, "w1", one)
    for n in range(10):
        day = date(2026, 8, 24) + timedelta(days=n)
        add_activity(connection, "w1", Activity("one", day, "households", 20 + n))
    for code, content, owner, due in (
        ("K1", f"Lập tổ {ROUGH}", "p1", date(2026, 8, 31)),
        ("K2", "Mở điểm hỗ trợ", None, date(2026, 9, 30)),
        ("K3", "Tổng kết", "p1", date(2026, 10, 5)),
    ):
        add_item(connection, "w1", PlanItem(campaign.id, code, content, date(2026, 8, 24), due,
                                            owner_id=owner), datetime.now(ZONE))  # fmt: skip
