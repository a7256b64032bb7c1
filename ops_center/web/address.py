"""A view is an address: /explore?period=month&hub=TDP-01,TDP-02&field=ho-tich

Everything the page shows follows from its address, so that a link shows the same to everyone. What
an address says wrongly is dropped, and a note says what was dropped; reading one never fails.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from urllib.parse import quote

from ops_center import i18n
from ops_center.domain.working_days import WorkingCalendar
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.lists import Lists
from ops_center.metrics.reading import DIMENSIONS
from ops_center.metrics.scope import Scope, parse_hour, parse_took
from ops_center.metrics.standing import STANDINGS
from ops_center.web.where import Wheres

DAY = timedelta(days=1)
PERIODS = ("today", "yesterday", "week", "month", "quarter", "campaign", "year", "30d")
COMPARISONS = ("before", "year")
CHANNELS = ("in_person", "online", "post")
LEVELS = ("partial", "end_to_end")
NOBODY = "none"
"""The "official" of dossiers that no official is named for."""

DEFAULT_PERIOD = "30d"
DEFAULT_COLUMNS = (
    "received", "done", "on_time_rate", "late", "overdue", "online_share",
)  # fmt: skip
EARLIEST = date(2000, 1, 1)
FUTURE = 366 * DAY
LONGEST = 3660 * DAY  # ten years
_MOST = 200  # values of one filter
_SHOWN = 40  # characters of a dropped value that a note repeats


@dataclass(frozen=True)
class Note:
    """What was dropped from an address: ``i18n.text(note.key, language, **note.values)``."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What a page of numbers shows.

    `first`, `last`: local days, the last exclusive. `hubs` are codes, `fields`, `procedures` and
    `officials` ids ("none": no official), `hours` weekday and hour such as "1-09" (Monday from
    nine to ten), `took` working hours that a dossier took, such as "8-16" (more than 8, up to 16)
    or "80-". Empty means all. `by`: the table's dimension; `sort`: a column, descending with a
    "-" before it; `lines`: "all" of them on the page, not only the first; `metric`: the one of
    trend and map; `rows`: the one whose dossiers are listed; `where`: what narrows these rows
    only, column by column, as `web.where` reads it.
    """

    period: str
    first: date
    last: date
    compare: str | None = None
    hubs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    officials: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    took: tuple[str, ...] = ()
    by: str = "hub"
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    sort: str = ""
    lines: str = ""
    metric: str = "received"
    rows: str = "received"
    where: tuple[str, ...] = ()
    lang: str = ""
    theme: str = ""


FILTERS = {
    "hubs": "hub", "fields": "field", "procedures": "procedure", "channels": "channel",
    "levels": "level", "statuses": "status", "officials": "official", "hours": "hour",
    "took": "took",
}  # fmt: skip
"""Each filter of a View and its name in the address."""


def read(
    query: Mapping[str, str], lists: Lists, today: date, campaign: tuple[date, date] | None,
    language: str,
) -> tuple[View, tuple[Note, ...]]:  # fmt: skip
    """The view that an address means, and what of it was dropped. Never raises.

    `campaign`: the first day of the campaign and the day after its last; None without one.
    `language`: that of the ward, when the address names none.
    """
    notes: list[Note] = []
    period, first, last = _period(query.get("period", ""), today, campaign, notes)
    known = _known(lists)
    chosen = {
        name: _several(query.get(short, ""), short, known[name], notes)
        for name, short in FILTERS.items()
    }
    if chosen["levels"] and chosen["channels"] and "online" not in chosen["channels"]:
        notes.append(Note("address.level_without_online"))
        chosen["levels"] = ()
    view = View(
        period=period,
        first=first,
        last=last,
        compare=_one(query, "compare", COMPARISONS, notes) or None,
        **chosen,  # type: ignore[arg-type]
        by=_one(query, "by", DIMENSIONS, notes) or "hub",
        columns=_several(query.get("show", ""), "show", METRICS, notes) or DEFAULT_COLUMNS,
        lines=_one(query, "lines", ("all",), notes),
        metric=_one(query, "metric", METRICS, notes) or "received",
        rows=_one(query, "rows", METRICS, notes) or "received",
        where=_where(query.get("where", ""), notes),
        lang=i18n.choose(query.get("lang"), language),
        theme=_one(query, "theme", ("dark", "light"), notes),
    )
    return replace(view, sort=_sort(query, view, notes)), tuple(notes)


def _known(lists: Lists) -> dict[str, Container[str]]:
    return {
        "hubs": lists.hub_ids, "fields": lists.field_by_id, "procedures": lists.procedure_by_id,
        "channels": CHANNELS, "levels": LEVELS, "statuses": STANDINGS,
        "officials": {*lists.person_by_id, NOBODY}, "hours": _HOURS,
        "took": _Took(),
    }  # fmt: skip


_HOURS = frozenset(f"{weekday}-{hour:02d}" for weekday in range(1, 8) for hour in range(24))


class _Took:
    """All spans of working hours, spelled as `parse_took` reads them."""

    def __contains__(self, spelled: object) -> bool:
        try:
            parse_took(str(spelled))
        except ValueError:
            return False
        return True


# ---------------------------------------------------------------- single parts


def _one(
    query: Mapping[str, str], name: str, known: Collection[str], notes: list[Note]
) -> str:
    wanted = query.get(name, "").strip()
    if not wanted or wanted in known:
        return wanted
    notes.append(Note("address.unknown", {"name": name, "value": _cut(wanted)}))
    return ""


def _several(
    spelled: str, name: str, known: Container[str], notes: list[Note]
) -> tuple[str, ...]:
    wanted = [*dict.fromkeys(part.strip() for part in spelled.split(",") if part.strip())]
    kept = [part for part in wanted if part in known]
    if dropped := [part for part in wanted if part not in known]:
        shown = ", ".join(_cut(part) for part in dropped[:3])
        more = " …" if len(dropped) > 3 else ""
        notes.append(Note("address.unknown", {"name": name, "value": shown + more}))
    if len(kept) > _MOST:
        notes.append(Note("address.too_many", {"name": name, "most": str(_MOST)}))
    return tuple(sorted(kept[:_MOST])) if name != "show" else tuple(kept[:_MOST])


def _where(spelled: str, notes: list[Note]) -> tuple[str, ...]:
    """One filter of each column; a second one of the same is dropped."""
    kept: dict[str, str] = {}
    for part in _several(spelled, "where", Wheres(), notes):
        column = part.partition(":")[0]
        if column in kept:
            notes.append(Note("address.unknown", {"name": "where", "value": _cut(part)}))
        kept.setdefault(column, part)
    return tuple(kept.values())


def _cut(told: str) -> str:
    """What somebody wrote, short and without control characters; the page escapes the rest."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in told[: _SHOWN + 1])
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _sort(query: Mapping[str, str], view: View, notes: list[Note]) -> str:
    wanted = query.get("sort", "").strip()
    if not wanted or wanted.removeprefix("-") in (*view.columns, "name"):
        return wanted
    notes.append(Note("address.unknown", {"name": "sort", "value": _cut(wanted)}))
    return ""


# ---------------------------------------------------------------- the period


_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)


def _period(
    spelled: str, today: date, campaign: tuple[date, date] | None, notes: list[Note]
) -> tuple[str, date, date]:
    wanted = spelled.strip() or DEFAULT_PERIOD
    if wanted == "campaign" and campaign is None:
        notes.append(Note("address.no_campaign"))
        wanted = DEFAULT_PERIOD
    if wanted in PERIODS:
        return wanted, *preset(wanted, today, campaign)
    found = _range(wanted, today, notes)
    if found is None:
        notes.append(Note("address.unknown", {"name": "period", "value": _cut(wanted)}))
        return DEFAULT_PERIOD, *preset(DEFAULT_PERIOD, today, campaign)
    first, last = found
    return f"{first}..{last - DAY}", first, last


def preset(name: str, today: date, campaign: tuple[date, date] | None) -> tuple[date, date]:
    """The days [first, last) of a named period; week, month, quarter and year up to today."""
    after = today + DAY
    if name == "campaign" and campaign is not None:
        return campaign
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    first = {
        "today": today,
        "yesterday": today - DAY,
        "week": today - today.weekday() * DAY,
        "month": today.replace(day=1),
        "quarter": quarter,
        "year": today.replace(month=1, day=1),
    }.get(name, today - 29 * DAY)
    return first, today if name == "yesterday" else after


def _range(spelled: str, today: date, notes: list[Note]) -> tuple[date, date] | None:
    """The free range ``2026-08-01..2026-08-31``, its last day included."""
    match = _RANGE.fullmatch(spelled)
    if match is None:
        return None
    try:
        first, final = (date.fromisoformat(part) for part in match.groups())
    except ValueError:
        return None
    if final < first:
        notes.append(Note("address.reversed"))
        first, final = final, first
    latest = today + FUTURE
    if first > latest or final < EARLIEST:
        return None
    if final > latest or first < EARLIEST or final - first >= LONGEST:
        final = min(final, latest)
        first = max(first, EARLIEST, final - LONGEST + DAY)
        shown = {"first": first.isoformat(), "last": final.isoformat()}
        notes.append(Note("address.cut", shown))
    return first, final + DAY


# ---------------------------------------------------------------- writing it


_SHORT = FILTERS | {
    "period": "period", "compare": "compare", "by": "by", "columns": "show", "sort": "sort",
    "lines": "lines",
    "metric": "metric", "rows": "rows", "where": "where", "lang": "lang", "theme": "theme",
}  # fmt: skip
ORDER = (
    "period", "compare", *FILTERS, "by", "columns", "sort", "lines", "metric", "rows", "where",
    "lang", "theme",
)  # fmt: skip
SPELLED = tuple(_SHORT[name] for name in ORDER)
"""The names that an address uses, in their order."""
_USUAL = {one.name: one.default for one in fields(View)} | {"period": DEFAULT_PERIOD}


def spelled(view: View, path: str = "/explore", **changes: object) -> str:
    """The address of the view with these changes: only what is not as usual, in a fixed order.

    >>> spelled(view, hubs=("TDP-01",), period="month")
    '/explore?period=month&hub=TDP-01'
    """
    parts = [f"{name}={quote(value, safe=',.:*-_')}" for name, value in told(view, **changes)]
    return f"{path}?{'&'.join(parts)}" if parts else path


def told(view: View, **changes: object) -> Iterator[tuple[str, str]]:
    """The parts of the address as (name, value)."""
    changed = replace(view, **changes)  # type: ignore[arg-type]
    if "first" in changes or "last" in changes:
        changed = replace(changed, period=f"{changed.first}..{changed.last - DAY}")
    for name in ORDER:
        value = getattr(changed, name)
        if value != _USUAL[name] and value:
            yield _SHORT[name], ",".join(value) if isinstance(value, tuple) else str(value)


# ---------------------------------------------------------------- what it asks of the numbers


def scope_of(view: View, ward_id: str, lists: Lists) -> Scope:
    """The dossiers that the view is about."""
    return Scope(
        ward_id=ward_id,
        first=view.first,
        last=view.last,
        hubs=_set(lists.hub_ids[code] for code in view.hubs),
        fields=_set(view.fields),
        procedures=_set(view.procedures),
        channel_levels=_channel_levels(view),
        statuses=_set(view.statuses),
        officials=None if not view.officials else frozenset(
            None if one == NOBODY else one for one in view.officials
        ),
        hours=None if not view.hours else frozenset(map(parse_hour, view.hours)),
        took=None if not view.took else frozenset(map(parse_took, view.took)),
    )  # fmt: skip


def _set(values: Iterable[str]) -> frozenset[str] | None:
    return frozenset(values) or None


def _channel_levels(view: View) -> frozenset[str] | None:
    if not view.channels and not view.levels:
        return None
    channels = view.channels or ("online",)
    levels = view.levels or LEVELS
    online = {f"online_{level}" for level in levels} if "online" in channels else set()
    offline = set(channels) - {"online"} if not view.levels else set()
    return frozenset(online | offline)


@dataclass(frozen=True)
class Before:
    """What a view is compared with: other days, and until when their events count."""

    scope: Scope
    as_of: datetime


def compared(view: View, scope: Scope, as_of: datetime, calendar: WorkingCalendar) -> Before | None:
    """The period before with as many working days, or the same days a year earlier.

    A period under way is compared as far as it has come: until the same clock time.
    """
    if view.compare is None:
        return None
    local = as_of.astimezone(calendar.zone)
    today = local.date()
    last = max(min(view.last, today + DAY), view.first + DAY)
    days = _year_before(view.first, last) if view.compare == "year" else _days_before(
        view.first, last, calendar
    )  # fmt: skip
    other = replace(scope, first=days[0], last=days[1])
    until = datetime.combine(days[1], datetime.min.time(), calendar.zone)
    if last == today + DAY:
        until = datetime.combine(days[1] - DAY, local.time(), calendar.zone)
    return Before(other, until.astimezone(as_of.tzinfo))


def _days_before(first: date, last: date, calendar: WorkingCalendar) -> tuple[date, date]:
    wanted = calendar.working_days(first, last)
    if not wanted:
        return first - (last - first), first
    day = first
    while wanted:
        day -= DAY
        wanted -= calendar.is_working(day)
    return day, first


def _year_before(first: date, last: date) -> tuple[date, date]:
    return _last_year(first), _last_year(last - DAY) + DAY


def _last_year(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def grain(view: View) -> str:
    """The trend's step: "day" up to three months, "week" up to a year, "month" beyond."""
    days = (view.last - view.first).days
    return "day" if days <= 93 else "week" if days <= 400 else "month"
