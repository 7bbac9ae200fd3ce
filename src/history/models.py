"""The table of the change log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class TaskChange(SQLModel, table=True):
    """One change of one task: by whom, in which operation, before and after."""

    __tablename__ = "task_change"
    __table_args__ = (
        Index("ix_task_change_user_id_task_id_id", "user_id", "task_id", "id"),
        Index("ix_task_change_user_id_occurred_at", "user_id", "occurred_at"),
        # What takes a task or its completion away is rare, and all that figures ask the log for.
        Index(
            "ix_task_change_user_id_kind_task_id_id",
            "user_id",
            "kind",
            "task_id",
            "id",
            postgresql_where=text("kind IN ('deleted', 'reopened', 'skipped')"),
        ),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    task_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    operation_id: UUID
    kind: str = Field(sa_column=Column(Text, nullable=False))
    actor_kind: str = Field(sa_column=Column(Text, nullable=False))
    actor_name: str | None = Field(default=None, sa_column=Column(Text))
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    occurred_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
