"""A defect that concerns one dossier keeps that one from being summed, and no other."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from ops_center.domain.dossier import derive
from ops_center.metrics.catalog import MEASURES
from ops_center.store import clocks, rollup
from ops_center.store.aside import MOST, find_aside
from ops_center.store.rollup import Round
from ops_center.store.session import reading, writing
from ops_center.store.system import oldest_change
from ops_center.store.tables import change, dossier_clock
from tests.store.ward_of_two import NOW, assert_right, change_dossier, differences, rebuild, write

UNLUCKY = 13  # the fee of a dossier that the defect concerns


class Defect:
    """Something nobody foresaw, until it is mended."""

    mended = False

    def derive(self, facts: Any, *others: Any) -> Any:
        if facts.fee == UNLUCKY and not self.mended:
            raise ZeroDivisionError("nobody foresaw this")
        return derive(facts, *others)


@pytest.fixture
def defect(monkeypatch: pytest.MonkeyPatch) -> Defect:
    found = Defect()
    monkeypatch.setattr(clocks, "derive", found.derive)
    return found


def fill(engine: Engine, ward_id: str, unlucky: int = 1) -> None:
    with writing(engine) as connection:
        write(connection, ward_id, "good")
        for n in range(unlucky):
            write(connection, ward_id, f"bad-{n}", fee=UNLUCKY)


def one_round(engine: Engine, ward_id: str, later: float = 0) -> Round | None:
    with writing(engine, repeatable=True) as connection:
        now = NOW + timedelta(seconds=later)
        return rollup.refresh(connection, ward_id, MEASURES, now=now)


def summed(engine: Engine, ward_id: str) -> list[str]:
    with reading(engine) as connection:
        ids = select(dossier_clock.c.dossier_id).where(dossier_clock.c.ward_id == ward_id)
        return sorted(connection.execute(ids).scalars())


def marks(engine: Engine, ward_id: str) -> int:
    with reading(engine) as connection:
        count = select(func.count()).select_from(change).where(change.c.ward_id == ward_id)
        return int(connection.execute(count).scalar_one())


def test_the_others_are_summed_and_the_mark_of_the_failed_one_stays(
    shared: Engine, ward_id: str, defect: Defect, caplog: pytest.LogCaptureFixture
) -> None:
    fill(shared, ward_id)
    with caplog.at_level(logging.ERROR):
        assert one_round(shared, ward_id)
    assert summed(shared, ward_id) == ["good"]
    assert marks(shared, ward_id) == 1
    with reading(shared) as connection:
        (aside,) = find_aside(connection, ward_id)
        assert oldest_change(connection, ward_id) is None
    assert (aside.code, aside.reason) == ("bad-0", "ZeroDivisionError: nobody foresaw this")
    assert [record.message for record in caplog.records] == ["sum.set_aside"]


def test_it_is_tried_again_each_minute_and_said_once(
    shared: Engine, ward_id: str, defect: Defect, caplog: pytest.LogCaptureFixture
) -> None:
    fill(shared, ward_id)
    one_round(shared, ward_id)
    caplog.clear()
    assert one_round(shared, ward_id, later=59) is None
    assert one_round(shared, ward_id, later=61)
    assert one_round(shared, ward_id, later=100) is None
    assert not caplog.records
    defect.mended = True
    assert one_round(shared, ward_id, later=122)
    assert summed(shared, ward_id) == ["bad-0", "good"]
    with reading(shared) as connection:
        assert find_aside(connection, ward_id) == []
    assert_right(shared, ward_id)


def test_a_clock_set_back_does_not_keep_it_aside(
    shared: Engine, ward_id: str, defect: Defect
) -> None:
    fill(shared, ward_id)
    one_round(shared, ward_id)
    defect.mended = True
    assert one_round(shared, ward_id, later=-3600)
    assert summed(shared, ward_id) == ["bad-0", "good"]


def test_one_that_was_summed_before_keeps_what_is_written(
    shared: Engine, ward_id: str, defect: Defect
) -> None:
    defect.mended = True
    fill(shared, ward_id)
    one_round(shared, ward_id)
    defect.mended = False
    change_dossier(shared, ward_id, rating=5)
    one_round(shared, ward_id)
    assert summed(shared, ward_id) == ["bad-0", "good"]
    assert differences(shared, ward_id) == []  # late, not wrong


def test_too_many_are_no_accident_of_one_dossier(
    shared: Engine, ward_id: str, defect: Defect
) -> None:
    fill(shared, ward_id, unlucky=MOST + 1)
    with pytest.raises(ZeroDivisionError):
        one_round(shared, ward_id)
    assert summed(shared, ward_id) == []


def test_a_rebuild_goes_on_without_it_and_leaves_it_a_mark(
    shared: Engine, ward_id: str, defect: Defect
) -> None:
    fill(shared, ward_id)
    rebuild(shared, ward_id)
    assert summed(shared, ward_id) == ["good"]
    assert marks(shared, ward_id) == 1
    defect.mended = True
    rebuild(shared, ward_id)
    assert summed(shared, ward_id) == ["bad-0", "good"]
    with reading(shared) as connection:
        assert find_aside(connection, ward_id) == []


def test_a_check_names_one_that_can_no_longer_be_derived(
    shared: Engine, ward_id: str, defect: Defect
) -> None:
    defect.mended = True
    fill(shared, ward_id)
    one_round(shared, ward_id)
    defect.mended = False
    (found,) = differences(shared, ward_id)
    assert found.key == ("bad-0",) and "nobody foresaw this" in str(found.expected)
