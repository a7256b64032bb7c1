"""The keeper hears of letters that were refused for good: once, in a letter of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from ops_center import logs
from ops_center.i18n import isolate, moment, text
from ops_center.mail.message import is_address, message_id
from ops_center.mail.reasons import reason_words
from ops_center.settings import Settings
from ops_center.store.letters import Letter, keep_letter
from ops_center.store.outbox import (
    NOTICE,
    Entry,
    Planned,
    count_untold,
    list_untold,
    mark_told,
    plan,
)
from ops_center.store.session import reading, writing
from ops_center.store.system import find_revision
from ops_center.store.wards import Ward

LOOK_BACK = timedelta(days=7)
"""Refusals of letters due earlier are not told any more."""

_SHOWN = 200  # letters named one by one


def tell_keeper(engine: Engine, settings: Settings, ward: Ward, now: datetime) -> None:
    """Put a notice of what was refused and not told yet into the outbox, in one transaction."""
    if not is_address(settings.mail_keeper):
        return
    with reading(engine) as connection:
        if not count_untold(connection, ward.id, now - LOOK_BACK):
            return
    with writing(engine) as connection:
        refused = list_untold(connection, ward.id, now - LOOK_BACK)
        if not refused:
            return  # another worker was faster
        slot = f"{now.isoformat(timespec='milliseconds')} {refused[0].id}"
        keeper = settings.mail_keeper.lower()
        number = find_revision(connection, ward.id).number
        notice = _notice(ward, slot, refused, settings.language, number, now)
        written = keep_letter(connection, ward.id, notice, now)
        id = message_id(settings.mail_from, ward.id, NOTICE, slot, keeper)
        plan(connection, ward.id, [Planned(NOTICE, slot, keeper, None, now, now, id,
                                           letter_id=written)])  # fmt: skip
        mark_told(connection, ward.id, [one.id for one in refused], now)
    logs.event("letter.keeper_told", ward=ward.id, count=len(refused))


def _notice(
    ward: Ward, slot: str, refused: Sequence[Entry], language: str, revision: int, now: datetime
) -> Letter:
    count = len(refused)
    lines = [
        text("post.notice.lead", language, count=count, ward=ward.name), "",
        *(_line(ward, one, language) for one in refused[:_SHOWN]),
    ]  # fmt: skip
    if count > _SHOWN:
        lines.append(text("post.notice.more", language, count=count - _SHOWN))
    lines += ["", text("post.notice.remedy", language), "", text("post.notice.foot", language)]
    subject = text("post.notice.subject", language, count=count, ward=ward.name)
    return Letter(
        kind=NOTICE, slot=slot, language=language, revision=revision, as_of=now, subject=subject,
        html="", plain="\n".join(lines) + "\n",
    )  # fmt: skip


def _line(ward: Ward, one: Entry, language: str) -> str:
    due = moment(one.due_at, ward.zone, language)
    told = reason_words(one.reason, language)
    reply = f" ({isolate(one.reply)})" if one.reply else ""
    return f"- {isolate(one.recipient)} · {isolate(due)} · {told}{reply}"
