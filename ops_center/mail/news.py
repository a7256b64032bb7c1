"""What a letter says first: the three facts most worth a reader's minute, by size against usual.

Each fact weighs what its distance from the usual is worth: 1 is a day's ordinary ups and downs.
First comes the greatest change, then what most needs action, then the weightiest of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.mail import words
from ops_center.mail.reading import behind
from ops_center.mail.words import said
from ops_center.metrics.catalog import METRICS
from ops_center.store.wards import UNASSIGNED

if TYPE_CHECKING:
    from ops_center.mail.reading import Figure, Reading
    from ops_center.metrics.pace import Pace

SENTENCES = 3
_SAID_RATES = (
    "on_time_rate", "online_share", "end_to_end_share", "cashless_share", "e_result_share",
    "digitised_share", "satisfaction",
)  # fmt: skip
_PLACE = 80
"""So many letters of a place stand in the subject: what is behind them must be seen, too."""
_LEAST = 30
"""Below so many dossiers a rate's change is no news."""
_OF_THEMSELVES = {"overdue": 1.5, "on_time_rate": 1.3}
"""What leaders are asked about first weighs more than its numbers say."""


@dataclass(frozen=True)
class Fact:
    """`topics`: no two sentences tell of the same; `action`: somebody has to do something."""

    topics: tuple[str, ...]
    weight: float
    action: bool
    told: Callable[[str], str]


def sentences(reading: Reading, language: str) -> tuple[str, ...]:
    """At most three, the most newsworthy."""
    return tuple(fact.told(language) for fact in chosen(reading))


def chosen(reading: Reading) -> list[Fact]:
    """The facts that the sentences tell, in their order."""
    found = sorted(_facts(reading), key=lambda one: (-one.weight, one.topics))
    picked: list[Fact] = []
    changes, actions = ([one for one in found if one.action is kind] for kind in (False, True))
    for choice in (changes, actions, *[found] * SENTENCES):
        told = {topic for one in picked for topic in one.topics}
        new = next((one for one in choice if not told & set(one.topics)), None)
        if new is not None and len(picked) < SENTENCES:
            picked.append(new)
    return picked


def _facts(reading: Reading) -> Iterator[Fact]:
    for name in ("received", "done"):
        if (figure := reading.figure(name)) is not None:
            yield _flow(reading, figure)
    for name in _SAID_RATES:
        figure = reading.figure(name)
        if figure is not None and (fact := _rate(reading, figure)) is not None:
            yield fact
    yield from _overdue(reading)
    if (figure := reading.figure("due_soon")) is not None and figure.now.value:
        yield _due_soon(reading, figure)
    yield from _campaign(reading)
    yield from _plan(reading)


# ---------------------------------------------------------------- flows


def _flow(reading: Reading, figure: Figure) -> Fact:
    """Against what is usual on a working day; a day that is not over, against the one before."""
    n = int(figure.now.value or 0)
    usual = median(figure.usual) if figure.usual else float(figure.before.value or 0)
    weight = abs(n - usual) / _spread(figure.usual, usual)
    against = "usual" if figure.usual else "before"

    def told(language: str) -> str:
        way = "same" if n == round(usual) else "more" if n > usual else "less"
        if against == "usual" and not usual and n:
            way = "new"
        return said(
            f"letter.news.flow_{against}_{way}", language,
            name=said(f"metrics.{figure.name}.name", language),
            day=words.short_day(reading.told, language),
            dossiers=words.dossiers(n, language),
            usual=i18n.number(usual, language),
            share=i18n.percent(abs(n - usual) / usual, language, 0) if usual else "",
        )  # fmt: skip

    return Fact((figure.name,), weight, False, told)


def _spread(usual: tuple[int, ...], middle: float) -> float:
    """A day's ordinary distance from the middle; never less than chance alone gives."""
    apart = median(abs(one - middle) for one in usual) if usual else 0.0
    return max(1.4826 * apart, sqrt(middle), 1.0)


# ---------------------------------------------------------------- rates


def _rate(reading: Reading, figure: Figure) -> Fact | None:
    """The last 30 days against the period before, in units of what chance alone moves."""
    now, then = figure.now, figure.earlier
    if then is None or now.value is None or then.value is None:
        return None
    n, m = now.denominator or 0, then.denominator or 0
    if min(n, m) < _LEAST:
        return None
    share = ((now.numerator or 0) + (then.numerator or 0)) / (n + m)
    chance = sqrt(max(share * (1 - share), 0.25 / (n + m)) * (1 / n + 1 / m))
    moved = now.value - then.value
    weight = abs(moved) / chance * _OF_THEMSELVES.get(figure.name, 1.0) / 2

    def told(language: str) -> str:
        way = "same" if abs(moved) < 0.0005 else "up" if moved > 0 else "down"
        sentence = said(
            f"letter.news.rate_{way}", language,
            name=said(f"metrics.{figure.name}.name", language),
            value=i18n.percent(now.value, language),
            points=i18n.number(abs(100 * moved), language, 1),
        )  # fmt: skip
        return sentence + _aim(figure, language)

    return Fact((figure.name,), weight, False, told)


def _aim(figure: Figure, language: str) -> str:
    target, value = METRICS[figure.name].target, figure.now.value
    if target is None or value is None:
        return said("letter.news.end", language)
    shown = i18n.percent(target, language, 0)
    if figure.state == "good":
        return said("letter.news.reached", language, target=shown)
    missing = i18n.number(abs(100 * (target - value)), language, 1)
    return said("letter.news.short", language, target=shown, points=missing)


# ---------------------------------------------------------------- what has to be done


def _overdue(reading: Reading) -> Iterator[Fact]:
    figure = reading.figure("overdue")
    if figure is None or figure.now.value is None:
        return
    n, before = int(figure.now.value), int(figure.before.value or 0)
    moved = n - before
    weight = (abs(moved) / max(sqrt(before), 1.0) + sqrt(n) / 2) * _OF_THEMSELVES["overdue"]

    def told(language: str) -> str:
        if n == 0:
            return said("letter.news.overdue_none", language)
        way = "same" if moved == 0 else "more" if moved > 0 else "less"
        sentence = said(f"letter.news.overdue_{way}", language,
                        dossiers=words.dossiers(n, language),
                        moved=i18n.number(abs(moved), language))  # fmt: skip
        return sentence + _where(reading, language)

    yield Fact(("overdue",), weight, n > 0, told)


def _where(reading: Reading, language: str) -> str:
    """The hub and the official with the most."""
    parts = []
    hubs = [one for one in (reading.hubs.standings if reading.hubs else ()) if one.overdue]
    if len(hubs) > 1:
        most = max(hubs, key=lambda one: one.overdue)
        parts.append(said("letter.news.most", language, n=i18n.number(most.overdue, language),
                          name=words.hub_name(reading, str(most.hub.id), language)))  # fmt: skip
    owners = [one for one in (reading.overdue.owners if reading.overdue else ())
              if one.overdue and one.official_id]  # fmt: skip
    if len(owners) > 1:
        parts.append(said("letter.news.most", language,
                          n=i18n.number(owners[0].overdue, language),
                          name=words.person(reading, owners[0].official_id, language)))  # fmt: skip
    if not parts:
        return said("letter.news.end", language)
    where = i18n.text("letter.comma", language).join(parts)
    return said("letter.news.where", language, where=where)


def _due_soon(reading: Reading, figure: Figure) -> Fact:
    n = int(figure.now.value or 0)

    def told(language: str) -> str:
        span = i18n.duration(reading.ward.due_soon_minutes, language,
                             day_minutes=words.day_minutes(reading))  # fmt: skip
        return said("letter.news.due_soon", language, dossiers=words.dossiers(n, language),
                    span=span)  # fmt: skip

    return Fact(("due_soon",), sqrt(n) / 2, True, told)


# ---------------------------------------------------------------- campaign and plan


def _campaign(reading: Reading) -> Iterator[Fact]:
    board = reading.board
    if board is None or board.day.phase != "running":
        return
    gaps = [(gap, pace) for pace in board.paces if (gap := behind(pace)) is not None]
    for gap, pace in gaps:
        if gap < 0:
            topics = ("campaign", *([pace.indicator.metric] if pace.indicator.metric else []))
            kind = "above" if pace.indicator.lower_is_better else "behind"
            yield Fact(topics, 12 * -gap + 1, True, partial(_told_pace, kind, pace))
    if gaps and all(gap >= 0 for gap, _ in gaps):
        yield Fact(("campaign",), 1.0, False, partial(_on_pace, len(gaps)))


def _on_pace(count: int, language: str) -> str:
    return said("letter.news.campaign_on_pace", language, count=count,
                n=i18n.number(count, language))  # fmt: skip


def _told_pace(kind: str, pace: Pace, language: str) -> str:
    sentence = said(
        f"letter.news.campaign_{kind}", language, name=pace.indicator.words(language),
        now=words.of_pace(pace, pace.now, language),
        gap=words.gap_of_pace(pace, language, signed=False),
    )  # fmt: skip
    if pace.forecast is None or not pace.forecast.middle:
        return sentence + said("letter.news.end", language)
    return sentence + said(
        "letter.news.campaign_end", language,
        end=words.of_pace(pace, pace.forecast.middle[-1], language),
        target=words.target_of_pace(pace, language),
    )  # fmt: skip


def _plan(reading: Reading) -> Iterator[Fact]:
    if reading.hub_ids:  # the plan is the ward's: it stands in its section, and is no news of hubs
        return
    late = [one for one in reading.plan or () if one.late]
    unowned = [one for one in reading.plan or () if one.unowned]
    if not late and not unowned:
        return

    def told(language: str) -> str:
        return said("letter.news.plan", language, late=i18n.number(len(late), language),
                    unowned=i18n.number(len(unowned), language))  # fmt: skip

    yield Fact(("plan",), len(late) + len(unowned) / 2, True, told)


def hubs_with_overdue(reading: Reading) -> int:
    """How many known hubs have something overdue."""
    standings = reading.hubs.standings if reading.hubs else ()
    return sum(one.overdue > 0 and one.hub.id != UNASSIGNED for one in standings)


def subject(reading: Reading, language: str, *, stale: bool, missing: bool) -> str:
    """The news in one line: where, when, the campaign's day, on time, hubs with overdue ones."""
    head = "letter.subject.head_hubs" if reading.hub_ids else "letter.subject.head"
    parts = [i18n.text(head, language, place=_fitted(words.place(reading, language)),
                       day=words.short_day(reading.today, language))]  # fmt: skip
    day = reading.campaign_day
    if day is not None and day.phase == "running":
        parts.append(i18n.text("letter.subject.day", language, n=day.n, days=day.days))
    rate = reading.figure("on_time_rate")
    if rate is not None and rate.now.value is not None:
        parts.append(i18n.text("letter.subject.on_time", language,
                               share=i18n.percent(rate.now.value, language)))  # fmt: skip
    elif rate is not None and (received := reading.figure("received")) is not None:
        parts.append(i18n.text("letter.subject.received", language,
                               n=i18n.number(received.now.value, language)))  # fmt: skip
    if reading.hubs is not None and reading.overdue is not None:
        parts.append(_overdue_in_short(reading, language))
    parts += [i18n.text(f"letter.subject.{name}", language)
              for name, true in (("stale", stale), ("missing", missing)) if true]  # fmt: skip
    return " · ".join(" ".join(part.split()) for part in parts)


def _fitted(place: str) -> str:
    return place if len(place) <= _PLACE else place[: _PLACE - 1].rstrip() + "…"


def _overdue_in_short(reading: Reading, language: str) -> str:
    assert reading.overdue is not None
    hubs = hubs_with_overdue(reading)
    if len(reading.hub_ids) == 1 or (not hubs and reading.overdue.total):
        return i18n.text("letter.subject.overdue", language, count=reading.overdue.total,
                         n=i18n.number(reading.overdue.total, language))  # fmt: skip
    return i18n.text("letter.subject.hubs", language, count=hubs, n=i18n.number(hubs, language))
