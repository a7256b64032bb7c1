"""Which letter an address asks for: a reader's or a scope's, of any day, or one that was sent.

/letters?on=2026-08-14&at=07:00&to=<subscription> or &hub=TDP-01,TDP-02, &in=en for the letter's
language, &letter=<id> for one that was sent, &state=refused for the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, TypeVar

from ops_center import i18n
from ops_center.mail.letter import SECTIONS, Wish
from ops_center.store.outbox import UNSETTLED

if TYPE_CHECKING:
    from ops_center.store.subscriptions import Subscription
    from ops_center.web.known import Known

STATES: Mapping[str, tuple[str, ...]] = {
    "": (), "waiting": UNSETTLED, "sent": ("sent",), "refused": ("refused",),
    "skipped": ("skipped",),
}  # fmt: skip
"""What the history can be narrowed to."""
KIND = "preview"


@dataclass(frozen=True)
class Asked:
    """What is to be seen. `reader`: a subscription of the ward; `sent`: the id of a kept letter;
    `dropped`: parts of the address that mean nothing here."""

    day: date
    clock: time
    language: str
    reader: Subscription | None
    hub_codes: tuple[str, ...]
    hub_ids: tuple[str, ...]
    sent: str
    state: str
    as_of: datetime
    dropped: tuple[str, ...] = ()

    def wish(self, public_url: str) -> Wish:
        """The letter as it would be written at that instant."""
        reader = self.reader
        return Wish(
            hub_ids=reader.hub_ids if reader else self.hub_ids,
            language=self.language,
            sections=tuple(one for one in SECTIONS if reader and one in reader.sections),
            kind=KIND,
            slot=self.as_of.isoformat(timespec="minutes"),
            as_of=self.as_of,
            public_url=public_url,
        )


def understood(
    query: Mapping[str, str], known: Known, readers: Sequence[Subscription], language: str
) -> Asked:
    """What the address means; what it says wrongly is dropped."""
    dropped: list[str] = []
    local = known.now.astimezone(known.ward.zone)
    day = _parsed(query, "on", date.fromisoformat, local.date(), dropped)
    clock = _parsed(query, "at", time.fromisoformat, _minute(local), dropped)
    reader = _chosen(query, readers, dropped)
    codes = [part.strip() for part in query.get("hub", "").split(",") if part.strip()]
    ids = known.lists.hub_ids
    dropped += [f"hub={code}" for code in codes if code not in ids]
    kept = tuple(code for code in codes if code in ids)
    usual = reader.language if reader else language
    state = query.get("state", "")
    if state not in STATES:
        dropped.append(f"state={state}")
        state = ""
    naive = clock.replace(tzinfo=None)
    as_of = datetime.combine(day, naive, known.ward.zone).astimezone(UTC)
    return Asked(
        day=day,
        clock=naive,
        language=i18n.choose(query.get("in"), usual),
        reader=reader,
        hub_codes=kept,
        hub_ids=tuple(sorted({ids[code] for code in kept})),
        sent=query.get("letter", ""),
        state=state,
        as_of=min(as_of, known.now),
        dropped=tuple(one[:60] for one in dropped),
    )


def _minute(at: datetime) -> time:
    """The page and its frames ask at different seconds for the same letter."""
    return at.time().replace(second=0, microsecond=0)


_Part = TypeVar("_Part", date, time)


def _parsed(
    query: Mapping[str, str], name: str, parse: Callable[[str], _Part], usual: _Part,
    dropped: list[str],
) -> _Part:  # fmt: skip
    spelled = query.get(name, "").strip()
    if not spelled:
        return usual
    try:
        return parse(spelled)
    except ValueError:
        dropped.append(f"{name}={spelled}")
        return usual


def _chosen(
    query: Mapping[str, str], readers: Sequence[Subscription], dropped: list[str]
) -> Subscription | None:
    wanted = query.get("to", "")
    found = next((one for one in readers if one.id == wanted), None)
    if wanted and found is None:
        dropped.append(f"to={wanted}")
    return found
