"""Why a letter is where it is, in words: the outbox holds a key and, after a space, its detail."""

from __future__ import annotations

from ops_center.i18n import has, text


def reason_words(reason: str, language: str) -> str:
    """A sentence without its full stop; "" for no reason.

    >>> reason_words("incomplete campaign,map", "en")
    'not complete yet: campaign, map'
    """
    key, _, detail = reason.partition(" ")
    if not key:
        return ""
    if not has(f"post.reason.{key}"):
        return reason
    words = text(f"post.reason.{key}", language)
    if key == "gave_up":
        detail = reason_words(detail, language)
    elif key == "incomplete":
        detail = ", ".join(_section(name, language) for name in detail.split(","))
    return f"{words}: {detail}" if detail else words


def _section(name: str, language: str) -> str:
    keys = (f"letter.{kind}.{name}" for kind in ("section", "picture_of"))
    return next((text(key, language) for key in keys if has(key)), name)


def state_words(state: str, language: str) -> str:
    """What became of a letter, in a word."""
    return text(f"post.state.{state}", language)
