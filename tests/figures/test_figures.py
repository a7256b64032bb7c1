"""Each chart says what it should, is accepted by plotly, and stays lean."""

import json
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from ops_center.figures import campaign, durations, frame, ranks, spark, tokens, trend

START = date(2026, 11, 16)  # a Monday
DAYS = tuple(START + timedelta(at) for at in range(45))
QUIET = frozenset(day for day in DAYS if day.weekday() > 4)
PACE = campaign.Pace(DAYS, tuple(range(90, 102)), tuple(80.0 * at for at in range(45)),
                     START + timedelta(11), QUIET)
WORDS = {"actual": "thực tế", "plan": "kế hoạch", "target": "mục tiêu<br>95%"}


def every_figure(theme: str, language: str) -> dict[str, dict[str, Any]]:
    values = [0.9, None, 0.95, 1.0]
    bars = [ranks.Bar("Hộ tịch", 0.7, "70%", "bad", 0.9), ranks.Bar("Đất đai", None, "–")]
    return {
        "daily": campaign.daily(PACE, theme, language),
        "running": campaign.running(PACE, theme, language, WORDS),
        "share": trend.share(list(DAYS[:4]), values, 0.95, theme, language, WORDS),
        "counts": trend.counts(list(DAYS[:4]), [3, 0, None, 9], theme, language),
        "bars": ranks.bars(bars, theme, language, top=1.0, at_end=True),
        "durations": durations.distribution([9, 3, 0], 1.7, theme, language, "một nửa"),
    }


@pytest.mark.parametrize("theme", tokens.THEMES)
@pytest.mark.parametrize("language", ["vi", "en", "ar"])
def test_plotly_accepts_every_figure_and_none_carries_a_template(theme: str, language: str) -> None:
    for name, figure in every_figure(theme, language).items():
        go.Figure(figure)  # refuses an unknown property or value
        assert "template" not in figure["layout"], name
        assert len(json.dumps(figure)) < 9000, name


@pytest.mark.parametrize("theme", tokens.THEMES)
def test_every_colour_is_a_token_of_the_theme(theme: str) -> None:
    known = set(tokens.THEMES[theme].values())
    for name, figure in every_figure(theme, "vi").items():
        for colour in _hex_colours(figure):
            assert colour in known, f"{name}: {colour}"


def test_numbers_are_written_as_the_language_does() -> None:
    assert every_figure("dark", "vi")["daily"]["layout"]["separators"] == ",."
    assert every_figure("dark", "en")["daily"]["layout"]["separators"] == ".,"


def test_today_is_hatched_and_no_other_day() -> None:
    past, today = campaign.daily(PACE, "dark", "vi")["data"]
    assert "pattern" not in past["marker"]
    assert today["x"] == ["2026-11-27"]
    assert today["marker"]["pattern"]["shape"] == "/"


def test_days_off_are_shaded_in_runs() -> None:
    shades = campaign.daily(PACE, "dark", "vi")["layout"]["shapes"]
    assert [(s["x0"], s["x1"]) for s in shades][:2] == [(4.5, 6.5), (11.5, 13.5)]
    assert len(shades) == 6


def test_the_running_total_stops_today_and_the_plan_goes_on_dashed() -> None:
    plan, total = campaign.running(PACE, "dark", "vi", WORDS)["data"]
    assert plan["line"]["dash"] == "dash"
    assert len(plan["y"]) == 45
    assert total["y"][-1] == sum(PACE.counts)
    assert len(total["y"]) == 12


def test_a_campaign_without_target_draws_no_plan() -> None:
    lone = campaign.Pace(DAYS, PACE.counts, (), PACE.today, QUIET)
    assert len(campaign.running(lone, "dark", "vi", WORDS)["data"]) == 1


def test_a_campaign_that_has_not_begun_is_an_empty_chart() -> None:
    coming = campaign.Pace(DAYS, (), (), START - timedelta(3), QUIET)
    figure = campaign.running(coming, "dark", "vi", WORDS)
    assert figure["data"][0]["y"] == []
    assert figure["layout"]["annotations"] == []


@pytest.mark.parametrize("name", ["daily", "counts", "durations"])
def test_bars_start_at_zero(name: str) -> None:
    assert every_figure("dark", "vi")[name]["layout"]["yaxis"]["range"][0] == 0


@pytest.mark.parametrize("values", [[0.0, 0.5], [0.3], [0.55, 1.0], [0.8, 0.99], [1.0], []])
def test_a_share_has_at_most_three_lines(values: list[float]) -> None:
    figure = trend.share(list(DAYS[: len(values)]), [*values], None, "dark", "vi", WORDS)
    axis = figure["layout"]["yaxis"]
    low, high = axis["range"]
    inside = [n for n in range(21) if low <= n * axis["dtick"] <= high]
    assert len(inside) <= 3
    assert not values or min(values) >= low


@pytest.mark.parametrize(("top", "ceiling"), [(0, 2), (1, 2), (9, 10), (95, 100), (157, 200),
                                              (1196, 1600), (99, 120)])
def test_an_axis_ends_at_a_round_number_with_room_above(top: float, ceiling: float) -> None:
    assert frame.ceiling([top]) == ceiling


def test_days_are_ticked_from_the_last_one_back() -> None:
    ticks = frame.day_ticks(list(DAYS[:30]), "vi", 6)
    assert ticks["ticktext"][-1] == "15/12"
    assert len(ticks["ticktext"]) <= 6
    assert frame.day_ticks([], "vi")["tickvals"] == []


def test_an_arabic_day_under_a_chart_reads_from_right_to_left() -> None:
    assert frame.day_ticks(list(DAYS[:30]), "ar", 6)["ticktext"][-1] == "\u206715 ديسمبر\u2069"


def test_a_single_bar_is_no_thicker_than_one_of_four() -> None:
    for count in (1, 3, 4, 6):
        lines = [ranks.Bar("Hộ tịch", 1, "1")] * count
        low, high = ranks.bars(lines, "dark", "vi")["layout"]["yaxis"]["range"]
        assert low - high == max(count, 4)
        assert (low + high) / 2 == (count - 1) / 2, "in the middle"


def test_a_long_name_is_cut_at_a_word() -> None:
    assert ranks.short("Tổ dân phố số 1") == "Tổ dân phố số 1"
    assert ranks.short("Điểm tiếp nhận Tổ dân phố số 12 – Nhà văn hoá") == (
        "Điểm tiếp nhận Tổ dân phố số…"
    )
    assert len(ranks.short("x" * 60)) == 30


def test_a_target_is_a_tick_across_its_bar_only() -> None:
    shapes = every_figure("dark", "vi")["bars"]["layout"]["shapes"]
    assert [(shape["x0"], shape["y0"]) for shape in shapes] == [(0.9, -0.42)]


@pytest.mark.parametrize(("bin_", "day"), [(0, 1), (1, 1), (16, 1), (17, 2), (32, 2), (160, 10),
                                           (161, 11), (900, 11)])
def test_half_hours_fall_into_working_days(bin_: int, day: int) -> None:
    counts = durations.by_working_day([(bin_, 5)])
    assert counts[day - 1] == sum(counts) == 5


def test_a_sparkline_needs_two_points_and_leaves_gaps_out() -> None:
    assert spark.line([]) == spark.line([None, 3]) == ""
    drawn = spark.line([1, None, 3])
    assert drawn.startswith('url("data:image/svg+xml,')
    assert "M5 43L155 5" in drawn
    assert "NaN" not in spark.line([2, 2, 2])


def _hex_colours(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [found for one in part.values() for found in _hex_colours(one)]
    if isinstance(part, list):
        return [found for one in part for found in _hex_colours(one)]
    return [part] if isinstance(part, str) and part.startswith("#") else []
