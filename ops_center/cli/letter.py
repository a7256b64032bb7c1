"""The letter's commands: who gets it, how it looks, what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ops_center.cli.base import commands, database, say
from ops_center.cli.everyday import bring_in
from ops_center.i18n import LANGUAGES
from ops_center.settings import Settings

if TYPE_CHECKING:
    from ops_center.jobs.command import Clerk

_WARD = click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
_WHO = click.argument("who", metavar="ADDRESS|ID")


@commands.group()
def letter() -> None:
    """The daily letter: who gets it, how it looks, what became of it."""


@contextmanager
def _clerk(chosen: Settings, ward: str | None) -> Iterator[Clerk]:
    from ops_center.jobs.command import Clerk

    with database(chosen) as engine:
        yield Clerk(engine, replace(chosen, ward=ward or chosen.ward), say, datetime.now(UTC))


@letter.command()
@click.argument("email")
@click.option("--name", default="", help="The reader's name, if the ward does not know it yet.")
@click.option("--hub", "hubs", multiple=True, metavar="CODE",
              help="Only this hub; repeatable. Without it: the whole ward.")
@click.option("--section", "sections", multiple=True, metavar="NAME",
              help="numbers, overdue, campaign, hubs, plan, map; repeatable. Without it: all.")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option("--days", default="daily", show_default=True,
              help="daily, working (the ward's working days), month_end, or such as mon,thu.")
@click.option("--time", default="07:00", show_default=True, help="Local time.")
@click.option("--zone", default="", help="Time zone, instead of the ward's.")
@click.option("--format", type=click.Choice(["html", "text"]), default="html", show_default=True)
@click.option("--workbook", is_flag=True, help="With the tables as XLSX.")
@click.option("--report", is_flag=True, help="With the report as PDF.")
@_WARD
@click.pass_obj
def subscribe(chosen: Settings, /, ward: str | None, **wanted: Any) -> None:
    """Let EMAIL have the letter, or have it otherwise; one letter for each time of day."""
    from ops_center.jobs.command import Wish

    with _clerk(chosen, ward) as clerk:
        clerk.subscribe(Wish(**wanted))


@letter.command("list")
@_WARD
@click.pass_obj
def list_all(chosen: Settings, ward: str | None) -> None:
    """Who gets the letter, when and about what."""
    with _clerk(chosen, ward) as clerk:
        clerk.list()


@letter.command()
@_WHO
@_WARD
@click.pass_obj
def pause(chosen: Settings, who: str, ward: str | None) -> None:
    """No letters for now."""
    with _clerk(chosen, ward) as clerk:
        clerk.set_active(who, False)


@letter.command()
@_WHO
@_WARD
@click.pass_obj
def resume(chosen: Settings, who: str, ward: str | None) -> None:
    """Letters again, from now on; also after an unsubscribing, if the reader asks for it."""
    with _clerk(chosen, ward) as clerk:
        clerk.set_active(who, True)


@letter.command()
@_WHO
@click.option("--at", "as_of", default="", metavar="TIME",
              help="As at that local day (07:00) or time, instead of now.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=".",
              help="Folder for the files.")
@_WARD
@click.pass_obj
def preview(chosen: Settings, /, who: str, as_of: str, folder: Path, ward: str | None) -> None:
    """Write the letter as it would be sent into files: EML, HTML, text. Sends nothing."""
    with _clerk(chosen, ward) as clerk:
        clerk.preview(who, as_of, folder)


@letter.command()
@_WHO
@_WARD
@click.pass_obj
def send(chosen: Settings, who: str, ward: str | None) -> int:
    """Send the letter now, besides the planned ones. Exit code 1 when one was not sent.

    Nothing goes to a reader who has unsubscribed; a paused letter only when named by its ID.
    """
    with _clerk(chosen, ward) as clerk:
        return clerk.send(who)


@letter.command()
@_WARD
@click.pass_obj
def status(chosen: Settings, ward: str | None) -> int:
    """How sending is set up and what became of the letters; exit code 1 when some were refused."""
    with _clerk(chosen, ward) as clerk:
        return clerk.status()


@bring_in.command("subscriptions")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would happen; write nothing.")
@_WARD
@click.pass_obj
def bring_subscriptions(
    chosen: Settings, /, file: Path, dry_run: bool, ward: str | None
) -> None:
    """Who gets the letter, from CSV or XLSX: address, hubs, language, days, time."""
    from ops_center.intake import command

    wish = command.Wish(file, ward or chosen.ward or None, dry_run=dry_run)
    with database(chosen) as engine:
        command.take_subscriptions(
            engine, wish, language=chosen.language, say=say, now=datetime.now(UTC)
        )
