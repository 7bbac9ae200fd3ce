"""The tables of accounts and of their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Text, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from src.core.tables import metadata


class Account(SQLModel, table=True):
    """Somebody who signed up here; the one unique key beside the owner's is the email they sign in with."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("email"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    email: str = Field(sa_column=Column(Text, nullable=False))
    name: str | None = Field(default=None, sa_column=Column(Text))
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class AccountSession(SQLModel, table=True):
    """A token that was given out and not revoked; its id is the token's `jti`."""

    __tablename__ = "account_session"
    __table_args__ = (ForeignKeyConstraint(["user_id"], ["account.user_id"], ondelete="CASCADE"),)
    metadata = metadata

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
