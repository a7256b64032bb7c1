"""A burn-up says what was done, what was planned, what is needed and what is to be expected."""

import json
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from ops_center.figures import tokens
from ops_center.figures.campaign_heat import CLASSES, class_of, limits
from ops_center.figures.campaign_pace import BurnUp, Heading, Told, burn_up, runs, wall_burn_up

START = date(2026, 11, 16)  # a Monday
DAYS = tuple(START + timedelta(at) for at in range(45))
TODAY = DAYS[11]
QUIET = frozenset(day for day in DAYS if day.weekday() > 4)
TOTAL = tuple(60.0 * at if at <= 11 else None for at in range(45))
PLAN = tuple(80.0 * (at + 1) for at in range(45))
AHEAD = DAYS[11:]
HEADING = Heading(AHEAD, *(tuple(660.0 + step * at for at in range(34)) for step in (40, 60, 85)))
WORDS = {"today": "hôm nay", "plan": "kế hoạch", "target": "mục tiêu 3.600", "end": "dự báo 2.640"}
TOLD = Told([f"ngày {at + 1}" for at in range(45)], [f"/explore?n={at + 1}" for at in range(45)])


def shown(**changes: Any) -> BurnUp:
    usual: dict[str, Any] = {
        "days": DAYS, "total": TOTAL, "plan": PLAN, "target": 3600.0, "today": TODAY,
        "quiet": QUIET, "unfinished": True, "heading": HEADING,
    }  # fmt: skip
    return BurnUp(**usual | changes)


NONE = (None,) * 45
CASES = {
    "running": shown(),
    "before the start": shown(today=START - timedelta(3), total=NONE, heading=None, needed=False,
                              unfinished=False),
    "day 1": shown(today=START, total=(5.0, *NONE[1:]), heading=None),
    "after the end": shown(today=DAYS[-1] + timedelta(9), total=PLAN, heading=None, needed=False,
                           unfinished=False),
    "reached early": shown(total=tuple(400.0 * at if at <= 11 else None for at in range(45)),
                           needed=False, reached_on=DAYS[9]),
    "target zero": shown(target=0.0, plan=(0.0,) * 45, total=(0.0,) * 12 + NONE[12:],
                         heading=None, needed=False),
    "no target": shown(target=None, plan=(), needed=False),
    "a share": shown(total=tuple(0.5 if at <= 11 else None for at in range(45)), target=0.6,
                     plan=(0.6,) * 45, adds_up=False, shares=True,
                     heading=Heading(AHEAD, (0.5,) * 34, (0.55,) * 34, (0.6,) * 34)),
    "less is better": shown(total=tuple(90.0 - at if at <= 11 else None for at in range(45)),
                            plan=tuple(90.0 - at for at in range(45)), target=46.0, adds_up=False,
                            needed=False, heading=None),
    "days without a report": shown(total=(None, 3.0, None, 9.0, *NONE[4:]), heading=None),
    "nothing at all": shown(total=NONE, plan=(), target=None, heading=None, needed=False),
}  # fmt: skip


def of_token(figure: dict[str, Any], token: str, theme: str = "light") -> list[dict[str, Any]]:
    colour = tokens.colour(theme, token)
    return [one for one in figure["data"] if one.get("line", {}).get("color") == colour]


def desk(case: BurnUp, language: str = "vi") -> dict[str, Any]:
    return burn_up(case, "light", language, WORDS, TOLD)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["vi", "ar"])
@pytest.mark.parametrize("theme", tokens.THEMES)
def test_plotly_accepts_every_case_and_none_is_heavy(
    case: str, language: str, theme: str
) -> None:
    for figure in (burn_up(CASES[case], theme, language, WORDS, TOLD),
                   wall_burn_up(CASES[case], theme, language, WORDS)):  # fmt: skip
        go.Figure(figure)  # refuses an unknown property or value
        assert len(json.dumps(figure)) < 9000
        ends = figure["layout"]["yaxis"]["range"]
        assert ends[0] < ends[1]


def test_what_adds_up_is_drawn_from_zero_and_a_share_as_percent() -> None:
    assert desk(CASES["running"])["layout"]["yaxis"]["range"][0] == 0
    assert desk(CASES["a share"])["layout"]["yaxis"]["tickformat"] == ".0%"


def test_today_is_apart_hatched_by_what_it_added() -> None:
    line, ring = of_token(desk(CASES["running"]), "accent")
    assert (line["x"], line["y"]) == (list(range(11)), [60.0 * at for at in range(11)])
    assert ring["line"]["dash"] == "dot" and ring["x"] == [10, 11]
    (bar,) = [one for one in desk(CASES["running"])["data"] if one["type"] == "bar"]
    assert (bar["x"], bar["base"], bar["y"]) == ([10.5], [600.0], [60.0])
    assert bar["marker"]["pattern"]["shape"] == "/"


def test_what_stands_now_stands_where_the_plan_asks_for_it_by_now() -> None:
    """At noon the ring is half way to today's end: there the dashed line is the plan by now."""
    noon = desk(shown(passed=0.5))
    _, ring = of_token(noon, "accent")
    (needed,), (_, middle) = of_token(noon, "watch"), of_token(noon, "forecast")
    assert ring["x"] == [10, 10.5] and needed["x"] == [10.5, 44]
    assert (middle["x"][:2], middle["y"][0]) == ([10.5, 11], 660.0)
    first = desk(shown(today=START, total=(5.0, *NONE[1:]), heading=None, passed=0.0))
    _, ring = of_token(first, "accent")
    low, _ = first["layout"]["xaxis"]["range"]
    assert ring["x"] == [low, low], "on the first morning it stands where the axis begins"
    after = desk(shown(unfinished=False, today=DAYS[-1] + timedelta(1), total=PLAN, passed=0.2))
    assert of_token(after, "accent")[0]["x"][-1] == 44


def test_a_day_that_took_away_draws_no_bar_below_yesterday() -> None:
    """A correction of yesterday may lower the sum: today's bar is then empty, not negative."""
    lower = shown(total=(10.0, 30.0, 25.0, *NONE[3:]), today=DAYS[2])
    (bar,) = [one for one in desk(lower)["data"] if one["type"] == "bar"]
    assert bar["y"] == [0.0]


def test_after_the_end_nothing_is_unfinished_needed_or_foretold() -> None:
    figure = desk(CASES["after the end"])
    assert not of_token(figure, "watch") and not of_token(figure, "forecast")
    (line,) = of_token(figure, "accent")
    assert line["x"] == list(range(45))


def test_the_plan_is_dashed_the_need_leads_from_now_to_the_target() -> None:
    figure = desk(CASES["running"])
    (plan,), (needed,) = of_token(figure, "plan"), of_token(figure, "watch")
    assert plan["line"]["dash"] == "dash" and len(plan["y"]) == 45
    assert (needed["x"], needed["y"]) == ([11, 44], [660.0, 3600.0])


def test_the_forecast_is_a_band_round_its_middle() -> None:
    band, middle = of_token(desk(CASES["running"]), "forecast")
    assert band["fill"] == "toself" and band["x"] == [*range(11, 45), *range(44, 10, -1)]
    assert middle["x"] == list(range(11, 45))
    assert all(low <= mid <= high for low, mid, high in
               zip(band["y"][:33:-1], middle["y"], band["y"], strict=False))  # fmt: skip


def test_a_forecast_that_begins_tomorrow_starts_at_what_is_known() -> None:
    later = Heading(*(part[1:] for part in vars(HEADING).values()))
    _, middle = of_token(desk(shown(heading=later)), "forecast")
    assert (middle["x"][0], middle["y"][0]) == (11, 660.0)


def test_each_known_day_can_be_pointed_at_and_leads_somewhere() -> None:
    line, ring = of_token(desk(CASES["running"]), "accent")
    assert line["hovertext"][3] == "ngày 4" and line["customdata"][3] == "/explore?n=4"
    assert ring["customdata"][1] == "/explore?n=12"
    assert "customdata" not in wall_burn_up(CASES["running"], "dark", "vi", WORDS)["data"][-1]


def test_the_day_that_reaches_the_target_is_marked_on_its_line() -> None:
    notes = desk(CASES["reached early"])["layout"]["annotations"]
    (star,) = [one for one in notes if one["text"] == "★"]
    assert (star["x"], star["y"]) == (9, 3600.0)


def test_days_off_milestones_and_today_stand_where_they_are() -> None:
    shapes = desk(shown(milestones=(DAYS[29],)))["layout"]["shapes"]
    shades = [(one["x0"], one["x1"]) for one in shapes if one["type"] == "rect"]
    assert shades[:2] == [(4.5, 6.5), (11.5, 13.5)]
    upright = {one["x0"]: one["y1"] for one in shapes
               if one["type"] == "line" and one["x0"] == one["x1"]}  # fmt: skip
    assert upright == {11: 1, 29: 0.05}
    assert runs(DAYS, frozenset()) == []


def test_a_holiday_joins_the_weekend_beside_it() -> None:
    tet = frozenset({*QUIET, *DAYS[7:11]})
    assert runs(DAYS, tet)[:2] == [(5, 10), (12, 13)]


# ---------------------------------------------------------------- the heat map's classes


def test_classes_are_round_and_stay_where_they_are() -> None:
    assert limits([1, 2, 7, 22]) == (1, 6, 11, 16, 21)
    assert limits([1, 2, 7, 23]) == limits([3, 3, 21])
    assert limits([]) == limits([0.0]) == (1, 2, 3, 4, 5)
    assert limits([4000.0]) == (1, 801, 1601, 2401, 3201)
    assert limits([0.1, 0.9], shares=True) == (0, 0.2, 0.4, 0.6, 0.8)


def test_zero_has_a_class_of_its_own_and_a_share_of_nothing_the_first() -> None:
    lows = limits([22.0])
    assert [class_of(value, lows) for value in (0, 1, 5, 6, 22, 900)] == [0, 1, 1, 2, 5, CLASSES]
    shares = limits([], shares=True)
    assert [class_of(value, shares, True) for value in (0, 0.2, 1)] == [1, 2, 5]
