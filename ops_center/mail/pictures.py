"""A letter's two pictures: the campaign's burn-up and the ward's map. Drawn here, by no browser.

Their words say the same, for whoever sees no pictures. A picture in which nothing was drawn is
found by the colours that should be in it, not by its size: empty axes are a picture, too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

from ops_center import i18n
from ops_center.figures import tokens
from ops_center.mail import words
from ops_center.mail.edition import Picture
from ops_center.mail.reading import behind
from ops_center.mail.words import said
from ops_center.store.wards import UNASSIGNED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

    from ops_center.mail.reading import Reading, Standing
    from ops_center.metrics.pace import Pace

WIDTH, BURNUP_HEIGHT, MAP_HEIGHT = 600, 300, 420
_SCALE = 2  # pixels of the picture for one of the letter
_POINTS = 72 / 100  # matplotlib counts in points; a pixel of the letter is 1/100 inch
LIMITS = (1, 2, 4, 8)
"""Where the map's classes of overdue dossiers begin, fixed as on the screens."""
_LEAST_INK = 40  # pixels of each expected colour
_NEAR = 12  # how far a pixel's red, green and blue may lie from that colour
_ALT_HUBS = 12

Place = tuple[float, float, float, float]
_PLOT: Place = (0.09, 0.13, 0.87, 0.66)


@dataclass(frozen=True)
class Drawn:
    """A picture, and the colours that must be found in a part of it: `place` is its left, lower,
    width and height, as shares of the picture. Elsewhere the legend has the same colours."""

    picture: Picture
    inks: tuple[str, ...]
    place: Place = (0.0, 0.0, 1.0, 1.0)

    @cached_property
    def blank(self) -> bool:
        """Whether the picture lacks what should be drawn in it."""
        return lacks(self.picture.png, self.inks, self.place)


def drawn(reading: Reading, language: str) -> dict[str, Picture]:
    """The pictures of that reading by name, drawn once for each language; blank ones are absent."""
    empty = blank(reading, language)
    return {name: one.picture for name, one in _all(reading, language).items() if name not in empty}


def blank(reading: Reading, language: str) -> tuple[str, ...]:
    """The names of those that came out empty."""
    return tuple(name for name, one in _all(reading, language).items() if one.blank)


def _all(reading: Reading, language: str) -> dict[str, Drawn]:
    if language not in reading.drawn:
        reading.drawn[language] = dict(_drawn(reading, language))
    found: dict[str, Drawn] = reading.drawn[language]
    return found


def _drawn(reading: Reading, language: str) -> Iterator[tuple[str, Drawn]]:
    pace = leading(reading)
    if pace is not None and "campaign" in reading.sections:
        yield "burnup", burnup(reading, pace, language)
    if "map" in reading.sections and reading.hubs is not None and has_places(reading):
        yield "map", ward_map(reading, language)


def leading(reading: Reading) -> Pace | None:
    """The indicator that is drawn: of those under way the furthest behind its plan."""
    board = reading.board
    if board is None or board.day.phase == "before":
        return None
    told = [pace for pace in board.paces if any(value is not None for value in pace.total)]
    gaps = [(gap, pace) for pace in told if (gap := behind(pace)) is not None]
    if not gaps:
        return told[0] if told else None
    return min(gaps, key=lambda one: one[0])[1]


# ---------------------------------------------------------------- blankness


def lacks(png: bytes, inks: Sequence[str], place: Place) -> bool:
    """Whether one of the colours is nowhere in that part, or it is no picture at all."""
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(png))
        image.load()
    except (OSError, SyntaxError, ValueError):  # what PIL raises for what is none
        return True
    left, lower, width, height = place
    part = image.crop((
        round(left * image.width), round((1 - lower - height) * image.height),
        round((left + width) * image.width), round((1 - lower) * image.height),
    ))  # fmt: skip
    seen = _colours(part)
    return any(_pixels_like(seen, ink) < _LEAST_INK for ink in inks)


def _colours(image: Image) -> list[tuple[int, Any]]:
    """How many pixels there are of each colour; ours have few, in a palette."""
    if image.mode != "P":
        return image.convert("RGB").getcolors(image.width * image.height) or []
    palette, counted = image.getpalette("RGB") or [], cast(Any, image.getcolors()) or []
    return [(count, palette[3 * at : 3 * at + 3]) for count, at in counted]


def _pixels_like(seen: Sequence[tuple[int, Any]], ink: str) -> int:
    wanted = [int(ink[at : at + 2], 16) for at in (1, 3, 5)]
    return sum(
        count for count, pixel in seen
        if all(abs(here - there) <= _NEAR for here, there in zip(pixel, wanted, strict=True))
    )


# ---------------------------------------------------------------- paper and pen


def _colour(token: str) -> str:
    return tokens.colour("light", token)


def _paper(height: int) -> Figure:
    """A sheet of the letter's width, without pyplot: that keeps every figure it ever made."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sheet = Figure(figsize=(WIDTH / 100, height / 100), dpi=100 * _SCALE,
                   facecolor=_colour("raised"))  # fmt: skip
    FigureCanvasAgg(sheet)
    return sheet


def _png(sheet: Figure) -> bytes:
    """Few colours are needed; a palette makes the letter a third of its weight."""
    from PIL import Image

    canvas: Any = sheet.canvas
    canvas.draw()
    image = Image.frombytes("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()))
    out = io.BytesIO()
    few = image.convert("RGB").quantize(
        128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    few.save(out, "PNG")
    return out.getvalue()


def _size(pixels: float) -> float:
    return pixels * _POINTS


# ---------------------------------------------------------------- the burn-up


def burnup(reading: Reading, pace: Pace, language: str) -> Drawn:
    """Done so far against the plan, and where it is heading."""
    alt = _alt_of_pace(reading, pace, language)
    sheet = _paper(BURNUP_HEIGHT)
    axes = sheet.add_axes(_PLOT)
    known = _known(reading, pace)
    if pace.plan:
        axes.plot(range(len(pace.plan)), pace.plan, color=_colour("plan"), lw=1.2, ls="--")
    if pace.forecast is not None and pace.forecast.middle and known:
        _band(axes, pace, known[-1])
    axes.plot(*zip(*known, strict=True), color=_colour("accent"), lw=2.4, solid_capstyle="round",
              marker="o", ms=5, markevery=[len(known) - 1])  # fmt: skip
    if pace.target is not None and pace.indicator.kind == "count":
        axes.axhline(pace.target, color=_colour("text-quiet"), lw=0.8)
    _frame_of_days(axes, pace, language)
    _heading(sheet, reading, pace, language)
    picture = Picture("burnup", alt, WIDTH, BURNUP_HEIGHT, _png(sheet))
    return Drawn(picture, (_colour("accent"),), _PLOT)


def _known(reading: Reading, pace: Pace) -> list[tuple[float, float]]:
    """Each day's end with its total; today's stands as far into the day as it has passed, where
    the plan's line is what it asks for by now."""
    board = reading.board
    assert board is not None
    points = [(float(at), value) for at, value in enumerate(pace.total) if value is not None]
    if points and board.day.phase == "running":
        at, value = points[-1]
        points[-1] = (max(-0.5, at - 1 + board.passed), value)
    return points


def _band(axes: Axes, pace: Pace, last: tuple[float, float]) -> None:
    ahead = pace.forecast
    assert ahead is not None
    place = {day: at for at, day in enumerate(pace.days)}
    points = [(place[day], *three) for day, *three in zip(
        ahead.days, ahead.low, ahead.middle, ahead.high, strict=True) if day in place]  # fmt: skip
    points = [(last[0], last[1], last[1], last[1]), *(one for one in points if one[0] > last[0])]
    x, low, middle, high = zip(*points, strict=True)
    axes.fill_between(x, low, high, color=_colour("forecast"), alpha=0.22, lw=0)
    axes.plot(x, middle, color=_colour("forecast"), lw=1.4, ls=(0, (2, 1.5)))


def _frame_of_days(axes: Axes, pace: Pace, language: str) -> None:
    """Days along the foot, amounts at the side; time runs left to right in every language."""
    step = max(1, len(pace.days) // 5)
    shown = [*range(0, len(pace.days), step)]
    axes.set_xticks(shown, [_tick(i18n.short_day(pace.days[at], language)) for at in shown])
    axes.set_xlim(-0.5, len(pace.days) - 0.5)
    if pace.indicator.kind == "count":
        axes.set_ylim(bottom=0)
    axes.margins(y=0.12)
    axes.locator_params(axis="y", nbins=4)
    ratio = pace.indicator.kind == "ratio"
    axes.yaxis.set_major_formatter(
        lambda value, _: i18n.percent(value, language, 0) if ratio else i18n.number(value, language)
    )
    axes.grid(axis="y", color=_colour("line"), lw=0.6)
    axes.set_facecolor(_colour("raised"))
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=_size(11), labelcolor=_colour("text-quiet"))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontfamily("DejaVu Sans")
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_colour("line"))


def _tick(shown: str) -> str:
    return f"\u2067{shown}\u2069" if any("\u0600" <= one <= "\u06ff" for one in shown) else shown


def _heading(sheet: Figure, reading: Reading, pace: Pace, language: str) -> None:
    """The finding, and beneath it what each line is."""
    right = i18n.direction(language) == "rtl"
    at, align = (0.97, "right") if right else (0.03, "left")
    finding = said("letter.picture.finding", language, name=pace.indicator.words(language),
                   now=words.of_pace(pace, pace.now, language),
                   target=words.target_of_pace(pace, language))  # fmt: skip
    if pace.target is None:
        finding = said("letter.picture.finding_bare", language,
                       name=pace.indicator.words(language),
                       now=words.of_pace(pace, pace.now, language))  # fmt: skip
    sheet.text(at, 0.92, _fitted(finding, 62), ha=align, fontsize=_size(15), weight="bold",
               color=_colour("text"), family="DejaVu Sans")  # fmt: skip
    keys = [("done", "accent", "—")]
    if pace.plan:
        keys.append(("plan", "plan", "- -"))
    if pace.forecast is not None and pace.forecast.middle:
        keys.append(("forecast", "forecast", "···"))
    place = at
    for name, token, sign in keys:
        word = said(f"letter.picture.{name}", language)
        shown = f"{word} {sign}" if right else f"{sign} {word}"
        written = sheet.text(place, 0.84, shown, ha=align, fontsize=_size(12), weight="bold",
                             color=_colour(token), family="DejaVu Sans")  # fmt: skip
        width = written.get_window_extent().width / (WIDTH * _SCALE) + 0.03
        place += -width if right else width


def _fitted(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _alt_of_pace(reading: Reading, pace: Pace, language: str) -> str:
    board = reading.board
    assert board is not None
    parts = [said("letter.picture.alt", language, name=pace.indicator.words(language),
                  now=words.of_pace(pace, pace.now, language),
                  n=i18n.number(board.day.n, language),
                  days=i18n.number(board.day.days, language))]  # fmt: skip
    if pace.target is not None:
        key = "alt_over" if board.day.phase == "after" else "alt_plan"
        parts.append(said(f"letter.picture.{key}", language,
                          target=words.target_of_pace(pace, language),
                          gap=words.gap_of_pace(pace, language)))  # fmt: skip
    if pace.forecast is not None and pace.forecast.middle:
        ahead = pace.forecast
        low, middle, high = (words.of_pace(pace, part[-1], language)
                             for part in (ahead.low, ahead.middle, ahead.high))  # fmt: skip
        parts.append(said("letter.picture.alt_end", language, low=low, middle=middle, high=high))
    return " ".join(parts)


# ---------------------------------------------------------------- the map


def has_places(reading: Reading) -> bool:
    """Whether it is known where any of the hubs is."""
    assert reading.hubs is not None
    return any(one.hub.area or one.hub.longitude is not None for one in reading.hubs.standings)


def ward_map(reading: Reading, language: str) -> Drawn:
    """The ward's hubs by their overdue dossiers, in five fixed classes."""
    from math import cos, radians

    assert reading.hubs is not None
    sheet = _paper(MAP_HEIGHT)
    right = i18n.direction(language) == "rtl"
    land: Place = (0.30 if right else 0.02, 0.03, 0.68, 0.82)
    axes = sheet.add_axes(land)
    axes.set_axis_off()
    _outline(axes, reading)
    placed = [one for one in reading.hubs.standings if one.hub.id != UNASSIGNED
              and (one.hub.area or one.hub.longitude is not None)]  # fmt: skip
    for one in placed:
        _place(axes, one)
    latitudes = [one.hub.latitude for one in placed if one.hub.latitude is not None]
    axes.set_aspect(1 / cos(radians(sum(latitudes) / len(latitudes) if latitudes else 21.0)))
    axes.autoscale_view()
    _map_words(sheet, reading, placed, language, right)
    inks = {_class_colour(one.overdue) for one in placed}
    alt = _alt_of_map(reading, language)
    return Drawn(Picture("map", alt, WIDTH, MAP_HEIGHT, _png(sheet)), tuple(sorted(inks)), land)


def _outline(axes: Axes, reading: Reading) -> None:
    from matplotlib.patches import Polygon

    for ring in _rings(reading.ward.boundary):
        axes.add_patch(Polygon(ring, closed=True, facecolor=_colour("surface"),
                               edgecolor=_colour("text-quiet"), lw=1.2))  # fmt: skip
        axes.update_datalim(ring)


def _place(axes: Axes, one: Standing) -> None:
    from matplotlib.patches import Polygon

    hub, colour = one.hub, _class_colour(one.overdue)
    rings = list(_rings(hub.area))
    for ring in rings:
        axes.add_patch(Polygon(ring, closed=True, facecolor=colour,
                               edgecolor=_colour("raised"), lw=0.8))  # fmt: skip
        axes.update_datalim(ring)
    if hub.longitude is None or hub.latitude is None:
        return
    if not rings:
        axes.plot([hub.longitude], [hub.latitude], "o", ms=11, color=colour,
                  mec=_colour("text-quiet"), mew=0.6)  # fmt: skip
    if one.overdue:
        ink = _colour("raised" if one.overdue >= LIMITS[2] else "text")
        axes.text(hub.longitude, hub.latitude, str(one.overdue), ha="center", va="center",
                  fontsize=_size(11), weight="bold", color=ink, family="DejaVu Sans")  # fmt: skip


def _class_colour(overdue: int) -> str:
    return _colour(f"map-{1 + sum(overdue >= limit for limit in LIMITS)}")


def _map_words(
    sheet: Figure, reading: Reading, placed: Sequence[Standing], language: str, right: bool
) -> None:
    from matplotlib.patches import Rectangle

    at, align = (0.97, "right") if right else (0.03, "left")
    count = sum(one.overdue > 0 for one in placed)
    finding = said("letter.picture.map", language, n=i18n.number(count, language),
                   of=i18n.number(len(placed), language))  # fmt: skip
    sheet.text(at, 0.93, finding, ha=align, fontsize=_size(15), weight="bold",
               color=_colour("text"), family="DejaVu Sans")  # fmt: skip
    side = 0.27 if right else 0.73
    sheet.text(side, 0.80, said("letter.picture.legend", language), ha=align, fontsize=_size(11),
               color=_colour("text-quiet"), family="DejaVu Sans")  # fmt: skip
    ends = [0, *(limit - 1 for limit in LIMITS[1:]), None]
    for place, (first, last) in enumerate(zip((0, *LIMITS), ends, strict=True)):
        y = 0.73 - 0.06 * place
        x = side - 0.05 if right else side
        sheet.add_artist(Rectangle((x, y - 0.005), 0.045, 0.036, transform=sheet.transFigure,
                                   facecolor=_colour(f"map-{place + 1}"), lw=0.5,
                                   edgecolor=_colour("text-quiet")))  # fmt: skip
        shown = f"≥ {first}" if last is None else str(first) if first == last else f"{first}–{last}"
        sheet.text(x - 0.015 if right else x + 0.06, y, shown, ha=align, fontsize=_size(12),
                   color=_colour("text"), family="DejaVu Sans")  # fmt: skip


@cache
def _rings(geometry: str | None) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outer rings of a GeoJSON area; none for what is not an area."""
    if not geometry:
        return ()
    return tuple(_outer(json.loads(geometry)))


def _outer(shape: Any) -> Iterator[tuple[tuple[float, float], ...]]:
    kind = shape.get("type")
    if kind == "Feature":
        yield from _outer(shape["geometry"])
    elif kind in ("FeatureCollection", "GeometryCollection"):
        for part in shape.get("features") or shape.get("geometries") or ():
            yield from _outer(part)
    elif kind == "Polygon":
        yield tuple((float(x), float(y)) for x, y, *_ in shape["coordinates"][0])
    elif kind == "MultiPolygon":
        for polygon in shape["coordinates"]:
            yield tuple((float(x), float(y)) for x, y, *_ in polygon[0])


def _alt_of_map(reading: Reading, language: str) -> str:
    """The hubs with most; the table beneath names all."""
    assert reading.hubs is not None
    count = sum(one.overdue > 0 for one in reading.hubs.standings)
    if not count:
        return said("letter.picture.alt_map_none", language)
    listed, rest = words.overdue_by_hub(reading, language, _ALT_HUBS)
    more = said("letter.picture.alt_more", language, n=i18n.number(rest, language)) if rest else ""
    return said("letter.picture.alt_map", language, n=i18n.number(count, language)) + (
        f" {listed}{more}.")  # fmt: skip
