"""`ops-center metrics`: shapes of the answer, and names that are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from ops_center.i18n import Problem
from ops_center.metrics.command import Wish, answer
from ops_center.metrics.reading import read
from ops_center.metrics.scope import Scope
from ops_center.store.wards import Ward
from tests.metrics.world import FIRST, now


def asked(connection: Connection, ward: Ward, language: str = "en", **wish: Any) -> str:
    return answer(connection, Wish(ward=ward.id, **wish), now=now(ward), language=language)


def test_json_tells_as_of_revision_scope_and_each_number(
    connection: Connection, ward: Ward
) -> None:
    first = FIRST[ward.id]
    last = first + timedelta(days=9)
    told = json.loads(asked(
        connection, ward, names=("on_time_rate", "received"), shape="json", first=str(first),
        last=str(last), hubs=("TDP-a", "TDP-merged"), channels=("online",),
    ))  # fmt: skip
    assert list(told) == ["as_of", "revision", "scope", "metrics"]
    assert told["scope"]["hubs"] == ["TDP-a", "TDP-b"]
    assert told["scope"]["channel_levels"] == ["online_end_to_end", "online_partial"]
    scope = Scope(ward.id, first, last, frozenset("ab"), channel_levels=frozenset(
        {"online_partial", "online_end_to_end"}))  # fmt: skip
    number = read(connection, ward, scope, now(ward)).numbers["on_time_rate"]
    assert told["metrics"]["on_time_rate"] == {
        "value": number.value, "numerator": number.numerator,
        "denominator": number.denominator, "unit": "ratio",
    }  # fmt: skip


def test_with_by_json_is_a_list_with_keys(connection: Connection, ward: Ward) -> None:
    told = json.loads(asked(connection, ward, names=("open",), by=("hub", "day"), shape="json"))
    assert {frozenset(one["key"]) for one in told} == {frozenset({"hub", "day"})}
    assert {one["key"]["hub"] for one in told} == {"TDP-a", "TDP-b", "TDP-c", "unassigned"}


def test_csv_has_a_line_for_each_group_and_metric(connection: Connection, ward: Ward) -> None:
    lines = asked(connection, ward, names=("open", "p90_time"), by=("hub",), shape="csv").split(
        "\n"
    )
    assert lines[0] == "hub,metric,value,numerator,denominator,unit"
    assert len(lines) == 1 + 2 * 4


def test_officials_are_told_by_name(connection: Connection, ward: Ward) -> None:
    told = json.loads(asked(connection, ward, names=("done",), by=("official",), shape="json"))
    assert [one["key"]["official"] for one in told] == [None, "Lê An", "Lê Bình"]


def test_without_the_roll_up_the_answer_is_the_same(connection: Connection, ward: Ward) -> None:
    for by in ((), ("field",), ("week",)):
        summed = asked(connection, ward, by=by, shape="csv")
        assert asked(connection, ward, by=by, shape="csv", rollup=False) == summed


@pytest.mark.parametrize("language", ["vi", "en", "ar"])
def test_a_table_names_every_metric_in_the_language(
    connection: Connection, ward: Ward, language: str
) -> None:
    lines = asked(connection, ward, language).splitlines()
    assert len(lines) > 40
    assert lines[0].startswith("carried ")


def test_language_changes_no_number(connection: Connection, ward: Ward) -> None:
    assert asked(connection, ward, "ar", shape="json") == asked(connection, ward, shape="json")


def test_as_of_a_day_is_its_start_and_a_time_is_local(connection: Connection, ward: Ward) -> None:
    day = str(FIRST[ward.id] + timedelta(days=3))
    for typed in (day, f"{day}T00:00"):
        told = json.loads(asked(connection, ward, names=("open",), as_of=typed, shape="json"))
        assert told["as_of"].startswith(f"{day}T00:00:00+")


@pytest.mark.parametrize(("wish", "words"), [
    ({"names": ("on_time_rat",)}, "on_time_rate"),
    ({"by": ("hubs",)}, "hub"),
    ({"by": ("day", "week")}, "day, week"),
    ({"hubs": ("merge",)}, "merged"),
    ({"fields": ("hotich",)}, "ho-tich"),
    ({"procedures": ("1.00119",)}, "1.001193"),
    ({"channels": ("onlin",)}, "online"),
    ({"first": "31/08/2026"}, "2026-08-31"),
    ({"as_of": "yesterday"}, "2026-08-31T14:30"),
    ({"first": "2026-08-31", "last": "2026-08-31"}, "--to"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_the_remedy(
    connection: Connection, ward: Ward, wish: dict[str, Any], words: str
) -> None:
    with pytest.raises(Problem) as caught:
        asked(connection, ward, **wish)
    for language in ("vi", "en", "ar"):
        assert words in caught.value.text(language)


def test_the_command_starts_without_heavy_libraries() -> None:
    """Each would cost more time than the answer."""
    heavy = ["pandas", "numpy", "dash", "plotly", "shapely", "apscheduler", "alembic", "babel"]
    code = (
        "import sys, ops_center.cli, ops_center.metrics.command, ops_center.store.session\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
