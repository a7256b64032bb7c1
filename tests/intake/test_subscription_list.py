"""Readers come in as a list: each gets exactly the hubs of their scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.intake import templates
from ops_center.intake.subscription_list import keep_subscriptions
from ops_center.store.hubs import Hub, add_hub
from ops_center.store.people import add_person
from ops_center.store.session import reading, writing
from ops_center.store.subscriptions import (
    Subscription,
    list_subscriptions,
    pause,
    unsubscribe,
)
from ops_center.store.wards import Ward
from tests.fixtures.databases import opened
from tests.intake.given import planted, sheet

NOW = datetime(2026, 8, 13, 9, tzinfo=UTC)
LATER = datetime(2026, 8, 20, 9, tzinfo=UTC)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with opened(request.getfixturevalue(getattr(request, "param", "sqlite_url"))) as found:
        yield found


@pytest.fixture
def ward(engine: Engine) -> Ward:
    found = planted(engine)
    with writing(engine) as connection:
        for n in (1, 2, 3):
            add_hub(connection, Hub("w", f"TDP0{n}", f"Tổ dân phố số {n}", id=f"h{n}"))
    return found


def take(engine: Engine, ward: Ward, path: Path, now: datetime = NOW) -> Counter[str]:
    with writing(engine) as connection:
        return Counter(keep_subscriptions(connection, ward, path, "en", now))


def written(folder: Path, *lines: str) -> Path:
    path = folder / "readers.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def known(engine: Engine) -> dict[str, Subscription]:
    with reading(engine) as connection:
        return {f"{one.email} {one.local_time}": one for one in list_subscriptions(connection, "w")}


@pytest.mark.parametrize("engine", ["sqlite_url", "postgres_fresh_url"], indirect=True)
def test_the_template_comes_in_twice_the_second_time_without_effect(
    engine: Engine, ward: Ward
) -> None:
    path = templates.files()["subscriptions"]
    assert take(engine, ward, path) == {"added": 2}
    assert take(engine, ward, path, LATER) == {"unchanged": 2}
    hoa, nam = known(engine).values()
    assert (hoa.name, hoa.hub_ids, hoa.sections, hoa.days) == ("Nguyễn Thị Hoa", (), (), "daily")
    assert (hoa.workbook, hoa.report, nam.workbook) == (True, True, False)
    assert (nam.hub_ids, nam.days, nam.local_time) == (("h1", "h2"), "working", "07:30")
    assert nam.sections == ("numbers", "overdue", "campaign")
    assert {hoa.since, nam.since} == {NOW}


def test_vietnamese_words_are_understood(engine: Engine, ward: Ward, tmp_path: Path) -> None:
    path = written(
        tmp_path, "Thư điện tử;Họ tên;Phạm vi;Ngày;Giờ;Ngôn ngữ;Định dạng",
        "An@x.test;Trần An;Tổ dân phố số 2;cuối tháng;7h05;tiếng Anh;văn bản",
        "an@x.test;Trần An;toàn phường;thu,mon;17:30;vi;html",
    )  # fmt: skip
    take(engine, ward, path)
    first, second = known(engine).values()
    assert (first.hub_ids, first.days, first.local_time, first.language, first.format) == (
        ("h2",), "month_end", "07:05", "en", "text"
    )
    assert (second.hub_ids, second.days) == ((), "mon,thu")
    assert first.person_id == second.person_id


def test_what_a_list_does_not_say_stays(engine: Engine, ward: Ward, tmp_path: Path) -> None:
    take(engine, ward, written(tmp_path, "email,name,scope,report", "an@x.test,An,TDP03,1"))
    (one,) = known(engine).values()
    with writing(engine) as connection:
        pause(connection, "w", one.id)
    assert take(engine, ward, written(tmp_path, "email,language", "AN@x.test,ar"), LATER) == {
        "changed": 1
    }
    (after,) = known(engine).values()
    assert (after.hub_ids, after.report, after.language) == (("h3",), True, "ar")
    assert not after.active
    assert after.since == NOW


def test_a_list_brings_nobody_back_who_has_unsubscribed(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    path = written(tmp_path, "email,name,active", "an@x.test,An,1", "b@x.test,B,1")
    take(engine, ward, path)
    one = known(engine)["an@x.test 07:00"]
    with writing(engine) as connection:
        assert unsubscribe(connection, "w", one.id, NOW)
        pause(connection, "w", known(engine)["b@x.test 07:00"].id)
    said: list[str] = []
    with writing(engine) as connection:
        kept = keep_subscriptions(connection, ward, path, "en", LATER, said.append)
    assert kept == {"unchanged": 1, "changed": 1}
    assert said == ["An <an@x.test> has unsubscribed and stays so. If they ask for letters again: "
                    f"ops-center letter resume {one.id[:8]}"]  # fmt: skip
    after = known(engine)
    assert not after["an@x.test 07:00"].active
    assert after["an@x.test 07:00"].unsubscribed_at == NOW
    assert after["b@x.test 07:00"].active


def test_a_known_person_gets_an_address_and_no_double(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        id = add_person(connection, "w", "Trần An", "Tổ 1")
    take(engine, ward, written(tmp_path, "email,name", "an@x.test,Trần An"))
    (one,) = known(engine).values()
    assert (one.person_id, one.email) == (id, "an@x.test")


def test_spreadsheets_spell_times_with_seconds(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    take(engine, ward, sheet(tmp_path / "r.xlsx", [["email", "time"], ["an@x.test", "06:45:00"]]))
    assert list(known(engine)) == ["an@x.test 06:45"]


@pytest.mark.parametrize("header, cell, told", [
    ("email", "an", "an"), ("scope", "TDP01; TDP99", "TDP99"), ("days", "often", "often"),
    ("time", "25:00", "25:00"), ("zone", "Asia/Nowhere", "Asia/Nowhere"),
    ("sections", "numbers; weather", "weather"), ("language", "fr", "fr"),
    ("format", "pdf", "pdf"), ("workbook", "maybe", "maybe"),
])  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_place_and_nothing_is_written(
    engine: Engine, ward: Ward, tmp_path: Path, header: str, cell: str, told: str
) -> None:
    right = "good@x.test"
    rows = ["email", right, cell] if header == "email" else [
        f"email,{header}", f"{right},", f"an@x.test,{cell}"
    ]
    with pytest.raises(Problem) as caught:
        take(engine, ward, written(tmp_path, *rows))
    for language in ("vi", "en", "ar"):
        assert told in caught.value.text(language)
    assert known(engine) == {}


def test_several_readers_of_one_address_have_each_their_hubs(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    path = written(
        tmp_path, "email,name,scope", "office@x.test,Hà,TDP01", "Office@x.test,Hạ,TDP02"
    )
    assert take(engine, ward, path) == {"added": 2}
    assert take(engine, ward, path, LATER) == {"unchanged": 2}
    with reading(engine) as connection:
        found = {one.name: one.hub_ids for one in list_subscriptions(connection, "w")}
    assert found == {"Hà": ("h1",), "Hạ": ("h2",)}


@pytest.mark.parametrize("rows, told", [
    (["office@x.test,Hà,TDP01", "office@x.test,Hạ,TDP01"], "Hà"),
    (["office@x.test,Hà,TDP01", "office@x.test,,TDP02"], "office@x.test"),
    (["office@x.test,Hà,TDP01", "office@x.test,Hạ,TDP02", "office@x.test,,TDP03"], "Hà, Hạ"),
])  # fmt: skip
def test_a_row_that_repeats_a_letter_or_leaves_open_whose_it_is_refuses_the_list(
    engine: Engine, ward: Ward, tmp_path: Path, rows: list[str], told: str
) -> None:
    with pytest.raises(Problem) as caught:
        take(engine, ward, written(tmp_path, "email,name,scope", *rows))
    for language in ("vi", "en", "ar"):
        assert told in caught.value.text(language)
    assert known(engine) == {}


def test_the_same_reader_at_the_same_time_twice_is_refused(
    engine: Engine, ward: Ward, tmp_path: Path
) -> None:
    rows = ["email,time,scope", "an@x.test,07:00,TDP01", "an@x.test,07:00,TDP02"]
    with pytest.raises(Problem):
        take(engine, ward, written(tmp_path, *rows))
