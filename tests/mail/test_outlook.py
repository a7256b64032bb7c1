"""What a letter says of a forecast: one day and one chance that do not contradict each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pytest

from ops_center.domain.forecast import Forecast
from ops_center.mail import news, sections, words
from ops_center.mail.edition import Edition
from ops_center.metrics.pace import Pace
from tests.mail.conftest import Post

Kind = Literal["count", "ratio", "level"]
TODAY, LAST = date(2026, 9, 3), date(2026, 10, 7)


def pace(post: Post, kind: Kind, now: float, reached_on: date | None, **more: Any) -> Pace:
    """An indicator that wants 0.5 of a share, else 40, and is expected to end as it stands."""
    assert post.reading.board is not None
    like = post.reading.board.paces[0]
    less = more.pop("lower_is_better", False)
    target = 0.5 if kind == "ratio" else 40.0
    indicator = replace(like.indicator, kind=kind, lower_is_better=less, target=target)
    ahead = Forecast((LAST,), (now,), (now,), (now,), more.pop("probability", 0.64),
                     reached_on, 0.0 if reached_on else 7.0, 5)  # fmt: skip
    return replace(like, indicator=indicator, now=now, target=target, forecast=ahead, **more)


def note(found: Pace) -> str:
    return sections._outlook(found, TODAY, "en")[1].note


@pytest.mark.parametrize(
    ("kind", "now", "day", "less", "told"),
    [
        ("count", 44, date(2026, 8, 31), False, "reached on 31 Aug"),
        ("count", 20, date(2026, 9, 20), False, "expected on 20 Sep"),
        ("count", 20, date(2026, 10, 7), True, "expected from 7 Oct"),
        ("ratio", 0.6, date(2026, 8, 31), False, "at the target since 31 Aug"),
        ("ratio", 0.4, date(2026, 9, 20), False, "expected from 20 Sep"),
        ("ratio", 0.49, date(2026, 9, 1), False, "expected from 3 Sep"),
        ("level", 24, date(2026, 8, 24), True, "at the target since 24 Aug"),
    ],
)
def test_what_can_be_lost_again_is_not_called_reached(
    post: Post, kind: Kind, now: float, day: date, less: bool, told: str
) -> None:
    assert note(pace(post, kind, now, day, lower_is_better=less)) == told


def test_what_is_not_expected_says_what_it_lacks(post: Post) -> None:
    assert note(pace(post, "count", 20, None)) == "7 short"
    assert note(pace(post, "level", 47, None, lower_is_better=True)) == "7 too many"


@pytest.mark.parametrize(
    ("probability", "told"),
    [(0.0, "under 1%"), (0.004, "under 1%"), (0.64, "64%"), (0.99, "99%"), (1.0, "over 99%")],
)
def test_no_chance_is_called_certain(post: Post, probability: float, told: str) -> None:
    assert words.chance(probability, "en") == told


def test_what_is_done_already_is_certain(post: Post) -> None:
    done = pace(post, "count", 44, date(2026, 8, 31), probability=1.0)
    assert sections._outlook(done, TODAY, "en")[1].text == "100%"


@pytest.mark.parametrize(
    ("gap", "told"), [(-0.3, "\u22120.3"), (0.0, "0"), (4.0, "+4"), (-359.4, "\u2212359")]
)
def test_a_gap_that_is_judged_is_not_shown_as_none(post: Post, gap: float, told: str) -> None:
    behind = replace(pace(post, "count", 2, None), gap=gap)
    assert words.gap_of_pace(behind, "en") == told
    assert words.gap_of_pace(behind, "en", signed=False) == told.lstrip("+\u2212")


@pytest.mark.parametrize(
    ("gap", "told"), [(-10.0, "+10"), (10.0, "\u221210"), (0.0, "0")]
)
def test_where_less_is_better_a_gap_has_the_sign_of_the_value(
    post: Post, gap: float, told: str
) -> None:
    overdue = pace(post, "level", 40, None, gap=gap, lower_is_better=True)
    cell = sections._pace_row(overdue, post.reading, "en")[2]
    assert (cell.text, cell.value) == (told, float(told.replace("\u2212", "-")))


def test_what_there_is_too_much_of_is_told_as_above_the_plan(post: Post) -> None:
    overdue = pace(post, "level", 40, None, gap=-10.0, lower_is_better=True)
    told = news._told_pace("above", replace(overdue, forecast=None), "en")
    assert "40, 10 above the plan by now" in told


def test_a_workbook_computes_with_gap_and_forecast(post: Post) -> None:
    found = pace(post, "ratio", 0.6, date(2026, 8, 31), gap=0.1)
    row = sections._pace_row(found, post.reading, "en")
    assert [cell.value for cell in row[1:]] == [0.6, 0.1, 0.6, 0.64]
    assert all(cell.share for cell in row[1:])


def test_nothing_is_missed_while_the_campaign_runs(post: Post) -> None:
    campaign = next(one for one in laid(post).blocks if one.section == "campaign")
    judged = [row[2] for table in campaign.tables for row in table.rows if row[2].state != "none"]
    assert {one.note.replace("\u00a0", " ") for one in judged} <= {
        "● on pace", "◆ a little behind", "▲ behind"
    }
    assert any(one.state == "bad" for one in judged)
    assert post.reading.board is not None
    over = replace(post.reading.board, day=replace(post.reading.board.day, phase="after"))
    assert words.pace_word(replace(post.reading, board=over), "bad", "en") == "▲\u00a0missed"


def laid(post: Post) -> Edition:
    return sections.laid_out(post.reading, post.findings("en"), "en")


def rhythm(post: Post, needed: float, lately: float | None) -> str:
    found = replace(pace(post, "count", 20, None), needed=needed, lately=lately)
    return sections._rhythm(found, "en")


def test_what_is_needed_a_day_has_no_needless_tenths_and_no_gap_for_what_was_not_heard(
    post: Post,
) -> None:
    assert rhythm(post, 703.04, None) == "needs 703 a day, nothing reported yet"
    assert rhythm(post, 8.26, 12.4) == "needs 8.3 a day, lately 12"


def test_many_hubs_in_a_row_are_called_by_their_codes(post: Post) -> None:
    read = post.reading.hubs
    assert read is not None
    (like, *_) = read.standings

    def listed(count: int) -> str:
        some = tuple(
            replace(like, overdue=2, hub=replace(like.hub, id=f"h{n}", code=f"TDP-{n:02}"))
            for n in range(count)
        )
        hubs = replace(read, standings=some)
        lists = replace(post.reading.lists, hubs=tuple(one.hub for one in some))
        found = replace(post.reading, hubs=hubs, lists=lists)
        return words.overdue_by_hub(found, "en", count)[0]

    assert listed(12) == "2 each: " + ", ".join([like.hub.name] * 12)
    assert listed(13) == "2 each: " + ", ".join(f"TDP-{n:02}" for n in range(13))
