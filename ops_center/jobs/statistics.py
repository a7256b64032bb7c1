"""The planner's knowledge of the tables, renewed each night: a quiet ward has no backlogs."""

from __future__ import annotations

from sqlalchemy import Engine

from ops_center.i18n import Problem
from ops_center.jobs.outage import Outage
from ops_center.jobs.summing import Summing
from ops_center.store.session import writing
from ops_center.store.statistics import gather

HOUR = 19
"""Of the day in UTC: two in the night in Vietnam."""


class Survey:
    """Gathers for as long as this worker is the one that sums a ward."""

    def __init__(self, engine: Engine, summing: Summing) -> None:
        self._engine = engine
        self._summing = summing
        self._outage = Outage("statistics")

    def renew(self) -> None:
        """Gather anew; a database that is gone is said, and tried again the next night."""
        if not self._summing.holding:
            return
        try:
            with writing(self._engine) as connection:
                gather(connection)
        except Problem as problem:
            self._outage.begins(problem)
        else:
            self._outage.ends()
