"""/report/save, /report/key: what the forms send. Back to the page, which says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ops_center import i18n, logs
from ops_center.i18n import Problem
from ops_center.intake.typed_reports import keep_report, read_report
from ops_center.store.session import writing
from ops_center.web.evaluation import keeper
from ops_center.web.known import find_known
from ops_center.web.report.asked import LONGEST, TOPIC, address, typed_of
from ops_center.web.report.form import KEY, SAVE

if TYPE_CHECKING:
    from ops_center.web.desk import Desk

_ELSEWHERE = "evaluation.keeper.elsewhere"


def register(server: Flask, desk: Desk) -> None:
    """The two addresses."""

    @server.post(SAVE)
    def save_report() -> AnyResponse:
        try:
            keeper.require(desk.settings)
            kept = _saved(desk)
        except Problem as problem:
            return _refused(desk, problem)
        return redirect(address(request.form, saved=kept), 303)

    @server.post(KEY)
    def unlock_report() -> AnyResponse:
        try:
            keeper.unlock(desk.settings, request.form.get("key", "")[:LONGEST])
        except Problem as problem:
            if problem.key == _ELSEWHERE:
                return _refused(desk, problem)
            return redirect(address(request.form, key="wrong"), 303)
        return redirect(address(request.form), 303)


def _saved(desk: Desk) -> str:
    """Written in one transaction; how many were new, corrected, and said already."""
    language = i18n.choose(request.form.get("lang"), desk.settings.language)
    now = desk.live.pulse.clock.now()
    typed = typed_of(request.form)
    with writing(desk.live.pulse.engine) as connection:
        known = find_known(connection, desk.settings.ward or None, now)
        found = read_report(connection, known.ward, typed, now=now, language=language)
        kept = keep_report(connection, known.ward.id, found, now=now)
    counts = [kept["added"], kept["changed"], kept["unchanged"]]
    logs.event("report.written", hub=typed.hub, day=typed.day, new=counts[0], changed=counts[1])
    return "-".join(map(str, counts))


def _refused(desk: Desk, problem: Problem) -> AnyResponse:
    """Back with all that was typed; the page finds again what is wrong with it, and says it in
    its language. What another site sent gets no page."""
    if problem.key.startswith("store."):
        raise problem
    if problem.key == _ELSEWHERE:
        language = i18n.choose(request.form.get("lang"), desk.settings.language)
        return Response(problem.text(language), 403, mimetype="text/plain")
    logs.warning("report.not_written", reason=problem.key)
    typed = {name: value[:LONGEST] for name, value in request.form.items()
             if name.startswith(TOPIC) and value.strip()}  # fmt: skip
    return redirect(address(request.form, typed="1", **typed), 303)
