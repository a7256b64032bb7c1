"""What every desk page stands in: the way to the others, language and theme, the foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from dash import html
from dash.development.base_component import Component

from ops_center import i18n
from ops_center.web.desk import NOTICE, THEMES, Query
from ops_center.web.parts import marked, said

if TYPE_CHECKING:
    from ops_center.i18n import Problem
    from ops_center.web.known import Known

PLACES = {
    "wall": "/wall", "explore": "/explore", "campaign": "/campaign", "plan": "/plan",
    "evaluation": "/evaluation", "hubs": "/hubs", "letters": "/letters",
}  # fmt: skip
KEPT = ("lang", "theme")  # what goes along from page to page
_CODES = {"vi": "VI", "en": "EN", "ar": "ع"}


def framed(
    query: Query, here: str, body: Sequence[Any], *, known: Known | None = None,
    notes: Sequence[str] = (),
) -> Component:  # fmt: skip
    """A whole desk page. `here`: which of PLACES it belongs to; `notes`: what was dropped."""
    language = query.language
    return html.Div(
        [
            html.A(said("shell.skip", language), href="#main", className="skip"),
            _bar(query, here, known),
            marked(html.P(id=NOTICE, className="notice"), {"role": "alert"}),
            *_notes(notes),
            html.Main(list(body), id="main", tabIndex="-1"),
            _foot(language, known),
        ],
        id="desk",
        className="desk",
        lang=language,
        dir=i18n.direction(language),
    )


def failed(query: Query, problem: Problem) -> Component:
    """The page when it could not be drawn: what happened, and the way to try again."""
    language = query.language
    again = html.A(said("shell.again", language), href="", className="button")
    return framed(query, "", [
        html.H1(said("shell.failed", language)),
        marked(html.P(problem.text(language), className="lead"), {"role": "alert"}),
        html.P(again),
    ])  # fmt: skip


def way(query: Query, path: str, **question: str) -> str:
    """The address of another page, in the same language and theme; `path` is quoted already."""
    kept = {name: query[name] for name in KEPT if query.get(name)}
    asked = urlencode({**question, **kept}, safe=",.:*")
    return f"{path}?{asked}" if asked else path


def quoted(part: str) -> str:
    """A code as one step of a path."""
    return quote(part, safe="")


def dossier_way(query: Query, source: str, code: str) -> str:
    """The address of one dossier's page."""
    return way(query, f"/dossier/{quoted(source)}/{quoted(code)}")


def hub_way(query: Query, code: str) -> str:
    """The address of a hub's page."""
    return way(query, f"/hub/{quoted(code)}")


def _bar(query: Query, here: str, known: Known | None) -> Component:
    language = query.language
    name = known.ward.name if known else said("live.title", language)
    links = [
        marked(html.A(said(f"shell.{place}", language), href=way(query, path)),
               {"aria-current": "page"} if place == here else {})
        for place, path in PLACES.items()
    ]
    label = [html.Span(said("wall.illustrative", language), className="illustrative")]
    return html.Header(
        [
            html.Div([html.Span(name, className="ward", dir="auto"),
                      *(label if known and known.ward.illustrative else [])],
                     className="whose"),
            marked(html.Nav(links, className="places"),
                   {"aria-label": said("shell.places", language)}),
            html.Div([_languages(language), _theme(query)], className="switches"),
        ],
        className="bar",
    )


def _languages(language: str) -> Component:
    """Each in its own words. The script in assets keeps the rest of the address as it is then."""
    links = [
        marked(html.A(_CODES[one], href=f"?lang={one}", lang=one,
                      title=i18n.text("shell.language", one)),
               {"data-set": f"lang={one}",
                "aria-label": f"{_CODES[one]} – {i18n.text('shell.language', one)}"}
               | ({"aria-current": "true"} if one == language else {}))
        for one in i18n.LANGUAGES
    ]
    return marked(html.Div(links, className="languages", role="group"),
                  {"aria-label": said("shell.languages", language)})


def _theme(query: Query) -> Component:
    other = next(theme for theme in THEMES if theme != query.theme)
    words = said(f"shell.{other}", query.language)
    mark = marked(html.Span(className=f"moon {other}"), {"aria-hidden": "true"})
    return marked(html.A(mark, href=f"?theme={other}", className="theme", title=words),
                  {"data-set": f"theme={other}", "aria-label": words})


def _notes(notes: Sequence[str]) -> list[Component]:
    if not notes:
        return []
    items = [html.Li(note, dir="auto") for note in notes]
    return [html.Ul(items, className="dropped", role="status")]


def _foot(language: str, known: Known | None) -> Component:
    told = foot_words(language, known) if known else ""
    return html.Footer(told, id="foot-line", className="foot-line")


def foot_words(language: str, known: Known) -> str:
    """Whose numbers these are, and as of when."""
    at = i18n.moment(known.now, known.ward.zone, language)
    told = [said("shell.as_of", language, at=at, ward=known.ward.name)]
    if known.ward.illustrative:
        told.append(said("wall.illustrative", language))
    return " · ".join(told)
