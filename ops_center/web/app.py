"""Puts the screens together: one Flask server, one Dash app, pages registered by name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from dash import Dash, html
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ops_center import i18n, logs
from ops_center.i18n import Problem, text
from ops_center.material import folder
from ops_center.web import (
    api,
    export,
    gauges,
    guard,
    health,
    reasons,
    scenes,
    shell,
    shortening,
    templates,
    unsubscribe,
)
from ops_center.web.bundles import Bundles, build_id
from ops_center.web.desk import Desk, Query
from ops_center.web.live import Live
from ops_center.web.pages import (
    campaign,
    dossier,
    evaluation,
    explore,
    hub,
    hubs,
    letters,
    plan,
    report,
    wall,
    why,
)
from ops_center.web.pulse import FIRST_LOOK, Pulse
from ops_center.web.taking import Taking

if TYPE_CHECKING:
    from ops_center.settings import Settings

START = "/wall"
ANY_PAGE = "/<path:path>"  # what Dash calls its answer to every other address
LAYOUT = "/_dash-layout"  # where Dash's script asks for a page's layout
ASKING = ("/api/", "/health", "/metrics", LAYOUT)  # answered from the database's newest look
HEAVY = frozenset({"dash_ag_grid"})  # scripts that a page gets only if it asks for them
PAGES: Mapping[str, Any] = {
    START: wall, "/explore": explore, "/campaign": campaign, "/hubs": hubs, "/hub/": hub,
    "/dossier/": dossier, "/why/": why, "/evaluation": evaluation, "/evaluation/": evaluation,
    "/plan": plan, "/plan/": plan, "/letters": letters, "/report": report,
}  # fmt: skip
"""What stands at which path; one that ends in "/" takes in all that is below it."""

INDEX = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}" data-theme="{theme}" data-build="{build}">
<head>
{metas}
<title>{title}</title>
{favicon}
{css}
</head>
<body>
{app_entry}
{config}
{scripts}
{renderer}
</body>
</html>"""

NOT_FOUND = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}" data-theme="{theme}">
<head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/assets/tokens.css"></head>
<body><main><h1>{title}</h1><p>{said}</p><p><a href="{start}">{link}</a></p></main></body>
</html>"""


class Center(Dash):
    """A Dash app whose page is written in the reader's language and direction."""

    desk: Desk
    pages: Mapping[str, Any]

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        query = self.desk.query()
        parts["title"] = escape(_title(query, self.pages))
        parts["scripts"] = _needed(parts["scripts"], _page_at(query.path, self.pages))
        return INDEX.format(
            language=query.language,
            direction=i18n.direction(query.language),
            theme=query.theme,
            build=self.desk.live.build,
            **parts,
        )


def create_app(
    settings: Settings, *, live: Live | None = None, pages: Mapping[str, Any] = PAGES
) -> Dash:
    """The web application; `app.server` is its WSGI application.

    `pages`: what stands at which path, each with `register(app, desk)` and either
    `layout(query, first)` – a wall, drawn from the pictures – or `opened(query, desk)`, a desk
    page, which asks the database itself; `exists(query, desk)` may tell whether what it names is
    there. Nothing here needs the database: that is first asked
    when somebody asks us.
    """
    server = Flask("ops_center.web", static_folder=None)
    server.secret_key = settings.secret_key or secrets.token_hex(32)
    app = _dash(server)
    app.desk, app.pages = Desk(app, live or _live(settings), settings), pages
    app.layout = lambda: _layout(app.desk, pages)
    for page in pages.values():
        page.register(app, app.desk)
    api.register(server, app.desk)
    health.register(server, app.desk.live)
    gauges.register(server, app.desk.live, settings)
    unsubscribe.register(server, app.desk)
    export.register(server, app.desk)
    templates.register(server, app.desk)
    reasons.register(server, app.desk)
    guard.register(server, settings, app.csp_hashes())
    Bundles().register(server)
    shortening.register(server, ANY_PAGE)
    _route(server, app.desk, pages)
    _warm(server)
    return app


def _live(settings: Settings) -> Live:
    return Live(Pulse(settings), build_id(), scenes.SCENES, scenes.draw, Taking().take)


def _dash(server: Flask) -> Center:
    """Pages are registered by name and callbacks only through the desk: nothing is scanned, and
    a second app in the same process is whole."""
    return Center(
        "ops_center.web",
        server=server,  # type: ignore[arg-type]  # annotated too narrowly
        assets_folder=str(folder("assets")),
        pages_folder="",
        use_pages=False,
        serve_locally=True,
        compress=False,  # bundles packs
        suppress_callback_exceptions=True,
        update_title=None,  # type: ignore[arg-type]
        enable_mcp=False,
        add_log_handler=False,
    )


def _layout(desk: Desk, pages: Mapping[str, Any]) -> Any:
    """The asking page's layout, with its first reading; when Dash checks itself, an empty one."""
    query = desk.query()
    page = _page_at(query.path or START, pages)
    if page is None or request.path != LAYOUT:
        return html.Main()
    if not hasattr(page, "opened"):
        return page.layout(query, _first(desk, query))
    try:
        return page.opened(query, desk)
    except Problem as problem:
        logs.failure("page.failed", problem, page=query.path)
        return shell.failed(query, problem)


def _page_at(path: str, pages: Mapping[str, Any]) -> Any | None:
    """The page at exactly that path, else the one that takes in all below a part of it."""
    if path in pages and not path.endswith("/"):
        return pages[path]
    above = (at for at in pages if at.endswith("/") and path.startswith(at) and path != at)
    return pages.get(max(above, key=len, default=""))


def _title(query: Query, pages: Mapping[str, Any]) -> str:
    """What the browser's tab says: the page's own name, where it has one, before the program's."""
    program = text("live.title", query.language)
    own = getattr(_page_at(query.path, pages), "title", None)
    return f"{own(query)} – {program}" if own else program


def _needed(scripts: str, page: Any | None) -> str:
    """Without the heavy scripts that this page does not name in its `SCRIPTS`: Dash writes those
    of every component that any page uses into all of them."""
    spared = HEAVY - set(getattr(page, "SCRIPTS", ()))
    lines = scripts.splitlines(keepends=True)
    return "".join(line for line in lines if not any(f"/{name}/" in line for name in spared))


def _first(desk: Desk, query: Query) -> dict[str, Any]:
    """Every scene's first properties: hidden scenes are turned to before they are fetched."""
    drawn: dict[str, Any] = {}
    for scene in desk.live.scenes:
        drawn |= desk.first(scene, query)
    return drawn


def _route(server: Flask, desk: Desk, pages: Mapping[str, Any]) -> None:
    @server.before_request
    def look_first() -> None:
        if request.path.startswith(ASKING):
            desk.live.pulse.ready(FIRST_LOOK)

    @server.before_request
    def find_page() -> AnyResponse | None:
        if request.path == "/":
            question = request.query_string.decode()
            return redirect(START + (f"?{question}" if question else ""))
        if request.endpoint == ANY_PAGE and _page_at(request.path, pages) is None:
            return _not_found(desk.query())
        return None

    @server.after_request
    def say_so_when_missing(response: Response) -> Response:
        if request.endpoint == ANY_PAGE and response.status_code == 200:
            response.status_code = _status(desk, pages)
        return response

    @server.errorhandler(Problem)
    def say(problem: Problem) -> Response:
        said = problem.text(desk.query().language)
        return Response(said, status=503, mimetype="text/plain")


def _status(desk: Desk, pages: Mapping[str, Any]) -> int:
    """404 where the page will say that there is nothing of that name; it helps all the same."""
    query = desk.query()
    exists = getattr(_page_at(query.path, pages), "exists", None)
    try:
        return 200 if exists is None or exists(query, desk) else 404
    except Problem as problem:  # the page itself will say what
        logs.failure("page.unknown", problem, page=query.path)
        return 200


def _not_found(query: Query) -> Response:
    language = query.language
    page = NOT_FOUND.format(
        language=language,
        direction=i18n.direction(language),
        theme=query.theme,
        title=escape(text("live.not_found", language)),
        said=escape(text("live.not_found_remedy", language)),
        link=escape(text("live.to_the_wall", language)),
        start=START,
    )
    return Response(page, status=404, mimetype="text/html")


def _warm(server: Flask) -> None:
    """One question before anyone asks: the first one sets Dash up, and two first ones at the
    same time disturb each other (HTTP 500 on a script, a blank page)."""
    answer = server.test_client().get(START, headers={"Host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"the first page was answered with {answer.status}")
