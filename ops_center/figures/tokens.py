"""The colours, once: this file makes `assets/tokens.css` and colours every chart.

Drawn from the Okabe–Ito set, with the lightness set for each theme until text reaches 4.5 : 1
and marks 3 : 1 on both grounds (tests/figures/test_tokens.py computes it). After a change run
`python -m ops_center.figures.tokens`; with `--check` it only says whether the sheet is true.
"""

import sys
from pathlib import Path

from ops_center.material import folder

THEMES: dict[str, dict[str, str]] = {
    "dark": {
        "surface": "#0c151d",
        "raised": "#15212c",
        "line": "#31414f",
        "text": "#f1f5f8",
        "text-quiet": "#a9b9c7",
        "accent": "#68bdee",
        "good": "#2fc79c",
        "watch": "#f2c14b",
        "bad": "#ff7d4d",
        "none": "#8d9ba8",
        "plan": "#dde4ea",
        "forecast": "#dd9bbf",
        "map-1": "#1d3346",
        "map-2": "#2a5878",
        "map-3": "#3a80ab",
        "map-4": "#62add9",
        "map-5": "#b3ddf6",
    },
    "light": {
        "surface": "#f2efe8",
        "raised": "#fdfcf9",
        "line": "#cfc9bd",
        "text": "#17212b",
        "text-quiet": "#4f5b67",
        "accent": "#00629c",
        "good": "#006b54",
        "watch": "#946200",
        "bad": "#942a00",
        "none": "#7a858f",
        "plan": "#2c3844",
        "forecast": "#99426f",
        "map-1": "#e1edf4",
        "map-2": "#afd2e6",
        "map-3": "#6cacd2",
        "map-4": "#2a7fb2",
        "map-5": "#0b4a75",
    },
}
STATES = ("good", "watch", "bad", "none")
FONT = '"Noto Sans", "Be Vietnam Pro", "Segoe UI", "Noto Sans Arabic", "DejaVu Sans", sans-serif'

_HEAD = "/* Made by python -m ops_center.figures.tokens: change the colours there. */\n"


def colour(theme: str, token: str) -> str:
    """The colour of a token as `#rrggbb`; KeyError for an unknown theme or token."""
    return THEMES[theme][token]


def faded(theme: str, token: str, share: float) -> str:
    """A token's colour, `share` opaque (0 to 1), as `rgba(…)`."""
    red, green, blue = (int(THEMES[theme][token][at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"


def css() -> str:
    """The sheet of custom properties, one block a theme; dark is what an unmarked page gets."""
    return _HEAD + "".join(_block(theme) for theme in THEMES)


def _block(theme: str) -> str:
    marked = f'[data-theme="{theme}"]'
    where = f":root, {marked}" if theme == "dark" else marked
    lines = [f"  --{name}: {value};" for name, value in THEMES[theme].items()]
    return "\n".join([f"\n{where} {{", f"  color-scheme: {theme};", *lines, "}\n"])


def sheet() -> Path:
    """Where the generated sheet stands."""
    return folder("assets") / "tokens.css"


def main(arguments: list[str]) -> int:
    """Write the sheet, or with `--check` compare it: 0 when it is true, 1 when it is not."""
    if "--check" not in arguments:
        sheet().write_text(css(), "utf-8")
        return 0
    return 0 if sheet().is_file() and sheet().read_text("utf-8") == css() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
