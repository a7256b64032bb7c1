"""`python -m benchmarks [--rows N]` measures; `python -m benchmarks soak` watches memory."""

from __future__ import annotations

from collections.abc import Iterator

import click

from benchmarks import figures
from benchmarks.figures import Figure
from benchmarks.ground import Ground, ground

KINDS = ("sqlite", "postgresql")


@click.group(invoke_without_command=True)
@click.option("--rows", default=1_000_000, show_default=True, help="Dossiers in the database.")
@click.option("--database", multiple=True, type=click.Choice(KINDS), default=KINDS)
@click.option("--seconds", default=20.0, show_default=True, help="How long screens are watched.")
@click.option("--keep/--no-keep", default=True, help="Whether RESULTS.md is written.")
@click.pass_context
def main(
    context: click.Context, rows: int, database: tuple[str, ...], seconds: float, keep: bool
) -> None:
    """Measure what the program costs."""
    if context.invoked_subcommand:
        return
    for kind in database:
        with ground(kind, rows) as prepared:
            found = list(_printed(_all(prepared, seconds)))
        title = f"{prepared.name}, {rows:,} dossiers"
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep:
            figures.keep(title, found, _NOTES[kind])


_NOTES = {
    "sqlite": "WAL, synchronous NORMAL; screens and writers on the same machine.",
    "postgresql": "fsync off, as in the tests; screens and writers on the same machine.",
}


def _all(prepared: Ground, seconds: float) -> Iterator[Figure]:
    from benchmarks.database import measure_import, measure_refresher, measure_snapshot
    from benchmarks.screens import installation, measure_latency, measure_screens
    from benchmarks.weight import measure_weight

    yield Figure(f"{prepared.name}: bulk load", prepared.load_seconds, "s")
    yield Figure(f"{prepared.name}: db rebuild", prepared.rebuild_seconds, "s")
    yield from measure_snapshot(prepared)
    yield from measure_refresher(prepared)
    with installation(prepared) as (port, server):
        yield from measure_latency(prepared, port)
        yield from measure_screens(prepared, port, server, seconds)
        yield from measure_weight(port)
    yield from measure_import(prepared)


def _printed(found: Iterator[Figure]) -> Iterator[Figure]:
    for figure in found:
        print(f"  {figure.what}: {figure.value:,.2f} {figure.unit} {figure.verdict}", flush=True)
        yield figure


@main.command()
@click.option("--updates", default=10_000, show_default=True, help="Updates pushed to one wall.")
def soak(updates: int) -> None:
    """Push updates to one wall and watch its memory."""
    from benchmarks.soak import measure_soak

    found = list(_printed(measure_soak(updates)))
    print(f"\n{figures.table(found)}\n")
    figures.keep("Soak", found, "Chromium, headless; one wall, updates as fast as it takes them.")


@main.command("explore")
@click.option("--rows", default=1_000_000, show_default=True, help="Dossiers in the database.")
@click.option("--database", multiple=True, type=click.Choice(KINDS), default=KINDS)
@click.option("--keep/--no-keep", default=True, help="Whether EXPLORE.md is written.")
@click.option("--url", default="", help="A database of your own, loaded once and kept.")
def explore(rows: int, database: tuple[str, ...], keep: bool, url: str) -> None:
    """Measure what exploring costs: 20 scopes, their rows, an export, 20 officials."""
    from benchmarks import explore as parts
    from benchmarks.ground import vast_ground

    for kind in (url.split(":")[0],) if url else database:
        with vast_ground(kind, rows, url) as prepared:
            found = list(_printed(_explored(prepared)))
        title = f"{prepared.name}, {prepared.rows:,} dossiers"
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep:
            figures.keep(title, found, parts.NOTES, parts.PAGE)


def _explored(prepared: Ground) -> Iterator[Figure]:
    from benchmarks import explore as parts

    yield from parts.measure_explore(prepared)
    yield from parts.measure_facts(prepared)
    yield from parts.measure_sieves(prepared)
    yield from parts.measure_export(prepared)


@main.command("filters")
@click.option("--rows", default=1_000_000, show_default=True, help="Dossiers in the database.")
@click.option("--database", multiple=True, type=click.Choice(KINDS), default=KINDS)
@click.option("--keep/--no-keep", default=True, help="Whether EXPLORE.md is written.")
@click.option("--url", default="", help="A database of your own, loaded once and kept.")
def filters(rows: int, database: tuple[str, ...], keep: bool, url: str) -> None:
    """Measure filters that no roll-up knows: of the grid's columns, and the time taken."""
    from benchmarks import explore as parts
    from benchmarks import sieves
    from benchmarks.ground import vast_ground

    for kind in (url.split(":")[0],) if url else database:
        with vast_ground(kind, rows, url) as prepared:
            found = list(_printed(sieves.measure_all(prepared)))
        title = f"Filters, {prepared.name}, {prepared.rows:,} dossiers"
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep:
            figures.keep(title, found, sieves.NOTES, parts.PAGE)


@main.command("rounds")
@click.option("--rows", multiple=True, type=int, default=(10_000, 100_000, 1_000_000))
@click.option("--database", multiple=True, type=click.Choice(KINDS), default=KINDS)
@click.option("--keep/--no-keep", default=True, help="Whether RESULTS.md is written.")
@click.option("--url", multiple=True, help="Databases of your own of one kind instead.")
def rounds(
    rows: tuple[int, ...], database: tuple[str, ...], keep: bool, url: tuple[str, ...]
) -> None:
    """Measure a round of the refresher in a small ward and in a large one."""
    from benchmarks import rounds as parts
    from benchmarks.ground import vast_ground

    for kind in (url[0].split(":")[0],) if url else database:
        found: list[Figure] = []
        for count, place in [(0, one) for one in url] or [(count, "") for count in rows]:
            with vast_ground(kind, count, place) as prepared:
                found += _printed(parts.measure_rounds(prepared))
        title = f"A round of ten dossiers, {prepared.name}"
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep:
            figures.keep(title, found, parts.NOTES)


@main.command("forecast")
@click.option("--windows", default=1_200, show_default=True, help="Invented windows.")
@click.option("--keep/--no-keep", default=True, help="Whether FORECAST.md is written.")
def forecast(windows: int, keep: bool) -> None:
    """Back-test the forecast of a campaign's total."""
    from benchmarks import forecast as parts

    sections = (
        ("Invented windows", parts.measure_simulated(windows), parts.NOTES_SIMULATED),
        ("Ratios and levels", parts.measure_others(windows // 4), parts.NOTES_OTHERS),
        ("Real arrivals", parts.measure_real(), parts.NOTES_REAL),
    )
    for title, measured, notes in sections:
        found = list(_printed(measured))
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep and found:
            figures.keep(title, found, notes, parts.PAGE)


@main.command("letters")
@click.option("--rows", default=100_000, show_default=True, help="Dossiers in the database.")
@click.option("--database", multiple=True, type=click.Choice(KINDS), default=KINDS)
@click.option("--keep/--no-keep", default=True, help="Whether LETTERS.md is written.")
def letters(rows: int, database: tuple[str, ...], keep: bool) -> None:
    """Measure five hundred letters of twenty scopes: written, drawn, delivered."""
    from benchmarks import letters as parts

    for kind in database:
        with ground(kind, rows) as prepared:
            found = list(_printed(parts.measure_letters(prepared)))
        title = f"{prepared.name}, {prepared.rows:,} dossiers"
        print(f"\n{title}\n\n{figures.table(found)}\n")
        if keep:
            figures.keep(title, found, parts.NOTES, parts.PAGE)


if __name__ == "__main__":
    main()
