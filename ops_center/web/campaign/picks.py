"""What can be chosen: which campaign, which hubs; and the chips of what was."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.campaign.seen import Seen
from ops_center.web.chart import TABLE
from ops_center.web.parts import Props, marked, said

PLACES = (("campaign-chips", "children"), ("campaign-period", "children"))
SEARCHED = 9  # choices from which on a list has a search field


def skeleton(seen: Seen) -> Component:
    """The bar on one line and the chips under it, built once; assets/campaign.js marks what is
    chosen."""
    language = seen.language
    buttons = [
        marked(html.Button(said(f"explore.bar.{name}", language), type="button",
                           className="button"), {"data-do": name})
        for name in ("copy", "reset")
    ]  # fmt: skip
    printed = marked(
        html.Button(said("campaign.print", language), type="button", className="button"),
        {"data-print": "true"},
    )
    aloud = marked(html.Span(id="campaign-said", className="said"), {"role": "status"})
    fresh = marked(html.Button(said("explore.bar.fresh", language), id="campaign-fresh",
                               hidden=True, type="button", className="button"),
                   {"data-do": "fresh"})  # fmt: skip
    bar = html.Div([*_picks(seen), html.Span(className="gap"), aloud, fresh, *buttons, printed],
                   className="bar-line")  # fmt: skip
    chips = html.Div([html.P(id="campaign-period", className="period-words"),
                      html.Ul(id="campaign-chips", className="chips-line")],
                     className="chips-box")  # fmt: skip
    return marked(html.Div([bar, chips], className="filters"),
                  {"role": "search", "aria-label": said("explore.bar.title", language)})


def _picks(seen: Seen) -> list[Component]:
    campaigns = [
        (one.starts_on.isoformat(), f"{one.name} · {i18n.day(one.starts_on, seen.language)}")
        for one in reversed(seen.campaigns)
    ]
    hubs = [(hub.code, seen.name(hub)) for hub in seen.known.lists.hubs]
    found = [_pick("hubs", hubs, seen)] if hubs else []
    return [*([_pick("campaign", campaigns, seen)] if len(campaigns) > 1 else []), *found]


def _pick(name: str, choices: Iterable[tuple[str, str]], seen: Seen) -> Component:
    """A fold with its list, whose marks are those of the address."""
    language, many = seen.language, name == "hubs"
    head = [html.Span(seen.say(f"pick.{name}"), className="pick-name"),
            html.Span(className="pick-count")]  # fmt: skip
    rows = _list(name, list(choices), many, language)
    box = marked(html.Div(className="pick-box"), {TABLE: rows})
    fold = html.Details([html.Summary(head), box], className=f"pick {'many' if many else 'one'}")
    return marked(fold, {"data-pick": name})


def _list(name: str, choices: list[tuple[str, str]], many: bool, language: str) -> str:
    kind = "checkbox" if many else "radio"
    rows = "".join(
        f'<label class="choice" data-folded="{escape(i18n.fold(f"{words} {value}"))}">'
        f'<input type="{kind}" name="pick-{name}" value="{escape(value)}">'
        f'<span dir="auto">{escape(words)}</span></label>'
        for value, words in choices
    )
    label = escape(said("explore.js.search", language))
    search = (f'<input type="search" class="pick-search" autocomplete="off" placeholder="{label}" '
              f'aria-label="{label}">')  # fmt: skip
    clear = escape(said("explore.js.clear", language))
    none = escape(said("explore.js.none_found", language))
    button = f'<button type="button" class="button" data-clear="{name}">{clear}</button>'
    return "".join([
        search if len(choices) > SEARCHED else "",
        f'<div class="pick-list" role="group">{rows}</div>',
        f'<p class="quiet none-found" hidden>{none}</p>',
        button if many else "",
    ])  # fmt: skip


def drawn(seen: Seen) -> Props:
    """A chip for each hub that the view is narrowed to."""
    return {
        "campaign-chips": {"children": [html.Li(_chip(seen, code)) for code in seen.view.hubs]},
        "campaign-period": {"children": _period(seen)},
    }


def _period(seen: Seen) -> str:
    if seen.board is None:
        return ""
    campaign = seen.board.campaign
    days = (i18n.day(one, seen.language) for one in (campaign.starts_on, campaign.ends_on))
    words = " – ".join(days)
    return words if seen.view.hubs else f"{words} · {seen.say('all_hubs')}"


def _chip(seen: Seen, code: str) -> Component:
    hub = seen.known.lists.hub_by_id.get(seen.known.lists.hub_ids.get(code, ""))
    words = seen.name(hub) if hub else code
    gone = said("explore.bar.remove", seen.language, name=words)
    rest = tuple(one for one in seen.view.hubs if one != code)
    kind = html.Span(said("explore.pick.hub", seen.language) + ": ", className="quiet")
    cross = marked(html.Span("✕", className="cross"), {"aria-hidden": "true"})
    return html.A([kind, words, html.Span(f" – {gone}", className="spoken"), cross],
                  href=seen.to(hubs=rest), className="filter-chip", title=gone)  # fmt: skip
