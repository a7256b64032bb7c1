"""A letter as a browser shows it: its pictures are in the page, or left out as if blocked."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops_center.store.letters import Part

_PICTURE = re.compile(r'src="cid:([^"@]*)@[^"]*"')


def in_browser(html: str, parts: Sequence[Part], *, pictures: bool = True) -> str:
    """The page on its own: a picture that is not there leaves its words."""
    known = {part.name: part for part in parts if part.inline and pictures}

    def inside(found: re.Match[str]) -> str:
        part = known.get(found[1])
        if part is None:
            return ""
        content = base64.b64encode(part.content).decode()
        return f'src="data:{part.media_type};base64,{content}"'

    return _PICTURE.sub(inside, html)
