"""/plan: what is late first, filters in the address, an item, a person, and the plan as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from dash import Dash
from openpyxl import load_workbook
from sqlalchemy import text

from ops_center.i18n import LANGUAGES
from ops_center.settings import Settings
from ops_center.web.app import create_app
from ops_center.web.bundles import build_id
from ops_center.web.condition import Clock
from ops_center.web.live import Live
from ops_center.web.plan.faces import initials
from ops_center.web.pulse import Pulse
from ops_center.web.scenes import overview
from tests.browser.sample import sample
from tests.fixtures.databases import opened, postgres_database
from tests.fixtures.planned_ward import ITEMS, LATE, NOW, UNOWNED, fill


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """The application on the planned ward, at NOW."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("plan") / "ward.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield from _served(f"sqlite:///{path}")
    else:
        server, template = (request.getfixturevalue(f"postgres_{n}") for n in ("url", "template"))
        with postgres_database(server, template) as url:
            yield from _served(url)


@pytest.fixture
def bare(sqlite_url: str) -> Iterator[Dash]:
    """The application on a ward without a campaign."""
    yield from _served(sqlite_url, plan=False)


def _served(url: str, *, plan: bool = True) -> Iterator[Dash]:
    from ops_center.metrics import snapshot
    from ops_center.web import scenes

    with opened(url) as engine:
        fill(engine, plan=plan)
    settings = Settings(database_url=url)
    pulse = Pulse(settings, Clock(lambda: NOW, lambda: 1000.0))
    live = Live(pulse, build_id(), scenes.SCENES, scenes.draw, snapshot.take)
    yield create_app(settings, live=live)
    pulse.close()


def page(app: Dash, address: str) -> Any:
    """The layout behind an address."""
    referrer = {"Referer": f"http://localhost{address}"}
    reply = app.server.test_client().get("/_dash-layout", headers=referrer)
    assert reply.status_code == 200, reply.text
    return reply.json


class Written(HTMLParser):
    """What a box's HTML text says, as the components it was written from."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self._open: list[list[Any]] = [self.found]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside: list[Any] = []
        props = {{"class": "className"}.get(name, name): True if value in (None, "") else value
                 for name, value in attrs}  # fmt: skip
        self._open[-1].append({"type": tag.capitalize(), "props": {**props, "children": inside}})
        self._open.append(inside)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()
        props = self._open[-1][-1]["props"]
        if len(props["children"]) == 1 and isinstance(props["children"][0], str):
            (props["children"],) = props["children"]

    def handle_data(self, data: str) -> None:
        self._open[-1].append(data)


def parts(layout: Any) -> Iterator[dict[str, Any]]:
    """Every component with its properties."""
    if isinstance(layout, dict):
        props = layout.get("props", {})
        yield {"type": layout.get("type"), **props}
        yield from parts(props.get("children"))
        yield from parts(Written(props.get("data-html", "")).found)
    elif isinstance(layout, list):
        for one in layout:
            yield from parts(one)


def words(layout: Any) -> str:
    """The words of a page, without the marks that keep directions."""
    found = [str(one["children"]) for one in parts(layout) if isinstance(one.get("children"), str)]
    found += [
        text for one in parts(layout) if isinstance(one.get("children"), list)
        for text in one["children"] if isinstance(text, str)
    ]  # fmt: skip
    return re.sub("[\u2066-\u2069]", "", " ".join(found))


def rows(layout: Any) -> dict[str, dict[str, Any]]:
    """The road map's rows by code, in their order."""
    found = {}
    for one in parts(layout):
        if one["type"] == "Tr" and "data-owner" in one:
            code = next(p["children"] for p in parts(one["children"])
                        if "item-code" in str(p.get("className")))  # fmt: skip
            found[code] = one
    return found


def shown(layout: Any) -> list[str]:
    return [code for code, row in rows(layout).items() if not row.get("hidden")]


# ---------------------------------------------------------------- the road map


def test_late_items_come_first_then_what_nobody_owns_then_the_phases(app: Dash) -> None:
    layout = page(app, "/plan?lang=en")
    codes = list(rows(layout))
    assert set(codes) == {one[0] for one in ITEMS}
    assert set(codes[:2]) == set(LATE)
    assert set(codes[2:4]) == set(UNOWNED)
    assert codes[4:] == ["KH-01", "KH-03", "KH-04", "KH-07", "KH-08"]
    told = words(layout)
    assert "6 days late" in told and "1 day late" in told
    assert "done 2 days late" in told
    assert "(works here no longer)" in told
    assert "Day 11 of 45" in told


def test_numbers_above_the_table_are_those_of_its_rows(app: Dash) -> None:
    layout = page(app, "/plan?lang=en")
    counts = {}
    for one in parts(layout):
        if str(one.get("className", "")).startswith("count-of"):
            inside = list(parts(one["children"]))
            number = next(p["children"] for p in inside if p.get("className") == "count")
            name = next(p["data-value"] for p in inside if p.get("data-filter") == "state")
            counts[name] = int(number)
    by_state = {name: len(shown(page(app, f"/plan?state={name}"))) for name in counts}
    assert counts == {"late": 2, "unowned": 2, "under_way": 2, "done": 2}
    assert by_state == counts


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("owner=nt", {"KH-01", "KH-03", "KH-07"}),
        ("owner=none", {"KH-05"}),
        ("state=unowned", {"KH-05", "KH-06"}),
        ("phase=1.+Chu%E1%BA%A9n+b%E1%BB%8B&state=late", {"KH-02"}),
        ("state=cancelled", {"KH-08"}),
        ("owner=nt&state=late", set()),
    ],
)
def test_filters_stand_in_the_address(app: Dash, question: str, codes: set[str]) -> None:
    layout = page(app, f"/plan?{question}&lang=en")
    assert set(shown(layout)) == codes
    assert len(rows(layout)) == len(ITEMS)
    pressed = [one for one in parts(layout) if one.get("data-filter") and one.get("aria-current")]
    assert len(pressed) == question.count("=")
    assert ("There is no such item" in words(layout)) == (not codes)


def test_choosing_a_filter_again_takes_it_away(app: Dash) -> None:
    layout = page(app, "/plan?state=late&owner=th&lang=en")
    late = next(one for one in parts(layout) if one.get("data-value") == "late"
                and one.get("aria-current"))  # fmt: skip
    assert late["href"] == "/plan?owner=th&lang=en"


def test_what_an_address_says_wrongly_is_dropped_and_said(app: Dash) -> None:
    layout = page(app, "/plan?owner=nobody&state=lost&campaign=2020-01-01&lang=en")
    assert len(shown(layout)) == len(ITEMS)
    told = words(layout)
    assert all(value in told for value in ("nobody", "lost", "2020-01-01"))


def test_a_page_knows_whether_the_plan_is_another_by_now(app: Dash) -> None:
    def marked(layout: Any) -> dict[str, Any]:
        return next(one for one in parts(layout) if "data-mark" in one)

    client = app.server.test_client()
    drawn = marked(page(app, "/plan?lang=en&state=late"))
    assert drawn["hidden"] is True
    assert client.get(drawn["data-way"]).text == drawn["data-mark"]
    assert marked(page(app, "/plan/item/KH-01?lang=vi"))["data-mark"] == drawn["data-mark"]
    with desk_of(app).live.pulse.engine.begin() as connection:
        connection.execute(text("update plan_item set progress = progress + 1 where code='KH-04'"))
    try:
        assert client.get(drawn["data-way"]).text != drawn["data-mark"]
    finally:
        with desk_of(app).live.pulse.engine.begin() as connection:
            connection.execute(
                text("update plan_item set progress = progress - 1 where code='KH-04'")
            )
    assert client.get(drawn["data-way"]).text == drawn["data-mark"]


def desk_of(app: Dash) -> Any:
    return app.desk


def test_another_campaign_is_asked_for_by_its_first_day(app: Dash) -> None:
    layout = page(app, "/plan?campaign=2025-08-01&lang=en")
    assert rows(layout) == {}
    assert "no plan yet" in words(layout)
    links = {one["href"] for one in parts(layout) if one.get("href")}
    assert "/plan?campaign=2026-08-10&lang=en" in links


def test_a_ward_without_a_campaign_says_what_to_do(bare: Dash) -> None:
    told = words(page(bare, "/plan?lang=en"))
    assert "no campaign yet" in told
    assert "ops-center import campaign FILE" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_every_language(app: Dash, language: str) -> None:
    layout = page(app, f"/plan?lang={language}")
    found = {one["type"] for one in parts(layout)}
    assert {"Table", "Caption", "Thead", "Details"} <= found
    scopes = [one for one in parts(layout) if one.get("scope") in ("col", "row", "rowgroup")]
    assert len(scopes) >= 5 + len(ITEMS)
    assert "plan." not in words(layout)


def test_time_runs_left_to_right_in_arabic_too(app: Dash) -> None:
    tracks = [one for one in parts(page(app, "/plan?lang=ar"))
              if str(one.get("className", "")).startswith("track")]  # fmt: skip
    assert len(tracks) == len(ITEMS) + 1
    assert all(one["dir"] == "ltr" and one["aria-hidden"] == "true" for one in tracks)


# ---------------------------------------------------------------- an item, a person


def test_an_item_opens_with_its_indicators_chart_and_table(app: Dash) -> None:
    layout = page(app, "/plan/item/kh-04?lang=en")
    told = words(layout)
    assert "Đến từng hộ" in told and "Households visited" in told
    chart = next(one for one in parts(layout) if one.get("id") == "burn-up-figure")
    assert chart["figure"]["data"]
    table = next(one for one in parts(layout) if one.get("id") == "burn-up-data")
    total = sum(12 + n for n in range(1, 11))
    assert f"<bdi dir=\"ltr\">{total}</bdi>" in table["data-html"]


def test_evidence_is_a_link_only_where_it_is_one(app: Dash) -> None:
    links = [one["href"] for one in parts(page(app, "/plan/item/KH-01")) if one.get("href")]
    assert "https://dongngac.example/kh-01" in links
    layout = page(app, "/plan/item/KH-03?lang=en")
    assert "javascript:alert(1)" in words(layout)
    assert not [one for one in parts(layout) if "javascript" in str(one.get("href"))]
    assert "done 2 days late" in words(layout)


def test_an_item_with_any_code_is_reached_by_its_link(app: Dash) -> None:
    row = rows(page(app, "/plan"))["KH/9 %"]
    href = next(one["href"] for one in parts(row["children"]) if one.get("href"))
    assert href == "/plan/item/KH%2F9%20%25"
    assert "=HYPERLINK(1)" in words(page(app, href))


def test_a_person_owes_what_the_plan_says(app: Dash) -> None:
    layout = page(app, "/plan/owner/th?lang=en")
    assert set(rows(layout)) == {"KH-01", "KH-02", "KH-03", "KH-04", "KH-07", "KH-08"}
    told = words(layout)
    assert "Trịnh Thị Hồng" in told and "Helps with" in told
    assert "1 late" in told and "2 open" in told


def test_who_or_what_is_not_there_is_answered_with_404(app: Dash) -> None:
    client = app.server.test_client()
    for address in ("/plan/item/KH-99", "/plan/owner/nobody", "/plan/else", "/plan/owner/"):
        assert client.get(address).status_code == 404, address
    for address in ("/plan", "/plan/item/KH-04", "/plan/owner/nt"):
        assert client.get(address).status_code == 200, address
    assert "no such item or person" in words(page(app, "/plan/item/KH-99?lang=en"))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ngô Văn Thành", "NT"), ("Đặng Ân", "ĐÂ"), ("Hoa", "H"), ("(x) 7", "?"), ("", "?")],
)
def test_a_face_is_the_first_letters_of_family_and_given_name(name: str, letters: str) -> None:
    assert initials(name) == letters


# ---------------------------------------------------------------- the plan as a file


def _exported(app: Dash, question: str) -> list[list[str]]:
    reply = app.server.test_client().get(f"/export/plan.csv?{question}")
    assert reply.status_code == 200
    return list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig"))))


def test_the_export_holds_the_items_that_the_page_shows(app: Dash) -> None:
    for question in ("lang=en", "state=unowned&lang=en", "owner=nt&state=late&lang=en"):
        lines = _exported(app, question)
        gap = lines.index([])
        about, data = lines[:gap], lines[gap + 2 :]
        assert {row[0] for row in data} == set(shown(page(app, f"/plan?{question}")))
        assert str(len(data)) in {row[1] for row in about}
        assert any("45 ngày đêm" in row for row in about)


def test_no_cell_of_the_export_is_a_formula(app: Dash) -> None:
    contents = [row[2] for row in _exported(app, "lang=vi")[-len(ITEMS) :]]
    assert "'=HYPERLINK(1)" in contents


def test_the_workbook_has_days_as_days(app: Dash) -> None:
    reply = app.server.test_client().get("/export/plan.xlsx?lang=vi")
    assert reply.status_code == 200
    book = load_workbook(io.BytesIO(reply.data))
    sheet = book.worksheets[1]
    head = [cell.value for cell in sheet[1]]
    first: dict[str, Any] = dict(zip(map(str, head), sheet[2], strict=True))
    assert first["Hạn hoàn thành"].is_date
    assert sheet.max_row == len(ITEMS) + 1
    assert json.dumps(first["Trạng thái"].value, ensure_ascii=False) == '"Trễ hạn"'


def test_the_wall_says_what_is_late_and_what_nobody_owns() -> None:
    snapshot = sample()
    assert snapshot.on_the_wall is not None
    beside = overview.drawn(snapshot, "en", "dark")["pace-unit"]["children"]
    told = [one.children for one in beside]
    assert [one[1] for one in told[:-1]] == ["2 items late", "1 without owner"]
    assert [one.className for one in beside[:-1]] == ["promise-count bad", "promise-count watch"]
    well = replace(snapshot.on_the_wall.plan, late=0, unowned=0)
    quiet = replace(snapshot, on_the_wall=replace(snapshot.on_the_wall, plan=well))
    for calm in (quiet, replace(snapshot, on_the_wall=None)):
        assert isinstance(overview.drawn(calm, "en", "dark")["pace-unit"]["children"], str)
