"""Exports: exactly the rows or the table of a view, as CSV or XLSX, sent while they are read.

    GET /export/rows.csv|rows.xlsx|table.csv|table.xlsx?<the same question as /explore>

What is exported stands before it: filters, instant, revision and count. Nothing is cut off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from ops_center import i18n, logs
from ops_center.i18n import Problem, text
from ops_center.metrics import explore
from ops_center.metrics.dossiers import Listed, stream_dossiers
from ops_center.metrics.number import Number
from ops_center.store.session import reading, unhurried
from ops_center.web import where, workbook
from ops_center.web.address import FILTERS, View, grain, spelled
from ops_center.web.known import Known, find_known
from ops_center.web.workbook import Share, Sheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk

PATIENCE = 900.0  # seconds for a statement of an export
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PART = 500  # rows sent at once

ROWS = (
    "code", "source", "procedure", "procedure_name", "field", "hub", "hub_name", "channel",
    "official", "applicant", "standing", "submitted_at", "received_at", "due_at", "ended_at",
    "outcome", "worked_minutes",
)  # fmt: skip
_WIDTHS = (24, 12, 12, 40, 20, 12, 26, 18, 22, 14, 18, 19, 19, 19, 19, 14, 12)


@dataclass(frozen=True)
class Exported:
    """What is sent: the statement before it, the head, and the rows, read as they are sent."""

    statement: Sequence[tuple[str, Any]]
    head: Sequence[str]
    rows: Iterator[Sequence[Any]]
    widths: Sequence[int]
    name: str


def register(server: Flask, desk: Desk) -> None:
    """Answer under /export/."""

    def answer(what: str, kind: str) -> Response:
        try:
            return _answer(desk, what, kind)
        except Problem as problem:
            logs.failure("export.failed", problem)
            said = problem.text(desk.query().language)
            return Response(said, status=503, mimetype="text/plain")

    for what in ("rows", "table"):
        for kind in KINDS:
            server.add_url_rule(
                f"/export/{what}.{kind}",
                f"export_{what}_{kind}",
                lambda what=what, kind=kind: answer(what, kind),
            )


def _answer(desk: Desk, what: str, kind: str) -> Response:
    """The transaction stays open until the last row was sent: all is of one instant."""
    held = ExitStack()
    try:
        connection = held.enter_context(reading(desk.live.pulse.engine))
        unhurried(connection, PATIENCE)
        known = find_known(connection, desk.settings.ward or None, desk.live.pulse.clock.now())
        view, _ = known.view(request.args, desk.settings.language)
        make = exported_rows if what == "rows" else exported_table
        exported = make(connection, known, view)
        parts = written(exported, kind, view.lang)
        # The first part now: what fails does so while it can still be said.
        first = next(parts)
    except BaseException:
        held.close()
        raise
    response = Response(_sent(first, parts, held), content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{exported.name}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(held.close)
    return response


def _sent(first: bytes, parts: Iterator[bytes], held: ExitStack) -> Iterator[bytes]:
    """An error in the middle breaks the reply off, so that no half file passes for a whole one."""
    with held:
        yield first
        yield from parts


# ---------------------------------------------------------------- what is exported


def exported_rows(connection: Connection, known: Known, view: View) -> Exported:
    """The dossiers behind the view's `rows` metric."""
    wanted = request.args.get("order", "") if request else ""
    page, rows = stream_dossiers(
        connection, known.ward, known.listed(view), known.now,
        name=view.rows, sort=wanted.removeprefix("-"), descending=not wanted or wanted[0] == "-",
    )  # fmt: skip
    language = view.lang
    listed = text(f"metrics.{view.rows}.name", language)
    told = statement(known, view, page.revision, listed, page.total)
    told[-4:-4] = [(text("where.title", language), where.said(one, language)) for one in view.where]
    row = _row_of(known, language)
    return Exported(
        told, [text(f"export.{name}", language) for name in ROWS], map(row, rows), _WIDTHS,
        _named("rows", known),
    )  # fmt: skip


def _row_of(known: Known, language: str) -> Callable[[Listed], Sequence[Any]]:
    lists, zone = known.lists, known.ward.zone

    def local(at: datetime | None) -> datetime | None:
        return at and at.astimezone(zone).replace(tzinfo=None)

    def word(kind: str, value: str | None) -> str | None:
        return value and text(f"export.{kind}.{value}", language)

    def row(one: Listed) -> Sequence[Any]:
        procedure = lists.procedure_by_id.get(one.procedure_id)
        field = lists.field_by_id.get(procedure.field_id) if procedure else None
        hub = lists.hub_by_id.get(one.hub_id)
        official = lists.person_by_id.get(one.official_id or "")
        return (
            one.code, one.source_id, one.procedure_id, procedure and procedure.name,
            field and field.called(language), hub.code if hub else one.hub_id, hub and hub.name,
            word("channel_level", one.channel_level), official and official.name, one.applicant,
            word("standings", one.standing), local(one.submitted_at), local(one.received_at),
            local(one.due_at), local(one.ended_at), word("ends", one.outcome or one.end_kind),
            one.worked_minutes,
        )  # fmt: skip

    return row


def exported_table(connection: Connection, known: Known, view: View) -> Exported:
    """The breakdown table, and its foot."""
    found = explore.take(
        connection, known.ward, known.scope(view), known.now, grain=grain(view), by=view.by,
        columns=view.columns, metric=view.metric,
    )  # fmt: skip
    language = view.lang
    label = labels(known, view.by, language)
    lines = sorted_lines(found.lines, view, label)
    told = statement(known, view, found.revision, text("export.table", language), len(lines))
    head = [text(f"export.by.{view.by}", language), text("export.key", language)]
    head += [text(f"metrics.{name}.name", language) for name in view.columns]
    foot = (text("export.total", language), None, *_values(found.strip, view.columns))
    rows = [
        (label(one.key), _key(known, view.by, one.key), *_values(one.numbers, view.columns))
        for one in lines
    ]
    widths = (32, 16, *([16] * len(view.columns)))
    return Exported(told, head, iter([*rows, foot]), widths, _named("table", known))


def _values(numbers: Any, columns: Sequence[str]) -> list[Any]:
    return [_value(numbers[name]) for name in columns]


def _value(number: Number) -> Any:
    if number.value is None or number.unit != "ratio":
        return number.value
    return Share(float(number.value))


def labels(known: Known, by: str, language: str) -> Callable[[Any], str]:
    """What a value of that dimension is called."""
    lists = known.lists

    def label(key: Any) -> str:
        if key is None:
            return text("export.nobody", language)
        if by == "hub":
            return lists.hub_by_id[key].name if key in lists.hub_by_id else str(key)
        if by == "field":
            return lists.field_by_id[key].called(language) if key in lists.field_by_id else str(key)
        if by == "procedure":
            known_one = lists.procedure_by_id.get(key)
            return known_one.name if known_one else str(key)
        if by == "official":
            return lists.person_by_id[key].name if key in lists.person_by_id else str(key)
        if by in ("channel", "channel_level"):
            return text(f"export.channel_level.{key}", language)
        return i18n.day(key, language)

    return label


def _key(known: Known, by: str, key: Any) -> Any:
    """What names it in an address: a hub's code, an id; a date as such."""
    if by == "hub" and key in known.lists.hub_by_id:
        return known.lists.hub_by_id[key].code
    return key


def sorted_lines(
    lines: Iterable[explore.Line], view: View, label: Callable[[Any], str]
) -> list[explore.Line]:
    """The table's lines in the view's order; what has no value comes last."""
    column = view.sort.removeprefix("-")
    by_name = sorted(lines, key=lambda one: i18n.sort_key(label(one.key)))
    if view.by in explore.GRAINS:
        by_name.sort(key=lambda one: one.key)
    if column not in view.columns:
        return by_name[::-1] if view.sort == "-name" else by_name
    sign = -1 if view.sort.startswith("-") else 1

    def order(line: explore.Line) -> tuple[bool, float]:
        value = line.numbers[column].value
        return value is None, sign * (value or 0)

    return sorted(by_name, key=order)


# ---------------------------------------------------------------- what stands before it


def statement(
    known: Known, view: View, revision: int, what: str, count: int
) -> list[tuple[str, Any]]:
    """What this is: title, ward, period, filters, instant, revision and count."""
    language, zone = view.lang, known.ward.zone
    final = view.last - timedelta(days=1)
    shown = [
        ("what", what),
        ("ward", known.ward.name),
        ("period", f"{i18n.day(view.first, language)} – {i18n.day(final, language)}"),
    ]
    if known.ward.illustrative:
        shown.append(("note", text("export.illustrative", language)))
    told: list[tuple[str, Any]] = []
    told += [(text(f"export.{name}", language), value) for name, value in shown]
    told += [
        (text(f"export.filter.{short}", language),
         ", ".join(filter_words(known, view, name, language)))
        for name, short in FILTERS.items() if getattr(view, name)
    ]  # fmt: skip
    moment = i18n.moment(known.now, zone, language)
    told += [
        (text("export.as_of", language), f"{moment} ({known.ward.time_zone})"),
        (text("export.revision", language), revision),
        (text("export.count", language), count),
        (text("export.address", language), spelled(view)),
    ]
    return told


def filter_words(known: Known, view: View, name: str, language: str) -> list[str]:
    """The values of a filter, as people call them."""
    lists, values = known.lists, getattr(view, name)
    if name == "hubs":
        return [f"{code} {lists.hub_by_id[lists.hub_ids[code]].name}" for code in values]
    if name in ("fields", "procedures", "officials"):
        label = labels(known, {"fields": "field", "procedures": "procedure"}.get(name, "official"),
                       language)  # fmt: skip
        return [label(None if value == "none" else value) for value in values]
    if name == "took":
        return [took_words(value, language) for value in values]
    kind = {"channels": "channel_level", "levels": "levels", "statuses": "standings"}.get(name)
    return [text(f"export.{kind}.{value}", language) if kind else value for value in values]


def took_words(spelled: str, language: str) -> str:
    """A span of working time, as an address spells it, in words: `over 8 up to 16 hours`."""
    more, most = (
        i18n.number(float(hours), language, 1 if "." in hours else 0) if hours else ""
        for hours in spelled.split("-")
    )
    key = "above" if not most else "up_to" if float(spelled.split("-")[0]) == 0 else "between"
    return text(f"export.took.{key}", language, more=more, most=most)


def _named(what: str, known: Known) -> str:
    local = known.now.astimezone(known.ward.zone)
    return f"{known.ward.id}-{what}-{local:%Y%m%d-%H%M}".replace('"', "").replace("\n", "")


# ---------------------------------------------------------------- how it is written


def written(exported: Exported, kind: str, language: str) -> Iterator[bytes]:
    """The file, as "csv" or "xlsx"."""
    return _csv(exported) if kind == "csv" else _xlsx(exported, language)


def safe(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Share):
        return round(value.value, 6)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return safe(value)


def _csv(exported: Exported) -> Iterator[bytes]:
    """UTF-8 with the mark by which spreadsheets know it."""
    yield "\ufeff".encode() + _lines([*exported.statement, (), exported.head])
    while part := list(islice(exported.rows, _PART)):
        yield _lines(part)


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerows([_plain(value) for value in row] for row in rows)
    return held.getvalue().encode()


def _xlsx(exported: Exported, language: str) -> Iterator[bytes]:
    rows = ([safe(value) for value in row] for row in exported.rows)
    about = [[safe(value) for value in line] for line in exported.statement]
    return workbook.stream(
        [
            Sheet(text("export.about", language), (), about, (26, 80)),
            Sheet(text("export.data", language), exported.head, rows, exported.widths),
        ]
    )
