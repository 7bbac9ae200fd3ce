"""The tables of conversations: items, turns, files sent along and what users think of answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class Conversation(SQLModel, table=True):
    """A thread of messages; `details` holds what ChatKit keeps of a thread beside its title."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_user_id_updated_at_id", "user_id", text("updated_at DESC"), text("id DESC")),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    title: str | None = Field(default=None, sa_column=Column(Text))
    details: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))
    # The turn under way, and until when it may be believed alive: turns of one conversation run one by one.
    turn_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    turn_expires_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ConversationItem(SQLModel, table=True):
    """A message or a tool call, as one JSON item of the shape that ChatKit's Store keeps."""

    __tablename__ = "conversation_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id"], ["conversation.user_id", "conversation.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("user_id", "conversation_id", "position"),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    conversation_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    id: str = Field(sa_column=Column(Text, primary_key=True))
    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    item: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ChatTurn(SQLModel, table=True):
    """What one turn took: who answered, how it ended and the tokens it cost."""

    __tablename__ = "chat_turn"
    __table_args__ = (Index("ix_chat_turn_user_id_started_at", "user_id", "started_at"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    conversation_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    provider: str | None = Field(default=None, sa_column=Column(Text))
    model: str | None = Field(default=None, sa_column=Column(Text))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    requests: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    input_tokens: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    output_tokens: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    started_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    finished_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Attachment(SQLModel, table=True):
    """A file sent along with a message: named first, uploaded then, part of a conversation last."""

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id"], ["conversation.user_id", "conversation.id"], ondelete="CASCADE"
        ),
        Index("ix_attachment_user_id_conversation_id", "user_id", "conversation_id"),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    mime_type: str = Field(sa_column=Column(Text, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    conversation_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    uploaded_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class AttachmentContent(SQLModel, table=True):
    """The bytes of an attachment."""

    __tablename__ = "attachment_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "attachment_id"], ["attachment.user_id", "attachment.id"], ondelete="CASCADE"
        ),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    attachment_id: str = Field(sa_column=Column(Text, primary_key=True))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ItemFeedback(SQLModel, table=True):
    """What a user thinks of an item."""

    __tablename__ = "item_feedback"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "conversation_id", "item_id"],
            ["conversation_item.user_id", "conversation_item.conversation_id", "conversation_item.id"],
            ondelete="CASCADE",
        ),
    )
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    conversation_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    item_id: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    given_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
