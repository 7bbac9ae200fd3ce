"""Which tasks a page of a search shows, found at a cost that the number of matches hardly raises.

A word that many tasks say is soon met on the way through them in order, while looking up all that say it
costs by their number. A rare one is looked up. So the nearest few tasks are walked through; where many of
these match, though fewer than a page, so are the further ones; and only what then lacks is looked up, the
best rank first. A part that is not needed is not run: its conditions on the parts before it are asked once,
ahead of its rows.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union,
    union_all,
)

from src.tasks.columns import owned, task_table
from src.tasks.conditions import conditions_on
from src.tasks.filters import SortDirection
from src.tasks.order import Order
from src.tasks.words import OWNER, Rank, alike, looked_up, rank_of, resemblance, says_words, shown_rank

Parts: TypeAlias = Sequence[CTE]

_PAGE_SIZE = bindparam("page_size", type_=Integer)
# Bound rather than written out: of a limit that it does not know, PostgreSQL assumes that it is met early.
_NEAREST = bindparam("nearest", 250, type_=Integer)
# It costs about as much to walk past as many as to show one.
_FURTHER = bindparam("further_each", 40, type_=Integer) * _PAGE_SIZE
# With no more among the nearest, a page is unlikely among the further ones, and looking up is not dear.
_TOO_FEW = _PAGE_SIZE * _NEAREST // (_NEAREST + _FURTHER)


def found_tasks(order: Order, values: frozenset[str], *, is_later_page: bool) -> Subquery:
    """The ids of a page of the tasks that are found, each with its `sort_key`."""
    return _Search(order, values, is_later_page).page().subquery("page")


def number_found(values: frozenset[str]) -> Select[Any]:
    """How many tasks are found."""
    said = looked_up(Rank.SOMEWHERE)
    similar = alike()
    similar_ids = select(similar.c.id).where(_is_unsaid(), *conditions_on(similar, values))
    found = union_all(select(said.c.id).where(*conditions_on(said, values)), similar_ids).subquery("found")
    return select(func.count().label("count")).select_from(found)


def _is_unsaid() -> ColumnElement[bool]:
    """Whether no task of the owner says the words, whatever else is asked of it."""
    return OWNER.not_in(select(looked_up(Rank.SOMEWHERE).c.user_id))


class _Search(NamedTuple):
    order: Order
    values: frozenset[str]
    is_later_page: bool

    def page(self) -> Select[Any]:
        near = self._walk(_NEAREST, behind=self._start()).cte("near")
        last = self._last(near).cte("last")
        parts = [self._matches(near).cte("met")]
        parts.append(self._further(last, parts[0]).cte("further"))
        for rank in self._ranks():
            parts.append(self._looked_up(rank, last, parts).cte(rank.name.lower()))
        parts.append(self._similar(parts).cte("similar"))
        found = union(*(select(part.c.id, part.c.sort_key) for part in parts)).subquery("found")
        return self.order.sorted(select(found), found.c.sort_key, found.c.id).limit(_PAGE_SIZE)

    @property
    def _goes_on_by_rank(self) -> bool:
        return self.is_later_page and self.order.is_by_relevance

    def _ranks(self) -> list[Rank]:
        """The ranks that are told apart, in order; each is looked up with all better ones."""
        if not self.order.is_by_relevance:
            return [Rank.SOMEWHERE]
        return sorted(Rank, reverse=self.order.direction is SortDirection.DESCENDING)

    def _rank(self, task: FromClause) -> ColumnElement[Any]:
        return rank_of(task) if self.order.is_by_relevance else shown_rank(Rank.SOMEWHERE)

    def _place(self, row: FromClause) -> list[ColumnElement[Any]]:
        """What rows of one rank are ordered by."""
        if self.order.is_by_relevance:
            return [row.c.id]
        return [row.c.sort_key if "sort_key" in row.c else self.order.key(row), row.c.id]

    def _start(self) -> list[ColumnElement[Any]] | None:
        if not self.is_later_page:
            return None
        return list(self.order.position[1:] if self.order.is_by_relevance else self.order.position)

    def _last(self, near: CTE) -> Select[Any]:
        """The place of the last of the nearest, if they are as many as there may be: others lie behind it."""
        place = self._place(near)
        return self.order.sorted(select(*place), *place).offset(_NEAREST - 1).limit(1)

    def _walk(self, size: ColumnElement[int], *, behind: Sequence[ColumnElement[Any]] | None) -> Select[Any]:
        """The next tasks in order, each with its rank if it is among what is searched for."""
        place = self._place(task_table)
        is_match = and_(*conditions_on(task_table, self.values), says_words(task_table))
        rank = case((is_match, self._rank(task_table))).label("rank")
        key = [] if self.order.is_by_relevance else [place[0].label("sort_key")]
        walk = select(task_table.c.id, rank, *key).where(owned)
        if behind is not None:
            walk = walk.where(self.order.comes_behind(place, behind))
        return self.order.sorted(walk, *place).limit(size)

    def _matches(self, walked: FromClause) -> Select[Any]:
        key = walked.c.rank if self.order.is_by_relevance else walked.c.sort_key
        matches = select(walked.c.id, key.label("sort_key"), walked.c.rank).where(walked.c.rank.is_not(None))
        return matches.where(walked.c.rank == self.order.last_key) if self._goes_on_by_rank else matches

    def _further(self, last: CTE, met: CTE) -> Select[Any]:
        """Matches among the next tasks, of a rank that many of the nearest have."""
        ranked = self.order.sorted(select(met.c.rank), met.c.rank)
        common = select(ranked.offset(_TOO_FEW).limit(1).cte("common")).scalar_subquery()
        walked = self._walk(_FURTHER, behind=_end(last)).subquery("walked")
        matches = self._matches(walked).where(
            _goes_on(last),
            common.is_not(None),
            self._lacks(common, [met]),
            self._is_in_time(walked.c.rank, common),
        )
        return self.order.sorted(matches, *self._place(walked)).limit(_PAGE_SIZE)

    def _looked_up(self, rank: Rank, last: CTE, parts: Parts) -> Select[Any]:
        """Matches of this rank that lie behind the nearest tasks."""
        task, this = looked_up(rank), shown_rank(rank)
        place = self._place(task)
        key = this if self.order.is_by_relevance else place[0]
        matches = select(task.c.id, key.label("sort_key"), this.label("rank")).where(
            *self._bounds(rank, last, place),
            self._lacks(this, parts),
            *conditions_on(task, self.values),
            self._rank(task) == this,
        )
        return self.order.sorted(matches, *place).limit(_PAGE_SIZE)

    def _bounds(
        self, rank: Rank, last: CTE, place: Sequence[ColumnElement[Any]]
    ) -> list[ColumnElement[bool]]:
        is_behind_near = self.order.comes_behind(place, _end(last))
        if not self._goes_on_by_rank:
            return [_goes_on(last), is_behind_near]
        # The walk went on among those of the last page's rank; of the ranks behind it, none was shown.
        this, shown = shown_rank(rank), self.order.last_key
        return [
            self._is_in_time(shown, this),
            or_(this != shown, _goes_on(last)),
            or_(this != shown, is_behind_near),
        ]

    def _similar(self, parts: Parts) -> Select[Any]:
        """Tasks whose titles resemble the words, where no task says them: only then they may be misspelt."""
        task = alike()
        key = resemblance(task) if self.order.is_by_relevance else self.order.key(task)
        similar = select(task.c.id, key.label("sort_key"), literal_column("0").label("rank")).where(
            *(not_(exists(select(part.c.id))) for part in parts),
            _is_unsaid(),
            *conditions_on(task, self.values),
        )
        if self.is_later_page:
            similar = similar.where(self.order.comes_behind([key, task.c.id], self.order.position))
        return self.order.sorted(similar, key, task.c.id).limit(_PAGE_SIZE)

    def _is_in_time(self, rank: ColumnElement[Any], last: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a rank comes no later than another."""
        return rank <= last if self.order.direction is SortDirection.ASCENDING else rank >= last

    def _lacks(self, rank: ColumnElement[Any], parts: Parts) -> ColumnElement[bool]:
        """Whether the parts hold less than a page of tasks that come no later than those of a rank."""
        found = union(*(select(part.c.id).where(self._is_in_time(part.c.rank, rank)) for part in parts))
        return _number(found) < _PAGE_SIZE


def _number(rows: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def _end(last: CTE) -> list[ColumnElement[Any]]:
    return [select(column).scalar_subquery() for column in last.c]


def _goes_on(last: CTE) -> ColumnElement[bool]:
    """Whether tasks may lie behind the nearest."""
    return select(last.c.id).scalar_subquery().is_not(None)
