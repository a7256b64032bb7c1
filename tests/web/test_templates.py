"""/templates/NAME: what is downloaded is what the importer takes, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient
from openpyxl import load_workbook

from ops_center.intake.campaign_lists import List, keep
from ops_center.intake.templates import files
from ops_center.settings import Settings
from ops_center.store.session import open_engine, writing
from ops_center.web.app import create_app
from tests.intake.given import planted

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """No template needs the database."""
    made = create_app(Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('t')}/none.db"))
    yield made
    made.desk.live.pulse.close()


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    made: FlaskClient = app.server.test_client()
    return made


@pytest.mark.parametrize("name", sorted(files()))
def test_both_kinds_hold_the_template_cell_by_cell(client: FlaskClient, name: str) -> None:
    lines = list(csv.reader(files()[name].read_text("utf-8").splitlines()))
    plain = client.get(f"/templates/{name}.csv")
    assert plain.status_code == 200
    assert plain.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert plain.data.startswith(b"\xef\xbb\xbf"), "the mark by which spreadsheets know UTF-8"
    assert list(csv.reader(io.StringIO(plain.data.decode("utf-8-sig")))) == lines
    book = load_workbook(io.BytesIO(client.get(f"/templates/{name}.xlsx").data))
    cells = [[cell or "" for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert cells == lines


@pytest.mark.parametrize("address", ["nothing.csv", "plan.exe", "..%2Fcalendar.csv", "plan"])
def test_what_is_no_template_is_404_and_says_what_there_is(
    client: FlaskClient, address: str
) -> None:
    reply = client.get(f"/templates/{address}")
    assert reply.status_code == 404
    if "." in address and "%" not in address:
        assert "indicators" in reply.text and "plan" in reply.text


def test_the_templates_of_a_campaign_fit_together_as_they_are(
    client: FlaskClient, sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_engine(sqlite_url)
    ward = planted(engine)
    for kind in ("xlsx", "csv"):
        for name in ("people", "campaign", "indicators", "milestones", "plan"):
            file = tmp_path / f"{name}.{kind}"
            file.write_bytes(client.get(f"/templates/{file.name}").data)
            with writing(engine) as connection:
                done = keep(name, connection, List(file, ward, "en", NOW))
            assert set(done) == {"added" if kind == "xlsx" else "unchanged"}, name
