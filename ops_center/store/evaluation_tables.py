"""The evaluation's tables: inputs no dossier holds, petitions, official scores, closed periods.

`subject` says who is evaluated: '' the ward, `hub:<id>` or `person:<id>`. `period` is `2026-08`,
`2026-Q3` or `2026`. What each column means to other systems: db/README.md.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ops_center.store.columns import (
    instants,
    metadata,
    own_id,
    readable,
    to_ward,
    ward_id,
)

evaluation_input = Table(
    "evaluation_input",
    metadata,
    ward_id(),
    own_id(),
    Column("indicator", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("numerator", Float, nullable=False),
    Column("denominator", Float, nullable=False),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("entered_by", Text, nullable=False, server_default=""),
    *instants("entered_at", now=("entered_at",)),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "indicator", "period", "subject"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
    CheckConstraint("numerator >= 0 AND denominator >= 0", name="amounts"),
)

petition = Table(
    "petition",
    metadata,
    ward_id(),
    own_id(),
    Column("code", Text, nullable=False),
    Column("hub_id", Text),  # NULL: the ward as a whole
    Column("received_on", Date, nullable=False),
    Column("due_on", Date),
    Column("answered_on", Date),
    Column("resolved", Boolean(create_constraint=True, name="resolved")),  # missing: not known
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "code"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
    to_ward("hub_id", "hub"),
    readable("received_on"),
    Index("ix_petition_received", "ward_id", "received_on"),
)

official_score = Table(
    "official_score",
    metadata,
    ward_id(),
    own_id(),
    Column("rules", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("points", Float, nullable=False),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("entered_by", Text, nullable=False, server_default=""),
    *instants("entered_at", now=("entered_at",)),
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "rules", "indicator", "period", "subject"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)

closed_period = Table(
    "closed_period",
    metadata,
    ward_id(),
    own_id(),
    Column("rules", Text, nullable=False),
    Column("rules_hash", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("closed_by", Text, nullable=False, server_default=""),
    *instants("closed_at", now=("closed_at",)),
    Column("reading", Text, nullable=False),  # JSON: each indicator's parts and points
    PrimaryKeyConstraint("ward_id", "id"),
    UniqueConstraint("ward_id", "rules", "period", "subject"),
    ForeignKeyConstraint(["ward_id"], ["ward.id"]),
)
