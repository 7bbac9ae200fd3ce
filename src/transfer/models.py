"""The tables of what was imported and of calendar feeds."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class ImportOrigin(SQLModel, table=True):
    """Where a task or a series was imported from, so that importing it again finds it."""

    __tablename__ = "import_origin"
    __table_args__ = (
        CheckConstraint("kind IN ('task', 'series')", name="kind"),
        Index("ix_import_origin_user_id_kind_row_id", "user_id", "kind", "row_id"),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    uid: str = Field(sa_column=Column(Text, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    # What the file said of it, so that a file which says the same again changes nothing.
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    imported_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CalendarFeed(SQLModel, table=True):
    """A user's private calendar address without its token: only the hash is kept."""

    __tablename__ = "calendar_feed"
    # Not unique: every unique key of ours begins with the owner, and 256 random bits do not meet twice.
    __table_args__ = (Index("ix_calendar_feed_token_hash", "token_hash"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
