"""How an instant is stored: UTC, to the millisecond, in one spelling per database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

SPELLING = "%Y-%m-%dT%H:%M:%fZ"
"""SQLite's strftime pattern of a stored instant, e.g. ``2026-08-05T01:30:00.000Z``."""


def spelled(moment: datetime) -> str:
    """An aware datetime as SQLite stores it: UTC, three decimals, ``T`` and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def to_millisecond(moment: datetime) -> datetime:
    """The instant as any of our databases gives it back: UTC, cut to the millisecond."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    excess = utc.microsecond % 1000
    return utc.replace(microsecond=utc.microsecond - excess) if excess else utc


class Instant(TypeDecorator[datetime]):
    """An aware datetime; text that sorts by time on SQLite, ``timestamptz(3)`` on PostgreSQL.

    Naive datetimes are refused with ValueError: nobody can know what they meant.
    """

    impl = String(24)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            # Not through type_descriptor(), which would lose the precision.
            return TIMESTAMP(timezone=True, precision=3)
        return dialect.type_descriptor(String(24))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return to_millisecond(value) if dialect.name == "postgresql" else spelled(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value else None
        return datetime.fromisoformat(value)
