"""What a screen asks for: /api/snapshot/<scene>?lang=&theme=

Every reply, 304 included, says how the system is in its headers:

    X-State       live | worker_late | database_gone
    X-State-Age   seconds in that state, while it is not live
    X-Data-Age    seconds since data was last summed
    X-Ages        {"data", "worker", "state", "sources": {id: seconds}, "freshness", "reason",
                   "aside": dossiers left out of the sums for now}
    X-Build       the running version: another one than the page's means "load me anew"
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from ops_center.i18n import Problem

if TYPE_CHECKING:
    from ops_center.web.condition import Condition
    from ops_center.web.desk import Desk
    from ops_center.web.live import Picture


def register(server: Flask, desk: Desk) -> None:
    """Add the route; an unknown scene is 404, no picture at all 503."""

    @server.get("/api/snapshot/<scene>")
    def snapshot(scene: str) -> Response:
        if scene not in desk.live.scenes:
            return _json({"problem": Problem("live.no_scene", scene=scene).text(_language())}, 404)
        response = _reply(scene)
        _tell(response, desk.live.condition(), desk.live.build)
        return response

    def _language() -> str:
        return desk.query().language

    def _reply(scene: str) -> Response:
        query = desk.query()
        try:
            picture = desk.live.picture(scene, query.language, query.theme)
        except Problem as problem:
            return _json({"problem": problem.text(query.language)}, 503)
        return _unchanged(picture) if _is_known(picture) else _whole(picture)


def _is_known(picture: Picture) -> bool:
    return f'"{picture.etag}"' == request.headers.get("If-None-Match", "").removeprefix("W/")


def _unchanged(picture: Picture) -> Response:
    response = Response(status=304)
    response.set_etag(picture.etag)
    return response


def _whole(picture: Picture) -> Response:
    packed = bool(request.accept_encodings["gzip"])
    body = picture.body if packed else gzip.decompress(picture.body)
    response = Response(body, mimetype="application/json")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(picture.etag)
    return response


def _json(body: object, status: int) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, mimetype="application/json")


def _tell(response: Response, condition: Condition, build: str) -> None:
    ages = condition.ages()
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Build"] = build
    response.headers["X-State"] = condition.state
    response.headers["X-Ages"] = json.dumps(ages, separators=(",", ":"))
    for header, age in (("X-Data-Age", ages["data"]), ("X-State-Age", ages["state"])):
        if age is not None:
            response.headers[header] = str(age)
