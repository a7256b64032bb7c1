"""An address too long for a browser to name: cut to what it can, and the page says what is gone.

A page knows itself by the address it is asked from (the Referer), which browsers name in full up to
4,096 characters only. Whoever pastes more is sent on to a shorter address; what no longer means
anything in it is dropped there like anything else, with a note.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

from flask import Flask, Response, redirect, request

LONGEST = 3800  # characters of path and question; scheme, host and port come before them
_LONGEST_PATH = 300
_TELLING = 40  # characters of a value by which a note can still name it


def register(server: Flask, endpoint: str) -> None:
    """Send who asks that endpoint too long a question on to a shorter one."""

    @server.before_request
    def shorten() -> Response | None:
        question = request.query_string.decode("ascii", "replace")
        if request.endpoint != endpoint or len(quote(request.path)) + len(question) <= LONGEST:
            return None
        return redirect(shortened(request.path, question))  # type: ignore[return-value]


def shortened(path: str, question: str) -> str:
    """That address on this server in at most LONGEST characters: its longest values are cut."""
    start = "/" + path.lstrip("/")[:_LONGEST_PATH]  # "//name" would be another server's
    pairs = parse_qsl(question)
    room = LONGEST - len(quote(start)) - 1
    while pairs and len(_written(pairs)) > room:
        at = max(range(len(pairs)), key=lambda one: len(pairs[one][1]))
        name, value = pairs[at]
        if len(value) <= _TELLING:
            pairs = []  # thousands of short ones: no question of ours
        else:
            pairs[at] = name[:_TELLING], value[: max(len(value) // 2, _TELLING)]
    return quote(start) + (f"?{_written(pairs)}" if pairs else "")


def _written(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, safe=",.:*")
