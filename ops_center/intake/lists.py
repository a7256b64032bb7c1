"""Lists that describe a ward: hubs with their aliases, procedures, calendar.

A list is taken in whole or not at all, inside the caller's transaction. Columns that a file does
not have leave what is known as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from ops_center.i18n import Problem, fold
from ops_center.intake.list_files import CALENDAR, HUBS, PROCEDURES, Entry, read_list
from ops_center.intake.places import short_code
from ops_center.store.calendars import CalendarDay, add_calendar_day, list_calendar
from ops_center.store.hubs import Hub, add_alias, add_hub, list_hubs
from ops_center.store.procedures import Procedure, add_procedure, list_fields, list_procedures
from ops_center.store.rows import Kept
from ops_center.store.sources import Source, add_source


def keep_hubs(
    connection: Connection, ward_id: str, source_id: str, path: Path, language: str
) -> Counter[Kept]:
    """Hubs by code; `aliases` (parted by ;) are what the source calls them."""
    entries = read_list(path, HUBS, language)
    known = {hub.code: hub for hub in list_hubs(connection, ward_id)}
    _refuse_circles(path, entries, known)
    kept: Counter[Kept] = Counter()
    for _, entry in entries:  # first without mergers, so that every hub is there to be named
        told = {n: v for n, v in entry.items() if n not in ("aliases", "replaced_by")}
        known[entry["code"]] = _hub(ward_id, known.get(entry["code"]), told)
        kept[add_hub(connection, known[entry["code"]])] += 1
    ids = {hub.code: str(hub.id) for hub in list_hubs(connection, ward_id)}
    for line, entry in entries:
        _merge(connection, path, line, entry, known, ids)
        for text in filter(None, map(str.strip, (entry.get("aliases") or "").split(";"))):
            add_source(connection, Source(ward_id, source_id, source_id))
            add_alias(connection, ward_id, source_id, text, ids[entry["code"]])
    return kept


def _hub(ward_id: str, known: Hub | None, told: Entry) -> Hub:
    """What is known of the hub, changed by what the file tells."""
    if told.get("active", True) is None:
        told = told | {"active": True}
    if known is None:
        return Hub(ward_id, **told)
    renamed: Entry = {"sort_key": ""} if told["name"] != known.name else {}
    return replace(known, **told, **renamed)


def _merge(
    connection: Connection,
    path: Path,
    line: int,
    entry: Entry,
    known: dict[str, Hub],
    ids: dict[str, str],
) -> None:
    if "replaced_by" not in entry:
        return
    heir = entry["replaced_by"]
    if heir is not None and heir not in ids:
        raise Problem("intake.list.no_replacement", file=path.name, line=line, code=heir)
    add_hub(connection, replace(known[entry["code"]], replaced_by=ids[heir] if heir else None))


def _refuse_circles(path: Path, entries: list[tuple[int, Entry]], known: Mapping[str, Hub]) -> None:
    codes = {hub.id: hub.code for hub in known.values()}
    heirs = {code: codes.get(hub.replaced_by) for code, hub in known.items()}
    heirs |= {entry["code"]: entry["replaced_by"] for _, entry in entries if "replaced_by" in entry}
    for start in heirs:
        seen = [start]
        while (following := heirs.get(seen[-1])) is not None:
            if following in seen:
                raise Problem(
                    "intake.list.circle", file=path.name, codes=" → ".join([*seen, following])
                )
            seen.append(following)


def keep_procedures(connection: Connection, path: Path, language: str) -> Counter[Kept]:
    """Procedures by their short code; `field` is the id or the name of a field."""
    fields = {fold(one.name): one.id for one in list_fields(connection)}
    fields |= {one.id: one.id for one in list_fields(connection)}
    known = {one.id: one for one in list_procedures(connection)}
    kept: Counter[Kept] = Counter()
    for line, entry in read_list(path, PROCEDURES, language):
        field = entry.pop("field")
        field_id = fields.get(field) or fields.get(fold(field))
        if field_id is None:
            raise Problem(
                "intake.list.no_field",
                file=path.name, line=line, value=field,
                allowed=", ".join(one.name for one in list_fields(connection)),
            )  # fmt: skip
        code = short_code(entry.pop("code"))
        kept[add_procedure(connection, _procedure(known.get(code), code, field_id, entry))] += 1
    return kept


def _procedure(known: Procedure | None, code: str, field_id: str, told: Entry) -> Procedure:
    told = {n: v for n, v in told.items() if v is not None or n in _MAY_BE_UNKNOWN}
    if known is None:
        return Procedure(id=code, field_id=field_id, **told)
    renamed: Entry = {"sort_key": ""} if told["name"] != known.name else {}
    return replace(known, field_id=field_id, **told, **renamed)


_MAY_BE_UNKNOWN = ("level", "limit_kind", "limit_days", "fee")


def keep_calendar(connection: Connection, path: Path, language: str) -> Counter[Kept]:
    """Days unlike their weekday."""
    known = {one.day: one for one in list_calendar(connection)}
    kept: Counter[Kept] = Counter()
    for _, entry in read_list(path, CALENDAR, language):
        told: Entry = {name: "" if value is None else value for name, value in entry.items()}
        old = known.get(told["day"])
        new = replace(old, **told) if old else CalendarDay(**told)
        kept[add_calendar_day(connection, new)] += 1
    return kept
