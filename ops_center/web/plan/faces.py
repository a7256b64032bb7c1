"""People of the plan: a face of initials, the name, and how much they owe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.plan import Item, Owed, owners
from ops_center.web.parts import marked, shape
from ops_center.web.plan.asked import NOBODY, Plan

if TYPE_CHECKING:
    from ops_center.store.people import Person


def initials(name: str) -> str:
    """First letters of family and given name: Ngô Văn Thành → NT."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return "?"
    ends = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


def face(person: Person | None) -> Component:
    """The initials in a circle; an empty one for nobody. The name stands beside it."""
    kind = "face" if person else "face nobody"
    letters = initials(person.name) if person else "?"
    return marked(html.Span(letters, className=kind), {"aria-hidden": "true"})


def named(plan: Plan, person: Person | None) -> list[Any]:
    """Face and name, which leads to what the person owes."""
    if person is None:
        return [face(None), html.Span([shape("watch"), " ", plan.say("unowned")],
                                      className="no-owner")]  # fmt: skip
    name = html.A(html.Bdi(person.name), href=plan.owner_way(person.id))
    if person.active:
        return [face(person), name]
    left = html.Span(plan.say("left"), className="no-owner")
    return [face(person), html.Span([name, " ", left])]


def team(plan: Plan) -> Component:
    """Everybody who owns something, with what is open and what of it is late."""
    title = html.H2(plan.say("owners"), id="plan-owners")
    people = [_person(plan, one) for one in owners(plan.items)]
    return marked(html.Section([title, html.Ul(people, className="owners")], className="card"),
                  {"aria-labelledby": "plan-owners"})  # fmt: skip


def _person(plan: Plan, one: Owed) -> Component:
    if one.owner is None and not one.open:
        return html.Li(hidden=True)
    href = plan.owner_way(one.owner.id) if one.owner else plan.filtered(owner=NOBODY)
    name = html.Bdi(one.owner.name) if one.owner else plan.say("unowned")
    told: list[Any] = [html.Span(name, className="owner-name"),
                       html.Span(counted(plan, one), className="quiet")]  # fmt: skip
    if one.late:
        late = plan.say("late_count", count=one.late)
        told.append(html.Span([shape("bad"), " ", late], className="late-count"))
    return html.Li(html.A([face(one.owner), html.Span(told, className="owner-told")], href=href))


def counted(plan: Plan, one: Owed) -> list[Any]:
    """How many are open, how many are done."""
    return [plan.say("open_count", count=one.open), " · ", done_of(plan, one.items)]


def done_of(plan: Plan, items: Sequence[Item]) -> str:
    """How many of them are done."""
    done = sum(one.state == "done" for one in items)
    parts = "/".join(i18n.number(n, plan.language) for n in (done, len(items)))
    return plan.say("done_of", parts=parts)
