"""How a write and its change-log row become one statement, so that neither exists without the other."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from src.core.tables import metadata
from src.history import models

_change = metadata.tables[str(models.TaskChange.__tablename__)]
_COLUMNS = (
    "user_id",
    "task_id",
    "operation_id",
    "kind",
    "actor_kind",
    "actor_name",
    "occurred_at",
    "before",
    "after",
)


def change_log(written: CTE, *, before: CTE | None = None, is_deletion: bool = False) -> CTE:
    """Append a change-log row for each written row, as a part of the statement that wrote it."""
    image_before = _image(written) if is_deletion else _image(before)
    image_after = null() if is_deletion else _image(written)
    source = select(
        written.c.user_id,
        written.c.id,
        bindparam("operation_id", type_=Uuid),
        bindparam("change_kind", type_=Text),
        bindparam("actor_kind", type_=Text),
        bindparam("actor_name", type_=Text),
        bindparam("occurred_at", type_=_change.c.occurred_at.type),
        image_before.label("before"),
        image_after.label("after"),
    ).select_from(written)
    if before is not None:
        source = source.join(before, before.c.id == written.c.id)
    return insert(_change).from_select(_COLUMNS, source).returning(_change.c.id).cte("logged")


def _image(row: CTE | None) -> ColumnElement[Any]:
    """The whole row as JSON."""
    return null() if row is None else func.to_jsonb(literal_column(row.name), type_=JSONB)
