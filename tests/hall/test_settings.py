"""Settings from the environment or one file, with mistakes named."""

from dataclasses import fields
from pathlib import Path

import pytest

from ops_center.i18n import Problem
from ops_center.settings import Settings, document, load

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_documentation_is_what_the_declarations_say() -> None:
    assert DOCS.read_text("utf-8") == document(), "run `make docs`"


def test_every_setting_is_explained() -> None:
    assert [entry.name for entry in fields(Settings) if not entry.metadata["help"]] == []


def test_nothing_need_be_set() -> None:
    assert load({}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ops-center.toml"
    file.write_text('port = 9000\nward = "dong-ngac"\nallowed_hosts = ["a.vn", "b.vn"]\n')
    settings = load({"OPS_CENTER_CONFIG": str(file), "OPS_CENTER_PORT": "9001"})
    assert (settings.port, settings.ward) == (9001, "dong-ngac")
    assert settings.allowed_hosts == ("a.vn", "b.vn")


def test_values_are_read_by_their_kind() -> None:
    settings = load(
        {
            "OPS_CENTER_INSIDE_CONTAINER": "Yes",
            "OPS_CENTER_ALLOWED_HOSTS": "ioc.vn, wall.vn,",
            "OPS_CENTER_DATABASE_TIMEOUT": "0.5",
            "OTHER": "left alone",
        }
    )
    assert settings.inside_container is True
    assert settings.allowed_hosts == ("ioc.vn", "wall.vn")
    assert settings.database_timeout == 0.5


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_spelling_of_a_postgresql_url_finds_the_driver(scheme: str) -> None:
    settings = load({"OPS_CENTER_DATABASE_URL": f"{scheme}://u:p@db/ward"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/ward"


def test_an_unknown_name_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(Problem, match="OPS_CENTER_PROT .*did you mean OPS_CENTER_PORT"):
        load({"OPS_CENTER_PROT": "8050"})


def test_an_unknown_name_like_no_other_is_refused_too() -> None:
    with pytest.raises(Problem, match="OPS_CENTER_QQQ"):
        load({"OPS_CENTER_QQQ": "1"})


def test_an_unknown_name_in_the_file_is_named_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "ops-center.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(Problem, match=r"ops-center\.toml: prot .*did you mean port"):
        load({"OPS_CENTER_CONFIG": str(file)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("LANGUAGE", "fr"),
        ("INSIDE_CONTAINER", "maybe"),
        ("DATABASE_TIMEOUT", "nan"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(name: str, value: str) -> None:
    with pytest.raises(Problem, match=f"OPS_CENTER_{name} has the value {value}; it must be"):
        load({f"OPS_CENTER_{name}": value})


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="gone.toml cannot be read"):
        load({"OPS_CENTER_CONFIG": str(tmp_path / "gone.toml")})
    broken = tmp_path / "broken.toml"
    broken.write_text("port = = 1")
    with pytest.raises(Problem, match="broken.toml is not valid TOML"):
        load({"OPS_CENTER_CONFIG": str(broken)})


def test_secrets_are_not_shown_when_settings_are_printed() -> None:
    settings = load({"OPS_CENTER_DATABASE_URL": "postgresql://u:hidden@db/w",
                     "OPS_CENTER_SECRET_KEY": "hidden"})
    assert "hidden" not in repr(settings)
