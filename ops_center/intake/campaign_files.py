"""The lists of a campaign and of the evaluation as files: their columns, and how cells are read.

What a cell names (a person, a hub, an indicator) is looked up while the file is read, so that
whatever is unknown is refused with its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ops_center.i18n import fold
from ops_center.intake import values
from ops_center.intake.fault import Fault
from ops_center.intake.known import Named, People
from ops_center.intake.list_files import Entry, Kind, Read, code_of, day, name_of
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.indicator import kinds_of

_text = values.words(2000)

# ---------------------------------------------------------------- cells

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,\u00a0 ]\d{3})+")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]|Q[1-4]))?")
_MONTH_FIRST = re.compile(r"(?:(0?[1-9]|1[0-2])|Q([1-4]))/(\d{4})", re.IGNORECASE)


def amount(text: str) -> float:
    """A number ≥ 0; `12.000` and `12,000` are twelve thousand, `60 %` is 0.6."""
    bare = text.strip()
    if bare.endswith("%"):
        return round(_not_negative(bare[:-1].strip(), text) / 100, 10)
    if _GROUPED.fullmatch(bare):
        return float(re.sub(r"\D", "", bare))
    return _not_negative(bare, text)


def _not_negative(bare: str, text: str) -> float:
    found = values.decimal(bare)
    if found < 0:
        raise Fault("negative", value=text)
    return found


def points(text: str) -> float:
    """Points of a score: a decimal of at most a hundred or so."""
    found = _not_negative(text.strip(), text)
    if found > _MOST_POINTS:
        raise Fault("too_large", value=text, values={"most": _MOST_POINTS})
    return found


_MOST_POINTS = 1000


def email(text: str) -> str:
    """An address, as it is written."""
    if not _EMAIL.fullmatch(text):
        raise Fault("email", value=text)
    return text


def period(text: str) -> str:
    """`2026-08`, `2026-Q3` or `2026`; `08/2026` and `Q3/2026` mean the same."""
    bare = text.strip().upper()
    if _PERIOD.fullmatch(bare):
        return bare
    if match := _MONTH_FIRST.fullmatch(bare):
        month, quarter, year = match.groups()
        return f"{year}-Q{quarter}" if quarter else f"{year}-{int(month):02d}"
    raise Fault("period", value=text)


def whole(most: int) -> Read:
    """A reader of a whole number of at most so much; a percent sign may stand behind."""

    def read(text: str) -> int:
        return values.number(text.removesuffix("%").strip(), most)

    return read


def campaign_day(first: date) -> Read:
    """A reader of dates, and of `N12`, `ngày 12`, `day 12`: the twelfth day of the campaign."""

    def read(text: str) -> date:
        match = _COUNTED.fullmatch(fold(text))
        return first + timedelta(days=int(match[1]) - 1) if match else day(text)

    return read


_COUNTED = re.compile(r"(?:n|ngay|d|day)\s*([1-9]\d{0,2})")


def not_after(today: date, read_day: Read = day) -> Read:
    """A reader of days that have been; what is in the future cannot have happened."""

    def read(text: str) -> date:
        found: date = read_day(text)
        if found > today:
            raise Fault("future", value=text)
        return found

    return read


def hub_targets(hubs: Named) -> Read:
    """A reader of `TDP-01: 120; TDP-02: 95` as hub id → target."""

    def read(text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for part in filter(None, (part.strip() for part in text.split(";"))):
            name, mark, number = part.rpartition(":")
            if not mark:
                raise Fault("hub_targets", value=part)
            found[hubs.find(name.strip())] = amount(number.strip())
        return found

    return read


# ---------------------------------------------------------------- people and campaigns

PEOPLE = Kind(
    columns={"name": name_of, "unit": name_of, "email": email, "active": values.flag},
    needed=("name",),
    also={
        "ho ten": "name", "ho va ten": "name", "ten": "name", "don vi": "unit",
        "e-mail": "email", "thu dien tu": "email", "dang lam viec": "active",
    },
    key=("name", "email"),
)  # fmt: skip

CAMPAIGNS = Kind(
    columns={"starts_on": day, "name": name_of, "days": whole(1000), "target": values.number},
    needed=("starts_on", "name"),
    also={
        "ngay bat dau": "starts_on", "bat dau": "starts_on", "ten": "name",
        "so ngay": "days", "chi tieu": "target",
    },
    check=lambda entry: _refuse_no_days(entry),
)  # fmt: skip


def _refuse_no_days(entry: Entry) -> None:
    if entry.get("days") == 0:
        raise Fault("no_days", "days")


# ---------------------------------------------------------------- indicators and milestones


def _choices(*names: str, **also: str) -> Read:
    known = {name: name for name in names} | {k.replace("_", " "): v for k, v in also.items()}
    return values.choice(known, ", ".join(names))


_KINDS = _choices("count", "ratio", "level", so_dem="count", ty_le="ratio", muc="level")
_SPLITS = _choices(
    "none", "population", "households", "equal", "given",
    khong="none", dan_so="population", so_ho="households", deu="equal", cho_san="given",
)  # fmt: skip
_PLANS = _choices(
    "straight", "working_days", "milestones",
    duong_thang="straight", ngay_lam_viec="working_days", moc="milestones",
)  # fmt: skip

Units = Mapping[str, str]
"""Metric → its unit, as the catalogue says."""


def indicators(metrics: Units, topics: Named, hubs: Named) -> Kind:
    """The list of a campaign's indicators, each a metric of the catalogue or a team's topic."""
    names = Named("unknown_metric", {name: name for name in metrics}, list(metrics))
    return Kind(
        columns={
            "code": code_of, "name": name_of, "name_en": name_of, "name_ar": name_of,
            "kind": _KINDS, "metric": names.find, "topic": topics.find, "base_topic": topics.find,
            "unit": name_of, "lower_is_better": values.flag, "target": amount,
            "split": _SPLITS, "hub_targets": hub_targets(hubs), "plan": _PLANS,
            "weight": values.decimal, "position": values.number,
        },
        needed=("code", "name", "kind"),
        also={
            "ma": "code", "ten": "name", "ten tieng anh": "name_en", "ten tieng a rap": "name_ar",
            "loai": "kind", "chi so": "metric", "chu de": "topic", "topic_id": "topic",
            "chu de mau so": "base_topic", "base_topic_id": "base_topic", "don vi": "unit",
            "cang thap cang tot": "lower_is_better", "chi tieu": "target", "chia": "split",
            "chi tieu tung diem": "hub_targets", "lo trinh": "plan", "trong so": "weight",
            "thu tu": "position",
        },
        check=lambda entry: _check_indicator(entry, metrics),
    )  # fmt: skip


def _check_indicator(entry: Entry, metrics: Units) -> None:
    """A metric or a topic, of the kind that is told, with a target that can be one."""
    metric, topic = entry.get("metric"), entry.get("topic")
    if (metric is None) == (topic is None):
        raise Fault("metric_or_topic", "metric")
    ratio = entry["kind"] == "ratio"
    if metric is not None and entry["kind"] not in (kinds := kinds_of(METRICS[metric])):
        raise Fault(
            "kind_of_metric", "kind", values={"metric": metric, "kinds": ", ".join(kinds) or "–"}
        )
    if topic is not None and ratio and entry.get("base_topic") is None:
        raise Fault("missing", "base_topic")
    share = ratio and (metric is None or metrics[metric] == "ratio")
    if share and (entry.get("target") or 0) > 1:
        raise Fault("share_over_one", "target", f"{entry['target']:g}")
    if (entry.get("weight") or 0) < 0:
        raise Fault("negative", "weight", f"{entry['weight']:g}")


def milestones(codes: Named, first: date, last: date) -> Kind:
    """The list of a campaign's milestones; without an indicator they are the campaign's own."""
    return Kind(
        columns={
            "day": _within(first, last), "indicator": codes.find, "name": name_of,
            "value": amount,
        },
        needed=("day",),
        also={"ngay": "day", "chi so": "indicator", "ten": "name", "gia tri": "value",
              "chi tieu": "value"},
        key=("day", "indicator"),
        check=_check_milestone,
    )  # fmt: skip


def _within(first: date, last: date) -> Read:
    read_day = campaign_day(first)

    def read(text: str) -> date:
        found: date = read_day(text)
        if not first <= found <= last:
            raise Fault("outside_campaign", value=text, values={"first": first, "last": last})
        return found

    return read


def _check_milestone(entry: Entry) -> None:
    """A campaign's milestone needs a name to mean anything; an indicator's a value."""
    if entry.get("indicator") is not None and entry.get("value") is None:
        raise Fault("missing", "value")
    if entry.get("indicator") is None and not entry.get("name"):
        raise Fault("missing", "name")


# ---------------------------------------------------------------- activities


def activities(hubs: Named, topics: Named, today: date) -> Kind:
    """What teams did, one amount a line."""
    return Kind(
        columns=_report_columns(hubs, today) | {"topic": topics.find, "amount": values.number},
        needed=("hub", "day", "topic", "amount"),
        also=_REPORT_NAMES | {"chu de": "topic", "topic_id": "topic", "so luong": "amount",
                              "so": "amount"},
        key=("hub", "day", "topic", "team"),
    )  # fmt: skip


def daily_reports(hubs: Named, topics: Named, today: date) -> Kind:
    """What teams did, one day of a team a line: each topic has a column of its own."""
    ids = set(topics.ids.values())
    return Kind(
        columns=_report_columns(hubs, today) | dict.fromkeys(ids, values.number),
        needed=("hub", "day"),
        also={**topics.ids, **_REPORT_NAMES},
        key=("hub", "day", "team"),
    )


def _report_columns(hubs: Named, today: date) -> dict[str, Read]:
    return {
        "hub": hubs.find, "day": not_after(today), "team": name_of, "reported_by": name_of,
    }  # fmt: skip


_REPORT_NAMES = {
    "diem": "hub", "ma diem": "hub", "to dan pho": "hub", "tdp": "hub", "hub_id": "hub",
    "ngay": "day", "to": "team", "to cong nghe": "team", "nguoi bao cao": "reported_by",
}  # fmt: skip


# ---------------------------------------------------------------- the plan

_STATES = _choices(
    "planned", "under_way", "done", "cancelled", chua_bat_dau="planned",
    dang_lam="under_way", dang_thuc_hien="under_way", xong="done", hoan_thanh="done",
    huy="cancelled",
)  # fmt: skip


def plan(people: People, codes: Named, first: date, today: date) -> Kind:
    """The list of an action plan's items; `first`: the campaign's first day."""
    planned = campaign_day(first)
    return Kind(
        columns={
            "code": code_of, "phase": name_of, "content": _text, "deliverable": _text,
            "owner": people.find, "coordinators": people.find_several, "starts_on": planned,
            "due_on": planned, "done_on": not_after(today, planned), "indicator": codes.find,
            "progress": whole(100), "state": _STATES, "evidence": _text,
            "weight": values.decimal,
        },
        needed=("code", "content", "starts_on", "due_on"),
        also={
            "ma": "code", "giai doan": "phase", "noi dung": "content", "san pham": "deliverable",
            "nguoi phu trach": "owner", "phu trach": "owner", "phoi hop": "coordinators",
            "nguoi phoi hop": "coordinators", "bat dau": "starts_on", "ngay bat dau": "starts_on",
            "han": "due_on", "han hoan thanh": "due_on", "hoan thanh": "done_on",
            "ngay hoan thanh": "done_on", "chi so": "indicator", "tien do": "progress",
            "trang thai": "state", "minh chung": "evidence", "trong so": "weight",
        },
        check=_check_item,
    )  # fmt: skip


def _check_item(entry: Entry) -> None:
    if entry["due_on"] < entry["starts_on"]:
        raise Fault("due_before_start", "due_on", values={"value": entry["due_on"]})
    done = entry.get("done_on") is not None
    if entry.get("state") == "done" and not done:
        raise Fault("missing", "done_on")
    if done and entry.get("state") not in (None, "done"):
        raise Fault("done_but_not", "state", entry["state"])
    if (entry.get("weight") or 0) < 0:
        raise Fault("negative", "weight", f"{entry['weight']:g}")


# ---------------------------------------------------------------- the evaluation


@dataclass(frozen=True)
class Subjects:
    """Who may be evaluated: the ward, a hub, a person."""

    hubs: Named
    people: People

    def columns(self) -> dict[str, Read]:
        """The columns that name who is evaluated; both empty: the ward."""
        return {"hub": self.hubs.find, "person": self.people.find}


_SUBJECT_NAMES = {
    "diem": "hub", "ma diem": "hub", "to dan pho": "hub", "tdp": "hub",
    "can bo": "person", "nguoi": "person",
}  # fmt: skip
_ENTERED = {"nguoi nhap": "entered_by", "minh chung": "evidence", "ky": "period"}


def subject(entry: Entry) -> str:
    """How the evaluation's tables write who is meant."""
    if entry.get("hub"):
        return f"hub:{entry['hub']}"
    return f"person:{entry['person']}" if entry.get("person") else ""


def inputs(subjects: Subjects, indicator: Callable[[str], Any]) -> Kind:
    """The list of what no dossier holds; `indicator` reads a code of the rule files."""
    return Kind(
        columns={
            "indicator": indicator, "period": period, **subjects.columns(), "numerator": amount,
            "denominator": amount, "evidence": _text, "entered_by": name_of,
        },
        needed=("indicator", "period", "numerator", "denominator"),
        also={"chi so": "indicator", "ma chi so": "indicator", "tu so": "numerator",
              "mau so": "denominator", **_SUBJECT_NAMES, **_ENTERED},
        key=("indicator", "period", "hub", "person"),
        check=_check_input,
    )  # fmt: skip


def _check_input(entry: Entry) -> None:
    _refuse_two_subjects(entry)
    if entry["numerator"] > entry["denominator"]:
        shown = f"{entry['numerator']:g} > {entry['denominator']:g}"
        raise Fault("over_the_whole", "numerator", shown)


def _refuse_two_subjects(entry: Entry) -> None:
    if entry.get("hub") and entry.get("person"):
        raise Fault("two_subjects", "person")


def scores(subjects: Subjects, rules: Read, indicator: Read) -> Kind:
    """The list of points that the official system gave."""
    return Kind(
        columns={
            "rules": rules, "indicator": indicator, "period": period, **subjects.columns(),
            "points": points, "evidence": _text, "entered_by": name_of,
        },
        needed=("rules", "indicator", "period", "points"),
        also={"bo quy tac": "rules", "chi so": "indicator", "ma chi so": "indicator",
              "diem so": "points", **_SUBJECT_NAMES, **_ENTERED},
        key=("rules", "indicator", "period", "hub", "person"),
        check=_refuse_two_subjects,
    )  # fmt: skip


def petitions(hubs: Named, today: date) -> Kind:
    """The list of citizens' complaints and proposals, without names."""
    return Kind(
        columns={
            "code": code_of, "hub": hubs.find, "received_on": not_after(today), "due_on": day,
            "answered_on": not_after(today), "resolved": values.flag,
        },
        needed=("code", "received_on"),
        also={
            "ma": "code", "diem": "hub", "ma diem": "hub", "to dan pho": "hub", "tdp": "hub",
            "ngay nhan": "received_on", "han tra loi": "due_on", "ngay tra loi": "answered_on",
            "da giai quyet": "resolved",
        },
        check=_check_petition,
    )  # fmt: skip


def _check_petition(entry: Entry) -> None:
    for name in ("due_on", "answered_on"):
        if entry.get(name) is not None and entry[name] < entry["received_on"]:
            raise Fault("before_received", name, values={"value": entry[name]})
