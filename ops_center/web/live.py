"""Each asked-for picture of the wall, built once per version and held in memory.

A version is (revision, minute, state): pictures change when data changes, and each minute and at
local midnight, because "overdue", "due soon" and "today" move without anyone writing. However many
screens ask, the database is read at most once a second; while it does not answer, the last picture
stays.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plotly.io.json import to_json_plotly

from ops_center import logs
from ops_center.i18n import Problem
from ops_center.store.session import reading
from ops_center.web.condition import DATABASE_GONE, Condition
from ops_center.web.pulse import Pulse

if TYPE_CHECKING:
    from ops_center.metrics.snapshot import Snapshot

    Props = Mapping[str, Mapping[str, Any]]
    Draw = Callable[[str, Snapshot, str, str], Props]

APART = 1.0  # seconds between two readings of the database at least


@dataclass(frozen=True)
class Version:
    """What a picture depends on; `minute` counts since 1970."""

    revision: int
    minute: int
    state: str

    def __str__(self) -> str:
        return f"{self.revision}.{self.minute}.{self.state}"


@dataclass(frozen=True)
class Picture:
    """One scene in one language and theme: its properties, and the reply's body, gzipped."""

    version: Version
    etag: str
    props: Props
    body: bytes


@dataclass(frozen=True)
class Taken:
    """A snapshot and when it was taken, in monotonic seconds."""

    version: Version
    snapshot: Snapshot
    tick: float


class Live:
    """The pictures of one process. Safe to ask from many threads."""

    def __init__(
        self,
        pulse: Pulse,
        build: str,
        scenes: Collection[str],
        draw: Draw,
        take: Callable[..., Snapshot],
    ) -> None:
        self.pulse, self.build, self.scenes = pulse, build, scenes
        self._draw, self._take = draw, take
        self._taken: Taken | None = None
        self._failure: Exception | None = None
        self._tried = float("-inf")
        self._pictures: dict[tuple[str, str, str], Picture] = {}
        self._taking, self._drawing = threading.Lock(), threading.Lock()

    def picture(self, scene: str, language: str, theme: str) -> Picture:
        """The newest picture that can be had now; Problem while there is none at all."""
        taken = self._newest()
        key = scene, language, theme
        held = self._pictures.get(key)
        if held is not None and held.version == taken.version:
            return held
        with self._drawing:
            held = self._pictures.get(key)
            if held is None or held.version != taken.version:
                held = self._pictures[key] = self._drawn(taken, *key)
            return held

    def snapshot(self) -> Snapshot:
        """The newest reading of the whole ward; Problem while there is none at all."""
        return self._newest().snapshot

    def condition(self) -> Condition:
        """As the pulse says; but what can't be read anew is gone, even if looks still succeed."""
        condition = self.pulse.condition()
        if self._failure is None or condition.state == DATABASE_GONE:
            return condition
        since = self._taken.tick if self._taken else self._tried
        age = self.pulse.clock.monotonic() - since
        problem = self._failure if isinstance(self._failure, Problem) else None
        return replace(condition, state=DATABASE_GONE, state_age=age, problem=problem)

    # --- reading, at most once a second --------------------------------------------------

    def _newest(self) -> Taken:
        """The snapshot of the present version, or the previous one while another is taken."""
        first = self._taken is None
        if (first or self._is_due()) and self._taking.acquire(blocking=first):
            try:
                if self._is_due():  # else another thread was faster
                    self._retake()
            finally:
                self._taking.release()
        if self._taken is None:
            raise self.condition().problem or Problem("live.no_picture")
        return self._taken

    def _is_due(self) -> bool:
        if self.pulse.clock.monotonic() - self._tried < APART:
            return False
        wanted = self._wanted()
        return wanted is not None and (self._taken is None or self._taken.version != wanted)

    def _wanted(self) -> Version | None:
        """The version there should be now; None while the database can't be asked."""
        look, condition = self.pulse.look, self.pulse.condition()
        if look is None or condition.state == DATABASE_GONE:
            return None
        minute = int(self.pulse.clock.now().timestamp() // 60)
        return Version(look.revision.number, minute, condition.state)

    def _retake(self) -> None:
        self._tried = self.pulse.clock.monotonic()
        try:
            self._taken = self._read()
        except Exception as error:
            logs.failure("live.no_new_picture", error)
            self._failure = error
        else:
            self._failure = None

    def _read(self) -> Taken:
        wanted, look = self._wanted(), self.pulse.look
        if wanted is None or look is None:
            raise Problem("live.no_picture")
        with reading(self.pulse.engine) as connection:
            snapshot = self._take(connection, look.ward.id, self.pulse.clock.now())
        return Taken(replace(wanted, revision=snapshot.revision), snapshot, self._tried)

    # --- drawing, once per scene, language and theme -------------------------------------

    def _drawn(self, taken: Taken, scene: str, language: str, theme: str) -> Picture:
        props = self._draw(scene, taken.snapshot, language, theme)
        etag = f"{self.build}.{taken.version}.{scene}.{language}.{theme}"
        head = {"version": str(taken.version), "build": self.build, "scene": scene}
        state = {"state": taken.version.state, "ages": self.condition().ages()}
        text = json.dumps(head | state, ensure_ascii=False)[:-1]
        text = f'{text}, "props": {to_json_plotly(dict(props))}}}'
        return Picture(taken.version, etag, props, gzip.compress(text.encode(), 6, mtime=0))
