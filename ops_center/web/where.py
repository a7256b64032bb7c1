"""What the rows' grid is filtered by, column by column, as a part of the address.

    where=code:0012,standing:overdue,due_at:2026-08-01..2026-08-05,worked_minutes:4..16

A code, a hub, a procedure, an official: a part of what is written there, found without accents; a
standing, an end, a channel: which one; an instant: its first and last local day; the working time:
hours from and to. The grid's own model is read and written here only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ops_center import i18n
from ops_center.i18n import text
from ops_center.metrics.columns import CHANNELS, DAYS, ENDS, Columns
from ops_center.metrics.standing import STANDINGS

if TYPE_CHECKING:
    from ops_center.web.known import Known

__all__ = ["CHOICES", "DAYS", "HOURS", "TEXTS", "Part", "Wheres", "columns_of", "label", "model_of",
           "of_model", "parse", "said", "word"]  # fmt: skip

TEXTS = ("code", "hub", "procedure", "official")
CHOICES = {
    "standing": tuple(STANDINGS), "outcome": ENDS, "channel_level": CHANNELS,
}  # fmt: skip
HOURS = "worked_minutes"
_LONGEST = 60  # letters looked for
_DAY = timedelta(days=1)
_NAMES = {"procedure": "procedure_name", "hub": "hub_name", "channel_level": "channel"}
_WORDS = {"standing": "standings", "outcome": "ends", "channel_level": "channel_level"}
_NUMBER = r"(?:0|[1-9]\d{0,4})(?:\.\d)?"
_HOURS = re.compile(rf"({_NUMBER})?\.\.({_NUMBER})?", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?", re.ASCII)


@dataclass(frozen=True)
class Part:
    """One column's filter. `value`: the text or the choice; `span`: first and last, None for no
    end, of days or of hours."""

    column: str
    value: str = ""
    span: tuple[Any, Any] = (None, None)

    @property
    def spelled(self) -> str:
        """As `parse` reads it."""
        if self.value:
            return f"{self.column}:{self.value}"
        first, last = ("" if end is None else f"{end}" for end in self.span)
        return f"{self.column}:{first}..{last}"


def parse(spelled: str) -> Part:
    """``due_at:2026-08-01..2026-08-05``; ValueError for anything that is no filter."""
    column, _, value = spelled.partition(":")
    if column in TEXTS and value.isprintable() and 0 < len(value.strip()) <= _LONGEST:
        return Part(column, value.strip())
    if value in CHOICES.get(column, ()):
        return Part(column, value)
    days, hours = _DAYS.fullmatch(value), _HOURS.fullmatch(value)
    if column in DAYS and days and value != "..":
        return Part(column, span=_ordered(one and date.fromisoformat(one) for one in days.groups()))
    if column == HOURS and hours and value != "..":
        return Part(column, span=_ordered(one and _bare(float(one)) for one in hours.groups()))
    raise ValueError(spelled)


def _ordered(ends: Iterable[Any]) -> tuple[Any, Any]:
    first, last = ends
    if first is not None and last is not None and last < first:
        raise ValueError(f"{first} {last}")
    if isinstance(last, date) and last.year > 9998:
        raise ValueError(f"{last}")
    return first, last


def _bare(hours: float) -> float | int:
    return int(hours) if hours == int(hours) else hours


class Wheres:
    """All filters, spelled as `parse` reads them."""

    def __contains__(self, spelled: object) -> bool:
        try:
            return parse(str(spelled)).spelled == spelled
        except ValueError:
            return False


def label(column: str, language: str) -> str:
    """What a column of the grid is called."""
    return text(f"export.{_NAMES.get(column, column)}", language)


def word(column: str, value: str, language: str) -> str:
    """What a choice of that column is called."""
    return text(f"export.{_WORDS[column]}.{value}", language)


def said(spelled: str, language: str) -> str:
    """A filter in words: `Due: from 1 August`."""
    part, name = parse(spelled), label(parse(spelled).column, language)
    if part.column in CHOICES:
        shown = word(part.column, part.value, language)
        return text("where.is", language, name=name, value=shown)
    if part.value:
        return text("where.has", language, name=name, value=part.value)
    first, last = (None if end is None else _end(end, language) for end in part.span)
    unit = "hours" if part.column == HOURS else "days"
    key = "within" if first and last else "from" if first else "to"
    if first == last:
        return text("where.is", language, name=name, value=first or "")
    return text(f"where.{unit}_{key}", language, name=name, first=first or "", last=last or "")


def _end(end: Any, language: str) -> str:
    if isinstance(end, date):
        return i18n.day(end, language)
    return i18n.number(end, language, 0 if isinstance(end, int) else 1)


# ---------------------------------------------------------------- what it asks of the rows


def columns_of(where: Sequence[str], known: Known) -> Columns:
    """The rows that these filters keep. Each text is looked for in names and codes; nobody is
    called so in every language, since a link is followed in any."""
    found: dict[str, Any] = {}
    days = []
    for part in map(parse, where):
        if part.column in DAYS:
            days.append((part.column, *part.span))
        elif part.column == HOURS:
            least, most = (None if one is None else round(60 * one) for one in part.span)
            found["worked"] = (least, most)
        elif part.column == "code":
            found["code"] = part.value
        elif part.column in CHOICES:
            found[_FIELDS[part.column]] = frozenset({part.value})
        else:
            found[_FIELDS[part.column]] = _named(part, known)
    return Columns(days=tuple(days), **found)


_FIELDS = {
    "standing": "standings", "outcome": "ends", "channel_level": "channel_levels", "hub": "hubs",
    "procedure": "procedures", "official": "officials",
}  # fmt: skip


def _named(part: Part, known: Known) -> frozenset[Any]:
    """The ids of what is called so, in part."""
    lists = known.lists
    called: dict[str, list[tuple[Any, str]]] = {
        "hub": [(str(one.id), f"{one.name} {one.code}") for one in lists.hubs],
        "procedure": [(one.id, f"{one.name} {one.id}") for one in lists.procedures],
        "official": [(one.id, one.name) for one in lists.people]
        + [(None, text("export.nobody", one)) for one in i18n.LANGUAGES],
    }
    wanted = i18n.fold(part.value)
    return frozenset(id for id, name in called[part.column] if wanted in i18n.fold(name))


# ---------------------------------------------------------------- the grid's own model


def of_model(model: object) -> tuple[str, ...]:
    """The filters of a grid's model; whatever else a browser sends is left out."""
    if not isinstance(model, Mapping):
        return ()
    told = (_of_column(str(column), one) for column, one in model.items())
    return tuple(sorted(part for part in told if part in Wheres()))


def _of_column(column: str, model: object) -> str:
    if not isinstance(model, Mapping):
        return ""
    kind = str(model.get("type"))
    if column in CHOICES:
        return f"{column}:{kind}"
    if column in TEXTS:
        words = str(model.get("filter", "")).replace(",", " ")
        return f"{column}:{' '.join(words.split())}"
    ends = ("dateFrom", "dateTo") if column in DAYS else ("filter", "filterTo")
    first, last = (_told(model.get(name)) for name in ends)
    return f"{column}:{_spans(kind, first, last, column in DAYS)}"


def _told(end: object) -> str:
    if isinstance(end, float | int) and not isinstance(end, bool):
        return f"{round(float(end), 1):g}"
    return str(end or "")[:10]


def _spans(kind: str, first: str, last: str, days: bool) -> str:
    """As the address spells it; the grid's "before" and "after" leave the day itself out."""
    if days and kind in ("lessThan", "greaterThan"):
        try:
            edge = date.fromisoformat(first)
            moved = edge - _DAY if kind == "lessThan" else edge + _DAY
        except (ValueError, OverflowError):
            return ""
        return f"..{moved}" if kind == "lessThan" else f"{moved}.."
    return {
        "equals": f"{first}..{first}", "inRange": f"{first}..{last}",
        "lessThanOrEqual": f"..{first}", "greaterThanOrEqual": f"{first}..",
    }.get(kind, "")  # fmt: skip


def model_of(where: Sequence[str]) -> dict[str, Any]:
    """The model by which a grid shows these filters."""
    return {part.column: _model(part) for part in map(parse, where)}


def _model(part: Part) -> dict[str, Any]:
    if part.column in CHOICES:
        return {"filterType": "text", "type": part.value}
    if part.value:
        return {"filterType": "text", "type": "contains", "filter": part.value}
    first, last = part.span
    if part.column == HOURS:
        kind = "inRange" if None not in part.span else "greaterThanOrEqual"
        if first is None:
            kind, first, last = "lessThanOrEqual", last, None
        return {"filterType": "number", "type": kind, "filter": first, "filterTo": last}
    kind = "equals" if first == last else "inRange"
    if first is None:
        kind, first, last = "lessThan", last + _DAY, None
    elif last is None:
        kind, first = "greaterThan", first - _DAY
    told = {"dateFrom": f"{first} 00:00:00", "dateTo": last and f"{last} 00:00:00"}
    return {"filterType": "date", "type": kind, **told}
