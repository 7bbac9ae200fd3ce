"""The table of shared limits."""

from datetime import datetime

from sqlalchemy import Boolean, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class SharedLimit(SQLModel, table=True):
    """What one key took lately, oldest first, and whether the last who asked was let through."""

    __tablename__ = "shared_limit"
    metadata = metadata

    key: str = Field(sa_column=Column(Text, primary_key=True))
    taken: list[datetime] = Field(sa_column=Column(ARRAY(DateTime(timezone=True)), nullable=False))
    # No index covers what changes, so that each take rewrites its row in place (a heap-only update).
    was_taken: bool = Field(sa_column=Column(Boolean, nullable=False))
    forgotten_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
