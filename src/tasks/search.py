"""The statements that list and find tasks: which rows, in which order, from behind which position."""

from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Integer, Select, Subquery, bindparam, func, select, true

from src.core.database import Query
from src.tasks.columns import beside_series, owned, task_table
from src.tasks.conditions import conditions_on, due_bounds
from src.tasks.filters import SortDirection, TaskSort
from src.tasks.found import found_tasks, number_found
from src.tasks.listed import bounds_in_order, is_met_on_the_way, listed_tasks
from src.tasks.order import SOONEST_FIRST, Order
from src.tasks.shown import task_json


@lru_cache(maxsize=1024)
def search_query(
    values: frozenset[str], sort: TaskSort, direction: SortDirection, *, is_later_page: bool
) -> Query:
    """The tasks as JSON, with their `sort_key`, that meet the conditions whose values are given."""
    order = Order(sort, direction)
    if "search" in values:
        return Query(_shown_page(order, found_tasks(order, values, is_later_page=is_later_page)))
    if is_met_on_the_way(order, values):
        return Query(_listed(order, values, is_later_page=is_later_page))
    return Query(_shown_page(order, listed_tasks(order, values, is_later_page=is_later_page)))


@lru_cache(maxsize=1024)
def count_query(values: frozenset[str]) -> Query:
    if "search" in values:
        return Query(number_found(values))
    number = select(func.count().label("count")).select_from(task_table)
    bounds = due_bounds(SOONEST_FIRST, task_table, values)
    return Query(number.where(*conditions_on(task_table, values), *bounds))


def _listed(order: Order, values: frozenset[str], *, is_later_page: bool) -> Select[Any]:
    key = order.key(task_table)
    shown = _shown(task_table, key).where(*conditions_on(task_table, values), *bounds_in_order(order, values))
    if is_later_page:
        shown = shown.where(order.comes_behind([key, task_table.c.id], order.position))
    return order.sorted(shown, key, task_table.c.id).limit(bindparam("page_size", type_=Integer))


def _shown_page(order: Order, page: Subquery) -> Select[Any]:
    # Each by its id: whatever it takes the page's length for, PostgreSQL reads no others of the owner.
    task = select(task_table).where(owned, task_table.c.id == page.c.id).limit(1).lateral("each")
    picked = select(task, page.c.sort_key).join_from(page, task, true()).subquery("picked")
    return order.sorted(_shown(picked, picked.c.sort_key), picked.c.sort_key, picked.c.id)


def _shown(task: FromClause, key: Any) -> Select[Any]:
    return select(task_json(task), task.c.id, key.label("sort_key")).select_from(beside_series(task))
