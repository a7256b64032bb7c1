"""The import commands: what was asked for, carried out and told.

What knows about maps takes long to load, and is loaded by the commands that need it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Connection, Engine

from ops_center import i18n
from ops_center.intake import report
from ops_center.intake.explain import explain
from ops_center.intake.files import open_table
from ops_center.intake.importing import Order, Watch, import_dossiers
from ops_center.intake.mapping import FileMapping, load_mapping
from ops_center.intake.record import tried
from ops_center.store.rows import Kept
from ops_center.store.session import reading
from ops_center.store.wards import find_ward, set_boundary

Say = Callable[[str], object]

SOME_REJECTED = 3
"""Exit code when rows were rejected. 0: none were; 2: the file was refused, nothing written."""


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line. `ward`: its id, or None for the only one.

    `campaign`: the first day of the campaign a list belongs to, or None for the one under way.
    """

    path: Path
    ward: str | None = None
    mapping: Path | None = None
    source: str | None = None
    rejects: Path | None = None
    dry_run: bool = False
    campaign: date | None = None
    rules_folder: str = ""

    def read_mapping(self) -> FileMapping:
        """The mapping file, or one that says nothing."""
        return load_mapping(self.mapping) if self.mapping else FileMapping()


def explain_file(wish: Wish, language: str, say: Say) -> None:
    """Show what was understood of a file, and draft a mapping file. Needs no database."""
    mapping = wish.read_mapping()
    for line in explain(open_table(wish.path, mapping.sheet), mapping, language):
        say(line)


def take_dossiers(engine: Engine, wish: Wish, *, language: str, say: Say, now: datetime) -> int:
    """Import dossiers; the exit code."""
    mapping = wish.read_mapping()
    with reading(engine) as connection:
        ward = find_ward(connection, wish.ward)
    order = Order(
        path=wish.path,
        mapping=mapping,
        source_id=wish.source or mapping.source or "file",
        language=language,
        now=now,
        dry_run=wish.dry_run,
        rejects=_rejects(wish),
    )
    done = import_dossiers(engine, ward, order, _watch(language))
    for line in report.about_import(done, language):
        say(line)
    return SOME_REJECTED if done.rejected else 0


def _rejects(wish: Wish) -> Path | None:
    """Where rejected rows go: here, named after the file. A dry run writes only what was asked."""
    if wish.rejects or wish.dry_run:
        return wish.rejects
    return Path(f"{wish.path.name}.rejects.csv")


def _watch(language: str) -> Watch:
    """A progress bar, where somebody is looking."""

    def watch(stage: str, length: int) -> AbstractContextManager[Callable[[int], object]]:
        if not sys.stderr.isatty():
            return nullcontext(lambda step: None)
        return _bar(i18n.text(f"intake.report.{stage}", language), length)

    return watch


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], object]]:
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


# ---------------------------------------------------------------- lists and the boundary


def take_list(kind: str, engine: Engine, wish: Wish, *, language: str, say: Say) -> None:
    """Import hubs, procedures or calendar, all of the file or nothing."""
    with tried(engine, wish.dry_run) as connection:
        kept = _keep(kind, connection, wish, language)
    _tell(kept, wish, language, say)


def take_campaign_list(
    kind: str, engine: Engine, wish: Wish, *, language: str, say: Say, now: datetime
) -> None:
    """Import one of `campaign_lists.KINDS`, all of the file or nothing."""
    from ops_center.intake import campaign_lists

    with tried(engine, wish.dry_run) as connection:
        told = campaign_lists.List(
            path=wish.path,
            ward=find_ward(connection, wish.ward),
            language=language,
            now=now,
            source_id=wish.source or "file",
            campaign=wish.campaign,
            rules_folder=wish.rules_folder,
        )
        kept = campaign_lists.keep(kind, connection, told)
    _tell(kept, wish, language, say)


def take_subscriptions(
    engine: Engine, wish: Wish, *, language: str, say: Say, now: datetime
) -> None:
    """Import who gets the letter, all of the file or nothing."""
    from ops_center.intake.subscription_list import keep_subscriptions

    with tried(engine, wish.dry_run) as connection:
        ward = find_ward(connection, wish.ward)
        kept = keep_subscriptions(connection, ward, wish.path, language, now, say)
    _tell(kept, wish, language, say)


def _tell(kept: Counter[Kept], wish: Wish, language: str, say: Say) -> None:
    if wish.dry_run:
        say(i18n.text("intake.report.tried", language))
    say(report.about_list(kept, language))


def _keep(kind: str, connection: Connection, wish: Wish, language: str) -> Counter[Kept]:
    from ops_center.intake import lists

    if kind == "procedures":
        return lists.keep_procedures(connection, wish.path, language)
    if kind == "calendar":
        return lists.keep_calendar(connection, wish.path, language)
    ward = find_ward(connection, wish.ward)
    return lists.keep_hubs(connection, ward.id, wish.source or "file", wish.path, language)


def take_boundary(engine: Engine, wish: Wish, *, language: str, say: Say) -> None:
    """Import the ward's outline."""
    from ops_center.intake.boundary import read_boundary

    boundary = read_boundary(wish.path)
    with tried(engine, wish.dry_run) as connection:
        set_boundary(connection, find_ward(connection, wish.ward).id, boundary.text)
    if wish.dry_run:
        say(i18n.text("intake.report.tried", language))
    for line in report.about_boundary(boundary, language):
        say(line)
