"""The classes of a heat map: five steps of one hue, whose limits rarely move."""

from collections.abc import Iterable

CLASSES = 5
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)


def limits(values: Iterable[float], shares: bool = False) -> tuple[float, ...]:
    """The lower ends of the classes; 0 has a class of its own below them.

    Round numbers, so that they stay where they are from update to update: nineteen in twenty
    values lie below the last class's upper end. Shares are always cut at each 20 %.
    """
    if shares:
        return (0.0, 0.2, 0.4, 0.6, 0.8)
    known = sorted(value for value in values if value > 0)
    if not known:
        return (1.0, 2.0, 3.0, 4.0, 5.0)
    step = _round(known[min(len(known) - 1, int(len(known) * 0.95))] / CLASSES)
    return (1.0, *(step * at + 1 for at in range(1, CLASSES)))


def _round(value: float) -> float:
    """The next round number that is no smaller."""
    size = 1.0
    while value > 10 * size:
        size *= 10
    return next(step * size for step in _STEPS if step * size >= value)


def class_of(value: float, lows: tuple[float, ...], shares: bool = False) -> int:
    """1 to 5; 0 for nothing. The best share is in the last class."""
    if value <= 0 and not shares:
        return 0
    return max(1, sum(value >= low for low in lows))
