"""Keys told to a statement: any number of rows in few parameters, each of them found by an index.

PostgreSQL gets an array for each column, and so knows how many there are; SQLite one JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, select, tuple_
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def among(columns: Sequence[ColumnElement[Any]], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether these columns hold one of the rows that `told` gives under that name.

    Of several columns the first must be of text, or none. By the first alone SQLite decides which
    columns of an index fit, and it takes a day for a number.
    """
    types = [one.type for one in columns]
    rows = _arrays(name, types) if dialect == "postgresql" else _json(name, types)
    held = tuple_(*columns) if len(columns) > 1 else columns[0]
    found: ColumnElement[bool] = held.in_(rows)
    return found


def told(name: str, rows: Sequence[Sequence[Any]], dialect: str) -> dict[str, Any]:
    """The parameters that bring these rows; there must be one at least."""
    if dialect == "postgresql":
        return {f"{name}_{n}": list(one) for n, one in enumerate(zip(*rows, strict=True))}
    return {name: json.dumps(rows, default=str)}


def _arrays(name: str, types: Sequence[TypeEngine[Any]]) -> Select[Any]:
    given = [bindparam(f"{name}_{n}", type_=ARRAY(one)) for n, one in enumerate(types)]
    columns = [named(f"{name}_{n}", one) for n, one in enumerate(types)]
    return select(*func.unnest(*given).table_valued(*columns, name=name).render_derived().c)


def _json(name: str, types: Sequence[TypeEngine[Any]]) -> Select[Any]:
    value = func.json_each(bindparam(name, type_=Text())).table_valued("value", name=name).c.value
    parts = [(func.json_extract(value, f"$[{n}]"), one) for n, one in enumerate(types)]
    return select(*(cast(part, Text) if isinstance(one, Text) else part for part, one in parts))
