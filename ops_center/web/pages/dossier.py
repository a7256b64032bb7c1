"""/dossier/<source>/<code>: one dossier, and why its clock stands as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import Dash, html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.metrics.dossiers import find_dossier
from ops_center.store.listed import find_ids
from ops_center.web import shell
from ops_center.web.due_steps import Telling, steps, verdict
from ops_center.web.parts import apart, marked, said, shape
from ops_center.web.timeline import timeline

if TYPE_CHECKING:
    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

_FLAGS = ("result_electronic", "components_digitised", "data_reused", "population_data_used",
          "complained")


def register(app: Dash, desk: Desk) -> None:
    """No callback: the address says all."""


def title(query: Query) -> str:
    """The dossier's code."""
    return _named(query)[1] or said("dossier.title", query.language)


def exists(query: Query, desk: Desk) -> bool:
    """Whether there is a dossier of that code, in that source if one is named."""
    source, code = _named(query)
    with desk.asking() as (connection, known):
        ids = find_ids(connection, known.ward.id, code)
    return bool(ids) if source is None else source in ids


def opened(query: Query, desk: Desk) -> Component:
    """The dossier's page, or where else to look for it."""
    source, code = _named(query)
    with desk.asking() as (connection, known):
        story = find_dossier(connection, known.ward, code, source, known.now) if code else None
    if story is None:
        return shell.framed(query, "", _missing(query, source, code), known=known)
    telling = Telling(story, known, query.language)
    return shell.framed(query, "", _page(query, telling), known=known)


def _named(query: Query) -> tuple[str | None, str]:
    """(source, code) of the address: a code may hold a "/", and without one no source is named."""
    first, slash, rest = query.path.removeprefix("/dossier/").partition("/")
    return (first, rest) if slash else (None, first)


def _missing(query: Query, source: str | None, code: str) -> list[Any]:
    language = query.language
    ways = [html.Li(html.A(said("dossier.missing.explore", language),
                           href=shell.way(query, "/explore"))),
            html.Li(html.A(said("dossier.missing.hubs", language),
                           href=shell.way(query, "/hubs")))]  # fmt: skip
    if source is not None:
        other = html.A(said("dossier.missing.elsewhere", language),
                       href=shell.way(query, f"/dossier/{shell.quoted(code)}"))  # fmt: skip
        ways.insert(0, html.Li(other))
    return [
        html.H1(said("dossier.missing.title", language)),
        html.P([said("dossier.missing.said", language), " ", apart(_cut(code), "code-text")],
               className="lead"),
        html.P(said("dossier.missing.remedy", language)),
        html.Ul(ways, className="ways"),
    ]  # fmt: skip


def _cut(code: str) -> str:
    return code if len(code) <= 60 else code[:59] + "…"


def _page(query: Query, telling: Telling) -> list[Any]:
    state, sentence = verdict(telling)
    head = html.Header(
        [
            html.P([telling.say("title"), " · ",
                    html.Bdi(telling.story.facts["source_id"])], className="quiet"),
            html.H1(apart(telling.story.facts["code"])),
            html.P([shape(state), html.Span(sentence)], className=f"verdict {state}"),
            *_twins(query, telling),
        ],
        className="dossier-head",
    )
    return [
        head,
        html.Div(
            [
                html.Div([_section(telling, "how", steps(telling)),
                          _section(telling, "events", [timeline(telling)])], className="stack"),
                _section(telling, "facts", [_facts(query, telling)]),
            ],
            className="story",
        ),
    ]


def _section(telling: Telling, name: str, body: list[Any]) -> Component:
    head = html.H2(telling.say(name), id=f"{name}-title")
    return marked(html.Section([head, *body], className="card"),
                  {"aria-labelledby": f"{name}-title"})  # fmt: skip


def _twins(query: Query, telling: Telling) -> list[Component]:
    """Other sources with a dossier of this code."""
    if not telling.story.twins:
        return []
    code = telling.story.facts["code"]
    links = [part for name in telling.story.twins
             for part in (" ", html.A(name, href=shell.dossier_way(query, name, code)))]
    return [html.P([telling.say("twins"), *links], className="quiet")]


# ---------------------------------------------------------------- facts


def _facts(query: Query, telling: Telling) -> Component:
    told = [(telling.say(f"fact.{name}"), value) for name, value in _told(query, telling)]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in told], className="facts"
    )


def _told(query: Query, telling: Telling) -> list[tuple[str, Any]]:
    facts, known, language = telling.story.facts, telling.known, telling.language
    procedure = telling.procedure
    field = known.lists.field_by_id.get(procedure.field_id) if procedure else None
    official = known.lists.person_by_id.get(facts["official_id"] or "")
    worked = telling.clock_row.get("worked_minutes")
    told: list[tuple[str, Any]] = [
        ("procedure", [html.Span(procedure.name if procedure else i18n.MISSING, dir="auto"), " ",
                       apart(facts["procedure_id"], "quiet")]),
        ("field", field.called(language) if field else i18n.MISSING),
        ("hub", _hub(query, known, telling.story.hub_id)),
        ("channel", _channel(telling)),
        ("standing", _standing(telling)),
        ("status", [apart(str(facts["status"])), " ", telling.say(f"status.{facts['status']}")]),
        ("official", html.Span(official.name if official else i18n.MISSING, dir="auto")),
        ("applicant", [apart(facts["applicant"] or i18n.MISSING), " ",
                       html.Span(telling.say("masked"), className="quiet")]),
        ("fee", apart(i18n.money(facts["fee"], language))),
    ]
    if facts["payment"]:
        told.append(("payment", telling.say(f"payment.{facts['payment']}")))
    if worked is not None:
        told.append(("worked", telling.worked(worked)))
    told += [(name, telling.say("yes" if facts[name] else "no"))
             for name in _FLAGS if facts[name] is not None]
    if facts["rating"] is not None:
        told.append(("rating", apart(f"{facts['rating']}/5")))
    return told


def _hub(query: Query, known: Known, hub_id: str) -> Any:
    hub = known.lists.hub_by_id.get(hub_id)
    if hub is None:
        return i18n.MISSING
    return html.A([html.Bdi(hub.name), " ", apart(hub.code, "quiet")],
                  href=shell.hub_way(query, hub.code))  # fmt: skip


def _standing(telling: Telling) -> str:
    standing = telling.story.standing
    return i18n.text(f"export.standings.{standing}", telling.language) if standing else i18n.MISSING


def _channel(telling: Telling) -> str:
    level = telling.clock_row.get("channel_level") or telling.story.facts["channel"]
    return i18n.text(f"export.channel_level.{level}", telling.language)
