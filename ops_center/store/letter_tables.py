"""The letters' tables: who wants which letter, what was written, and what became of each.

What each column means to other systems: db/README.md.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from ops_center.store.columns import (
    flag,
    instants,
    metadata,
    one_of,
    own_id,
    partial,
    this_instant,
    to_ward,
    ward_id,
)
from ops_center.store.instant import Instant

LETTER_LANGUAGES = ("vi", "en", "ar")
FORMATS = ("html", "text")
OUTBOX_STATES = ("waiting", "held", "sending", "retry", "sent", "refused", "skipped")
WITHOUT_SUBSCRIPTION = "subscription_id IS NULL"
UNSETTLED = "state IN ('waiting', 'held', 'sending', 'retry')"

subscription = Table(
    "subscription",
    metadata,
    ward_id(),
    own_id(),
    Column("person_id", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="vi"),
    Column("sections", Text, nullable=False, server_default=""),  # "" is all of them
    Column("days", Text, nullable=False, server_default="daily"),
    Column("local_time", Text, nullable=False, server_default="07:00"),
    Column("time_zone", Text, nullable=False, server_default="Asia/Ho_Chi_Minh"),
    Column("format", Text, nullable=False, server_default="html"),
    flag("workbook", nullable=False, server_default=false()),
    flag("report", nullable=False, server_default=false()),
    flag("active", nullable=False, server_default=true()),
    *instants("since", "unsubscribed_at", now=("since",)),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "person_id", "local_time"),
    to_ward("person_id", "person"),
    one_of("language", *LETTER_LANGUAGES),
    one_of("format", *FORMATS),
)

subscription_hub = Table(
    "subscription_hub",
    metadata,
    ward_id(),
    Column("subscription_id", Text, nullable=False),
    Column("hub_id", Text, nullable=False),
    PrimaryKeyConstraint("ward_id", "subscription_id", "hub_id"),
    to_ward("subscription_id", "subscription", ondelete="CASCADE"),
    to_ward("hub_id", "hub"),
)

letter = Table(
    "letter",
    metadata,
    ward_id(),
    own_id(),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("scope", Text, nullable=False),  # "" the whole ward, else its hubs' ids, by comma
    Column("language", Text, nullable=False),
    Column("sections", Text, nullable=False, server_default=""),
    Column("revision", BigInteger, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("written_at", Instant, nullable=False, server_default=this_instant()),
    Column("missing", Text, nullable=False, server_default=""),  # sections left out, by comma
    Column("subject", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("plain", Text, nullable=False),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "kind", "slot", "scope", "language", "sections"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

letter_part = Table(
    "letter_part",
    metadata,
    ward_id(),
    Column("letter_id", Text, nullable=False),
    Column("name", Text, nullable=False),  # of a picture: its Content-ID's first half
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("ward_id", "letter_id", "name"),
    to_ward("letter_id", "letter", ondelete="CASCADE"),
)

outbox = Table(
    "outbox",
    metadata,
    ward_id(),
    own_id(),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # the address, in lower case
    Column("subscription_id", Text),
    Column("letter_id", Text),
    *instants("due_at", "next_at", "until", "sent_at", "told_at", required=("due_at", "next_at")),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("holder", Text),
    Column("message_id", Text, nullable=False),
    Column("reply", Text, nullable=False, server_default=""),  # the server's last word
    Column("reason", Text, nullable=False, server_default=""),  # why it is where it is
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "kind", "slot", "subscription_id"),
    to_ward("subscription_id", "subscription"),
    to_ward("letter_id", "letter"),
    one_of("state", *OUTBOX_STATES),
    partial("ix_outbox_unsettled", UNSETTLED, "next_at"),
    partial("ux_outbox_notice", WITHOUT_SUBSCRIPTION, "kind", "slot", "recipient", unique=True),
    Index("ix_outbox_due", "ward_id", "due_at"),
)
