"""A campaign's own criteria for its hubs, read from the campaign's board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ops_center.domain.evaluation import Indicator
from ops_center.metrics import pace
from ops_center.metrics.evaluation_sources import Asked, Parts, Read
from ops_center.metrics.evidence import Fact

ByHub = dict[str, list[Fact]]


def read_criteria(asked: Asked, indicators: Iterable[Indicator]) -> Read:
    """The parts of each criterion for each hub; a hub without a target has no data for it."""
    found: Read = {}
    board = _board(asked)
    if board is None:
        return found
    for indicator in indicators:
        facts = _facts(board, indicator.source.top)
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
        yield from _facts(board, indicator.source.top).get(subject.partition(":")[2], [])


def _board(asked: Asked) -> pace.Board | None:
    return pace.find_board(
        asked.connection, asked.ward, asked.as_of, campaign_id=asked.campaign_id, forecasts=False
    )


def _facts(board: pace.Board, word: str) -> ByHub:
    return _reported(board) if word == "reported" else _weighed(board, word)


def _weighed(board: pace.Board, word: str) -> ByHub:
    """By weight, each indicator that has a target at the hub.

    A hub that was never heard has done nothing of it; where less is better, or nothing is asked
    of it, that would be praise for silence, and the indicator is left out.
    """
    found: ByHub = defaultdict(list)
    for one in board.paces:
        indicator = one.indicator
        for hub in pace.league(board, indicator):
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
    """1 when the hub is where its plan wants it today."""
    return None if hub.gap is None else float(hub.gap >= 0)


def _reported(board: pace.Board) -> ByHub:
    """Each working day up to today on which there was the hub; heard of whatever indicator.

    What stands, such as dossiers overdue, is known of every day: it is no report.
    """
    heard: dict[str, dict[int, bool]] = defaultdict(dict)
    for one in board.paces:
        if one.indicator.kind == "level" and one.indicator.metric is not None:
            continue
        heat = pace.heat(board, one.indicator)
        for hub, marks in zip(heat.hubs, heat.marks, strict=True):
            for place, mark in enumerate(marks):
                if board.working[place] and mark in ("reported", "not_reported"):
                    own = heard[str(hub.id)]
                    own[place] = own.get(place, False) or mark == "reported"
    days = board.paces[0].days if board.paces else ()
    return {
        hub_id: [
            Fact(days[place].isoformat(), "", days[place], hub_id, float(was), 1.0)
            for place, was in sorted(own.items())
        ]
        for hub_id, own in heard.items()
    }
