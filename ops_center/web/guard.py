"""The front door: which addresses are listened on, who is answered, and what browsers may do."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request

from ops_center.i18n import Problem, text

if TYPE_CHECKING:
    from ops_center.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def check_address(settings: Settings) -> None:
    """Problem unless that address may be listened on: there are no accounts yet."""
    if settings.inside_container or _is_loopback(settings.host):
        return
    raise Problem("live.not_loopback", host=settings.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def register(server: Flask, settings: Settings, script_hashes: Sequence[str]) -> None:
    """Refuse strange Host headers (a page elsewhere could reach us by a name of its own) and
    tell browsers what our pages may do."""
    known = _known_hosts(settings)
    of_pages = page_headers(settings, script_hashes)

    @server.before_request
    def refuse_strangers() -> Response | None:
        name = _name(request.host)
        if name in known or _is_loopback(name):
            return None
        said = text("live.strange_host", settings.language, host=name)
        return Response(said, status=421, mimetype="text/plain")

    @server.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            response.headers.update(of_pages)
        return response


def _known_hosts(settings: Settings) -> frozenset[str]:
    public = urlsplit(settings.public_url).hostname
    return LOOPBACK_NAMES | {*map(str.lower, settings.allowed_hosts), *([public] if public else [])}


def _name(host: str) -> str:
    """A Host header without its port, in lower case; an IPv6 address without brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def page_headers(settings: Settings, script_hashes: Sequence[str]) -> dict[str, str]:
    """What a page may do. No other origin is asked, except a tile server that the settings name.

    Styles may stand inline because plotly and React write them; scripts only by their hash.
    """
    tiles = urlsplit(settings.tile_url.replace("{s}", "*"))
    tile_origin = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob:{tile_origin}",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
