"""`ops-center` and `python -m ops_center`: runs a command and turns errors into sentences."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from ops_center import i18n, logs
from ops_center.i18n import Problem


def main() -> None:
    """Ends with 0; 2 for a problem the reader can mend; 1 for a defect of ours."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` tidies up like Ctrl-C
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit code of one command; whatever goes wrong is told on standard error."""
    import click

    from ops_center.cli import commands

    logs.configure()
    try:
        code = commands.main(list(arguments), prog_name="ops-center", standalone_mode=False)
        sys.stdout.flush()
    except Problem as problem:
        print(problem.text(language()), file=sys.stderr)  # noqa: T201
        return problem.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:
        logs.failure("command.failed", error, command=" ".join(arguments))
        print(i18n.text("hall.defect", language(), error=error), file=sys.stderr)  # noqa: T201
        return 1
    return code if isinstance(code, int) else 0


def language() -> str:
    """The language of messages; before the settings can be read, what the environment says."""
    from ops_center import settings

    try:
        return settings.load().language
    except Problem:
        return i18n.choose(os.environ.get("OPS_CENTER_LANGUAGE"))


def _reader_gone() -> int:
    """`ops-center metrics | head`: nobody reads on, and Python must not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()
