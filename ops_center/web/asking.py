"""Questions of one browser tab: a newer one ends the older, which nobody waits for any more."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops_center.store.cancelling import Cancelled, Running, overtake
from ops_center.web.desk import Query

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Superseded = Cancelled
"""Raised in a question whose tab has asked something newer; answer with PreventUpdate."""


@dataclass(frozen=True)
class Asked:
    """A question as a page's script puts it: which address, of which tab, the how manyth."""

    query: Query
    tab: str
    number: int


def asked(ask: Any, path: str, language: str) -> Asked:
    """What a browser sent in `ask`, which may be anything."""
    told = ask if isinstance(ask, Mapping) else {}
    number = told.get("number")
    return Asked(
        Query(path, str(told.get("search", "")).removeprefix("?"), language),
        str(told.get("tab", ""))[:40],
        number if isinstance(number, int) and 0 <= number < 2**53 else 0,
    )


class Asking:
    """The questions under way in this process. Safe to use from many threads.

    On PostgreSQL those of other web processes end, too.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running: dict[tuple[str, str], tuple[int, Running]] = {}

    @contextmanager
    def asked(
        self, engine: Engine, tab: str, what: str = "", number: int | None = None
    ) -> Iterator[Connection]:
        """A reading connection for a question of that tab about `what`.

        The tab's older question about the same ends: Superseded is raised in it. `number` grows
        with the tab's questions where it is known; one that arrives after a newer one ends itself.
        An empty `tab` is nobody's: such questions end no others.
        """
        running = Running()
        key = (tab, what)
        turn = self._begin(key, number, running) if tab else 0
        try:
            with running.reading(engine) as connection:
                if tab:
                    overtake(connection, _short(key), turn)
                yield connection
        finally:
            if tab:
                self._end(key, turn, running)

    def _begin(self, key: tuple[str, str], number: int | None, running: Running) -> int:
        with self._guard:
            held = self._running.get(key)
            turn = number if number is not None else _later(held[0] if held else 0)
            if held is not None and held[0] > turn:
                raise Superseded
            self._running[key] = turn, running
        if held is not None:
            held[1].cancel()
        return turn

    def _end(self, key: tuple[str, str], turn: int, running: Running) -> None:
        with self._guard:
            if self._running.get(key) == (turn, running):
                del self._running[key]


def _later(turn: int) -> int:
    """A turn after that one; all processes of a machine count by the same clock."""
    return max(turn + 1, time.time_ns() // 1000)


def _short(key: tuple[str, str]) -> str:
    """A tab may call itself anything; this fits into a name."""
    return hashlib.sha256("\n".join(key).encode("utf-8", "replace")).hexdigest()[:20]
