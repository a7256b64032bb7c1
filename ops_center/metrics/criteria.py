"""A campaign's own criteria for its hubs, read from the campaign's board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ops_center.domain.evaluation import Indicator
from ops_center.metrics import pace
from ops_center.metrics.evaluation_sources import Asked, Parts, Read
from ops_center.metrics.evidence import Fact
from ops_center.metrics.ground import DAY
from ops_center.store.activities import told_days

ByHub = dict[str, list[Fact]]
Leagues = dict[str, tuple[pace.HubPace, ...]]
"""The hubs' paces by indicator, which most of the time goes into: worked out once."""


def read_criteria(asked: Asked, indicators: Iterable[Indicator]) -> Read:
    """The parts of each criterion for each hub; a hub without a target has no data for it."""
    found: Read = {}
    board = _board(asked)
    if board is None:
        return found
    leagues: Leagues = {}
    for indicator in indicators:
        facts = _facts(asked, board, indicator.source.top, leagues)
        for subject in asked.subjects:
            own = facts.get(subject.partition(":")[2], [])
            if own:
                top = round(sum(fact.counts for fact in own), 6)
                bottom = round(sum(fact.weighs for fact in own), 6)
                found[subject, indicator.code] = Parts(top, bottom)
    return found


def criterion_facts(asked: Asked, indicator: Indicator, subject: str) -> Iterator[Fact]:
    """The rows of one criterion at one hub: the campaign's indicators, or its days."""
    board = _board(asked)
    if board is not None:
        facts = _facts(asked, board, indicator.source.top, {})
        yield from facts.get(subject.partition(":")[2], [])


def _board(asked: Asked) -> pace.Board | None:
    return pace.find_board(
        asked.connection, asked.ward, asked.as_of, campaign_id=asked.campaign_id, forecasts=False
    )


def _facts(asked: Asked, board: pace.Board, word: str, leagues: Leagues) -> ByHub:
    if word == "team_reports":
        return _team_reports(asked, board)
    return _reported(board) if word == "reported" else _weighed(board, word, leagues)


def _weighed(board: pace.Board, word: str, leagues: Leagues) -> ByHub:
    """By weight, each indicator that has a target at the hub.

    A hub that was never heard has done nothing of it; where less is better, or nothing is asked
    of it, that would be praise for silence, and the indicator is left out.
    """
    found: ByHub = defaultdict(list)
    for one in board.paces:
        indicator = one.indicator
        if indicator.code not in leagues:
            leagues[indicator.code] = pace.league(board, indicator)
        for hub in leagues[indicator.code]:
            asks_nothing = indicator.lower_is_better or not hub.target
            if hub.last_reported is None and asks_nothing:
                continue
            share = _share(hub, indicator.lower_is_better) if word == "targets" else _kept(hub)
            if share is not None and hub.hub.id is not None:
                counts = round(indicator.weight * share, 6)
                found[hub.hub.id].append(
                    Fact(indicator.code, indicator.name, None, hub.hub.id, counts, indicator.weight)
                )
    return found


def _share(hub: pace.HubPace, lower_is_better: bool) -> float | None:
    """How much of its target the hub has reached, at most all of it."""
    if hub.target is None or hub.now is None:
        return None
    if lower_is_better:
        return 1.0 if hub.now <= hub.target else hub.target / hub.now
    return 1.0 if hub.now >= hub.target else max(hub.now, 0.0) / hub.target


def _kept(hub: pace.HubPace) -> float | None:
    """1 when the hub is where its plan wants it by now."""
    return None if hub.gap is None else float(hub.gap >= 0)


def _reported(board: pace.Board) -> ByHub:
    """Each working day up to today on which there was the hub; heard of whatever indicator.

    What stands, such as dossiers overdue, is known of every day: it is no report.
    """
    heard: dict[str, dict[date, bool]] = defaultdict(dict)
    for one in board.paces:
        if one.indicator.kind == "level" and one.indicator.metric is not None:
            continue
        heat = pace.heat(board, one.indicator)
        for hub, marks in zip(heat.hubs, heat.marks, strict=True):
            for day, works, mark in zip(heat.days, board.working, marks, strict=True):
                if works and mark in ("reported", "not_reported"):
                    own = heard[str(hub.id)]
                    own[day] = own.get(day, False) or mark == "reported"
    return _by_day(board, heard)


def _team_reports(asked: Asked, board: pace.Board) -> ByHub:
    """Each working day up to today on which there was the hub; told of by a team, whatever the
    topic. Where no team of the ward reports at all there is no data."""
    ground = board.ground
    assert ground is not None, "a board is read by find_board"
    first = board.campaign.starts_on
    last = min(board.today, board.campaign.ends_on)
    told = told_days(asked.connection, asked.ward.id, first, last + DAY)
    if not told:
        return {}
    hubs = {hub.id for hub in ground.counting if hub.id is not None} | set(told)
    days = [day for day, works in zip(ground.days, board.working, strict=True)
            if works and day <= board.today]  # fmt: skip
    return _by_day(board, {
        hub_id: {day: day in told.get(hub_id, ()) for day in days if day >= ground.begins(hub_id)}
        for hub_id in sorted(hubs)
    })


def _by_day(board: pace.Board, heard: Mapping[str, Mapping[date, bool]]) -> ByHub:
    """A row for each day. Today weighs only once it was told of: there is still time for it."""
    return {
        hub_id: [
            Fact(day.isoformat(), "", day, hub_id, float(was), 1.0)
            for day, was in sorted(own.items()) if was or day != board.today
        ]
        for hub_id, own in heard.items()
    }  # fmt: skip
