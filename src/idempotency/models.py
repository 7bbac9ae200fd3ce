"""The table of keys and of the answers they gave."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class IdempotencyKey(SQLModel, table=True):
    """A key a user sent, the request it came with, and the answer once there is one."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_user_id_claimed_at", "user_id", "claimed_at"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: int | None = Field(default=None, sa_column=Column(Integer))
    headers: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    claimed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
