"""/health: what a monitor should know, from memory, so that it answers whatever hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify

from ops_center.web.condition import DATABASE_GONE, LIVE

if TYPE_CHECKING:
    from ops_center.web.condition import Condition, Look
    from ops_center.web.live import Live


def register(server: Flask, live: Live) -> None:
    """Add the route: 200 while all is well, else 503; it answers within 2.5 s."""

    @server.get("/health")
    def health() -> Response:
        condition = live.condition()
        response = jsonify(report(condition, live))
        response.status_code = 200 if condition.state == LIVE else 503
        response.headers["Cache-Control"] = "no-store"
        return response


def report(condition: Condition, live: Live) -> dict[str, Any]:
    """Ages in seconds, instants in UTC; null where nothing is known."""
    look = live.pulse.look
    return {
        "state": condition.state,
        "state_age": condition.ages()["state"],
        "database": "gone" if condition.state == DATABASE_GONE else "ok",
        "problem": condition.problem and str(condition.problem),
        "build": live.build,
        "ward": look and look.ward.id,
        "revision": condition.revision,
        "data_age": condition.ages()["data"],
        "worker_heartbeat_age": condition.ages()["worker"],
        "oldest_unsummed_change_age": condition.waiting_age,
        "dossiers_set_aside": condition.aside,
        "freshness": condition.freshness,
        "letters": _letters(look, live),
        "sources": [
            {
                "id": source.id,
                "last_record_at": source.last_heard_at and source.last_heard_at.isoformat(),
                "age": condition.ages()["sources"].get(source.id),
            }
            for source in (look.sources if look else ())
        ],
    }


def _letters(look: Look | None, live: Live) -> dict[str, Any] | None:
    """What became of the letters due in the last 7 days; null where nothing is known."""
    if look is None or look.letters is None:
        return None
    oldest = look.letters.oldest
    waits = oldest and max(0.0, (live.pulse.clock.now() - oldest).total_seconds())
    return {
        "states": dict(look.letters.states),
        "oldest_waiting_age": waits and round(waits, 1),
        "refused_untold": look.letters.untold,
    }
