"""Filters of the rows' columns: an address and a grid's model say the same, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ops_center.i18n import LANGUAGES
from ops_center.web.address import spelled
from ops_center.web.where import CHOICES, DAYS, TEXTS, Wheres, model_of, of_model, parse, said
from tests.web.test_address import viewed

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
hours = st.none() | st.integers(0, 900).map(lambda tenths: tenths / 10)


def spans(ends: Any) -> Any:
    """First..last in order, at least one of them given."""

    def told(pair: tuple[Any, Any]) -> str:
        known = sorted(one for one in pair if one is not None)
        first, last = (known if len(known) == 2 else pair)
        return "..".join("" if one is None else one.isoformat() if isinstance(one, date)
                         else f"{one:g}" for one in (first, last))  # fmt: skip

    return st.tuples(ends, ends).filter(any_given).map(told)


def any_given(pair: tuple[Any, Any]) -> bool:
    return any(one is not None for one in pair)


filters = st.one_of(
    st.tuples(st.sampled_from(TEXTS), words),
    *(st.tuples(st.just(name), st.sampled_from(values)) for name, values in CHOICES.items()),
    st.tuples(st.sampled_from(DAYS), spans(days)),
    st.tuples(st.just("worked_minutes"), spans(hours)),
).map(lambda pair: f"{pair[0]}:{pair[1]}")


def test_a_filter_survives_the_address_and_the_grid() -> None:
    @examples(max_examples=60)
    @given(st.lists(filters, unique_by=lambda one: one.partition(":")[0], max_size=5))
    def holds(some: list[str]) -> None:
        where = tuple(sorted(some))
        assert of_model(model_of(where)) == where
        view, notes = viewed("")
        again, notes = viewed(urlsplit(spelled(view, where=where)).query)
        assert (again.where, notes) == (where, [])
        for one in where:
            for language in LANGUAGES:
                assert said(one, language)

    holds()


@pytest.mark.parametrize(
    "bad",
    ["", "code", "code:", "code: ", "code:" + "x" * 61, "applicant:N", "standing:none",
     "due_at:..", "due_at:2026-08-05..2026-08-01", "due_at:2026-02-30..", "due_at:..9999-12-31",
     "worked_minutes:5..4", "worked_minutes:1e9..", "worked_minutes:04..", "hub:a\nb",
     "status;DROP TABLE dossier:1"],
)  # fmt: skip
def test_what_is_no_filter_is_dropped_and_named(bad: str) -> None:
    assert bad not in Wheres()
    view, notes = viewed("where=" + bad.replace(";", "%3B").replace("\n", "%0A"))
    assert view.where == ()
    assert notes == (["address.unknown"] if bad.strip() else [])


def test_a_column_is_filtered_once() -> None:
    view, notes = viewed("where=code:1,code:2,standing:overdue")
    assert (view.where, notes) == (("code:1", "standing:overdue"), ["address.unknown"])


def test_before_and_after_leave_the_day_itself_out() -> None:
    def told(kind: str) -> tuple[str, ...]:
        return of_model({"due_at": {"type": kind, "dateFrom": "2026-08-01 00:00:00"}})

    assert told("lessThan") == ("due_at:..2026-07-31",)
    assert told("greaterThan") == ("due_at:2026-08-02..",)
    assert told("equals") == ("due_at:2026-08-01..2026-08-01",)
    assert told("inRange") == ("due_at:2026-08-01..",)


def test_a_comma_typed_is_no_second_filter() -> None:
    model = {"hub": {"type": "contains", "filter": "Tổ 1, code:2"}}
    assert of_model(model) == ("hub:Tổ 1 code:2",)
    assert parse("hub:Tổ 1 code:2").value == "Tổ 1 code:2"


def test_a_filter_is_told_in_words() -> None:
    assert said("worked_minutes:4..16.5", "vi") == "Phút làm việc: 4 – 16,5 giờ làm việc"
    assert said("standing:overdue", "en") == "Standing: Overdue"
    assert said("code:12", "en") == "Dossier code has “12”"
