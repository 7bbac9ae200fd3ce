"""The statements over tasks: every one starts from the rows of one user."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.core.zones import zone_named
from src.history.operation import ChangeKind, Operation
from src.history.repository import change_log
from src.tasks import models
from src.tasks.columns import owned, task_columns, task_table
from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import count_query, search_query
from src.tasks.shown import shown, shown_alone

_task_id = bindparam("task_id", type_=BigInteger)
_this_one = owned & (task_table.c.id == _task_id)
_NEW: dict[str, Any] = {"status": "pending", "version": 1}


class TaskRepository:
    """One user's tasks, in one operation."""

    def __init__(self, executor: Executor, operation: Operation) -> None:
        self._executor = executor
        self._operation = operation
        self._owner = operation.caller.user_id
        asked = operation.caller.timezone
        # What every statement binds that shows tasks: whose they are, and by whose clock they are told.
        self._shown: dict[str, Any] = {
            "owner": self._owner,
            "now": operation.now,
            "asked_zone": zone_named(asked).key if asked else None,
        }

    async def get(self, task_id: int) -> Row | None:
        return await self._executor.fetch_one(_get, **self._shown, task_id=task_id)

    async def show(self, task_id: int) -> Row | None:
        """The task as clients read it, and nothing else of it."""
        return await self._executor.fetch_one(_show, **self._shown, task_id=task_id)

    async def get_all(self, task_ids: Sequence[int]) -> list[Row]:
        """Those of the tasks that are there, in no order."""
        return await self._executor.fetch_all(_get_all, **self._shown, task_ids=list(task_ids))

    async def lock(self, task_id: int) -> Row | None:
        """The task, kept from other writers until the transaction ends."""
        return await self._executor.fetch_one(_lock, **self._shown, task_id=task_id)

    async def lock_all(self, task_ids: Collection[int]) -> None:
        """Keep tasks from other writers, in the order of their ids: no two who do so block each other."""
        await self._executor.fetch_all(_lock_all, owner=self._owner, task_ids=sorted(set(task_ids)))

    async def next_of_series(self, series_id: int, *, after: int) -> Row | None:
        """The occurrence of a series that comes behind a given one."""
        return await self._executor.fetch_one(
            _next_of_series, **self._shown, series_id=series_id, occurrence=after
        )

    async def pending_of_series(self, series_id: int) -> list[Row]:
        return await self._executor.fetch_all(_pending_of_series, owner=self._owner, series_id=series_id)

    async def search(
        self,
        conditions: Mapping[str, Any],
        sort: TaskSort,
        direction: SortDirection,
        *,
        after: tuple[Any, int] | None,
        limit: int,
    ) -> list[Row]:
        """The rows that meet the named conditions, from behind a position on.

        Each is the `task` as JSON, its `id`, and the `sort_key` that the order goes by.
        """
        query = search_query(frozenset(conditions), sort, direction, is_later_page=after is not None)
        key, last_id = after or (None, None)
        return await self._executor.fetch_all(
            query,
            **self._shown,
            last_key=key,
            last_id=last_id,
            page_size=limit,
            **conditions,
        )

    async def count(self, conditions: Mapping[str, Any]) -> int:
        row = await self._executor.fetch_one(
            count_query(frozenset(conditions)), owner=self._owner, **conditions
        )
        return int(row["count"]) if row else 0

    async def tags(self, pattern: str | None, limit: int) -> list[Row]:
        """Tags in use, the most used first, with how many tasks carry each."""
        return await self._executor.fetch_all(
            _tags, owner=self._owner, pattern=pattern or "%", page_size=limit
        )

    async def insert(self, values: dict[str, Any]) -> Row:
        """Store a new task; what comes back is the task as clients read it."""
        now = self._operation.now
        row = _NEW | values | {"user_id": self._owner, "created_at": now, "updated_at": now}
        created = await self._executor.fetch_one(
            _insert(frozenset(row)), **self._shown, **row, **self._operation.log_values(ChangeKind.CREATED)
        )
        assert created is not None  # noqa: S101 - an insert without a conflict clause returns its row.
        return created

    async def update(
        self, task_id: int, values: Mapping[str, Any], kind: ChangeKind = ChangeKind.UPDATED
    ) -> Row | None:
        return await self._changed(_update(frozenset(values)), task_id, values, kind)

    async def _changed(
        self, query: Query, task_id: int, values: Mapping[str, Any], kind: ChangeKind
    ) -> Row | None:
        return await self._executor.fetch_one(
            query,
            **self._shown,
            task_id=task_id,
            **{f"new_{name}": value for name, value in values.items()},
            **self._operation.log_values(kind),
        )

    async def rewrite(self, task_id: int, values: Mapping[str, Any]) -> Row | None:
        """Change a task; what comes back is the task as clients read it."""
        return await self._changed(_rewrite(frozenset(values)), task_id, values, ChangeKind.UPDATED)

    async def delete(self, task_id: int) -> Row | None:
        log_values = self._operation.log_values(ChangeKind.DELETED)
        return await self._executor.fetch_one(_delete, **self._shown, task_id=task_id, **log_values)


_get = Query(shown(task_table).where(_this_one))
_show = Query(shown_alone(task_table).where(_this_one))
_get_all = Query(
    shown(task_table).where(
        owned, task_table.c.id == func.any(bindparam("task_ids", type_=ARRAY(BigInteger)))
    )
)
_lock = Query(shown(task_table).where(_this_one).with_for_update(of=task_table))
_lock_all = Query(
    select(task_table.c.id)
    .where(owned, task_table.c.id == func.any(bindparam("task_ids", type_=ARRAY(BigInteger))))
    .order_by(task_table.c.id)
    .with_for_update()
)
_deleted = delete(task_table).where(_this_one).returning(*task_columns).cte("written")
_delete = Query(shown(_deleted).add_cte(change_log(_deleted, is_deletion=True)))
_of_series = owned & (task_table.c.series_id == bindparam("series_id", type_=BigInteger))
_pending_of_series = Query(select(task_table.c.id).where(_of_series, task_table.c.status == "pending"))
_next_of_series = Query(
    shown(task_table)
    .where(_of_series, task_table.c.occurrence > bindparam("occurrence", type_=Integer))
    .order_by(task_table.c.occurrence)
    .limit(1)
)

_usage = metadata.tables[str(models.TagUsage.__tablename__)]
_tags = Query(
    select(_usage.c.name, _usage.c.usage_count)
    .where(
        _usage.c.user_id == bindparam("owner", type_=Text),
        _usage.c.usage_count > 0,
        _usage.c.name.ilike(bindparam("pattern", type_=Text)),
    )
    .order_by(_usage.c.usage_count.desc(), _usage.c.tag_key)
    .limit(bindparam("page_size", type_=Integer))
)


@cache
def _insert(names: frozenset[str]) -> Query:
    values = {name: bindparam(name, type_=task_table.c[name].type) for name in sorted(names)}
    written = insert(task_table).values(values).returning(*task_columns).cte("written")
    return Query(shown_alone(written).add_cte(change_log(written)))


@cache
def _update(names: frozenset[str]) -> Query:
    return _updating(names, shown)


@cache
def _rewrite(names: frozenset[str]) -> Query:
    return _updating(names, shown_alone)


def _updating(names: frozenset[str], shown_as: Callable[[FromClause], Select[Any]]) -> Query:
    before = select(*task_columns).where(_this_one).with_for_update().cte("before")
    values = {name: bindparam(f"new_{name}", type_=task_table.c[name].type) for name in sorted(names)}
    written = (
        update(task_table)
        .where(task_table.c.user_id == before.c.user_id, task_table.c.id == before.c.id)
        .values(
            **values,
            version=task_table.c.version + 1,
            updated_at=bindparam("occurred_at", type_=task_table.c.updated_at.type),
        )
        .returning(*task_columns)
        .cte("written")
    )
    return Query(shown_as(written).add_cte(change_log(written, before=before)))
