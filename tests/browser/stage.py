"""The real web application before a real database, showing an instant of our choosing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from werkzeug.serving import WSGIRequestHandler, make_server

from ops_center.metrics.snapshot import Snapshot
from ops_center.settings import Settings
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.session import open_engine, writing
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward, add_ward
from ops_center.web import scenes
from ops_center.web.app import create_app
from ops_center.web.condition import Condition
from ops_center.web.live import Live
from ops_center.web.pulse import Pulse
from tests.browser.sample import CASES, OUTLINE, Case, place, sample
from tests.fixtures.databases import migrate


class Stage(Live):
    """A Live whose snapshots are invented, and whose worker is said to be well."""

    def __init__(self, url: str) -> None:
        self.url, self.case = url, CASES["normal"]
        pulse = Pulse(Settings(database_url=url))
        super().__init__(pulse, "b1", scenes.SCENES, scenes.draw, self._invented)

    def _invented(self, connection: Connection, ward_id: str, now: Any) -> Snapshot:
        return replace(sample(self.case), revision=find_revision(connection, ward_id).number)

    def condition(self) -> Condition:
        return Condition("live", data_age=3.0, worker_age=1.0, freshness="live")

    def show(self, case: Case) -> None:
        """As if the refresher had summed it just now."""
        self.case = case
        engine = open_engine(self.url, timeout=60)
        with writing(engine) as connection:
            connection.execute(text("UPDATE revision SET number = number + 1"))
        engine.dispose()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *values: object) -> None:
        """Nothing: a browser asks much."""


@contextmanager
def staged(home: Path) -> Iterator[tuple[Stage, str]]:
    """The stage and the address of its wall."""
    url = f"sqlite:///{home / 'ward.db'}"
    migrate(url)
    _plant(url)
    stage = Stage(url)
    app = create_app(Settings(database_url=url), live=stage)
    server = make_server("127.0.0.1", 0, app.server, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield stage, f"http://127.0.0.1:{server.server_port}/wall"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        stage.pulse.close()


def _plant(url: str) -> None:
    """The ward with the 200 hubs of which a sample shows the first."""
    outline = json.dumps({"type": "Polygon", "coordinates": [OUTLINE]})
    engine = open_engine(url, timeout=60)
    with writing(engine) as connection:
        add_ward(connection, Ward("w1", "Phường Đông Ngạc", boundary=outline))
        for at in range(200):
            longitude, latitude = place(at)
            add_hub(connection, Hub("w1", f"TDP-{at + 1:02d}", f"Tổ {at + 1}", f"hub-{at}",
                                    longitude=longitude, latitude=latitude,
                                    area=_square(longitude, latitude)))
    engine.dispose()


def _square(x: float, y: float) -> str:
    ring = [[x - 8e-4, y - 1.2e-3], [x + 8e-4, y - 1.2e-3], [x + 8e-4, y + 1.2e-3],
            [x - 8e-4, y + 1.2e-3], [x - 8e-4, y - 1.2e-3]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})
