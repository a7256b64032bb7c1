"""The colours can be read and told apart, also by colour-blind eyes."""

import itertools
from pathlib import Path

import pytest

from ops_center.figures import tokens

Rgb = tuple[float, float, float]
THEMES = list(tokens.THEMES)
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
BLINDNESS: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> Rgb:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, blindness: str | None) -> Rgb:
    """The colour in CIE Lab as these eyes see it."""
    rgb = linear(colour)
    if blindness:
        mixed = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in BLINDNESS[blindness]]
        rgb = (max(mixed[0], 0), max(mixed[1], 0), max(mixed[2], 0))
    red, green, blue = rgb
    xyz = ((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
           0.2126 * red + 0.7152 * green + 0.0722 * blue,
           (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, blindness: str | None) -> float:
    pairs = zip(seen(one, blindness), seen(other, blindness), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def test_the_sheet_is_made_from_the_tokens() -> None:
    assert tokens.main(["--check"]) == 0, "run python -m ops_center.figures.tokens"


def test_the_check_notices_a_sheet_that_was_changed_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "tokens.css"
    changed.write_text(tokens.css().replace("#0c151d", "#000000"), "utf-8")
    monkeypatch.setattr(tokens, "sheet", lambda: changed)
    assert tokens.main(["--check"]) == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_text_stands_out_from_its_ground(theme: str, ground: str) -> None:
    colours = tokens.THEMES[theme]
    for name in ("text", "text-quiet", "accent", "good", "watch", "bad", "plan"):
        assert contrast(colours[name], colours[ground]) >= 4.5, name
    for name in ("none", "forecast"):
        assert contrast(colours[name], colours[ground]) >= 3, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("blindness", [None, *BLINDNESS])
def test_states_are_told_apart_by_every_eye(theme: str, blindness: str | None) -> None:
    colours = {name: tokens.colour(theme, name) for name in tokens.STATES}
    for one, other in itertools.combinations(colours, 2):
        apart = distance(colours[one], colours[other], blindness)
        assert apart >= 12, f"{one} and {other} lie {apart:.1f} apart"


@pytest.mark.parametrize("theme", THEMES)
def test_map_classes_grow_steadily_away_from_the_ground(theme: str) -> None:
    steps = [luminance(tokens.colour(theme, f"map-{step}")) for step in range(1, 6)]
    assert steps == sorted(steps, reverse=theme == "light")
    for near, far in itertools.pairwise(f"map-{step}" for step in range(1, 6)):
        assert distance(tokens.colour(theme, near), tokens.colour(theme, far), None) >= 12


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens.THEMES["dark"].keys() == tokens.THEMES["light"].keys()


def test_a_faded_colour_keeps_its_hue() -> None:
    assert tokens.faded("dark", "accent", 0.25) == "rgba(104,189,238,0.25)"
