"""Which hubs the wall calls the best and the worst."""

from __future__ import annotations

from ops_center.metrics.lines import ENOUGH, HubLine, ranked


def _line(id: str, rate: float, n: int = ENOUGH, overdue: int = 0) -> HubLine:
    return HubLine(
        id=id, code=id, name=id, sort_key=id, longitude=None, latitude=None, received_today=0,
        done_today=0, overdue=overdue, on_time_rate=rate, on_time_n=n, online_share=None,
        online_n=0, reported=True, last_at=None,
    )  # fmt: skip


def test_of_equal_hubs_that_with_fewer_overdue_dossiers_is_better() -> None:
    lines = [_line("a", 1.0, overdue=1), _line("b", 1.0), _line("c", 0.5), _line("d", 0.4)]
    best, worst = ranked(lines)
    assert best == ["b", "a"]
    assert worst == ["d", "c"]


def test_of_equal_hubs_that_with_more_behind_its_rate_is_better() -> None:
    best, _ = ranked([_line("a", 1.0), _line("b", 1.0, n=200)])
    assert best == ["b"]


def test_a_hub_with_too_few_dossiers_is_not_ranked() -> None:
    assert ranked([_line("a", 1.0, n=ENOUGH - 1)]) == ([], [])
