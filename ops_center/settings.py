"""Every setting, declared once: name, type, default, help.

Each can be given in the environment as OPS_CENTER_<NAME>, or in one TOML file that
OPS_CENTER_CONFIG names; the environment wins. A name that is not declared is refused.
`python -m ops_center.settings` prints docs/settings.md.
"""

from __future__ import annotations

import difflib
import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from ops_center.i18n import Problem

PREFIX = "OPS_CENTER_"
KEY_LENGTH = 16
"""Characters that a keeper's key has at least: it cannot be guessed by trying."""
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}

# Read elsewhere: the file with settings, and two that only the tests know.
NOT_SETTINGS = {"CONFIG", "REAL_DATA", "HYPOTHESIS"}


def _setting(default: Any, help: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """What can be set. The comments in docs/settings.md come from here."""

    database_url: str = _setting(
        "sqlite:///ops-center.db",
        "The shared database: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
        secret=True,
    )
    ward: str = _setting(
        "", "The ward's id, such as `dong-ngac`. May stay empty while the database has one ward."
    )
    language: Literal["vi", "en", "ar"] = _setting(
        "vi", "The language of messages, and of screens that do not ask for another."
    )
    host: str = _setting(
        "127.0.0.1",
        "The address the web server listens on. Until accounts exist only a loopback address is "
        "taken; put a reverse proxy that asks for a password in front of it.",
    )
    port: int = _setting(8050, "The port the web server listens on.")
    inside_container: bool = _setting(
        False,
        "Set in the container image: allows the address 0.0.0.0 inside the container, whose port "
        "is published on the host's loopback address only.",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        "Host names, beside localhost, under which the screens may be asked for; comma-separated. "
        "Any other Host header is refused.",
    )
    public_url: str = _setting(
        "", "The address under which people reach the screens, such as `https://ioc.example.vn`."
    )
    secret_key: str = _setting(
        "", "A long random text that signs cookies and the links by which readers unsubscribe. "
        "Needed as soon as `public_url` is set.",
        secret=True,
    )
    rules_folder: str = _setting(
        "",
        "A folder with the ward's own rule files for scores, such as `qd766-2022.toml`. Empty: "
        "those that come with the program.",
    )
    keeper_key: str = _setting(
        "",
        "A long random text which lets its holder enter scores and teams' reports and close "
        "periods in the browser. Empty: the screens write nothing; imports and commands do.",
        secret=True,
    )
    tile_url: str = _setting(
        "",
        "A map tile server, such as `https://tiles.example.vn/{z}/{x}/{y}.png`. Empty: the map is "
        "drawn without a background and asks no other server.",
    )
    smtp_host: str = _setting(
        "", "The mail server that takes the letters. Empty: no letter is sent, and each says so."
    )
    smtp_port: int = _setting(587, "Its port: usually 587 with STARTTLS, 465 with TLS, 25 without.")
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        "starttls", "How the connection is secured. Never weaker than said here; `none` only for a "
        "server on this machine."
    )
    smtp_user: str = _setting("", "The name to log in with. Empty: no login.")
    smtp_password: str = _setting("", "The password to log in with.", secret=True)
    smtp_ca_file: str = _setting(
        "", "A file with the certificates to trust instead of the system's, for one's own server."
    )
    smtp_timeout: float = _setting(
        30.0, "Seconds in which a letter must be taken; at most 60. A server that is slower is "
        "tried again later."
    )
    mail_from: str = _setting(
        "", "Who the letters are from: `ioc@example.vn` or `IOC Đông Ngạc <ioc@example.vn>`."
    )
    mail_keeper: str = _setting(
        "", "The address of whoever is told of letters that were refused for good."
    )
    letter_deadline_minutes: float = _setting(
        30.0, "Minutes that a letter is held because something is missing in it; then it is sent "
        "and says what."
    )
    letter_catch_up_hours: float = _setting(
        12.0, "A letter missed or not delivered for longer is not sent any more, and noted so."
    )
    letter_keep_days: int = _setting(
        90, "Days after which the pictures and files of old letters are removed; their words stay."
    )
    web_workers: int = _setting(2, "Processes of the web server.")
    web_threads: int = _setting(8, "Threads of each web process.")
    database_timeout: float = _setting(
        2.0, "Seconds after which a connection, a lock or a statement of the screens is given up."
    )
    log_format: Literal["text", "json"] = _setting("text", "The shape of log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "The least level that is logged."
    )


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; Problem for an unknown name or a value of the wrong kind."""
    given = os.environ if environ is None else environ
    values = _from_file(given.get(f"{PREFIX}CONFIG", "")) | _from_environment(given)
    return _normal(Settings(**values))


def _from_file(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        raw = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise Problem("hall.settings.no_file", path=path, reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("hall.settings.bad_file", path=path, reason=error) from error
    return {name: _parsed(name, value, f"{path}: {name}") for name, value in raw.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = [name for name in environ if name.startswith(PREFIX)]
    return {
        _declared(name): _parsed(_declared(name), environ[name], name)
        for name in names
        if name.removeprefix(PREFIX) not in NOT_SETTINGS
    }


def _declared(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _parsed(name: str, value: object, place: str) -> Any:
    kinds = get_type_hints(Settings)
    if name not in kinds:
        raise _unknown(name, place)
    try:
        return _converted(kinds[name], value)
    except ValueError:
        raise Problem(
            "hall.settings.bad_value", name=place, value=value, wanted=_wanted(kinds[name])
        ) from None


def _unknown(name: str, place: str) -> Problem:
    """Names the declared setting that was probably meant, written as it was given."""
    found = difflib.get_close_matches(name, get_type_hints(Settings), 1)
    if not found:
        return Problem("hall.settings.unknown", name=place)
    meant = PREFIX + found[0].upper() if place.startswith(PREFIX) else found[0]
    return Problem("hall.settings.unknown_near", name=place, meant=meant)


def _converted(kind: Any, value: object) -> Any:
    shown = str(value).strip()
    if kind is bool:
        return _truth(shown.lower())
    if kind in (int, float):
        return _positive(kind(shown))
    if choices := get_args(kind):
        return _several(value) if choices[-1] is Ellipsis else _one_of(shown, choices)
    return shown


def _truth(shown: str) -> bool:
    if shown not in _TRUE | _FALSE:
        raise ValueError(shown)
    return shown in _TRUE


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(value)
    return value


def _several(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return tuple(part.strip() for part in map(str, parts) if part.strip())


def _one_of(shown: str, choices: tuple[str, ...]) -> str:
    if shown not in choices:
        raise ValueError(shown)
    return shown


def _wanted(kind: Any) -> str:
    choices = get_args(kind)
    if choices and choices[-1] is not Ellipsis:
        return " | ".join(choices)
    words = {bool: "true | false", int: "1, 2, 3 …", float: "0.5, 2 …"}
    return words.get(kind, "text")


def _normal(settings: Settings) -> Settings:
    """Hosting platforms write postgres:// – the driver that is installed is psycopg."""
    from dataclasses import replace

    scheme, colon, rest = settings.database_url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return replace(settings, database_url=scheme + colon + rest)


def document() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Each can be given in the environment or, by its lower-case name without the prefix, in "
        f"one TOML file named in `{PREFIX}CONFIG`. The environment wins. An unknown name is "
        "refused. This page is generated by `make docs`.",
        "",
        "| In the environment | Kind | Default | Meaning |",
        "|---|---|---|---|",
    ]
    kinds = get_type_hints(Settings)
    lines += [_line(entry, kinds[entry.name]) for entry in fields(Settings)]
    return "\n".join(lines) + "\n"


def _line(entry: Field[Any], kind: Any) -> str:
    several = get_args(kind)[-1:] == (Ellipsis,)
    words = "texts, comma-separated" if several else _wanted(kind)
    words = words.replace("|", "\\|")
    default = ",".join(entry.default) if isinstance(entry.default, tuple) else str(entry.default)
    shown = f"`{default.lower() if kind is bool else default}`" if default else "empty"
    return f"| `{PREFIX}{entry.name.upper()}` | {words} | {shown} | {entry.metadata['help']} |"


if __name__ == "__main__":
    sys.stdout.write(document())
