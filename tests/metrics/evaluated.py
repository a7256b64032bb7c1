"""What is scored beside dossiers, put into a random ward; and the points once more, in pandas."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, insert, text

from ops_center.store.campaign_tables import campaign, plan_item, support_activity
from ops_center.store.evaluation_tables import evaluation_input, official_score, petition
from ops_center.store.session import writing
from ops_center.store.wards import Ward
from tests.metrics.oracle import DAY, Oracle, _where
from tests.metrics.world import DAYS, FIRST, HUBS

INPUTS = ("published_on_time", "personal_store", "certified_copies", "dossiers_synchronised")
PEOPLE = ("An", "Bình")
TOPICS = ("vneid", "cashless", "households")


def enter(engine: Engine, ward: Ward, seed: int = 1) -> None:
    """Petitions, inputs, official scores, reports and a plan, many on awkward days."""
    chance = random.Random(f"{ward.id} {seed}")
    first, month = FIRST[ward.id], f"{FIRST[ward.id]:%Y-%m}"

    def some_day(none: float = 0.2) -> date | None:
        return None if chance.random() < none else first + DAY * chance.randrange(DAYS + 6)

    with writing(engine) as connection:
        petitions = [
            {"ward_id": ward.id, "code": f"P-{n:02d}", "hub_id": chance.choice((None, *HUBS)),
             "received_on": some_day(0), "due_on": some_day(), "answered_on": some_day(0.3),
             "resolved": chance.choice((True, False, None))}
            for n in range(40)
        ]  # fmt: skip
        connection.execute(insert(petition), petitions)
        entered = [
            {"ward_id": ward.id, "indicator": name, "period": month, "subject": subject,
             "numerator": chance.randrange(9), "denominator": chance.randrange(9) + 0.5}
            for name in INPUTS[:3] for subject in ("", "hub:a")
        ]  # fmt: skip
        connection.execute(insert(evaluation_input), entered)
        connection.execute(insert(official_score).values(
            ward_id=ward.id, rules="qd766-2022", indicator="on_time", period=month, points=12.5))
        connection.execute(insert(campaign).values(
            ward_id=ward.id, id="c", name="45", starts_on=first, days=45))
        reports = [
            {"ward_id": ward.id, "hub_id": hub, "day": first + DAY * n, "topic_id": topic,
             "amount": chance.randrange(20),
             "reported_by": chance.choice(("Lê An", "lê bình", "An", "Ai đó", ""))}
            for hub in HUBS for n in range(DAYS) for topic in TOPICS if chance.random() < 0.6
        ]  # fmt: skip
        connection.execute(insert(support_activity), reports)
        items = []
        for n in range(20):
            due = some_day(0) or first
            items.append({
                "ward_id": ward.id, "campaign_id": "c", "code": f"V{n}", "content": "Việc",
                "owner_id": chance.choice((None, *PEOPLE)), "starts_on": due - DAY, "due_on": due,
                "done_on": some_day(0.4),
                "state": chance.choice(("planned", "done", "done", "cancelled")),
            })  # fmt: skip
        connection.execute(insert(plan_item), items)


@dataclass(frozen=True)
class Again:
    """The parts of the indicators by another way: raw rows in pandas, and the oracle's grid."""

    connection: Connection
    ward: Ward
    oracle: Oracle

    def _frame(self, statement: str) -> Any:
        rows = self.connection.execute(text(statement), {"w": self.ward.id})
        frame = pd.DataFrame(rows.mappings().all(), columns=list(rows.keys()))
        for name in ("day", "received_on", "due_on", "answered_on", "done_on", "starts_on"):
            if name in frame:
                frame[name] = [_day(value) for value in frame[name]]
        return frame.astype(object).where(frame.notna(), None)

    def boards(
        self, first: date, last: date, as_of: datetime, hub: str | None
    ) -> dict[str, tuple[Any, Any]]:
        """Indicator of QĐ 766 → (numerator, denominator), what was entered apart."""
        where = None if hub is None else lambda frame: frame.hub == hub
        grid = self.oracle.read(first, last, as_of, where)
        names = {
            "on_time": "progress_766", "online_dossiers": "online_share",
            "paid_online": "cashless_share", "electronic_result": "e_result_share",
            "digitised": "digitised_share", "reused": "reused_share",
            "population_dossiers": "population_share", "dossier_satisfaction": "satisfaction",
        }  # fmt: skip
        found = {code: grid[name][1:] for code, name in names.items()}
        return found | self._petitions(first, last, as_of, hub) | (
            self._procedures(first, last, as_of) if hub is None else {}
        )  # fmt: skip

    def _procedures(self, first: date, last: date, as_of: datetime) -> dict[str, tuple[Any, Any]]:
        every = self._frame("SELECT * FROM procedure WHERE :w <> ''")
        every = every[every.active.astype(bool)]
        start = self.oracle.hours.local(first, time())
        end = min(as_of, self.oracle.hours.local(last, time()))
        rows = self.oracle.frame
        came = _where(rows, (at is not None and start <= at < end for at in rows.received_at))
        ended = _where(rows, (at is not None and start <= at < end for at in rows.ended_at))
        done = ended[ended.end == "done"]
        online = every[every.level.notna()]
        fee = _where(every, (fee is not None and fee > 0 for fee in every.fee))
        people = every[every.population_data.astype(bool)]
        paid = _where(done, (f is not None and f > 0 for f in done.fee))
        paid = paid[paid.payment == "online"]
        used = _where(done, (x is not None and bool(x) for x in done.population_data_used))
        return {
            "online_coverage": (len(online), len(every)),
            "online_used": (online.id.isin(came.procedure_id).sum(), len(online)),
            "payment_used": (fee.id.isin(paid.procedure_id).sum(), len(fee)),
            "payment_offered": (fee.online_payment.astype(bool).sum(), len(fee)),
            "population_procedures": (people.id.isin(used.procedure_id).sum(), len(people)),
        }

    def _petitions(
        self, first: date, last: date, as_of: datetime, hub: str | None
    ) -> dict[str, tuple[Any, Any]]:
        today = self.oracle.hours.day(as_of)
        over = as_of >= self.oracle.hours.local(last, time())
        known, gone = (last, last) if over else (today + DAY, today)
        found = self._frame("SELECT * FROM petition WHERE ward_id = :w")
        found = _where(found, (first <= day < min(last, known) for day in found.received_on))
        if hub is not None:
            found = found[found.hub_id.replace({"merged": "b"}) == hub]
        answered = [day is not None and day < known for day in found.answered_on]
        rows = list(found.assign(answered=answered).itertuples())
        decided = [r for r in rows if r.answered or (r.due_on and r.due_on < gone)]
        on_time = [r for r in decided
                   if r.answered and not (r.due_on and r.answered_on > r.due_on)]  # fmt: skip
        handled = [r for r in rows if r.answered and not (
            r.resolved is not None and not r.resolved)]  # fmt: skip
        return {
            "petitions_on_time": (len(on_time), len(decided)),
            "petitions_handled": (len(handled), len(rows)),
        }

    def person(
        self, name: str, first: date, last: date, as_of: datetime
    ) -> dict[str, tuple[Any, Any]]:
        """Indicator of the yearly sheet → (numerator, denominator)."""
        grid = self.oracle.read(first, last, as_of, lambda frame: frame.official_id == name)
        known = min(self.oracle.hours.day(as_of) + DAY, last)
        share = (known - first).days / 365
        reports = self._frame("SELECT * FROM support_activity WHERE ward_id = :w")
        signed = (name.lower(), f"lê {name.lower()}")
        mine = _where(reports, (by.lower() in signed for by in reports.reported_by))
        mine = mine[mine.topic_id != "households"]
        mine = _where(mine, (day < known for day in mine.day))
        items = self._frame("SELECT * FROM plan_item WHERE ward_id = :w")
        own = items[(items.owner_id == name) & (items.state != "cancelled")]
        done = [r for r in own.itertuples()
                if r.state == "done" and (r.done_on is None or r.done_on < known)]  # fmt: skip
        gone = self.oracle.hours.day(as_of)
        owed = {r.code for r in done} | {r.code for r in own.itertuples() if r.due_on < gone}
        kept = [r for r in done if r.done_on is None or r.done_on <= r.due_on]
        whole = round(600 * share, 2) if grid["to_process"][0] else 0  # nothing asked, no data
        return {
            "handled": (grid["done"][0], whole),
            "on_time": grid["on_time_rate"][1:],
            "online": grid["online_share"][1:],
            "activities": (mine.amount.sum() if len(mine) else 0, round(500 * share, 2)),
            "plan_kept": (len(kept), len(owed)),
        }


def points_again(
    maximum: float, threshold: float | None, empty: str, top: Any, bottom: Any
) -> float | None:
    """DOMAIN's general rule, in decimals."""
    if bottom == 0:
        return {"full": maximum, "zero": 0.0, "null": None}[empty]
    whole, share = Decimal(str(maximum)), Decimal(str(top)) / Decimal(str(bottom))
    if threshold:
        share /= Decimal(str(threshold))
    return float((whole * min(share, Decimal(1))).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _day(value: Any) -> date | None:
    if value is None or value == "" or (isinstance(value, float) and value != value):
        return None
    return date.fromisoformat(value) if isinstance(value, str) else value
