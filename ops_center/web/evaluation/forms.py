"""The keeper's forms under a score: entries, official points, petitions, closing the period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import ALL, Input, Output, State, dcc, html
from dash.development.base_component import Component

from ops_center import i18n, logs
from ops_center.i18n import Problem
from ops_center.metrics.evaluation import TOTAL, Scored
from ops_center.store.session import unhurried, writing
from ops_center.web.evaluation import entering, keeper, words
from ops_center.web.evaluation.asked import PATH, Place, place_of
from ops_center.web.evaluation.entering import Typed
from ops_center.web.evaluation.reading import PATIENCE
from ops_center.web.known import find_known
from ops_center.web.parts import marked, said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk, Query
    from ops_center.web.known import Known

AGAIN = "evaluation-again"
SHOWN = "evaluation-shown"
"""What the page was about when it was drawn: a month may have ended, a rule changed since."""
_PETITION = ("code", "received_on", "due_on", "answered_on", "hub", "resolved")
_SAVED = ("inputs", "scores", "petition", "closed", "unlocked", "locked")


def section(query: Query, desk: Desk, place: Place, scored: Scored | None) -> Component:
    """What may be entered here; for who is no keeper, how to become one."""
    language = place.language
    if not keeper.possible(desk.settings):
        return _folded("enter", language, [html.P(said("evaluation.keeper.off", language))])
    again: list[Any] = [dcc.Location(id=AGAIN, refresh=True), _saved(query, language)]
    if not keeper.is_keeper(desk.settings):
        return _folded("enter", language, [*again, *_key(language)], "saved" in query)
    shown: list[Any] = [*again, dcc.Store(id=SHOWN, data=_shown(place))]
    if place.subject is not None and scored is not None:
        shown += [_inputs(place, scored), _scores(place, scored)]
        if place.kind == "boards":
            shown.append(_petition(place))
        shown.append(_closing(place))
    else:
        shown.append(html.P(said("evaluation.keeper.choose", language)))
    leave = html.Button(said("evaluation.keeper.leave", language), id="keeper-leave",
                        type="button", className="button")  # fmt: skip
    return _folded("enter", language, [*shown, html.P(leave)], "saved" in query)


def _shown(place: Place) -> list[str]:
    """Rules, period and subject, as the page shows them."""
    return [place.rules.digest, place.choice.period.spelled, place.subject or ""]


def _folded(name: str, language: str, body: Sequence[Any], is_open: bool = False) -> Component:
    summary = html.Summary(said(f"evaluation.form.{name}", language))
    return html.Details([summary, html.Div(list(body), className="entering")], id=name,
                        className="card enter", open=is_open)  # fmt: skip


def _saved(query: Query, language: str) -> Component:
    """What was done before this page was drawn again."""
    what = query.get("saved", "").partition("-")[0]
    told = said(f"evaluation.saved.{what}", language) if what in _SAVED else ""
    return html.P(told, role="status", className="saved")


def _key(language: str) -> list[Component]:
    label = said("evaluation.keeper.key", language)
    return [
        html.P(said("evaluation.keeper.locked", language)),
        _labelled(label, "keeper-key", kind="password", complete="current-password"),
        _button("keeper-unlock", "unlock", language, "primary"),
        _answer("keeper"),
    ]


# --- the forms -------------------------------------------------------------------------------


def _inputs(place: Place, scored: Scored) -> Component:
    language = place.language
    lines = {line.indicator.code: line for line in scored.lines}
    rows = []
    for one in entering.input_indicators(place):
        parts, label = lines[one.code].parts, one.called(language)
        own = parts.top is not None and parts.months is None
        rows.append(_row(label, [
            _field("entry-top", one.code, f"{label}: {said('evaluation.form.top', language)}",
                   words.amount(parts.top, language) if own else ""),
            _field("entry-bottom", one.code,
                   f"{label}: {said('evaluation.form.bottom', language)}",
                   words.amount(parts.bottom, language) if own else ""),
            _field("entry-evidence", one.code,
                   f"{label}: {said('evaluation.form.evidence', language)}",
                   parts.evidence if own else "", "wide"),
        ]))  # fmt: skip
    if not rows:
        return html.Div()
    table = _table(("indicator", "top", "bottom", "evidence"), rows, language)
    return _form("inputs", place, [table])


def _scores(place: Place, scored: Scored) -> Component:
    language = place.language
    given = {line.indicator.code: line.official for line in scored.lines}
    given |= {board.board.code: board.official for board in scored.boards}
    given[TOTAL] = scored.official
    rows = []
    for code, name, maximum in entering.scored_codes(place):
        label = said("evaluation.form.total", language) if code == TOTAL else name
        now = given.get(code)
        rows.append(_row(f"{label} ({words.short(maximum, language)})", [
            _field("score-points", code, f"{label}: {said('evaluation.form.points', language)}",
                   words.number(now.points, language) if now else ""),
            _field("score-evidence", code,
                   f"{label}: {said('evaluation.form.evidence', language)}",
                   now.evidence if now else "", "wide"),
        ]))  # fmt: skip
    return _form("scores", place, [_table(("indicator", "points", "evidence"), rows, language)])


def _petition(place: Place) -> Component:
    language = place.language
    fields = [
        _labelled(said(f"evaluation.form.of_petition.{name}", language), f"petition-{name}",
                  holder=said("evaluation.form.day_like", language) if name.endswith("_on") else "")
        for name in _PETITION
    ]  # fmt: skip
    return _form("petition", place, [html.Div(fields, className="fields")])


def _closing(place: Place) -> Component:
    told = said("evaluation.form.closing_said", place.language,
                period=words.period(place.choice.period, place.language), name=place.name)
    return _form("closed", place, [html.P(told)])


def _form(name: str, place: Place, body: Sequence[Any]) -> Component:
    """A form with the name of who answers for it, its button, and room for what went wrong."""
    language = place.language
    by = [] if name == "petition" else [
        _labelled(said("evaluation.form.by", language), f"{name}-by", complete="name")
    ]  # fmt: skip
    head = html.H3(said(f"evaluation.form.{name}", language), id=f"{name}-form")
    inner = [head, *body, html.Div([*by, _button(f"{name}-save", name, language, "primary")],
                                   className="fields"), _answer(name)]  # fmt: skip
    return marked(html.Section(inner, className="form"), {"aria-labelledby": f"{name}-form"})


def _table(columns: Sequence[str], rows: Sequence[Component], language: str) -> Component:
    head = [marked(html.Th(said(f"evaluation.form.{one}", language)), {"scope": "col"})
            for one in columns]  # fmt: skip
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(list(rows))], className="entries")
    return html.Div(table, className="scrolls")


def _row(label: str, cells: Sequence[Component]) -> Component:
    return html.Tr([marked(html.Th(label), {"scope": "row"}), *(html.Td(one) for one in cells)])


def _field(kind: str, code: str, label: str, value: str, look: str = "") -> Component:
    """An input in a table; its name is read out, the table's head and row show it."""
    value = "" if value == i18n.MISSING else value
    inner = dcc.Input(id={"type": kind, "code": code}, type="text", value=value, debounce=True,
                      autoComplete="off")  # fmt: skip
    kind_of = f"entry-cell {look}".strip()
    return html.Label([html.Span(label, className="spoken"), inner], className=kind_of)


def _labelled(
    label: str, name: str, *, kind: Any = "text", complete: str = "off", holder: str = ""
) -> Component:
    inner = dcc.Input(id=name, type=kind, value="", autoComplete=complete, placeholder=holder)
    return html.Label([html.Span(label), inner], className="field")


def _button(name: str, words_of: str, language: str, look: str) -> Component:
    return html.Button(said(f"evaluation.button.{words_of}", language), id=name, type="button",
                       className=f"button {look}")  # fmt: skip


def _answer(name: str) -> Component:
    return html.P(id=f"{name}-said", role="alert", className="form-said")


# --- what they do ----------------------------------------------------------------------------

Write = Callable[["Connection", Place, datetime], object]


def register(desk: Desk) -> None:
    """Each button: checked, written, and the page drawn anew; else said why not."""

    def answers(name: str, *states: Any) -> Callable[[Callable[..., Write | None]], None]:
        """A callback on the button: what it writes, or None where it has done all itself."""

        def register_one(make: Callable[..., Write | None]) -> None:
            button = {"keeper": "keeper-unlock"}.get(name, f"{name}-save")
            pressed = [Input(button, "n_clicks")]
            seen_as = [State(SHOWN, "data")]
            if name == "keeper":
                pressed, seen_as = [*pressed, Input("keeper-key", "n_submit")], []
            fixed = len(pressed) + len(seen_as)

            @desk.callback(
                Output(f"{name}-said", "children"), Output(AGAIN, "href", allow_duplicate=True),
                *pressed, *seen_as, *states,
                prevent_initial_call=True,
            )  # fmt: skip
            def answer(query: Query, *values: Any) -> Any:
                from dash import no_update

                if not any(values[: len(pressed)]):
                    return no_update, no_update
                seen, typed = values[len(pressed) : fixed], values[fixed:]
                try:
                    done = _done(desk, query, make(*typed), name, *seen)
                except Problem as problem:
                    logs.warning("evaluation.not_written", form=name, reason=problem.key)
                    return problem.text(query.language), no_update
                return "", done

            answer.__name__ = f"answer_{name}"

        return register_one

    def unlock(key: Any) -> None:
        keeper.unlock(desk.settings, str(key or ""))

    answers("keeper", State("keeper-key", "value"))(unlock)
    answers("inputs", *_lines("entry-top", "entry-bottom", "entry-evidence"),
            State("inputs-by", "value"))(_make_inputs)  # fmt: skip
    answers("scores", *_lines("score-points", "score-evidence"),
            State("scores-by", "value"))(_make_scores)  # fmt: skip
    answers("petition", *(State(f"petition-{one}", "value") for one in _PETITION))(_make_petition)
    answers("closed", State("closed-by", "value"))(_make_closing)

    @desk.callback(
        Output(AGAIN, "href", allow_duplicate=True), Input("keeper-leave", "n_clicks"),
        prevent_initial_call=True,
    )  # fmt: skip
    def leave(query: Query, clicks: Any) -> Any:
        from dash import no_update

        if not clicks:
            return no_update
        keeper.lock(desk.settings)
        return _again(query, "locked", desk.live.pulse.clock.now())


def _lines(*kinds: str) -> list[Any]:
    ids = State({"type": kinds[0], "code": ALL}, "id")
    return [ids, *(State({"type": kind, "code": ALL}, "value") for kind in kinds)]


def _done(desk: Desk, query: Query, write: Write | None, name: str, seen: Any = None) -> str:
    """Write in one transaction, if the page still shows what it would write to; the address of
    the page as it is then."""
    now = desk.live.pulse.clock.now()
    if write is None:
        return _again(query, "unlocked", now)
    keeper.require(desk.settings)
    with writing(desk.live.pulse.engine, repeatable=True) as connection:
        unhurried(connection, PATIENCE)
        known: Known = find_known(connection, desk.settings.ward or None, now)
        place = place_of(connection, known, query, desk.settings, query.language)
        if query.path.rstrip("/") != PATH or place.notes or seen != _shown(place):
            raise Problem("evaluation.enter.other_page")
        write(connection, place, known.now)
    logs.event("evaluation.written", form=name, period=place.choice.period.spelled,
               subject=place.subject or "ward")  # fmt: skip
    return _again(query, name, now)


def _again(query: Query, what: str, now: datetime) -> str:
    """The same page; another address each time, so that a browser asks for it anew."""
    from urllib.parse import urlencode

    kept = {name: value for name, value in query.items() if name != "saved"}
    return f"{query.path}?{urlencode(kept | {'saved': f'{what}-{now:%H%M%S%f}'})}"


def _make_inputs(ids: Any, tops: Any, bottoms: Any, evidence: Any, by: Any) -> Write:
    lines = _typed(ids, tops, bottoms, evidence)
    return lambda connection, place, now: entering.enter_inputs(connection, place, lines, by, now)


def _make_scores(ids: Any, points: Any, evidence: Any, by: Any) -> Write:
    lines = _typed(ids, points, [None] * len(ids or ()), evidence)
    return lambda connection, place, now: entering.enter_scores(connection, place, lines, by, now)


def _make_petition(*values: Any) -> Write:
    told = dict(zip(_PETITION, values, strict=True))
    return lambda connection, place, now: entering.enter_petition(connection, place, told)


def _make_closing(by: Any) -> Write:
    return lambda connection, place, now: entering.close_period(connection, place, by, now)


def _typed(ids: Any, *columns: Any) -> list[Typed]:
    """What a browser sends may be anything: lines that do not fit together are none."""
    lists = [one if isinstance(one, list) else [] for one in (ids, *columns)]
    return [
        Typed(own.get("code") if isinstance(own, Mapping) else None, *values)
        for own, *values in zip(*lists, strict=False)
    ]
