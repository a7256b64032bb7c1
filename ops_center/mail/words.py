"""How a letter writes numbers, names and states: the same in HTML, in plain text and in files."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.store.wards import UNASSIGNED

if TYPE_CHECKING:
    from ops_center.mail.reading import Figure, Reading
    from ops_center.metrics.pace import Pace

MARKS = {"good": "●", "watch": "◆", "bad": "▲", "none": "○"}

_SMALL = 10
"""Below it a tenth counts."""
_FEW = 12
"""So many hubs are named in a row."""


def said(key: str, language: str, **values: object) -> str:
    """As `i18n.text`; in a right-to-left sentence numbers, dates and names keep their order."""
    if i18n.direction(language) == "rtl":
        values = {name: apart(value) if isinstance(value, str) else value
                  for name, value in values.items()}  # fmt: skip
    return i18n.text(key, language, **values)


def apart(value: str) -> str:
    """Names find their own direction; what has no letters is a number, and runs left to right."""
    if any(letter.isalpha() for letter in value):
        return i18n.isolate(value)
    return f"\u2066{value}\u2069"


def state_word(state: str, language: str) -> str:
    """`● đạt`; nothing for what is not judged."""
    if state == "none":
        return ""
    return f"{MARKS[state]}\u00a0{i18n.text(f'letter.state.{state}', language)}"


def pace_word(reading: Reading, state: str, language: str) -> str:
    """As `state_word`, of an indicator; while the campaign runs nothing is reached or missed."""
    if state == "none" or (reading.board is not None and reading.board.day.phase == "after"):
        return state_word(state, language)
    return f"{MARKS[state]}\u00a0{i18n.text(f'letter.pace.{state}', language)}"


def day(value: date | None, language: str) -> str:
    return i18n.day(value, language)


def short_day(value: date | None, language: str) -> str:
    return i18n.short_day(value, language)


def moment(reading: Reading, at: datetime | None, language: str) -> str:
    """An instant in the ward's own time."""
    return i18n.moment(at, reading.ward.zone, language)


def day_minutes(reading: Reading) -> int:
    """The working minutes of a day."""
    return round(reading.calendar.hours.day_length.total_seconds() / 60)


def value(reading: Reading, name: str, amount: float | None, language: str) -> str:
    """A metric's value in its unit."""
    unit = METRICS[name].unit
    if unit == "ratio":
        return i18n.percent(amount, language)
    if unit == "minutes":
        return i18n.duration(amount, language, day_minutes=day_minutes(reading))
    return i18n.number(amount, language, 1 if unit == "points" else 0)


def dossiers(n: int, language: str) -> str:
    """`1 dossier`, `12 dossiers`."""
    return said("letter.dossiers", language, count=n, n=i18n.number(n, language))


def aim(reading: Reading, name: str, target: float, language: str) -> str:
    """A metric's target in its unit; a share without needless decimals."""
    if METRICS[name].unit == "ratio":
        return share(target, language)
    return value(reading, name, target, language)


def share(ratio: float, language: str) -> str:
    """A target share: `60%`, `62,5%`."""
    return i18n.percent(ratio, language, 0 if round(1000 * ratio) % 10 == 0 else 1)


def change(reading: Reading, figure: Figure, language: str) -> str:
    """Signed, in the metric's unit; of a share in points."""
    moved, unit = figure.change, METRICS[figure.name].unit
    if moved is None:
        return i18n.MISSING
    if unit == "ratio":
        return points(moved, language)
    if unit == "minutes" and moved:
        size = i18n.duration(abs(moved), language, day_minutes=day_minutes(reading))
        return ("+" if moved > 0 else "\u2212") + size
    return i18n.points(moved, language, 0)


def points(share: float, language: str, *, signed: bool = True) -> str:
    """A difference of shares in percentage points."""
    size = 100 * share
    n = i18n.points(size, language) if signed else i18n.number(abs(size), language, 1)
    return said("letter.points", language, n=n)


def tendency(figure: Figure) -> str:
    """Whether the change is "better" or "worse"; "" where neither or no change."""
    better, moved = METRICS[figure.name].better, figure.change
    seen = 0.0005 if METRICS[figure.name].unit == "ratio" else 0.0
    if better is None or moved is None or abs(moved) <= seen:  # shown as no change
        return ""
    return "better" if (moved > 0) == (better == "up") else "worse"


def of_pace(pace: Pace, amount: float | None, language: str) -> str:
    """An indicator's value: a share as percent, a count whole, a level with a decimal if it has."""
    if amount is None:
        return i18n.MISSING
    if pace.indicator.kind == "ratio":
        return i18n.percent(amount, language)
    whole = pace.indicator.kind == "count" or abs(amount) >= _SMALL or _is_whole(amount)
    return i18n.number(round(amount) if whole else amount, language, 0 if whole else 1)


def of_day(amount: float, language: str) -> str:
    """So many a day; a tenth counts where there are few."""
    return i18n.number(amount, language, 1 if amount < _SMALL and not _is_whole(amount) else 0)


def _is_whole(amount: float) -> bool:
    return abs(amount - round(amount)) < 0.05


def target_of_pace(pace: Pace, language: str) -> str:
    """What the indicator should reach by the last day."""
    if pace.target is not None and pace.indicator.kind == "ratio":
        return share(pace.target, language)
    return of_pace(pace, pace.target, language)


def gap_of_pace(pace: Pace, language: str, *, signed: bool = True) -> str:
    """`over_plan` in words, or only how far where the words beside it say which way."""
    gap = over_plan(pace)
    if gap is None:
        return i18n.MISSING
    if pace.indicator.kind == "ratio":
        return points(gap, language, signed=signed)
    digits = 1 if abs(gap) < _SMALL and not _is_whole(gap) else 0
    if signed:
        return i18n.points(gap, language, digits)
    return i18n.number(abs(gap), language, digits)


def over_plan(pace: Pace) -> float | None:
    """How much the value lies above the plan by now, as on the screens: 10 too many are +10 where
    less is better, although the gap is negative as all that is bad."""
    if pace.gap is None or not pace.indicator.lower_is_better:
        return pace.gap
    return 0.0 - pace.gap  # never −0


def keeps_target(pace: Pace) -> bool:
    """Whether the target stands as of now."""
    if pace.now is None or pace.target is None:
        return False
    less = pace.indicator.lower_is_better
    return pace.now <= pace.target if less else pace.now >= pace.target


def chance(probability: float, language: str) -> str:
    """Never certain, as on the screens: `35%`, `below 1%`."""
    for limit, over, key in ((0.01, probability < 0.01, "below"),
                             (0.99, probability > 0.99, "above")):  # fmt: skip
        if over:
            return said(f"campaign.chance.{key}", language, n=i18n.percent(limit, language, 0))
    return i18n.percent(probability, language, 0)


def lack_of_pace(pace: Pace, language: str) -> str:
    """What the forecast's middle lacks of the target."""
    missing = pace.forecast.shortfall if pace.forecast else None
    if missing is None or pace.indicator.kind != "ratio":
        return of_pace(pace, missing, language)
    return points(missing, language, signed=False)


def person(reading: Reading, person_id: str | None, language: str) -> str:
    """An official's name; words where nobody is named."""
    found = reading.lists.person_by_id.get(person_id or "")
    return found.name if found else i18n.text("letter.nobody", language)


def hub_name(reading: Reading, hub_id: str, language: str) -> str:
    """A hub's name; words for dossiers whose place is unknown."""
    if hub_id == UNASSIGNED:
        return i18n.text("letter.unassigned", language)
    found = reading.lists.hub_by_id.get(hub_id)
    return found.name if found else hub_id


def overdue_by_hub(reading: Reading, language: str, most: int) -> tuple[str, int]:
    """`5: Tổ 42; 3: Tổ 2, Tổ 10`: at most so many hubs by their overdue dossiers, most first;
    and how many more there are. Many are called by their codes, or nobody would read on."""
    assert reading.hubs is not None
    some = sorted((one for one in reading.hubs.standings if one.overdue),
                  key=lambda one: (-one.overdue, one.hub.sort_key))  # fmt: skip
    groups: dict[int, list[str]] = {}
    for one in some[:most]:
        short = min(most, len(some)) > _FEW and one.hub.id != UNASSIGNED
        name = one.hub.code if short else hub_name(reading, str(one.hub.id), language)
        groups.setdefault(one.overdue, []).append(name)
    listed = i18n.text("letter.comma", language).join(
        said("letter.map.hubs", language, n=i18n.number(n, language), names=", ".join(names))
        for n, names in groups.items()
    )  # fmt: skip
    return listed, max(0, len(some) - most)


def place(reading: Reading, language: str) -> str:
    """Whom the letter is about: the ward, or its hubs."""
    if not reading.hub_ids:
        return reading.ward.name
    names = [hub_name(reading, one, language) for one in reading.hub_ids]
    if len(names) <= 2:
        return ", ".join(names)
    return i18n.text("letter.hubs_of", language, count=len(names), ward=reading.ward.name)
