"""The score as a workbook with typed cells, and all rows of one indicator as another.

    GET /export/evaluation.xlsx?<the question of /evaluation>
    GET /export/evaluation-rows.xlsx?<the same>&indicator=<code>
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from ops_center import i18n, logs
from ops_center.domain.evaluation import worded
from ops_center.i18n import Problem, text
from ops_center.metrics.choice import called
from ops_center.metrics.evaluation import Scored, score
from ops_center.metrics.evidence import evidence
from ops_center.store.session import unhurried
from ops_center.web import workbook
from ops_center.web.evaluation import words
from ops_center.web.evaluation.asked import BOOK, Place, place_of
from ops_center.web.evaluation.reading import Seen, see
from ops_center.web.evaluation.tables import best_first
from ops_center.web.export import KINDS, PATIENCE, safe
from ops_center.web.workbook import Share, Sheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk

ROWS_BOOK = "/export/evaluation-rows.xlsx"
_HEAD = ("board", "indicator", "top", "bottom", "ratio", "points", "maximum", "official",
         "difference", "closed", "evidence")  # fmt: skip
_WIDTHS = (26, 46, 12, 12, 11, 11, 10, 14, 12, 12, 50)


def register(server: Flask, desk: Desk) -> None:
    """Both routes; an error is a sentence."""

    @server.get(BOOK)
    def evaluation_book() -> Response:
        return _answered(desk, lambda connection, place: _sheets(place, see(connection, place)))

    @server.get(ROWS_BOOK)
    def evaluation_rows() -> Response:
        return _answered(desk, _row_sheets)


def _answered(desk: Desk, make: Any) -> Response:
    language = desk.query().language
    try:
        with desk.asking() as (connection, known):
            unhurried(connection, PATIENCE)
            place = place_of(connection, known, request.args, desk.settings, language)
            sheets = [Sheet(one.name, [safe(word) for word in one.head], _safe(one.rows),
                            one.widths) for one in make(connection, place)]  # fmt: skip
            body = b"".join(workbook.stream(sheets))
    except Problem as problem:
        logs.failure("evaluation.no_book", problem)
        status = 404 if problem.key.startswith("evaluation.") else 503
        return Response(problem.text(language), status=status, mimetype="text/plain")
    response = Response(body, content_type=KINDS["xlsx"])
    name = f"{place.rules.code}-{place.choice.period.spelled.replace('..', '-')}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _safe(rows: Any) -> list[list[Any]]:
    return [[safe(value) for value in row] for row in rows]


# --- a score ---------------------------------------------------------------------------------


def _sheets(place: Place, seen: Seen) -> Iterator[Sheet]:
    language = place.language
    yield Sheet(text("export.about", language), (), _about(place, seen), (30, 70))
    if seen.scored is not None:
        head = [text(f"evaluation.column.{name}", language) for name in _HEAD]
        yield Sheet(text("evaluation.title", language), head, _lines(place, seen), _WIDTHS)
    if seen.everybody:
        yield _compared(place, seen.everybody)


def _about(place: Place, seen: Seen) -> list[tuple[str, Any]]:
    """What this is: whom, by which rules, when, and that it is not official."""
    language, known = place.language, place.known
    told: list[tuple[str, Any]] = [
        (text("evaluation.title", language), place.name),
        (text("evaluation.column.rules", language), place.rules.called(language)),
        (text("evaluation.column.basis", language), place.rules.basis),
        (text("evaluation.column.code", language), f"{place.rules.code} {place.rules.digest}"),
        (text("export.period", language), words.period(place.choice.period, language)),
        (text("export.as_of", language), i18n.moment(known.now, known.ward.zone, language)),
        ("", text("evaluation.not_official", language)),
    ]
    if known.ward.illustrative:
        told.append(("", text("export.illustrative", language)))
    scored, before = seen.scored, seen.before
    if scored is not None:
        told += [
            (text("evaluation.column.points", language), scored.points),
            (text("evaluation.column.of", language), scored.maximum),
            (text("evaluation.column.possible", language), scored.possible),
            (text("evaluation.column.official", language),
             scored.official.points if scored.official else None),
        ]  # fmt: skip
    if before is not None:
        at = before.closed.closed_at
        told += [
            (text("evaluation.column.closed", language), before.points),
            (text("evaluation.column.closed_by", language), before.closed.closed_by),
            (text("evaluation.column.closed_at", language),
             at and at.astimezone(known.ward.zone).replace(tzinfo=None)),
        ]  # fmt: skip
        if not before.same_rules:
            told.append(("", text("evaluation.close.other_rules", language)))
    return told


def _lines(place: Place, seen: Seen) -> Iterator[Sequence[Any]]:
    language = place.language
    then = seen.before.lines if seen.before else {}
    for board in seen.scored.boards if seen.scored else ():
        for line in board.lines:
            official = line.official.points if line.official else None
            both = line.points is not None and official is not None
            yield (
                board.board.called(language), line.indicator.called(language),
                line.parts.top, line.parts.bottom,
                None if line.ratio is None else Share(line.ratio), line.points,
                line.indicator.maximum, official,
                round(line.points - official, 2) if both else None,  # type: ignore[operator]
                then[line.indicator.code].points if line.indicator.code in then else None,
                line.parts.evidence or worded(line.indicator.evidence, language),
            )  # fmt: skip
        given = board.official.points if board.official else None
        yield (board.board.called(language), text("evaluation.form.total", language), None, None,
               None, board.points, board.maximum, given,
               None if given is None else round(board.points - given, 2), None, None)  # fmt: skip


def _compared(place: Place, everybody: Sequence[Scored]) -> Sheet:
    language, known = place.language, place.known
    what = "official" if place.kind == "official" else "hub"
    lines = [line.indicator for line in everybody[0].lines]
    head = [text(f"evaluation.who.{what}", language)]
    head += [text(f"evaluation.column.{name}", language)
             for name in ("points", "of", "ratio", "grade")]  # fmt: skip
    head += [one.called(language) for one in lines]
    rows = [
        (
            called(one.subject, known.ward, known.lists),
            one.points if one.maximum else None, one.maximum,
            Share(one.points / one.maximum) if one.maximum else None,
            one.grade.names[language] if one.grade else None,
            *(line.points for line in one.lines),
        )
        for one in best_first(everybody)
    ]  # fmt: skip
    widths = (34, 10, 10, 10, 14, *([14] * len(lines)))
    return Sheet(text(f"evaluation.{what}s", language), head, rows, widths)


# --- an indicator's rows ---------------------------------------------------------------------


def _row_sheets(connection: Connection, place: Place) -> Iterator[Sheet]:
    language, known = place.language, place.known
    indicator = place.rules.indicator(request.args.get("indicator", ""))
    if indicator is None or place.subject is None:
        raise Problem("evaluation.no_line_said", rules=place.rules.called(language))
    choice = place.choice
    scored = score(connection, known.ward, choice.rules, choice.period, place.subject, known.now,
                   campaign_id=choice.campaign_id)  # fmt: skip
    own = [line for line in scored.lines if line.indicator.code == indicator.code]
    if not own:
        raise Problem("evaluation.no_line_said", rules=place.rules.called(language))
    told = [
        *_about(place, Seen(None, None, ())),
        (text("evaluation.column.indicator", language), indicator.called(language)),
        (words.top(indicator, language), own[0].parts.top),
        (words.bottom(indicator, language), own[0].parts.bottom),
        (text("evaluation.column.points", language), own[0].points),
    ]
    yield Sheet(text("export.about", language), (), told, (40, 60))
    kind = "dossiers" if indicator.source.kind == "metric" else indicator.source.kind
    head = [text(f"evaluation.rows.{kind}.{name}", language) for name in ("code", "words")]
    head += [text(f"evaluation.rows.{name}", language)
             for name in ("day", "hub", "counts", "weighs")]  # fmt: skip
    hubs = known.lists.hub_by_id
    rows = [
        (fact.code, words.fact(fact, language), fact.day,
         hubs[fact.hub_id].code if fact.hub_id in hubs else None, fact.counts, fact.weighs)
        for fact in evidence(place.asked(connection, place.subject), indicator)
    ]  # fmt: skip
    yield Sheet(text("export.data", language), head, rows, (24, 46, 12, 12, 12, 12))
