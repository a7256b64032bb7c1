"""The page /campaign without a browser: its numbers are its rows', in every way it can stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from plotly.io.json import to_json_plotly
from sqlalchemy import text

from ops_center.i18n import LANGUAGES, MISSING
from ops_center.simulator import campaign as simulator
from ops_center.simulator.ward import WARD
from ops_center.store.campaigns import Campaign, add_campaign
from ops_center.store.indicators import Indicator, add_indicator
from ops_center.store.session import open_engine, writing
from ops_center.web.campaign import burnup, cards, heat, league, words
from ops_center.web.campaign.answers import Answers
from ops_center.web.campaign.seen import Seen
from ops_center.web.campaign.view import View, spelled
from ops_center.web.chart import TABLE
from ops_center.web.desk import Query
from ops_center.web.explore.answers import Answers as Explored
from ops_center.web.markup import written
from ops_center.web.pages import campaign
from ops_center.web.taking import APART, Taking
from tests.browser.office import NOON, opened, plant
from tests.web import campaign_boards as boards

TET = date(2026, 1, 26)


def fill(url: str) -> None:
    """The demo ward on day 13 of its campaign; behind it one over Tết, of which all is silent."""
    plant(url)
    engine = open_engine(url, timeout=60)
    simulator.fill(engine, WARD, until=NOON)
    with writing(engine) as connection:
        add_campaign(connection, WARD, Campaign("Qua Tết", TET, 30, None, "tet"))
        add_indicator(connection, WARD, Indicator(
            "tet", "T-1", "Buổi", "count", topic_id="sessions", target=100.0, split="equal",
            plan="working_days"))  # fmt: skip
    engine.dispose()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    with opened(Path(tmp_path_factory.mktemp("campaign")), fill) as (app, _):
        yield app


@pytest.fixture
def answers(app: Dash) -> Answers:
    found: Answers = app.server.extensions["/campaign"]
    return found


@pytest.fixture
def explored(app: Dash) -> Explored:
    found: Explored = app.server.extensions["/explore"]
    return found


def asked(answers: Answers, question: str = "") -> Seen:
    return answers.seen(Query("/campaign", question))


def said(part: Any) -> str:
    """Everything that is written in it, figures' words among it."""
    return unescape(json.dumps(json.loads(to_json_plotly(part)), ensure_ascii=False))


# ---------------------------------------------------------------- its numbers


def test_every_place_is_drawn_and_nothing_else(answers: Answers) -> None:
    drawn = campaign._drawn(asked(answers), 7)
    given = {(name, value) for name, values in drawn.items() for value in values}
    assert given == set(campaign._PLACES)
    assert drawn["campaign-answered"] == {"title": "7"}


def test_a_count_is_the_sum_of_what_was_reported_and_of_its_hubs(
    app: Dash, answers: Answers
) -> None:
    seen = asked(answers, "indicator=CT-06")
    assert seen.board is not None and seen.pace is not None
    first, last = seen.board.campaign.starts_on, seen.known.today
    engine = open_engine(app.desk.settings.database_url, timeout=60)
    with engine.connect() as connection:
        total = connection.execute(
            text("SELECT sum(amount) FROM support_activity WHERE topic_id = 'vneid'"
                 " AND day BETWEEN :first AND :last"),
            {"first": first.isoformat(), "last": last.isoformat()},
        ).scalar_one()  # fmt: skip
    engine.dispose()
    assert total and seen.pace.now == total
    assert sum(one.now or 0 for one in seen.league) == total
    assert seen.heat is not None
    assert sum(value or 0 for row in seen.heat.values for value in row) == total
    narrow = asked(answers, f"indicator=CT-06&hubs={seen.league[0].hub.code}")
    assert narrow.pace is not None and narrow.pace.now == seen.league[0].now
    assert [one.hub.id for one in narrow.league] == [seen.league[0].hub.id]


def test_a_link_into_explore_shows_the_number_it_stands_on(
    answers: Answers, explored: Explored
) -> None:
    seen = asked(answers, "indicator=CT-01")
    assert seen.pace is not None and seen.heat is not None
    ward = explored.seen(Query("/explore", urlsplit(seen.explore(seen.pace.indicator, ())).query))
    assert not ward.notes
    assert ward.found.strip["online_share"].value == pytest.approx(seen.pace.now)
    for line in seen.league[:4]:
        href = seen.explore(seen.pace.indicator, (line.hub.code,))
        found = explored.seen(Query("/explore", urlsplit(href).query))
        assert found.found.strip["online_share"].value == pytest.approx(line.now)


def test_a_cell_leads_to_the_dossiers_of_its_day_and_hub(
    answers: Answers, explored: Explored
) -> None:
    seen = asked(answers, "indicator=CT-01&lang=en")
    table = heat.drawn(seen)["heat-data"][TABLE]
    way = unescape(re.search(r'data-way="([^"]*)"', table)[1])  # type: ignore[index]
    days = re.findall(r'data-day="([^"]*)"', table)
    assert seen.heat is not None and days == [day.isoformat() for day in seen.heat.days]
    row, at = next((row, at) for row, values in enumerate(seen.heat.values)
                   for at, value in enumerate(values) if value)  # fmt: skip
    href = way.replace("{day}", days[at]).replace("{hub}", seen.heat.hubs[row].code)
    found = explored.seen(Query("/explore", urlsplit(href).query))
    assert not found.notes and found.language == "en"
    assert found.found.strip["online_share"].value == pytest.approx(seen.heat.values[row][at])


def test_what_teams_report_leads_to_no_dossiers(answers: Answers) -> None:
    seen = asked(answers, "indicator=CT-05")
    assert seen.pace is not None and seen.explore(seen.pace.indicator, ()) == ""
    assert 'data-way=""' in heat.drawn(seen)["heat-data"][TABLE]


def copied(app: Dash, home: Path) -> str:
    """A copy of the ward, to change."""
    source = Path(app.desk.settings.database_url.removeprefix("sqlite:///"))
    (home / "copy.db").write_bytes(source.read_bytes())
    return f"sqlite:///{home / 'copy.db'}"


def test_a_correction_that_lowers_yesterday_is_seen(app: Dash, tmp_path: Path) -> None:
    def copy(url: str) -> None:
        Path(copied(app, tmp_path).removeprefix("sqlite:///")).rename(
            url.removeprefix("sqlite:///"))

    with opened(tmp_path, copy) as (changed, _):
        found: Answers = changed.server.extensions["/campaign"]
        before = asked(found, "indicator=CT-06")
        assert before.pace is not None and before.board is not None
        yesterday = before.board.today - timedelta(1)
        engine = open_engine(changed.desk.settings.database_url, timeout=60)
        of_it, day = "WHERE topic_id = 'vneid' AND day = :day", {"day": yesterday.isoformat()}
        with writing(engine) as connection:
            told = connection.execute(
                text(f"SELECT sum(amount) FROM support_activity {of_it}"), day).scalar_one()
            connection.execute(text(f"UPDATE support_activity SET amount = 0 {of_it}"), day)
            connection.execute(text("UPDATE revision SET number = number + 1"))
        engine.dispose()
        after = asked(found, "indicator=CT-06")
        assert after.pace is not None and told > 0
        assert after.pace.now == (before.pace.now or 0) - told
        at = (yesterday - after.board.campaign.starts_on).days  # type: ignore[union-attr]
        assert after.pace.daily[at] == 0, "zero was reported: it is no silence"


# ---------------------------------------------------------------- the address


def test_what_an_address_says_wrongly_is_dropped_and_said(answers: Answers) -> None:
    seen = asked(answers, "campaign=1999-01-01&hubs=TDP-01,<script>&indicator=nope")
    assert len(seen.notes) == 3 and len(seen.said_notes()) == 3
    assert seen.view.hubs == ("TDP-01",) and seen.view.campaign == ""
    assert seen.pace is not None and seen.pace.indicator.code == "CT-01"


def test_an_address_is_spelled_the_same_whatever_its_order(answers: Answers) -> None:
    seen = asked(answers, "indicator=CT-02&hubs=TDP-09,TDP-03,TDP-03&lang=ar&theme=dark")
    assert seen.to() == (
        "/campaign?hubs=TDP-03,TDP-09&indicator=CT-02&lang=ar&theme=dark"
    )
    assert spelled(View()) == "/campaign"
    assert parse_qs(urlsplit(seen.to(hubs=())).query).keys() == {"indicator", "lang", "theme"}


def test_a_past_campaign_can_be_chosen_and_stays_as_it_was(answers: Answers) -> None:
    seen = asked(answers, f"campaign={TET}")
    assert seen.board is not None and seen.board.campaign.name == "Qua Tết"
    assert seen.board.day.phase == "after"
    assert seen.usual is not None and seen.usual.name != "Qua Tết"
    assert asked(answers, "campaign=tet").view.campaign == TET.isoformat()
    choices = campaign.opened(Query("/campaign", ""), _desk(answers))
    assert "Qua Tết" in said(choices) and TET.isoformat() in said(choices)


def _desk(answers: Answers) -> Any:
    return answers._desk


def test_tet_is_shaded_and_asks_for_nothing(answers: Answers) -> None:
    seen = asked(answers, f"campaign={TET}")
    assert seen.board is not None and seen.pace is not None
    drawn = burnup.as_drawn(seen.pace, seen.board)
    feast = {date(2026, 2, day) for day in range(16, 21)}
    assert feast <= drawn.quiet
    places = [(day - TET).days for day in sorted(feast)]
    assert len({seen.pace.plan[at] for at in places}) == 1
    assert drawn.plan[places[0] - 5] < drawn.plan[places[0]] < drawn.plan[places[-1] + 3]


# ---------------------------------------------------------------- every way it can stand


def invented(answers: Answers, board: Any, language: str = "vi") -> Seen:
    seen = asked(answers, f"lang={language}")
    pace = board.paces[0] if board and board.paces else None
    return replace(seen, notes=(), board=board, pace=pace)


DAY = boards.DAY
FIRST, LAST = boards.DAYS[0], boards.DAYS[-1]
STANDS: dict[str, tuple[Any, str]] = {
    "before the start": (boards.board(FIRST - 3 * DAY, [boards.visits(
        FIRST - 3 * DAY, gap=None, state="none", needed=None, lately=None)]), "bắt đầu ngày"),
    "day 1": (boards.board(FIRST, [boards.visits(FIRST, forecast=None, lately=None)]),
              "chưa đủ số liệu để dự báo"),
    "after the end, missed": (boards.board(LAST + 9 * DAY, [boards.visits(LAST + 9 * DAY)]),
                              "so với mục tiêu 3.600"),
    "after the end, reached": (boards.board(LAST + DAY, [boards.visits(LAST + DAY, 130)]),
                               "đạt mục tiêu 3.600"),
    "reached early": (boards.board(LAST - 5 * DAY, [boards.visits(LAST - 5 * DAY, 150)]),
                      "đã đạt mục tiêu 3.600"),
    "on its way": (boards.board(FIRST + 11 * DAY, [boards.visits(FIRST + 11 * DAY, 120)]),
                   "dự báo đạt ngày"),
    "short of it": (boards.board(FIRST + 11 * DAY), "dự báo thiếu"),
    "a share": (boards.board(FIRST + 11 * DAY, [boards.online(FIRST + 11 * DAY)]),
                "54% – thiếu 6 điểm, khả năng đạt 35%"),
    "target zero": (boards.board(FIRST + 11 * DAY, [boards.overdue(
        FIRST + 11 * DAY, 0.0, target=0.0, plan=(0.0,) * 45, gap=0.0, state="good")]),
        "trong mức 0"),
    "less is better": (boards.board(FIRST + 11 * DAY, [boards.overdue(FIRST + 11 * DAY)]),
                       "vượt mức 20 là 18"),
    "no target": (boards.board(FIRST + 11 * DAY, [boards.visits(
        FIRST + 11 * DAY, target=None, plan=(), gap=None, needed=None, forecast=None,
        state="none")]), "570"),
    "nothing reported": (boards.board(FIRST + 11 * DAY, [boards.visits(
        FIRST + 11 * DAY, now=None, total=(None,) * 45, daily=(None,) * 45, gap=None,
        lately=None, forecast=None, state="none")]), "chưa có báo cáo nào"),
}  # fmt: skip


@pytest.mark.parametrize("case", STANDS)
def test_each_way_to_stand_is_found_and_said(
    case: str, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, finding = STANDS[case]
    monkeypatch.setattr("ops_center.metrics.pace.league", lambda *_: boards.league())
    monkeypatch.setattr("ops_center.metrics.pace.heat", lambda board, _: boards.heat(board.today))
    for language in LANGUAGES:
        drawn = campaign._drawn(invented(answers, board, language), 1)
        shown = said({name: values for name, values in drawn.items()
                      if name != "burn-up-figure"})  # fmt: skip
        for wrong in ("None", "nan", ">null", "N/A", "Infinity"):
            assert wrong not in shown, (language, wrong)
        if language == "vi":
            assert finding in drawn["burn-up-title"]["children"]


@pytest.mark.parametrize(("probability", "shown"), [
    (0.0, "Rất khó đạt (dưới 1%)"), (0.04, "Rất khó đạt (4%)"), (0.35, "Khó đạt (35%)"),
    (0.5, "Có thể đạt (50%)"), (0.7, "Nhiều khả năng đạt (70%)"),
    (0.999, "Gần như chắc đạt (trên 99%)"), (None, "Chưa đủ số liệu để dự báo"),
])  # fmt: skip
def test_a_chance_is_told_in_words_and_never_as_certain(
    probability: float | None, shown: str
) -> None:
    today = FIRST + 11 * DAY
    pace = boards.visits(today)
    ahead = replace(pace.forecast, probability=probability) if pace.forecast else None
    pace = replace(pace, forecast=ahead)
    assert words.chance_words(pace, boards.board(today).day, "vi") == shown


def test_what_is_needed_may_be_out_of_reach_or_a_limit() -> None:
    today = FIRST + 11 * DAY
    assert words.needed_words(boards.online(today, needed=1.04), "vi") == "ngoài tầm"
    assert words.needed(boards.visits(today), "vi") == "Cần mỗi ngày làm việc từ nay: 92"
    limit = replace(boards.VISITS, lower_is_better=True)
    assert words.needed(boards.visits(today, indicator=limit), "en") == "At most per day: 92"


def test_a_gap_keeps_its_sign_before_its_number() -> None:
    assert words.gap_words(boards.ONLINE, -0.0912, "vi") == "−9,1 điểm"
    assert words.gap_words(boards.ONLINE, 0.06, "ar") == "\u2066+6\u2069 نقطة"
    assert words.gap_words(boards.VISITS, -521.0, "en") == "−521"
    assert words.gap_words(boards.VISITS, 0.01, "vi") == "0"
    assert words.gap_words(boards.VISITS, None, "vi") == "–"


@pytest.mark.parametrize(
    ("language", "under", "over", "even"),
    [("vi", "Thấp hơn kế hoạch đến lúc này 10", "Cao hơn kế hoạch đến lúc này 4",
      "Đúng bằng kế hoạch đến lúc này"),
     ("en", "10 below the plan by now", "4 above the plan by now", "Exactly the plan by now"),
     ("ar", "أقل من الخطة حتى الآن بمقدار \u206610\u2069",
      "أعلى من الخطة حتى الآن بمقدار \u20664\u2069", "مطابق للخطة حتى الآن")],
)
def test_where_less_is_better_the_words_follow_the_value_and_the_state_the_plan(
    language: str, under: str, over: str, even: str
) -> None:
    today = FIRST + 11 * DAY
    day = boards.board(today).day
    few = boards.overdue(today, 20.0, planned=30.0, gap=10.0, state="good")
    many = boards.overdue(today)  # 38 where 34 were planned
    assert words.against_words(few, day, language) == under
    assert words.gap_words(few.indicator, few.gap, language) == "\u221210"
    assert words.against_words(many, day, language) == over
    assert words.gap_words(many.indicator, many.gap, language) == "+4"
    assert words.against_words(replace(few, gap=0.0), day, language) == even
    assert words.against_words(replace(few, gap=None), day, language) == ""


def test_a_card_tells_the_gap_to_the_plan_and_after_the_end_to_the_target(
    answers: Answers,
) -> None:
    few = boards.overdue(LAST, 20.0, planned=30.0, gap=10.0, state="good")
    for day, told in ((LAST, "Thấp hơn kế hoạch đến lúc này 10"),
                      (LAST + DAY, "Thấp hơn mục tiêu 10")):  # fmt: skip
        shown = cards.drawn(invented(answers, boards.board(day, [few])))
        (card,) = shown["indicators"]["children"]
        assert f'<span class="indicator-gap quiet">{told}</span>' in written(card)
        assert 'class="measure indicator good"' in written(card)


def test_the_heat_map_s_legend_has_what_its_cells_show_and_nothing_else(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def legend(day: date, indicator: Indicator = boards.VISITS, nothing: bool = False) -> str:
        found = boards.heat(day, indicator)
        if nothing:
            found = replace(found, values=((None, *found.values[0][1:]), *found.values[1:]))
        monkeypatch.setattr("ops_center.metrics.pace.heat", lambda *_: found)
        drawn = heat.drawn(invented(answers, boards.board(day)))
        assert (f"<td class=c0>{MISSING}</td>" in drawn["heat-data"][TABLE]) is nothing
        return written(drawn["heat-legend"]["children"])

    running = legend(FIRST + 11 * DAY)
    assert "<li><bdi>ô trống: chưa tới</bdi></li>" in running, "no box: the cells are blank"
    assert "không có gì để tính" not in running
    nothing = legend(FIRST + 11 * DAY, nothing=True)
    assert '<span class="swatch c0 of-nothing"></span><bdi>không có gì để tính</bdi>' in nothing
    assert "chưa tới" in legend(LAST), "whoever has not told yet has time until midnight"
    assert "chưa tới" not in legend(LAST + DAY)


def test_silence_is_no_zero_and_no_hub_is_no_silence(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops_center.metrics.pace.heat", lambda board, _: boards.heat(board.today))
    seen = invented(answers, boards.board(FIRST + 11 * DAY))
    lines = heat.drawn(seen)["heat-data"][TABLE].split("<tr ")[1:]
    cells = [re.findall(r'<td class="?([a-z0-9-]+)"?>(.*?)</td>', line) for line in lines]
    assert all(len(row) == 45 for row in cells)
    always, never, zero, late = cells
    assert {kind for kind, _ in always[:12]} <= {"c1", "c2", "c3", "c4", "c5"}
    assert [kind for kind, _ in never[:12]] == ["silent"] * 11 + ["to-come"], "today has time"
    assert "chưa báo cáo" in never[0][1]
    assert zero[3] == ("c0", "0")
    assert [kind for kind, _ in late[:6]] == ["not-yet"] * 5 + ["c4"]
    assert {kind for kind, _ in always[12:]} == {"to-come"}
    assert heat.drawn(seen)["heat-title"]["children"] == (
        "1 điểm có ngày không báo cáo, tổng cộng 11 lượt ngày"
    )


def test_after_the_end_the_league_speaks_of_targets_and_not_of_a_plan_by_now(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops_center.metrics.pace.league", lambda *_: boards.league())
    said_of = {
        day: league.drawn(invented(answers, boards.board(day))) for day in (LAST, LAST + DAY)
    }
    running, over = said_of.values()
    assert "Kế hoạch đến lúc này" in running["league-data"][TABLE]
    assert "kế hoạch đến lúc này" in running["league-unit"]["children"]
    assert over["league-title"]["children"] == "2 trong 3 điểm không đạt mục tiêu"
    shown = over["league-data"][TABLE] + over["league-unit"]["children"]
    assert "Kế hoạch cuối kỳ" in shown and "so với mục tiêu" in shown
    assert "lúc này" not in shown


def test_the_league_says_which_hubs_lack_most(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops_center.metrics.pace.league", lambda *_: boards.league())
    seen = invented(answers, boards.board(FIRST + 11 * DAY))
    drawn = league.drawn(seen)
    assert drawn["league-title"]["children"] == "2 trong 3 điểm chậm kế hoạch"
    first = drawn["league-data"][TABLE].split("<tr>")[2]
    for part in ("Tổ dân phố số 1", "−200", "80,0%", "Chậm tiến độ", "/hub/TDP-01",
                 "hubs=TDP-01", "--part:1.000"):  # fmt: skip
        assert part in unescape(first)
    many = [replace(boards.league()[0], share_of_shortfall=share) for share in (0.1, 0.5, 0.4, 0.0)]
    assert "3 điểm thiếu nhiều nhất chiếm 100%" in league.finding(seen, many)


@pytest.mark.parametrize(("board", "words_of"), [
    (None, "Chưa có chiến dịch nào"), (boards.board(FIRST, []), "chưa có chỉ tiêu"),
])  # fmt: skip
def test_nothing_to_show_says_what_to_do(answers: Answers, board: Any, words_of: str) -> None:
    drawn = campaign._drawn(invented(answers, board), 1)
    assert words_of in said(drawn["campaign-empty"]) and "ops-center import" in said(drawn)
    assert drawn["campaign"]["className"].endswith("bare")


def test_names_from_outside_are_escaped(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = replace(boards.HUBS[0], name="<b>Tổ</b>", code='X"<')
    lines = (replace(boards.league()[0], hub=hub),)
    cells = replace(boards.heat(FIRST), hubs=(hub, *boards.HUBS[1:]))
    monkeypatch.setattr("ops_center.metrics.pace.league", lambda *_: lines)
    monkeypatch.setattr("ops_center.metrics.pace.heat", lambda *_: cells)
    seen = invented(answers, boards.board(FIRST + 11 * DAY))
    for table in (league.drawn(seen)["league-data"][TABLE], heat.drawn(seen)["heat-data"][TABLE]):
        assert "<b>" not in table and 'X"<' not in table


# ---------------------------------------------------------------- other pages


def test_a_hubs_page_tells_its_state_in_the_campaign(app: Dash, answers: Answers) -> None:
    from ops_center.web.pages import hub as hub_page

    seen = asked(answers, "hubs=TDP-03&indicator=CT-06")
    page = said(hub_page.opened(Query("/hub/TDP-03", "lang=vi"), _desk(answers)))
    assert seen.pace is not None
    assert words.shown(seen.pace.indicator, seen.pace.now, "vi") in page
    assert f"hubs=TDP-03&indicator={seen.pace.indicator.code}" in page


def test_the_wall_gets_a_board_at_once_and_then_no_picture_waits_for_one(
    app: Dash, tmp_path: Path
) -> None:
    engine = open_engine(copied(app, tmp_path), timeout=60)
    taking = Taking()

    def total(now: Any) -> float | None:
        with engine.connect() as connection:
            found = taking.take(connection, WARD, now).on_the_wall
        assert found is not None and found.holding
        return next(one.now for one in found.board.paces if one.indicator.code == "CT-06")

    first = total(NOON)
    with writing(engine) as connection:
        connection.execute(text("UPDATE support_activity SET amount = amount + 1"
                                " WHERE topic_id = 'vneid'"))  # fmt: skip
    assert total(NOON + APART / 3) == first, "a board is kept for a while"
    assert total(NOON + APART) == first, "this picture only has the next one read"
    assert taking._reader is not None
    taking._reader.join(60)
    assert (total(NOON + APART) or 0) > (first or 0)
    assert (total(NOON + timedelta(days=1)) or 0) > (first or 0), "a new day is read at once"
    engine.dispose()
