"""The scenes say what the snapshot holds, in every state and language, and nothing private."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from plotly.io.json import to_json_plotly

from ops_center.metrics.snapshot import Snapshot
from ops_center.web import scenes
from ops_center.web.pages import wall
from ops_center.web.parts import short_codes
from tests.browser.sample import CASES, sample
from tests.web import campaign_boards as boards

MOST = 5000  # bytes of an update, packed


def drawn(snapshot: Snapshot, language: str = "vi", scene: str = "overview") -> dict[str, Any]:
    return json.loads(to_json_plotly(scenes.draw(scene, snapshot, language, "dark")))  # type: ignore[no-any-return]


def words(part: Any) -> str:
    """All text in it."""
    if isinstance(part, dict):
        return " ".join(words(one) for one in part.values())
    if isinstance(part, list):
        return " ".join(words(one) for one in part)
    return "" if part is None else str(part)


def first_cell(snapshot: Snapshot) -> list[str]:
    found: list[list[str]] = json.loads(drawn(snapshot, scene="hubs")["hubs-grid"]["data-cells"])
    return found[0]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["vi", "en", "ar"])
def test_every_scene_is_drawn_in_every_state(case: str, language: str) -> None:
    snapshot = sample(CASES[case])
    page = wall.layout({"lang": language}, {})
    there = set(page)
    for scene in scenes.SCENES:
        props = scenes.draw(scene, snapshot, language, "dark")
        assert set(props) <= there, "draws what the page does not have"
        packed = gzip.compress(to_json_plotly(props).encode(), 6)
        assert len(packed) <= MOST, scene
        shown = words(json.loads(to_json_plotly(props)))
        for wrong in ("None", "nan", "null", "N/A", "{"):
            assert wrong not in shown.replace("{}", ""), (scene, wrong)


def test_the_page_carries_its_first_reading() -> None:
    first = drawn(sample())
    page = wall.layout({}, first)
    assert page["overview-received-number"].children == "137"
    assert page["map-ground"].hideout["hubs"].keys() >= {"TDP-01", "TDP-48"}
    assert "wall loading" not in str(page)
    assert "wall loading" in str(wall.layout({}, {}))


def test_the_ticker_tells_field_and_hub_only() -> None:
    rows = drawn(sample())["ticker-rows"]["children"]
    shown = words([row["props"]["children"] for row in rows])
    assert "secret" not in shown
    assert "Tổ dân phố" in shown
    assert "14:32" in shown


def test_a_rate_is_judged_by_shape_and_word_against_its_target() -> None:
    props = drawn(sample())
    assert props["overview-on_time_rate"]["className"] == "panel tile watch"
    assert props["overview-on_time_rate-state"]["children"] == "Chưa đạt 100%"
    change, unit = props["overview-on_time_rate-change"]["children"]
    assert (change, unit["props"]["children"]) == ("+0,8", "điểm")


def test_overdue_is_judged_by_the_late_share() -> None:
    props = drawn(sample())
    assert "bad" in props["overview-overdue"]["className"]
    assert props["overview-overdue-state"]["children"] == "Tỷ lệ quá hạn: 6,1%"


def test_no_value_is_a_dash_and_never_zero_percent() -> None:
    props = drawn(sample(CASES["no data"]))
    assert props["overview-on_time_rate-number"]["children"] == "–"
    assert props["overview-on_time_rate-state"]["children"] == "Chưa có số liệu"
    assert props["overview-on_time_rate-spark"]["style"] == {}


@pytest.mark.parametrize(("total", "said"), [
    (1300, "vượt kế hoạch 320"), (980, "đúng kế hoạch"), (900, "chậm kế hoạch 80"),
])  # fmt: skip
def test_a_campaign_is_told_against_what_its_plan_asks_for_by_now(total: int, said: str) -> None:
    """As the cards of /campaign have it: 980 by this hour."""
    snapshot = sample()
    assert snapshot.campaign is not None
    changed = replace(snapshot, campaign=replace(snapshot.campaign, total=total))
    assert said in drawn(changed)["pace-title"]["children"]


@pytest.mark.parametrize(("day", "said"), [(-2, "bắt đầu"), (60, "kết thúc")])
def test_a_campaign_before_and_after_itself_is_said(day: int, said: str) -> None:
    snapshot = sample()
    assert snapshot.campaign is not None
    changed = replace(snapshot, campaign=replace(snapshot.campaign, day=day))
    assert said in drawn(changed)["header-campaign"]["children"]


def test_the_kind_of_day_is_said() -> None:
    assert drawn(sample(CASES["before opening"]))["header-day"]["children"] == "Mở cửa lúc 08:00"
    assert "Văn hoá" in drawn(sample(CASES["holiday"]))["header-day"]["children"]
    unnamed = replace(sample(CASES["holiday"]), holiday="compensatory")
    assert drawn(unnamed)["header-day"]["children"] == "Ngày nghỉ"
    assert drawn(sample())["header-day"]["children"] == ""


def test_closed_hubs_are_not_said_to_be_at_work() -> None:
    assert drawn(sample())["map-title"]["children"] == "48 điểm hoạt động"
    for case in ("before opening", "holiday"):
        assert drawn(sample(CASES[case]))["map-title"]["children"] == "48 điểm tiếp nhận"


def test_long_names_that_begin_alike_are_told_apart_by_their_codes() -> None:
    snapshot = sample(CASES["long names"])
    figure = drawn(snapshot, scene="timeliness")["overdue-hubs-figure"]["figure"]
    named = [note["text"] for note in figure["layout"]["annotations"][::2]]
    assert len({*named}) == len(named) > 1
    assert all(name.endswith("…") and name[:2].isdigit() for name in named)
    rows = drawn(snapshot)["ticker-rows"]["children"]
    places = [row["props"]["children"][3]["props"]["children"] for row in rows]
    assert all(place[:2].isdigit() for place in places)
    short = drawn(sample(), scene="timeliness")["overdue-hubs-figure"]["figure"]
    assert short["layout"]["annotations"][0]["text"].startswith("Tổ dân phố")


def test_without_a_campaign_no_panel_of_its_scene_is_bare() -> None:
    found = drawn(sample(CASES["no campaign"]), scene="campaign")
    for name in ("goals", "holding", "promised"):
        assert found[f"{name}-title"]["children"] and found[f"{name}-note"]["children"], name


def test_after_the_campaign_no_hub_holds_it_back_any_more() -> None:
    snapshot = sample()
    found = snapshot.on_the_wall
    assert found is not None
    ended = replace(found, board=boards.many(boards.DAYS[-1] + 3 * boards.DAY, 3))
    over = replace(snapshot, on_the_wall=ended)
    empty = replace(snapshot, on_the_wall=replace(ended, holding=()))
    assert drawn(snapshot, "en", "campaign")["holding-title"]["children"] == "Hubs that hold back"
    assert drawn(over, "en", "campaign")["holding-title"]["children"] == "Hubs that fell short"
    assert drawn(empty, "en", "campaign")["holding-note"]["children"] == "No hub fell short"


def test_a_silent_hub_is_not_a_hub_with_zero() -> None:
    snapshot = sample(CASES["quiet day"])
    assert first_cell(snapshot)[2:5] == ["–", "none", "chưa báo cáo"]
    zero = replace(snapshot, hubs=tuple(replace(hub, reported=True) for hub in snapshot.hubs))
    assert first_cell(zero)[2] == "0"
    assert first_cell(zero)[3] != "none"


@pytest.mark.parametrize(
    ("overdue", "rate", "n", "state", "said"),
    [
        (2, 1.0, 40, "bad", "2 quá hạn"),
        (0, 0.899, 40, "bad", "dưới 90%"),
        (0, 0.94, 40, "watch", "dưới 100%"),
        (0, 1.0, 40, "good", "ổn"),
        (0, 0.5, 9, "good", "ổn"),
        (0, None, 0, "good", "ổn"),
    ],
)
def test_a_hub_is_judged_by_the_same_borders_as_the_ward(
    overdue: int, rate: float | None, n: int, state: str, said: str
) -> None:
    snapshot = sample()
    hub = replace(
        snapshot.hubs[0], reported=True, overdue=overdue, on_time_rate=rate, on_time_n=n
    )
    assert first_cell(replace(snapshot, hubs=(hub,)))[3:5] == [state, said]


def test_numbers_keep_their_order_inside_arabic() -> None:
    title = drawn(sample(), "ar", "timeliness")["on-time-title"]["children"]
    assert "\u206691.2%\u2069" in title


@pytest.mark.parametrize(("codes", "short"), [
    (["TDP-01", "TDP-02"], ["01", "02"]), (["A1", "B2"], ["A1", "B2"]), (["TDP-7"], ["TDP-7"]),
    (["A", "A1"], ["A", "A1"]), ([], []),
])  # fmt: skip
def test_codes_lose_what_all_share(codes: list[str], short: list[str]) -> None:
    assert list(short_codes(codes).values()) == short


# --- the address -----------------------------------------------------------------------------


def test_what_the_address_asks_for_is_taken() -> None:
    wish = wall.read({"scenes": "hubs,overview", "every": "45", "lang": "ar", "theme": "light",
                      "metric": "overdue"})
    assert wish == wall.Wish(("hubs", "overview"), 45, "ar", "light", "overdue")


@pytest.mark.parametrize(("query", "said"), [
    ({"scenes": "nope,hubs"}, "nope"), ({"every": "x"}, "20"), ({"every": "1"}, "5"),
    ({"theme": "pink"}, "pink"), ({"lang": "fr"}, "fr"), ({"metric": "fun"}, "fun"),
    ({"every": "9" * 50}, "999"), ({"scenes": "<script>"}, "<script>"),
])  # fmt: skip
def test_what_cannot_be_used_falls_back_and_is_said(query: dict[str, str], said: str) -> None:
    wish = wall.read(query)
    assert len(wish.notes) == 1
    assert said in wish.notes[0]
    assert len(wish.notes[0]) < 120
    assert wish.scenes and wish.theme == "dark" and wish.language == "vi"


def test_the_first_scene_asked_for_is_the_one_shown() -> None:
    page = wall.layout({"scenes": "hubs,channels"}, {})
    assert "shown" in page["scene-hubs"].className
    assert "shown" not in page["scene-channels"].className
