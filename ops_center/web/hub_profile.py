"""A hub beside its ward: numbers, trend, procedures, officials, campaign, last heard from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.figures.over_time import Ghost, Step, over_time
from ops_center.metrics.catalog import METRICS, Metric
from ops_center.metrics.number import Number, judged
from ops_center.metrics.profile import NUMBERS, OF_CAMPAIGN, PARTS, InCampaign, Profile
from ops_center.metrics.reading import Reading
from ops_center.web import amounts, chart, hub_campaign
from ops_center.web.export import labels
from ops_center.web.parts import apart, dress, marked, said, shape
from ops_center.web.shell import KEPT
from ops_center.web.why import linked

if TYPE_CHECKING:
    from ops_center.metrics.lists import Hub
    from ops_center.metrics.pace import Board
    from ops_center.web.desk import Query
    from ops_center.web.known import Known

ENOUGH = 10  # dossiers below which a rate is noise
SHOWN = 12  # lines of a breakdown; the rest is one click away


def heard(known: Known, own: Profile, language: str) -> str:
    """When something last happened at the hub."""
    if own.heard_at is None:
        return said("hub.never_heard", language)
    return said("hub.heard", language, at=i18n.moment(own.heard_at, known.ward.zone, language))


def sections(
    query: Query, known: Known, hub: Hub, own: Profile, board: Board | None
) -> list[Component]:
    """The profile, under the worklist; `board`: how the hub stands in the campaign."""
    language = query.language
    head = html.Header([html.H2(said("hub.profile", language)),
                        html.P(said("hub.span", language), className="quiet")], className="between")
    return [
        head,
        html.Div([_numbers(query, hub, own), _trend(query, known, own)], className="two"),
        *([_campaign(query, hub, own.campaign, board)] if own.campaign else []),
        _parts(query, known, hub, "procedure", own.procedures),
        _parts(query, known, hub, "official", own.officials),
    ]


# ---------------------------------------------------------------- numbers against the ward's


def _numbers(query: Query, hub: Hub, own: Profile) -> Component:
    language = query.language
    names = ("metric", "hub", "ward", "against")
    head = _head([said(f"hub.numbers.{name}", language) for name in names])
    rows = [_line(query, hub, name, own.hub[name], own.ward[name]) for name in NUMBERS]
    table = html.Table([head, html.Tbody(rows)], className="numbers")
    return _card("numbers", language, [html.Div(table, className="scrolls")])


def _line(query: Query, hub: Hub, name: str, own: Number, whole: Number) -> Component:
    metric, language = METRICS[name], query.language
    state = judged(metric, own.value)
    few = _is_few(metric, own)
    spoken = html.Span(said(f"metrics.state.{state}", language), className="spoken")
    mark = [shape(state), spoken, " "] if state != "none" and not few else []
    value = linked(name, apart(amounts.shown(metric, own.value, language)), language,
                   _question(query, hub))  # fmt: skip
    note = [_few(own.denominator, language)]
    words: list[Any] = [*mark, said(f"metrics.{name}.name", language)]
    return html.Tr(
        [
            marked(html.Th(words), {"scope": "row"}),
            html.Td([value, *(note if few else [])]),
            html.Td(apart(amounts.shown(metric, whole.value, language))),
            html.Td(_against(name, own, whole, language)),
        ]
    )


def _against(name: str, own: Number, whole: Number, language: str) -> str:
    """The share of the ward's for what adds up, the distance from it for what does not."""
    metric = METRICS[name]
    if metric.kind == "amount":
        ratio = (own.value or 0) / whole.value if whole.value else None
        if ratio is None:
            return i18n.MISSING
        return said("hub.share", language, share=i18n.percent(ratio, language))
    gap = amounts.gap(metric, own.value, whole.value, language)
    return said(f"hub.gap.{metric.unit}", language, gap=gap) if gap else i18n.MISSING


# ---------------------------------------------------------------- its days


def _trend(query: Query, known: Known, own: Profile) -> Component:
    """Received as bars, done as the line before them."""
    language, theme = query.language, query.theme
    words = [said(f"metrics.{name}.name", language) for name in ("received", "done")]
    steps, ghosts = [], []
    for day, received, done in own.days:
        shown = i18n.day(day, language)
        counts = (i18n.number(received, language), i18n.number(done, language))
        steps.append(Step(day, received, f"{shown}: {words[0]} {counts[0]}", "",
                          open=day == own.days[-1][0]))
        quiet = not done and not known.calendar.is_working(day)  # the line passes over weekends
        ghosts.append(Ghost(None if quiet else done, f"{shown}: {words[1]} {counts[1]}"))
    figure = over_time(steps, ghosts, "dossiers", theme, language)
    data = chart.Data(
        [said("export.by.day", language), *words],
        [chart.Row([i18n.day(day, language), i18n.number(a, language), i18n.number(b, language)])
         for day, a, b in reversed(own.days)],
    )
    title = said(
        "hub.trend", language,
        received=i18n.number(sum(received for _, received, _ in own.days), language),
        done=i18n.number(sum(done for _, _, done in own.days), language),
    )  # fmt: skip
    card = chart.chart("hub-trend", language)
    unit = said("hub.trend_unit", language)
    return dress(card, chart.charted("hub-trend", title, unit, figure, data))


# ---------------------------------------------------------------- campaign


def _campaign(query: Query, hub: Hub, state: InCampaign, board: Board | None) -> Component:
    language, campaign = query.language, state.campaign
    when = "over" if state.day > campaign.days else "running"
    told = said(f"hub.campaign.{when}", language, name=campaign.name, day=state.day,
                days=campaign.days)  # fmt: skip
    question = _question(query, hub, "campaign")
    items = [
        html.Div([
            html.Dt(said(f"metrics.{name}.name", language)),
            html.Dd([linked(name, _shown(name, state.hub, language), language, question), " ",
                     html.Span(_against(name, state.hub[name], state.ward[name], language),
                               className="quiet")]),
        ])
        for name in OF_CAMPAIGN
    ]  # fmt: skip
    numbers = html.Dl(items, className="tiles-line")
    body = [html.P(told), numbers, *hub_campaign.paces(query, hub, board)]
    return _card("campaign", language, body)


def _shown(name: str, numbers: Mapping[str, Number], language: str) -> Component:
    return apart(amounts.shown(METRICS[name], numbers[name].value, language))


# ---------------------------------------------------------------- procedures and officials


def _parts(
    query: Query, known: Known, hub: Hub, by: str, readings: Sequence[Reading]
) -> Component:
    language = query.language
    if not readings:
        return _card(by, language, [html.P(said("hub.no_parts", language), className="nothing")])
    label = labels(known, by, language)
    head = _head([said(f"export.by.{by}", language),
                  *(said(f"metrics.{name}.short", language) for name in PARTS)])  # fmt: skip
    rows = [_part(query, hub, by, one, label) for one in readings[:SHOWN]]
    body: list[Any] = [html.Div(html.Table([head, html.Tbody(rows)]), className="scrolls")]
    href = f"/explore?{_question(query, hub)}&by={by}"
    rest = len(readings) - SHOWN
    words = said("hub.rest", language, count=rest) if rest > 0 else said("hub.explore", language)
    return _card(by, language, [*body, html.P(html.A(words, href=href), className="further")])


def _part(
    query: Query, hub: Hub, by: str, reading: Reading, label: Callable[[Any], str]
) -> Component:
    assert reading.key is not None
    key = reading.key[by]
    name = html.A(label(key), dir="auto",
                  href=f"/explore?{_question(query, hub)}&{by}={quote(key or 'none', safe='')}")
    cells = [html.Td(_cell(name, reading.numbers, query.language)) for name in PARTS]
    return html.Tr([marked(html.Th(name), {"scope": "row"}), *cells])


def _cell(name: str, numbers: Mapping[str, Number], language: str) -> list[Any]:
    """The value; a rate of few dossiers with how many they are."""
    metric, found = METRICS[name], numbers[name]
    shown: list[Any] = [apart(amounts.shown(metric, found.value, language))]
    if _is_few(metric, found):
        shown.append(_few(found.denominator, language))
    return shown


def _is_few(metric: Metric, found: Number) -> bool:
    """Whether a rate is noise, because it counts so few dossiers."""
    return metric.unit == "ratio" and found.value is not None and (found.denominator or 0) < ENOUGH


def _few(count: int | None, language: str) -> Component:
    return html.Span(said("hub.few", language, count=count or 0), className="quiet few")


# ---------------------------------------------------------------- small parts


def _question(query: Query, hub: Hub, period: str = "30d") -> str:
    named = "" if period == "30d" else f"period={period}&"
    kept = "".join(f"&{name}={query[name]}" for name in KEPT if query.get(name, "").isalpha())
    return f"{named}hub={quote(hub.code, safe='')}{kept}"


def _card(name: str, language: str, body: Sequence[Any]) -> Component:
    head = html.H3(said(f"hub.card.{name}", language), id=f"card-{name}")
    section = html.Section([head, *body], className="card")
    return marked(section, {"aria-labelledby": f"card-{name}"})


def _head(names: Sequence[str]) -> Component:
    return html.Thead(html.Tr([marked(html.Th(name), {"scope": "col"}) for name in names]))
