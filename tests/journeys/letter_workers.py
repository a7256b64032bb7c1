"""Workers that send letters, as real processes that stop at a named step and wait to be killed.

One process, which has loaded everything, is told on its standard input which workers to start,
each a fork of its own: `{"url": …, "port": …, "clock": file, "rounds": file, "step": …, "flag":
file}` in a line. It answers with the worker's process id.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ops_center.jobs import delivery, planning, writing
from ops_center.jobs.letters import Letters
from ops_center.jobs.writing import Pace
from ops_center.mail import smtp
from ops_center.settings import Settings
from ops_center.store import outbox
from ops_center.store.session import open_engine
from tests.fixtures.mailbox import SENDER
from tests.jobs.post import Pen

PACE = Pace(writing_lease=8.0, look_again=0.2, lease=8.0, back_off=(0.2,))

# step: (where, which function, whether we stop before or after it)
STEPS: dict[str, tuple[Any, str, str]] = {
    "before planning": (planning.Planner, "plan", "before"),
    "planned, not committed": (planning, "plan", "after"),
    "after planning": (planning.Planner, "plan", "after"),
    "while writing": (Pen, "write", "before"),
    "written, not committed": (writing, "keep_letter", "after"),
    "after writing": (writing.Writer, "write", "after"),
    "before claiming": (outbox, "claim", "before"),
    "claimed, not committed": (outbox, "claim", "after"),
    "after claiming": (delivery.Courier, "_send", "before"),
    "before DATA": (smtp._Link, "finish", "before"),
    "during DATA": (smtp._Link, "finish", "half"),
    "after DATA": (smtp.Carrier, "send", "after"),
    "settled, not committed": (outbox, "settle_sent", "after"),
    "after settling": (delivery.Courier, "_send", "after"),
}

STOPPED = "stopped after claiming"
"""There the worker is stopped, as by a debugger or a machine that swaps, and may go on."""

TWICE = ("after DATA", "settled, not committed")
"""Where the server has the letter and nobody could write that down."""


def _stop_at(step: str, flag: Path) -> None:
    where, name, when = STEPS[step.removeprefix("stopped ")]
    original: Callable[..., Any] = getattr(where, name)

    def wait() -> None:
        if flag.exists():
            return
        flag.write_text(step)
        if step == STOPPED:
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            time.sleep(600)

    def stopping(*given: Any, **named: Any) -> Any:
        if when == "before":
            wait()
        if when == "half":
            link, content = given
            link.send(content[: len(content) // 2])
            wait()
        answer = original(*given, **named)
        wait()
        return answer

    setattr(where, name, stopping)


def _work(told: dict[str, Any]) -> None:
    if told["step"]:
        _stop_at(told["step"], Path(told["flag"]))
    settings = Settings(
        database_url=told["url"], smtp_host="127.0.0.1", smtp_port=told["port"],
        smtp_security="none", smtp_timeout=6.0, mail_from=SENDER,
    )  # fmt: skip
    engine = open_engine(told["url"], timeout=10)
    pen = Pen()
    letters = Letters(
        engine, settings, f"worker-{os.getpid()}", lambda: _now(Path(told["clock"])),
        pen=lambda: pen, pace=PACE,
    )  # fmt: skip
    while True:
        letters.turn()
        with Path(told["rounds"]).open("ab") as rounds:
            rounds.write(b".")
        time.sleep(0.1)


def _now(clock: Path) -> datetime:
    """The machine's time, moved by as many seconds as the file says."""
    return datetime.now(UTC) + timedelta(seconds=float(clock.read_text()))


def main() -> None:
    """Start workers until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(0)
            _work(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
