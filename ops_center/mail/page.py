"""The letter as HTML: one table 600 pixels wide, styles written into each element.

Mail programs ignore style sheets, except the rules for dark mode and phones, which stay.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ops_center.figures import tokens
from ops_center.store.letters import UNSUBSCRIBE, Part

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment
    from markupsafe import Markup

    from ops_center.mail.edition import Edition, Picture

MOST_BYTES = 90_000
"""Gmail cuts a letter off at 102 kB."""

_DOMAIN = Part("", "", b"").cid.lstrip("@")
_ZERO_WIDTH = "\u2060"
_TURNING = dict.fromkeys(range(0x202A, 0x202F))
"""Signs that turn all that follows round; we write none, so they came in with a name."""
_SHORT = 12
_LONG = re.compile(r"(\S{30,})")


def html(edition: Edition) -> str:
    """The whole page; each recipient's own link is put in at sending.

    One that would be cut off goes without its tables' links; the sections' stay.
    """
    written = _written(edition, ways=True)
    if len(written.encode()) > MOST_BYTES:
        written = _written(edition, ways=False)
    return written


def _written(edition: Edition, ways: bool) -> str:
    right = edition.direction == "rtl"
    written = _environment().get_template("letter.html").render(
        edition=edition,
        ways=ways,
        css=_css("right" if right else "left"),
        start="right" if right else "left",
        end="left" if right else "right",
        unsubscribe=UNSUBSCRIBE,
        domain=_DOMAIN,
    )
    return _inliner().inline(written)


def file_of(picture: Picture) -> str:
    """What the picture is called in the letter: programs go by its ending, too."""
    return f"{picture.name}.png"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader

    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"way": _way, "kept": kept, "shown": _shown, "file": file_of, "code": _is_code}
    return made


def kept(text: str) -> str:
    """The words, never the sign that stands for a recipient's own link, nor one that turns what
    follows round."""
    apart = UNSUBSCRIBE[0] + _ZERO_WIDTH + UNSUBSCRIBE[1:]
    return text.translate(_TURNING).replace(UNSUBSCRIBE, apart)


def _shown(text: str) -> Markup:
    """The words, kept; a word longer than any may be broken, or it would widen a phone's letter."""
    from markupsafe import Markup, escape

    parts = _LONG.split(kept(text))
    breakable = Markup('<span class="long">{}</span>')
    return Markup("").join(
        breakable.format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def _is_code(text: str) -> bool:
    """A short code such as a hub's: in two lines it is hard to find."""
    return "-" in text and len(text) <= _SHORT and " " not in text


def _way(text: str) -> str:
    """Numbers and codes run left to right, also among letters from the right."""
    return "rtl" if any("\u0590" <= letter <= "\u08ff" for letter in text) else "ltr"


@cache
def _css(start: str) -> str:
    from markupsafe import Markup

    font = tokens.FONT.replace('"', "'")
    return Markup(_environment().get_template("letter.css").render(
        light=tokens.THEMES["light"], dark=tokens.THEMES["dark"], font=Markup(font),
        start=start,
    ))  # fmt: skip


@cache
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)
