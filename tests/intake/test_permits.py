"""Real input: an event log of building permits, by the mapping that ships as an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine

from ops_center.intake.importing import Order, Report, import_dossiers
from ops_center.intake.mapping import load_mapping
from ops_center.material import folder
from ops_center.metrics.catalog import MEASURES
from ops_center.metrics.reading import read
from ops_center.metrics.scope import Scope
from ops_center.store.dossiers import Recorded
from ops_center.store.hubs import list_hubs
from ops_center.store.rollup import rebuild
from ops_center.store.session import reading, writing
from ops_center.store.tables import dossier, dossier_event, person
from ops_center.store.wards import UNASSIGNED, Ward
from tests.fixtures.databases import migrate, opened
from tests.intake.given import NOW, count, planted, rejects, rows_of

ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class Brought:
    """The file, taken in twice."""

    engine: Engine
    ward: Ward
    first: Report
    second: Report
    rejects: Path


@pytest.fixture(scope="module")
def brought(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    place = tmp_path_factory.mktemp("permits")
    url = f"sqlite:///{place / 'ward.db'}"
    migrate(url)
    mapping = load_mapping(folder("db") / "seeds" / "mappings" / "permits.toml")
    order = Order(
        real_data / "permits_receipt.csv", mapping, "permits", "en", NOW, rejects=place / "out.csv"
    )
    with opened(url) as engine:
        ward = planted(engine, zone=ZONE)
        first, second = (import_dossiers(engine, ward, order) for _ in range(2))
        yield Brought(engine, ward, first, second, place / "out.csv")


@pytest.fixture(scope="module")
def cases(real_data: Path) -> pd.DataFrame:
    """The file's cases as pandas reads them, those that end before they start left out."""
    events = pd.read_csv(real_data / "permits_receipt.csv", dtype=str, keep_default_na=False)
    found = events.drop_duplicates("case:concept:name").set_index("case:concept:name")
    for name in ("startdate", "enddate", "deadline"):
        texts = found[f"case:{name}"].replace("", None)
        found[name] = pd.to_datetime(texts, utc=True, format="ISO8601").dt.floor("ms")
    return found[~(found["enddate"] < found["startdate"])]


def test_every_event_and_every_dossier_is_accounted_for(brought: Brought) -> None:
    report = brought.first
    assert (report.rows, report.all_dossiers) == (8577, 1434)
    assert (report.imported, report.unchanged, report.rejected) == (8573, 0, 4)
    assert (report.dossiers, report.rejected_dossiers) == (Recorded(new=1432), 2)
    assert count(brought.engine, dossier) == 1432
    assert count(brought.engine, dossier_event) == 8573


def test_the_two_that_end_before_they_start_are_rejected_with_all_their_rows(
    brought: Brought,
) -> None:
    assert brought.first.reasons == {"contradiction": 2}
    found = rejects(brought.rejects)
    assert [row["Line"] for row in found] == ["910", "6534", "6535", "6536"]
    assert [row["Column"] for row in found] == ["case:enddate", "case:enddate", "", ""]


def test_the_second_time_everything_is_unchanged(brought: Brought) -> None:
    report = brought.second
    assert (report.imported, report.unchanged, report.rejected) == (0, 8573, 4)
    assert report.dossiers == Recorded(unchanged=1432)
    assert report.hubs_made == 0


def test_what_is_kept_is_what_the_file_says(brought: Brought, cases: pd.DataFrame) -> None:
    with reading(brought.engine) as connection:
        names = {one.id: one.name for one in list_hubs(connection, brought.ward.id)}
    kept = {row["code"]: row for row in rows_of(brought.engine, dossier)}
    assert set(kept) == set(cases.index)
    channels = {"Internet": "online", "e-mail": "online", "Post": "post"}
    for code, case in cases.iterrows():
        row = kept[str(code)]
        assert row["received_at"] == case["startdate"].to_pydatetime()
        assert row["due_at"] == case["deadline"].to_pydatetime()
        ended = None if pd.isna(case["enddate"]) else case["enddate"].to_pydatetime()
        assert row["processed_at"] == ended
        assert row["status"] == (9 if ended else 4)
        assert row["channel"] == channels.get(case["case:channel"], "in_person")
        assert row["procedure_id"] == "1.013225"
        group = case["case:group"]
        assert names[row["hub_id"]] == group if group else row["hub_id"] == UNASSIGNED
    assert count(brought.engine, person) == cases["case:responsible"].nunique()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2010, 1, 1), date(2013, 1, 1)),
        (date(2011, 1, 1), date(2012, 1, 1)),
        (date(2011, 3, 27), date(2011, 3, 28)),  # the night clocks go forward
        (date(2011, 6, 1), date(2011, 10, 30)),
    ],
)
def test_the_late_share_is_what_pandas_makes_of_the_file(
    brought: Brought, cases: pd.DataFrame, first: date, last: date
) -> None:
    begin, end = (pd.Timestamp(day, tz=ZONE).tz_convert("UTC") for day in (first, last))
    started, ended, due = cases["startdate"], cases["enddate"], cases["deadline"]
    carried = (started < begin) & ~(ended < begin)
    received = (started >= begin) & (started < end)
    late = (ended >= begin) & (ended < end) & (ended > due)
    overdue = (started < end) & ~(ended < end) & (due < end)
    with writing(brought.engine) as connection:
        rebuild(connection, brought.ward.id, MEASURES, now=NOW)
    with reading(brought.engine) as connection:
        names = ("late_share", "received", "late")
        found = read(connection, brought.ward, Scope(brought.ward.id, first, last), NOW, names)
    numbers = found.numbers
    assert numbers["received"].value == received.sum()
    assert numbers["late"].value == late.sum()
    assert numbers["late_share"].numerator == late.sum() + overdue.sum()
    assert numbers["late_share"].denominator == carried.sum() + received.sum()
