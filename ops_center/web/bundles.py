"""What the browser gets once: scripts and styles, packed, and cached for ever by their address.

Dash serves its scripts (5 MB) unpacked and with a year of cache at most where the address carries
a fingerprint; ours in assets/ it serves without any. Both are packed here once and kept.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from flask import Flask, Response, request

from ops_center.material import folder

FOR_EVER = "public, max-age=31536000, immutable"
SUITES, ASSETS = "/_dash-component-suites/", "/assets/"
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_SMALL = 500  # bytes, below which packing gains nothing


def build_id() -> str:
    """A name for exactly this program with these assets, the same in each process."""
    digest = hashlib.sha256()
    for name in ("dash", "plotly", "dash-leaflet", "dash-ag-grid"):
        digest.update(f"{name} {version(name)}\n".encode())
    for path in _program():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _program() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    found = [path for root in (package, folder("assets")) for path in root.rglob("*")]
    kinds = {".py", ".toml", ".js", ".css", ".json", ".html"}
    yield from sorted({path for path in found if path.suffix in kinds})


class Bundles:
    """Packs and labels what a server gives out."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._guard = threading.Lock()

    def register(self, server: Flask) -> None:
        """Handle every reply of this server."""
        server.after_request(self._finish)

    def _finish(self, response: Response) -> Response:
        if _is_for_ever(response):
            response.headers["Cache-Control"] = FOR_EVER
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-cache"
        if _is_worth_packing(response):
            self._pack(response)
        return response

    def _pack(self, response: Response) -> None:
        response.direct_passthrough = False
        kept = request.full_path if _is_for_ever(response) else None
        response.set_data(self._packed_once(kept, response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")

    def _packed_once(self, key: str | None, body: bytes) -> bytes:
        if key is None:
            return gzip.compress(body, 5, mtime=0)
        with self._guard:  # 16 threads packing plotly at the same time would help nobody
            if key not in self._packed:
                self._packed[key] = gzip.compress(body, 9, mtime=0)
            return self._packed[key]


def _is_for_ever(response: Response) -> bool:
    """Whether the address changes with the contents: Dash's fingerprint, or ?m= of an asset."""
    if response.status_code not in (200, 304):
        return False
    if request.path.startswith(ASSETS):
        return "m" in request.args
    return request.path.startswith(SUITES) and response.cache_control.max_age is not None


def _is_worth_packing(response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and request.accept_encodings["gzip"] > 0
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(_TEXT)
        and (response.content_length or _SMALL) >= _SMALL
    )
