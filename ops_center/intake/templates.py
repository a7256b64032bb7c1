"""Files to fill in: one for each kind of list, with a few lines as examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ops_center import i18n
from ops_center.i18n import Problem
from ops_center.material import folder


def files() -> dict[str, Path]:
    """All templates by name: short ones, and for a campaign's lists a whole usual campaign."""
    seeds = folder("db") / "seeds"
    found = [*(seeds / "templates").glob("*.csv"), *(seeds / "campaign").glob("*.csv")]
    return {path.stem: path for path in sorted(found, key=lambda path: path.stem)}


def listed(language: str) -> Iterator[str]:
    """A line for each, that says what it is for."""
    for name in files():
        yield f"{name:20} {i18n.text(f'intake.template.{name}', language)}"


def write(name: str, to: Path, language: str) -> str:
    """Write the template for a spreadsheet to open; what was done, in words.

    Problem for an unknown name, and where a file of that name is: it may be filled in already.
    """
    known = files()
    if name not in known:
        raise Problem("intake.template.unknown", name=name, allowed=", ".join(known))
    content = known[name].read_text("utf-8")
    try:
        with to.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(content)
    except FileExistsError:
        raise Problem("intake.template.exists", file=str(to)) from None
    except OSError as error:
        raise Problem("intake.template.unwritable", file=str(to), reason=error.strerror) from error
    return i18n.text("intake.template.written", language, file=str(to))
