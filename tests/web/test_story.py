"""A dossier, a hub, a number: each page tells how it came about, to whoever comes by any link."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dash import Dash, dcc, html

from ops_center.domain.path import Stage
from ops_center.i18n import LANGUAGES
from ops_center.metrics.catalog import METRICS
from ops_center.settings import Settings
from ops_center.web import due_steps
from ops_center.web.app import create_app
from ops_center.web.bundles import build_id
from ops_center.web.condition import Clock
from ops_center.web.live import Live
from ops_center.web.markup import written
from ops_center.web.pages import hubs
from ops_center.web.pulse import Pulse
from tests.fixtures.databases import opened, postgres_database
from tests.fixtures.small_ward import APPLICANT, NOW, ROUGH, STORIES, fill


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """The application on the small ward, at NOW."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("story") / "ward.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield from _served(f"sqlite:///{path}")
    else:
        server, template = (request.getfixturevalue(f"postgres_{n}") for n in ("url", "template"))
        with postgres_database(server, template) as url:
            yield from _served(url)


def _served(url: str) -> Iterator[Dash]:
    from ops_center.metrics import snapshot
    from ops_center.web import scenes

    with opened(url) as engine:
        fill(engine)
    settings = Settings(database_url=url)
    pulse = Pulse(settings, Clock(lambda: NOW, lambda: 1000.0))
    live = Live(pulse, build_id(), scenes.SCENES, scenes.draw, snapshot.take)
    yield create_app(settings, live=live)
    pulse.close()


def page(app: Dash, address: str) -> str:
    """The layout behind an address, as JSON text."""
    referrer = {"Referer": f"http://localhost{address}"}
    reply = app.server.test_client().get("/_dash-layout", headers=referrer)
    assert reply.status_code == 200, reply.text
    return json.dumps(reply.json, ensure_ascii=False)


def words_of(markup: str) -> list[str]:
    """The words between the tags of HTML text, as a browser reads them."""
    return [unescape(one).strip() for one in re.split("<[^>]*>", markup) if one.strip()]


def told(app: Dash, address: str) -> str:
    """The words of a page, without the marks that keep directions."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            walk(part.get("props", {}).get("children"))
            found.extend(words_of(part.get("props", {}).get("data-html", "")))
        elif isinstance(part, list):
            for one in part:
                walk(one)
        elif part is not None:
            found.append(str(part))

    walk(json.loads(page(app, address)))
    return re.sub("[\u2066-\u2069]", "", " ".join(found))


# ---------------------------------------------------------------- one dossier


def test_a_dossier_tells_step_by_step_how_its_due_time_came_about(app: Dash) -> None:
    words = told(app, "/dossier/portal/E-1?lang=en")
    assert "Received on Friday 28 Aug 2026 10:00." in words
    assert "5 working days (40 working hours): Wednesday 9 Sep 2026 10:00." in words
    assert "7 days off were skipped, 3 of them holidays" in words
    assert "compensatory day off" in words and "holiday: Quốc khánh" in words
    assert "That added 2 hours of working time: now Wednesday 9 Sep 2026 12:00." in words
    assert "Due Wednesday 9 Sep 2026 12:00" in words
    assert "Early: it ended on Thursday 3 Sep 2026 11:00" in words
    assert words.count("Received") >= 2  # as a step and in the timeline
    assert "Trần Văn Bình" in words


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("L-1", "Late: it ended on Thursday 27 Aug 2026 10:00, 1 day of working time"),
        ("O-1", "It was due on Friday 28 Aug 2026 10:00 and is"),
        ("D-1", "until Thursday 3 Sep 2026 17:30"),
        ("S-1", "It has been waiting for the citizen since Friday 28 Aug 2026 15:00"),
        ("W-1", "It waits for reception; its clock has not started."),
        ("G-1", "Its source gave the due time Thursday 10 Sep 2026 16:00"),
        ("R-1", "On time: it ended on Thursday 27 Aug 2026 16:00"),
    ],
)
def test_a_dossier_says_why_it_counts_as_it_does(app: Dash, code: str, sentence: str) -> None:
    assert sentence in told(app, f"/dossier/portal/{code}?lang=en")


def test_no_page_of_a_dossier_names_its_applicant(app: Dash) -> None:
    for code, language in zip(STORIES, itertools.cycle(LANGUAGES), strict=False):
        found = page(app, f"/dossier/portal/{quote(code, safe='')}?lang={language}")
        assert f'"{code}"' in found
        assert APPLICANT not in found and "Kín" not in found
        assert "N. T. K. Đ." in found


def test_the_steps_lead_to_the_due_time_that_counts(app: Dash) -> None:
    for code in STORIES:
        words = told(app, f"/dossier/portal/{quote(code, safe='')}?lang=en")
        assert "this due time was kept" not in words, code


def test_a_dossier_is_found_without_its_source_and_counts_at_the_merged_hub(app: Dash) -> None:
    words = told(app, "/dossier/R-1?lang=en")
    assert "TDP-01" in words and "OLD-9" not in words


@pytest.mark.parametrize(
    "address", ["/dossier/portal/NO-1", "/dossier/nobody/E-1", f"/dossier/x/{quote(ROUGH)}",
                "/dossier/portal/" + "9" * 5000, "/dossier/portal/%F0%9F%92%A9"],
)
def test_a_dossier_that_is_not_there_leads_on(app: Dash, address: str) -> None:
    assert "There is no such dossier" in told(app, f"{address}?lang=en")
    assert '"/explore?lang=en"' in page(app, f"{address}?lang=en")


# ---------------------------------------------------------------- hubs


def test_a_hub_opens_on_what_is_to_be_done_each_in_its_list(app: Dash) -> None:
    found = json.loads(page(app, "/hub/TDP-01?lang=en"))
    lists = {heading_of(one): sorted(codes_in(one)) for one in sections(found, "todo")}
    assert lists == {
        "Waiting for reception 1": ["W-1"],
        "Due today 2": ["A/B +1%", "D-1"],
        "Overdue 1": ["O-1"],
        "Supplement outstanding 1": ["S-1"],
        "Result not collected 1": ["R-1"],
    }


def sections(part: Any, kind: str) -> list[Any]:
    if isinstance(part, list):
        return [one for child in part for one in sections(child, kind)]
    if not isinstance(part, dict):
        return []
    if part["type"] == "Section" and kind in part["props"].get("className", "").split():
        return [part]
    return sections(part["props"].get("children"), kind)


def heading_of(section: Any) -> str:
    return " ".join(filter(None, texts(section["props"]["children"][0])))


def texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [one for child in part for one in texts(child)]
    if isinstance(part, dict):
        props = part["props"]
        return [*texts(props.get("children")), *words_of(props.get("data-html", ""))]
    return [] if part is None else [str(part).strip()]


def codes_in(section: Any) -> list[str]:
    return [one for one in texts(section) if one in STORIES]


def test_the_counts_of_a_worklist_are_those_of_their_metrics(app: Dash) -> None:
    client = app.server.test_client()
    reply = client.get("/api/why/due_today?period=today&hub=TDP-01&lang=en")
    assert 'class="why-number" dir="ltr">2<' in reply.text
    for name in ("waiting_reception", "overdue", "suspended", "awaiting_return"):
        reply = client.get(f"/api/why/{name}?period=today&hub=TDP-01&lang=en")
        assert 'class="why-number" dir="ltr">1<' in reply.text


def test_a_merged_hub_says_where_its_dossiers_are(app: Dash) -> None:
    words = told(app, "/hub/OLD-9?lang=en")
    assert "Hub OLD-9 was merged" in words and "count at Tổ dân phố số 1 now" in words
    assert '"/hub/TDP-01?lang=en"' in page(app, "/hub/OLD-9?lang=en")


def test_a_hub_that_is_not_there_offers_those_like_it(app: Dash) -> None:
    words = told(app, "/hub/ngac?lang=en")
    assert "There is no such hub" in words and "Đường Đông Ngạc" in words
    assert "TDP-02" in told(app, "/hub/tdp-02?lang=en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_hubs_can_be_searched_without_accents(app: Dash, language: str) -> None:
    found = page(app, f"/hubs?lang={language}")
    assert r'<tr data-search=\"tdp-02 duong dong ngac\">' in found
    assert "OLD-9" in found  # among those that merged


def test_a_hub_s_name_stays_words_in_the_list(app: Dash) -> None:
    found = page(app, "/hubs?lang=en")
    assert ROUGH not in found and escape(ROUGH) in found
    assert ROUGH in told(app, "/hubs?lang=en")


def test_a_rate_in_the_list_is_not_rounded_up_to_the_threshold_it_misses() -> None:
    assert "89%" in str(hubs._rate(0.896, 48, "en"))
    assert "99%" in str(hubs._rate(0.999, 1000, "en"))


# ---------------------------------------------------------------- why this number


def test_every_metric_can_say_why(app: Dash) -> None:
    client, languages = app.server.test_client(), itertools.cycle(LANGUAGES)
    for name in METRICS:
        question = f"period=2026-08-24..2026-09-03&lang={next(languages)}"
        reply = client.get(f"/api/why/{name}?{question}")
        assert (reply.status_code, reply.mimetype) == (200, "text/html"), name
        assert reply.text.startswith('<article class="why" data-close="')
        assert APPLICANT not in reply.text


def test_a_reason_shows_both_sides_of_the_line_and_leads_to_as_many_rows(app: Dash) -> None:
    client = app.server.test_client()
    shown = client.get("/api/why/on_time_rate?hub=TDP-01&lang=en").text
    assert ">66.7%<" in shown
    assert "Done early" in shown and "Done late" in shown
    assert 'href="/explore?hub=TDP-01&amp;rows=on_time_rate&amp;lang=en#rows"' in shown
    assert "Open the 3 dossiers behind it" in shown
    assert shown.count('href="/dossier/portal/') == 3


def test_a_panel_counts_what_is_sensitive_and_does_not_name_it(app: Dash) -> None:
    shown = app.server.test_client().get("/api/why/received?hub=TDP-02&lang=en").text
    assert "Open the 1 dossier behind it" in shown
    assert "X-1" not in shown


@pytest.mark.parametrize(
    ("question", "note"),
    [("hub=NOWHERE", "Dropped hub"), ("period=9999-01-01..0001-01-01", "they were exchanged"),
     (f"field={quote(ROUGH)}", "Dropped field"), ("hub=" + "x" * 10_000, "Dropped hub"),
     ("period=%27%3B%20DROP%20TABLE%20dossier", "Dropped period")],
)
def test_a_reason_says_what_of_its_address_it_dropped(
    app: Dash, question: str, note: str
) -> None:
    reply = app.server.test_client().get(f"/api/why/received?{question}&lang=en")
    assert reply.status_code == 200
    assert 'class="dropped"' in reply.text
    assert "<script>" not in reply.text
    assert note in told(app, f"/why/received?{question}&lang=en")


def test_a_path_of_days_adds_up_although_it_begins_within_a_minute() -> None:
    friday, monday = (datetime(2026, 11, day, tzinfo=UTC) for day in (13, 16))
    begun, noon, end = timedelta(hours=2.5, seconds=37), timedelta(hours=5), timedelta(hours=10.5)
    first = Stage(friday.date(), "working", (
        (friday + begun, friday + noon), (friday + noon + timedelta(hours=1.5), friday + end)
    ), 389)
    last = Stage(monday.date(), "working", ((monday + timedelta(hours=1), monday + begun),), 90)
    assert [due_steps._minutes(one) for one in (first, last)] == [390, 90]


@pytest.mark.parametrize("address", ["/why/received", "/hubs", "/hub/TDP-02", "/hub/none"])
def test_each_page_has_one_heading_above_all_others(app: Dash, address: str) -> None:
    heads = re.findall(r'"type": "(H[12])"', page(app, f"{address}?lang=en"))
    assert heads[0] == "H1" and heads.count("H1") == 1


def test_an_unknown_metric_is_answered_with_a_sentence(app: Dash) -> None:
    reply = app.server.test_client().get(f"/api/why/{quote(ROUGH, safe='')}?lang=en")
    assert reply.status_code == 404
    assert "There is no metric" in reply.text and "<script>" not in reply.text
    assert "There is no metric" in told(app, "/why/happiness?lang=en")


def test_the_walls_tiles_lead_to_their_reasons_and_are_no_input(app: Dash) -> None:
    found = page(app, "/wall?lang=en")
    for name, question in (("on_time_rate", "lang=en"), ("overdue", "period=today&lang=en")):
        assert f'"/why/{name}?{question}"' in found
    client = app.server.test_client()
    inputs = json.dumps([one["inputs"] for one in client.get("/_dash-dependencies").json])
    assert "overview-" not in inputs and "why" not in inputs


# ---------------------------------------------------------------- the frame


def test_links_go_on_in_the_language_and_colours_that_were_chosen(app: Dash) -> None:
    found = page(app, "/hub/TDP-01?lang=ar&theme=dark")
    assert '"/hubs?lang=ar&theme=dark"' in found
    assert r'\"/dossier/portal/O-1?lang=ar&amp;theme=dark\"' in found
    assert '"dir": "rtl"' in found


@pytest.mark.parametrize(("path", "theme"), [("/wall", "dark"), ("/hubs", "light"),
                                             ("/hub/TDP-01", "light"), ("/why/late", "light")])
def test_a_desk_is_light_and_a_wall_dark_and_each_page_has_its_name(
    app: Dash, path: str, theme: str
) -> None:
    text = app.server.test_client().get(f"{path}?lang=en").text
    assert f'data-theme="{theme}"' in text
    title = re.search("<title>(.*)</title>", text)
    assert title and title[1].endswith("Operations centre")
    assert ("–" in title[1]) == (path != "/wall")


def test_paths_below_a_page_that_takes_none_in_are_not_there(app: Dash) -> None:
    client = app.server.test_client()
    for path in ("/hub/", "/hubs/x", "/why/", "/walls"):
        assert client.get(path).status_code == 404


def test_what_is_not_there_is_404_on_a_page_that_helps(app: Dash) -> None:
    client = app.server.test_client()
    for path in ("/dossier/portal/none", "/dossier/none", "/dossier/elsewhere/E-1", "/hub/TDP-99",
                 "/why/happiness"):
        reply = client.get(path)
        assert (reply.status_code, reply.mimetype) == (404, "text/html"), path
        assert "_dash-config" in reply.text, path
    for path in ("/dossier/portal/E-1", "/dossier/E-1", "/hub/TDP-01", "/hub/tdp-01", "/why/late",
                 "/hubs", "/explore", "/wall"):
        assert client.get(path).status_code == 200, path


def test_a_page_without_its_database_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    for address in ("/hub/TDP-01", "/hubs", "/dossier/portal/E-1", "/why/late"):
        words = told(app, f"{address}?lang=en")
        assert "This page could not be drawn" in words and "Try again" in words
        assert "ops-center db upgrade" in words
        assert app.server.test_client().get(address).status_code == 200, "nobody knows"
    reply = app.server.test_client().get("/api/why/late?lang=en")
    assert reply.status_code == 503 and "ops-center db upgrade" in reply.text
    app.desk.live.pulse.close()


def test_markup_escapes_what_somebody_wrote() -> None:
    shown = html.P(["a < b", html.B(ROUGH), None, 3], className='x"y', hidden=False)
    assert written(shown) == (
        '<p class="x&quot;y">a &lt; b<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>3</p>'
    )
    with pytest.raises(TypeError, match="Input"):
        written(dcc.Input())
