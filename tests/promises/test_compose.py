"""docker-compose.yml and Dockerfile, held against the program they start."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops_center.cli import commands
from ops_center.mail.smtp import server_of
from ops_center.settings import PREFIX, load
from tests.fixtures.databases import postgres_database
from tests.fixtures.running import free_port

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "ops-center"]


def environment(service: str) -> dict[str, str]:
    """A service's variables, as compose fills them in."""
    given = COMPOSE["services"][service]["environment"]
    filled = r"\$\{\w+(:[-?])?([^}]*)\}"
    return {name: re.sub(filled, r"\2", value) for name, value in given.items()}


def of_the_image() -> dict[str, str]:
    return dict(re.findall(rf"({PREFIX}\w+)=(\S+)", DOCKERFILE))


def test_the_services_are_the_database_its_migration_web_and_worker() -> None:
    usual = {name for name, one in COMPOSE["services"].items() if "profiles" not in one}
    assert usual == {"postgres", "migrate", "web", "work"}


def test_letters_are_caught_by_a_mail_server_of_its_own_only_where_that_is_asked_for() -> None:
    """One that were always there would mark letters as sent that reach nobody."""
    catcher = COMPOSE["services"]["mail"]
    assert catcher["profiles"] == ["mail"]
    assert not any("1025" in port for port in catcher["ports"])
    for service in OURS:
        settings = load({**environment(service), "OPS_CENTER_LANGUAGE": "vi"})
        assert (settings.smtp_host, settings.smtp_security) == ("", "starttls")
        assert "mail" not in COMPOSE["services"][service].get("depends_on", {})


def test_the_words_of_the_trial_set_up_are_settings_that_send() -> None:
    written = (ROOT / "docker-compose.yml").read_text("utf-8")
    (line,) = re.findall(r"^#   (SMTP_HOST=.*)$", written, re.M)
    given = {f"{PREFIX}{name}": value for name, value in re.findall(r"(\w+)=(\S+)", line)}
    found = server_of(load(given))
    assert found is not None
    assert (found.host, found.port, found.security) == ("mail", 1025, "none")
    assert set(given) <= set(COMPOSE["services"]["work"]["environment"])


@pytest.mark.parametrize("service", OURS)
def test_each_service_starts_a_command_that_exists(service: str) -> None:
    found: Any = commands
    for word in COMPOSE["services"][service]["command"]:
        found = found.commands[word]


@pytest.mark.parametrize("service", OURS)
def test_each_variable_is_a_setting_with_a_value_of_its_kind(service: str) -> None:
    settings = load({**of_the_image(), **environment(service)} | {"OPS_CENTER_LANGUAGE": "vi"})
    assert settings.inside_container
    assert settings.host == "0.0.0.0"
    assert settings.database_url.startswith("postgresql+psycopg://")


def test_ports_are_published_on_this_machine_only() -> None:
    published = [port for one in COMPOSE["services"].values() for port in one.get("ports", [])]
    assert published == [f"127.0.0.1:{load({}).port}:{load({}).port}", "127.0.0.1:8025:8025"]


def test_web_and_worker_start_when_the_migration_is_done() -> None:
    for service in ("web", "work"):
        waits = COMPOSE["services"][service]["depends_on"]
        assert waits == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_image_runs_without_privileges_and_without_build_tools() -> None:
    final = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER ops-center$", final, re.M)
    assert not re.search(r"\b(gcc|build-essential|apt-get|pip)\b", final)


def test_everything_the_image_copies_passes_the_dockerignore() -> None:
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    assert {name for line in copied for name in line.split()} <= kept


# --- the same commands, by hand, on a real PostgreSQL ----------------------------------------


@pytest.fixture
def variables(postgres_url: str) -> Iterator[dict[str, str]]:
    """What the services are given, with an empty database and a free port of this machine."""
    with postgres_database(postgres_url, "template0") as url:
        ours = {"OPS_CENTER_DATABASE_URL": url, "OPS_CENTER_PORT": str(free_port())}
        yield {**of_the_image(), **environment("web"), "OPS_CENTER_LANGUAGE": "en", **ours}


def finished(variables: dict[str, str], *words: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "ops_center", *words],
        env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@contextmanager
def service(name: str, variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    words = COMPOSE["services"][name]["command"]
    process = subprocess.Popen(
        [sys.executable, "-m", "ops_center", *words], env={**os.environ, **variables}
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=120)


def health(port: str) -> dict[str, Any]:
    """What /health answers, well or not; {} while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
            return dict(json.load(reply))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))
    except OSError:
        return {}


def test_the_services_commands_make_a_living_ward_on_postgresql(variables: dict[str, str]) -> None:
    assert "newest schema" in finished(variables, *COMPOSE["services"]["migrate"]["command"])
    assert "Added the ward" in finished(variables, "ward", "add", "dong-ngac", "Đông Ngạc")
    with service("web", variables) as web, service("work", variables) as work:
        deadline = time.monotonic() + 120
        state: dict[str, Any] = {}
        while state.get("state") != "live" and time.monotonic() < deadline:
            assert (web.poll(), work.poll()) == (None, None)
            time.sleep(0.2)
            state = health(variables["OPS_CENTER_PORT"])
    assert (state["state"], state["ward"]) == ("live", "dong-ngac")
