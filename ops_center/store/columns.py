"""What all tables are made of: the metadata, ids, instants, flags, keys inside one ward."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ops_center.store.instant import SPELLING, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class fresh_id(FunctionElement[str]):
    """A new random text id, made by the database with built-in functions only."""

    inherit_cache = True


@compiles(fresh_id, "sqlite")
def _fresh_id_sqlite(element: fresh_id, compiler: Any, **kw: Any) -> str:
    return "(lower(hex(randomblob(16))))"


@compiles(fresh_id, "postgresql")
def _fresh_id_postgresql(element: fresh_id, compiler: Any, **kw: Any) -> str:
    return "(replace(gen_random_uuid()::text, '-', ''))"


class this_instant(FunctionElement[str]):
    """Now, in the stored spelling, by the database's own clock."""

    inherit_cache = True


@compiles(this_instant, "sqlite")
def _this_instant_sqlite(element: this_instant, compiler: Any, **kw: Any) -> str:
    return f"(strftime('{SPELLING}', 'now'))"


@compiles(this_instant, "postgresql")
def _this_instant_postgresql(element: this_instant, compiler: Any, **kw: Any) -> str:
    return "(clock_timestamp())"


def ward_id() -> Column[str]:
    return Column("ward_id", Text, nullable=False)


def own_id() -> Column[str]:
    return Column("id", Text, nullable=False, server_default=fresh_id())


def flag(name: str, **kw: Any) -> Column[bool]:
    return Column(name, Boolean(create_constraint=True, name=name), **kw)


def instants(
    *names: str, required: tuple[str, ...] = (), now: tuple[str, ...] = ()
) -> list[Any]:
    """Instant columns, each with SQLite's check of the spelling (PostgreSQL has a type for it).

    Those in `now` are required, and are the moment of writing where the writer leaves them out.

    Both refuse what no program of ours could read back: infinity, the year 0.
    """
    columns: list[Any] = [
        Column(name, Instant, nullable=False, server_default=this_instant())
        if name in now
        else Column(name, Instant, nullable=name not in required)
        for name in names
    ]
    checks: list[Any] = [
        CheckConstraint(f"strftime('{SPELLING}', {name}) IS {name}", name=name).ddl_if(
            dialect="sqlite"
        )
        for name in names
    ]
    return columns + checks + [readable(name) for name in names]


def readable(name: str) -> CheckConstraint:
    return CheckConstraint(
        f"{name} >= '0001-01-01' AND {name} < '9999-12-31'", name=f"{name}_year"
    )


def partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index of the ward's rows that fulfil a condition: few, however long the history."""
    return Index(
        name, "ward_id", *columns, unique=unique,
        sqlite_where=text(where), postgresql_where=text(where),
    )


def to_ward(column: str, table: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to a row of the same ward."""
    return ForeignKeyConstraint(
        ["ward_id", column], [f"{table}.ward_id", f"{table}.id"], ondelete=ondelete
    )


def one_of(column: str, *allowed: object) -> CheckConstraint:
    spelled = ", ".join(repr(value) for value in allowed)
    return CheckConstraint(f"{column} IN ({spelled})", name=column)
