"""It refuses to lie: what is old is said first, what is missing or blank holds the letter back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, insert, text

from ops_center import i18n
from ops_center.i18n import LANGUAGES
from ops_center.mail import pictures, reading
from ops_center.mail.edition import Picture
from ops_center.mail.letter import check, write
from ops_center.store.session import writing
from ops_center.store.tables import dossier
from tests.mail.conftest import Post, take
from tests.mail.world import NOW, at, wish


def test_a_whole_and_fresh_reading_holds_nothing(filled: Engine) -> None:
    found = take(filled, wish())
    findings = check(found, NOW)
    assert not findings.holds
    assert findings.stale_sources == ()
    assert [(source.id, state) for source, state in findings.sources] == [("portal", "fresh")]


# --- sources ---------------------------------------------------------------------------------


def _heard(post: Post, at_: Any, as_of: Any = NOW) -> list[str]:
    (source,) = post.reading.sources
    changed = replace(post.reading, as_of=as_of, sources=(replace(source, last_heard_at=at_),),
                      drawn={"vi": {}})  # fmt: skip
    return [state for _, state in check(changed, as_of).sources]


def test_a_source_is_old_after_three_times_its_silence_in_working_time(post: Post) -> None:
    assert _heard(post, at("2026-09-03 11:30")) == ["fresh"]  # noon between does not count
    assert _heard(post, at("2026-09-03 11:29")) == ["late"]
    assert _heard(post, at("2026-09-03 09:30")) == ["late"]
    assert _heard(post, at("2026-09-03 09:29")) == ["stale"]
    assert _heard(post, None) == ["never"]


def test_a_night_and_a_holiday_make_no_source_old_but_excuse_none(post: Post) -> None:
    morning = at("2026-09-03 07:00")
    assert _heard(post, at("2026-08-28 17:20"), morning) == ["fresh"]
    assert _heard(post, at("2026-08-28 10:00"), morning) == ["stale"]


def test_of_several_sources_one_that_ended_long_ago_is_no_longer_waited_for(post: Post) -> None:
    (source,) = post.reading.sources
    old = replace(source, id="file", last_heard_at=at("2026-07-01 09:00"))
    both = replace(post.reading, sources=(old, source), drawn={"vi": {}})
    assert [state for _, state in check(both, NOW).sources] == ["ended", "fresh"]
    alone = replace(post.reading, sources=(old,), drawn={"vi": {}})
    assert [state for _, state in check(alone, NOW).sources] == ["stale"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_silent_source_is_named_in_the_first_line_and_holds_nothing(
    post: Post, language: str
) -> None:
    (source,) = post.reading.sources
    silent = replace(source, last_heard_at=at("2026-08-28 10:00"))
    changed = replace(post.reading, sources=(silent,), drawn={})
    findings = check(changed, NOW, language)
    assert not findings.holds
    letter = write(changed, wish(language), findings)
    first = letter.plain.splitlines()[0]
    assert first.startswith("! ")
    assert "Cổng" in first
    assert "10:00" in first
    body = letter.html[letter.html.index("<body") :]
    assert body.index("10:00") < body.index("<h1")
    assert letter.missing == ()


# --- the revision ----------------------------------------------------------------------------


def test_what_is_written_and_not_yet_summed_holds_the_letter(engine: Engine) -> None:
    from tests.mail.world import fill

    fill(engine)
    with writing(engine) as connection:
        connection.execute(insert(dossier).values(
            ward_id="w1", id="new", source_id="portal", code="new", hub_id="one",
            procedure_id="1.000894", channel="in_person", status=4, received_at=NOW,
        ))  # fmt: skip
        connection.execute(text("UPDATE change SET at = :at"), {"at": "2026-09-03 06:59:00Z"})
    found = take(engine, wish())
    assert found.waiting_since is not None
    assert not check(found, found.waiting_since + timedelta(seconds=10)).revision_behind
    late = check(found, found.waiting_since + timedelta(seconds=16))
    assert late.revision_behind
    assert late.holds
    letter = write(found, wish("en"), late, final=True)
    assert "not summed yet" in letter.plain.splitlines()[0]


# --- sections --------------------------------------------------------------------------------


def test_a_section_that_fails_is_missing_and_the_others_are_read(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(asked: Any) -> Any:
        asked.connection.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setitem(reading._READ, "plan", fails)
    found = take(filled, wish())
    assert found.failed == ("plan",)
    assert found.board is not None
    assert found.figures
    assert check(found, NOW).holds


# --- pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pictures_are_drawn_and_their_words_say_the_same(post: Post, language: str) -> None:
    found = pictures.drawn(post.reading, language)
    assert set(found) == {"burnup", "map"}
    for one in found.values():
        image = Image.open(io.BytesIO(one.png))
        assert image.size == (2 * one.width, 2 * one.height)
        assert len(one.png) < 60_000
    alt = found["burnup"].alt  # of what is furthest behind its plan: 855 of 1,100
    for number in (245, 4500, 811):  # 1,000 to yesterday, 56 of today's 100 by 14:00
        assert i18n.number(number, language) in alt
    assert "Đường Đông Ngạc" in found["map"].alt


def test_a_sheet_with_axes_and_words_but_nothing_drawn_counts_as_blank(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = replace(post.reading, drawn={})
    assert pictures.blank(whole, "vi") == ()
    monkeypatch.setattr("matplotlib.axes.Axes.plot", lambda *args, **more: [])
    monkeypatch.setattr(pictures, "_place", lambda axes, one: None)
    emptied = replace(post.reading, drawn={})
    assert set(pictures.blank(emptied, "vi")) == {"burnup", "map"}
    findings = check(emptied, NOW)
    assert findings.holds
    letter = write(emptied, wish("en"), check(emptied, NOW, "en"), final=True)
    assert letter.parts == ()
    assert "<img" not in letter.html
    assert "picture of the map" in letter.plain.splitlines()[0]
    assert set(letter.missing) == {"picture-burnup", "picture-map"}
    assert "2 of 3 hubs have overdue dossiers." in letter.plain  # its words stay


@pytest.mark.parametrize("png", [b"", b"no picture", b"\x89PNG\r\n\x1a\n cut"])
def test_what_is_no_picture_counts_as_blank(png: bytes) -> None:
    assert pictures.Drawn(Picture("map", "", 1, 1, png), ("#ffffff",)).blank


def test_pictures_are_drawn_once_for_each_language(post: Post) -> None:
    own = replace(post.reading, drawn={})
    first = pictures.drawn(own, "en")["map"]
    check(own, NOW, "en")
    assert pictures.drawn(own, "en")["map"] is first


def test_without_places_there_is_no_map_and_the_letter_says_so(post: Post) -> None:
    assert post.reading.hubs is not None
    nowhere = tuple(
        replace(one, hub=replace(one.hub, area=None, longitude=None, latitude=None))
        for one in post.reading.hubs.standings
    )
    letter = post.without("en", hubs=replace(post.reading.hubs, standings=nowhere))
    assert "no map can be drawn" in letter.plain
    assert letter.missing == ()
