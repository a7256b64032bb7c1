"""What a card says where the plan of now and the forecast of the end do not say the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ops_center.i18n import LANGUAGES
from ops_center.web.campaign import words
from tests.web import campaign_boards as boards

TODAY = boards.START + 11 * boards.DAY
DAY = boards.board(TODAY).day


def heading(lacks: float) -> Any:
    ahead = boards.visits(TODAY).forecast
    assert ahead is not None
    return replace(ahead, shortfall=lacks)


def plain(text: str) -> str:
    return "".join(one for one in text if one not in "\u2066\u2067\u2068\u2069")


STRAIGHT = replace(boards.VISITS, plan="straight")
LIMIT = replace(STRAIGHT, lower_is_better=True)


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (boards.visits(TODAY, state="good", forecast=heading(320.0), needed=92.4, lately=60.0),
         "On plan so far, but lately it was 60 a working day and 92 are needed from now: "
         "the forecast ends 320 short."),
        (boards.visits(TODAY, indicator=STRAIGHT, state="bad", forecast=heading(0.0),
                       needed=92.4, lately=120.0),
         "Behind plan so far, but lately it was 120 a day and 92 are needed from now: "
         "the forecast still makes it."),
        (boards.visits(TODAY, indicator=LIMIT, state="good", forecast=heading(40.0), needed=2.0,
                       lately=5.0),
         "On plan so far, but lately it was 5 a day and 2 are allowed from now: "
         "the forecast ends 40 over the limit."),
        (boards.visits(TODAY, state="good", forecast=heading(320.0), needed=92.4, lately=95.0),
         "On plan so far, but the days to come are expected to bring less than planned "
         "(days off, missing reports, a falling pace): the forecast ends 320 short."),
        (boards.online(TODAY, state="good", needed=0.66, lately=0.55),
         "On plan so far, but lately it was 55% and the rest needs 66%: "
         "the forecast ends 5 points short."),
        (boards.overdue(TODAY, state="watch", forecast=heading(0.0), lately=None),
         "Behind plan so far, but it has moved faster than the plan asks: "
         "the forecast still ends within the limit."),
    ],
)  # fmt: skip
def test_a_card_says_why_plan_and_forecast_differ(pace: Any, said: str) -> None:
    assert plain(words.why_words(pace, DAY, "en")) == said
    for language in LANGUAGES:
        told = words.why_words(pace, DAY, language)
        assert told.endswith(".") and not any(mark in told for mark in ("{", "None", "–"))


def test_where_they_agree_or_it_is_over_nothing_is_explained() -> None:
    agree = (boards.visits(TODAY), boards.visits(TODAY, 120), boards.online(TODAY),
             boards.overdue(TODAY))  # fmt: skip
    assert [words.why_words(one, DAY, "vi") for one in agree] == [""] * 4
    differs = boards.visits(TODAY, state="good", forecast=heading(320.0))
    over = boards.board(boards.DAYS[-1] + boards.DAY).day
    assert words.why_words(differs, DAY, "vi")
    assert words.why_words(differs, over, "vi") == ""
