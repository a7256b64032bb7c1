"""The campaign's commands: its indicators, reports and plan come in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ops_center.cli.base import database, say
from ops_center.cli.everyday import bring_in
from ops_center.settings import Settings

_FILE = click.argument("file", type=click.Path(path_type=Path))
_WARD = click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Tell what would happen; write nothing.")
_SOURCE = click.option("--source", metavar="ID", help="Who wrote the file; its aliases of hubs.")
_CAMPAIGN = click.option("--campaign", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]),
                         help="First day of the campaign meant, instead of the one under way.")


@bring_in.command("people")
@_FILE
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_people(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """Officials, owners of tasks, readers of letters, from CSV or XLSX."""
    _bring(chosen, "people", file, **wanted)


@bring_in.command("campaign")
@_FILE
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_campaign(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """Campaigns with their first day and length, from CSV or XLSX."""
    _bring(chosen, "campaign", file, **wanted)


@bring_in.command("indicators")
@_FILE
@_CAMPAIGN
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_indicators(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """What a campaign is measured by, with the ward's and the hubs' targets."""
    _bring(chosen, "indicators", file, **wanted)


@bring_in.command("milestones")
@_FILE
@_CAMPAIGN
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_milestones(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """Days of a campaign that count, and what an indicator should have reached by then."""
    _bring(chosen, "milestones", file, **wanted)


@bring_in.command("activities")
@_FILE
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_activities(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """What community digital teams did by hub and day; the same day again is a correction."""
    _bring(chosen, "activities", file, **wanted)


@bring_in.command("plan")
@_FILE
@_CAMPAIGN
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_plan(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """The action plan's items, each with its one owner. People must be known: import people."""
    _bring(chosen, "plan", file, **wanted)


@bring_in.command("evaluation-inputs")
@_FILE
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_inputs(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """What the evaluation needs and no dossier holds: numerators and denominators."""
    _bring(chosen, "evaluation-inputs", file, **wanted)


@bring_in.command("petitions")
@_FILE
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_petitions(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """Citizens' complaints and proposals with their days, without names."""
    _bring(chosen, "petitions", file, **wanted)


@bring_in.command("official-scores")
@_FILE
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_scores(chosen: Settings, /, file: Path, **wanted: Any) -> None:
    """Points that the official system gave, to stand beside those computed here."""
    _bring(chosen, "official-scores", file, **wanted)


def _bring(
    chosen: Settings, kind: str, file: Path, *, ward: str | None,
    campaign: datetime | None = None, **wanted: Any,
) -> None:  # fmt: skip
    from ops_center.intake import command

    wish = command.Wish(
        file, ward or chosen.ward or None, campaign=campaign.date() if campaign else None,
        rules_folder=chosen.rules_folder, **wanted,
    )  # fmt: skip
    now = datetime.now(UTC)
    with database(chosen) as engine:
        command.take_campaign_list(
            kind, engine, wish, language=chosen.language, say=say, now=now
        )


@bring_in.command("template")
@click.argument("name", required=False)
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE",
              help="Where it is written, instead of ./NAME.csv.")
@click.pass_obj
def take_template(chosen: Settings, /, name: str | None, to: Path | None) -> None:
    """A file to fill in, with a few lines as examples. Without a NAME: which ones there are."""
    from ops_center.intake import templates

    if name is None:
        for line in templates.listed(chosen.language):
            say(line)
    else:
        say(templates.write(name, to or Path(f"{name}.csv"), chosen.language))
