"""What came of an import, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops_center import i18n
from ops_center.intake.importing import Report
from ops_center.store.rows import Kept

if TYPE_CHECKING:
    from ops_center.intake.boundary import Boundary

_NAMED = 5  # places named in the sentence about unassigned dossiers


def about_import(report: Report, language: str) -> Iterator[str]:
    """The sums, then what the reader may want to do something about."""

    def say(key: str, **values: object) -> str:
        shown = {name: _shown(value, language) for name, value in values.items()}
        return i18n.text(f"intake.report.{key}", language, **shown)

    if report.order.dry_run:
        yield say("tried")
    yield say(
        "rows",
        rows=report.rows,
        imported=report.imported,
        unchanged=report.unchanged,
        rejected=report.rejected,
    )
    told = report.dossiers
    yield say(
        "dossiers",
        all=report.all_dossiers,
        new=told.new,
        changed=told.changed,
        unchanged=told.unchanged,
        rejected=report.rejected_dossiers,
    )
    for reason, count in report.reasons.most_common():
        yield say("reason", count=count, words=say(f"about.{reason}"))
    if report.rejected and report.order.rejects:
        yield say("rejects", file=str(report.order.rejects))
    if report.hubs_made:
        yield say("made_hubs", count=report.hubs_made)
    if report.procedures_made:
        yield say("made_procedures", count=report.procedures_made)
    if report.unmapped:
        yield say("unmapped", count=report.unmapped.total(), places=_places(report.unmapped))
    if report.undated_waits:
        yield say("undated_waits", count=report.undated_waits)
    if report.unused:
        yield say("unused", columns=", ".join(report.unused))


def _places(unmapped: Counter[str]) -> str:
    named = ", ".join(f"“{text}”" for text, _ in unmapped.most_common(_NAMED))
    return named + (", …" if len(unmapped) > _NAMED else "")


def _shown(value: object, language: str) -> object:
    return i18n.number(value, language) if isinstance(value, int) else value


def about_list(kept: Counter[Kept], language: str) -> str:
    """How many entries of a list were added, changed, unchanged."""
    return i18n.text(
        "intake.report.listed",
        language,
        added=kept["added"],
        changed=kept["changed"],
        unchanged=kept["unchanged"],
    )


def about_boundary(boundary: Boundary, language: str) -> Iterator[str]:
    """How large the outline is and how it is drawn."""
    yield i18n.text(
        "intake.boundary.stored",
        language,
        area=i18n.number(boundary.area, language, 2),
        points=boundary.points,
        drawn=boundary.drawn,
    )
    if boundary.crs:
        yield i18n.text("intake.boundary.reprojected", language, crs=boundary.crs)
