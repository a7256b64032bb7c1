"""The signed link by which a reader unsubscribes, without an account.

It names one subscription and never runs out: a letter may lie for a year before someone has
enough. Whoever forwards the letter forwards the link too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

PATH = "/unsubscribe/"
_PURPOSE = b"ops-center unsubscribe 1\n"
_LONGEST = 400


def link(
    public_url: str, secret_key: str, ward_id: str, subscription_id: str, language: str
) -> str:
    """The address; "" without a public address or a secret: then letters have no link."""
    if not (public_url and secret_key and subscription_id):
        return ""
    token = sign(secret_key, ward_id, subscription_id)
    return f"{public_url.rstrip('/')}{PATH}{token}?lang={language}"


def sign(secret_key: str, ward_id: str, subscription_id: str) -> str:
    """The token of a subscription."""
    named = json.dumps([ward_id, subscription_id], ensure_ascii=False, separators=(",", ":"))
    return f"{_text(named.encode())}.{_text(_seal(secret_key, named.encode()))}"


def read(secret_key: str, token: str) -> tuple[str, str] | None:
    """Ward and subscription of a token exactly as we signed it; None for any other."""
    if not secret_key or len(token) > _LONGEST or not token.isascii():
        return None
    try:
        ward_id, subscription_id = json.loads(_bytes(token.partition(".")[0]))
        signed = sign(secret_key, ward_id, subscription_id)
    except (ValueError, TypeError):  # binascii's and json's errors are ValueErrors
        return None
    same = hmac.compare_digest(token.encode(), signed.encode())
    return (ward_id, subscription_id) if same else None


def _seal(secret_key: str, named: bytes) -> bytes:
    return hmac.new(secret_key.encode(), _PURPOSE + named, hashlib.sha256).digest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    padded = text.encode("ascii") + b"=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
