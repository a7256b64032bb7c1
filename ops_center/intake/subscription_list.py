"""Who gets the letter, as a list: one row for each reader and time.

As with every list: in whole or not at all; the same file again changes nothing; columns that a
file does not have leave what is known as it is. A reader is known by address and name, since an
office's mailbox may have several; one who is not known yet is added with the name that the file
gives. A row without a name is about the one reader of its address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from ops_center.domain.slots import read_days, read_time
from ops_center.i18n import LANGUAGES, Problem, fold, text
from ops_center.intake import values
from ops_center.intake.campaign_files import email
from ops_center.intake.fault import Fault
from ops_center.intake.known import Named, hubs_of
from ops_center.intake.list_files import Kind, name_of, read_list
from ops_center.store.hubs import list_hubs
from ops_center.store.people import reader_of
from ops_center.store.rows import Kept
from ops_center.store.subscriptions import (
    SECTIONS,
    Subscription,
    keep_subscription,
    list_subscriptions,
)
from ops_center.store.wards import Ward

DAYS = "daily, working, month_end, mon,thu …"
_WHOLE_WARD = {fold(name) for name in ("ward", "phường", "toàn phường", "all")}
_LANGUAGES = {
    **{name: name for name in LANGUAGES}, "tieng viet": "vi", "tieng anh": "en", "english": "en",
    "arabic": "ar", "tieng a rap": "ar",
}  # fmt: skip
_DAYS = {
    "hang ngay": "daily", "ngay lam viec": "working", "cuoi thang": "month_end",
}  # fmt: skip
_FORMATS = {"html": "html", "text": "text", "van ban": "text"}


def keep_subscriptions(
    connection: Connection, ward: Ward, path: Path, language: str, now: datetime,
    say: Callable[[str], object] = lambda words: None,
) -> Counter[Kept]:  # fmt: skip
    """Take the list in. Problem at the first cell that is not understood.

    Whoever has unsubscribed stays so, whatever the list holds, which is said.
    """
    kind = _kind(hubs_of(list_hubs(connection, ward.id), {}))
    subscribed = list_subscriptions(connection, ward.id)
    known = {(one.person_id, one.local_time): one for one in subscribed}
    kept: Counter[Kept] = Counter()
    first: dict[tuple[str, str], int] = {}
    for line, entry in read_list(path, kind, language):
        address = entry.pop("email").lower()
        told = {name: value for name, value in entry.items() if value is not None}
        name, unit = told.pop("name", ""), told.pop("unit", "")
        person_id = reader_of(connection, ward.id, address, name, unit).id
        key = person_id, told.get("local_time", "07:00")
        if first.setdefault(key, line) != line:
            shown = ", ".join(filter(None, (address, name, told.get("local_time"))))
            raise Problem("intake.list.twice", file=path.name, code=shown, first=first[key],
                          line=line)  # fmt: skip
        old = known.get(key)
        if old is not None and old.unsubscribed_at and not old.active and told.pop("active", None):
            say(text("post.command.stays_out", language, name=old.name, address=old.email,
                     id=old.id[:8]))  # fmt: skip
        new = old or Subscription(ward.id, person_id, time_zone=ward.time_zone)
        kept[keep_subscription(connection, replace(new, **told), now)] += 1
    return kept


def _kind(hubs: Named) -> Kind:
    return Kind(
        columns={
            "email": email,
            "name": name_of,
            "unit": name_of,
            "language": values.choice(_LANGUAGES, ", ".join(LANGUAGES)),
            "hub_ids": _scope(hubs),
            "sections": _sections,
            "days": _understood(_days, DAYS),
            "local_time": _understood(_clock, "07:00"),
            "time_zone": _understood(_zone, "Asia/Ho_Chi_Minh"),
            "format": values.choice(_FORMATS, "html, text"),
            "workbook": values.flag,
            "report": values.flag,
            "active": values.flag,
        },
        needed=("email",),
        also={
            "e mail": "email", "thu dien tu": "email", "dia chi": "email", "ten": "name",
            "ho ten": "name", "don vi": "unit", "ngon ngu": "language", "hubs": "hub_ids",
            "hub": "hub_ids", "scope": "hub_ids", "pham vi": "hub_ids", "muc": "sections",
            "ngay": "days", "time": "local_time", "gio": "local_time", "zone": "time_zone",
            "mui gio": "time_zone", "dinh dang": "format", "bang tinh": "workbook",
            "bao cao": "report", "dang nhan": "active",
        },
        key=("email", "name", "local_time"),
    )  # fmt: skip


def _scope(hubs: Named) -> Callable[[str], tuple[str, ...]]:
    """A reader of hubs parted by ; of which "ward" is all."""

    def read(text: str) -> tuple[str, ...]:
        if fold(text) in _WHOLE_WARD:
            return ()
        parts = (part.strip() for part in text.split(";"))
        return tuple(sorted({hubs.find(part) for part in parts if part}))

    return read


def _sections(text: str) -> tuple[str, ...]:
    wanted = [part.strip().lower() for part in text.replace(",", ";").split(";") if part.strip()]
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        raise Fault("choice", value=unknown[0], values={"allowed": ", ".join(SECTIONS)})
    return tuple(name for name in SECTIONS if name in wanted)


def _understood(read: Callable[[str], str], allowed: str) -> Callable[[str], str]:
    def attempt(text: str) -> str:
        try:
            return read(text)
        except ValueError:
            raise Fault("choice", value=text, values={"allowed": allowed}) from None

    return attempt


def _days(text: str) -> str:
    return _DAYS.get(fold(text)) or read_days(text.replace(";", ","))


def _clock(text: str) -> str:
    """Spreadsheets add seconds."""
    return read_time(text[:-3] if text.count(":") == 2 and text.endswith(":00") else text)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error
