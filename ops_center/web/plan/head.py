"""The head of /plan: what is late, what nobody answers for, how far the plan is; the filters."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.domain.campaign import day_of
from ops_center.metrics.plan import Item, PlanStanding, owners, phases, standing
from ops_center.web import shell
from ops_center.web.parts import apart, marked, shape
from ops_center.web.plan.asked import NOBODY, STATES, Plan
from ops_center.web.plan.faces import face


def head(plan: Plan) -> Component:
    """Title, campaign, day, and what can be taken along."""
    assert plan.campaign is not None
    words = html.Div([html.H1(plan.say("title")), html.P(campaign_day(plan), className="quiet")])
    takes = [
        html.A(plan.say(f"take.{kind}"), href=plan.way(f"/export/plan.{kind}", **plan.chosen),
               className="button", id=f"plan-{kind}", download="")
        for kind in ("csv", "xlsx")
    ]  # fmt: skip
    paper = marked(html.Button(plan.say("print"), type="button", className="button"),
                   {"data-print": "true"})
    return html.Header([words, html.Div([*takes, paper], className="takes")],
                       className="head-line")


def campaign_day(plan: Plan) -> list[Any]:
    """The campaign's name and where it stands, with the way to its numbers."""
    assert plan.campaign is not None
    day = day_of(plan.campaign, plan.known.today)
    if day.phase == "running":
        told = plan.say("day", n=day.n, of=day.days)
    else:
        at = plan.campaign.starts_on if day.phase == "before" else plan.campaign.ends_on
        told = plan.say(day.phase, day=i18n.day(at, plan.language))
    link = html.A(html.Bdi(plan.campaign.name), href=plan.way("/campaign"))
    return [link, " · ", told]


def counts(plan: Plan) -> Component:
    """Four numbers, each the way to its items."""
    found = standing(plan.items)
    under_way = sum(one.state == "under_way" for one in plan.items)
    told = [
        ("late", found.late, "bad" if found.late else "none"),
        ("unowned", found.unowned, "watch" if found.unowned else "none"),
        ("under_way", under_way, "none"),
        ("done", found.done, "none"),
    ]
    return html.Ul([_count(plan, name, n, state, found) for name, n, state in told],
                   className="counts plan-counts")


def _count(plan: Plan, name: str, n: int, state: str, found: PlanStanding) -> Component:
    shown: list[Any] = [html.Span(i18n.number(n, plan.language), className="count")]
    if name == "done":
        whole = f" / {i18n.number(found.items, plan.language)}"
        shown.append(html.Span(whole, className="of"))
    mark: list[Any] = [shape(state), " "] if state != "none" else []
    number = html.Span([*mark, html.Bdi(shown, dir="ltr")])
    link = html.A([number, html.Span(plan.say(f"count.{name}"))], href=plan.filtered(state=name))
    return html.Li(marked(link, {"data-filter": "state", "data-value": name}),
                   className=f"count-of {state}")


# ---------------------------------------------------------------- filters


def filters(plan: Plan) -> Component:
    """One line: whose, which phase, which state. Every choice is an address."""
    groups = [_owners(plan), _chips(plan, "phase", [(one, one) for one in phases(plan.items)])]
    states = [(one, plan.say(f"state.{one}")) for one in STATES if _some(plan.items, one)]
    groups.append(_chips(plan, "state", states))
    clear = marked(html.A(plan.say("clear"), href=plan.way(), className="plan-chip clear",
                          hidden=not plan.chosen), {"data-clear": "true"})
    shown = sum(plan.shows(one) for one in plan.items)
    found = html.Span(_found(plan, shown), id="plan-found", className="quiet", role="status")
    words = {"data-found": plan.say("found", n="{n}", of="{of}"), "data-none": plan.say("none")}
    body = [*groups, clear, marked(found, words)]
    return marked(html.Nav(body, className="plan-filters", id="plan-filters"),
                  {"aria-label": plan.say("filters")})


def _some(items: tuple[Item, ...], state: str) -> bool:
    if state == "unowned":
        return any(one.unowned for one in items)
    return any(state in (one.standing, one.state) for one in items)


def _found(plan: Plan, shown: int) -> str:
    if not shown:
        return plan.say("none")
    n, of = (i18n.number(one, plan.language) for one in (shown, len(plan.items)))
    return plan.say("found", n=n, of=of) if plan.chosen else ""


def _owners(plan: Plan) -> Component:
    """A fold with everybody's face; it says who is chosen."""
    people = [one.owner for one in owners(plan.items)]
    choices = [(person.id if person else NOBODY, person) for person in people]
    chosen = next((p for key, p in choices if plan.chosen.get("owner") == key), None)
    label = chosen.name if chosen else plan.say("anybody")
    if plan.chosen.get("owner") == NOBODY:
        label = plan.say("unowned")
    links = [
        _choice(plan, "owner", key,
                [face(person), html.Bdi(person.name) if person else plan.say("unowned")])
        for key, person in choices
    ]  # fmt: skip
    summary = html.Summary([plan.say("column.owner"), ": ",
                            html.Bdi(label, id="plan-owner")], className="plan-chip")  # fmt: skip
    marked(summary, {"data-anybody": plan.say("anybody")})
    return html.Details([summary, html.Div(links, className="menu-list people")],
                        className="owner-menu")


def _chips(plan: Plan, name: str, choices: list[tuple[str, str]]) -> Component:
    chips = [_choice(plan, name, value, html.Span(words, dir="auto"), "plan-chip")
             for value, words in choices]  # fmt: skip
    label = plan.say(f"by.{name}")
    return marked(html.Div(chips, className="plan-chips", role="group"), {"aria-label": label})


def _choice(plan: Plan, name: str, value: str, words: Any, kind: str = "") -> Component:
    """Chosen already: choosing it again takes it away."""
    on = plan.chosen.get(name) == value
    link = html.A(words, href=plan.filtered(**{name: "" if on else value}), className=kind)
    told = {"data-filter": name, "data-value": value}
    return marked(link, told | ({"aria-current": "true"} if on else {}))


def others(plan: Plan) -> list[Component]:
    """The ways to the other campaigns' plans."""
    rest = [one for one in reversed(plan.campaigns) if one != plan.campaign]
    if not rest:
        return []
    links = [
        html.Li(html.A([html.Bdi(one.name), " ", apart(i18n.day(one.starts_on, plan.language))],
                       href=shell.way(plan.query, "/plan", campaign=one.starts_on.isoformat())))
        for one in rest
    ]  # fmt: skip
    return [html.H2(plan.say("others")), html.Ul(links, className="ways")]
