"""What a letter is made of: one scope's numbers at one instant, codes only, no language.

Numbers come by the same questions as the wall's and the explore page's. One reading serves all
languages and all recipients of its scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from ops_center import logs
from ops_center.domain.campaign import CampaignDay, day_of
from ops_center.domain.working_days import WorkingCalendar, local_day
from ops_center.metrics.campaign import current
from ops_center.metrics.catalog import METRICS
from ops_center.metrics.dossiers import Listed, list_dossiers
from ops_center.metrics.lines import HubLine, ranked
from ops_center.metrics.lists import Lists, find_lists
from ops_center.metrics.number import Number, judged
from ops_center.metrics.reading import by
from ops_center.metrics.reading import read as read_numbers
from ops_center.metrics.scope import DAY, Scope
from ops_center.metrics.tiles import SPAN, moment_before
from ops_center.store.calendars import find_calendar
from ops_center.store.campaigns import Campaign, list_campaigns
from ops_center.store.hubs import Hub, hub_moves
from ops_center.store.sources import Source, list_sources
from ops_center.store.subscriptions import SECTIONS
from ops_center.store.system import Revision, find_revision, oldest_change
from ops_center.store.wards import UNASSIGNED, Ward

if TYPE_CHECKING:
    from ops_center.metrics.ground import Ground
    from ops_center.metrics.pace import Board, Pace
    from ops_center.metrics.plan import Item

FLOWS = ("received", "done", "late")
STOCKS = ("in_process", "overdue", "due_soon", "suspended", "waiting_reception")
RATES = (
    "on_time_rate", "online_share", "end_to_end_share", "cashless_share", "e_result_share",
    "digitised_share", "satisfaction", "median_time",
)  # fmt: skip
USUAL_DAYS = 20
"""Working days whose flows tell what is usual."""
MOST_ROWS = 10
"""Overdue dossiers that a letter names one by one."""
_LOOKED_AT = 200
"""Among so many of the oldest overdue ones those of fields that are only counted are passed by."""
_OF_HUB = ("received", "on_time_rate", "online_share", "overdue")


@dataclass(frozen=True)
class Figure:
    """A line of the table of numbers: "flow" of the told day, "stock" now, "rate" of 30 days.

    `before`: a flow on the working day before the told one, a stock or rate as it stood at this
    clock time on the previous working day. `usual`: what the flow had on each of the last working
    days; empty for others and while the told day is not over. `earlier`: a rate's period before.
    """

    name: str
    kind: str
    now: Number
    before: Number
    state: str
    usual: tuple[int, ...] = ()
    earlier: Number | None = None

    @property
    def change(self) -> float | None:
        """Against yesterday; None where either is unknown."""
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value


@dataclass(frozen=True)
class Owned:
    """What an official (None: nobody) has overdue and soon due."""

    official_id: str | None
    overdue: int
    due_soon: int


@dataclass(frozen=True)
class Overdue:
    """Overdue now: how many, whose, the oldest ones; `counted`: of fields that are only counted."""

    total: int
    counted: int
    owners: tuple[Owned, ...]
    rows: tuple[Listed, ...]


@dataclass(frozen=True)
class Standing:
    """A hub: its last 30 days, and overdue now."""

    hub: Hub
    received: int
    on_time: Number
    online: Number
    overdue: int


@dataclass(frozen=True)
class Hubs:
    """The scope's hubs in Vietnamese order, and the ids of the best and the worst of them."""

    standings: tuple[Standing, ...]
    best: tuple[str, ...]
    worst: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """A scope at `as_of`. `hub_ids`: after all mergers, empty for the whole ward.

    `told`: the local day whose flows are told: today once half of its working time is over, else
    the last working day; `finished`: whether that day is over; `before`: the working day before.
    `failed`: sections that were asked for and could not be read. A part that was not asked for,
    or failed, is None.
    """

    ward: Ward
    lists: Lists
    hub_ids: tuple[str, ...]
    sections: tuple[str, ...]
    as_of: datetime
    today: date
    told: date
    finished: bool
    before: date
    calendar: WorkingCalendar
    revision: Revision
    sources: tuple[Source, ...]
    waiting_since: datetime | None
    campaign: Campaign | None
    figures: tuple[Figure, ...] | None = None
    overdue: Overdue | None = None
    board: Board | None = None
    hubs: Hubs | None = None
    plan: tuple[Item, ...] | None = None
    failed: tuple[str, ...] = ()
    drawn: dict[str, Any] = field(default_factory=dict, repr=False)
    """Its pictures by language, once they are drawn."""

    @property
    def campaign_day(self) -> CampaignDay | None:
        """Which day of the campaign today is."""
        return day_of(self.campaign, self.today) if self.campaign else None

    def figure(self, name: str) -> Figure | None:
        """The line of that metric."""
        return next((one for one in self.figures or () if one.name == name), None)


def behind(pace: Pace) -> float | None:
    """The gap as a part of what the plan asks for by now: −0.2 is a fifth too little."""
    if pace.gap is None or pace.planned is None:
        return None
    return pace.gap / (abs(pace.planned) or 1.0)


@dataclass(frozen=True)
class _Asked:
    """Whom to ask, about which dossiers, until when."""

    connection: Connection
    frame: Reading
    ground: Ground | None = None

    @property
    def hubs(self) -> frozenset[str] | None:
        return frozenset(self.frame.hub_ids) or None

    def scope(self, first: date, last: date) -> Scope:
        return Scope(self.frame.ward.id, first, last, self.hubs)

    @property
    def recent(self) -> Scope:
        """The 30 days that the wall's rates cover."""
        after = self.frame.today + DAY
        return self.scope(after - SPAN * DAY, after)


def take(
    connection: Connection, ward: Ward, as_of: datetime, hub_ids: Sequence[str] = (),
    sections: Sequence[str] = SECTIONS, ground: Ground | None = None,
) -> Reading:  # fmt: skip
    """The scope's reading; numbers, what is overdue and hubs are read always: subject and first
    sentences are made of them. `ground`: the campaign's, of an earlier reading at this instant.

    The connection must be in a transaction that sees one instant.
    """
    frame = _frame(connection, ward, as_of, hub_ids, sections)
    asked = _Asked(connection, frame, ground)
    parts: dict[str, Any] = {}
    failed: list[str] = []
    for name in dict.fromkeys((*_ALWAYS, *(_PART_OF[one] for one in frame.sections))):
        _attempt(asked, name, _READ[name], parts, failed)
    missing = tuple(
        one for one in SECTIONS
        if _PART_OF[one] in failed and (one in frame.sections or _PART_OF[one] in _ALWAYS)
    )
    return replace(frame, **parts, failed=missing)


def _attempt(
    asked: _Asked, name: str, read: Callable[[_Asked], Any], parts: dict[str, Any],
    failed: list[str],
) -> None:  # fmt: skip
    try:
        with asked.connection.begin_nested():
            parts[name] = read(asked)
    except Exception as error:  # whatever fails in one section must not take the letter with it
        logs.failure("letter.section_failed", error, section=name)
        failed.append(name)


# ---------------------------------------------------------------- the frame


def _frame(
    connection: Connection, ward: Ward, as_of: datetime, hub_ids: Sequence[str],
    sections: Sequence[str],
) -> Reading:  # fmt: skip
    calendar = find_calendar(connection, ward)
    lists = find_lists(connection, ward.id)
    today = local_day(as_of, ward.zone)
    told = _told(calendar, as_of, today)
    over = told < today or as_of >= calendar.closing(today)
    moves = hub_moves(connection, ward.id)
    return Reading(
        ward=ward,
        lists=lists,
        hub_ids=tuple(sorted({moves.get(one, one) for one in hub_ids})),
        sections=tuple(one for one in SECTIONS if not sections or one in sections),
        as_of=as_of,
        today=today,
        told=told,
        finished=over,
        before=calendar.previous_working_day(told),
        calendar=calendar,
        revision=find_revision(connection, ward.id),
        sources=tuple(list_sources(connection, ward.id)),
        waiting_since=oldest_change(connection, ward.id),
        campaign=current(list_campaigns(connection, ward.id), today),
    )


def _told(calendar: WorkingCalendar, as_of: datetime, today: date) -> date:
    if calendar.is_working(today):
        opening, closing = calendar.opening(today), calendar.closing(today)
        whole = calendar.minutes_between(opening, closing)
        if as_of > opening and 2 * calendar.minutes_between(opening, as_of) >= whole:
            return today
    return calendar.previous_working_day(today)


# ---------------------------------------------------------------- the numbers


def _figures(asked: _Asked) -> tuple[Figure, ...]:
    frame = asked.frame
    then_day, then = moment_before(frame.as_of, frame.calendar, frame.today)
    earlier_then = asked.scope(then_day + DAY - SPAN * DAY, then_day + DAY)
    stocks = (*STOCKS, *RATES)
    now = _numbers(asked, asked.recent, frame.as_of, stocks)
    before = _numbers(asked, earlier_then, then, stocks)
    earlier = _numbers(asked, _earlier(asked), frame.as_of, RATES)
    return (
        *_flows(asked),
        *(_figure(name, "stock", now, before) for name in STOCKS),
        *(
            replace(_figure(name, "rate", now, before), earlier=earlier[name])
            for name in RATES
        ),
    )


def _numbers(
    asked: _Asked, scope: Scope, as_of: datetime, names: Sequence[str]
) -> Mapping[str, Number]:
    return read_numbers(asked.connection, asked.frame.ward, scope, as_of, names).numbers


def _figure(
    name: str, kind: str, now: Mapping[str, Number], before: Mapping[str, Number]
) -> Figure:
    return Figure(name, kind, now[name], before[name], judged(METRICS[name], now[name].value))


def _flows(asked: _Asked) -> list[Figure]:
    """The told day against the one before: whole days, or both until this clock time."""
    frame = asked.frame
    until = frame.as_of
    if not frame.finished:
        _, until = moment_before(frame.as_of, frame.calendar, frame.today)
    now = _numbers(asked, asked.scope(frame.told, frame.told + DAY), frame.as_of, FLOWS)
    before = _numbers(asked, asked.scope(frame.before, frame.before + DAY), until, FLOWS)
    usual = _usual(asked) if frame.finished else {}
    return [
        replace(_figure(name, "flow", now, before), usual=usual.get(name, ())) for name in FLOWS
    ]


def _usual(asked: _Asked) -> dict[str, tuple[int, ...]]:
    """The flows of the last working days before the told one."""
    frame = asked.frame
    scope = asked.scope(frame.told - 2 * USUAL_DAYS * DAY, frame.told)
    found = by(asked.connection, frame.ward, scope, frame.as_of, "day", FLOWS)
    worked = [one for one in found if one.key and frame.calendar.is_working(one.key["day"])]
    return {
        name: tuple(int(one.numbers[name].value or 0) for one in worked[-USUAL_DAYS:])
        for name in FLOWS
    }


def _earlier(asked: _Asked) -> Scope:
    """The period before the last 30 days with as many working days."""
    recent, calendar = asked.recent, asked.frame.calendar
    wanted = calendar.working_days(recent.first, recent.last)
    first = recent.first
    while wanted:
        first -= DAY
        wanted -= calendar.is_working(first)
    return asked.scope(first, recent.first)


# ---------------------------------------------------------------- what is overdue, and whose


def _overdue(asked: _Asked) -> Overdue:
    frame, connection = asked.frame, asked.connection
    owners = by(connection, frame.ward, asked.recent, frame.as_of, "official",
                ["overdue", "due_soon"])  # fmt: skip
    page = list_dossiers(
        connection, frame.ward, asked.recent, frame.as_of,
        name="overdue", sort="overdue_at", descending=False, limit=_LOOKED_AT,
    )  # fmt: skip
    found = [
        Owned(one.key["official"], *(int(one.numbers[name].value or 0)
                                     for name in ("overdue", "due_soon")))
        for one in owners if one.key
    ]  # fmt: skip
    return Overdue(
        total=page.total,
        counted=_counted(asked),
        owners=tuple(sorted(found, key=lambda one: (-one.overdue, -one.due_soon,
                                                    one.official_id or "~"))),
        rows=tuple(row for row in page.rows if not _sensitive(frame.lists, row))[:MOST_ROWS],
    )  # fmt: skip


def _counted(asked: _Asked) -> int:
    """Overdue dossiers of the fields that are only counted."""
    hidden = frozenset(one.id for one in asked.frame.lists.fields if one.sensitive)
    if not hidden:
        return 0
    scope = replace(asked.recent, fields=hidden)
    return int(_numbers(asked, scope, asked.frame.as_of, ["overdue"])["overdue"].value or 0)


def _sensitive(lists: Lists, row: Listed) -> bool:
    """A dossier whose field is unknown is not shown either."""
    procedure = lists.procedure_by_id.get(row.procedure_id)
    of = lists.field_by_id.get(procedure.field_id) if procedure else None
    return of is None or of.sensitive


# ---------------------------------------------------------------- hubs, campaign, plan


def _hubs(asked: _Asked) -> Hubs:
    frame = asked.frame
    found = {
        one.key["hub"]: one.numbers
        for one in by(asked.connection, frame.ward, asked.recent, frame.as_of, "hub", _OF_HUB)
        if one.key
    }
    standings = [
        _standing(hub, found.get(str(hub.id)))
        for hub in frame.lists.hubs
        if str(hub.id) in found
        or (hub.active and hub.id != UNASSIGNED
            and (not frame.hub_ids or hub.id in frame.hub_ids))
    ]  # fmt: skip
    best, worst = ranked([_line(one) for one in standings])
    return Hubs(tuple(standings), tuple(best), tuple(worst))


_NOTHING = Number(None, 0, 0, "ratio")


def _standing(hub: Hub, numbers: Mapping[str, Number] | None) -> Standing:
    if numbers is None:
        return Standing(hub, 0, _NOTHING, _NOTHING, 0)
    return Standing(
        hub, int(numbers["received"].value or 0), numbers["on_time_rate"],
        numbers["online_share"], int(numbers["overdue"].value or 0),
    )  # fmt: skip


def _line(one: Standing) -> HubLine:
    """As the wall ranks it."""
    hub = one.hub
    return HubLine(
        id=str(hub.id), code=hub.code, name=hub.name, sort_key=hub.sort_key,
        longitude=hub.longitude, latitude=hub.latitude, received_today=0, done_today=0,
        overdue=one.overdue, on_time_rate=one.on_time.value,
        on_time_n=one.on_time.denominator or 0, online_share=one.online.value,
        online_n=one.online.denominator or 0, reported=True, last_at=None,
    )  # fmt: skip


def _board(asked: _Asked) -> Board | None:
    from ops_center.metrics.pace import find_board

    frame = asked.frame
    return find_board(asked.connection, frame.ward, frame.as_of, hub_ids=frame.hub_ids,
                      ground=asked.ground)  # fmt: skip


def _plan(asked: _Asked) -> tuple[Item, ...]:
    from ops_center.metrics.plan import find_plan

    frame = asked.frame
    if frame.campaign is None or frame.campaign.id is None:
        return ()
    return tuple(find_plan(asked.connection, frame.ward, frame.campaign.id, frame.today))


_READ: Mapping[str, Callable[[_Asked], Any]] = {
    "figures": _figures, "overdue": _overdue, "board": _board, "hubs": _hubs, "plan": _plan,
}  # fmt: skip
_ALWAYS = ("figures", "overdue", "hubs")
_PART_OF = {
    "numbers": "figures", "overdue": "overdue", "campaign": "board", "hubs": "hubs",
    "plan": "plan", "map": "hubs",
}  # fmt: skip
