"""Who may write from a browser, until there are accounts: whoever holds the keeper's key.

Without a key in the settings nothing is written. The key is asked for once; a signed cookie that
scripts cannot read and other sites cannot send remembers it until the browser is closed.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request, session

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.settings import KEY_LENGTH

if TYPE_CHECKING:
    from flask import Flask

    from ops_center.settings import Settings

_MARK = "keeper"


def prepare(server: Flask, settings: Settings) -> None:
    """The cookie: of this session, of this site, unreadable, and over TLS only where we have it."""
    server.config.update(
        SESSION_COOKIE_NAME="ops_center_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
    )


def possible(settings: Settings) -> bool:
    """Whether anybody could write from a browser: there is a key that cannot be guessed."""
    return len(settings.keeper_key) >= KEY_LENGTH


def is_keeper(settings: Settings) -> bool:
    """Whether this browser has shown the key that is set now."""
    shown = session.get(_MARK, "")
    return possible(settings) and hmac.compare_digest(str(shown), _print(settings.keeper_key))


def unlock(settings: Settings, key: str) -> None:
    """Remember this browser; Problem for another key, or where there is none."""
    _own_page(settings)
    if not possible(settings):
        raise Problem("evaluation.keeper.off")
    if not hmac.compare_digest(_print(key.strip()), _print(settings.keeper_key)):
        logs.warning("keeper.wrong_key", from_address=request.remote_addr)
        raise Problem("evaluation.keeper.wrong_key")
    session[_MARK] = _print(settings.keeper_key)


def lock(settings: Settings) -> None:
    """Forget this browser."""
    _own_page(settings)
    session.pop(_MARK, None)


def require(settings: Settings) -> None:
    """Problem unless this browser may write."""
    _own_page(settings)
    if not is_keeper(settings):
        raise Problem("evaluation.keeper.locked" if possible(settings) else "evaluation.keeper.off")


def _own_page(settings: Settings) -> None:
    """Problem for a request that a page of another site sent."""
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if origin and origin not in (request.host, urlsplit(settings.public_url).netloc):
        raise Problem("evaluation.keeper.elsewhere")


def _print(key: str) -> str:
    """A key as it stands in the cookie: of no use to whoever reads it."""
    return hashlib.sha256(b"ops-center keeper " + key.encode()).hexdigest()
