"""Components as HTML text: for what a script fetches and shows without Dash."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from dash.development.base_component import Component

_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "colSpan": "colspan",
          "rowSpan": "rowspan", "hrefLang": "hreflang"}
_EMPTY = {"br", "hr", "img", "input"}


def written(part: Any) -> str:
    """The HTML of a component of `dash.html`, a list of them, or words, which are escaped."""
    if part is None:
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(map(written, part))
    if not isinstance(part, Component):
        return escape(str(part))
    told = part.to_plotly_json()
    if told["namespace"] != "dash_html_components":
        raise TypeError(f"{told['type']} is no plain HTML")
    name, props = told["type"].lower(), dict(told["props"])
    inside = written(props.pop("children", None))
    opened = f"<{name}{''.join(_attribute(*one) for one in props.items())}>"
    return opened if name in _EMPTY else f"{opened}{inside}</{name}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, dict):  # a style
        value = ";".join(f"{_kebab(key)}:{one}" for key, one in value.items())
    shown = "" if value is True else str(value)
    return f' {_NAMES.get(name, name)}="{escape(shown)}"'


def _kebab(name: str) -> str:
    return name if name.startswith("--") else re.sub("[A-Z]", lambda m: "-" + m[0].lower(), name)
