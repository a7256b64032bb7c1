"""/letters/look: a letter in a frame; /letters/again, /letters/key: what a keeper may do."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ops_center import i18n, logs
from ops_center.i18n import Problem
from ops_center.mail.message import message_id
from ops_center.store.letters import find_letter
from ops_center.store.outbox import find_entry, send_again
from ops_center.store.session import writing
from ops_center.store.subscriptions import list_subscriptions, select_subscriptions
from ops_center.web.evaluation import keeper
from ops_center.web.letters.asked import understood
from ops_center.web.letters.previews import VIEWS, Previews, on_a_page, plain, shown
from ops_center.web.unsubscribe import PAGE, STYLE

if TYPE_CHECKING:
    from ops_center.store.letters import Letter
    from ops_center.web.desk import Desk

_LOCKED, _WRONG = "evaluation.keeper.locked", "evaluation.keeper.wrong_key"
LOOK, AGAIN, KEY = "/letters/look", "/letters/again", "/letters/key"


def register(server: Flask, desk: Desk, previews: Previews) -> None:
    """The three addresses."""

    @server.get(LOOK)
    def look() -> AnyResponse:
        view = request.args.get("as", "html")
        letter = _letter(desk, previews)
        if letter is None or view not in VIEWS:
            return Response(Problem("letters.unknown").text(desk.query().language), 404,
                            mimetype="text/plain")  # fmt: skip
        if view == "text" and "framed" in request.args:
            return _uncached(Response(on_a_page(letter), mimetype="text/html"))
        if view == "text":
            return _uncached(Response(plain(letter), mimetype="text/plain"))
        return _uncached(Response(shown(letter, view), mimetype="text/html"))

    @server.post(AGAIN)
    def again() -> AnyResponse:
        def send() -> str:
            keeper.require(desk.settings)
            return _again(desk, request.form.get("id", ""))

        return _answered(desk, send)

    @server.post(KEY)
    def key() -> AnyResponse:
        def unlock() -> str:
            keeper.unlock(desk.settings, request.form.get("key", ""))
            return "unlocked"

        return _answered(desk, unlock)


def _letter(desk: Desk, previews: Previews) -> Letter | None:
    query = desk.query()
    with desk.asking() as (connection, known):
        readers = list_subscriptions(connection, known.ward.id)
        asked = understood(query, known, readers, query.language)
        if asked.sent:
            return find_letter(connection, known.ward.id, asked.sent)
        wish = asked.wish(desk.settings.public_url)
        revision = request.args.get("revision", "")
        pinned = int(revision) if revision.isdecimal() and len(revision) < 12 else None
        return previews.find(connection, known.ward, wish, pinned).letter


def _again(desk: Desk, id: str) -> str:
    """Put it into the outbox once more; what the page then says."""
    with desk.asking() as (_, known):
        ward, now = known.ward, known.now
    with writing(desk.live.pulse.engine) as connection:
        old = find_entry(connection, ward.id, id)
        if old is None:
            raise Problem("letters.unknown")
        reader = old.subscription_id or ""
        found = select_subscriptions(connection, ward.id, [reader]).get(reader)
        if found is not None and found.unsubscribed_at and not found.active:
            raise Problem("letters.unsubscribed")
        stamp = f"{old.kind} {old.slot} {now.isoformat()}"
        fresh = message_id(desk.settings.mail_from, ward.id, "again", stamp,
                           reader or old.recipient)  # fmt: skip
        address = found.email.lower() if found is not None and found.reachable else ""
        if send_again(connection, old, now, fresh, address) is None:
            raise Problem("letters.not_again")
    logs.event("letter.again", ward=ward.id, entry=id)
    return "again" if found is None or found.active else "again_paused"


def _answered(desk: Desk, act: Callable[[], str]) -> AnyResponse:
    """Do it, then back to the page, which says what was done – or the sentence why it was not."""
    language = i18n.choose(request.form.get("lang"), desk.settings.language)
    try:
        done = act()
    except Problem as problem:
        if problem.key.startswith("store."):
            raise
        return _refused(problem, language)
    return redirect(f"/letters?{urlencode({'lang': language, 'done': done})}", 303)


def _refused(problem: Problem, language: str) -> Response:
    """Why nothing was done, what to do, and the way back; a key may be given at once."""
    locked = problem.key == _LOCKED
    words = i18n.text("letters.locked", language) if locked else problem.text(language)
    back = escape(i18n.text("letters.back", language))
    page = PAGE.format(
        language=language, direction=i18n.direction(language), style=STYLE,
        title=escape(i18n.text("letters.nothing_sent", language)), said=escape(words),
        form=(key_form(language) if locked or problem.key == _WRONG else "")
        + f'<p><a href="/letters?{urlencode({"lang": language})}">{back}</a></p>',
    )  # fmt: skip
    return Response(page, 403, mimetype="text/html")


def key_form(language: str) -> str:
    """Where a keeper shows the key."""
    label, button = (escape(i18n.text(f"letters.{name}", language)) for name in ("key", "unlock"))
    return (
        f'<form action="{KEY}" method="post"><label><span>{label}</span>'
        '<input type="password" name="key" autocomplete="off" required></label>'
        f'<input type="hidden" name="lang" value="{language}">'
        f'<button class="button">{button}</button></form>'
    )


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
