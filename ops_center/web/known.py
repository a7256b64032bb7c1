"""What an address is read against: the ward, its lists, its calendar, today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ops_center.domain.working_days import WorkingCalendar, local_day
from ops_center.metrics.lists import Lists, find_lists
from ops_center.metrics.scope import Scope, listed
from ops_center.store.calendars import find_calendar
from ops_center.store.campaigns import list_campaigns
from ops_center.store.wards import Ward, find_ward
from ops_center.web.address import Before, Note, View, compared, read, scope_of
from ops_center.web.where import columns_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Known:
    """All that turns an address into a question. `campaign`: its days [first, last)."""

    ward: Ward
    lists: Lists
    calendar: WorkingCalendar
    campaign: tuple[date, date] | None
    now: datetime

    @property
    def today(self) -> date:
        """The ward's local day."""
        return local_day(self.now, self.ward.zone)

    def view(self, query: Mapping[str, str], language: str) -> tuple[View, tuple[Note, ...]]:
        """As `address.read`, for this ward and day."""
        return read(query, self.lists, self.today, self.campaign, language)

    def scope(self, view: View) -> Scope:
        """The dossiers that the view is about."""
        return scope_of(view, self.ward.id, self.lists)

    def listed(self, view: View) -> Scope:
        """The dossiers whose rows are listed: those of the view that its columns keep."""
        return listed(self.scope(view), columns_of(view.where, self))

    def before(self, view: View) -> Before | None:
        """What the view is compared with, if with anything."""
        return compared(view, self.scope(view), self.now, self.calendar)


def find_known(connection: Connection, ward_id: str | None, now: datetime) -> Known:
    """The ward of that id, or the only one, at `now`; Problem when none or several are meant."""
    ward = find_ward(connection, ward_id)
    today = local_day(now, ward.zone)
    begun = [one for one in list_campaigns(connection, ward.id) if one.starts_on <= today]
    last = begun[-1] if begun else None
    return Known(
        ward=ward,
        lists=find_lists(connection, ward.id),
        calendar=find_calendar(connection, ward),
        campaign=(last.starts_on, last.starts_on + timedelta(days=last.days)) if last else None,
        now=now.astimezone(UTC),
    )
