"""The shared database, table by table. What each column means to other systems: db/README.md.

Ward tables have the primary key (ward_id, id) and carry ward_id in every unique and foreign
key, so that a city can spread them by that column. ``field``, ``procedure`` and
``calendar_day`` are shared reference tables.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from ops_center.store import campaign_tables, evaluation_tables, letter_tables
from ops_center.store.columns import (
    flag,
    instants,
    one_of,
    own_id,
    partial,
    readable,
    this_instant,
    to_ward,
    ward_id,
)
from ops_center.store.columns import (
    metadata as metadata,
)
from ops_center.store.instant import Instant

PARTS = (campaign_tables, evaluation_tables, letter_tables)
"""Where the other tables stand: whoever knows these tables knows all of the metadata."""

# ---------------------------------------------------------------- who and where

ward = Table(
    "ward",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("issuing_body", Text, nullable=False, server_default=""),
    Column("time_zone", Text, nullable=False, server_default="Asia/Ho_Chi_Minh"),
    Column("working_hours", Text, nullable=False, server_default="Mon-Fri 08:00-12:00 13:30-17:30"),
    Column("same_day_cutoff", Text, nullable=False, server_default="15:00"),
    Column("due_soon_minutes", Integer, nullable=False, server_default=text("480")),
    flag("second_supplement_is_late", nullable=False, server_default=true()),
    flag("illustrative", nullable=False, server_default=false()),
    Column("boundary", Text),
)

hub = Table(
    "hub",
    metadata,
    ward_id(),
    own_id(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sort_key", Text, nullable=False, server_default=""),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("area", Text),
    Column("population", Integer),
    Column("households", Integer),
    flag("active", nullable=False, server_default=true()),
    Column("replaced_by", Text),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "code"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
    to_ward("replaced_by", "hub"),
)

person = Table(
    "person",
    metadata,
    ward_id(),
    own_id(),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False, server_default=""),
    Column("email", Text),
    flag("active", nullable=False, server_default=true()),
    PrimaryKeyConstraint("ward_id", "id"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

# ---------------------------------------------------------------- shared reference tables

field = Table(
    "field",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    Column("name_ar", Text),
    Column("sort_key", Text, nullable=False, server_default=""),
    flag("sensitive", nullable=False, server_default=false()),
)

procedure = Table(
    "procedure",
    metadata,
    Column("id", Text, primary_key=True),  # its code cut to the first two parts: 1.001193
    Column("name", Text, nullable=False),
    Column("sort_key", Text, nullable=False, server_default=""),
    Column("field_id", Text, nullable=False),
    Column("level", Text),
    Column("limit_kind", Text),
    Column("limit_days", Integer),
    Column("fee", Integer),
    flag("online_payment", nullable=False, server_default=false()),
    flag("result_document", nullable=False, server_default=true()),
    flag("reusable", nullable=False, server_default=false()),
    flag("population_data", nullable=False, server_default=false()),
    flag("active", nullable=False, server_default=true()),
    ForeignKeyConstraint(["field_id"], ["field.id"]),
    one_of("level", "partial", "end_to_end"),
    one_of("limit_kind", "working_days", "calendar_days", "same_day"),
    CheckConstraint("limit_days >= 0", name="limit_days"),
    CheckConstraint("fee >= 0", name="fee"),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    one_of("kind", "holiday", "compensatory", "working_extra"),
)

# ---------------------------------------------------------------- what the sources write

source = Table(
    "source",
    metadata,
    ward_id(),
    own_id(),
    Column("name", Text, nullable=False),
    *instants("last_heard_at"),
    flag("waiting_pushes_due", nullable=False, server_default=true()),
    Column("silent_after_minutes", Integer, nullable=False, server_default=text("60")),
    flag("illustrative", nullable=False, server_default=false()),
    PrimaryKeyConstraint("ward_id", "id"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

hub_alias = Table(
    "hub_alias",
    metadata,
    ward_id(),
    own_id(),
    Column("source_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("hub_id", Text, nullable=False),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "source_id", "text"),
    to_ward("source_id", "source"),
    to_ward("hub_id", "hub"),
)

STATUSES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
CHANNELS = ("in_person", "online", "post")
LEVELS = ("partial", "end_to_end")
PAYMENTS = ("online", "cash", "transfer")
WAITING_KINDS = ("supplement", "payment")

dossier = Table(
    "dossier",
    metadata,
    ward_id(),
    own_id(),
    Column("source_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Text),
    Column("status", SmallInteger, nullable=False),
    *instants(
        "submitted_at",
        "received_at",
        "due_at",
        "processed_at",
        "returned_at",
        "stopped_at",
        "withdrawn_at",
    ),
    Column("due_on", Date),  # a due time that is only a date: closing time of that day
    Column("supplement_count", Integer, nullable=False, server_default=text("0")),
    Column("fee", Integer),
    Column("payment", Text),
    flag("result_electronic"),
    flag("components_digitised"),
    flag("data_reused"),
    flag("population_data_used"),
    flag("complained", nullable=False, server_default=false()),
    Column("rating", SmallInteger),
    Column("official_id", Text),
    Column("applicant", Text),
    *instants("written_at"),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "source_id", "code"),
    to_ward("source_id", "source"),
    to_ward("hub_id", "hub"),
    to_ward("official_id", "person"),
    ForeignKeyConstraint(["procedure_id"], ["procedure.id"]),
    one_of("channel", *CHANNELS),
    one_of("level", *LEVELS),
    one_of("status", *STATUSES),
    one_of("payment", *PAYMENTS),
    CheckConstraint("supplement_count >= 0", name="supplement_count"),
    CheckConstraint("fee >= 0", name="fee"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    # What PostgreSQL's types refuse by themselves, SQLite would take from any writer.
    CheckConstraint("date(due_on) IS due_on", name="due_on").ddl_if(dialect="sqlite"),
    readable("due_on"),
    CheckConstraint(
        "typeof(supplement_count) = 'integer' AND typeof(fee) IN ('integer', 'null') "
        "AND typeof(rating) IN ('integer', 'null')",
        name="numbers",
    ).ddl_if(dialect="sqlite"),
)

dossier_event = Table(
    "dossier_event",
    metadata,
    ward_id(),
    own_id(),
    Column("dossier_id", Text, nullable=False),
    *instants("at", required=("at",)),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, server_default=""),  # the source's own id of the event
    Column("status", SmallInteger),
    Column("actor", Text),
    Column("note", Text),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "dossier_id", "at", "kind", "key"),
    to_ward("dossier_id", "dossier", ondelete="CASCADE"),
    one_of("status", *STATUSES),
)

waiting = Table(
    "waiting",
    metadata,
    ward_id(),
    own_id(),
    Column("dossier_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *instants("from_at", "to_at", required=("from_at",)),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "dossier_id", "kind", "from_at"),
    to_ward("dossier_id", "dossier", ondelete="CASCADE"),
    one_of("kind", *WAITING_KINDS),
    CheckConstraint("to_at >= from_at", name="order"),
)

change = Table(
    "change",
    metadata,
    ward_id(),
    own_id(),
    Column("dossier_id", Text, nullable=False),
    Column("source_id", Text),
    Column("at", Instant, nullable=False, server_default=this_instant()),
    PrimaryKeyConstraint("ward_id", "id"),
    Index("ix_change_at", "ward_id", "at"),  # the oldest first, and how old it is
)

# ---------------------------------------------------------------- what the refresher derives

CHANNEL_LEVELS = ("in_person", "post", "online_partial", "online_end_to_end")
OUTCOMES = ("early", "on_time", "late", "no_due")
ENDS = ("done", "stopped", "withdrawn")
SPANS = ("overdue", "suspended", "no_due")


def _passing_others(name: str, *columns: str) -> tuple[Index, Index]:
    """An index by day; on SQLite it knows the official and the half hours of work, too.

    One official's year, or that of what took so long, is then found in the index, without a look at
    each dossier of the others. PostgreSQL has ix_clock_official for the former.
    """
    more = ("official_id", "duration_bin")
    return (
        Index(name, *columns, info={"dialect": "postgresql"}).ddl_if(dialect="postgresql"),
        Index(name, *columns, *more, info={"dialect": "sqlite"}).ddl_if(dialect="sqlite"),
    )


dossier_clock = Table(
    "dossier_clock",
    metadata,
    ward_id(),
    Column("dossier_id", Text, nullable=False),
    Column("hub_id", Text, nullable=False),  # after following hub.replaced_by
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    Column("official_id", Text),
    Column("submitted_at", Instant),
    Column("submitted_day", Date),
    Column("accepted_at", Instant),  # received, or refused: when it stopped waiting for reception
    Column("accepted_day", Date),
    Column("refused_day", Date),
    Column("received_at", Instant),
    Column("received_day", Date),
    Column("due_at", Instant),
    flag("due_computed", nullable=False, server_default=false()),
    Column("due_basis", Text),  # what a computed due was computed from: kept for ended dossiers
    Column("overdue_at", Instant),  # the instant after which, while open, it counts as overdue
    Column("ended_at", Instant),
    Column("ended_day", Date),
    Column("end_kind", Text),
    Column("outcome", Text),
    Column(
        "processed_at", Instant
    ),  # only where the end is "processed": the result waits from here
    Column("processed_day", Date),
    Column("returned_at", Instant),
    Column("returned_day", Date),
    Column("worked_minutes", Integer),
    Column("duration_bin", Integer),  # worked_minutes in half hours, rounded up
    Column("fee", Integer),
    flag("paid_online", nullable=False, server_default=false()),
    flag("result_qualifying", nullable=False, server_default=false()),
    flag("result_electronic", nullable=False, server_default=false()),
    Column("digitised", Boolean),  # missing: does not qualify
    Column("reused", Boolean),
    Column("population_used", Boolean),
    flag("complained", nullable=False, server_default=false()),
    Column("rating", SmallInteger),
    PrimaryKeyConstraint("ward_id", "dossier_id"),
    # Wider than a search needs: what is asked each second is answered from the index alone.
    *_passing_others(
        "ix_clock_received",
        "ward_id",
        "received_day",
        "hub_id",
        "received_at",
        "channel_level",
        "procedure_id",
    ),
    *_passing_others(
        "ix_clock_ended",
        "ward_id",
        "ended_day",
        "hub_id",
        "ended_at",
        "procedure_id",
        "end_kind",
        "outcome",
        "worked_minutes",
    ),
    Index("ix_clock_submitted", "ward_id", "submitted_day", "hub_id", "submitted_at"),
    Index(
        "ix_clock_accepted", "ward_id", "accepted_day", "hub_id", "accepted_at", "submitted_at"
    ),
    Index("ix_clock_refused", "ward_id", "refused_day", "hub_id"),
    Index("ix_clock_returned", "ward_id", "returned_day", "hub_id", "returned_at"),
    Index("ix_clock_received_at", "ward_id", "received_day", "received_at"),
    # SQLite would take it for a single day, too, and read all that an official ever had.
    Index("ix_clock_official", "ward_id", "official_id", info={"dialect": "postgresql"}).ddl_if(
        dialect="postgresql"
    ),
    partial("ix_clock_ended_at", "ended_at IS NOT NULL", "ended_at", "overdue_at"),
    # Those still in a state. The column that is missing in all of them stands in the index too:
    # two equalities beat any other index of the ward, whatever a planner knows of the table.
    partial(
        "ix_clock_reception", "submitted_at IS NOT NULL AND accepted_at IS NULL",
        "accepted_at", "hub_id", "submitted_at", "procedure_id", "channel_level",
    ),
    partial(
        "ix_clock_open", "received_at IS NOT NULL AND ended_at IS NULL",
        "ended_at", "hub_id", "received_at", "procedure_id", "channel_level",
    ),
    partial(
        "ix_clock_due", "received_at IS NOT NULL AND ended_at IS NULL",
        "ended_at", "overdue_at", "due_at", "hub_id", "received_at", "dossier_id", "procedure_id",
        "channel_level",
    ),
    partial(
        "ix_clock_unreturned", "processed_at IS NOT NULL AND returned_at IS NULL",
        "returned_at", "hub_id", "processed_at",
    ),
)  # fmt: skip

dossier_span = Table(
    "dossier_span",
    metadata,
    ward_id(),
    Column("dossier_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_at", Instant),
    Column("to_day", Date),
    Column("hub_id", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    PrimaryKeyConstraint("ward_id", "dossier_id", "state", "from_at"),
    Index("ix_span_from", "ward_id", "from_day", "hub_id"),
    Index("ix_span_to", "ward_id", "to_day", "hub_id"),
    Index(
        "ix_span_to_at", "ward_id", "state", "to_at", "from_at", "hub_id", "procedure_id",
        "channel_level",
    ),
)

FLOWS = (
    # by the day of submission, of leaving the queue for reception, of refusal
    "submitted", "accepted", "refused",
    # by received day
    "received", "online", "end_to_end", "post",
    # by ended day
    "early", "on_time", "late", "no_due", "stopped", "withdrawn",
    "with_fee", "paid_online", "result_qualifying", "result_electronic",
    "digitisable", "digitised", "reusable", "reused",
    "population_qualifying", "population_used",
    "complained", "complained_or_late", "rated", "satisfied", "rating_sum",
    "timed", "worked_minutes", "processed",
    # by returned day
    "returned",
    # by the day a state is entered or left: their running sums are the daily stocks
    "overdue_in", "overdue_out", "suspended_in", "suspended_out", "no_due_in", "no_due_out",
)  # fmt: skip
"""The columns of the roll-ups, each a sum that adds up; declared as measures in metrics/catalog."""


def _flows() -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False, server_default=text("0")) for name in FLOWS]


cell = Table(
    "cell",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    *_flows(),
    PrimaryKeyConstraint("ward_id", "day", "hub_id", "procedure_id", "channel_level"),
)

hub_cell = Table(
    "hub_cell",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("hub_id", Text, nullable=False),
    # the ward's revision.number of the round that wrote the row: a reader that kept a day's sums
    # knows by it whether they still hold
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
    *_flows(),
    PrimaryKeyConstraint("ward_id", "day", "hub_id"),
    Index("ix_hub_cell_revision", "ward_id", "day", "revision"),
)

channel_cell = Table(
    "channel_cell",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    *_flows(),
    PrimaryKeyConstraint("ward_id", "day", "hub_id", "channel_level"),
)

kind_cell = Table(
    "kind_cell",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    *_flows(),
    PrimaryKeyConstraint("ward_id", "day", "procedure_id", "channel_level"),
)

week_cell = Table(
    "week_cell",
    metadata,
    ward_id(),
    Column("week", Date, nullable=False),  # its Monday
    Column("hub_id", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    *_flows(),
    PrimaryKeyConstraint("ward_id", "week", "hub_id", "procedure_id", "channel_level"),
)

day_duration = Table(
    "day_duration",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("bin", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("ward_id", "day", "bin"),
)

channel_duration = Table(
    "channel_duration",
    metadata,
    ward_id(),
    Column("channel_level", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("bin", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("ward_id", "channel_level", "day", "bin"),
)

hub_duration = Table(
    "hub_duration",
    metadata,
    ward_id(),
    Column("hub_id", Text, nullable=False),
    Column("week", Date, nullable=False),  # its Monday
    Column("bin", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("ward_id", "hub_id", "week", "bin"),
)

# Whoever asks names procedures, and channels or all of them: then the key finds just these rows.
kind_duration = Table(
    "kind_duration",
    metadata,
    ward_id(),
    Column("channel_level", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("week", Date, nullable=False),  # its Monday
    Column("bin", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("ward_id", "channel_level", "procedure_id", "week", "bin"),
)

duration_cell = Table(
    "duration_cell",
    metadata,
    ward_id(),
    Column("day", Date, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("procedure_id", Text, nullable=False),
    Column("channel_level", Text, nullable=False),
    Column("bin", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("ward_id", "day", "hub_id", "procedure_id", "channel_level", "bin"),
)

# ---------------------------------------------------------------- how the installation runs

revision = Table(
    "revision",
    metadata,
    Column("ward_id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, server_default=text("0")),
    Column("at", Instant),  # when data was last summed
    Column("rules", Text),  # a digest of calendar, limits and hub moves at the last round
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

lease = Table(
    "lease",
    metadata,
    ward_id(),
    Column("name", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
    PrimaryKeyConstraint("ward_id", "name"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("process", Text, primary_key=True),  # "worker": the one that holds the lease
    Column("at", Instant, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)

job_run = Table(
    "job_run",
    metadata,
    ward_id(),
    Column("job", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    PrimaryKeyConstraint("ward_id", "job", "period"),
)
