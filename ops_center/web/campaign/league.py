"""The hubs by their pace, those furthest behind first, and what each adds to the shortfall."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.pace import HubPace
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.words import gap_words, shown
from ops_center.web.chart import TABLE, card, linked, ltr
from ops_center.web.parts import Props, marked, said

PLACES = (
    ("league-title", "children"), ("league-unit", "children"), ("league-data", TABLE),
    ("league-note", "children"),
)  # fmt: skip
COLUMNS = ("hub", "state", "now", "target", "plan", "gap", "share", "heard", "open")
TOP = 3
"""So many hubs are said to make up a part of the shortfall."""


def skeleton(language: str) -> Component:
    """The card, built once."""
    box = marked(html.Div(id="league-data", className="breakdown league", tabIndex="0"),
                 {"role": "region", "aria-labelledby": "league-title"})  # fmt: skip
    return card("league", language, [box, html.P(id="league-note", className="card-note")],
                kind="wide-all", takes=("csv",))  # fmt: skip


def drawn(seen: Seen) -> Props:
    """The hubs, and what is found in them."""
    lines = seen.league if seen.pace is not None else ()
    aimed = [one for one in lines if one.target is not None]
    note = "" if not lines or aimed else seen.say("league.no_targets")
    return {
        "league-title": {"children": finding(seen, lines)},
        "league-unit": {"children": _unit(seen) if aimed else ""},
        "league-data": {TABLE: _table(seen, lines) if lines else ""},
        "league-note": {"children": note if lines else seen.say("league.empty")},
    }


def _is_over(seen: Seen) -> bool:
    return seen.board is not None and seen.board.day.phase == "after"


def _unit(seen: Seen) -> str:
    """What the gap is measured from: the plan by now, and once it is over the target."""
    return seen.say("league.unit_over" if _is_over(seen) else "league.unit")


def _head(seen: Seen, name: str) -> str:
    if name == "plan" and _is_over(seen):
        return seen.say("league.plan_over")
    return seen.say(f"league.{name}")


def finding(seen: Seen, lines: Sequence[HubPace]) -> str:
    """How many are behind, and how much of the shortfall the first of them make up."""
    behind = [one for one in lines if one.gap is not None and one.gap < 0]
    total = sum(one.gap is not None for one in lines)
    if not total:
        return seen.say("league.title")
    over = "_over" if _is_over(seen) else ""
    if not behind:
        return seen.say(f"league.none_behind{over}", count=total)
    first = sorted((one.share_of_shortfall or 0.0 for one in behind), reverse=True)[:TOP]
    if len(behind) <= TOP or seen.view.hubs:
        return seen.say(f"league.behind{over}", count=len(behind), total=total)
    share = i18n.percent(sum(first), seen.language, 0)
    return seen.say(f"league.behind_most{over}", count=len(behind), total=total, top=TOP,
                    share=share)  # fmt: skip


def _table(seen: Seen, lines: Sequence[HubPace]) -> str:
    """As HTML text, see `chart`."""
    heads = "".join(f'<th scope="col">{escape(_head(seen, name))}</th>' for name in COLUMNS)
    top = max((one.share_of_shortfall or 0.0 for one in lines), default=0.0)
    body = "".join(_line(seen, one, top) for one in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _line(seen: Seen, one: HubPace, top: float) -> str:
    assert seen.pace is not None and seen.board is not None
    indicator, language, hub = seen.pace.indicator, seen.language, one.hub
    name = linked(seen.name(hub), seen.to(hubs=(hub.code,)))
    numbers = [
        ltr(shown(indicator, one.now, language), seen.explore(indicator, (hub.code,))),
        ltr(shown(indicator, one.target, language)), ltr(shown(indicator, one.planned, language)),
        ltr(gap_words(indicator, one.gap, language)),
    ]  # fmt: skip
    cells = "".join(f"<td>{cell}</td>" for cell in (_state(seen, one), *numbers))
    heard = i18n.short_day(one.last_reported, language) if one.last_reported else ""
    heard = ltr(heard) if heard else escape(seen.say("league.silent"))
    told = seen.say("league.open_hub", name=seen.name(hub))
    way = (f'<a href="{escape(seen.hub_way(hub))}" '
           f'aria-label="{escape(hub.code)} – {escape(told)}">'
           f"{escape(hub.code)}</a>")  # fmt: skip
    return (f'<tr><th scope="row">{name}</th>{cells}{_share(one.share_of_shortfall, top, language)}'
            f"<td>{heard}</td><td>{way}</td></tr>")  # fmt: skip


def _state(seen: Seen, one: HubPace) -> str:
    """The state's shape and word."""
    if one.state == "none":
        return escape(i18n.MISSING)
    assert seen.board is not None
    phase = "over" if seen.board.day.phase == "after" else "running"
    word = escape(said(f"campaign.state.{phase}_{one.state}", seen.language))
    return (f'<span class="standing {one.state}"><span class="shape {one.state}" '
            f'aria-hidden="true"></span>{word}</span>')  # fmt: skip


def _share(share: float | None, top: float, language: str) -> str:
    """The part of what the hubs behind lack, as a bar beside its number."""
    if not share:
        return f'<td class="share">{ltr(i18n.MISSING)}</td>'
    bar = f'<i style="--part:{share / top:.3f}"></i>'
    return f'<td class="share"><span>{bar}{ltr(i18n.percent(share, language))}</span></td>'
