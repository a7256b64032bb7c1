"""/health: what a monitor reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from dash import Dash
from flask.testing import FlaskClient

from ops_center.settings import Settings
from ops_center.web.app import create_app
from ops_center.web.desk import Desk
from ops_center.web.live import Live
from tests.web.conftest import PLAIN, Standstill, plain_layout, write

INSTANT = "2026-08-05T04:59:00.000Z"


def test_health_tells_all_that_is_asked_of_it(
    ward_url: str, open_live: Callable[[str], Live]
) -> None:
    write(
        ward_url,
        "INSERT INTO source (ward_id, id, name, last_heard_at) VALUES ('w1', 'p', 'Cổng', :at)",
        at=INSTANT,
    )
    write(ward_url, "UPDATE revision SET number = 7")
    write(ward_url, "INSERT INTO change (ward_id, dossier_id, at) VALUES ('w1', 'd', :at)",
          at="2026-08-05T04:59:55.000Z")
    app = create_app(Settings(database_url=ward_url), live=open_live(ward_url), pages=PLAIN)
    response = app.server.test_client().get("/health")
    assert response.status_code == 200
    assert response.json is not None
    expected = {
        "state": "live", "database": "ok", "problem": None, "ward": "w1", "revision": 7,
        "worker_heartbeat_age": 0.0, "oldest_unsummed_change_age": 5.0, "build": "b1",
        "sources": [{"id": "p", "last_record_at": "2026-08-05T04:59:00+00:00", "age": 60.0}],
    }
    assert {name: response.json[name] for name in expected} == expected


def test_dossiers_set_aside_are_counted(
    ward_url: str, open_live: Callable[[str], Live]
) -> None:
    live = open_live(ward_url)
    app = create_app(Settings(database_url=ward_url), live=live, pages=PLAIN)
    client = app.server.test_client()
    assert set_aside(client) == (0, 0)
    for id in ("d1", "d2"):
        write(ward_url, "INSERT INTO lease (ward_id, name, holder, until) "
              "VALUES ('w1', :name, 'ZeroDivisionError', :at)", name=f"dossier:{id}", at=INSTANT)
    live.pulse.beat()
    assert set_aside(client) == (2, 2)


def set_aside(client: FlaskClient) -> tuple[int, int]:
    """As /health and as every screen is told."""
    told = client.get("/health").json
    assert told is not None
    ages = client.get("/api/snapshot/overview").headers["X-Ages"]
    return told["dossiers_set_aside"], json.loads(ages)["aside"]


def test_a_late_worker_is_503(app: Dash, standstill: Standstill) -> None:
    client = app.server.test_client()
    assert client.get("/health").status_code == 200
    standstill.pass_by(7)
    app.desk.live.pulse.beat()
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json is not None
    assert (response.json["state"], response.json["database"]) == ("worker_late", "ok")


def test_whatever_is_asked_first_waits_for_the_first_look(
    sqlite_ward_url: str, open_live: Callable[[str], Live]
) -> None:
    live = open_live(sqlite_ward_url)

    def register(app: Dash, desk: Desk) -> None:
        app.server.add_url_rule("/api/name", "name", lambda: str(live.pulse.look))

    page = SimpleNamespace(layout=plain_layout, register=register)
    client = create_app(Settings(), live=live, pages={"/wall": page}).server.test_client()
    assert "Phường Đông Ngạc" in client.get("/api/name").text


def test_a_missing_database_is_503_with_the_remedy(
    tmp_path: Path, open_live: Callable[[str], Live]
) -> None:
    live = open_live(f"sqlite:///{tmp_path / 'missing.db'}")
    response = create_app(Settings(), live=live, pages=PLAIN).server.test_client().get("/health")
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["database"] == "gone"
    assert "ops-center db upgrade" in response.json["problem"]
