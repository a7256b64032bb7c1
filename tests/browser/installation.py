"""A whole installation for a browser to look at: database, worker, web server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from ops_center.simulator.history import fill
from ops_center.simulator.ward import SOURCE, plant
from ops_center.store.session import open_engine, writing
from ops_center.store.tables import dossier
from tests.fixtures.databases import migrate
from tests.fixtures.running import await_server, free_port, kill, start

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """Its processes can be ended, frozen and started anew; the port stays the same."""

    home: Path
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    written: int = 0

    @property
    def file(self) -> Path:
        return self.home / "ward.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def wall(self) -> str:
        return f"http://127.0.0.1:{self.port}/wall"

    def work(self) -> None:
        """Start the worker."""
        self.processes["work"] = start("work", log=self.log, settings={"database_url": self.url})

    def serve(self, source: Path | None = None) -> None:
        """Start the web server and wait until it answers; `source`: another version's folder.

        One process: of several each keeps the last picture that it drew, and without a database
        they answer in turn with pictures of different ages.
        """
        settings = {"database_url": self.url, "port": str(self.port), "web_workers": "1"}
        server = start("serve", log=self.log, settings=settings, source=source)
        self.processes["serve"] = server
        await_server(server, self.port, self.log)

    def kill(self, name: str) -> None:
        """End "work" or "serve" at once, as a power cut would."""
        kill(self.processes.pop(name))

    def commit_dossier(self) -> str:
        """Write a dossier received now, by SQL from here; its code."""
        self.written += 1
        code = f"J-{self.written:05d}"
        engine = open_engine(self.url, timeout=60)
        with writing(engine) as connection:
            connection.execute(
                insert(dossier).values(
                    ward_id="dong-ngac", source_id=SOURCE, code=code, hub_id="unassigned",
                    procedure_id="1.001193", channel="in_person", status=4,
                    received_at=datetime.now(UTC),
                )
            )
        engine.dispose()
        return code

    def deployed(self) -> Path:
        """Another version of the program: a copy of this one with a changed style."""
        home = self.home / "newer"
        for name in ("ops_center", "assets", "db"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / name, home / name, ignore=ignored)
        with (home / "assets" / "tokens.css").open("a") as sheet:
            sheet.write("\n/* another version */\n")
        return home


@contextmanager
def installed(home: Path, dossiers: int = 300) -> Iterator[Installation]:
    """Everything running on a small invented ward; all of it ended on leaving."""
    installation = Installation(home)
    migrate_and_fill(installation.url, installation.file, dossiers)
    try:
        installation.work()
        installation.serve()
        yield installation
    finally:
        for process in installation.processes.values():
            kill(process)


def migrate_and_fill(url: str, file: Path, dossiers: int) -> None:
    """The demo's ward with a short past."""
    file.parent.mkdir(parents=True, exist_ok=True)
    migrate(url)
    now = datetime.now(UTC)
    engine = open_engine(url, timeout=30)
    ward = plant(engine, until=now)
    fill(engine, ward.id, until=now, days=20, dossiers=dossiers)
    engine.dispose()
