"""The page /explore without a browser: what it is given, and what a browser may send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash

from ops_center.i18n import LANGUAGES
from ops_center.metrics.explore import STRIP
from ops_center.metrics.reading import DIMENSIONS
from ops_center.web.chart import Data, Row, tabled
from ops_center.web.desk import Query
from ops_center.web.explore import breakdown, empty, grid, picks, pictures
from ops_center.web.explore.answers import KEPT, Answers
from ops_center.web.explore.grid import Asked
from ops_center.web.explore.seen import Seen, change, narrowing
from ops_center.web.pages import explore
from tests.browser.office import opened


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    with opened(Path(tmp_path_factory.mktemp("explore"))) as (app, _):
        yield app


@pytest.fixture
def answers(app: Dash) -> Answers:
    found: Answers = app.server.extensions["/explore"]
    return found


def asked(answers: Answers, question: str = "") -> Seen:
    return answers.seen(Query("/explore", question))


def question(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_every_place_is_drawn_and_nothing_else(answers: Answers) -> None:
    drawn = explore._drawn(asked(answers), 7)
    given = {(name, value) for name, values in drawn.items() for value in values}
    assert given == set(explore._PLACES)
    assert drawn["explore-answered"] == {"title": "7"}


@pytest.mark.parametrize("by", DIMENSIONS)
def test_a_line_s_address_gives_the_line_s_number(answers: Answers, by: str) -> None:
    seen = asked(answers, f"by={by}")
    assert seen.found.lines
    for line in seen.found.lines[:3]:
        address = seen.narrowed(by, line.key)
        narrowed = asked(answers, urlsplit(address).query)
        assert not narrowed.notes
        assert narrowed.found.strip["received"].value == line.numbers["received"].value


def test_a_link_names_the_language_only_where_the_address_did(answers: Answers) -> None:
    assert "lang" not in question(asked(answers).to(metric="late"))
    assert question(asked(answers, "lang=ar").to(metric="late"))["lang"] == ["ar"]


def test_a_level_is_a_part_of_online(answers: Answers) -> None:
    seen = asked(answers)
    assert narrowing(seen, "channel_level", "online_partial") == {
        "channels": ("online",), "levels": ("partial",)}  # fmt: skip
    assert narrowing(seen, "channel_level", "post") == {"channels": ("post",), "levels": ()}
    assert narrowing(seen, "official", None) == {"officials": ("none",)}
    assert narrowing(seen, "day", date(2026, 8, 4)) == {
        "first": date(2026, 8, 4), "last": date(2026, 8, 5)}  # fmt: skip


def test_a_view_is_read_once_a_minute_and_revision_and_few_are_held(answers: Answers) -> None:
    first = asked(answers, "period=month")
    assert asked(answers, "period=month&lang=en&sort=-received").found is first.found
    assert asked(answers, "period=month&metric=late").found is not first.found
    for number in range(KEPT + 5):
        answers._once(("test", number), object)
    assert len(answers._held) == KEPT


def test_an_empty_view_knows_what_each_filter_costs(answers: Answers) -> None:
    seen = asked(answers, "hour=7-03&channel=post")
    assert seen.nothing
    assert {name: count > 0 for name, count in seen.loosen} == {"channels": False, "hours": True}
    assert not asked(answers).loosen


def test_an_empty_view_draws_no_axes_and_each_chart_names_the_filter_to_loosen(
    answers: Answers,
) -> None:
    seen = asked(answers, "hour=7-03&lang=en&theme=dark")
    drawn = explore._drawn(seen, 1) | pictures.hours(seen, [[0] * 24 for _ in range(7)])
    for name in ("trend", "standing", "durations", "hours"):
        assert drawn[f"{name}-figure"]["figure"]["data"] == []
        assert "“Hour received”" in drawn[f"{name}-note"]["children"], name
    assert drawn["place-legend"]["children"] == []
    assert "“Hour received”" in drawn["place-note"]["children"]
    plain = asked(answers, urlsplit(seen.bare).query)
    assert (plain.view.lang, plain.view.theme, plain.view.hours) == ("en", "dark", ())
    assert seen.bare in str(drawn["empty"]["children"])


def test_every_line_of_a_long_table_can_be_reached(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakdown, "MOST", 7)
    cut = breakdown.drawn(asked(answers, "by=day&lang=en"))
    assert cut["table-data"]["data-html"].count("<tr") == 1 + 7 + 1
    *_, way = cut["table-note"]["children"]
    assert "all 30" in way.children
    seen = asked(answers, urlsplit(way.href).query)
    whole = breakdown.drawn(seen)
    assert whole["table-data"]["data-html"].count("<tr") == 1 + 30 + 1
    (back,) = whole["table-note"]["children"]
    assert "lines" not in question(back.href)
    assert "lines" not in question(seen.narrowed("day", seen.found.lines[0].key))


def test_an_empty_view_blames_no_filter_that_nobody_chose(answers: Answers) -> None:
    seen = asked(answers, "hour=7-03&channel=post&lang=en")
    chosen, none_chosen = (str(empty.drawn(one)) for one in (seen, replace(seen, loosen=())))
    assert "all the filters" in chosen and "Remove all filters" in chosen
    assert "filter" not in none_chosen and "ops-center import dossiers" in none_chosen


def test_every_choice_can_be_asked_for_and_found_without_accents(answers: Answers) -> None:
    known = answers.known()
    for language in LANGUAGES:
        found = picks.choices(known, language)
        assert all(words and folded for rows in found.values() for _, words, folded in rows)
    folded = {value: text for value, _, text in picks.choices(known, "vi")["procedure"]}
    assert "dang ky khai sinh" in folded["1.001193"]
    assert "1.001193" in folded["1.001193"]
    for name in ("hub", "field", "channel", "status", "official", "period", "by", "metric"):
        for value, _, _ in picks.choices(known, "vi")[name]:
            assert not known.view({name: value}, "vi")[1], (name, value)


def test_two_metrics_of_one_short_name_are_called_in_full() -> None:
    names = breakdown.short_names(["late", "overdue", "received"], "vi")
    assert len(set(names)) == 3
    assert names[2] == "Tiếp nhận"


def test_the_table_of_hours_leads_to_each_hour_in_which_something_came(answers: Answers) -> None:
    seen, arrivals = answers.arrivals(Query("/explore", ""), "", None)
    table = pictures.hours(seen, arrivals)["hours-data"]["data-html"]
    links = [unescape(one) for one in re.findall('<td><bdi[^>]*><a href="([^"]*)"', table)]
    busy = [count for day in arrivals for count in day if count]
    assert len(links) == len(busy) > 0
    one = asked(answers, urlsplit(links[0]).query)
    assert not one.notes
    assert len(one.view.hours) == 1
    assert one.found.strip["received"].value == busy[0]


def test_a_bar_of_the_time_taken_leads_to_the_dossiers_that_it_counts(answers: Answers) -> None:
    seen = asked(answers, "lang=en")
    drawn = pictures.drawn(seen)["durations-figure"]["figure"]["data"][0]
    bars = [(y, href) for y, href in zip(drawn["y"], drawn["customdata"], strict=True) if y]
    assert len(bars) > 2
    for count, href in bars[:3]:
        one = asked(answers, urlsplit(href).query)
        assert not one.notes
        assert one.found.strip[one.view.rows].value == count
        query = Query("/explore", urlsplit(href).query)
        page, _, _ = answers.page(query, None, "", Asked(limit=1))
        assert page.total == count
    chips = str(picks.drawn(asked(answers, urlsplit(bars[0][1]).query))["chips"]["children"])
    assert "Time taken" in chips and "working hours" in chips


def test_a_bar_stays_within_the_time_taken_that_narrows_the_view(answers: Answers) -> None:
    seen = asked(answers, "took=4-6,20-")
    drawn = pictures.drawn(seen)["durations-figure"]["figure"]["data"][0]
    assert question(drawn["customdata"][0])["took"] == ["4-6"]
    later = [question(href)["took"] for href in drawn["customdata"][1:] if href]
    assert later[0] == ["20-24"]


def test_the_columns_filters_keep_their_rows_and_change_no_number(answers: Answers) -> None:
    whole, known, view = answers.page(Query("/explore", "rows=to_process"), None, "",
                                      Asked(limit=500))  # fmt: skip
    some = grid.answered(whole, known, view.lang)["rowData"][7]
    model = {
        "hub": {"filterType": "text", "type": "contains", "filter": some["hub"].upper()},
        "channel_level": {"filterType": "text", "type": "online_partial"},
        "received_at": {"type": "lessThan", "dateFrom": "2026-08-04 00:00:00"},
    }
    wanted = grid.asked({"startRow": 0, "endRow": 500, "filterModel": model})
    query = Query("/explore", f"rows=to_process&lang=en&where={','.join(wanted.where)}")
    kept, _, _ = answers.page(query, None, "", wanted)
    rows = grid.answered(kept, known, "vi")["rowData"]
    everything = grid.answered(whole, known, "vi")["rowData"]
    assert rows == [
        row for row, one in zip(everything, whole.rows, strict=True)
        if row["hub"] == some["hub"] and one.channel_level == "online_partial"
        and one.received_at and one.received_at < datetime(2026, 8, 3, 17, tzinfo=UTC)
    ]  # fmt: skip
    assert kept.total == len(rows) > 0
    assert f"{len(rows)} dossier" in grid.note(kept, wanted, "en")
    seen = answers.seen(query)
    assert not seen.notes
    assert json.loads(grid.drawn(seen)["rows-model"]["title"]).keys() == model.keys()
    assert seen.found is answers.seen(Query("/explore", "rows=to_process")).found
    chips = [chip.children for chip in picks.drawn(seen)["chips"]["children"]]
    assert len(chips) == 4
    assert question(chips[0].href)["where"][0].count(":") == 2


def test_the_number_in_a_trend_s_title_says_why(answers: Answers) -> None:
    (link,) = [explore._drawn(asked(answers, "metric=late"), 1)["trend-why"]["children"]]
    assert link.href.startswith("/why/late?")
    assert link.to_plotly_json()["props"]["data-why"] == "late"


def test_a_table_escapes_whatever_it_is_given() -> None:
    bad = 'x" onclick="y'
    html = tabled(Data(["<b>"], [Row(["<script>", "1 & 2"], bad, [bad])]))
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'onclick="' not in html


@pytest.mark.parametrize(
    "told",
    [{}, {"startRow": -5, "endRow": "x"}, {"startRow": 2**60, "endRow": 1, "sortModel": "no"},
     {"sortModel": [None]}, {"filterModel": [5]}, {"filterModel": {"code": None, "due_at": []}},
     {"filterModel": {"applicant": {"type": "contains", "filter": "N"}}},
     {"filterModel": {"due_at": {"type": "lessThan", "dateFrom": "0001-01-01"}}},
     {"filterModel": {"standing": {"type": "x' OR 1=1 --"}, "worked_minutes": {"filter": 1e300}}},
     {"sortModel": [{"colId": "applicant", "sort": "up"}]}],
)  # fmt: skip
def test_whatever_the_grid_is_made_to_ask_is_a_page(told: dict[str, Any]) -> None:
    wanted = grid.asked(told)
    assert 0 <= wanted.start < 2**31
    assert 1 <= wanted.limit <= 500
    assert (wanted.sort, wanted.descending, wanted.where) == ("", True, ())


def test_the_grid_s_question_is_understood() -> None:
    sort = {"colId": "worked_minutes", "sort": "asc"}
    told = {"startRow": 100, "endRow": 200, "sortModel": [sort]}
    assert grid.asked(told) == Asked(100, 100, "worked_minutes", False)


def test_an_order_that_cannot_be_had_is_said(answers: Answers) -> None:
    wanted = Asked(limit=1, sort="due_at")
    page, _, _ = answers.page(Query("/explore", ""), None, "", wanted)
    assert grid.note(page, wanted, "vi") == ""
    other = replace(page, sort="received_at")
    assert "50.000" in grid.note(other, wanted, "vi")
    assert grid.note(other, Asked(), "vi") == ""


@pytest.mark.parametrize("name", ["received", "on_time_rate", "late_share", "median_time"])
def test_the_list_s_title_tells_how_many_rows_it_has(answers: Answers, name: str) -> None:
    page, _, _ = answers.page(Query("/explore", f"rows={name}"), None, "", Asked(limit=1))
    assert page.total > 1
    told = grid.drawn(asked(answers, f"rows={name}&lang=en"))["rows-title"]["children"]
    assert f"{page.total:,}" in told


def test_rows_are_told_masked_and_in_words(answers: Answers) -> None:
    query = Query("/explore", "rows=overdue&lang=en")
    page, known, view = answers.page(query, None, "", Asked(limit=20))
    told = grid.answered(page, known, view.lang)
    assert told["rowCount"] == asked(answers, "rows=overdue").found.strip["overdue"].value
    for row in told["rowData"]:
        assert row["standing"] == "Overdue"
        assert row["mark"] == "bad"
        assert all(len(word) == 2 for word in row["applicant"].split())


@pytest.mark.parametrize("shown", [None, {}, {"as_of": 3}, {"as_of": "2026-08-05"}, []])
def test_an_instant_without_a_zone_is_none(shown: Any) -> None:
    assert explore._instant(shown) is None
    told = {"as_of": "2026-08-05T05:00:00+00:00"}
    assert explore._instant(told) == datetime(2026, 8, 5, 5, tzinfo=UTC)


def test_the_page_answers_a_callback_with_one_reply(app: Dash) -> None:
    outputs = "...".join(f"{name}.{value}" for name, value in explore._PLACES)
    body = {
        "output": f"..{outputs}..",
        "outputs": [{"id": name, "property": value} for name, value in explore._PLACES],
        "inputs": [{"id": "explore-ask", "property": "data",
                    "value": {"search": "?period=month", "tab": "t", "number": 3}}],
        "changedPropIds": ["explore-ask.data"],
    }  # fmt: skip
    reply = app.server.test_client().post("/_dash-update-component", json=body,
                                          headers={"Host": "localhost"})
    told = json.loads(reply.data)["response"]
    assert told["explore-answered"]["title"] == "3"
    assert len(told["strip"]["children"]) == len(STRIP)


def test_a_change_is_told_in_the_unit_of_its_metric(answers: Answers) -> None:
    strip = asked(answers).found.strip
    assert change(strip["received"], strip["received"], "vi").startswith("±")
    assert "điểm" in change(strip["on_time_rate"], strip["on_time_rate"], "vi")
