"""The hubs by the campaign's pace: the same as on the screen, and nothing of it left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from ops_center.i18n import LANGUAGES
from ops_center.mail import league, page
from ops_center.mail.edition import Table
from ops_center.mail.letter import Reading, check, write
from ops_center.mail.links import Links
from ops_center.metrics import pace
from ops_center.metrics.pace import HubPace
from ops_center.store.campaign_tables import support_activity
from ops_center.store.session import reading as opened
from tests.mail.conftest import Post, take
from tests.mail.test_letter import Seen, squeezed
from tests.mail.world import NOW, wish

FAR_AHEAD = 1000.0


def tables(found: Reading, language: str = "en") -> list[Table]:
    return list(league.tables(found, language, Links(found, "", language)))


def parted(post: Post, lines: Sequence[HubPace], language: str = "en") -> dict[str, Any]:
    """The letter's tables of such hubs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "league", lambda board, indicator: tuple(lines))
        return {one.name: one for one in tables(post.reading, language)}


def lines_of(post: Post, gaps: Sequence[float | None]) -> list[HubPace]:
    """Hubs with these gaps, as the league has them: the furthest behind first."""
    board = post.reading.board
    assert board is not None
    usual = pace.league(board, board.paces[0].indicator)[0]
    lacking = sum(-gap for gap in gaps if gap is not None and gap < 0)
    return [
        replace(usual, hub=replace(usual.hub, code=f"TDP-{n:02}"), gap=gap,
                share_of_shortfall=None if gap is None else max(0.0, -gap) / (lacking or 1.0))
        for n, gap in enumerate(gaps)
    ]  # fmt: skip


def test_each_hub_stands_with_its_gap_and_its_part_of_the_shortfall(filled: Engine) -> None:
    """Done: summed here from the raw rows; parts: from the gaps, in plain Python."""
    asked = wish("en", sections=("campaign",))
    found = take(filled, asked)
    assert found.board is not None
    (households,) = [one for one in found.board.paces if one.indicator.code == "households"]
    lines = pace.league(found.board, households.indicator)
    done: dict[str, float] = {}
    with opened(filled) as connection:
        for row in connection.execute(select(support_activity)):
            if row.topic_id == "households":
                done[row.hub_id] = done.get(row.hub_id, 0.0) + row.amount
    gaps = [one.gap or 0.0 for one in lines]
    assert gaps == sorted(gaps)
    lacking = sum(-gap for gap in gaps if gap < 0)
    plain = squeezed(write(found, asked, check(found, NOW, "en"), final=True).plain)
    for one, gap in zip(lines, gaps, strict=True):
        share = f"{round(100 * max(0.0, -gap) / lacking)}%" if gap < 0 else "–"
        said = f"- {one.hub.name} ({one.hub.code}): Reached {done.get(str(one.hub.id), 0.0):.0f} ("
        assert said in plain
        line = plain.partition(said)[2].partition(" - ")[0]
        assert f"; Of shortfall {share}" in f"{line};"
        assert (f"{gap:+.0f}".replace("-", "\u2212") in line) or abs(gap) < 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_league_is_complete_in_html_and_text_of_every_language(
    post: Post, language: str
) -> None:
    letter = post.letter(language)
    (table,) = tables(post.reading, language)
    shown, plain = Seen(letter.html).text, squeezed(letter.plain)
    assert len(table.rows) == 3
    for words in (table.caption, *(cell.text for row in table.rows for cell in row)):
        assert squeezed(words) in shown
        assert squeezed(words) in plain


def test_a_letter_about_one_hub_has_no_league(post: Post) -> None:
    own = take(post.engine, wish("en", hub_ids=("one",), sections=("campaign",)))
    assert own.board is not None
    assert tables(own) == []
    two = take(post.engine, wish("en", hub_ids=("one", "two"), sections=("campaign",)))
    (table,) = tables(two)
    assert sorted(row[0].note for row in table.rows) == ["TDP-01", "TDP-02"]


def test_of_many_hubs_the_furthest_behind_and_ahead_are_shown_and_the_rest_is_counted(
    post: Post,
) -> None:
    gaps = [float(n) - 30 for n in range(60)]
    found = parted(post, lines_of(post, gaps))
    worst, best = found["league"], found["league_best"]
    assert [row[0].note for row in worst.rows] == [f"TDP-{n:02}" for n in range(5)]
    assert [row[0].note for row in best.rows] == ["TDP-59", "TDP-58", "TDP-57"]
    share = round(100 * (30 + 29 + 28) / sum(range(31)))
    assert squeezed(worst.caption) == (
        "Households visited: 30 of 60 hubs are behind their plans; the 3 that lack most make up "
        f"{share}% of the shortfall"
    )


def test_nobody_is_called_ahead_who_is_behind_and_nobody_behind_who_keeps_up(post: Post) -> None:
    behind = parted(post, lines_of(post, [float(n) - 60 for n in range(60)]))
    assert set(behind) == {"league"}
    ahead = parted(post, lines_of(post, [1.0, 2.0, FAR_AHEAD]))
    assert ahead["league"].caption == "Households visited: all 3 hubs keep up with the plan"
    assert [row[3].text for row in ahead["league"].rows] == ["–", "–", "–"]


def test_without_targets_of_their_own_hubs_are_not_compared(post: Post) -> None:
    assert parted(post, lines_of(post, [None] * 20)) == {}


def test_a_letter_with_the_league_of_a_large_ward_is_not_cut_off(post: Post) -> None:
    lines = lines_of(post, [float(n) - 30 for n in range(60)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "league", lambda board, indicator: tuple(lines))
        for language in LANGUAGES:
            letter = post.without(language)
            assert "TDP-59" in letter.html
            assert len(letter.html.encode()) <= page.MOST_BYTES
