"""What a list's rows are narrowed by, column by column: its rows only, never a view's numbers.

What the roll-ups know – hubs, procedures, channels – narrows the list's scope; the rest are sieves
over the clocks, as `standing` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
)

from ops_center.domain.working_days import start_of
from ops_center.store.grouping import Sieve, quietly
from ops_center.store.instant import Instant
from ops_center.store.listed import find_coded
from ops_center.store.tables import CHANNEL_LEVELS, dossier
from ops_center.store.tables import dossier_clock as clock
from ops_center.store.wards import Ward

DAYS = ("received_at", "due_at", "ended_at", "submitted_at")
ENDS = ("early", "on_time", "late", "no_due", "stopped", "withdrawn")
CHANNELS = CHANNEL_LEVELS


@dataclass(frozen=True)
class Columns:
    """Which rows are kept; None and "" keep all.

    `code`: a part of the dossier's code, capitals or not. `standings`: as the row says it, so that
    "within_due" is without "due_soon". `ends`: how it ended, one of ENDS. `days`: one of DAYS, its
    first and last local day, None for no end. `worked`: minutes, both included, None for no end.
    """

    code: str = ""
    standings: frozenset[str] | None = None
    ends: frozenset[str] | None = None
    hubs: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    channel_levels: frozenset[str] | None = None
    officials: frozenset[str | None] | None = None
    days: tuple[tuple[str, date | None, date | None], ...] = ()
    worked: tuple[int | None, int | None] | None = None


def sieves(
    connection: Connection, columns: Columns, ward: Ward
) -> Iterator[tuple[Sieve, Mapping[str, Any]]]:
    """The conditions that no roll-up and no scope knows, and the values that they name."""
    if columns.code:
        yield _by_code(connection, ward, f"%{_escaped(columns.code.lower())}%")
    if columns.ends is not None:
        yield _ENDS, {"ends": sorted(columns.ends)}
    for name, first, last in columns.days:
        values: dict[str, Any] = {}
        if first is not None:
            values[f"{name}_from"] = start_of(first, ward.zone)
        if last is not None:
            values[f"{name}_until"] = start_of(last + timedelta(days=1), ward.zone)
        yield _days(name, first is not None, last is not None), values
    if columns.worked is not None:
        least, most = columns.worked
        yield _WORKED, {"worked_from": least or 0, "worked_to": _MUCH if most is None else most}


_MUCH = 2**31 - 1
_coded = dossier.alias("coded")
_CODE = Sieve(
    "code",
    exists()
    .where(
        _coded.c.ward_id == clock.c.ward_id,
        _coded.c.id == clock.c.dossier_id,
        func.lower(_coded.c.code).like(bindparam("code_like", type_=Text), escape="\\"),
    )
    .correlate(clock),
)
_ends: Any = bindparam("ends", expanding=True)
_ENDS = Sieve("ends", quietly(or_(clock.c.outcome.in_(_ends), clock.c.end_kind.in_(_ends))))
_WORKED = Sieve(
    "worked",
    quietly(
        clock.c.worked_minutes.between(
            bindparam("worked_from", type_=Integer), bindparam("worked_to", type_=Integer)
        )
    ),
)


FEW = 500
"""Dossiers that are named one by one where no more have a code."""

_ids = clock.c.dossier_id.in_(bindparam("coded_ids", expanding=True, type_=Text))
_FEW_CODES = Sieve("few codes", _ids)


def _by_code(connection: Connection, ward: Ward, like: str) -> tuple[Sieve, Mapping[str, Any]]:
    """Codes are looked through once for all statements of a list; where many fit, in each."""
    found = find_coded(connection, ward.id, like, FEW)
    return (_CODE, {"code_like": like}) if found is None else (_FEW_CODES, {"coded_ids": found})


@lru_cache(maxsize=16)
def _days(name: str, begins: bool, ends: bool) -> Sieve:
    at = clock.c[name]
    parts: list[ColumnElement[bool]] = [at.is_not(None)]
    if begins:
        parts.append(at >= bindparam(f"{name}_from", type_=Instant))
    if ends:
        parts.append(at < bindparam(f"{name}_until", type_=Instant))
    return Sieve(name, quietly(and_(*parts)))


def _escaped(part: str) -> str:
    """The text as LIKE takes it literally."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
