"""Which tasks a page of a narrowed list shows, where they may lie far from each other in the order asked for.

Tasks that are many are soon met on the way through the list in its order, which is walked as far as showing
a page costs. Few of them make no page there: they are looked up by what narrows the list, and sorted. Only
where they are many and yet not met at first, the walk goes on to the end. What is due between two days is
mostly little: whether it is less than a page is looked up before anything is walked. A part that is not
needed is not run: its conditions on the parts before it are asked once, ahead of its rows.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from src.tasks.columns import owned, task_table
from src.tasks.conditions import LOOKED_UP, conditions_on, due_bounds
from src.tasks.filters import TaskSort
from src.tasks.order import SOONEST_FIRST, Order

_PAGE_SIZE = bindparam("page_size", type_=Integer)
_WALKED = bindparam("walked_each", 20, type_=Integer) * _PAGE_SIZE
_FEW = bindparam("few", 3_000, type_=Integer)
# A limit tells PostgreSQL to walk in order; what it does not know, it takes for a tenth.
_NO_END = bindparam("no_end", 2**31 - 1, type_=Integer)
_DAYS = frozenset({"due_from_on", "due_until_on"})
_IN_ORDER = {
    TaskSort.CREATED_AT: {"status", "created_after"},
    TaskSort.UPDATED_AT: {"updated_after"},
    TaskSort.DUE_DATE: {"status", "due_from_on", "due_until_on", "undated"},
    TaskSort.STATUS: {"status"},
}
"""The conditions whose tasks lie side by side in the index of an order."""


def is_met_on_the_way(order: Order, values: frozenset[str]) -> bool:
    """Whether no condition is left that tasks far from each other in the order may meet."""
    return not values & (LOOKED_UP - _IN_ORDER.get(order.sort, set()))


def bounds_in_order(order: Order, values: frozenset[str]) -> list[ColumnElement[bool]]:
    """The part of an order's index in which the tasks lie."""
    conditions = conditions_on(task_table, values & _IN_ORDER.get(order.sort, set()))
    return conditions + (due_bounds(order, task_table, values) if order.sort is TaskSort.DUE_DATE else [])


def listed_tasks(order: Order, values: frozenset[str], *, is_later_page: bool) -> Subquery:
    """The ids of a page of the tasks that meet the conditions, each with its `sort_key`."""
    return _List(order, values, is_later_page).page().subquery("page")


class _List(NamedTuple):
    order: Order
    values: frozenset[str]
    is_later_page: bool

    def page(self) -> Select[Any]:
        ways, is_sought = [], []
        if self.values & LOOKED_UP == _DAYS:
            at_hand = self._looked_up().limit(_PAGE_SIZE).cte("at_hand")
            ways.append(select(at_hand).where(_number(at_hand) < _PAGE_SIZE))
            is_sought.append(_number(at_hand) == _PAGE_SIZE)
        met = self._met(_WALKED).where(*is_sought).cte("met")
        ways.append(select(met).where(_number(met) == _PAGE_SIZE))
        is_sought.append(_number(met) < _PAGE_SIZE)
        few = self._looked_up().where(*is_sought).limit(_FEW + 1).cte("few")
        ways.append(select(few).where(_number(few) <= _FEW))
        rest = self._met(_NO_END).where(_number(few) > _FEW)
        ways.append(select(rest.subquery("rest")))
        found = union_all(*ways).subquery("found")
        return self._sorted(select(found), found).limit(_PAGE_SIZE)

    def _sorted(self, statement: Select[Any], row: Any) -> Select[Any]:
        return self.order.sorted(statement, row.c.sort_key, row.c.id)

    def _walk(self, *columns: ColumnElement[Any]) -> Select[Any]:
        key = self.order.key(task_table)
        walk = select(task_table.c.id, key.label("sort_key"), *columns)
        walk = walk.where(owned, *bounds_in_order(self.order, self.values))
        if self.is_later_page:
            walk = walk.where(self.order.comes_behind([key, task_table.c.id], self.order.position))
        return self.order.sorted(walk, key, task_table.c.id)

    def _met(self, length: ColumnElement[int]) -> Select[Any]:
        """The first page of tasks that are met on a walk of some length."""
        is_met = and_(*conditions_on(task_table, self.values)).label("is_met")
        walked = self._walk(is_met).limit(length).subquery("walked")
        met = select(walked.c.id, walked.c.sort_key).where(walked.c.is_met)
        return self._sorted(met, walked).limit(_PAGE_SIZE)

    def _looked_up(self) -> Select[Any]:
        # Apart from the order, so that no index of it looks cheaper than those of the conditions.
        bounds = due_bounds(SOONEST_FIRST, task_table, self.values)
        apart = select(task_table).where(*conditions_on(task_table, self.values), *bounds)
        task = apart.offset(literal_column("0")).subquery("looked_up")
        key = self.order.key(task)
        looked_up = select(task.c.id, key.label("sort_key"))
        if not self.is_later_page:
            return looked_up
        return looked_up.where(self.order.comes_behind([key, task.c.id], self.order.position))


def _number(rows: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows).scalar_subquery()
