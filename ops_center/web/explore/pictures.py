"""The view's charts: over time, where dossiers stand, how long they took, when they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures import hours as hours_figure
from ops_center.figures.durations import BINS_A_DAY, LAST, bins_of, by_working_day
from ops_center.figures.over_time import Ghost, Step, over_time
from ops_center.figures.spread import Mark, spread
from ops_center.figures.standing import State, standing
from ops_center.metrics.explore import Point
from ops_center.metrics.number import Number
from ops_center.metrics.scope import buckets, cut_took, spelled_took
from ops_center.metrics.standing import STANDINGS
from ops_center.store.sums import nearest_rank
from ops_center.web.address import grain
from ops_center.web.chart import Data, Row, chart, charted, places
from ops_center.web.explore import picks
from ops_center.web.explore.seen import WORKING_DAY, Seen, change, shown, unit_of
from ops_center.web.parts import Props, marked, said

PLACES = (("trend-why", "children"), *places("trend"), *places("standing"), *places("durations"))
HOURS = places("hours")


def trend_skeleton(language: str) -> Component:
    """The card of the metric over time, with the choice of the metric."""
    why = html.Span(id="trend-why")
    return chart("trend", language, kind="wide", tools=[why, picks.pick("metric", language)])


def skeleton(name: str, language: str) -> Component:
    """The card of "standing", "durations" or "hours"."""
    return chart(name, language)


def drawn(seen: Seen) -> Props:
    """All but the hours, whose numbers come later."""
    return _trend(seen) | _standing(seen) | _durations(seen)


# ---------------------------------------------------------------- over time


def _trend(seen: Seen) -> Props:
    metric, size = seen.view.metric, grain(seen.view)
    steps = [_step(seen, point, size) for point in seen.found.trend]
    ghosts = [_ghost(seen, point, size) for point in _aligned(seen, size)]
    number = seen.found.strip[metric]
    title = seen.say("trend.title", name=seen.name(metric), value=seen.shown(number))
    before = (seen.found.before or {}).get(metric)
    if before is not None and (gap := change(number, before, seen.language)):
        title = seen.say("trend.changed", title=title, change=gap)
    unit = said(f"metrics.unit.{unit_of(metric)}", seen.language)
    if unit_of(metric) == "minutes":
        unit = seen.say("trend.working_days")
    known = [] if seen.nothing else [one for one in steps if one.value is not None]
    figure = over_time(steps, ghosts, unit_of(metric), seen.theme, seen.language)
    words = seen.say(f"trend.{size}_compared" if ghosts else f"trend.{size}", unit=unit)
    return {"trend-why": {"children": _why(seen, metric)}} | charted(
        "trend", title, words, figure if known else None, _trend_data(seen, steps, size),
        "" if known else seen.way_out,
    )  # fmt: skip


def _why(seen: Seen, metric: str) -> Component:
    """The way to what the number in the title is made of."""
    words = seen.say("table.why", name=seen.name(metric))
    link = html.A("?", href=seen.why(metric), className="button", title=words)
    return marked(link, {"data-why": metric, "aria-label": words})


def _step(seen: Seen, point: Point, size: str) -> Step:
    part = next((one for one in buckets(seen.found.scope, size) if one.key == point.day), None)
    told = f"{_day_words(seen, point.day, size)}: {_point(seen, point)}"
    return Step(
        day=point.day, value=_value(point), told=told,
        href=seen.to(first=part.first, last=part.last) if part else "",
        open=part is not None and part.first <= seen.known.today < part.last,
    )  # fmt: skip


def _aligned(seen: Seen, size: str) -> Sequence[Point | None]:
    """The steps compared with, each in its place: of days, the working ones beside one another."""
    before = list(seen.found.trend_before or ())
    if size != "day" or seen.view.compare != "before" or not before:
        return before
    calendar = seen.known.calendar
    working = iter([point for point in before if calendar.is_working(point.day)])
    return [next(working, None) if calendar.is_working(point.day) else None
            for point in seen.found.trend]


def _ghost(seen: Seen, point: Point | None, size: str) -> Ghost:
    if point is None:
        return Ghost(None, "")
    told = seen.say("trend.then", day=_day_words(seen, point.day, size), value=_point(seen, point))
    return Ghost(_value(point), told)


def _value(point: Point) -> float | None:
    return None if point.value is None else float(point.value)


def _point(seen: Seen, point: Point) -> str:
    number = Number(point.value, point.numerator, point.denominator, unit_of(seen.view.metric))
    words = shown(number, seen.language)
    if not point.denominator or number.unit != "ratio":
        return words
    parts = (i18n.number(one, seen.language) for one in (point.numerator, point.denominator))
    return f"{words} ({' / '.join(parts)})"


def _day_words(seen: Seen, day: date, size: str) -> str:
    words = i18n.day(day, seen.language)
    if size == "day":
        return f"{i18n.weekday(day, seen.language)} {words}"
    return f"{said(f'export.by.{size}', seen.language)} {words}"


def _trend_data(seen: Seen, steps: Sequence[Step], size: str) -> Data:
    head = [said(f"export.by.{size}", seen.language), seen.name(seen.view.metric)]
    points, before = seen.found.trend, _aligned(seen, size)
    if before:
        head += [seen.say("trend.other_day"), seen.say("trend.other")]
    rows = []
    for at, (step, point) in enumerate(zip(steps, points, strict=True)):
        cells = [i18n.day(step.day, seen.language), _point(seen, point)]
        then = before[at] if at < len(before) else None
        if before:
            cells += [i18n.day(then.day, seen.language), _point(seen, then)] if then else ["", ""]
        rows.append(Row(cells, step.href))
    return Data(head, rows)


# ---------------------------------------------------------------- where dossiers stand

_FLOW = ("waiting_reception", "within_due", "due_soon", "overdue", "suspended", "open_no_due",
         "awaiting_return", "early", "on_time", "late", "no_due", "stopped", "withdrawn")
_ALWAYS = _FLOW[:5]


def _standing(seen: Seen) -> Props:
    counts = seen.found.standing
    states = [_state(seen, key, counts.get(key, 0)) for key in _FLOW
              if counts.get(key, 0) or key in _ALWAYS]
    total, overdue = (counts.get("within_due", 0) + counts.get("due_soon", 0)
                      + counts.get("overdue", 0) + counts.get("suspended", 0)
                      + counts.get("open_no_due", 0)), counts.get("overdue", 0)
    key = "overdue" if overdue else "open"
    shown_ones = {"open": i18n.number(total, seen.language),
                  "overdue": i18n.number(overdue, seen.language)}
    title = seen.say(f"standing.{key}", count=total, **shown_ones)
    data = Data([seen.say("standing.state"), said("metrics.unit.dossiers", seen.language)],
                [Row([one.name, one.shown], one.href) for one in states])
    unit = seen.say("standing.unit")
    if not any(counts.values()):
        return charted("standing", seen.say("standing.none"), unit, None, data, seen.way_out)
    return charted("standing", title, unit, standing(states, seen.theme, seen.language), data)


def _isolated(seen: Seen, words: str) -> str:
    """Words on a chart, which runs left to right, in their own direction."""
    return f"\u2067{words}\u2069" if i18n.direction(seen.language) == "rtl" else words


def _state(seen: Seen, key: str, count: int) -> State:
    """Where a click leads: those that stand there; the ended ones' rows."""
    stands = key in STANDINGS
    href = seen.to(statuses=(key,)) if stands else seen.to(rows=key, where=()) + "#rows"
    name = (said(f"export.standings.{key}", seen.language) if stands
            else seen.say("standing.ended", how=said(f"export.ends.{key}", seen.language)))
    shown_count = i18n.number(count, seen.language)
    return State(key, _isolated(seen, name), count, shown_count, href)


# ---------------------------------------------------------------- how long they took


def _durations(seen: Seen) -> Props:
    counts = by_working_day(seen.found.durations)
    total = sum(counts)
    unit = seen.say("durations.unit")
    names = [seen.say("durations.day", count=day) for day in range(1, LAST)]
    names.append(seen.say("durations.more", days=LAST))
    numbers = [i18n.number(count, seen.language) for count in counts]
    hrefs = [_took(seen, day) if count else "" for day, count in enumerate(counts, 1)]
    data = Data([seen.say("durations.days"), said("metrics.unit.dossiers", seen.language)],
                [Row(cells, href) for *cells, href in zip(names, numbers, hrefs, strict=True)])
    if not total:
        return charted("durations", seen.say("durations.none"), unit, None, data, seen.way_out)
    half = (nearest_rank(dict(seen.found.durations), 0.5) or 0) / BINS_A_DAY
    marks, note = _due(seen)
    median = i18n.duration(half * WORKING_DAY, seen.language, day_minutes=WORKING_DAY)
    words = _isolated(seen, seen.say("durations.median", time=median))
    marks.append(Mark("median", half, words))
    told = [f"{name}: {number}" for name, number in zip(names, numbers, strict=True)]
    figure = spread(counts, told, marks, seen.theme, seen.language, hrefs)
    return charted("durations", seen.say("durations.title", time=median), unit, figure, data, note)


def _took(seen: Seen, day: int) -> str:
    """The address of the dossiers that a bar counts: those done in so many working days."""
    spans = cut_took(seen.found.scope.took or [(0, None)], bins_of(day))
    return seen.to(took=tuple(map(spelled_took, spans)), rows="done", where=())


def _due(seen: Seen) -> tuple[list[Mark], str]:
    """The line at the limit, where all procedures of the view have the same one."""
    limits = {(one.limit_kind, one.limit_days) for one in seen.known.lists.procedures
              if _in_view(seen, one.id, one.field_id) and one.limit_kind}
    if len(limits) != 1:
        return [], seen.say("durations.several") if limits else seen.say("durations.unknown")
    ((kind, days),) = limits
    if kind == "calendar_days":
        return [], seen.say("durations.calendar", count=days or 0)
    limit = 1 if kind == "same_day" else days or 0
    words = _isolated(seen, seen.say("durations.due", count=limit))
    return [Mark("due", limit, words)], ""


def _in_view(seen: Seen, procedure: str, field: str) -> bool:
    view = seen.view
    return ((not view.procedures or procedure in view.procedures)
            and (not view.fields or field in view.fields))


# ---------------------------------------------------------------- when they come


def hours(seen: Seen, arrivals: Sequence[Sequence[int]]) -> Props:
    """The card of weekday by hour."""
    days = [picks.weekday_name(day, seen.language) for day in range(1, 8)]
    span = hours_figure.shown_hours(arrivals)

    def href(day: int, hour: int) -> str:
        return seen.to(hours=(f"{day + 1}-{hour:02d}",)) if arrivals[day][hour] else ""

    def told(day: int, hour: int, count: int) -> str:
        place = seen.say("hours.one", day=days[day], hour=hour, next=hour + 1)
        return f"{place}: {i18n.number(count, seen.language)}"

    data = Data(["", *(f"{hour}–{hour + 1}" for hour in span)], [
        Row([days[day], *(i18n.number(arrivals[day][hour], seen.language) for hour in span)],
            hrefs=[href(day, hour) for hour in span])
        for day in range(7)
    ])  # fmt: skip
    total = sum(map(sum, arrivals))
    unit = seen.say("hours.unit")
    if not total:
        return charted("hours", seen.say("hours.none"), unit, None, data, seen.way_out)
    day, hour = max(((d, h) for d in range(7) for h in range(24)),
                    key=lambda at: arrivals[at[0]][at[1]])
    title = seen.say("hours.title", day=days[day], hour=hour, next=hour + 1)
    figure = hours_figure.by_hour(arrivals, days, href, told, seen.theme, seen.language)
    return charted("hours", title, unit, figure, data)
