"""The statements of an import: many rows of one user at once, each with its change-log row."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    FromClause,
    Integer,
    Text,
    bindparam,
    case,
    column,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.sql.schema import Table

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.history import models as history_models
from src.history.operation import ChangeKind, Operation
from src.history.repository import change_log
from src.tasks import models as task_models
from src.tasks.columns import owned, series_table, task_columns, task_table, with_series
from src.transfer import models
from src.transfer.uids import OriginKind

_AT_ONCE = 1000
ItemT = TypeVar("ItemT")

_change = metadata.tables[str(history_models.TaskChange.__tablename__)]
_missed = metadata.tables[str(task_models.MissedOccurrence.__tablename__)]
_usage = metadata.tables[str(task_models.TagUsage.__tablename__)]
_origin = metadata.tables[str(models.ImportOrigin.__tablename__)]


class ImportRepository:
    """One user's rows, in the operation and the transaction of one import."""

    def __init__(self, transaction: Executor, operation: Operation) -> None:
        self._transaction = transaction
        self._operation = operation
        self._owner = operation.caller.user_id

    async def take_turn(self) -> None:
        """Let one import of a user follow another, so that both see what the first one made."""
        await self._transaction.fetch_all(_take_turn, owner=self._owner)

    async def origins(self, kind: OriginKind, uids: Sequence[str]) -> list[Row]:
        """What was imported before under these names."""
        return await self._fetch(_origins, "uids", uids, kind=kind.value)

    async def lock_tasks(self, ids: Sequence[int]) -> list[Row]:
        """The tasks of these ids with their series, kept from other writers."""
        return await self._fetch(_lock_tasks, "ids", sorted(ids))

    async def lock_series(self, ids: Sequence[int]) -> list[Row]:
        return await self._fetch(_lock_series, "ids", sorted(ids))

    async def occurrences(self, series_ids: Sequence[int]) -> list[Row]:
        """Which occurrences of these series there are."""
        return await self._fetch(_occurrences, "ids", series_ids)

    async def logged(self, task_ids: Sequence[int]) -> list[Row]:
        """Which of these ids the change log knows."""
        return await self._fetch(_logged, "ids", task_ids)

    async def known_operations(self, ids: Sequence[Any]) -> list[Row]:
        """Which of these operations the change log knows already."""
        return await self._fetch(_known_operations, "ids", ids)

    async def new_ids(self, kind: OriginKind, count: int) -> list[int]:
        """Ids that nothing else has, or will have."""
        rows = await self._transaction.fetch_all(_NEW_IDS[kind], number=count)
        return [row["id"] for row in rows]

    async def count_tags(self, tags: Sequence[dict[str, Any]]) -> None:
        """Add to the counts of tags, and lock them all in the one order that every writer takes them in."""
        await self._transaction.fetch_all(_count_tags, owner=self._owner, rows=tags)

    async def insert_series(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._write(_insert_series, rows)

    async def advance_series(self, rows: Sequence[dict[str, Any]]) -> None:
        """Move series on to what their rows say: the newest occurrence, and whether they were stopped."""
        await self._write(_advance_series, rows)

    async def insert_missed(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._write(_insert_missed, rows)

    async def insert_changes(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._write(_insert_changes, rows)

    async def insert_tasks(self, rows: Sequence[dict[str, Any]]) -> None:
        """Create tasks as they are given, ids included; their tags were counted before.

        One by one, they would be counted in as many versions of a few rows, each slower than the last.
        """
        await self._transaction.fetch_all(_say_who_counts, counts="itself")
        await self._write(_insert_tasks, rows, **self._operation.log_values(ChangeKind.CREATED))
        await self._transaction.fetch_all(_say_who_counts, counts="")

    async def update_tasks(self, kind: ChangeKind, rows: Sequence[dict[str, Any]]) -> None:
        """Change tasks to what is given, each a version further."""
        await self._write(_update_tasks(tuple(sorted(rows[0]))), rows, **self._operation.log_values(kind))

    async def remember(self, kind: OriginKind, rows: Sequence[dict[str, Any]]) -> None:
        """Remember under which names rows were imported, and what was said of them."""
        await self._write(_remember, rows, kind=kind.value, now=self._operation.now)

    async def _fetch(self, query: Query, name: str, values: Sequence[Any], **more: Any) -> list[Row]:
        rows: list[Row] = []
        for part in parts(values):
            rows += await self._transaction.fetch_all(query, owner=self._owner, **{name: part}, **more)
        return rows

    async def _write(self, query: Query, rows: Sequence[dict[str, Any]], **values: Any) -> None:
        for part in parts(rows):
            await self._transaction.fetch_all(query, owner=self._owner, rows=part, **values)


def parts(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    """As many items at once as one statement takes."""
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


_owner = bindparam("owner", type_=Text)
_ids = bindparam("ids", type_=ARRAY(BigInteger))
_now = bindparam("now", type_=DateTime(timezone=True))
_kind = bindparam("kind", type_=Text)


def _given(table: Table, names: Iterable[str], *more: Any) -> FromClause:
    """The rows of the parameter `rows`, as a table with these columns of another."""
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    return rows.table_valued(*columns, *more).render_derived(name="given", with_types=True)


def _insertion(table: Table, names: Sequence[str]) -> Any:
    given = _given(table, names)
    return insert(table).from_select(["user_id", *names], select(_owner, *(given.c[name] for name in names)))


_take_turn = Query(
    select(func.pg_advisory_xact_lock(func.hashtextextended(func.concat("import:", _owner), 0)).label("lock"))
)
_origins = Query(
    select(_origin).where(
        _origin.c.user_id == _owner,
        _origin.c.kind == _kind,
        _origin.c.uid == bindparam("uids", type_=ARRAY(Text)).any_(),
    )
)
_lock_tasks = Query(
    with_series(task_table)
    .where(owned, task_table.c.id == _ids.any_())
    .order_by(task_table.c.id)
    .with_for_update(of=task_table)
)
_lock_series = Query(
    select(series_table)
    .where(series_table.c.user_id == _owner, series_table.c.id == _ids.any_())
    .order_by(series_table.c.id)
    .with_for_update()
)
_occurrences = Query(
    select(task_table.c.series_id, task_table.c.occurrence).where(
        owned, task_table.c.series_id == _ids.any_()
    )
)
_logged = Query(
    select(_change.c.task_id).where(_change.c.user_id == _owner, _change.c.task_id == _ids.any_()).distinct()
)
_known_operations = Query(
    select(_change.c.operation_id)
    .where(
        _change.c.user_id == _owner,
        _change.c.operation_id == bindparam("ids", type_=ARRAY(_change.c.operation_id.type)).any_(),
    )
    .distinct()
)


def _sequence_of(table: str) -> Query:
    statement = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) AS id FROM generate_series(1, :number)"
    parameters = bindparam("name", table, type_=Text), bindparam("number", type_=Integer)
    return Query(text(statement).bindparams(*parameters))


_NEW_IDS = {OriginKind.TASK: _sequence_of("task"), OriginKind.SERIES: _sequence_of("task_series")}

_insert_series = Query(
    _insertion(series_table, [each.name for each in series_table.c if each.name != "user_id"])
)
_given_series = _given(series_table, ["id", "last_occurrence", "stopped_at", "updated_at"])
_advance_series = Query(
    update(series_table)
    .where(series_table.c.user_id == _owner, series_table.c.id == _given_series.c.id)
    .values(
        last_occurrence=func.greatest(series_table.c.last_occurrence, _given_series.c.last_occurrence),
        stopped_at=func.coalesce(series_table.c.stopped_at, _given_series.c.stopped_at),
        updated_at=_given_series.c.updated_at,
    )
)
_insert_missed = Query(
    _insertion(_missed, ["series_id", "occurrence", "scheduled_wall", "recorded_at"]).on_conflict_do_nothing()
)
_tags = _given(_usage, ["tag_key", "name", "usage_count"])
_CHANGED = ("task_id", "operation_id", "kind", "actor_kind", "actor_name", "before", "after", "occurred_at")
_insert_changes = Query(_insertion(_change, _CHANGED))
_new_tag = insert(_usage).from_select(
    ["user_id", "tag_key", "name", "usage_count"],
    select(_owner, _tags.c.tag_key, _tags.c.name, _tags.c.usage_count).order_by(_tags.c.tag_key),
)
_count_tags = Query(
    _new_tag.on_conflict_do_update(
        index_elements=["user_id", "tag_key"],
        set_={
            "usage_count": _usage.c.usage_count + _new_tag.excluded.usage_count,
            "name": case((_new_tag.excluded.usage_count > 0, _new_tag.excluded.name), else_=_usage.c.name),
        },
    )
)
# The trigger that counts the tags of new tasks looks at this setting; it ends with the transaction.
_say_who_counts = Query(
    select(func.set_config("todo.counts_tags", bindparam("counts", type_=Text), True).label("counts"))
)
_stored = [each.name for each in task_columns if each.computed is None and each.name != "user_id"]
_created = _insertion(task_table, _stored).returning(*task_columns).cte("written")
_insert_tasks = Query(select(func.count()).select_from(_created).add_cte(change_log(_created)))

_remembered = _given(_origin, ["uid", "row_id"], column("said", Text))
_new_origin = insert(_origin).from_select(
    ["user_id", "kind", "uid", "row_id", "fingerprint", "imported_at"],
    select(
        _owner,
        _kind,
        _remembered.c.uid,
        _remembered.c.row_id,
        func.decode(_remembered.c.said, "hex"),
        _now,
    ),
)
_remember = Query(
    _new_origin.on_conflict_do_update(
        index_elements=["user_id", "kind", "uid"],
        set_={name: getattr(_new_origin.excluded, name) for name in ("row_id", "fingerprint", "imported_at")},
    )
)


@cache
def _update_tasks(names: tuple[str, ...]) -> Query:
    given = _given(task_table, names)
    before = select(*task_columns).where(owned, task_table.c.id.in_(select(given.c.id))).cte("before")
    written = (
        update(task_table)
        .where(
            task_table.c.user_id == before.c.user_id,
            task_table.c.id == before.c.id,
            given.c.id == task_table.c.id,
        )
        .values(
            **{name: given.c[name] for name in names if name != "id"},
            version=task_table.c.version + 1,
            updated_at=bindparam("occurred_at", type_=task_table.c.updated_at.type),
        )
        .returning(*task_columns)
        .cte("written")
    )
    return Query(select(func.count()).select_from(written).add_cte(change_log(written, before=before)))
