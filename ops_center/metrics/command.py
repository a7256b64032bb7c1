"""The command `ops-center metrics`: any metric of any scope, as a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from ops_center import i18n
from ops_center.domain.working_days import local_day
from ops_center.i18n import Problem
from ops_center.metrics.number import Number
from ops_center.metrics.reading import Reading, by, near, read
from ops_center.metrics.scope import Scope
from ops_center.store.hubs import hub_moves, list_hubs
from ops_center.store.people import list_people
from ops_center.store.procedures import list_fields, list_procedures
from ops_center.store.tables import CHANNEL_LEVELS
from ops_center.store.wards import Ward, find_ward

CHANNELS = {
    "in_person": ("in_person",),
    "post": ("post",),
    "online": ("online_partial", "online_end_to_end"),
    "online_partial": ("online_partial",),
    "online_end_to_end": ("online_end_to_end",),
}
SPAN = 30


@dataclass(frozen=True)
class Wish:
    """What was asked for, as typed. Without a period: the last 30 days, today included."""

    names: tuple[str, ...] = ()
    ward: str | None = None
    first: str | None = None
    last: str | None = None
    as_of: str | None = None
    hubs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    shape: str = "table"
    rollup: bool = True


def answer(connection: Connection, wish: Wish, *, now: datetime, language: str) -> str:
    """The numbers as text; Problem for a name, day or place that is not known."""
    ward = find_ward(connection, wish.ward)
    as_of = _instant(wish.as_of, ward) or now
    scope = _scope(connection, wish, ward, as_of)
    names = wish.names or None
    if wish.by:
        readings = by(connection, ward, scope, as_of, wish.by, names, wish.rollup)
    else:
        readings = [read(connection, ward, scope, as_of, names, wish.rollup)]
    return _SHAPES[wish.shape](_named(connection, ward, readings), wish, language)


# ---------------------------------------------------------------- what was meant


def _scope(connection: Connection, wish: Wish, ward: Ward, as_of: datetime) -> Scope:
    last = _day(wish.last, "--to") or local_day(as_of, ward.zone) + timedelta(days=1)
    first = _day(wish.first, "--from") or last - timedelta(days=SPAN)
    if first >= last:
        raise Problem("metrics.empty_period", first=first.isoformat(), last=last.isoformat())
    return Scope(
        ward.id, first, last,
        _hubs(connection, ward, wish.hubs),
        _known("metrics.unknown_field", wish.fields, lambda: _names(list_fields(connection))),
        _known(
            "metrics.unknown_procedure", wish.procedures,
            lambda: _names(list_procedures(connection)),
        ),
        _levels(wish.channels),
    )  # fmt: skip


def _day(typed: str | None, option: str) -> date | None:
    try:
        return None if typed is None else date.fromisoformat(typed)
    except ValueError:
        raise Problem("metrics.wrong_day", option=option, value=typed) from None


def _instant(typed: str | None, ward: Ward) -> datetime | None:
    """A local day (its start) or a local time; with an offset, exactly that instant."""
    if typed is None:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Problem("metrics.wrong_instant", value=typed) from None
    if len(typed) <= len("2026-08-31"):
        found = datetime.combine(found.date(), time())
    return found if found.tzinfo else found.replace(tzinfo=ward.zone)


def _hubs(connection: Connection, ward: Ward, typed: Sequence[str]) -> frozenset[str] | None:
    """Codes of hubs as the ids they count at now."""
    codes = {hub.code: str(hub.id) for hub in list_hubs(connection, ward.id)} if typed else {}
    found = _known("metrics.unknown_hub", typed, lambda: codes)
    moves = hub_moves(connection, ward.id) if found else {}
    return None if found is None else frozenset(moves[hub] for hub in found)


def _levels(typed: Sequence[str]) -> frozenset[str] | None:
    for value in typed:
        if value not in CHANNELS:
            raise Problem("metrics.unknown_channel", value=value, near=near(value, CHANNELS))
    found = frozenset(level for value in typed for level in CHANNELS[value])
    assert found <= set(CHANNEL_LEVELS)
    return found or None


def _names(entries: Iterable[Any]) -> dict[str, str]:
    return {entry.id: entry.id for entry in entries}


def _known(
    problem: str, typed: Sequence[str], known: Callable[[], dict[str, str]]
) -> frozenset[str] | None:
    """The ids of what was typed; Problem with near names for what there is not."""
    if not typed:
        return None
    ids = known()
    for value in typed:
        if value not in ids:
            raise Problem(problem, value=value, near=near(value, ids))
    return frozenset(ids[value] for value in typed)


# ---------------------------------------------------------------- how it is told


def _named(connection: Connection, ward: Ward, readings: Sequence[Reading]) -> list[Reading]:
    """Hubs by their codes and officials by their names: what people type, instead of ids."""
    names = {"hub": {str(hub.id): hub.code for hub in list_hubs(connection, ward.id)}}
    if any("official" in (reading.key or ()) for reading in readings):
        names["official"] = {one.id: one.name for one in list_people(connection, ward.id)}
    return sorted((_renamed(one, names) for one in readings), key=_order)


def _renamed(reading: Reading, names: Mapping[str, Mapping[str, str]]) -> Reading:
    key = reading.key and {
        name: names.get(name, {}).get(value, value) for name, value in reading.key.items()
    }
    scope, codes = reading.scope, names.get("hub", {})
    hubs = scope.hubs and frozenset(codes[id] for id in scope.hubs)
    return replace(reading, key=key, scope=replace(scope, hubs=hubs))


def _order(reading: Reading) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in (reading.key or {}).values())


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as plain values: as_of, revision, scope, metrics – and its key, if it has one."""
    told: dict[str, Any] = {
        "as_of": reading.as_of.isoformat(),
        "revision": reading.revision,
        "scope": reading.scope.told(),
        "metrics": {name: _number(one) for name, one in reading.numbers.items()},
    }
    key = reading.key
    return told if key is None else {"key": {name: _plain(key[name]) for name in key}} | told


def _number(number: Number) -> dict[str, Any]:
    return {
        "value": number.value,
        "numerator": number.numerator,
        "denominator": number.denominator,
        "unit": number.unit,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _json(readings: Sequence[Reading], wish: Wish, language: str) -> str:
    told = [as_json(reading) for reading in readings]
    return json.dumps(told if wish.by else told[0], ensure_ascii=False, indent=2)


def _csv(readings: Sequence[Reading], wish: Wish, language: str) -> str:
    """One line per group and metric, with a header; empty where there is no value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*wish.by, "metric", "value", "numerator", "denominator", "unit"])
    for reading in readings:
        key = [_plain(value) for value in (reading.key or {}).values()]
        for name, one in reading.numbers.items():
            writer.writerow([*key, name, one.value, one.numerator, one.denominator, one.unit])
    return out.getvalue().rstrip("\n")


def _table(readings: Sequence[Reading], wish: Wish, language: str) -> str:
    """Lines for people: the key of the group, then name and value of each metric."""
    lines: list[str] = []
    for reading in readings:
        if reading.key is not None:
            lines.append(" · ".join(str(_plain(value)) for value in reading.key.values()))
        for name, one in reading.numbers.items():
            lines.append(f"{name:<18}{shown(one, language):>14}  {_words(name, one, language)}")
    return "\n".join(lines)


def shown(number: Number, language: str) -> str:
    """A value as the language writes it: percent for shares, working time for minutes."""
    value = number.value
    if number.unit == "ratio":
        return i18n.percent(value, language)
    if number.unit == "minutes":
        return i18n.duration(value, language, day_minutes=480)
    return i18n.number(value, language, 2 if number.unit == "points" else 0)


def _words(name: str, number: Number, language: str) -> str:
    words = i18n.text(f"metrics.{name}.name", language)
    if number.denominator is None:
        return words
    return f"{words} ({i18n.number(number.denominator, language)})"


_SHAPES = {"json": _json, "csv": _csv, "table": _table}
