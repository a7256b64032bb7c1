"""Processes, the database, what comes in, the numbers, the demo's world."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ops_center.cli.base import PATIENT, commands, database, ended_by_signal, say
from ops_center.i18n import Problem, number, text
from ops_center.settings import Settings

# --- the processes ---------------------------------------------------------------------------


@commands.command()
@click.option("--host", help="Address to listen on, instead of OPS_CENTER_HOST.")
@click.option("--port", type=int, help="Port to listen on, instead of OPS_CENTER_PORT.")
@click.pass_obj
def serve(chosen: Settings, host: str | None, port: int | None) -> None:
    """Show the screens: the web server."""
    from ops_center.web import serve as web

    web.run(replace(chosen, host=host or chosen.host, port=port or chosen.port))


@commands.command()
@click.pass_obj
def work(chosen: Settings) -> None:
    """Sum up what comes in: the worker. A second one waits until the first is gone."""
    from ops_center.jobs import worker

    worker.run(chosen)


@commands.command()
@click.option("--port", type=int, help="Port of the wall, instead of OPS_CENTER_PORT.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="Pace of live traffic.")
@click.option("--realistic", is_flag=True, help="Live traffic keeps to working hours.")
@click.option("--keep", is_flag=True, help="Go on with the demo.db of last time.")
@click.option("--days", type=int, default=120, show_default=True, help="Days of history.")
@click.option("--postgres", metavar="URL", default="", help="Use this empty PostgreSQL database.")
@click.pass_obj
def demo(chosen: Settings, /, port: int | None, postgres: str, **wanted: Any) -> int:
    """A believable ward with live traffic, until Ctrl-C."""
    from ops_center import demo as show

    asked = show.Demo(
        port=port or chosen.port, database_url=postgres, language=chosen.language, **wanted
    )
    return show.run(asked, say)


@commands.command()
@click.pass_obj
def check(chosen: Settings) -> int:
    """Say in sentences what is wrong with this set-up; exit code 1 when something is."""
    from ops_center import check as inspection

    findings = inspection.look(chosen, datetime.now(UTC))
    for finding in findings:
        say(f"{finding.mark} {finding.sentence}")
    return int(any(finding.state == "bad" for finding in findings))


# --- the database ----------------------------------------------------------------------------


@commands.group()
def db() -> None:
    """Make, prove and mend the database."""


@db.command()
@click.pass_obj
def upgrade(chosen: Settings) -> None:
    """Make the tables, or bring them to this version."""
    from ops_center.store import migrate
    from ops_center.store.failures import place
    from ops_center.store.session import open_engine

    engine = open_engine(chosen.database_url, timeout=PATIENT)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()
    say(text("hall.command.upgraded", chosen.language, database=place(engine)))


@db.command("check")
@click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
@click.pass_obj
def prove(chosen: Settings, ward: str | None) -> int:
    """Prove that every sum follows from the dossiers; exit code 1 when one does not."""
    from ops_center.jobs import upkeep

    with database(chosen):
        proof = upkeep.check(chosen.database_url, ward or chosen.ward or None)
    for sentence in proof.sentences(chosen.language):
        say(sentence)
    return int(proof.count > 0)


@db.command()
@click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
@click.option("--dues", is_flag=True,
              help="Ended dossiers get due times by today's calendar and limits too.")
@click.pass_obj
def rebuild(chosen: Settings, ward: str | None, dues: bool) -> None:
    """Sum everything anew from the dossiers."""
    from ops_center.jobs import upkeep

    with database(chosen):
        bar = click.progressbar(length=100, file=sys.stderr)
    with bar:
        found, revision = upkeep.rebuild(
            chosen.database_url, ward or chosen.ward or None, datetime.now(UTC), dues=dues,
            progress=lambda done, total: bar.update(done * 100 // max(total, 1) - bar.pos),
        )
    say(text("jobs.rebuilt", chosen.language, ward=found.name, revision=revision))


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(chosen: Settings, file: Path) -> None:
    """Copy an SQLite database into a new file, while web server and worker run."""
    from ops_center.store.backup import back_up
    from ops_center.store.session import open_engine

    engine = open_engine(chosen.database_url)  # of any version: one backs up before an upgrade
    try:
        size = back_up(engine, file)
    finally:
        engine.dispose()
    say(text("hall.command.backed_up", chosen.language, file=file.absolute(),
             size=number(size / 1e6, chosen.language, 1)))


@commands.group()
def ward() -> None:
    """Who we are."""


@ward.command()
@click.argument("id")
@click.argument("name")
@click.option("--zone", default="Asia/Ho_Chi_Minh", show_default=True, help="Time zone.")
@click.option("--body", default="", help="Issuing body, as letters name it.")
@click.pass_obj
def add(chosen: Settings, id: str, name: str, zone: str, body: str) -> None:
    """Add a ward with its hub for dossiers of an unknown place."""
    from ops_center.store.session import writing
    from ops_center.store.wards import Ward, add_ward, list_wards

    with database(chosen) as engine, writing(engine) as connection:
        if id in {known.id for known in list_wards(connection)}:
            raise Problem("hall.command.ward_known", id=id)
        add_ward(connection, Ward(id, name, issuing_body=body, time_zone=zone))
    say(text("hall.command.ward_added", chosen.language, name=name, id=id))


# --- what comes in ---------------------------------------------------------------------------


_FILE = click.argument("file", type=click.Path(path_type=Path))
_WARD = click.option("--ward", help="The ward's id, instead of OPS_CENTER_WARD.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Tell what would happen; write nothing.")
_SOURCE = click.option("--source", metavar="ID", help="Who wrote the file, e.g. portal.")


@commands.group("import", invoke_without_command=True)
@click.option("--explain", "file", type=click.Path(path_type=Path), metavar="FILE",
              help="Show what is understood of a file; draft a mapping file.")
@click.pass_context
def bring_in(context: click.Context, file: Path | None) -> None:
    """Bring files in: dossiers, hubs, procedures, the calendar, the ward's boundary."""
    from ops_center.intake import command

    if file:
        command.explain_file(command.Wish(file), context.obj.language, say)
    elif context.invoked_subcommand is None:
        say(context.get_help())


@bring_in.command("dossiers")
@_FILE
@click.option("--mapping", type=click.Path(path_type=Path), help="TOML that tells the columns.")
@click.option("--rejects", type=click.Path(path_type=Path),
              help="Where rejected rows are written, instead of ./FILE.rejects.csv.")
@click.option("--explain", is_flag=True, help="Show what is understood; draft a mapping file.")
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_dossiers(
    chosen: Settings, /, file: Path, explain: bool, ward: str | None, **wanted: Any
) -> int:
    """Dossiers from CSV or XLSX. Exit code 3: some rows were rejected; 2: nothing was written."""
    from ops_center.intake import command

    wish = command.Wish(file, ward or chosen.ward or None, **wanted)
    if explain:
        command.explain_file(wish, chosen.language, say)
        return 0
    now = datetime.now(UTC)
    with database(chosen) as engine:
        return command.take_dossiers(engine, wish, language=chosen.language, say=say, now=now)


@bring_in.command("hubs")
@_FILE
@_DRY_RUN
@_SOURCE
@_WARD
@click.pass_obj
def bring_hubs(chosen: Settings, /, file: Path, ward: str | None, **wanted: Any) -> None:
    """Hubs with their points and what the source calls them (aliases), from CSV or XLSX."""
    _bring_list(chosen, "hubs", file, ward=ward or chosen.ward or None, **wanted)


@bring_in.command("procedures")
@_FILE
@_DRY_RUN
@click.pass_obj
def bring_procedures(chosen: Settings, /, file: Path, dry_run: bool) -> None:
    """Procedures with their limits and fees, from CSV or XLSX."""
    _bring_list(chosen, "procedures", file, dry_run=dry_run)


@bring_in.command("calendar")
@_FILE
@_DRY_RUN
@click.pass_obj
def bring_calendar(chosen: Settings, /, file: Path, dry_run: bool) -> None:
    """Holidays, compensatory days off and make-up working days, from CSV or XLSX."""
    _bring_list(chosen, "calendar", file, dry_run=dry_run)


def _bring_list(chosen: Settings, kind: str, file: Path, **wanted: Any) -> None:
    from ops_center.intake import command

    with database(chosen) as engine:
        wish = command.Wish(file, **wanted)
        command.take_list(kind, engine, wish, language=chosen.language, say=say)


@bring_in.command("boundary")
@_FILE
@_DRY_RUN
@_WARD
@click.pass_obj
def bring_boundary(chosen: Settings, /, file: Path, ward: str | None, dry_run: bool) -> None:
    """The ward's outline, from GeoJSON."""
    from ops_center.intake import command

    with database(chosen) as engine:
        wish = command.Wish(file, ward or chosen.ward or None, dry_run=dry_run)
        command.take_boundary(engine, wish, language=chosen.language, say=say)


# --- the numbers ----------------------------------------------------------------------------


@commands.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--from", "first", metavar="DAY", help="First local day; 30 days before the end.")
@click.option("--to", "last", metavar="DAY", help="First day that no longer counts; tomorrow.")
@click.option("--as-of", metavar="TIME", help="As at that local day or time, instead of now.")
@click.option("--hub", "hubs", multiple=True, metavar="CODE", help="Only this hub; repeatable.")
@click.option("--field", "fields", multiple=True, metavar="ID", help="Only this field.")
@click.option("--procedure", "procedures", multiple=True, metavar="ID", help="Only this procedure.")
@click.option("--channel", "channels", multiple=True, metavar="NAME",
              help="in_person, post, online, online_partial or online_end_to_end.")
@click.option("--by", multiple=True, metavar="DIMENSION",
              help="hub, field, procedure, channel, channel_level, official, day, week, month.")
@click.option("--json", "shape", flag_value="json", help="Print JSON.")
@click.option("--csv", "shape", flag_value="csv", help="Print CSV.")
@click.option("--no-rollup", "rollup", flag_value=False, default=True, help="From the facts alone.")
@click.pass_obj
def metrics(chosen: Settings, /, shape: str | None, **wanted: Any) -> None:
    """The ward's numbers: all metrics or those named, for any scope."""
    from ops_center.metrics import command
    from ops_center.store.session import reading

    wish = command.Wish(ward=chosen.ward or None, shape=shape or "table", **wanted)
    with database(chosen) as engine, reading(engine) as connection:
        say(command.answer(connection, wish, now=datetime.now(UTC), language=chosen.language))


# --- the demo's world ------------------------------------------------------------------------


@commands.command()
@click.option("--ward", help="The illustrative ward to use; without one, the demo ward is made.")
@click.option("--days", type=int, default=120, show_default=True, help="Days of history.")
@click.option("--dossiers", type=int, help="About so many in all, instead of 2,600 a month.")
@click.option("--until", help="End of the history, e.g. 2026-08-05 or 2026-08-05T09:30 (local).")
@click.option("--seed", type=int, default=602, show_default=True, help="The same, the same world.")
@click.option("--live", is_flag=True, help="Go on with live traffic until Ctrl-C.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="Pace of live traffic.")
@click.option("--realistic", is_flag=True, help="Live traffic at a ward's pace, in its hours.")
@click.pass_obj
def simulate(chosen: Settings, /, ward: str | None, **wanted: Any) -> None:
    """Invented dossiers for a demo: history where there is none, then live traffic."""
    from ops_center.simulator import command

    wish = command.Wish(ward=ward or chosen.ward or None, **wanted)
    with database(chosen) as engine, ended_by_signal() as stop:
        command.run(
            engine, wish, language=chosen.language, say=say, stop=stop, now=datetime.now(UTC)
        )
