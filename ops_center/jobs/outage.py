"""A failure that lasts is said when it begins, when it changes and when it ends."""

from __future__ import annotations

from ops_center import logs
from ops_center.i18n import Problem


class Outage:
    """What keeps `task` from its work now, if anything does."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._key: str | None = None

    def begins(self, error: Exception, expected: bool = False) -> None:
        """The task failed; said only if it did not fail in the same way before. `expected`: by
        something outside, as a Problem is; where in the program does not matter then."""
        key = error.key if isinstance(error, Problem) else repr(error)
        if key == self._key:
            return
        self._key = key
        if expected or isinstance(error, Problem):
            logs.warning("worker.kept_waiting", task=self._task, reason=str(error))
        else:
            logs.failure("worker.failed", error, task=self._task)

    def ends(self) -> None:
        """The task succeeded."""
        if self._key is not None:
            logs.event("worker.goes_on", task=self._task)
        self._key = None
