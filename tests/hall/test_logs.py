"""One line for each event, in UTC, whatever the fields hold."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest

from ops_center import logs


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged during the test; pytest's own handlers are put back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    root.handlers = []
    logs.configure(getattr(request, "param", "text"), stream=stream)
    yield stream
    root.handlers = before
    root.setLevel(level)


def test_an_event_is_its_time_its_name_and_its_fields(lines: io.StringIO) -> None:
    logs.event("import.finished", file="day.csv", new=120)
    at, rest = lines.getvalue().split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at)
    assert rest == "info import.finished file=day.csv new=120\n"


def test_a_value_with_spaces_or_a_new_line_stays_in_its_line(lines: io.StringIO) -> None:
    logs.warning("mail.refused", answer="550 no\nsuch user", name="Đông Ngạc", empty="")
    [line] = lines.getvalue().splitlines()
    assert line.endswith('answer="550 no\\nsuch user" name="Đông Ngạc" empty=""')


def test_a_failure_keeps_the_error_and_where_it_came_from(lines: io.StringIO) -> None:
    try:
        int("x")
    except ValueError as error:
        logs.failure("job.failed", error, job="refresh")
    [line] = lines.getvalue().splitlines()
    assert " error job.failed job=refresh error=\"ValueError: invalid literal" in line
    assert "test_logs.py" in line


@pytest.mark.parametrize("lines", ["json"], indirect=True)
def test_json_lines_hold_the_same(lines: io.StringIO) -> None:
    logs.event("import.finished", new=120)
    logging.getLogger("library").warning("Look at %s", "this")
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert (first["event"], first["level"], first["new"]) == ("import.finished", "info", 120)
    assert (second["event"], second["message"]) == ("library", "Look at this")
