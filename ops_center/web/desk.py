"""What a page is handed to work with: the question in its address, pictures, and callbacks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dash import Dash, no_update, set_props
from dash.exceptions import PreventUpdate
from flask import has_request_context, request

from ops_center import i18n, logs
from ops_center.i18n import Problem
from ops_center.store.session import reading
from ops_center.web.known import Known, find_known

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.settings import Settings
    from ops_center.web.live import Live

THEMES = ("dark", "light")
WALLS = ("/wall", "/api/snapshot/")  # dark unless the address says otherwise
NOTICE = "notice"  # the component in which a page says what went wrong


class Query(dict[str, str]):
    """The page's address: its path and what stands behind the question mark.

    >>> Query("/wall", "lang=ar&every=20").language
    'ar'
    """

    def __init__(self, path: str = "/", question: str = "", language: str = "vi") -> None:
        super().__init__(parse_qsl(question))
        self.path = path
        self._default = language

    @property
    def language(self) -> str:
        """One of i18n.LANGUAGES; the ward's own when the address names none of them."""
        return i18n.choose(self.get("lang"), self._default)

    @property
    def theme(self) -> str:
        """"dark" or "light"; unless the address says, a wall is dark and a desk is light."""
        wanted = self.get("theme", "")
        return wanted if wanted in THEMES else THEMES[not self.path.startswith(WALLS)]


class Desk:
    """Handed to each page's `register(app, desk)`; the only way a page gets a callback."""

    def __init__(self, app: Dash, live: Live, settings: Settings) -> None:
        self.app, self.live, self.settings = app, live, settings

    def query(self) -> Query:
        """The address of the page that asks.

        Dash asks for a page's layout and callbacks at addresses of its own; which page they are
        for stands in the Referer, which our Referrer-Policy makes browsers send whole.
        """
        if not has_request_context():
            return Query(language=self.settings.language)
        if not request.path.startswith("/_dash-"):
            question = request.query_string.decode("utf-8", "replace")
            return Query(request.path, question, self.settings.language)
        parts = urlsplit(request.referrer or "")
        return Query(unquote(parts.path), parts.query, self.settings.language)

    @contextmanager
    def asking(self) -> Iterator[tuple[Connection, Known]]:
        """One reading transaction, and what an address is read against in it."""
        with reading(self.live.pulse.engine) as connection:
            now = self.live.pulse.clock.now()
            yield connection, find_known(connection, self.settings.ward or None, now)

    def first(self, scene: str, query: Query) -> Mapping[str, Any]:
        """The properties a page is first drawn with; none while there is no picture at all."""
        try:
            return self.live.picture(scene, query.language, query.theme).props
        except Problem as problem:
            logs.failure("desk.no_first_picture", problem, scene=scene)
            return {}

    def callback(self, *dependencies: Any, **options: Any) -> Callable[..., Any]:
        """As `app.callback`, for a function that also takes the page's Query first.

        What it raises is logged; a Problem is said on the page, and the page stays as it is.
        """

        def register(answer: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(answer)
            def guarded(*values: Any) -> Any:
                query = self.query()
                try:
                    return answer(query, *values)
                except PreventUpdate:
                    raise
                except Exception as error:
                    self._say(error, answer.__name__, query)
                    return no_update  # PreventUpdate would drop what was just said

            self.app.callback(*dependencies, **options)(guarded)
            return answer

        return register

    def _say(self, error: Exception, name: str, query: Query) -> None:
        logs.failure("desk.callback_failed", error, callback=name, page=query.path)
        said = error if isinstance(error, Problem) else Problem("live.went_wrong")
        set_props(NOTICE, {"children": said.text(query.language)})
