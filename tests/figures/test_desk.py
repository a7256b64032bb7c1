"""Charts of a desk: what is counted, what is compared, and where a click leads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ops_center.figures import hours, over_time, spread, standing, tokens
from ops_center.figures.over_time import Ghost, Step

FIRST = date(2026, 8, 3)
STEPS = [
    Step(FIRST + timedelta(at), float(at), f"day {at}", f"/explore?at={at}", open=at == 4)
    for at in range(5)
]


def arrivals(*places: tuple[int, int]) -> list[list[int]]:
    found = [[0] * 24 for _ in range(7)]
    for day, hour in places:
        found[day][hour] += 1
    return found


def test_only_the_step_under_way_is_hatched_and_each_leads_to_its_own_days() -> None:
    (trace,) = over_time.over_time(STEPS, [], "dossiers", "light", "vi")["data"]
    assert trace["type"] == "bar"
    assert trace["marker"]["pattern"]["shape"] == ["", "", "", "", "/"]
    assert trace["customdata"] == [f"/explore?at={at}" for at in range(5)]


@pytest.mark.parametrize("unit", ["ratio", "minutes", "points"])
def test_what_is_not_counted_is_a_line(unit: str) -> None:
    (trace,) = over_time.over_time(STEPS, [], unit, "light", "vi")["data"]
    assert trace["mode"] == "lines+markers"


def test_a_ghost_stands_in_the_places_of_the_steps_and_leads_nowhere() -> None:
    ghosts = [Ghost(float(at), f"then {at}") for at in range(9)]
    figure = over_time.over_time(STEPS, ghosts, "dossiers", "dark", "en")
    ghost = figure["data"][1]
    assert ghost["x"] == [step.day.isoformat() for step in STEPS]
    assert ghost["line"]["dash"] == "dot"
    assert "customdata" not in ghost


def test_a_chart_without_steps_is_drawn_all_the_same() -> None:
    assert over_time.over_time([], [], "ratio", "light", "ar")["data"][0]["y"] == []


def test_hours_are_those_of_the_office_and_any_in_which_something_came() -> None:
    assert list(hours.shown_hours(arrivals())) == list(range(7, 18))
    assert hours.shown_hours(arrivals((6, 3), (0, 22))) == range(3, 23)


def test_an_hour_leads_to_itself() -> None:
    figure = hours.by_hour(
        arrivals((2, 8)), list("abcdefg"), lambda day, hour: f"{day}-{hour}",
        lambda day, hour, count: f"{day} {hour} {count}", "light", "vi",
    )  # fmt: skip
    (trace,) = figure["data"]
    assert trace["customdata"][2][1] == "2-8"
    assert trace["z"][2][1] == 1
    assert trace["text"][2][1] == "2 8 1"


def test_the_due_line_stands_at_the_end_of_its_day() -> None:
    marks = [spread.Mark("due", 3, "due"), spread.Mark("median", 0.5, "half")]
    figure = spread.spread([4] * 11, ["told"] * 11, marks, "light", "vi")
    due, median = figure["layout"]["shapes"]
    assert (due["x0"], median["x0"]) == (3.5, 1.0)
    assert due["line"]["dash"] == "solid"
    assert [one["text"] for one in figure["layout"]["annotations"]] == ["due", "half"]
    ground = tokens.colour("light", "raised")
    assert all(one["bgcolor"] == ground for one in figure["layout"]["annotations"])
    assert figure["layout"]["yaxis"]["range"][1] * 0.76 > 4, "the bars stay below the words"


def test_states_keep_their_colour_and_their_order() -> None:
    states = [standing.State(key, key, at, str(at), f"?{key}")
              for at, key in enumerate(("within_due", "due_soon", "overdue"))]
    (trace,) = standing.standing(states, "dark", "vi")["data"]
    assert trace["y"] == ["within_due", "due_soon", "overdue"]
    assert trace["marker"]["color"] == [
        tokens.colour("dark", token) for token in ("accent", "watch", "bad")
    ]
