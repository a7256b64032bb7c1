"""What the documents and the sentences of the program promise is there."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from ops_center.cli import commands
from ops_center.settings import NOT_SETTINGS, PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("db/**/*.md")]
    if path.is_file()
)
WORDS = sorted(ROOT.glob("ops_center/locale/*/*.toml"))
COMMAND = re.compile(r"ops-center ((?:[a-z]+(?:-[a-z]+)* ?)+)")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def unknown_commands(told: str) -> Iterator[str]:
    """Commands that are written down but not there; words after a whole command are arguments."""
    for found in COMMAND.findall(told):
        group: click.Command = commands
        for word in found.split():
            if not isinstance(group, click.Group):
                break
            if word not in group.commands:
                yield f"ops-center {found.strip()}"
                break
            group = group.commands[word]


def in_code(page: str) -> str:
    """Only what a page shows as code: prose may say "ops-center is"."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`|^    .*$", page, re.M | re.S))


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_every_command_in_a_document_exists(path: Path) -> None:
    assert list(unknown_commands(in_code(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("path", WORDS, ids=names(WORDS))
def test_every_remedy_that_is_a_command_exists(path: Path) -> None:
    told = "\n".join(re.findall(r"`[^`\n]+`|: ops-center [a-z ]+", path.read_text("utf-8")))
    assert list(unknown_commands(told)) == []


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert list(unknown_commands("`ops-center db mend`")) == ["ops-center db mend"]
    assert list(unknown_commands("`ops-center db upgrade`")) == []


def test_every_variable_that_is_written_down_is_a_setting() -> None:
    declared = {entry.name.upper() for entry in fields(Settings)} | NOT_SETTINGS
    found = set()
    for path in [*PAGES, *WORDS, *ROOT.glob("docs/*"), ROOT / "Makefile", ROOT / ".ci" / "run"]:
        if path.is_file():
            found |= set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", path.read_text("utf-8")))
    assert found - declared == set()
