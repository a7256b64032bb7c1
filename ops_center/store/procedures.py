"""The catalogue of procedures and their fields, shared by all wards."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from ops_center.i18n import sort_key
from ops_center.store.rows import Kept, keep
from ops_center.store.tables import field, procedure


@dataclass(frozen=True)
class Field:
    """A field (lĩnh vực) in three languages. `sensitive`: screens only count its dossiers."""

    id: str
    name: str
    name_en: str | None = None
    name_ar: str | None = None
    sort_key: str = ""
    sensitive: bool = False

    def called(self, language: str) -> str:
        """Its name in that language, else in Vietnamese."""
        return {"en": self.name_en, "ar": self.name_ar}.get(language) or self.name


@dataclass(frozen=True)
class Procedure:
    """A procedure; `id` is its code cut to the first two parts, such as 1.001193.

    `limit_kind`: working_days, calendar_days, same_day, or None for unknown; `fee` in đồng, None
    for unknown; `level`: how far it can be done online.
    """

    id: str
    name: str
    field_id: str
    sort_key: str = ""
    level: str | None = None
    limit_kind: str | None = None
    limit_days: int | None = None
    fee: int | None = None
    online_payment: bool = False
    result_document: bool = True
    reusable: bool = False
    population_data: bool = False
    active: bool = True


def list_fields(connection: Connection) -> list[Field]:
    """All fields in Vietnamese order."""
    rows = connection.execute(select(field).order_by(field.c.sort_key, field.c.id))
    return [Field(**row._mapping) for row in rows]


def add_field(connection: Connection, new: Field) -> Kept:
    """Add the field, or change the one of that id to be like it."""
    values = asdict(new) | {"sort_key": new.sort_key or sort_key(new.name)}
    return keep(connection, field, {"id": values.pop("id")}, values)


def list_procedures(connection: Connection) -> list[Procedure]:
    """All procedures in Vietnamese order, inactive ones too."""
    rows = connection.execute(select(procedure).order_by(procedure.c.sort_key, procedure.c.id))
    return [Procedure(**row._mapping) for row in rows]


def add_procedure(connection: Connection, new: Procedure) -> Kept:
    """Add the procedure, or change the one of that id to be like it; its field must exist."""
    values = asdict(new) | {"sort_key": new.sort_key or sort_key(new.name)}
    return keep(connection, procedure, {"id": values.pop("id")}, values)
