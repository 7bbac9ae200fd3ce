"""The words of a search as conditions: which tasks say them, and how well."""

from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Subquery,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from src.tasks.columns import owned, task_table

OWNER = bindparam("owner", type_=Text)
_search = bindparam("search", type_=Text)


class Rank(IntEnum):
    """How well a task says the words of a search; one that only resembles them has less, up to 1."""

    SOMEWHERE = 2
    IN_TITLE = 3
    VERY_WORDS_IN_TITLE = 4


# Words by their beginnings or by their English stems, in any order: the index knows no positions.
_begun = func.to_tsquery("simple", bindparam("prefixes", type_=Text))
_stems = func.plainto_tsquery("english", _search)
_unordered = func.regexp_replace(cast(_begun.op("||")(_stems), Text), " <(-|[0-9]+)> ", " & ", "g")
_asked = select(
    cast(_unordered, TSQUERY).label("words"), func.plainto_tsquery("simple", _search).label("very_words")
).cte("asked")
_words = select(_asked.c.words).scalar_subquery()
_very_words = select(_asked.c.very_words).scalar_subquery()
_LOOKED_UP: dict[Rank, tuple[Any, Any]] = {
    Rank.SOMEWHERE: (_words, literal_column("false")),
    Rank.IN_TITLE: (_words, literal_column("true")),
    Rank.VERY_WORDS_IN_TITLE: (_very_words, literal_column("true")),
}


def says_words(task: FromClause) -> ColumnElement[bool]:
    return task.c.search_vector.op("@@")(_words)


def alike() -> Subquery:
    """The rows of the owner's tasks whose titles resemble the words; apart, as those that are looked up."""
    is_alike = _search.op("<%")(task_table.c.title)
    return select(task_table).where(owned, is_alike).offset(literal_column("0")).subquery("alike")


def resemblance(task: FromClause) -> ColumnElement[Any]:
    return cast(func.word_similarity(_search, task.c.title), Double)


def rank_of(task: FromClause) -> ColumnElement[Any]:
    """The rank of a task that says the words."""
    title = func.ts_filter(task.c.search_vector, literal_column("'{a}'"))
    return case(
        (title.op("@@")(_very_words), shown_rank(Rank.VERY_WORDS_IN_TITLE)),
        (title.op("@@")(_words), shown_rank(Rank.IN_TITLE)),
        else_=shown_rank(Rank.SOMEWHERE),
    )


def shown_rank(rank: Rank) -> ColumnElement[Any]:
    return literal_column(f"{rank:d}::float8", Double)


def looked_up(rank: Rank) -> Subquery:
    """The rows of tasks that the index of words has of this rank or of a better one.

    They are this user's, and may be another's whose mark is the same. Nothing else is asked of them within:
    then no other index looks cheaper, whatever PostgreSQL knows of the table.
    """
    words, in_title = _LOOKED_UP[rank]
    marked = func.marked_words(task_table.c.user_id, task_table.c.search_vector)
    says = marked.op("@@")(func.marked_query(OWNER, words, in_title))
    return select(task_table).where(says).offset(literal_column("0")).subquery("looked_up")
