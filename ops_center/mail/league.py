"""The campaign's hubs by their pace: who is furthest behind, and what each adds to the shortfall.

Of the indicator that is furthest behind its plan among those whose target is split among hubs; the
same league as the screen's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.mail import words
from ops_center.mail.edition import Cell, Column, Table
from ops_center.mail.reading import behind
from ops_center.mail.words import said
from ops_center.store.wards import UNASSIGNED

if TYPE_CHECKING:
    from ops_center.mail.links import Links
    from ops_center.mail.reading import Reading
    from ops_center.metrics.pace import HubPace, Pace

ALL, WORST, BEST = 8, 5, 3
"""So few hubs are all in one table; of more the furthest behind and the furthest ahead."""
TOP = 3
"""So many hubs are said to make up a part of the shortfall."""


def tables(reading: Reading, language: str, links: Links) -> Iterator[Table]:
    """None where there is one hub only, or no indicator's target is split among them."""
    pace, lines = compared(reading)
    if pace is None:
        return
    head = _columns(language)
    for name, caption, some in _parted(reading, pace, lines, language):
        rows = tuple(_row(reading, pace, one, language, links) for one in some)
        yield Table(name, caption, head, rows)


def compared(reading: Reading) -> tuple[Pace | None, Sequence[HubPace]]:
    """The indicator whose hubs are compared, and those with a gap, the furthest behind first."""
    from ops_center.metrics.pace import league

    board = reading.board
    if board is None or board.day.phase == "before":
        return None, ()
    gaps = [(gap, pace) for pace in board.paces if (gap := behind(pace)) is not None]
    for _, pace in sorted(gaps, key=lambda one: one[0]):
        lines = [one for one in league(board, pace.indicator) if one.gap is not None]
        if len(lines) > 1:
            return pace, lines
    return None, ()


def _parted(
    reading: Reading, pace: Pace, lines: Sequence[HubPace], language: str
) -> Iterator[tuple[str, str, Sequence[HubPace]]]:
    finding = found(reading, pace, lines, language)
    if len(lines) <= ALL:
        yield "league", finding, lines
        return
    yield "league", finding, lines[:WORST]
    best = [one for one in lines[-BEST:] if (one.gap or 0) >= 0]
    if best:
        yield "league_best", said(f"letter.league.best{_over(reading)}", language), best[::-1]


def found(reading: Reading, pace: Pace, lines: Sequence[HubPace], language: str) -> str:
    """How many are behind, and how much of the shortfall the first of them make up."""
    name, over = pace.indicator.words(language), _over(reading)
    late = [one for one in lines if (one.gap or 0) < 0]
    if not late:
        return said(f"letter.league.none_behind{over}", language, name=name, count=len(lines))
    if len(late) <= TOP:
        return said(f"letter.league.behind{over}", language, name=name, count=len(late),
                    total=str(len(lines)))  # fmt: skip
    most = sorted((one.share_of_shortfall or 0.0 for one in late), reverse=True)[:TOP]
    return said(f"letter.league.behind_most{over}", language, name=name, count=len(late),
                total=str(len(lines)), top=str(TOP),
                share=i18n.percent(sum(most), language, 0))  # fmt: skip


def _over(reading: Reading) -> str:
    """The campaign's end leaves no plan by now, only the target."""
    assert reading.board is not None
    return "_over" if reading.board.day.phase == "after" else ""


def _columns(language: str) -> tuple[Column, ...]:
    heads = ("hub", "reached", "against_plan")
    return (
        *(Column(said(f"letter.column.{one}", language), one != "hub") for one in heads),
        Column(said("letter.league.share", language), number=True),
    )


def _row(
    reading: Reading, pace: Pace, one: HubPace, language: str, links: Links
) -> tuple[Cell, ...]:
    hub, ratio = one.hub, pace.indicator.kind == "ratio"
    known = hub.id != UNASSIGNED
    own = replace(pace, now=one.now, target=one.target, gap=one.gap)
    target = words.target_of_pace(own, language)
    return (
        Cell(words.hub_name(reading, str(hub.id), language), own=True,
             note=hub.code if known else "", href=links.campaign(hub.code) if known else ""),
        Cell(words.of_pace(own, one.now, language), own=True, value=one.now,
             share=ratio, note=said("letter.campaign.of", language, target=target)
             if one.target is not None else ""),
        Cell(words.gap_of_pace(own, language), own=True, state=one.state,
             note=words.pace_word(reading, one.state, language), value=words.over_plan(own),
             share=ratio),
        Cell(i18n.percent(one.share_of_shortfall or None, language, 0), own=True,
             value=one.share_of_shortfall, share=True),
    )  # fmt: skip
