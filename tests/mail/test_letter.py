"""The letter as its readers get it: the same in HTML and plain text, complete, and harmless."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from ops_center import i18n
from ops_center.i18n import LANGUAGES, Problem
from ops_center.mail import news, page, sections
from ops_center.mail.edition import Edition
from ops_center.mail.letter import SECTIONS, check, write
from ops_center.metrics.reading import read as numbers_of
from ops_center.metrics.scope import Scope
from ops_center.store.letters import UNSUBSCRIBE
from ops_center.store.session import reading
from ops_center.store.wards import find_ward
from tests.mail.conftest import Post, take
from tests.mail.world import APPLICANT, MORNING, NOW, ROUGH, SECRET, wish

DIRECTION_MARKS = re.compile("[\u2066-\u2069\u2060]")


class Seen(HTMLParser):
    """What a mail program shows: words, and instead of pictures their alt texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "title")
        if tag == "img":
            self.words.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return squeezed(" ".join(self.words))


def squeezed(text: str) -> str:
    return " ".join(DIRECTION_MARKS.sub("", text).split())


def laid(post: Post, language: str) -> Edition:
    return sections.laid_out(post.reading, post.findings(language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_layout_holds_stands_in_html_and_in_plain_text(
    post: Post, language: str
) -> None:
    letter, edition = post.letter(language), laid(post, language)
    shown, plain = Seen(letter.html).text, squeezed(letter.plain)
    told = [edition.title, *edition.news, *edition.foot]
    for block in edition.blocks:
        told += [block.title, *block.lead, *block.notes]
        told += [block.picture.alt] if block.picture else []
        for table in (*block.tables, edition.sources):
            told += [part for row in table.rows for cell in row for part in (cell.text, cell.note)]
            told += [column.name for column in table.columns[1:]]
    assert len(told) > 100
    for words in filter(None, map(squeezed, told)):
        assert words in shown, words
        assert words in plain, words


def test_the_numbers_are_those_of_the_metrics(post: Post) -> None:
    """Asked anew by the same questions as the wall's, not copied from the reading."""
    with reading(post.engine) as connection:
        ward = find_ward(connection)
        recent = Scope("w1", post.reading.today - timedelta(29), post.reading.today + timedelta(1))
        month = numbers_of(connection, ward, recent, NOW).numbers
        today = replace(recent, first=post.reading.today)
        day = numbers_of(connection, ward, today, NOW, ["received", "done"]).numbers
    plain = squeezed(post.letter("en").plain)
    for name, number in (("received", day["received"]), ("done", day["done"])):
        called = i18n.text(f"metrics.{name}.name", "en")
        assert f"- {called} (today until 14:00): Now {number.value};" in plain
    for name in ("overdue", "in_process", "suspended"):
        called = i18n.text(f"metrics.{name}.name", "en")
        assert f"- {called} (now): Now {month[name].value};" in plain
    rate = month["on_time_rate"]
    called = i18n.text("metrics.on_time_rate.name", "en")
    share = i18n.percent(rate.value, "en")
    said = f"- {called} (30 days · {rate.denominator} dossiers): Now {share};"
    assert said in plain


def test_the_subject_tells_the_news(post: Post) -> None:
    rate = post.reading.figure("on_time_rate")
    assert rate is not None
    share = i18n.percent(rate.now.value, "vi")
    told = f"Phường Thử 03/09 · ngày 11/45 · {share} đúng hạn · 2 tổ quá hạn"
    assert post.letter().subject == told
    assert post.letter("ar").subject.startswith("3 سبتمبر · Phường Thử · اليوم 11/45")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_when_it_is_from_and_that_no_one_wrote_it(post: Post, language: str) -> None:
    letter = post.letter(language)
    automatic = squeezed(i18n.text("letter.foot.automatic", language, ward="Phường Thử"))
    for text in (Seen(letter.html).text, squeezed(letter.plain)):
        assert i18n.day(post.reading.today, language) in text
        assert "14:00" in text
        assert automatic in text
        assert "Cổng" in text  # the source and its freshness


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_citizen_and_no_private_dossier_is_named(post: Post, language: str) -> None:
    letter = post.letter(language)
    for text in (unescape(letter.html), letter.plain, letter.subject):
        assert APPLICANT not in text
        assert SECRET not in text
    assert "V-1" in letter.plain  # others are
    counted = i18n.text("letter.overdue.counted", language, n="1")
    assert squeezed(counted) in squeezed(letter.plain)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_that_look_like_tags_stay_words(post: Post, language: str) -> None:
    letter = post.letter(language)
    assert ROUGH in letter.plain
    assert ROUGH not in letter.html
    assert ROUGH in Seen(letter.html).text
    assert "script" not in {tag for tag, _ in Seen(letter.html).tags}


def test_a_name_cannot_pass_for_the_place_of_the_reader_s_own_link(post: Post) -> None:
    ward = replace(post.reading.ward, name=f"Phường {UNSUBSCRIBE}")
    letter = post.without(ward=ward)
    assert letter.html.count(UNSUBSCRIBE) == 1
    assert letter.plain.count(UNSUBSCRIBE) == 1
    assert letter.plain.splitlines()[-1] == UNSUBSCRIBE


def test_a_name_cannot_turn_the_rest_of_its_line_round(post: Post) -> None:
    ward = replace(post.reading.ward, name="Phường \u202egnuởhP\u202c")
    letter = post.without(ward=ward)
    assert "Phường gnuởhP" in letter.plain
    assert not set(map(chr, range(0x202A, 0x202F))) & {*letter.plain, *letter.html}


class Unbroken(HTMLParser):
    """Words of so many letters that stand where no mail program may break them."""

    def __init__(self, html: str, most: int) -> None:
        super().__init__()
        self.found: list[str] = []
        self._most, self._open = most, [("", False)]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "img", "wbr"):
            style = (dict(attrs).get("style") or "").replace(" ", "")
            may = "word-break:break-all" in style and "overflow-wrap:anywhere" in style
            hidden = "display:none" in style
            self._open.append((tag, may or hidden or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, may = self._open[-1]
        if not may and tag not in ("style", "title"):
            self.found += [word for word in data.split() if len(word) > self._most]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_of_three_hundred_letters_may_be_broken_and_others_may_not(
    post: Post, language: str
) -> None:
    long = "<b>&" + "Đ" * 300
    lists = post.reading.lists
    person = replace(lists.people[0], name=long, unit=long)
    hubs = tuple(replace(one, name=long) for one in lists.hubs)
    standings = post.reading.hubs and replace(post.reading.hubs, standings=tuple(
        replace(one, hub=replace(one.hub, name=long)) for one in post.reading.hubs.standings))
    letter = post.without(
        language, ward=replace(post.reading.ward, name=long), hubs=standings,
        lists=replace(lists, people=(person, *lists.people[1:]), hubs=hubs),
    )  # fmt: skip
    assert Unbroken(letter.html, 40).found == []
    assert long in Seen(letter.html).text
    assert "break-all" not in re.sub("<style>.*?</style>", "", post.letter(language).html)


def test_a_hub_s_code_stays_in_one_line(post: Post) -> None:
    tags = Seen(post.letter("en").html).tags
    codes = [attrs["style"] for tag, attrs in tags if attrs.get("class") == "code"]
    assert codes
    assert {str(style).replace(" ", "") for style in codes} == {"white-space:nowrap"}


def test_what_is_overdue_since_yesterday_evening_is_not_called_in_time() -> None:
    told = {n: sections._lateness(n, "en") for n in (0, 1, 8)}
    assert told == {0: "less than a working day late", 1: "1 working day late",
                    8: "8 working days late"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_light_and_needs_nothing_from_elsewhere(post: Post, language: str) -> None:
    letter = post.letter(language, public_url="https://ioc.example.vn")
    assert len(letter.html.encode()) < page.MOST_BYTES
    tags = Seen(letter.html).tags
    assert not {"link", "script", "iframe", "form", "object"} & {tag for tag, _ in tags}
    sources = [attrs["src"] for tag, attrs in tags if tag == "img"]
    assert sources == [f"cid:{part.cid}" for part in letter.parts if part.inline]
    assert "url(" not in letter.html
    assert all(attrs.get("alt") for tag, attrs in tags if tag == "img")


def test_dark_mode_and_phones_keep_their_rules_and_each_element_its_style(post: Post) -> None:
    html = post.letter().html
    assert "prefers-color-scheme" in html
    assert "max-width" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    (sheet,) = [attrs for tag, attrs in Seen(html).tags if attrs.get("class") == "sheet"]
    assert "max-width:600px" in (sheet["style"] or "").replace(" ", "")


def test_arabic_runs_from_the_right_and_numbers_keep_their_order(post: Post) -> None:
    letter = post.letter("ar")
    tags = Seen(letter.html).tags
    assert dict(tags)["html"] | {"style": ""} == {"lang": "ar", "dir": "rtl", "style": ""}
    signed = re.findall(r"<bdi([^>]*)>[+\u2212]", letter.html)
    assert signed
    assert all('dir="ltr"' in one or 'dir="rtl"' in one for one in signed)
    assert re.search(r"\u2066[+\u2212]\d", letter.plain)


def test_links_lead_to_the_same_dossiers_and_only_where_people_can_go(post: Post) -> None:
    linked = post.letter(public_url="https://ioc.example.vn/").html
    ways = [attrs["href"] or "" for tag, attrs in Seen(linked).tags if tag == "a"]
    assert len(ways) > 10
    assert all(way.startswith("https://ioc.example.vn/") and "lang=vi" in way for way in ways)
    assert "href" not in post.letter().html
    assert "http" not in post.letter().plain


def test_a_hub_s_letter_tells_of_that_hub_only(post: Post) -> None:
    asked = wish("en", hub_ids=("old",), public_url="https://ioc.example.vn")  # merged into "one"
    own = take(post.engine, asked)
    assert own.hub_ids == ("one",)
    letter = write(own, asked, check(own, NOW, "en"), final=True)
    with reading(post.engine) as connection:
        scope = Scope("w1", own.today, own.today + timedelta(1), hubs=frozenset({"one"}))
        number = numbers_of(connection, find_ward(connection), scope, NOW, ["overdue"])
    assert own.overdue is not None
    assert own.overdue.total == number.numbers["overdue"].value
    assert post.reading.overdue is not None
    assert own.overdue.total < post.reading.overdue.total
    assert "V-1" not in letter.plain
    assert "Đường Đông Ngạc" not in letter.plain
    assert letter.scope == "old"  # as it was asked for
    ways = [attrs["href"] or "" for tag, attrs in Seen(letter.html).tags if tag == "a"]
    assert "https://ioc.example.vn/campaign?hubs=TDP-01&lang=en" in ways
    assert "https://ioc.example.vn/explore?by=hub&hub=TDP-01&lang=en" in ways
    assert all("TDP-01" in way for way in ways
               if "/dossier/" not in way and "/plan?" not in way)  # fmt: skip
    assert letter.subject.startswith("Tổ dân phố số 1 · 3 Sep · ")


def test_the_ward_s_plan_is_no_news_of_hubs_and_says_whose_it_is(post: Post) -> None:
    assert any(one.late for one in post.reading.plan or ())
    own = replace(post.reading, hub_ids=("one",), figures=(), board=None)
    ward = replace(post.reading, figures=(), board=None)
    assert "plan" in {topic for fact in news.chosen(ward) for topic in fact.topics}
    assert "plan" not in {topic for fact in news.chosen(own) for topic in fact.topics}
    assert "Action plan of the ward" in post.letter("en").plain


def test_a_morning_letter_tells_of_the_working_day_before(post: Post) -> None:
    early = take(post.engine, wish("en", as_of=MORNING))
    assert (early.told.isoformat(), early.before.isoformat()) == ("2026-08-28", "2026-08-27")
    assert early.finished
    assert not post.reading.finished
    assert post.reading.told == post.reading.today


def test_only_the_sections_that_were_asked_for_are_there(post: Post) -> None:
    asked = wish("en", sections=("hubs", "numbers"))
    found = take(post.engine, asked)
    letter = write(found, asked, check(found, NOW, "en"))
    shown = Seen(letter.html).text
    assert "The numbers" in shown
    assert "Action plan" not in shown
    assert not letter.parts
    assert letter.sections == "hubs,numbers"


def test_what_should_wait_is_written_only_after_its_deadline(post: Post) -> None:
    lacking = replace(post.reading, failed=("plan",), plan=None, drawn={})
    findings = check(lacking, NOW, "en")
    assert findings.holds
    with pytest.raises(Problem, match="held"):
        write(lacking, wish("en"), findings)
    letter = write(lacking, wish("en"), findings, final=True)
    first = "Missing from this letter: Action plan of the ward."
    assert letter.plain.startswith(f"! {first}")
    assert first in Seen(letter.html).text
    assert letter.subject.endswith(" · incomplete")
    assert letter.missing == ("plan",)


def test_every_section_s_words_are_there(post: Post) -> None:
    assert post.reading.failed == ()
    assert {block.section for block in laid(post, "en").blocks} == set(SECTIONS)
    plain = post.letter("en").plain
    assert "Households visited" in plain
    assert "Items: 3; done: 0; late: 1; without an owner: 1." in plain
    assert "only the 1 of 3" in plain or "The hubs of this letter" in plain


def test_a_letter_that_would_be_cut_off_goes_without_its_tables_links(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = sections.laid_out(
        post.reading, post.findings("en"), "en", "https://ioc.example.vn/" + "x" * 800
    )
    with_ways = page.html(edition)
    monkeypatch.setattr(page, "MOST_BYTES", 60_000)
    without = page.html(edition)
    assert len(without) < len(with_ways)
    assert "See all overdue dossiers" in without
