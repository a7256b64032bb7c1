"""A campaign's tables: indicators and their targets, what the teams report, the action plan.

What each column means to other systems: db/README.md. `topic` is a shared reference table.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
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
    readable,
    this_instant,
    to_ward,
    ward_id,
)
from ops_center.store.instant import Instant

INDICATOR_KINDS = ("count", "ratio", "level")
SPLITS = ("none", "population", "households", "equal", "given")
PLANS = ("straight", "working_days", "milestones")
ITEM_STATES = ("planned", "under_way", "done", "cancelled")

campaign = Table(
    "campaign",
    metadata,
    ward_id(),
    own_id(),
    Column("name", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("days", Integer, nullable=False, server_default=text("45")),
    Column("target", Integer),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "starts_on"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

topic = Table(
    "topic",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    Column("name_ar", Text),
    Column("unit", Text, nullable=False, server_default=""),
    Column("position", Integer, nullable=False, server_default=text("0")),
    flag("active", nullable=False, server_default=true()),
)

indicator = Table(
    "indicator",
    metadata,
    ward_id(),
    own_id(),
    Column("campaign_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    Column("name_ar", Text),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("kind", Text, nullable=False),
    Column("metric", Text),  # a metric of the catalogue, or else …
    Column("topic_id", Text),  # … what the teams report on this topic
    Column("base_topic_id", Text),  # a ratio of topics: its denominator
    Column("unit", Text, nullable=False, server_default=""),
    flag("lower_is_better", nullable=False, server_default=false()),
    Column("target", Float),
    Column("split", Text, nullable=False, server_default="none"),
    Column("plan", Text, nullable=False, server_default="straight"),
    Column("weight", Float, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "campaign_id", "code"),
    to_ward("campaign_id", "campaign"),
    ForeignKeyConstraint(["topic_id"], ["topic.id"]),
    ForeignKeyConstraint(["base_topic_id"], ["topic.id"], name="fk_indicator_base_topic"),
    one_of("kind", *INDICATOR_KINDS),
    one_of("split", *SPLITS),
    one_of("plan", *PLANS),
    CheckConstraint("(metric IS NULL) <> (topic_id IS NULL)", name="what"),
    CheckConstraint("weight >= 0", name="weight"),
)

hub_target = Table(
    "hub_target",
    metadata,
    ward_id(),
    Column("indicator_id", Text, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("target", Float, nullable=False),
    PrimaryKeyConstraint("ward_id", "indicator_id", "hub_id"),
    to_ward("indicator_id", "indicator", ondelete="CASCADE"),
    to_ward("hub_id", "hub"),
)

milestone = Table(
    "milestone",
    metadata,
    ward_id(),
    own_id(),
    Column("campaign_id", Text, nullable=False),
    Column("indicator_id", Text),  # NULL: of the campaign as a whole
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("value", Float),  # what the indicator should have reached by the end of that day
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "campaign_id", "indicator_id", "day"),
    to_ward("campaign_id", "campaign"),
    to_ward("indicator_id", "indicator", ondelete="CASCADE"),
    readable("day"),
)

support_activity = Table(
    "support_activity",
    metadata,
    ward_id(),
    own_id(),
    Column("hub_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("team", Text, nullable=False, server_default=""),
    Column("amount", Integer, nullable=False),
    Column("reported_by", Text, nullable=False, server_default=""),
    *instants("reported_at", now=("reported_at",)),
    Column("source_id", Text),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "hub_id", "day", "topic_id", "team"),
    to_ward("hub_id", "hub"),
    to_ward("source_id", "source"),
    ForeignKeyConstraint(["topic_id"], ["topic.id"]),
    CheckConstraint("amount >= 0", name="amount"),
    readable("day"),
    Index("ix_activity_day", "ward_id", "day", "topic_id", "hub_id", "amount"),
    Index("ix_activity_topic", "ward_id", "topic_id", "day", "hub_id", "amount"),
    Index("ix_activity_reported", "ward_id", "reported_at", "hub_id"),  # who was heard today
)

activity_past = Table(
    "activity_past",
    metadata,
    ward_id(),
    own_id(),
    Column("activity_id", Text, nullable=False),
    Column("hub_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("reported_by", Text, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("replaced_at", Instant, nullable=False, server_default=this_instant()),
    PrimaryKeyConstraint("ward_id", "id"),
    Index("ix_past_activity", "ward_id", "activity_id", "replaced_at"),
)

plan_item = Table(
    "plan_item",
    metadata,
    ward_id(),
    own_id(),
    Column("campaign_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("phase", Text, nullable=False, server_default=""),
    Column("content", Text, nullable=False),
    Column("deliverable", Text, nullable=False, server_default=""),
    Column("owner_id", Text),
    Column("starts_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("done_on", Date),
    Column("indicator_id", Text),
    Column("progress", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False, server_default="planned"),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("weight", Float, nullable=False, server_default=text("1")),
    *instants("written_at"),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "campaign_id", "code"),
    to_ward("campaign_id", "campaign"),
    to_ward("owner_id", "person"),
    to_ward("indicator_id", "indicator"),
    one_of("state", *ITEM_STATES),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    CheckConstraint("due_on >= starts_on", name="order"),
    CheckConstraint("weight >= 0", name="weight"),
    readable("starts_on"),
    readable("due_on"),
)

plan_coordinator = Table(
    "plan_coordinator",
    metadata,
    ward_id(),
    Column("item_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    PrimaryKeyConstraint("ward_id", "item_id", "person_id"),
    to_ward("item_id", "plan_item", ondelete="CASCADE"),
    to_ward("person_id", "person"),
)
