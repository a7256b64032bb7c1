"""The campaign's criteria for each hub equal what the reports say, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from ops_center.metrics.choice import Choice, choose, subjects_of
from ops_center.metrics.evaluation import Scored, score, score_each
from ops_center.metrics.evaluation_sources import Asked
from ops_center.metrics.evidence import evidence
from ops_center.metrics.lists import find_lists
from ops_center.metrics.scheme import find_rules, read_rules
from ops_center.store.campaign_tables import campaign, hub_target, indicator, support_activity
from ops_center.store.session import writing
from ops_center.store.wards import Ward, find_ward
from tests.fixtures.small_ward import NOW, fill

RULES = find_rules(read_rules(), "campaign-45")
FIRST = date(2026, 8, 24)
# Monday to Friday; the National Day and its days off; Thursday 3 September
WORKED = [FIRST + timedelta(n) for n in (0, 1, 2, 3, 4, 10)]
VISITS = {"one": [10, 0, 20, None, 5, 7], "old": [None, None, None, 4, None, None],
          "two": [None, 2, None, None, None, None]}  # fmt: skip
TARGETS = {"one": 40.0, "two": 60.0}


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    fill(engine)
    with writing(engine, repeatable=True) as open_connection:
        _add_indicators(open_connection)
        yield open_connection


def _add_indicators(connection: Connection) -> None:
    """Visits, three times as heavy as problems raised, of which fewer are better."""
    found = connection.execute(select(campaign.c.id)).scalar_one()
    for code, topic, weight, target, lower in (
        ("visits", "households", 3, 100.0, False), ("problems", "problems_raised", 1, 4.0, True),
    ):  # fmt: skip
        connection.execute(insert(indicator).values(
            ward_id="w1", id=code, campaign_id=found, code=code, name=code, kind="count",
            topic_id=topic, target=target, split="given", weight=weight, lower_is_better=lower))
    for hub, target in TARGETS.items():
        connection.execute(insert(hub_target).values(
            ward_id="w1", indicator_id="visits", hub_id=hub, target=target))
        connection.execute(insert(hub_target).values(
            ward_id="w1", indicator_id="problems", hub_id=hub, target=2.0))
    for hub, days in VISITS.items():
        for day, amount in zip(WORKED, days, strict=True):
            if amount is not None:
                _report(connection, hub, day, "households", amount)
    _report(connection, "one", WORKED[0], "problems_raised", 8)
    # On a day that is not worked: it counts, but no report was asked for.
    _report(connection, "one", FIRST + timedelta(5), "households", 3)


def _report(connection: Connection, hub: str, day: date, topic: str, amount: int) -> None:
    connection.execute(insert(support_activity).values(
        ward_id="w1", hub_id=hub, day=day, topic_id=topic, amount=amount))


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return find_ward(connection)


def _choice(connection: Connection, ward: Ward) -> Choice:
    return choose(connection, ward, read_rules(), date(2026, 9, 3), kind="campaign")


def _parts(scored: Scored) -> dict[str, tuple[float | None, float | None]]:
    return {line.indicator.code: (line.parts.top, line.parts.bottom) for line in scored.lines}


def test_a_hub_s_targets_pace_and_reports_are_those_counted_by_hand(
    connection: Connection, ward: Ward
) -> None:
    choice = _choice(connection, ward)
    found = _parts(_score(connection, ward, choice, "hub:one"))
    visits = 10 + 0 + 20 + 5 + 7 + 4 + 3  # those of the hub that it swallowed, too
    assert visits == 49  # beyond its 40: all of the weight, and no more
    problems = 2 / 8  # four times what is allowed
    assert found["targets"] == (3 * 1.0 + 1 * problems, 4.0)
    assert found["pace"] == (3.0, 4.0)
    assert found["reporting"] == (6.0, 6.0)  # a 0 is a report


def test_a_silent_hub_has_reached_nothing_and_is_not_praised_for_few_problems(
    connection: Connection, ward: Ward
) -> None:
    found = _parts(_score(connection, ward, _choice(connection, ward), "hub:two"))
    assert found["targets"] == (3 * 2 / 60, 3.0)
    assert found["pace"] == (0.0, 3.0)
    assert found["reporting"] == (1.0, 5.0), "five days are over; today has time"


def test_a_dossier_is_no_report_of_a_team(connection: Connection, ward: Ward) -> None:
    """Counted from the raw rows: days with a report of any topic, those of merged hubs too."""
    found = connection.execute(select(campaign.c.id)).scalar_one()
    connection.execute(insert(indicator).values(
        ward_id="w1", id="came", campaign_id=found, code="came", name="came", kind="count",
        metric="received", target=40.0, split="none", weight=1))
    _report(connection, "two", WORKED[3], "members", 0)  # a topic of no indicator; 0 is a report
    choice = _choice(connection, ward)
    rows = connection.execute(select(support_activity.c.hub_id, support_activity.c.day)).all()
    for hub, own in (("one", ("one", "old")), ("two", ("two",))):
        days = {day for at, day in rows if at in own} & set(WORKED)
        asked = len(WORKED) - (WORKED[-1] not in days)
        parts = _parts(_score(connection, ward, choice, f"hub:{hub}"))["reporting"]
        assert parts == (len(days), asked)
    assert parts == (2.0, 5.0)
    anything = _heard_at(connection, ward, "two")
    assert anything[0] > parts[0], "its dossiers are heard on other days, too"


def _heard_at(connection: Connection, ward: Ward, hub: str) -> tuple[float, float]:
    """By the source that takes whatever happens for a report."""
    choice = _choice(connection, ward)
    boards = [
        replace(board, indicators=tuple(
            replace(one, source=replace(one.source, top="reported"))
            if one.source.top == "team_reports" else one for one in board.indicators
        )) for board in choice.rules.boards
    ]  # fmt: skip
    rules = replace(choice.rules, boards=tuple(boards))
    found = _parts(score(connection, ward, rules, choice.period, f"hub:{hub}", NOW,
                         campaign_id=choice.campaign_id))["reporting"]  # fmt: skip
    assert found[0] is not None and found[1] is not None
    return found[0], found[1]


def test_where_no_team_reports_at_all_there_is_no_data(connection: Connection, ward: Ward) -> None:
    connection.execute(delete(support_activity))
    for hub in ("one", "two"):
        found = _score(connection, ward, _choice(connection, ward), f"hub:{hub}")
        assert _parts(found)["reporting"] == (None, None)


def test_what_stands_without_news_is_no_report(connection: Connection, ward: Ward) -> None:
    before = _heard_at(connection, ward, "two")
    found = connection.execute(select(campaign.c.id)).scalar_one()
    connection.execute(insert(indicator).values(
        ward_id="w1", id="late", campaign_id=found, code="late", name="late", kind="level",
        metric="overdue", target=40.0, split="none", weight=1, lower_is_better=True))
    assert before == _heard_at(connection, ward, "two") == (1.0, 5.0)


def test_a_hub_of_which_nothing_is_asked_has_reached_nothing_until_it_is_heard(
    connection: Connection, ward: Ward
) -> None:
    connection.execute(update(hub_target).where(hub_target.c.indicator_id == "visits",
                                                hub_target.c.hub_id == "two").values(target=0.0))
    silent = _parts(_score(connection, ward, _choice(connection, ward), "hub:two"))
    connection.execute(delete(support_activity).where(support_activity.c.hub_id == "two"))
    mute = _parts(_score(connection, ward, _choice(connection, ward), "hub:two"))
    assert silent["targets"] == silent["pace"] == (3.0, 3.0), "it was heard, and owes nothing"
    assert mute["targets"] == mute["pace"] == (None, None)
    assert mute["reporting"] == (0.0, 5.0)


def test_hubs_beside_each_other_are_as_each_alone_and_each_line_is_the_sum_of_its_rows(
    connection: Connection, ward: Ward
) -> None:
    choice = _choice(connection, ward)
    subjects = subjects_of(RULES, find_lists(connection, ward.id))
    together = score_each(connection, ward, choice.rules, choice.period, subjects, NOW,
                          campaign_id=choice.campaign_id)  # fmt: skip
    for one in together:
        assert _parts(one) == _parts(_score(connection, ward, choice, one.subject))
        asked = Asked(connection, ward, choice.rules, choice.period, (one.subject,), NOW,
                      choice.campaign_id)  # fmt: skip
        for line in one.lines:
            facts = evidence(asked, line.indicator)
            sums = sum(fact.counts for fact in facts), sum(fact.weighs for fact in facts)
            assert sums == pytest.approx((line.parts.top or 0, line.parts.bottom or 0))


def test_the_grade_follows_from_the_points_with_data(connection: Connection, ward: Ward) -> None:
    choice = _choice(connection, ward)
    one = _score(connection, ward, choice, "hub:one")
    assert one.grade is not None
    share = one.points / one.maximum
    expected = next(grade for grade in RULES.grades if share >= grade.share)
    assert one.grade == expected


def test_before_the_campaign_and_without_one_there_is_no_data(
    connection: Connection, ward: Ward
) -> None:
    choice = _choice(connection, ward)
    early = score(connection, ward, choice.rules, choice.period, "hub:one",
                  NOW - timedelta(days=40), campaign_id=choice.campaign_id)  # fmt: skip
    assert early.maximum == 0 and early.grade is None
    gone = score(connection, ward, choice.rules, choice.period, "hub:one", NOW,
                 campaign_id="none")  # fmt: skip
    assert _parts(gone)["targets"] == _parts(gone)["reporting"] == (None, None)


def _score(connection: Connection, ward: Ward, choice: Choice, subject: str) -> Scored:
    return score(connection, ward, choice.rules, choice.period, subject, NOW,
                 campaign_id=choice.campaign_id)  # fmt: skip
