"""From an address to its numbers: asked once per view and revision, held for whoever asks next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ops_center import i18n
from ops_center.metrics import explore
from ops_center.metrics.dossiers import Page, list_dossiers
from ops_center.metrics.reading import read
from ops_center.store.system import find_revision
from ops_center.web.address import FILTERS, View, grain, scope_of
from ops_center.web.asking import Asking
from ops_center.web.explore.grid import Asked
from ops_center.web.explore.seen import Seen
from ops_center.web.known import Known, find_known

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ops_center.web.desk import Desk

KEPT = 64  # views with their numbers, in memory


class Answers:
    """The questions of one web process. Safe to ask from many threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._asking = desk, Asking()
        self._held: OrderedDict[Any, Any] = OrderedDict()
        self._guard = threading.Lock()

    def known(self) -> Known:
        """The ward and its lists as they are; Problem while the database is gone."""
        with self._asking.asked(self._desk.live.pulse.engine, "") as connection:
            return self._known(connection)

    def seen(self, query: Mapping[str, str], tab: str = "", number: int | None = None) -> Seen:
        """A view with its numbers. A newer question of the same tab ends this one: Superseded."""
        engine = self._desk.live.pulse.engine
        with self._asking.asked(engine, tab, "view", number) as connection:
            known = self._known(connection)
            view, notes = known.view(query, self._desk.settings.language)
            found = self._found(connection, known, view)
            seen = Seen(known, view, notes, found, view.lang, view.theme or "light",
                        "lang" in query)
            return replace(seen, loosen=_loosened(connection, seen))

    def arrivals(self, query: Mapping[str, str], tab: str, number: int | None) -> Any:
        """(view with numbers, arrivals by weekday and hour)."""
        seen = self.seen(query)
        with self._asking.asked(self._desk.live.pulse.engine, tab, "hours", number) as connection:
            known = seen.known
            key = ("hours", *self._moment(connection, known), seen.found.scope)
            return seen, self._once(key, lambda: explore.take_arrivals(
                connection, known.ward, seen.found.scope, known.now))

    def page(
        self, query: Mapping[str, str], as_of: datetime | None, tab: str, asked: Asked
    ) -> tuple[Page, Known, View]:
        """Rows of the view's list, as the grid asks for them, the columns' filters included;
        `as_of`: when the view's numbers were taken."""
        engine = self._desk.live.pulse.engine
        with self._asking.asked(engine, tab, f"rows {asked.start}") as connection:
            known = self._known(connection)
            view, _ = known.view(query, self._desk.settings.language)
            view = replace(view, where=asked.where)
            page = list_dossiers(
                connection, known.ward, known.listed(view), min(as_of or known.now, known.now),
                name=view.rows, sort=asked.sort, descending=asked.descending, start=asked.start,
                limit=asked.limit,
            )  # fmt: skip
            return page, known, view

    def _known(self, connection: Connection) -> Known:
        now = self._desk.live.pulse.clock.now()
        return find_known(connection, self._desk.settings.ward or None, now)

    def _moment(self, connection: Connection, known: Known) -> tuple[int, int]:
        """What numbers depend on, beside the view: the revision and the minute."""
        revision = find_revision(connection, known.ward.id).number
        return revision, int(known.now.timestamp() // 60)

    def _found(self, connection: Connection, known: Known, view: View) -> explore.Exploration:
        scope, before = known.scope(view), known.before(view)
        columns = tuple(dict.fromkeys((*view.columns, view.rows)))
        asked: dict[str, Any] = {
            "grain": grain(view), "by": view.by, "columns": columns, "metric": view.metric,
        }  # fmt: skip
        key = (*self._moment(connection, known), scope, *asked.values(), before and before.scope)
        found: explore.Exploration = self._once(key, lambda: explore.take(
            connection, known.ward, scope, known.now, **asked,
            compare=before.scope if before else None,
            compare_at=before.as_of if before else None,
        ))  # fmt: skip
        return found

    def _once(self, key: Any, take: Any) -> Any:
        with self._guard:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = take()
        with self._guard:
            self._held[key] = found
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return found


def _loosened(connection: Connection, seen: Seen) -> tuple[tuple[str, int], ...]:
    """For a view without anything: each filter, and how many dossiers there are without it."""
    if not seen.nothing:
        return ()
    found = []
    for name in FILTERS:
        if getattr(seen.view, name):
            scope = scope_of(_without(seen.view, name), seen.known.ward.id, seen.known.lists)
            numbers = read(connection, seen.known.ward, scope, seen.known.now,
                           ["received", "open"]).numbers
            found.append((name, int(numbers["received"].value or numbers["open"].value or 0)))
    return tuple(found)


def _without(view: View, name: str) -> View:
    changes: Any = {name: ()}
    return replace(view, **changes)


def said_notes(seen: Seen) -> list[str]:
    """What was dropped from the address, in words."""
    return [i18n.text(note.key, seen.language, **note.values) for note in seen.notes]
