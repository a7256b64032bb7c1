"""An indicator's pace in words: its values in their unit, its state, its chances, the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.metrics.catalog import METRICS
from ops_center.web.parts import said

if TYPE_CHECKING:
    from ops_center.domain.campaign import CampaignDay
    from ops_center.metrics.pace import Board, Pace
    from ops_center.store.indicators import Indicator

WORKING_DAY = 480  # minutes
CHANCES = ((0.9, "sure"), (0.66, "likely"), (0.4, "even"), (0.1, "unlikely"))
"""From which probability on a chance is called so; below the last it is "hardly"."""
SMALL = 10  # below which a number a day is told with a decimal


def unit_of(indicator: Indicator) -> str:
    """"ratio", "minutes", "points", or what is counted, such as "dossiers"; "" if not told."""
    if indicator.metric in METRICS:
        return METRICS[indicator.metric].unit
    return "ratio" if indicator.kind == "ratio" else indicator.unit


def unit_words(indicator: Indicator, language: str) -> str:
    """What is counted, in words."""
    unit = unit_of(indicator)
    if unit in ("ratio", "minutes"):
        return ""
    key = f"campaign.unit.{unit}"
    return said(key, language) if i18n.has(key) else unit


def shown(indicator: Indicator, value: float | None, language: str) -> str:
    """A value in its unit; "–" for none."""
    if value is None:
        return i18n.MISSING
    unit = unit_of(indicator)
    if unit == "ratio":
        return i18n.percent(value, language, 0 if _whole(value * 100) else 1)
    if unit == "minutes":
        return i18n.duration(value, language, day_minutes=WORKING_DAY)
    return i18n.number(value, language, 0 if _whole(value) or abs(value) >= SMALL else 1)


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 0.05


def distance(indicator: Indicator, value: float, language: str, sign: str = "") -> str:
    """How far apart two values are: `6 điểm`, `220`; with `sign` before the number."""
    size = abs(value)
    if unit_of(indicator) == "ratio":
        digits = 0 if _whole(size * 100) else 1
        number = sign + i18n.number(size * 100, language, digits)
        return said("campaign.points", language, n=number)
    return sign + shown(indicator, size, language)


def gap_words(indicator: Indicator, gap: float | None, language: str) -> str:
    """How far a value stands from what was planned, with the sign of that way: `−6 điểm`, `+220`.
    Where less is better 10 too many are `+10`, although the gap is negative as all that is bad."""
    if gap is None:
        return i18n.MISSING
    way = _way(indicator, gap, language)
    return distance(indicator, gap, language, {"above": "+", "below": "\u2212", "same": ""}[way])


def against_words(pace: Pace, day: CampaignDay, language: str) -> str:
    """The gap as a sentence: so much above or below the plan by now, once it is over the target;
    "" without a gap."""
    if pace.gap is None:
        return ""
    base = "target" if day.phase == "after" else "plan"
    way = _way(pace.indicator, pace.gap, language)
    return said(f"campaign.against.{base}_{way}", language,
                n=distance(pace.indicator, pace.gap, language))  # fmt: skip


def _way(indicator: Indicator, gap: float, language: str) -> str:
    """On which side of the plan the value lies; too near to be told is the same."""
    if not any("1" <= mark <= "9" for mark in distance(indicator, gap, language)):
        return "same"
    return "above" if (gap > 0) != indicator.lower_is_better else "below"


def state_words(pace: Pace, day: CampaignDay, language: str) -> str:
    """The state in a word or two: on pace while it runs, reached or not when it is over."""
    if day.phase == "before":
        return said("campaign.state.before", language)
    if pace.target is None:
        return said("campaign.state.no_target", language)
    phase = "over" if day.phase == "after" else "running"
    return said(f"campaign.state.{phase}_{pace.state}", language)


def is_reached(pace: Pace) -> bool:
    """Whether what was wanted is there, or was not overstepped."""
    if pace.now is None or pace.target is None:
        return False
    less = pace.indicator.lower_is_better
    return pace.now <= pace.target if less else pace.now >= pace.target


def chance(probability: float | None, language: str) -> str:
    """A probability as a share that never claims to be certain: `35%`, `dưới 1%`."""
    if probability is None:
        return i18n.MISSING
    for limit, key in ((0.01, "below"), (0.99, "above")):
        if (probability < limit) if key == "below" else (probability > limit):
            return said(f"campaign.chance.{key}", language, n=i18n.percent(limit, language, 0))
    return i18n.percent(probability, language, 0)


def chance_words(pace: Pace, day: CampaignDay, language: str) -> str:
    """How likely the target is, in words and as a share; or why nothing can be said."""
    if day.phase == "before" or pace.target is None:
        return ""
    if day.phase == "after":
        return ""
    if is_reached(pace) and pace.indicator.kind == "count" and not pace.indicator.lower_is_better:
        return said("campaign.chance.reached", language)
    probability = None if pace.forecast is None else pace.forecast.probability
    if probability is None:
        return said("campaign.chance.unknown", language)
    word = next((key for limit, key in CHANCES if probability >= limit), "hardly")
    return said("campaign.chance.told", language, words=said(f"campaign.chance.{word}", language),
                share=chance(probability, language))  # fmt: skip


def why_words(pace: Pace, day: CampaignDay, language: str) -> str:
    """A sentence where the state says one thing and the forecast another; else ""."""
    why = pace.why
    if why is None or day.phase != "running":
        return ""
    indicator, lower = pace.indicator, pace.indicator.lower_is_better
    short = pace.forecast.shortfall if pace.forecast else None
    end = ("over" if lower else "short") if short else ("within" if lower else "kept")
    numbers = {"lately": shown(indicator, pace.lately, language),
               "needed": shown(indicator, pace.needed, language)}  # fmt: skip
    return said(
        "campaign.why.told", language,
        stands=said(f"campaign.why.{'good' if pace.state == 'good' else 'behind'}", language),
        because=said(f"campaign.why.{_because(pace)}", language, **numbers),
        end=said(f"campaign.why.{end}", language, n=distance(indicator, short or 0.0, language)),
    )  # fmt: skip


def _because(pace: Pace) -> str:
    indicator, why = pace.indicator, pace.why
    if indicator.kind == "level":
        return "level_slower" if why == "less_ahead" else "level_faster"
    if why in ("less_ahead", "more_ahead"):
        return why
    limit = "_limit" if indicator.lower_is_better else ""
    works = "_working" if indicator.plan == "working_days" and indicator.kind == "count" else ""
    return f"{indicator.kind}{limit or works}"


def needed_name(pace: Pace, language: str) -> str:
    """What `needed_words` is called: a limit where less is better, working days where the plan
    speaks of these only."""
    indicator = pace.indicator
    if indicator.kind == "count" and indicator.lower_is_better:
        return said("campaign.needed_limit", language)
    works = "_working" if indicator.kind == "count" and indicator.plan == "working_days" else ""
    return said(f"campaign.needed_{indicator.kind}{works}", language)


def lately_name(pace: Pace, language: str) -> str:
    """What was done lately is called."""
    return said(f"campaign.lately_{pace.indicator.kind}", language)


def lately(pace: Pace, language: str) -> str:
    """What was done lately with its name; "" for what has no such number."""
    if pace.lately is None:
        return ""
    return f"{lately_name(pace, language)}: {shown(pace.indicator, pace.lately, language)}"


def needed(pace: Pace, language: str) -> str:
    """What is needed with its name; "" for what has no such number."""
    if pace.needed is None:
        return ""
    return f"{needed_name(pace, language)}: {needed_words(pace, language)}"


def needed_words(pace: Pace, language: str) -> str:
    """What is needed from now on: so many a day, or that share of what comes."""
    if pace.needed is None:
        return i18n.MISSING
    if pace.indicator.kind == "ratio" and pace.needed > 1:
        return said("campaign.out_of_reach", language)
    return shown(pace.indicator, pace.needed, language)


def progress(pace: Pace) -> tuple[float | None, float | None]:
    """How long a bar is and where the plan stands now, as shares of what is largest."""
    planned = pace.planned
    top = max((one for one in (pace.target, pace.now, planned) if one), default=0.0)
    if top <= 0 or pace.now is None:
        return None, None
    return pace.now / top, None if planned is None else planned / top


def finding(pace: Pace, board: Board, language: str) -> str:
    """What a burn-up's title says."""
    name, indicator, day = pace.indicator.words(language), pace.indicator, board.day
    now, target = (shown(indicator, one, language) for one in (pace.now, pace.target))

    def told(key: str, **values: str) -> str:
        values |= {"name": name, "now": now, "target": target}
        return said(f"campaign.finding.{key}", language, **values)

    if day.phase == "before":
        return told("before" if pace.target is not None else "before_no_target",
                    day=i18n.short_day(board.campaign.starts_on, language))  # fmt: skip
    if pace.now is None:
        return told("nothing")
    if pace.target is None:
        return told("no_target")
    short = distance(indicator, pace.target - pace.now, language)
    if indicator.lower_is_better:
        return _ceiling(pace, board, language, short)
    if is_reached(pace):
        on = pace.forecast.reached_on if pace.forecast else None
        return (told("reached_on", day=i18n.short_day(on, language)) if on and day.phase != "after"
                else told("reached"))  # fmt: skip
    if day.phase == "after":
        return told("missed", short=short)
    ahead = pace.forecast
    if ahead is None or ahead.probability is None:
        return told("unknown", short=short)
    share = chance(ahead.probability, language)
    if indicator.kind != "count":
        return told("share", short=short, chance=share)
    if ahead.shortfall:
        return told("short", short=distance(indicator, ahead.shortfall, language), chance=share)
    on = ahead.reached_on or board.campaign.ends_on
    return told("heading", day=i18n.short_day(on, language), chance=share)


def _ceiling(pace: Pace, board: Board, language: str, apart: str) -> str:
    """The finding where less is better: within the limit, or by how much over it."""
    indicator, ahead = pace.indicator, pace.forecast
    values = {
        "name": indicator.words(language), "now": shown(indicator, pace.now, language),
        "target": shown(indicator, pace.target, language), "over": apart,
    }  # fmt: skip
    key = "within" if is_reached(pace) else "over"
    if board.day.phase == "after" or ahead is None or ahead.probability is None:
        return said(f"campaign.finding.{key}", language, **values)
    share = chance(ahead.probability, language)
    return said(f"campaign.finding.{key}_chance", language, chance=share, **values)


def end_words(pace: Pace, language: str) -> str:
    """What stands at the forecast's end: where it will be, and what will be missing then."""
    ahead = pace.forecast
    if ahead is None or not ahead.middle:
        return ""
    at = said("campaign.chart.end", language, n=shown(pace.indicator, ahead.middle[-1], language))
    if not ahead.shortfall:
        return at
    key = "over" if pace.indicator.lower_is_better else "short"
    short = distance(pace.indicator, ahead.shortfall, language)
    return f"{at}<br>{said(f'campaign.chart.{key}', language, n=short)}"


def standing(board: Board, language: str) -> str:
    """How many of the indicators are on pace, and which is furthest behind."""
    if board.day.phase == "before":
        return said("campaign.standing.before", language,
                    day=i18n.day(board.campaign.starts_on, language))  # fmt: skip
    judged = [one for one in board.paces if one.state != "none"]
    if not judged:
        return said("campaign.standing.nothing", language)
    good = sum(one.state == "good" for one in judged)
    phase = "over" if board.day.phase == "after" else "running"
    some = "some" if good else "none"
    return said(f"campaign.standing.{phase}_{some}", language, count=good, total=len(judged))
