"""The plan as a file: the items that the address shows, as CSV or XLSX.

    GET /export/plan.csv|plan.xlsx?<the same question as /plan>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response

from ops_center import i18n, logs
from ops_center.i18n import Problem, text
from ops_center.web.export import KINDS, Exported, written
from ops_center.web.plan.asked import NOBODY, Plan, asked

if TYPE_CHECKING:
    from ops_center.metrics.plan import Item
    from ops_center.web.desk import Desk

_COLUMNS = (
    ("code", 10), ("phase", 18), ("content", 50), ("deliverable", 30), ("owner", 24),
    ("coordinators", 30), ("starts_on", 12), ("due_on", 12), ("done_on", 12), ("indicator", 12),
    ("progress", 10), ("state", 16), ("days_late", 10), ("evidence", 40), ("weight", 8),
)  # fmt: skip


def register(server: Flask, desk: Desk) -> None:
    """Answer under /export/."""
    for kind in KINDS:
        server.add_url_rule(
            f"/export/plan.{kind}", f"export_plan_{kind}", lambda kind=kind: _answer(desk, kind)
        )


def _answer(desk: Desk, kind: str) -> Response:
    query = desk.query()
    try:
        with desk.asking() as (connection, known):
            plan = asked(connection, known, query)
    except Problem as problem:
        logs.failure("export.failed", problem)
        return Response(problem.text(query.language), status=503, mimetype="text/plain")
    exported = exported_plan(plan)
    body = b"".join(written(exported, kind, plan.language))
    response = Response(body, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{exported.name}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def exported_plan(plan: Plan) -> Exported:
    """The statement, the head and the rows of the items shown."""
    items = [one for one in plan.items if plan.shows(one)]
    local = plan.known.now.astimezone(plan.known.ward.zone)
    return Exported(
        statement=_statement(plan, len(items)),
        head=[plan.say(f"export.{name}") for name, _ in _COLUMNS],
        rows=iter([_row(plan, one) for one in items]),
        widths=[width for _, width in _COLUMNS],
        name=f"{plan.known.ward.id}-plan-{local:%Y%m%d-%H%M}".replace('"', ""),
    )


def _statement(plan: Plan, count: int) -> list[tuple[str, Any]]:
    language, known = plan.language, plan.known
    told: list[tuple[str, Any]] = [
        (text("export.what", language), plan.say("title")),
        (text("export.ward", language), known.ward.name),
    ]
    if plan.campaign is not None:
        told.append((plan.say("export.campaign"), plan.campaign.name))
    if known.ward.illustrative:
        told.append((text("export.note", language), text("export.illustrative", language)))
    told += [(plan.say(f"by.{name}"), _filter(plan, name)) for name in plan.chosen]
    at = i18n.moment(known.now, known.ward.zone, language)
    told += [
        (text("export.as_of", language), f"{at} ({known.ward.time_zone})"),
        (text("export.count", language), count),
        (text("export.address", language), plan.filtered()),
    ]
    return told


def _filter(plan: Plan, name: str) -> str:
    value = plan.chosen[name]
    if name == "state":
        return plan.say(f"state.{value}")
    if name == "phase":
        return value
    if value == NOBODY:
        return plan.say("unowned")
    return next(one.owner.name for one in plan.items if one.owner and one.owner.id == value)


def _row(plan: Plan, one: Item) -> list[Any]:
    """`state` as the screens say it; percent as a number, days as days."""
    return [
        one.code, one.phase, one.content, one.deliverable, one.owner.name if one.owner else None,
        "; ".join(person.name for person in one.coordinators), one.starts_on, one.due_on,
        one.done_on, one.indicator.code if one.indicator else None, one.progress,
        plan.say(f"state.{one.standing}"), one.days_late, one.evidence, one.weight,
    ]  # fmt: skip
