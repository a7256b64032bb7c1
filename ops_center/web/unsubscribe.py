"""/unsubscribe/<token>: the reader's way out, without an account.

GET shows a page and never acts: mail scanners follow every link. POST acts, from the page's button
or, as RFC 8058 has it, from the reader's mail service, which sends neither cookie nor Referer: the
signed token is the whole permission.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from flask import Flask, Response

from ops_center import i18n, logs
from ops_center.i18n import text
from ops_center.mail.unsubscribe import PATH, read
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import Subscription, select_subscriptions, unsubscribe
from ops_center.store.wards import find_ward

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

PAGE = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}" data-theme="light">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<link rel="stylesheet" href="/assets/tokens.css">
<style>{style}</style></head>
<body><main><h1>{title}</h1><p>{said}</p>{form}</main></body>
</html>"""

STYLE = """body{margin:0;background:var(--surface);color:var(--text);font:1.125rem/1.5 sans-serif}
main{max-width:34rem;margin:12vh auto;padding:2rem;background:var(--raised);
border:1px solid var(--line);border-radius:.5rem}
h1{margin-block:0 .75rem;font-size:1.5rem}
button{font:inherit;padding:.6rem 1.5rem;border:0;border-radius:.375rem;cursor:pointer;
background:var(--accent);color:var(--raised)}
label{display:block;margin-block:1rem .75rem}
input{display:block;width:100%;box-sizing:border-box;margin-block:.25rem;padding:.5rem;font:inherit;
border:1px solid var(--text-quiet);border-radius:.375rem;background:var(--surface);color:inherit}
a{color:var(--accent)}
:is(button,input,a):focus-visible{outline:3px solid var(--text);outline-offset:2px}
@media(max-width:40rem){main{margin:0;border:0;min-height:100vh;box-sizing:border-box}}"""

FORM = '<form method="post"><button type="submit">{words}</button></form>'


def register(server: Flask, desk: Desk) -> None:
    """Add the route; a token that is not ours is 404."""

    @server.get(f"{PATH}<token>")
    def ask(token: str) -> Response:
        found = _found(desk, token)
        if found is None:
            return _unknown(_language())
        one, ward = found
        if one.unsubscribed_at is not None:
            return _left(one, ward)
        form = FORM.format(words=escape(text("post.page.button", _language())))
        return _page(_language(), "title", "ask", 200, form, **_named(one, ward))

    @server.post(f"{PATH}<token>")
    def act(token: str) -> Response:
        found = _found(desk, token)
        if found is None:
            return _unknown(_language())
        one, ward = found
        pulse = desk.live.pulse
        with writing(pulse.engine) as connection:
            unsubscribe(connection, one.ward_id, one.id, pulse.clock.now())
        logs.event("letter.unsubscribed", ward=one.ward_id, subscription=one.id)
        return _left(one, ward)

    def _left(one: Subscription, ward: str) -> Response:
        return _page(_language(), "done", "done_more", 200, "", **_named(one, ward))

    def _language() -> str:
        return desk.query().language


def _found(desk: Desk, token: str) -> tuple[Subscription, str] | None:
    """The subscription and its ward's name."""
    named = read(desk.settings.secret_key, token)
    if named is None:
        return None
    ward_id, id = named
    with reading(desk.live.pulse.engine) as connection:
        one = select_subscriptions(connection, ward_id, [id]).get(id)
        return None if one is None else (one, find_ward(connection, ward_id).name)


def _named(one: Subscription, ward: str) -> dict[str, str]:
    return {"ward": ward, "name": one.name, "address": one.email, "time": one.local_time}


def _unknown(language: str) -> Response:
    return _page(language, "unknown", "unknown_more", 404, "")


def _page(
    language: str, title: str, said: str, status: int, form: str, **values: str
) -> Response:
    shown = {name: i18n.isolate(value) for name, value in values.items()}
    page = PAGE.format(
        language=language,
        direction=i18n.direction(language),
        title=escape(text(f"post.page.{title}", language)),
        said=escape(text(f"post.page.{said}", language, **shown)),
        form=form,
        style=STYLE,
    )
    response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
