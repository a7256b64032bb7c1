"""The evaluation's commands: a period is computed, closed, and listed with those before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from ops_center.cli.base import commands, database, say
from ops_center.settings import Settings


@commands.group()
def evaluation() -> None:
    """Scores by the rule files: the ward's, its hubs', its officials'."""


def _whom(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say whom, by which rules."""
    for option in (
        click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD."),
        click.option("--each", is_flag=True, help="Every hub, or every official, by these rules."),
        click.option("--person", default="", metavar="NAME", help="An official, by name or id."),
        click.option("--hub", default="", metavar="CODE", help="A hub, instead of the ward."),
        click.option("--kind", type=click.Choice(["boards", "campaign", "official"]),
                     default="boards", show_default=True, help="Which kind of rules."),
        click.option("--rules", default="", metavar="CODE",
                     help="These rules, instead of the latest of that kind."),
    ):  # fmt: skip
        command = option(command)
    return command


@evaluation.command()
@click.argument("period", default="")
@_whom
@click.option("--json", "shape", flag_value="json", help="Print JSON.")
@click.option("--csv", "shape", flag_value="csv", help="Print CSV.")
@click.pass_obj
def show(chosen: Settings, /, ward: str | None, shape: str | None, **wanted: Any) -> None:
    """Points of a PERIOD such as 2026-08, 2026-Q3 or 2026; of the one under way without."""
    from ops_center.metrics import evaluation_command as command
    from ops_center.metrics.scheme import read_rules
    from ops_center.store.session import reading

    rules = read_rules(chosen.rules_folder)
    wish = command.Wish(ward or chosen.ward or None, shape=shape or "table", **wanted)
    with database(chosen) as engine, reading(engine) as connection:
        now = datetime.now(UTC)
        say(command.show(connection, wish, rules, now=now, language=chosen.language))


@evaluation.command()
@click.argument("period")
@_whom
@click.option("--by", required=True, metavar="NAME", help="Who answers for it.")
@click.pass_obj
def close(chosen: Settings, /, ward: str | None, **wanted: Any) -> None:
    """Keep the reading of a PERIOD that is over; it is never written over."""
    from ops_center.metrics import evaluation_command as command
    from ops_center.metrics.scheme import read_rules
    from ops_center.store.session import writing

    rules = read_rules(chosen.rules_folder)
    wish = command.Wish(ward or chosen.ward or None, **wanted)
    with database(chosen) as engine, writing(engine, repeatable=True) as connection:
        now = datetime.now(UTC)
        told = command.shut(connection, wish, rules, now=now, language=chosen.language)
    for sentence in told:
        say(sentence)


@evaluation.command("list")
@click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
@click.pass_obj
def list_(chosen: Settings, ward: str | None) -> None:
    """The periods that were closed, the latest first."""
    from ops_center.metrics import evaluation_command as command
    from ops_center.metrics.scheme import read_rules
    from ops_center.store.session import reading

    rules = read_rules(chosen.rules_folder)
    wish = command.Wish(ward or chosen.ward or None)
    with database(chosen) as engine, reading(engine) as connection:
        say(command.closed_periods(connection, wish, rules, language=chosen.language))
