"""The tables of tasks, of the series they are occurrences of, of missed occurrences and of tags."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field, SQLModel

from src.core.tables import metadata

_PRIORITY_RANK = "CASE priority WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END"
# A date alone falls due when its day ends, a time when it comes: both on the clock on the user's wall.
_DUE_WALL = "CASE WHEN due_at IS NULL THEN due_on + interval '1 day' ELSE timezone(due_timezone, due_at) END"
# A function of ours, from the migration that adds it: the built-in ones over arrays are not immutable.
_SEARCH_VECTOR = "task_search_vector(title, description, category, tags)"
_MARKED_WORDS = "marked_words(user_id, search_vector)"
# Undated tasks come last, whichever end of the calendar comes first.
_SOONEST = "coalesce(due_wall, 'infinity'::timestamp)"
_LATEST = "coalesce(due_wall, '-infinity'::timestamp)"


class Task(SQLModel, table=True):
    """A thing to do; every row belongs to a user, and so does every key."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'completed', 'skipped')", name="status"),
        CheckConstraint("priority IN ('High', 'Medium', 'Low', 'None')", name="priority"),
        CheckConstraint("due_at IS NULL OR (due_on IS NOT NULL AND due_timezone IS NOT NULL)", name="due"),
        Index("ix_task_user_id_created_at_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_task_user_id_status_created_at_id",
            "user_id",
            "status",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index("ix_task_user_id_updated_at_id", "user_id", text("updated_at DESC"), text("id DESC")),
        Index("ix_task_user_id_due_soonest", "user_id", text(_SOONEST), "id"),
        Index("ix_task_user_id_status_due_soonest", "user_id", "status", text(_SOONEST), "id"),
        Index("ix_task_user_id_due_latest", "user_id", text(f"{_LATEST} DESC"), text("id DESC")),
        Index(
            "ix_task_user_id_status_due_latest", "user_id", "status", text(f"{_LATEST} DESC"), text("id DESC")
        ),
        Index("ix_task_user_id_priority_rank_id", "user_id", text("priority_rank DESC"), text("id DESC")),
        Index("ix_task_user_id_title_id", "user_id", text("lower(title)"), "id"),
        Index("ix_task_user_id_status_id", "user_id", "status", "id"),
        Index("ix_task_user_id_category", "user_id", text("lower(category)")),
        Index(
            "ix_task_user_id_completed_at",
            "user_id",
            "completed_at",
            postgresql_where=text("completed_at IS NOT NULL"),
        ),
        # One task an occurrence, however many complete its forerunner at once.
        Index(
            "uq_task_user_id_series_id_occurrence",
            "user_id",
            "series_id",
            "occurrence",
            unique=True,
            postgresql_where=text("series_id IS NOT NULL"),
        ),
        # btree_gin lets the owner lead, so that a tag shared by many users costs each only their own rows.
        Index(
            "ix_task_user_id_tag_keys",
            "user_id",
            "tag_keys",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        # A search by beginnings gathers all that begin so before it asks whose they are; words that bear the
        # mark of their owner begin like nobody else's.
        Index(
            "ix_task_marked_words",
            text(_MARKED_WORDS),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "ix_task_user_id_title_trigrams",
            "user_id",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
        ),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    description: str | None = Field(default=None, sa_column=Column(Text))
    status: str = Field(default="pending", sa_column=Column(Text, nullable=False))
    priority: str = Field(default="Medium", sa_column=Column(Text, nullable=False))
    priority_rank: int = Field(sa_column=Column(SmallInteger, Computed(_PRIORITY_RANK, persisted=True)))
    category: str | None = Field(default=None, sa_column=Column(Text))
    tags: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    tag_keys: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    due_on: date | None = Field(default=None, sa_column=Column(Date))
    due_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    due_timezone: str | None = Field(default=None, sa_column=Column(Text))
    series_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    occurrence: int | None = Field(default=None, sa_column=Column(Integer))
    # Where the pattern put this occurrence, on the wall of the series' zone; the due date may be moved away.
    scheduled_wall: datetime | None = Field(default=None, sa_column=Column(DateTime))
    due_wall: datetime | None = Field(sa_column=Column(DateTime, Computed(_DUE_WALL, persisted=True)))
    search_vector: str | None = Field(sa_column=Column(TSVECTOR, Computed(_SEARCH_VECTOR, persisted=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    completed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))


class TaskSeries(SQLModel, table=True):
    """A recurring task: the rule, the zone and the start that all its occurrences are computed from."""

    __tablename__ = "task_series"
    __table_args__ = (
        CheckConstraint("basis IN ('due_date', 'completion')", name="basis"),
        CheckConstraint("catch_up IN ('next_future', 'every')", name="catch_up"),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    rule: str = Field(sa_column=Column(Text, nullable=False))
    basis: str = Field(sa_column=Column(Text, nullable=False))
    catch_up: str = Field(sa_column=Column(Text, nullable=False))
    timezone: str = Field(sa_column=Column(Text, nullable=False))
    starts_wall: datetime = Field(sa_column=Column(DateTime, nullable=False))
    has_time: bool
    # `RecurrenceRead`, made once: a pattern never changes, and reading a rule costs more than its task.
    described: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    last_occurrence: int = Field(default=1, sa_column=Column(Integer, nullable=False))
    stopped_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class MissedOccurrence(SQLModel, table=True):
    """A date of a series that passed without a task of its own being done."""

    __tablename__ = "missed_occurrence"
    __table_args__ = (Index("ix_missed_occurrence_user_id_scheduled_wall", "user_id", "scheduled_wall"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    series_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    occurrence: int = Field(sa_column=Column(Integer, primary_key=True))
    scheduled_wall: datetime = Field(sa_column=Column(DateTime, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class TagUsage(SQLModel, table=True):
    """How many tasks carry a tag, kept by a trigger: counting 100,000 tasks at each look takes 80 ms."""

    __tablename__ = "tag_usage"
    __table_args__ = (
        Index("ix_tag_usage_user_id_usage_count", "user_id", text("usage_count DESC"), "tag_key"),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    tag_key: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    usage_count: int = Field(sa_column=Column(Integer, nullable=False))
